package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// answers are what is counted and listed, as text.
func answers(ctx context.Context, s *store.Store) string {
	year := tracker.Date("2024-12-31")
	var b strings.Builder
	put := func(what ...any) { fmt.Fprintf(&b, "%s\n", must(json.Marshal(what))) }
	for _, f := range []store.ClaimFilter{{}, {Kinds: tracker.ClaimKinds[:2]}, {Tags: []string{"a"}, ActorCountries: []string{"FR"}}, {ClaimedTo: year}, {MinSources: 2},
		{ActorKinds: tracker.ActorKinds[:1], Roles: tracker.Roles[:2]}, {SourceCountries: []string{"DE"}, Stances: tracker.Stances[:2]}} {
		for _, limit := range []int{2, 50} {
			total, counts, err := s.Claims.Count(ctx, f, store.ClaimFields, limit)
			put(total, counts, err)
			seen, more, err := s.Claims.Seen(ctx, f, "actor_kind", limit)
			put(seen, more, err)
		}
		list, err := s.Claims.List(ctx, f, store.Page{Limit: 20, Sort: "-created_at", Total: true}, nil)
		put(list.Total, list.Next, err)
		for i := range list.Items {
			put(list.Items[i].ID)
		}
		for _, interval := range []string{store.IntervalDay, store.IntervalMonth} {
			line, err := s.Claims.Timeline(ctx, f, interval == store.IntervalDay, interval, "tag", 2)
			put(line, err)
		}
		cross, err := s.Claims.Crosstab(ctx, f, "actor_country", "source_kind", 3)
		put(cross, err)
	}
	totals, err := s.Totals(ctx)
	put(totals, err)
	gaps, err := s.Gaps(ctx, 0)
	put(gaps.OneSource, gaps.Unarchived, gaps.Uncited, err)
	return b.String()
}

// different are the first lines in which two texts differ.
func different(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i] + "\nand\n" + bs[i]
		}
	}
	return ""
}

// logged is how many changes the log of facets holds.
func logged(s *store.Store) (n int64) {
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		return tx.Raw("SELECT COALESCE(max(held), 0) FROM facet_log").Scan(&n).Error
	}))
	return n
}

func TestFoldingTheLogChangesNoAnswer(t *testing.T) {
	t.Parallel()
	s := newScene(open(t))
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	if err := s.grow(r, 20); err != nil {
		t.Fatal(err)
	}
	for round := range 6 {
		for range 20 {
			if err := s.disturb(r); err != nil {
				t.Fatal(err)
			}
		}
		if logged(s.Store) == 0 {
			t.Fatalf("in round %d, the log is empty", round)
		}
		checkFacets(t, s.Store, fmt.Sprint("before it is folded in round ", round))
		before := answers(bg, s.Store)
		must(0, s.Fold(bg))
		if logged(s.Store) > 0 {
			t.Fatalf("in round %d, the log is not empty", round)
		}
		checkFacets(t, s.Store, fmt.Sprint("once it is folded in round ", round))
		if after := answers(bg, s.Store); after != before {
			t.Fatalf("in round %d, the answers are others once the log is folded:\n%s", round, different(before, after))
		}
	}
}

func TestTheLogIsFoldedWhenItHoldsTooMuch(t *testing.T) {
	t.Parallel()
	for _, most := range []int64{0, 40, 500} { // less than a claim changes, about as much, and more
		s := newScene(open(t))
		s.FoldAt(most)
		r := rand.New(rand.NewPCG(uint64(most), 0))
		if err := s.grow(r, 5); err != nil {
			t.Fatal(err)
		}
		held := int64(0)
		for range 80 {
			if err := s.disturb(r); err != nil {
				t.Fatal(err)
			}
			n := logged(s.Store)
			if n > most {
				t.Fatalf("the log holds %d changes; want %d at the most", n, most)
			}
			held = max(held, n)
			checkFacets(t, s.Store, fmt.Sprint("with no more than ", most, " in the log"))
		}
		if most > 0 && held == 0 {
			t.Errorf("with no more than %d in it, the log never held anything", most)
		}
	}
}

