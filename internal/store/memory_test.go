package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// Several count while several write, on one instance or on two: each count is of the state that its transaction sees.
func TestWhatIsRememberedIsCountedOnlyWhereItIsSo(t *testing.T) {
	t.Parallel()
	address := empty(t)
	instances := []*scene{newScene(openAt(t, address))}
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3 { // claims in several chunks, and in several blocks of each
		must(0, instances[0].grow(r, 5))
		must(0, instances[0].SkipBlock(bg))
		must(0, instances[0].grow(r, 5))
		must(0, instances[0].SkipBlock(bg))
		must(0, instances[0].grow(r, 5))
		must(0, instances[0].SkipIDs(bg))
	}
	must(0, instances[0].grow(r, 15))
	if pgtest.Now == pgtest.Postgres {
		second := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
		defer func() { must(0, second.Close()) }()
		instances = append(instances, &scene{Store: second})
	}
	// Bytes: room for all, so that few claims are counted one by one; for all, but not so much; for some of it; for none.
	for _, most := range []int64{32 << 20, 1 << 20, 60_000, 0} {
		for _, one := range instances {
			one.Remember(most)
		}
		var group sync.WaitGroup
		for i := range 4 {
			writing, counting := rand.New(rand.NewPCG(seed, uint64(i+1))), rand.New(rand.NewPCG(seed, uint64(i+100)))
			group.Go(func() {
				for range 15 {
					if err := instances[0].disturb(writing); err != nil {
						t.Error(err)
					}
				}
			})
			group.Go(func() {
				for range 8 {
					one := instances[i%len(instances)]
					if err := one.CheckCounts(bg, counting); err != nil {
						t.Errorf("with %d bytes: %v", most, err)
					}
				}
			})
		}
		group.Wait()
		for _, one := range instances {
			for range 5 {
				if err := one.CheckCounts(bg, r); err != nil {
					t.Errorf("with %d bytes, once all is written: %v", most, err)
				}
				must(0, instances[0].disturb(r))
			}
			if n := one.Remembered(); n > most || most >= 1<<20 && n == 0 {
				t.Errorf("%d bytes are remembered; want %d at the most", n, most)
			}
		}
	}
	must(0, instances[0].RebuildFacets(bg))
	if err := instances[0].CheckCounts(bg, r); err != nil {
		t.Errorf("made anew: %v", err)
	}
}

// Amid a run without a transaction, a moment may cut a chunk of which what was seen of the index knows nothing.
func TestAChunkThatIsNotThereHasNoBlocks(t *testing.T) {
	s := newScene(open(t))
	must(0, s.grow(rand.New(rand.NewPCG(1, 2)), 5))
	for chunk, want := range map[int64]bool{0: true, 99: false} {
		for range 2 { // once of the index, and once of memory
			if n := must(s.CountInBlocks(bg, chunk)); n > 0 != want {
				t.Errorf("chunk %d has %d blocks; want any: %t", chunk, n, want)
			}
		}
	}
}

func TestThoseWhoAskAtOnceAreGivenTheSame(t *testing.T) {
	s := open(t)
	given := make([]any, 8)
	atOnce(len(given), func(i int) error {
		given[i] = s.RecallOr("a", func() any {
			for range 1000 {
				runtime.Gosched() // the others ask meanwhile
			}
			return new(int)
		})
		return nil
	})
	for _, is := range given {
		if is != given[0] {
			t.Fatal("there are two of one part")
		}
	}
}

func TestNothingIsRememberedByNumbersThatWereForgotten(t *testing.T) {
	s := newScene(open(t))
	must(0, s.grow(rand.New(rand.NewPCG(1, 2)), 5))
	former, err := s.Numbers(bg, "kind")
	if must(0, err); !former() {
		t.Error("numbers are forgotten at once")
	}
	if s.Forget(); former() {
		t.Error("numbers that were forgotten are taken to be remembered")
	}
	if now, err := s.Numbers(bg, "kind"); err != nil || former() || !now() {
		t.Errorf("the former numbers are taken for those that are remembered now (%v)", err)
	}
}

// What is counted within a transaction is what it has written so far, and forgotten with it.
func TestNothingIsRememberedOfATransactionThatIsUndone(t *testing.T) {
	s := open(t)
	article := newArticle(s, "One. Two. Three.")
	claim := func(ctx context.Context, tag string) {
		in := claimed("a", quoted(article.ID, "One."))
		in.Tags = []string{tag}
		must(s.Claims.Create(ctx, in))
	}
	tags := func(ctx context.Context) (found []string) {
		denials := store.ClaimFilter{Kinds: []tracker.ClaimKind{tracker.ClaimAllegation}}
		for _, f := range []store.ClaimFilter{{}, denials} {
			_, counts, err := s.Claims.Count(ctx, f, []string{"tag"}, 10)
			must(0, err)
			for _, b := range counts[0].Buckets {
				found = append(found, fmt.Sprint(b.Value, b.Claims))
			}
		}
		return found
	}
	want := func(when string, got []string, want ...string) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the tags are %v; want %v", when, got, want)
		}
	}
	actor := newActor(s, "Actor")
	claim(bg, "a")
	want("at first", tags(bg), "a1", "a1")
	remembered := s.Remembered()
	undone := errors.New("undone")
	err := s.Together(bg, func(ctx context.Context) error {
		claim(ctx, "b")
		// Before an actor changes, all that was changed so far is put into the index.
		must(s.Actors.Update(ctx, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Kind = tracker.ActorState; return nil }))
		want("within", tags(ctx), "a1", "b1", "a1", "b1")
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if n := s.Remembered(); n != remembered {
		t.Errorf("%d bytes are remembered after the transaction; want %d as before", n, remembered)
	}
	want("once it is undone", tags(bg), "a1", "a1")
	claim(bg, "c") // with the ids that were given to the tag and the claim of before
	want("after another", tags(bg), "a1", "c1", "a1", "c1")
}

