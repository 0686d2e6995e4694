package store_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestAWriteThatFailsIsUndone(t *testing.T) {
	s := open(t)
	want := errors.New("no")
	unchanged(t, s, "a write that fails", func() {
		err := s.Write(bg, func(tx *gorm.DB) error {
			must(0, tx.Exec("INSERT INTO tactics VALUES ('TA01', 'a')").Error)
			return want
		})
		if !errors.Is(err, want) {
			t.Errorf("a write that fails with %v gives %v", want, err)
		}
	})
}

func TestAWriteThatPanicsIsUndoneAndLeavesTheStoreUsable(t *testing.T) {
	s := open(t)
	unchanged(t, s, "a write that panics", func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not come through")
			}
		}()
		_ = s.Write(bg, func(tx *gorm.DB) error {
			must(0, tx.Exec("INSERT INTO tactics VALUES ('TA01', 'a')").Error)
			panic("no")
		})
	})
	newSource(s, "after the panic")
}

func TestAWriteWhoseContextEndsBeforeItsCommitIsUndone(t *testing.T) {
	s := open(t)
	for name, ended := range map[string]func() (context.Context, context.CancelFunc){
		"cancelled": func() (context.Context, context.CancelFunc) { return context.WithCancel(bg) },
		"too late": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(bg, time.Millisecond)
			return ctx, func() { <-ctx.Done(); cancel() }
		},
	} {
		unchanged(t, s, "a write that is "+name, func() {
			ctx, end := ended()
			err := s.Write(ctx, func(tx *gorm.DB) error {
				_ = tx.Exec("INSERT INTO tactics VALUES ('TA01', 'a')").Error
				end()
				return nil
			})
			wantCode(t, "a write that is "+name, err, tracker.Unavailable)
		})
	}
	newSource(s, "after the cancelled ones")
}

// The store looks at the clock once it has its turn and before it inserts anything.
func TestAClaimWhoseOriginCannotBeKeptIsNotKeptEither(t *testing.T) {
	for looks := 1; ; looks++ {
		path := filepath.Join(t.TempDir(), "tracker.db")
		ctx, cancel := context.WithCancel(bg)
		defer cancel()
		left := -1
		tick := clock()
		s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), func() time.Time {
			if left--; left == 0 {
				cancel()
			}
			return tick()
		}))
		article := newArticle(s, "It was rigged.")
		before := dump(t, s)
		left = looks
		_, err := s.Claims.Create(ctx, claimed("a", quoted(article.ID, "It was rigged.")))
		enough := left > 0
		after := dump(t, s)
		must(0, s.Close())
		if enough {
			if err != nil || looks < 2 {
				t.Errorf("the store looked at the clock %d times, and the claim was kept: %v; want one look at least, and it to be", looks-1, err)
			}
			return
		}
		wantCode(t, "a claim that is cancelled half-way", err, tracker.Unavailable)
		if after != before {
			t.Errorf("cancelled at look %d at the clock, a claim left behind\n%s", looks, missing(after, before))
		}
	}
}

func TestTogetherKeepsAllOrNothing(t *testing.T) {
	s := open(t)
	both := func(second string) error {
		return s.Together(bg, func(ctx context.Context) error {
			first, err := s.Sources.Create(ctx, tracker.SourceInput{Name: "first", Kind: tracker.SourceOther})
			if err != nil {
				return err
			}
			if got, err := s.Sources.Get(ctx, first.ID); err != nil || got.Name != "first" {
				t.Errorf("within, the first source = %+v, %v; want what was just written", got, err)
			}
			if _, err := s.Sources.Get(bg, first.ID); tracker.CodeOf(err) != tracker.NotFound {
				t.Errorf("from outside, the first source: %v; want it not to be there yet", err)
			}
			_, err = s.Sources.Create(ctx, tracker.SourceInput{Name: second, Kind: tracker.SourceOther})
			return err
		})
	}
	unchanged(t, s, "a second source without a name", func() { wantCode(t, "both", both(""), tracker.Invalid) })
	if err := both("second"); err != nil {
		t.Fatal(err)
	}
	if l := must(s.Sources.List(bg, store.SourceFilter{}, page("created_at"))); len(l.Items) != 2 {
		t.Errorf("there are %d sources; want both", len(l.Items))
	}
}

func TestTogetherIsUndoneByAFailureThatItsCallerPassesOver(t *testing.T) {
	s := open(t)
	unchanged(t, s, "a failure that is passed over", func() {
		err := s.Together(bg, func(ctx context.Context) error {
			must(s.Sources.Create(ctx, tracker.SourceInput{Name: "first", Kind: tracker.SourceOther}))
			_, _ = s.Sources.Create(ctx, tracker.SourceInput{})
			return nil
		})
		wantCode(t, "a failure that is passed over", err, tracker.Invalid)
	})
}

func TestTogetherWithinTogetherIsOneTransaction(t *testing.T) {
	s := open(t)
	unchanged(t, s, "an outer failure", func() {
		err := s.Together(bg, func(ctx context.Context) error {
			if err := s.Together(ctx, func(ctx context.Context) error {
				_, err := s.Sources.Create(ctx, tracker.SourceInput{Name: "inner", Kind: tracker.SourceOther})
				return err
			}); err != nil {
				return err
			}
			return errors.New("no")
		})
		if err == nil {
			t.Error("the outer failure was lost")
		}
	})
}

