package rest

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/tracker"
)

// maxExpensive is how many expensive reads are under way at once; others wait for them. More would only take each other's
// time, and that of all other requests.
func maxExpensive() int { return 2 * runtime.GOMAXPROCS(0) }

// errQueryTime is why a read's context ended when its queries took too long.
var errQueryTime = errors.New("the time for queries is over")

// isRead tells whether a request only reads the tracker's records.
func isRead(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.HasPrefix(r.URL.Path, "/api/v1/")
}

// queryTime is how long the queries of a read may take.
func (s *Server) queryTime() time.Duration {
	if s.options.QueryTimeout == 0 {
		return s.options.Timeout
	}
	return min(s.options.QueryTimeout, s.options.Timeout)
}

// isExpensive tells whether a read may have to look at a large part of the records.
func isExpensive(c echo.Context) bool {
	path, r := c.Path(), c.Request()
	return isRead(r) && (path == "/api/v1/claims/facets" || path == "/api/v1/search" || strings.HasPrefix(path, "/api/v1/stats/") ||
		strings.Contains(r.URL.RawQuery, "=") && c.QueryParam("total") == "true")
}

// bounded has a request answered by next. An expensive read waits until there is room for it, and whatever is stopped
// because it took too long is told so.
func (s *Server) bounded(c echo.Context, next echo.HandlerFunc) error {
	ctx := c.Request().Context()
	if isExpensive(c) {
		leave, ok := s.enter(ctx)
		if !ok {
			return tracker.Errorf(tracker.Unavailable, "Too many expensive questions are being answered just now; try again a little later")
		}
		c.Response().Before(leave) // the client may take its time for the answer
		defer leave()
	}
	err := next(c)
	if tracker.CodeOf(err) == tracker.Unavailable && errors.Is(context.Cause(ctx), errQueryTime) {
		return errors.Join(tracker.Errorf(tracker.Unavailable, "The answer took too long to find and was given up after %s; narrow the filters, or ask for less at once", s.queryTime()), err)
	}
	return err
}

// enter waits until there is room for an expensive read, which ends with leave. It is false where there was none in time.
func (s *Server) enter(ctx context.Context) (leave func(), ok bool) {
	leave = sync.OnceFunc(func() { <-s.expensive })
	select {
	case s.expensive <- struct{}{}:
		return leave, true
	default: // of two that are ready, select takes any: where there is room, it is taken
	}
	select {
	case s.expensive <- struct{}{}:
		return leave, true
	case <-ctx.Done():
		return nil, false
	}
}