// What is remembered of the claims that a filter leaves is of these claims, and not of others that it left before.
func TestClaimsThatAFilterLeavesNoMoreAreCountedNoMore(t *testing.T) {
	s := open(t)
	article := newArticle(s, "One. Two. Three.")
	var claims []int64
	for _, day := range []tracker.Date{"2024-11-05", "2024-11-06"} {
		in := claimed("a", quoted(article.ID, "One."))
		in.Tags, in.ClaimedOn = []string{"a"}, day
		claims = append(claims, must(s.Claims.Create(bg, in)).ID)
	}
	must(0, s.Fold(bg))
	want := func(n int64, last tracker.Date) {
		t.Helper()
		tagged := store.ClaimFilter{Tags: []string{"a"}}
		total, counts, err := s.Claims.Count(bg, tagged, []string{"kind"}, 5)
		must(0, err)
		cross := must(s.Claims.Crosstab(bg, tagged, "kind", "status", 5))
		seen, _, err := s.Claims.Seen(bg, tagged, "kind", 5)
		must(0, err)
		if total != n || counts[0].Buckets[0].Claims != n || cross.Cells[0][0] != n || seen[0].LastClaimedOn != last {
			t.Errorf("%d claims are counted as %d, by kind as %d and by status as %d, the last of them on %s; want %s", n, total,
				counts[0].Buckets[0].Claims, cross.Cells[0][0], seen[0].LastClaimedOn, last)
		}
	}
	want(2, "2024-11-06")
	must(s.Claims.Update(bg, claims[1], anyVersion, func(in *tracker.ClaimInput) error { in.Tags = []string{"b"}; return nil }))
	want(1, "2024-11-05")
	must(s.Claims.Update(bg, claims[1], anyVersion, func(in *tracker.ClaimInput) error { in.Tags = []string{"b", "a"}; return nil }))
	must(0, s.Fold(bg))
	want(2, "2024-11-06")
}

// Moments of creation are remembered of one state of a chunk: another may be that of a server which lost claims, and gave their
// ids to others.
func TestMomentsOfAnotherStateAreReadAgain(t *testing.T) {
	s := open(t)
	article := newArticle(s, "One. Two. Three.")
	claim := must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "One."))))
	must(0, s.Fold(bg))
	created := func() tracker.Instant {
		seen, _, err := s.Claims.Seen(bg, store.ClaimFilter{}, "kind", 5)
		must(0, err)
		return seen[0].FirstCreatedAt
	}
	if at, again := created(), created(); at != claim.CreatedAt || again != at {
		t.Errorf("the claim was created at %v, and %v; want %v", at, again, claim.CreatedAt)
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("UPDATE claims SET created_at = created_at + 5").Error }))
	must(s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Tags = []string{"b"}; return nil }))
	must(0, s.Fold(bg))
	if at := created(); at != claim.CreatedAt+5 {
		t.Errorf("in another state, it was created at %v; want %v", at, claim.CreatedAt+5)
	}
}

// Who comes to a chunk, or leaves it, is put into what is known of its moments, which are not all read again.
func TestMomentsFollowTheLog(t *testing.T) {
	s := open(t)
	article := newArticle(s, "One. Two. Three.")
	create := func() tracker.Claim { return must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "One.")))) }
	create()
	second, third := create(), create()
	read := 0
	s.Watch(func(query string, _ []any) {
		if strings.Contains(query, "created_at BETWEEN") {
			read++
		}
	})
	want := func(n int64) {
		t.Helper()
		for range 2 { // once of the database, and once of memory
			total, _, err := s.Claims.Count(bg, store.ClaimFilter{CreatedFrom: &second.CreatedAt}, nil, 5)
			if err != nil || total != n {
				t.Errorf("%d claims are counted (%v); want %d", total, err, n)
			}
		}
	}
	want(2)
	must(0, s.Claims.Delete(bg, third.ID, anyVersion))
	want(1)
	create()
	create()
	want(3)
	must(0, s.Claims.Delete(bg, second.ID, anyVersion))
	want(2)
	r := rand.New(rand.NewPCG(1, 2))
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		if err := store.CheckCountsIn(tx, r); err != nil {
			return err
		}
		create()
		want(3)
		return store.CheckCountsIn(tx, r) // of the state before, which leaves what is known by now
	}))
	create()
	want(4)
	if read != 1 {
		t.Errorf("all moments of the chunk were read %d times; want once", read)
	}
}
