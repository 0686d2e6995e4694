package store_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

var errUndo = errors.New("undone on purpose")

// pair is a primary with an empty database, and a streaming replica of it.
type pair struct{ primary, replica *pgtest.Server }

// startPair starts a pair of the test's own, or says that it cannot.
func startPair(t *testing.T) (p pair, ok bool) {
	t.Helper()
	if err := pgtest.Installed(); err != nil {
		t.Log("not run:", err)
		return p, false
	}
	p.primary = must(pgtest.Start("fsync=off"))
	t.Cleanup(func() { must(0, p.primary.Remove()) })
	p.replica = must(p.primary.Standby("fsync=off"))
	t.Cleanup(func() { must(0, p.replica.Remove()) })
	return p, true
}

func (p pair) open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(bg, p.primary.DSN("postgres"), slog.New(slog.DiscardHandler), clock(), p.replica.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(0, s.Close()) })
	return s
}

// pause keeps the replica at what it has now; resume lets it follow the primary again.
func (p pair) pause(t *testing.T) {
	administer(t, p.replica.DSN("postgres"), "SELECT pg_wal_replay_pause()")
}
func (p pair) resume(t *testing.T) {
	administer(t, p.replica.DSN("postgres"), "SELECT pg_wal_replay_resume()")
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 200 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("ten seconds on, still not: %s", what)
}

func TestListsComeFromAReplicaAndSingleRecordsFromThePrimary(t *testing.T) {
	if pgtest.Now != pgtest.SQLite {
		return // it has servers of its own, and once is enough
	}
	p, ok := startPair(t)
	if !ok {
		return
	}
	// The replica does not even have the schema yet.
	p.pause(t)
	s := p.open(t)
	listed := func() int { return len(must(s.Sources.List(bg, store.SourceFilter{}, page("name"))).Items) }
	source := newSource(s, "a")
	if n := listed(); n != 1 {
		t.Errorf("a replica without the schema lists %d sources; want the primary's 1", n)
	}
	p.resume(t)
	replicates := func() bool {
		p.pause(t)
		defer p.resume(t)
		before := listed()
		newSource(s, "one that the replica has not heard of")
		return listed() == before
	}
	eventually(t, "lists come from the replica", replicates)

	p.pause(t)
	before := listed()
	later := newSource(s, "later")
	if n := listed(); n != before {
		t.Errorf("a list has %d sources, and the replica %d", n, before)
	}
	if n := len(must(s.Sources.List(store.Fresh(bg), store.SourceFilter{}, page("name"))).Items); n != before+1 {
		t.Errorf("a fresh list has %d sources; want the primary's %d", n, before+1)
	}
	if _, err := s.Sources.Get(bg, later.ID); err != nil {
		t.Errorf("a single record that the replica has not heard of: %v", err)
	}
	if err := s.Together(bg, func(ctx context.Context) error {
		before := len(must(s.Sources.List(ctx, store.SourceFilter{}, page("name"))).Items)
		must(s.Sources.Create(ctx, tracker.SourceInput{Name: "within", Kind: tracker.SourceOther}))
		if after := len(must(s.Sources.List(ctx, store.SourceFilter{}, page("name"))).Items); after != before+1 {
			t.Errorf("within Together, a list has %d sources; want those written there too, %d", after, before+1)
		}
		return errUndo
	}); !errors.Is(err, errUndo) {
		t.Errorf("Together = %v; want it undone", err)
	}
	p.resume(t)
	eventually(t, "the replica has caught up", func() bool { return listed() == before+1 })

	must(0, p.replica.Kill())
	for range 20 {
		if n := listed(); n != before+1 {
			t.Errorf("with the replica away, a list has %d sources; want %d", n, before+1)
		}
	}
	must(0, p.replica.Up("fsync=off"))
	eventually(t, "lists come from the replica again", replicates)

	must(0, p.primary.Stop())
	if n := listed(); n == 0 {
		t.Error("with the primary away, a list is empty; want the replica's")
	}
	if _, err := s.Sources.Get(bg, source.ID); err == nil {
		t.Error("with the primary away, a single record was read")
	}
	must(0, p.primary.Up("fsync=off"))
	eventually(t, "the primary can be written again", func() bool { return s.Ready(bg) == nil })
	newSource(s, "after it")
}

func TestAClaimMayQuoteAnArticleThatNoReplicaHasYet(t *testing.T) {
	if pgtest.Now != pgtest.SQLite {
		return // it has servers of its own, and once is enough
	}
	p, ok := startPair(t)
	if !ok {
		return
	}
	s := p.open(t)
	eventually(t, "the replica has the schema", func() bool {
		time.Sleep(50 * time.Millisecond)
		p.pause(t)
		defer p.resume(t)
		before := len(must(s.Sources.List(bg, store.SourceFilter{}, page("name"))).Items)
		newSource(s, "one that the replica has not heard of")
		return len(must(s.Sources.List(bg, store.SourceFilter{}, page("name"))).Items) == before
	})
	p.pause(t)
	defer p.resume(t)
	commits := func() uint64 {
		n, _, err := s.Commits(bg)
		return must(n, err)
	}
	before := commits()
	article := newArticle(s, "It was rigged.")
	if commits() == before {
		t.Error("what the replica has not heard of is not counted as committed")
	}
	must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "It was rigged."))))
}

func TestReplicasNeedNotBeUpWhenTheStoreOpens(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock(), "postgres://claims@127.0.0.1:1/nowhere", "postgres://claims@127.0.0.1:2/nowhere"))
	newSource(s, "a")
	for range 5 {
		if l := must(s.Sources.List(bg, store.SourceFilter{}, page("name"))); len(l.Items) != 1 {
			t.Errorf("the list has %d sources; want 1", len(l.Items))
		}
	}
	must(0, s.Close())
}

func TestAReplicaThatLagsBehindAFoldAnswersAsItIs(t *testing.T) {
	if pgtest.Now != pgtest.SQLite {
		return // it has servers of its own, and once is enough
	}
	p, ok := startPair(t)
	if !ok {
		return
	}
	s := newScene(p.open(t))
	r := rand.New(rand.NewPCG(1, 2))
	must(0, s.grow(r, 5))
	total := func() int64 {
		n, _, err := s.Claims.Count(bg, store.ClaimFilter{}, store.ClaimFields, 3)
		must(0, err)
		return n
	}
	fresh := func() int64 {
		n, _, err := s.Claims.Count(store.Fresh(bg), store.ClaimFilter{}, store.ClaimFields, 3)
		must(0, err)
		return n
	}
	eventually(t, "counts come from the replica", func() bool {
		p.pause(t)
		defer p.resume(t)
		before := total()
		must(0, s.newClaim(r))
		return total() == before
	})
	p.pause(t)
	had, all := total(), fresh()
	for round := range 3 {
		if round > 0 {
			must(0, s.Fold(bg))
		}
		must(0, s.newClaim(r))
		for range 2 {
			if n := total(); n != had {
				t.Errorf("in round %d, the replica counts %d claims; want the %d that it has", round, n, had)
			}
			if n, want := fresh(), all+1+int64(round); n != want {
				t.Errorf("in round %d, the primary counts %d claims; want %d", round, n, want)
			}
			must(0, s.Browse(bg, store.CheckFacets))
			checkFacets(t, s.Store, "on the primary")
		}
	}
	p.resume(t)
	eventually(t, "the replica has caught up", func() bool { return total() == all+3 })
	must(0, s.Browse(bg, store.CheckFacets))
}
