package rest

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"
)

// RequestLine is what the log says of a request. It is logged as an attribute without a key, so that what it consists of stands
// in the line as the line's own.
type RequestLine struct {
	ID, Method, Path string
	Status           int
	Took             time.Duration
	Bytes            int64
	Remote           string
}

// LogValue implements slog.LogValuer.
func (l *RequestLine) LogValue() slog.Value {
	return slog.GroupValue(slog.String("request_id", l.ID), slog.String("method", l.Method), slog.String("path", l.Path),
		slog.Int("status", l.Status), slog.Duration("took", l.Took), slog.Int64("bytes", l.Bytes), slog.String("remote", l.Remote))
}

// observe logs a line for a request whose answer is written.
func (s *Server) observe(c echo.Context, begun time.Time) {
	r, log := c.Request(), s.log.Handler()
	if !log.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	ended := time.Now()
	line := slog.NewRecord(ended, slog.LevelInfo, "request", 0) // nobody asks where in the program it is from
	line.AddAttrs(slog.Any("", &RequestLine{ID: requestID(c), Method: r.Method, Path: cmp.Or(r.URL.Path, "/"),
		Status: c.Response().Status, Took: ended.Sub(begun), Bytes: c.Response().Size, Remote: c.RealIP()}))
	_ = log.Handle(r.Context(), line) // a log that cannot be written is no reason not to serve
}
