package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
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
