// Package generate fills an empty tracker with claims that are made up, for measuring: as many as are asked for, in seven
// languages, with articles, sentences and occurrences, over three years. Few sources and actors have most of the claims,
// and many have few, as it is outside. The same number and seed give the same rows, byte for byte, on every engine.
//
// All of it is invented: persons, bodies, outlets and places; domains are under .example (RFC 2606).
package generate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
	"claimtracker/seeds"
)

// Clock is the time of the store that is filled: when the claims are said to have been logged. It never goes back.
type Clock struct{ at atomic.Int64 }

// NewClock is a clock that stands at the beginning.
func NewClock() *Clock {
	c := &Clock{}
	c.at.Store(begin.AddDate(0, 0, -1).UnixMicro())
	return c
}

// Now is the time that it shows.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.at.Load()).UTC() }

func (c *Clock) forward(d time.Duration) { c.at.Add(d.Microseconds()) }

func (c *Clock) set(t time.Time) { c.at.Store(max(c.at.Load(), t.UnixMicro())) }

// Made is how many rows of a table were made.
type Made struct {
	Name string
	Rows int
}

// ErrNotEmpty says that a database has records already.
var ErrNotEmpty = errors.New("the database has records already, and generated claims are for a database of their own: name one that is not there yet, or is empty")

// Run fills a store that holds nothing, and that takes the time from the clock. It commits whole days, of which there are
// about a thousand, so that what is there when it fails, or when ctx ends, is consistent, and made tells what that is.
func Run(ctx context.Context, s *store.Store, clock *Clock, claims int, seed uint64, progress func(done int)) (made []Made, err error) {
	if empty, err := s.Empty(ctx); err != nil {
		return nil, err
	} else if !empty {
		return nil, ErrNotEmpty
	}
	tongues, err := readTongues()
	if err != nil {
		return nil, err
	}
	if err := seeds.LoadTechniques(ctx, s); err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // the same claims each time, not secret ones
	c, err := keepCast(ctx, s, clock, r, tongues, claims)
	if err != nil {
		return nil, err
	}
	w := writer{store: s, clock: clock, cast: c}
	err = w.writeAll(ctx, newPlanner(r, c, tongues, claims), progress)
	return w.made(), err
}

// writer keeps planned days in the store.
type writer struct {
	store  *store.Store
	clock  *Clock
	cast   *cast
	claims []int64 // the id of each claim so far
	counts counts
}

// counts are the rows of the tables that grow with the claims.
type counts struct{ articles, versions, sentences, occurrences, moves int }

func (w *writer) made() []Made {
	return []Made{
		{"techniques", len(w.cast.techniques)}, {"sources", len(w.cast.sources)}, {"actors", len(w.cast.actors)}, {"elections", len(w.cast.elections)},
		{"articles", w.counts.articles}, {"article versions", w.counts.versions}, {"sentences", w.counts.sentences},
		{"claims", len(w.claims)}, {"occurrences", w.counts.occurrences}, {"changes of status", w.counts.moves},
	}
}