func TestWhoReadsAnOldStateSeesItWhateverIsFolded(t *testing.T) {
	s := newScene(open(t))
	r := rand.New(rand.NewPCG(3, 4))
	if err := s.grow(r, 10); err != nil {
		t.Fatal(err)
	}
	write := func() {
		for range 10 {
			if err := s.disturb(r); err != nil {
				t.Fatal(err)
			}
		}
		checkFacets(t, s.Store, "who begins to read now") // and has the rest of the log read
	}
	// Each reads a state of its own, again and again: what others see meanwhile is not for them.
	type reader struct {
		again chan struct{}
		said  chan error
	}
	var readers []reader
	t.Cleanup(func() { // the store waits for them with its own
		for _, one := range readers {
			close(one.again)
			for range one.said { //nolint:revive // until it has ended
			}
		}
	})
	begin := func() {
		one := reader{make(chan struct{}), make(chan error)}
		readers = append(readers, one)
		go func() {
			defer close(one.said)
			_ = s.Read(bg, func(tx *gorm.DB) error {
				for range one.again {
					one.said <- store.CheckFacets(tx)
				}
				return nil
			})
		}()
	}
	ask := func(when string) {
		for i, one := range readers {
			one.again <- struct{}{}
			if err := <-one.said; err != nil {
				t.Errorf("reader %d, %s: %v", i, when, err)
			}
		}
	}
	begin()
	ask("at first")
	write()
	ask("after more was logged")
	begin()
	ask("with another reader")
	must(0, s.Fold(bg))
	ask("once the log was folded")
	write()
	ask("after more was logged then")
	begin()
	must(0, s.Fold(bg))
	ask("once it was folded again")
}

func TestAWriteThatIsUndoneLeavesNoTraceInTheLog(t *testing.T) {
	s := newScene(open(t))
	r := rand.New(rand.NewPCG(5, 6))
	if err := s.grow(r, 10); err != nil {
		t.Fatal(err)
	}
	undone := errors.New("undone")
	for _, most := range []int64{1 << 18, 60} {
		s.FoldAt(most)
		for range 3 {
			before := answers(bg, s.Store)
			err := s.Together(bg, func(ctx context.Context) error {
				must(s.Claims.Create(ctx, tracker.NewClaim{ClaimInput: s.input(r), Occurrence: s.place(r)}))
				// Of an actor that becomes another, the claims are looked up in the log as it is here.
				must(s.Actors.Update(ctx, pick(r, s.actors), anyVersion, func(in *tracker.ActorInput) error {
					in.Kind, in.Country = pick(r, tracker.ActorKinds[3:5]), pick(r, []string{"ES", "IT"})
					return nil
				}))
				_ = answers(ctx, s.Store)
				return undone
			})
			if !errors.Is(err, undone) {
				t.Fatalf("what was to be undone: %v", err)
			}
			if after := answers(bg, s.Store); after != before {
				t.Fatalf("after what was undone:\n%s", different(before, after))
			}
			// The rows of the log that were not kept are now others.
			if err := s.newClaim(r); err != nil {
				t.Fatal(err)
			}
			checkFacets(t, s.Store, "after what was undone, and another write")
		}
	}
}

func TestInstancesSeeWhatEachOfThemLogs(t *testing.T) {
	if pgtest.Now == pgtest.SQLite {
		return // a file has one instance
	}
	address := empty(t)
	scenes := []*scene{newScene(openAt(t, address))}
	scenes[0].FoldAt(400)
	r := rand.New(rand.NewPCG(7, 8))
	if err := scenes[0].grow(r, 10); err != nil {
		t.Fatal(err)
	}
	for _, most := range []int64{400, 90} {
		other := &scene{Store: openAt(t, address), sentences: scenes[0].sentences, sources: scenes[0].sources, actors: scenes[0].actors,
			elections: scenes[0].elections, articles: scenes[0].articles, claims: scenes[0].claims, occurrences: scenes[0].occurrences}
		other.FoldAt(most)
		scenes = append(scenes, other)
	}
	for round := range 5 {
		var group sync.WaitGroup
		for _, s := range scenes {
			seed := r.Uint64()
			group.Go(func() {
				r := rand.New(rand.NewPCG(seed, 0))
				for range 6 {
					if err := s.disturb(r); err != nil {
						t.Error(err)
					}
					checkFacets(t, s.Store, "amid what others write")
				}
			})
		}
		group.Wait()
		first := answers(bg, scenes[0].Store)
		for _, s := range scenes[1:] {
			if its := answers(bg, s.Store); its != first {
				t.Fatalf("in round %d, two instances answer\n%s", round, different(first, its))
			}
		}
	}
}

