package rest

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// answer is a 200 as it is sent, whoever asks: nobody changes any of it.
type answer struct {
	commits      uint64 // how much was committed when it was so
	body         []byte
	mediaType    []string // headers, each as net/http keeps it
	etag, length []string
	link         []string // nil for none
	varies       bool     // whether another Accept may be answered otherwise
}

// question is what an answer depends on, besides the database: what is asked for, as the request says it, and in which form.
type question struct{ target, accept string }

// cache keeps answers for as long as nothing is written. It is bounded in bytes, and keeps what is asked for often.
//
// What makes it right: Store.Commits counts up before anything that a commit changes can be seen, and is quiet only where
// no commit is under way. An answer is kept with the count that was read before the answer was, so that the answer is of
// that count or of a later one; and it is given to those who read that very count when they asked, quiet. Then nothing has
// changed from before it was read until after they asked, and it is what they would read themselves.
type cache struct {
	answers *otter.Cache[question, *answer]

	mutex  sync.Mutex
	flying map[flight]*landing
}

// flight is an answer that is being read, for those who ask while so much is committed.
type flight struct {
	question
	commits uint64
}

// landing is the end of a flight.
type landing struct {
	once   sync.Once
	done   chan struct{}
	answer *answer // once done is closed; nil where it was no 200
}

// land ends the flight, and is false where that was done before.
func (l *landing) land(a *answer) (first bool) {
	l.once.Do(func() {
		l.answer = a
		close(l.done)
		first = true
	})
	return first
}

// entryWeight is what an entry takes, in bytes, beside its texts and its body: itself, its key, and the cache's own node.
const entryWeight = 512

// newCache is a cache of at most so many bytes, or nil for none.
func newCache(bytes int64) *cache {
	if bytes == 0 {
		return nil
	}
	return &cache{flying: map[flight]*landing{}, answers: otter.Must(&otter.Options[question, *answer]{
		MaximumWeight: uint64(bytes),
		Weigher: func(q question, a *answer) uint32 {
			return uint32(entryWeight + len(q.target) + len(q.accept) + len(a.body) + len(strings.Join(a.link, "")))
		},
	})}
}

// questionOf is what a request asks, and whether the answer may be one that was kept.
//
// A request that wants what was written last passes the cache by. So does a list where there are replicas: it is to be no
// work for the primary, and nobody knows how much was committed of what a replica answers; and so do gaps, which depend on
// what day it is. What is asked for with a host has as many names as there are hosts.
func (s *Server) questionOf(c echo.Context) (q question, ok bool) {
	r := c.Request()
	accept := r.Header["Accept"]
	if !isRead(r) || !strings.HasPrefix(r.RequestURI, "/") || len(accept) > 1 || noCache(r.Header["Cache-Control"]) || c.Path() == gapsPath ||
		s.store.Replicated() && !strings.Contains(c.Path(), ":") {
		return q, false
	}
	q.target = r.RequestURI
	if len(accept) == 1 {
		q.accept = accept[0]
	}
	return q, true
}

// smallAnswer is how long an answer may be, in bytes, that a connection takes without waiting for its client.
const smallAnswer = 64 << 10

// atOnce is the answer to a read, where the cache has it and giving it takes no waiting, and so no bounds: where the count
// of commits is at hand, and the answer small.
func (s *Server) atOnce(c echo.Context) *answer {
	if s.cache == nil || !s.store.Embedded() {
		return nil
	}
	q, ok := s.questionOf(c)
	if !ok {
		return nil
	}
	a, _, _ := s.find(c.Request().Context(), q)
	if a == nil || len(a.body) > smallAnswer {
		return nil
	}
	return a
}

// cached answers a read from the cache, where the answer is there and still holds. Else the answer is read, by one of
// those who ask for it at once, and kept if it is a 200 of respondTagged.
func (s *Server) cached(c echo.Context, next echo.HandlerFunc) error {
	q, ok := s.questionOf(c)
	if s.cache == nil || !ok {
		return next(c)
	}
	a, commits, quiet := s.find(c.Request().Context(), q)
	switch {
	case a != nil:
		return a.send(c, http.StatusOK)
	case !quiet:
		return next(c)
	default:
		return s.cache.read(c, flight{q, commits}, next)
	}
}

// find is the answer to a question, where it is there and still holds, and how much is committed. Where that is not quiet, or
// cannot be told, nothing can be kept.
func (s *Server) find(ctx context.Context, q question) (a *answer, commits uint64, quiet bool) {
	commits, quiet, err := s.store.Commits(ctx)
	if err != nil || !quiet {
		return nil, 0, false // whatever is wrong, reading tells better
	}
	if a, ok := s.cache.answers.GetIfPresent(q); ok && a.commits == commits {
		return a, commits, true
	}
	return nil, commits, true
}

// read has the answer read by the first who asks for it; others that ask for the same meanwhile wait for that one.
func (k *cache) read(c echo.Context, f flight, next echo.HandlerFunc) error {
	k.mutex.Lock()
	l, flying := k.flying[f]
	if !flying {
		l = &landing{done: make(chan struct{})}
		k.flying[f] = l
	}
	k.mutex.Unlock()
	if flying {
		return l.wait(c, next)
	}
	defer func() {
		k.mutex.Lock()
		delete(k.flying, f)
		k.mutex.Unlock()
		l.land(nil) // for whatever reason there is none
	}()
	r := c.Request()
	c.SetRequest(r.WithContext(context.WithValue(store.Fresh(r.Context()), keeper{}, func(a *answer) {
		if a != nil {
			a.commits = f.commits
		}
		if l.land(a) && a != nil {
			k.answers.Set(f.question, a)
		}
	})))
	return next(c)
}

// wait answers with what another reads. What went wrong there need not go wrong here.
func (l *landing) wait(c echo.Context, next echo.HandlerFunc) error {
	select {
	case <-l.done:
	case <-c.Request().Context().Done():
		return tracker.Errorf(tracker.Unavailable, "The request took too long or was cancelled; nothing was changed")
	}
	if l.answer == nil {
		return next(c)
	}
	return l.answer.send(c, http.StatusOK)
}

// keeper is the key under which a request's context carries the function that keeps the answer.
type keeper struct{}

// keeps tells whether the answer to a request may be kept.
func keeps(ctx context.Context) bool { return ctx.Value(keeper{}) != nil }

// keep keeps the answer to a request, where it may be kept. Of nil, none will be: it depends on more than what is written, or
// is longer than any that are kept, and nobody needs to wait for it.
func keep(ctx context.Context, a *answer) {
	if kept, ok := ctx.Value(keeper{}).(func(*answer)); ok {
		kept(a)
	}
}
