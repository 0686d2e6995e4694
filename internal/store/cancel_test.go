package store_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// endless is a query that never comes to an end.
const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - 1 FROM n) SELECT max(i) FROM n"

func TestAQueryWhoseContextEndsIsStopped(t *testing.T) {
	s := open(t)
	const readers = 40 // more than there are connections
	read := func(ctx context.Context, query string) (n int64, err error) {
		err = s.Read(ctx, func(tx *gorm.DB) error { return tx.Raw(query).Scan(&n).Error })
		return n, err
	}
	var all sync.WaitGroup
	for i := range readers {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(50+10*i)*time.Millisecond)
			defer cancel()
			_, err := read(ctx, endless)
			if tracker.CodeOf(err) != tracker.Unavailable {
				t.Errorf("an endless query = %v; want Unavailable", err)
			}
		})
	}
	all.Wait()
	// A connection whose statement goes on is of no use to the next one.
	for range readers {
		all.Go(func() {
			if n, err := read(t.Context(), "SELECT 1"); err != nil || n != 1 {
				t.Errorf("a query after that = %d, %v; want 1", n, err)
			}
		})
	}
	all.Wait()
	if pgtest.Now == pgtest.SQLite {
		return // there, nothing runs but what a connection waits for
	}
	for range 3000 {
		running, err := read(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH RECURSIVE n(i)%' AND datname = current_database()")
		if err != nil {
			t.Fatal(err)
		}
		if running == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("PostgreSQL goes on with a query that nobody waits for any more")
}

// A count is given up wherever it is when its context ends, at whichever of its statements that comes.
func TestACountIsGivenUpAtEachOfItsStatements(t *testing.T) {
	s := newScene(open(t))
	r := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		must(0, s.grow(r, 5))
		must(0, s.SkipBlock(bg))
	}
	since := must(s.Claims.Get(bg, 3, nil)).CreatedAt
	filter := store.ClaimFilter{Roles: []tracker.Role{tracker.RoleSpeaker, tracker.RoleAccused}, CreatedFrom: &since}
	left, end := 0, func() {}
	s.Watch(func(string, []any) {
		if left--; left == 0 {
			end()
		}
	})
	for what, count := range map[string]func(context.Context) error{
		"count": func(ctx context.Context) error {
			_, _, err := s.Claims.Count(ctx, filter, []string{"kind", "actor_id"}, 5)
			return err
		},
		"seen": func(ctx context.Context) error {
			_, _, err := s.Claims.Seen(ctx, filter, "actor_id", 5)
			return err
		},
		"crosstab": func(ctx context.Context) error {
			_, err := s.Claims.Crosstab(ctx, filter, "actor_id", "kind", 5)
			return err
		},
		"timeline": func(ctx context.Context) error {
			_, err := s.Claims.Timeline(ctx, filter, true, store.IntervalMonth, "kind", 5)
			return err
		},
	} {
		for at := 1; ; at++ {
			s.Forget()
			ctx, cancel := context.WithCancel(bg)
			left, end = at, cancel
			err := count(ctx)
			cancel()
			if left > 0 { // it has no more statements
				if err != nil || at < 3 {
					t.Errorf("%s took %d statements, and then: %v", what, at-1, err)
				}
				break
			}
			if err == nil {
				t.Errorf("%s went on where its context had ended at statement %d", what, at)
			}
		}
	}
}