func TestAReadIsOneSnapshot(t *testing.T) {
	s := open(t)
	newSource(s, "before")
	count := func(tx *gorm.DB) (n int) {
		must(0, tx.Raw("SELECT count(*) FROM sources").Scan(&n).Error)
		return n
	}
	err := s.Read(bg, func(tx *gorm.DB) error {
		first := count(tx)
		newSource(s, "meanwhile")
		if second := count(tx); first != 1 || second != 1 {
			t.Errorf("one read counted %d and then %d sources; want 1 both times", first, second)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		if n := count(tx); n != 2 {
			t.Errorf("the next read counted %d sources; want 2", n)
		}
		return nil
	}))
}

func TestAReadCannotWrite(t *testing.T) {
	s := open(t)
	for _, statement := range []string{"INSERT INTO tactics VALUES ('TA01', 'a')", "DELETE FROM sources", "CREATE TABLE x (y)", "DROP TABLE claims"} {
		unchanged(t, s, statement, func() {
			if err := s.Read(bg, func(tx *gorm.DB) error { return tx.Exec(statement).Error }); err == nil {
				t.Errorf("a read did %s; want it refused", statement)
			}
		})
	}
}

func TestWritesFromManyClientsAllArrive(t *testing.T) {
	s := open(t)
	for _, err := range atOnce(16, func(int) error {
		for range 5 {
			if _, err := s.Sources.Create(bg, tracker.SourceInput{Name: "a", Kind: tracker.SourceOther}); err != nil {
				return err
			}
			if _, err := s.Sources.List(bg, store.SourceFilter{}, page("-created_at")); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	one := page("created_at")
	one.Total = true
	if l := must(s.Sources.List(bg, store.SourceFilter{}, one)); *l.Total != 80 || len(l.Items) != 80 {
		t.Errorf("16 clients wrote 5 sources each, and there are %d; want 80", *l.Total)
	}
}

func TestAnEmptyStoreIsOneInWhichNothingIsKept(t *testing.T) {
	for noun, keep := range map[string]func(*store.Store){
		"source":   func(s *store.Store) { newSource(s, "a") },
		"actor":    func(s *store.Store) { newActor(s, "a") },
		"election": func(s *store.Store) { newElection(s, "a") },
		"tactic": func(s *store.Store) {
			must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "a", Name: "a"}}, []tracker.Technique{{Code: "b", Name: "b", Tactic: "a"}}))
		},
	} {
		s := open(t)
		if empty, err := s.Empty(bg); !empty || err != nil {
			t.Errorf("Empty() of a new store = %t, %v; want true", empty, err)
		}
		keep(s)
		if empty, err := s.Empty(bg); empty || err != nil {
			t.Errorf("Empty() of a store with one %s = %t, %v; want false", noun, empty, err)
		}
	}
}

func TestTheStoreIsReadyWhileItIsOpenAndSaysSoWithoutChangingAnything(t *testing.T) {
	s := open(t)
	newSource(s, "a")
	unchanged(t, s, "asking whether it is ready", func() {
		if err := s.Ready(bg); err != nil {
			t.Errorf("Ready() = %v; want nil", err)
		}
	})
	ctx, cancel := context.WithCancel(bg)
	cancel()
	wantCode(t, "Ready with a cancelled context", s.Ready(ctx), tracker.Unavailable)
}

func TestWhileAnotherWriteHoldsOnTheStoreIsNotReady(t *testing.T) {
	s := open(t)
	held, release := make(chan bool), make(chan bool)
	done := make(chan error)
	go func() {
		done <- s.Write(bg, func(*gorm.DB) error { close(held); <-release; return nil })
	}()
	<-held
	ctx, cancel := context.WithTimeout(bg, 20*time.Millisecond)
	defer cancel()
	wantCode(t, "Ready while a write holds on", s.Ready(ctx), tracker.Unavailable)
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Ready(bg); err != nil {
		t.Errorf("Ready() after it = %v; want nil", err)
	}
}

func TestCloseWaitsForWhatIsUnderWayAndRefusesWhatComesAfter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	held, release := make(chan bool), make(chan bool)
	written, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		written <- s.Write(bg, func(tx *gorm.DB) error {
			close(held)
			<-release
			return tx.Exec("INSERT INTO tactics VALUES ('TA01', 'a')").Error
		})
	}()
	<-held
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		t.Errorf("Close() = %v while a write was under way; want it to wait", err)
		closed <- err
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if err := <-written; err != nil {
		t.Errorf("the write that was under way: %v; want it done", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close() = %v; want nil", err)
	}
	_, err := s.Sources.Create(bg, tracker.SourceInput{Name: "late", Kind: tracker.SourceOther})
	wantCode(t, "a write after Close", err, tracker.Unavailable)
	_, err = s.Sources.Get(bg, 1)
	wantCode(t, "a read after Close", err, tracker.Unavailable)
	wantCode(t, "Ready after Close", s.Ready(bg), tracker.Unavailable)

	again := openAt(t, path)
	if tactics := must(again.Techniques.Tactics(bg)); len(tactics) != 1 {
		t.Errorf("opened again, there are %d tactics; want the one that was being written", len(tactics))
	}
}
