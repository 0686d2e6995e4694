package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// queued starts writes while the store is held, so that they wait together, and returns what each of them came to. A nil
// stands for a write that panicked.
func queued(t *testing.T, s *store.Store, writes ...func(tx *gorm.DB) error) []*error {
	t.Helper()
	held, release := make(chan bool), make(chan bool)
	var all sync.WaitGroup
	all.Go(func() {
		must(0, s.Write(bg, func(*gorm.DB) error { close(held); <-release; return nil }))
	})
	<-held
	outcomes := make([]*error, len(writes))
	for i, fn := range writes {
		all.Go(func() {
			defer func() { _ = recover() }()
			err := s.Write(bg, fn)
			outcomes[i] = &err
		})
		for s.Waiting() != i+1 {
			time.Sleep(time.Millisecond) // until it waits: it has no other way to say so
		}
	}
	close(release)
	all.Wait()
	return outcomes
}

func insertTactic(code string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO tactics (code, name) VALUES (?, 'a')", code).Error
	}
}

func TestWritesThatWaitTogetherAreCommittedTogether(t *testing.T) {
	s := open(t)
	var writes []func(*gorm.DB) error
	for i := range 40 {
		writes = append(writes, insertTactic(fmt.Sprint(i)))
	}
	for most, want := range map[int]uint64{256: 1, 10: 4, 1: 40} {
		must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("DELETE FROM tactics").Error }))
		s.CommitTogether(most)
		before := s.Committed()
		for i, outcome := range queued(t, s, writes...) {
			if outcome == nil || *outcome != nil {
				t.Errorf("write %d: %v; want it kept", i, outcome)
			}
		}
		if got := s.Committed() - before; got != want {
			t.Errorf("40 writes that waited, at most %d together, took %d commits; want %d", most, got, want)
		}
		if n := len(must(s.Techniques.Tactics(bg))); n != 40 {
			t.Errorf("40 writes left %d tactics", n)
		}
	}
}

func TestAWriteThatFailsAmongOthersFailsAlone(t *testing.T) {
	s := open(t)
	no := errors.New("no")
	var runs atomic.Int64
	outcomes := queued(t, s,
		insertTactic("first"),
		func(*gorm.DB) error { runs.Add(1); return tracker.Errorf(tracker.Conflict, "before it wrote") },
		func(tx *gorm.DB) error { must(0, insertTactic("second")(tx)); return no },
		insertTactic("third"),
		insertTactic("first"), // there is one already
		func(tx *gorm.DB) error { must(0, insertTactic("fourth")(tx)); panic("no") },
		func(tx *gorm.DB) error {
			must(0, insertTactic("fifth")(tx))
			return tracker.Errorf(tracker.Conflict, "after it wrote")
		},
		insertTactic("sixth"),
	)
	want := []func(error) bool{
		0: func(err error) bool { return err == nil },
		1: func(err error) bool { return tracker.CodeOf(err) == tracker.Conflict },
		2: func(err error) bool { return errors.Is(err, no) },
		3: func(err error) bool { return err == nil },
		4: func(err error) bool { return tracker.CodeOf(err) == tracker.Conflict },
		6: func(err error) bool { return tracker.CodeOf(err) == tracker.Conflict },
		7: func(err error) bool { return err == nil },
	}
	for i, outcome := range outcomes {
		switch {
		case want[i] == nil && outcome != nil:
			t.Errorf("write %d gave %v; want its panic", i, *outcome)
		case want[i] != nil && (outcome == nil || !want[i](*outcome)):
			t.Errorf("write %d gave %v", i, outcome)
		}
	}
	var kept []string
	for _, tactic := range must(s.Techniques.Tactics(bg)) {
		kept = append(kept, tactic.Code)
	}
	if got := fmt.Sprint(kept); got != "[first sixth third]" {
		t.Errorf("kept are %s; want first, sixth and third", got)
	}
}

func TestAWriteThatOnlyRefusesNeedsNoCommit(t *testing.T) {
	s := open(t)
	before := s.Committed()
	_, err := s.Claims.Create(bg, tracker.NewClaim{})
	wantCode(t, "a claim without anything", err, tracker.Invalid)
	if after := s.Committed(); after != before {
		t.Errorf("a refusal counted %d commits up", after-before)
	}
}

func TestAWriteIsWithdrawnWhenItsContextEndsWhileItWaits(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(bg)
	var ran atomic.Bool
	var gaveUp error
	var all sync.WaitGroup
	unchanged(t, s, "a write that was withdrawn", func() {
		queued(t, s, func(*gorm.DB) error {
			all.Go(func() {
				gaveUp = s.Write(ctx, func(tx *gorm.DB) error { ran.Store(true); return insertTactic("late")(tx) })
			})
			for s.Waiting() != 1 {
				time.Sleep(time.Millisecond)
			}
			cancel()
			all.Wait()
			return nil
		})
	})
	wantCode(t, "a write that was withdrawn", gaveUp, tracker.Unavailable)
	if ran.Load() {
		t.Error("it was run all the same")
	}
}

func TestTimeNeverGoesBackFromOneRecordToTheNext(t *testing.T) {
	address := empty(t)
	hour := time.Date(2024, 2, 1, 12, 0, 0, 0, time.UTC)
	for _, late := range []time.Duration{0, -time.Hour, time.Hour, -2 * time.Hour} {
		s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), func() time.Time { return hour.Add(late) }))
		for range 2 {
			newSource(s, "a")
		}
		must(0, s.Close())
	}
	s := openAt(t, address)
	var last tracker.Instant
	for i, source := range must(s.Sources.List(bg, store.SourceFilter{}, store.Page{Limit: 200, Sort: "created_at"})).Items {
		if source.ID != int64(i+1) || source.CreatedAt < last {
			t.Errorf("source %d was created at %s, after one at %s", source.ID, source.CreatedAt, last)
		}
		last = source.CreatedAt
	}
	if last != tracker.InstantOf(hour.Add(time.Hour)) {
		t.Errorf("the last source was created at %s; want the latest hour that the clock has shown", last)
	}
}
