package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestWhatWasCountedIsCountedAgainWithoutAStatement(t *testing.T) {
	if pgtest.Now == pgtest.Postgres {
		return // others write to its databases, too
	}
	s := newScene(open(t))
	must(0, s.grow(rand.New(rand.NewPCG(1, 2)), 20))
	count := func() {
		must(s.Totals(bg))
		must(s.Gaps(bg, 14))
		for _, f := range []store.ClaimFilter{{}, {Kinds: tracker.ClaimKinds[:2]}, {ActorIDs: s.actors[:1]}} {
			_, _, err := s.Claims.Count(bg, f, []string{"kind", "actor_id", "source_id", "election_id", "technique", "tag"}, 20)
			must(0, err)
			must(s.Claims.Timeline(bg, f, false, store.IntervalMonth, "kind", 5))
			must(s.Claims.Crosstab(bg, f, "language", "status", 5))
			_, _, err = s.Claims.Seen(bg, f, "actor_id", 20)
			must(0, err)
		}
	}
	count()
	count() // of the fields that the first count came to before it had seen the index
	var run []string
	s.Watch(func(query string, _ []any) { run = append(run, query) })
	count()
	if len(run) > 0 {
		t.Errorf("what was counted before is read again:\n%s", strings.Join(run, "\n"))
	}
}

// Within a transaction that writes, nothing is remembered: what is counted there is what the database says.
func TestWhatIsCountedWithoutATransactionIsWhatTheDatabaseSays(t *testing.T) {
	t.Parallel()
	s := newScene(open(t))
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	must(0, s.grow(r, 20))
	for round := range 15 {
		for range r.IntN(3) {
			must(0, s.disturb(r))
		}
		if round%5 == 4 {
			must(0, s.Fold(bg))
		}
		var said string
		must(0, s.Together(bg, func(ctx context.Context) error {
			said = answers(ctx, s.Store)
			return nil
		}))
		for _, time := range []string{"first", "second"} {
			if is := answers(bg, s.Store); is != said {
				t.Fatalf("in round %d, the %s time, is counted\n%s", round, time, different(is, said))
			}
		}
	}
}

// Whatever is committed between two statements of a count, all of it or none is counted, and what is remembered is of one state.
func TestACommitAmidACountIsCountedWhollyOrNotAtAll(t *testing.T) {
	s := newScene(open(t))
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	must(0, s.grow(r, 20))
	left := 0 // statements until something is committed; 0 for never
	s.Watch(func(string, []any) {
		if left--; left == 0 {
			must(0, unlessRefused(s.newClaim(r)))
			must(0, s.disturb(r))
			must(0, s.Fold(bg))
		}
	})
	for round := range 40 {
		f := pick(r, []store.ClaimFilter{{}, {Kinds: tracker.ClaimKinds[:2]}, {ActorIDs: s.actors[:2]}})
		count := func(ctx context.Context) string {
			total, counts, err := s.Claims.Count(ctx, f, []string{"kind", "tag", "actor_id", "source_country"}, 50)
			cells, failed := s.Claims.Crosstab(ctx, f, "language", "status", 50)
			seen, _, lost := s.Claims.Seen(ctx, f, "kind", 50)
			return fmt.Sprint(total, counts, err, "\n", cells, failed, "\n", seen, lost, "\n")
		}
		said := func() (all []string) {
			must(0, s.Together(bg, func(ctx context.Context) error {
				all = strings.Split(count(ctx), "\n")
				return nil
			}))
			return all
		}
		before := said()
		count(bg)
		var amid []string
		must(0, s.Read(bg, func(tx *gorm.DB) error {
			if err := store.CheckCountsIn(tx, r); err != nil {
				return err
			}
			s.Forget()
			left = 1 + r.IntN(8)
			amid = strings.Split(count(bg), "\n")
			left = 0
			return store.CheckCountsIn(tx, r) // of the state before, by what was remembered amid
		}))
		after := said()
		for i, is := range amid {
			if is != before[i] && is != after[i] {
				t.Fatalf("in round %d, is counted\n%s\nbetween\n%s\nand\n%s", round, is, before[i], after[i])
			}
		}
		if is := strings.Split(count(bg), "\n"); !slices.Equal(is, after) {
			t.Fatalf("in round %d, is counted afterwards\n%s\nwhere there is\n%s", round, is, after)
		}
	}
}

// While others write, each sees what he has written himself, whole counts, and the names as they are.
func TestCountsAreOfOneStateWhileOthersWrite(t *testing.T) {
	s := open(t)
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	article := newArticle(s, "One. Two. Three.")
	var group sync.WaitGroup
	for i := range 6 {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		actor := newActor(s, fmt.Sprint("Actor ", i))
		group.Go(func() {
			for n := range int64(25) {
				in := claimed("a", quoted(article.ID, "One."))
				in.Kind, in.ClaimedOn = pick(r, tracker.ClaimKinds), "2024-11-05"
				in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: pick(r, tracker.Roles)}}
				must(s.Claims.Create(bg, in))
				name := fmt.Sprint("Actor ", i, " of ", n)
				must(s.Actors.Update(bg, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Name = name; return nil }))
				for range 3 {
					if err := counted(s, actor.ID, name, n+1); err != nil {
						t.Errorf("writer %d: %v", i, err)
					}
				}
			}
		})
	}
	group.Wait()
}

// counted tells what is wrong with the counts of an actor's claims.
func counted(s *store.Store, actor int64, name string, want int64) error {
	sum := func(counts store.Counts) (n int64) {
		for _, b := range counts.Buckets {
			n += b.Claims
		}
		return n
	}
	for _, f := range []store.ClaimFilter{{}, {ActorIDs: []int64{actor}}} {
		total, counts, err := s.Claims.Count(bg, f, []string{"kind", "status", "actor_id"}, 20)
		if err != nil || sum(counts[0]) != total || sum(counts[1]) != total || f.ActorIDs != nil && total != want {
			return fmt.Errorf("of %d claims, %d have a kind and %d a status, and %d are the actor's (%w)", total, sum(counts[0]), sum(counts[1]), want, err)
		}
		for _, b := range counts[2].Buckets {
			if b.Value == fmt.Sprint(actor) && (b.Label != name || b.Claims != want) {
				return fmt.Errorf("%s with %d claims is counted as %s with %d", name, want, b.Label, b.Claims)
			}
		}
		line, err := s.Claims.Timeline(bg, f, false, store.IntervalMonth, "kind", 20)
		if err != nil || len(line.Periods) != 1 || line.Periods[0].Claims != sum(line.Split) || line.Periods[0].Claims < total {
			return fmt.Errorf("after %d claims, the time line is %v, split %v (%w)", total, line.Periods, line.Split, err)
		}
	}
	return nil
}
