package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/plugin/dbresolver"

	"claimtracker/internal/tracker"
)

// replicaRest is how long a replica that failed is left alone.
const replicaRest = 3 * time.Second

// Fresh marks a context in which Browse reads what was written last, as Read does.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, fresh{}, true) }

// fresh is the key under which a context carries the mark of Fresh.
type fresh struct{}

// Browse is Read for lists, on a replica where there are some: what it sees may be a moment old, save in a context that is
// Fresh. Where a replica fails, for whatever reason, the primary is asked instead, so that fn may be run twice.
func (s *Store) Browse(ctx context.Context, fn func(tx *gorm.DB) error) error {
	_, inWrite := ctx.Value(together{}).(*joint)
	if inWrite || s.replicas == nil || ctx.Value(fresh{}) != nil || !s.replicas.awake() {
		return s.Read(ctx, fn)
	}
	var failed error
	err := s.run(ctx, func() error {
		// In Resolve, dbresolver chooses the pool that the transaction then stays on.
		q := s.read.WithContext(s.withSight(ctx)).Clauses(dbresolver.Read)
		err := q.Transaction(fn, s.engine.snapshot())
		if err != nil && tracker.CodeOf(err) == "" && ctx.Err() == nil {
			s.engine.lost(err) // other connections may have broken with this one
			s.replicas.leave(q.Statement.ConnPool, err)
			failed = err
		}
		return err
	})
	if failed != nil {
		return s.Read(ctx, fn)
	}
	return err
}

// Replicated tells whether Browse reads from replicas.
func (s *Store) Replicated() bool { return s.replicas != nil }

// replicas are the read-only copies of the primary. One that failed rests for a while.
type replicas struct {
	log   *slog.Logger
	all   []*replica
	turns atomic.Uint64
}

type replica struct {
	pool  *sql.DB
	name  string
	until atomic.Int64 // when it has rested, in nanoseconds since 1970
}

// replicate lets Browse use replicas, whether they are up just now or not.
func (s *Store) replicate(addresses []string, log *slog.Logger) error {
	if len(addresses) == 0 {
		return nil
	}
	s.replicas, s.overlays.replicated = &replicas{log: log}, true
	var dialects []gorm.Dialector
	for _, address := range addresses {
		dialect, pool, err := s.engine.replica(address)
		if err != nil {
			return fmt.Errorf("a replica's address %w", err)
		}
		s.replicas.all = append(s.replicas.all, &replica{pool: pool, name: Shown(address)})
		dialects = append(dialects, dialect)
	}
	return s.read.Use(dbresolver.Register(dbresolver.Config{Replicas: dialects, Policy: s.replicas}))
}

func (r *replica) awake() bool { return time.Now().UnixNano() >= r.until.Load() }

func (r *replicas) awake() bool {
	for _, one := range r.all {
		if one.awake() {
			return true
		}
	}
	return false
}

// Resolve implements dbresolver.Policy: those that are awake take turns.
func (r *replicas) Resolve(pools []gorm.ConnPool) gorm.ConnPool {
	n, first := uint64(len(r.all)), r.turns.Add(1)
	for i := range n {
		if one := r.all[(first+i)%n]; one.awake() {
			return one.pool
		}
	}
	return pools[first%n]
}

// leave leaves a replica alone for a while.
func (r *replicas) leave(pool gorm.ConnPool, why error) {
	for _, one := range r.all {
		if pool == gorm.ConnPool(one.pool) {
			one.until.Store(time.Now().Add(replicaRest).UnixNano())
			r.log.Warn("a replica failed; the primary is asked instead", "replica", one.name, "for", replicaRest, "error", why)
		}
	}
}

func (r *replicas) close() error {
	var all []error
	if r != nil {
		for _, one := range r.all {
			all = append(all, one.pool.Close())
		}
	}
	return errors.Join(all...)
}