// writeAll writes each day while the next one is made up.
func (w *writer) writeAll(ctx context.Context, p *planner, progress func(done int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		day day
		err error
	}
	planned := make(chan result)
	go func() {
		defer close(planned)
		for d := range days {
			next, err := p.next(d)
			select {
			case planned <- result{next, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	var some []day
	claims := 0
	for next := range planned {
		if next.err != nil {
			return next.err
		}
		some = append(some, next.day)
		claims += next.day.claims
		if claims < least && next.day.date.Before(begin.AddDate(0, 0, days-1)) {
			continue
		}
		if err := w.write(ctx, some); err != nil {
			return err
		}
		some, claims = nil, 0
		progress(len(w.claims))
	}
	return ctx.Err()
}

// least is how many claims are worth a transaction: on days with fewer, those of the next are committed with them.
const least = 100

// write keeps days, all of them or nothing.
func (w *writer) write(ctx context.Context, some []day) error {
	var ids []int64
	var n counts
	err := w.store.Together(ctx, func(ctx context.Context) (err error) {
		// This may be run again, and then from the beginning.
		ids, n = w.claims, counts{}
		for _, d := range some {
			if ids, err = w.writeDay(ctx, d, ids, &n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.claims = ids
	w.counts.articles += n.articles
	w.counts.versions += n.versions
	w.counts.sentences += n.sentences
	w.counts.occurrences += n.occurrences
	w.counts.moves += n.moves
	return nil
}

// writeDay keeps a day, and appends the ids of its claims.
func (w *writer) writeDay(ctx context.Context, d day, ids []int64, n *counts) ([]int64, error) {
	prints, err := w.articles(ctx, d, n)
	if err != nil {
		return nil, err
	}
	if ids, err = w.newClaims(ctx, d, prints, ids); err != nil {
		return nil, err
	}
	n.occurrences += d.claims
	if err := w.occurrences(ctx, d, prints, ids, n); err != nil {
		return nil, err
	}
	return ids, w.move(ctx, d, ids, n)
}

// at is the time of the i-th of n things that are done from one hour of a day to another.
func at(d day, from, to, i, n int) time.Time {
	whole := time.Duration(to-from) * time.Hour
	return d.date.Add(time.Duration(from)*time.Hour + whole*time.Duration(i)/time.Duration(max(n, 1))).Truncate(time.Microsecond)
}

// articles keeps the prints of a day's stories, each story's in a list.
func (w *writer) articles(ctx context.Context, d day, n *counts) (prints [][]tracker.Article, err error) {
	for i, s := range d.stories {
		w.clock.set(at(d, 6, 10, i, len(d.stories)))
		var all []tracker.Article
		for _, in := range s.prints {
			article, err := w.store.Articles.Create(ctx, in, s.text)
			if err != nil {
				return nil, fmt.Errorf("article %s: %w", in.URL, err)
			}
			all = append(all, article)
			n.articles, n.versions, n.sentences = n.articles+1, n.versions+1, n.sentences+len(s.text.Sentences)
		}
		prints = append(prints, all)
		if s.later != nil {
			if _, err := w.store.Articles.AddVersion(ctx, all[0].ID, *s.later); err != nil {
				return nil, err
			}
			n.versions, n.sentences = n.versions+1, n.sentences+len(s.later.Sentences)
		}
	}
	return prints, nil
}

// together is how many claims are given to the store at once.
const together = 200

// newClaims keeps a day's claims on their sentences, and appends their ids.
func (w *writer) newClaims(ctx context.Context, d day, prints [][]tracker.Article, ids []int64) ([]int64, error) {
	var all []tracker.NewClaim
	for i, s := range d.stories {
		for _, c := range s.claims {
			all = append(all, tracker.NewClaim{ClaimInput: c.input, Occurrence: c.on(prints[i][0])})
		}
	}
	done := 0
	for some := range slices.Chunk(all, together) {
		w.clock.set(at(d, 10, 17, done, len(all)))
		claims, errs, err := w.store.Claims.CreateMany(ctx, some, true)
		if err := errors.Join(append(errs, err)...); err != nil {
			return nil, fmt.Errorf("claims: %w", err)
		}
		for _, claim := range claims {
			ids = append(ids, claim.ID)
		}
		done += len(some)
	}
	return ids, nil
}

// on is the claim's place in a print of its story.
func (c planned) on(article tracker.Article) tracker.NewOccurrence {
	return tracker.NewOccurrence{
		Anchor:          tracker.Anchor{SentenceID: article.Latest.Sentences[c.sentence].ID, Exact: c.exact},
		OccurrenceInput: tracker.OccurrenceInput{Stance: c.stance},
	}
}

// occurrences keeps the other places of claims: in other prints of their story, and where a story repeats an earlier one.
func (w *writer) occurrences(ctx context.Context, d day, prints [][]tracker.Article, ids []int64, n *counts) error {
	number := len(ids) - d.claims
	for i, s := range d.stories {
		w.clock.set(at(d, 17, 19, i, len(d.stories)))
		for _, c := range s.claims {
			for _, other := range c.copies {
				if _, err := w.store.Occurrences.Create(ctx, ids[number], c.on(prints[i][other])); err != nil {
					return fmt.Errorf("another place of claim %d: %w", ids[number], err)
				}
				n.occurrences++
			}
			number++
		}
		if q := s.quoting; q != nil {
			place := planned{sentence: q.sentence, stance: q.stance}.on(prints[i][0])
			if _, err := w.store.Occurrences.Create(ctx, ids[q.number], place); err != nil {
				return fmt.Errorf("a quotation of claim %d: %w", ids[q.number], err)
			}
			n.occurrences++
		}
	}
	return nil
}

// move takes the work on earlier claims on.
func (w *writer) move(ctx context.Context, d day, ids []int64, n *counts) error {
	for i, m := range d.moves {
		w.clock.set(at(d, 19, 22, i, len(d.moves)))
		_, err := w.store.Claims.Update(ctx, ids[m.number], store.Guard{Any: true}, func(in *tracker.ClaimInput) error {
			in.Status = m.to
			return nil
		})
		if err != nil {
			return fmt.Errorf("moving claim %d to %s: %w", ids[m.number], m.to, err)
		}
		n.moves++
	}
	return nil
}
