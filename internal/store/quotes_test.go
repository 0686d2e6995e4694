package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// carried are the occurrences that carry a quote, as a list finds them.
func carried(s *store.Store, quotes ...string) (ids []int64) {
	for _, o := range must(s.Occurrences.List(bg, store.OccurrenceFilter{Quotes: quotes}, page("created_at"), nil)).Items {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestQuotesAreFoundWhicheverOfAClaimsPlacesTheyStandIn(t *testing.T) {
	address := pgtest.Address(t)
	s := openAt(t, address)
	texts := []string{"It was rigged.", "It was not!", "Nobody knows.", "谁也不知道。", "It was."}
	var articles []int64
	for range 4 {
		articles = append(articles, newArticle(s, strings.Join(texts, " ")).ID)
	}
	r := rand.New(rand.NewPCG(7, 7))
	places := map[int64]tracker.Occurrence{}
	compare := func(when string) {
		t.Helper()
		for _, quotes := range [][]string{{"it was RIGGED"}, {"“It was not”"}, {"nobody knows", "it was"}, {"谁也不知道"}, {"It was rigged. It was not!"}} {
			var want []int64
			for id, o := range places {
				if slices.ContainsFunc(quotes, func(q string) bool { return store.WordsOf(q) == store.WordsOf(o.Exact) }) {
					want = append(want, id)
				}
			}
			if slices.Sort(want); !slices.Equal(carried(s, quotes...), want) {
				t.Fatalf("%s, %q stands in %v; want %v", when, quotes, carried(s, quotes...), want)
			}
		}
	}
	somewhere := func() tracker.NewOccurrence {
		return quoted(articles[r.IntN(len(articles))], texts[r.IntN(len(texts))])
	}
	for step := range 80 {
		var all []tracker.Occurrence
		for _, o := range places {
			all = append(all, o)
		}
		slices.SortFunc(all, func(a, b tracker.Occurrence) int { return int(a.ID - b.ID) })
		switch k := r.IntN(10); {
		case len(all) == 0 || k < 4:
			origin := must(s.Claims.Create(bg, claimed("a", somewhere()))).Origin
			places[origin.ID] = origin
		case k < 7:
			if o, err := s.Occurrences.Create(bg, all[r.IntN(len(all))].ClaimID, somewhere()); err == nil {
				places[o.ID] = o
			} else {
				wantCode(t, "the same place once more", err, tracker.Conflict)
			}
		case k < 9:
			one := all[r.IntN(len(all))]
			if err := s.Occurrences.Delete(bg, one.ID, anyVersion); err == nil {
				delete(places, one.ID)
			} else {
				wantCode(t, "the deletion of an origin", err, tracker.Conflict)
			}
		default:
			claim := all[r.IntN(len(all))].ClaimID
			must(0, s.Claims.Delete(bg, claim, anyVersion))
			for _, o := range all {
				if o.ClaimID == claim {
					delete(places, o.ID)
				}
			}
		}
		compare(fmt.Sprint("after step ", step))
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("DELETE FROM derived").Error }))
	must(0, s.Close())
	s = openAt(t, address)
	compare("made anew")
	// Other words whose number ends in the same 32 bits.
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("UPDATE occurrences SET words = words + 4294967296").Error }))
	if found := carried(s, "it was rigged"); len(found) > 0 {
		t.Errorf("of other words, %v are found", found)
	}
}
