// Package rest answers HTTP for the tracker. It turns requests into calls of internal/store and what comes back into JSON;
// it knows neither SQL nor the rules of the domain.
package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// Options are the limits that a server keeps.
type Options struct {
	// MaxBody is the largest request body, in bytes, save for those that carry an article's text.
	MaxBody int64
	// MaxArticle is the largest request body that carries an article's text, in bytes.
	MaxArticle int64
	// Cache is how many bytes of answers are kept ready, 0 for none.
	Cache int64
	// Timeout is how long a request may take before it is given up and answered with 503.
	Timeout time.Duration
	// QueryTimeout is how long the queries of a read may take, where that is less: then they are stopped, and the read is
	// answered with 503. 0 is as long as the request.
	QueryTimeout time.Duration
	// Origins are the origins whose pages a browser lets read the answers (CORS) and write; "*" lets those of any read, and
	// none write.
	Origins []string
	// Hosts are the names that requests may call the server by, besides those of the machine itself; by any, where there are
	// none.
	Hosts []string
}

// Server is the tracker over HTTP.
type Server struct {
	store   *store.Store
	log     *slog.Logger
	options Options
	cache   *cache // nil for none
	origins *http.CrossOriginProtection
	// As many as have a body with an article's text just now, and as many as are reading one.
	received, reading chan struct{}
	// As many as are expensive reads just now.
	expensive chan struct{}
}

// New is a handler of all routes over a store. It is safe for concurrent use and holds nothing that needs closing.
func New(s *store.Store, log *slog.Logger, options Options) http.Handler {
	server := &Server{store: s, log: log, options: options, cache: newCache(options.Cache), origins: http.NewCrossOriginProtection(),
		received: make(chan struct{}, maxReceived), reading: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
		expensive: make(chan struct{}, maxExpensive())}
	e := echo.New()
	// The address of a client is the one it connects from: a header that anybody can write is not believed.
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = server.fail
	for _, origin := range options.Origins {
		if err := server.origins.AddTrustedOrigin(origin); err != nil && origin != "*" {
			log.Warn("no origin: its pages may not write", "origin", origin, "error", err)
		}
	}
	e.Use(server.receive)
	if len(options.Origins) > 0 {
		e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
			AllowOrigins:  options.Origins,
			AllowMethods:  []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
			ExposeHeaders: []string{"ETag", "Link", "Location", "Retry-After", echo.HeaderXRequestID},
		}))
	}
	e.Use(server.admit)
	server.routes(e)
	return e
}

// receive gives each request an id, has it answered, and logs it. Each request passes here: what can be done without
// asking for memory is.
func (s *Server) receive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		identify(c)
		err := s.recovered(c, next)
		if err != nil {
			s.fail(err, c)
		}
		s.observe(c, begun)
		if _, ok := errors.AsType[*brokenOff](err); ok {
			panic(http.ErrAbortHandler) // the client is not to take what it has for all of it
		}
		return nil
	}
}

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// requestIDHeader is X-Request-ID as net/http keeps it.
const requestIDHeader = "X-Request-Id"

// noSniff tells browsers not to guess at what an answer is.
var noSniff = []string{"nosniff"}

// identify gives a request an id: the client's own, where it sent a plain one in X-Request-ID, else a random one. It stands
// in the answer's header, in problems and in the log.
func identify(c echo.Context) {
	given := c.Request().Header[requestIDHeader]
	if len(given) == 0 || !requestIDForm.MatchString(given[0]) {
		given = []string{newRequestID()}
	}
	header := c.Response().Header()
	header[requestIDHeader], header["X-Content-Type-Options"] = given[:1:1], noSniff
}

func requestID(c echo.Context) string {
	if id := c.Response().Header()[requestIDHeader]; len(id) > 0 {
		return id[0]
	}
	return ""
}

