package main

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"claimtracker/api/rest"
)

const (
	// logDelay is how late a line may be written. Nobody reads faster, and the lines of that time are one write: a write of
	// its own for each would cost as much as a fifth of a request.
	logDelay = 100 * time.Millisecond
	// logRoom is how many bytes of lines are written without waiting for that.
	logRoom = 64 << 10
)

// lateLog writes what is logged a little later, many lines at once. It is written whole after flush.
type lateLog struct {
	to io.Writer

	mutex   sync.Mutex
	waiting []byte
	due     bool // whether a flush is coming
}

// Write implements io.Writer. It keeps nothing of line.
func (l *lateLog) Write(line []byte) (int, error) {
	l.add(func(b []byte) []byte { return append(b, line...) })
	return len(line), nil
}

// add has a line appended to those that wait.
func (l *lateLog) add(line func([]byte) []byte) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.waiting = line(l.waiting)
	if len(l.waiting) >= logRoom {
		l.write()
	} else if !l.due {
		l.due = true
		time.AfterFunc(logDelay, l.flush)
	}
}

// flush writes what waits.
func (l *lateLog) flush() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.due = false
	l.write()
}

// write writes what waits; the mutex is held. A log that cannot be written is no reason not to serve.
func (l *lateLog) write() {
	if len(l.waiting) > 0 {
		_, _ = l.to.Write(l.waiting)
		l.waiting = l.waiting[:0]
	}
}

// urgent is a handler whose warnings and errors are written at once, with all that came before.
type urgent struct {
	slog.Handler
	to *lateLog
}

// Handle implements slog.Handler.
func (u urgent) Handle(ctx context.Context, r slog.Record) error {
	err := u.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		u.to.flush()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (u urgent) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgent{u.Handler.WithAttrs(attrs), u.to}
}

// WithGroup implements slog.Handler.
func (u urgent) WithGroup(name string) slog.Handler { return urgent{u.Handler.WithGroup(name), u.to} }

// plainText is a slog.TextHandler that writes the line of a request itself, where it needs no quoting: the same bytes, in a
// fifth of the time.
type plainText struct {
	slog.Handler
	to    *lateLog
	stamp *stamp
}

// Handle implements slog.Handler.
func (p plainText) Handle(ctx context.Context, r slog.Record) error {
	line := lineOf(&r)
	if line == nil || r.Time.IsZero() || slices.ContainsFunc([]string{r.Message, line.ID, line.Method, line.Path, line.Remote}, isQuoted) {
		return p.Handler.Handle(ctx, r)
	}
	p.to.add(func(b []byte) []byte {
		b = p.stamp.append(append(b, "time="...), r.Time)
		b = append(append(append(append(b, " level="...), r.Level.String()...), " msg="...), r.Message...)
		return append(appendRequest(b, line), '\n')
	})
	return nil
}

// lineOf is the line of a request that a record consists of, or nil.
func lineOf(r *slog.Record) (line *rest.RequestLine) {
	if r.NumAttrs() != 1 {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "" {
			line, _ = a.Value.Any().(*rest.RequestLine)
		}
		return false
	})
	return line
}

func appendRequest(b []byte, l *rest.RequestLine) []byte {
	b = append(append(b, " request_id="...), l.ID...)
	b = append(append(b, " method="...), l.Method...)
	b = append(append(b, " path="...), l.Path...)
	b = strconv.AppendInt(append(b, " status="...), int64(l.Status), 10)
	b = append(append(b, " took="...), l.Took.String()...)
	b = strconv.AppendInt(append(b, " bytes="...), l.Bytes, 10)
	return append(append(b, " remote="...), l.Remote...)
}

// stamp is the time of a line as text, which is the same for many lines in a row. It is used under the mutex of the log.
type stamp struct {
	at   time.Time
	text []byte
}

func (s *stamp) append(b []byte, t time.Time) []byte {
	if t = t.Truncate(time.Millisecond); s.text == nil || t != s.at {
		s.at, s.text = t, appendMillis(s.text[:0], t)
	}
	return append(b, s.text...)
}

// isQuoted tells whether a text may stand in the log otherwise than as it is.
func isQuoted(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '=' {
			return true
		}
	}
	return s == ""
}

// appendMillis appends a time as RFC 3339 has it, with milliseconds. The layout is one that package time knows by heart, which
// leaves out zeros at the end: so there is a tenth of a millisecond more, whose digit is cut out.
func appendMillis(b []byte, t time.Time) []byte {
	digits := len(b) + len("2006-01-02T15:04:05.000")
	b = t.Truncate(time.Millisecond).Add(time.Millisecond/10).AppendFormat(b, time.RFC3339Nano)
	return append(b[:digits], b[digits+1:]...)
}
