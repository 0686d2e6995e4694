package store

import (
	"context"
	"sync/atomic"

	"gorm.io/gorm"
)

// A SQLite file is written by this process alone, which counts its commits: see Store.commits. As long as the count stays the
// same and is quiet, everybody sees the same state. So what one transaction has seen of the index is right for who counts
// after it, who needs no transaction then, and no statement either, where all that is asked for is remembered.

// calm is a count of commits that was read before anything else was. The zero calm, of an engine that others write to as well,
// never holds.
type calm struct {
	counter *atomic.Uint64
	commits uint64
}

// holds tells whether all that was read since, and is read up to now, is of the state at that count: the count was quiet then,
// and nothing was committed since.
func (c calm) holds() bool {
	return c.counter != nil && c.commits%2 == 0 && c.counter.Load() == c.commits
}

func (s *Store) calm() calm {
	if !s.Embedded() {
		return calm{}
	}
	return calm{&s.commits, s.commits.Load()}
}

// settled is what was seen of the log, and of the index below it, at a count of commits.
type settled struct {
	commits uint64
	view    view
	epoch   int64
}

// survey is Browse for counts. Where nothing was committed since somebody has looked at the index, fn is run without a
// transaction, by what was seen then; and run again within one, if something is committed meanwhile.
func (s *Store) survey(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if _, inWrite := ctx.Value(together{}).(*joint); inWrite || !s.Embedded() {
		return s.Browse(ctx, fn)
	}
	now := s.calm()
	if known := s.settled.Load(); known != nil && known.commits == now.commits {
		its := &sight{seen: true, view: known.view, folded: folded{memory: &s.memory, calm: now, loose: true, epoch: known.epoch}}
		err := s.run(ctx, func() error { return fn(s.read.WithContext(context.WithValue(ctx, sighted{}, its))) })
		if now.holds() {
			return err
		}
	}
	var its *sight
	err := s.Browse(ctx, func(tx *gorm.DB) error {
		its = tx.Statement.Context.Value(sighted{}).(*sight)
		return fn(tx)
	})
	if err == nil && its.seen && now.holds() {
		s.settled.Store(&settled{now.commits, its.view, its.folded.epoch})
	}
	return err
}

// momentary is what was read of the database, of anything in it, at a count of commits.
type momentary[T any] struct {
	commits uint64
	value   T
}

// recallNow is what is remembered of a part of the database, if nothing was committed since it was read.
func recallNow[T any](f *folded, key part) (value T, ok bool) {
	was, ok := recall[momentary[T]](f.memory, key)
	if !ok || was.commits != f.calm.commits || !f.calm.holds() {
		return value, false
	}
	return was.value, true
}

// keepNow remembers a part of the database for as long as nothing is committed.
func keepNow[T any](f *folded, key part, value T, size int) {
	if f.calm.holds() {
		f.memory.keep(key, momentary[T]{f.calm.commits, value}, size)
	}
}