// A server that takes over from another may lack what that had committed last.
func TestALogThatHasLostItsEndIsReadAnew(t *testing.T) {
	s := newScene(open(t))
	r := rand.New(rand.NewPCG(9, 10))
	if err := s.grow(r, 5); err != nil {
		t.Fatal(err)
	}
	for _, further := range []int{0, 3} {
		if err := s.newClaim(r); err != nil {
			t.Fatal(err)
		}
		checkFacets(t, s.Store, "before anything is lost")
		lost := s.claims[len(s.claims)-1]
		s.drop(&s.claims, lost)
		must(0, s.Write(bg, func(tx *gorm.DB) error {
			for _, table := range []string{"claim_tags", "claim_techniques", "claim_actors", "occurrences", "claim_documents"} {
				must(0, tx.Exec("DELETE FROM "+table+" WHERE claim_id = ?", lost).Error)
			}
			must(0, tx.Exec("DELETE FROM claims WHERE id = ?", lost).Error)
			return tx.Exec("DELETE FROM facet_log WHERE id = (SELECT max(id) FROM facet_log)").Error
		}))
		for range 1 + further {
			if err := s.newClaim(r); err != nil {
				t.Fatal(err)
			}
		}
		checkFacets(t, s.Store, fmt.Sprint("where other rows stand in the place of a lost one, and ", further, " more"))
	}
}

// killedAt names, in a process that is to be killed, the database that it writes to.
const killedAt = "CLAIMTRACKER_TEST_KILLED_AT"

func TestWhateverIsLoggedWhenItsWriterIsKilledIsRight(t *testing.T) {
	t.Parallel()
	if address := os.Getenv(killedAt); address != "" {
		writeUntilKilled(t, address)
	}
	address := empty(t)
	for round := range 3 {
		writer := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$") //nolint:gosec // this test itself
		writer.Env = append(os.Environ(), killedAt+"="+address)
		out := must(writer.StdoutPipe())
		must(0, writer.Start())
		// It says that it has begun to write; it is killed after so many writes, whatever it is about then.
		said := make([]byte, 40+rand.IntN(200))
		if n, err := io.ReadFull(out, said); err != nil {
			t.Fatalf("the writer ended before it was killed: %s", said[:n])
		}
		must(0, writer.Process.Kill())
		_ = writer.Wait()
		s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), time.Now))
		checkFacets(t, s, fmt.Sprint("after kill ", round))
		must(0, s.Close())
	}
}

// writeUntilKilled writes at random, and a sign on the standard output after each write.
func writeUntilKilled(t *testing.T, address string) {
	urls.Store(rand.Int64N(1 << 40)) // which no writer before it has used
	s := newScene(openAt(t, address))
	s.FoldAt(200)
	if err := s.grow(rand.New(rand.NewPCG(rand.Uint64(), 0)), 5); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), 0))
			for {
				if err := s.disturb(r); err != nil {
					t.Error(err)
					return
				}
				_, _ = os.Stdout.WriteString(".")
			}
		})
	}
	group.Wait()
}

func TestARowOfTheLogSaysWhatWasWrittenIntoIt(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const last = 1<<38 - 1 // the greatest id that a posting has room for
	for range 200 {
		want := map[int64][]int64{}
		for range 1 + r.IntN(60) {
			facet := 1 + r.Int64N(1<<(1+r.IntN(38)))
			for range 1 + r.IntN(5) {
				claim := pick(r, []int64{1, last, 1 + r.Int64N(100), last - r.Int64N(100), 1 + r.Int64N(last)})
				want[facet] = append(want[facet], claim*pick(r, []int64{1, -1}))
			}
		}
		if got, err := store.CodedTurns(store.CodeOfTurns(want)); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("what is read of %v is %v, %v", want, got, err)
		}
	}
}

// FuzzRowsOfTheLog takes any bytes for a row: they are refused, or mean the same once they are written again.
func FuzzRowsOfTheLog(f *testing.F) {
	f.Add(store.CodeOfTurns(map[int64][]int64{1: {1, -1, 7}, 300: {-1 << 37}}))
	f.Add([]byte{})
	f.Add([]byte{2, 1, 255})
	f.Fuzz(func(t *testing.T, code []byte) {
		turns, err := store.CodedTurns(code)
		if err != nil || len(turns) == 0 {
			return
		}
		for _, all := range turns {
			for _, claim := range all {
				if claim < -1<<40 || claim > 1<<40 || claim == 0 {
					return // no claim has that id
				}
			}
		}
		if again, err := store.CodedTurns(store.CodeOfTurns(turns)); err != nil || !reflect.DeepEqual(again, turns) {
			t.Fatalf("%v became %v, %v", turns, again, err)
		}
	})
}