// newRequestID is 26 random letters and digits, enough to tell requests apart and not meant to be hard to guess.
func newRequestID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var id [26]byte
	for half := range slices.Chunk(id[:], 13) {
		n := rand.Uint64()
		for i := range half {
			half[i] = letters[n%32]
			n /= 32
		}
	}
	return string(id[:])
}

// recovered goes on with a request to this server's host. A panic on the way is an error, and the log has where it came from.
func (s *Server) recovered(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if r == http.ErrAbortHandler { //nolint:errorlint // the very value that is panicked with
			panic(r)
		}
		err = fmt.Errorf("a panic: %v", r)
		s.log.Error("panic", "request_id", requestID(c), "error", r, "stack", string(debug.Stack()))
	}()
	if !s.knowsHost(c.Request().Host) {
		return tracker.Errorf(tracker.Misdirected, "This server does not answer for the host of this request; its setting --host names those that it answers for")
	}
	return next(c)
}

// knowsHost tells whether a request calls the server by a name that is its own. All others are refused, so that no web page
// can read and write here by giving its own name this machine's address (DNS rebinding). Who is no browser may leave the
// name out.
func (s *Server) knowsHost(given string) bool {
	if len(s.options.Hosts) == 0 {
		return true
	}
	host := (&url.URL{Host: given}).Hostname()
	isHost := func(known string) bool { return strings.EqualFold(known, host) }
	return host == "" || isLoopback(host) || slices.ContainsFunc(s.options.Hosts, isHost)
}

// isLoopback tells whether a host name or address is one by which a machine calls itself.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// admit answers a request from the cache or lets it pass, within bounds.
//
// It refuses writes that a browser sends for a page of another origin (CSRF), save for those that are named to be trusted: a
// form may be sent anywhere without asking first. Requests that no browser sent are not touched.
func (s *Server) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origins.Check(c.Request()); err != nil {
			return tracker.Errorf(tracker.Forbidden, "A page of another origin may not write here, unless the setting --cors-origin names its origin")
		}
		if a := s.atOnce(c); a != nil {
			return a.send(c, http.StatusOK)
		}
		return s.guarded(c, next)
	}
}

// guarded bounds the time of a request and of taking its answer. A request that says Cache-Control: no-cache (RFC 9111,
// section 5.2.1.4) is answered with what was written last, also from a list.
func (s *Server) guarded(c echo.Context, next echo.HandlerFunc) error {
	c.Response().Before(func() {
		// Who does not take the answer is left: it has as long as the request had, for every mebibyte that is begun.
		length, _ := strconv.ParseInt(c.Response().Header().Get(echo.HeaderContentLength), 10, 64)
		until := time.Now().Add(s.options.Timeout * time.Duration(1+length>>20))
		_ = http.NewResponseController(c.Response().Writer).SetWriteDeadline(until) // not every connection can be told that
	})
	whole := c.Request().Context()
	if noCache(c.Request().Header["Cache-Control"]) {
		whole = store.Fresh(whole)
	}
	limit, why := s.options.Timeout, error(nil)
	if isRead(c.Request()) {
		limit, why = s.queryTime(), errQueryTime
	}
	ctx, cancel := context.WithTimeoutCause(context.WithValue(whole, patience{}, whole), limit, why)
	defer cancel()
	c.SetRequest(c.Request().WithContext(ctx))
	return s.cached(c, func(c echo.Context) error { return s.bounded(c, next) })
}

// patience is the key under which a request's context carries the same context without the time that guarded bounds.
type patience struct{}

// unhurried is a request's context that ends when the client goes away, and not before.
func unhurried(ctx context.Context) context.Context {
	if whole, ok := ctx.Value(patience{}).(context.Context); ok {
		return whole
	}
	return ctx
}

// noCache tells whether the lines of a request's Cache-Control have the directive.
func noCache(lines []string) bool {
	if len(lines) == 0 {
		return false
	}
	for directive := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(directive), "no-cache") {
			return true
		}
	}
	return false
}
