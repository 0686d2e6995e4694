package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
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
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.waiting = append(l.waiting, line...)
	if len(l.waiting) >= logRoom {
		l.write()
	} else if !l.due {
		l.due = true
		time.AfterFunc(logDelay, l.flush)
	}
	return len(line), nil
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
