package generate_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claimtracker/internal/generate"
	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func open(t *testing.T, address string, clock *generate.Clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// generated fills an empty database, and gives its address and what was made.
func generated(t *testing.T, claims int, seed uint64) (string, []generate.Made) {
	t.Helper()
	address, clock := pgtest.Address(t), generate.NewClock()
	s, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	made, err := generate.Run(t.Context(), s, clock, claims, seed, func(int) {})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return address, made
}

// hashes are the rows and the hash of each table, as a copy of the database tells them.
func hashes(t *testing.T, address string) []store.CopiedTable {
	t.Helper()
	copied, err := store.Copy(t.Context(), address, filepath.Join(t.TempDir(), "copy.db"), slog.New(slog.DiscardHandler), time.Now, func(string, int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return copied
}

// onSQLite are the hashes of the first engine that the tests run on, for the second to be compared with.
var onSQLite []store.CopiedTable

func TestTheSameNumberAndSeedGiveTheSameRowsOnEveryEngineAndAnotherSeedOthers(t *testing.T) {
	address, made := generated(t, 120, 7)
	first := hashes(t, address)
	if pgtest.Now == pgtest.SQLite {
		onSQLite = first
		again, _ := generated(t, 120, 7)
		if second := hashes(t, again); !slices.Equal(first, second) {
			t.Errorf("generated twice:\n%v\n%v\nwant the same rows", first, second)
		}
		other, _ := generated(t, 120, 8)
		if second := hashes(t, other); slices.Equal(first, second) {
			t.Error("another seed gave the same rows")
		}
	} else if onSQLite != nil && !slices.Equal(first, onSQLite) {
		t.Errorf("on the engines:\n%v\n%v\nwant the same rows", onSQLite, first)
	}
	for _, m := range made {
		table := strings.ReplaceAll(m.Name, " ", "_")
		at := slices.IndexFunc(first, func(c store.CopiedTable) bool { return c.Name == table })
		if at >= 0 && first[at].Rows != int64(m.Rows) {
			t.Errorf("it says that it made %d %s; there are %d", m.Rows, m.Name, first[at].Rows)
		}
		if m.Name == "claims" && m.Rows != 120 {
			t.Errorf("it made %d claims; want the 120 that were asked for", m.Rows)
		}
	}
}

func TestWhatIsGeneratedIsOfEveryKindAndMostlyOfAFew(t *testing.T) {
	if pgtest.Now != pgtest.SQLite {
		return // the rows are the same: see above
	}
	const claims = 1500
	address, _ := generated(t, claims, 1)
	s := open(t, address, generate.NewClock())
	kinds, statuses, languages, sources, actors := map[tracker.ClaimKind]int{}, map[tracker.ClaimStatus]int{}, map[string]int{}, map[int64]int{}, map[int64]int{}
	several, words, last := 0, map[string]bool{}, tracker.Instant(0)
	p := store.Page{Limit: 200, Sort: "created_at"}
	for {
		list, err := s.Claims.List(t.Context(), store.ClaimFilter{}, p, store.Expand{"occurrences", "source", "sentences"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Items {
			kinds[c.Kind]++
			statuses[c.Status]++
			languages[c.Language]++
			sources[c.Origin.Article.SourceID]++
			if len(c.Actors) > 0 {
				actors[c.Actors[0].ActorID]++
			}
			if len(c.Occurrences) > 1 {
				several++
			}
			if c.CreatedAt < last {
				t.Errorf("claim %d was logged before the one before it", c.ID)
			}
			last = c.CreatedAt
			if strings.ContainsAny(c.Text+c.Origin.Article.Title, "{}") {
				t.Errorf("claim %d says %q in %q", c.ID, c.Text, c.Origin.Article.Title)
			}
			if len(c.Origin.Sentences) != 1 {
				t.Errorf("claim %d stands on %d sentences; want one", c.ID, len(c.Origin.Sentences))
			}
			if !strings.HasSuffix(c.Origin.Article.Source.Domain, ".example") {
				t.Errorf("the source %q is at %q; want it under .example", c.Origin.Article.Source.Name, c.Origin.Article.Source.Domain)
			}
			for word := range strings.FieldsSeq(c.Text) {
				words[word] = true
			}
		}
		if p.After = list.Next; p.After == nil {
			break
		}
	}
	if len(kinds) != len(tracker.ClaimKinds) || len(statuses) != len(tracker.ClaimStatuses) || len(languages) != 7 {
		t.Errorf("the claims have kinds %v, statuses %v, languages %v; want all", kinds, statuses, languages)
	}
	for what, of := range map[string]map[int64]int{"source": sources, "actor": actors} {
		most := 0
		for _, n := range of {
			most = max(most, n)
		}
		if len(of) < 15 || most < 5*claims/len(of)/2 {
			t.Errorf("%d %ss have the claims, and one of them %d of %d; want many, and one with far more than the others", len(of), what, most, claims)
		}
	}
	if several < claims/20 || several > claims/2 {
		t.Errorf("%d of %d claims have several occurrences; want some", several, claims)
	}
	if len(words) < 800 {
		t.Errorf("the claims have %d words; want many", len(words))
	}
}

func TestADatabaseWithRecordsIsRefused(t *testing.T) {
	address, _ := generated(t, 1, 1)
	clock := generate.NewClock()
	s := open(t, address, clock)
	if _, err := generate.Run(t.Context(), s, clock, 1, 1, func(int) {}); !errors.Is(err, generate.ErrNotEmpty) {
		t.Errorf("a second time: %v; want it refused", err)
	}
}

func TestWhatIsInterruptedLeavesWholeDays(t *testing.T) {
	address, clock := pgtest.Address(t), generate.NewClock()
	ctx, stop := context.WithCancel(t.Context())
	s := open(t, address, clock)
	made, err := generate.Run(ctx, s, clock, 500, 1, func(done int) {
		if done > 20 {
			stop()
		}
	})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("it was not stopped: %v", err)
	}
	total, err := s.Claims.List(t.Context(), store.ClaimFilter{}, store.Page{Limit: 1, Sort: "created_at", Total: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(made, func(m generate.Made) bool { return m.Name == "claims" })
	if at < 0 || int64(made[at].Rows) != *total.Total || *total.Total >= 500 {
		t.Errorf("it says that it made %v; there are %d claims", made, *total.Total)
	}
}
