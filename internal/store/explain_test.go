package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// statements are what a store runs, each once by its text.
type statements struct {
	mu  sync.Mutex
	all map[string][]any
}

func (s *statements) see(query string, values []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all != nil {
		s.all[query] = values
	}
}

// plan is how the engine runs a statement: a line for each table that it reads.
func plan(t *testing.T, s *store.Store, query string, values []any) (lines []string) {
	t.Helper()
	err := s.Read(bg, func(tx *gorm.DB) error {
		explain := "EXPLAIN QUERY PLAN "
		if pgtest.Now != pgtest.SQLite {
			explain = "EXPLAIN "
			if err := tx.Exec("SET LOCAL enable_seqscan = off").Error; err != nil {
				return err
			}
		}
		rows, err := tx.Statement.ConnPool.QueryContext(bg, explain+query, values...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			into := []any{&line}
			if pgtest.Now == pgtest.SQLite {
				into = []any{new(int), new(int), new(int), &line}
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%s %v: %v", query, values, err)
	}
	return lines
}

var (
	scanned = regexp.MustCompile(`^(?:SCAN|.*Seq Scan on) (\w+)(.*)`)
	// small are what there are thousands of, at a million claims, and lists that a statement is given.
	small = []string{"sources", "actors", "elections", "techniques", "tactics", "tallies", "json_each", "wanted", "f", "n", "codes", "joined", "found", "CONSTANT", "write_turn", "facet_chunks", "newest", "facet_log"}
)

// wholeTables are the lines of a plan that read a large table from end to end.
func wholeTables(query string, lines []string) (bad []string) {
	for _, line := range lines {
		if pgtest.Now == pgtest.SQLite && strings.Contains(line, "occurrences_stance") { // many places have one of its few values
			bad = append(bad, line)
		}
		found := scanned.FindStringSubmatch(line)
		if found == nil || slices.Contains(small, found[1]) || strings.Contains(line, "VIRTUAL TABLE") {
			continue
		}
		// A page is read in the order of an index, or where all is wanted of the table's own key, and no further than it is full.
		ordered := strings.Contains(found[2], "USING") || strings.Contains(query, "ORDER BY claim_id") && !strings.Contains(query, "WHERE")
		if ordered && strings.Contains(query, " LIMIT ") && !strings.Contains(strings.Join(lines, " "), "TEMP B-TREE") {
			continue
		}
		bad = append(bad, line)
	}
	return bad
}

// askEverything asks for claims in every way that there is.
func askEverything(ctx context.Context, s *store.Store) error {
	at, later := tracker.Instant(1_600_000_000_000_000), tracker.Instant(1_800_000_000_000_000)
	actor := store.Actor{IDs: []int64{1, 2}, Kinds: []tracker.ActorKind{tracker.ActorState}, Countries: []string{"FR"}}
	filters := []store.ClaimFilter{
		{}, {Kinds: []tracker.ClaimKind{tracker.ClaimDenial}}, {Techniques: []string{"T0001"}, Tactics: []string{"TA02"}, Tags: []string{"a"}},
		{ActorIDs: actor.IDs}, {ActorKinds: actor.Kinds, ActorCountries: actor.Countries, Roles: tracker.Roles[:2]}, {ActorIDs: actor.IDs, ActorCountries: actor.Countries},
		{InRole: map[tracker.Role]store.Actor{tracker.RoleSpeaker: actor}}, {SourceKinds: tracker.SourceKinds[:2], SourceCountries: []string{"FR"}, Stances: tracker.Stances},
		{ArticleIDs: []int64{1, 2}, Stances: tracker.Stances[:1]}, {ArticleURLs: []string{"https://h1.example/1"}, SourceKinds: tracker.SourceKinds[:2]},
		{SentenceIDs: []int64{1}, SourceIDs: []int64{1}, SourceCountries: []string{"FR"}}, {ArticleHosts: []string{"h1.example"}, MinSources: 2},
		{ClaimedFrom: "2023-12-30", ClaimedTo: "2024-12-31"}, {CreatedFrom: &at, CreatedTo: &later}, {UpdatedFrom: &at, UpdatedTo: &later}, {UpdatedFrom: &at},
		{StatusBefore: &later}, {StatusBefore: &later, Statuses: tracker.ClaimStatuses[:1]},
	}
	for _, f := range filters {
		for _, sort := range s.Claims.Sorts() {
			p := store.Page{Limit: 2, Sort: sort, Total: true}
			for range 2 {
				l, err := s.Claims.List(ctx, f, p, nil)
				if err != nil {
					return err
				}
				documents := p
				documents.Total = false
				if _, err := s.Claims.Documents(ctx, f, documents, store.Expand{"actors", "election", "sentences", "source", "techniques"}); err != nil {
					return err
				}
				p.After = l.Next
			}
		}
		if _, _, err := s.Claims.Count(ctx, f, store.ClaimFields, 3); err != nil {
			return err
		}
		for _, interval := range []string{store.IntervalDay, store.IntervalMonth} {
			for _, created := range []bool{true, false} {
				if _, err := s.Claims.Timeline(ctx, f, created, interval, "actor_id", 2); err != nil {
					return err
				}
			}
		}
		for _, fields := range [][2]string{{"actor_id", "technique"}, {"source_id", "source_kind"}, {"accused_country", "target_country"}, {"actor_country", "role"}} {
			if _, err := s.Claims.Crosstab(ctx, f, fields[0], fields[1], 3); err != nil {
				return err
			}
		}
		if _, _, err := s.Claims.Seen(ctx, f, "actor_kind", 3); err != nil {
			return err
		}
	}
	if _, err := s.Totals(ctx); err != nil {
		return err
	}
	_, err := s.Gaps(ctx, 1)
	return err
}

func TestNoQuestionAboutClaimsReadsALargeTableFromEndToEnd(t *testing.T) {
	seen := statements{}
	s := newScene(open(t))
	s.Watch(seen.see)
	r := rand.New(rand.NewPCG(1, 2))
	if err := s.grow(r, 40); err != nil {
		t.Fatal(err)
	}
	seen.all = map[string][]any{}
	must(0, askEverything(bg, s.Store))
	for range 60 {
		must(0, s.disturb(r)) // what is written keeps what is derived
	}
	all := seen.all
	seen.all = nil
	for _, query := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(query, "SELECT") && !strings.Contains(query, "postings") && !strings.Contains(query, "facets") {
			continue
		}
		lines := plan(t, s.Store, query, all[query])
		if bad := wholeTables(query, lines); len(bad) > 0 {
			t.Errorf("%s\nreads all of\n%s\n%s", query, strings.Join(bad, "\n"), fmt.Sprint(all[query]))
		}
	}
	if len(all) < 30 {
		t.Errorf("only %d statements were seen", len(all))
	}
}
