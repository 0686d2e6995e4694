package store

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Results are what a search finds in all kinds of records.
type Results struct{ s *Store }

// ResultFilter says what is searched for, and where.
type ResultFilter struct {
	Types  []tracker.ResultType // all, where none is named
	Search Search
}

// resultIndexes are the indexes of the kinds of records, in the order of tracker.ResultTypes.
var resultIndexes = []*index{actorIndex, sourceIndex, claimIndex, articleIndex, sentenceIndex}

// Sorts are the ways in which List sorts: the newest first within each kind, in the order of the kinds; or the best first.
func (Results) Sorts() []string { return []string{"-created_at", Relevance} }

// place is where a result is: its kind, as a place in resultIndexes, and its id.
type place struct {
	kind int
	id   int64
}

// List is a page of what a search finds. Counts are how many records of each kind that was asked for, where the total is
// wanted.
func (c Results) List(ctx context.Context, f ResultFilter, p Page) (l List[tracker.Result], counts map[tracker.ResultType]int64, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		l, counts = List[tracker.Result]{}, nil
		if err := indexerOf(tx).prepare(tx); err != nil {
			return err
		}
		if p.Total {
			if counts, err = f.count(tx); err != nil {
				return err
			}
			l.Total = new(int64)
			for _, n := range counts {
				*l.Total += n
			}
		}
		var places []place
		if p.Sort == Relevance {
			places, err = f.best(tx, p.Limit)
		} else {
			places, err = f.newest(tx, p.Limit+1, p.After)
		}
		if err != nil {
			return err
		}
		if len(places) > p.Limit {
			places = places[:p.Limit]
			last := places[p.Limit-1]
			l.Next = &Cursor{Number: int64(last.kind), ID: last.id}
		}
		l.Items, err = resultsAt(tx, places, f.Search)
		return err
	})
	return l, counts, err
}

// wants tells whether a kind of records, as a place in resultIndexes, is searched.
func (f ResultFilter) wants(kind int) bool {
	return len(f.Types) == 0 || slices.Contains(f.Types, tracker.ResultTypes[kind])
}

func (f ResultFilter) count(tx *gorm.DB) (map[tracker.ResultType]int64, error) {
	counts := map[tracker.ResultType]int64{}
	for kind, ix := range resultIndexes {
		if !f.wants(kind) {
			continue
		}
		var n int64
		if err := tx.Table("(?) AS found", ix.found(tx, *f.Search.Query)).Count(&n).Error; err != nil {
			return nil, err
		}
		counts[tracker.ResultTypes[kind]] = n
	}
	return counts, nil
}

// newest are the places of the newest of each kind, after a place.
func (f ResultFilter) newest(tx *gorm.DB, limit int, after *Cursor) (places []place, err error) {
	for kind, ix := range resultIndexes {
		most := int64(math.MaxInt64)
		if after != nil && int64(kind) == after.Number {
			most = after.ID - 1
		}
		if !f.wants(kind) || after != nil && int64(kind) < after.Number || len(places) == limit {
			continue
		}
		ids, err := ix.foundIDs(tx, *f.Search.Query, 1, most, limit-len(places))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			places = append(places, place{kind, id})
		}
	}
	return places, nil
}

// best are the places of the best of all kinds.
func (f ResultFilter) best(tx *gorm.DB, limit int) (places []place, err error) {
	type ranked struct {
		place
		rank
	}
	var all []ranked
	for kind, ix := range resultIndexes {
		if !f.wants(kind) {
			continue
		}
		best, err := ix.ranked(tx, newestOf(ix.narrow(tx, tx, *f.Search.Query)), *f.Search.Query, limit)
		if err != nil {
			return nil, err
		}
		for _, r := range best {
			all = append(all, ranked{place{kind, r.ID}, r})
		}
	}
	// Within a kind, the order stays.
	slices.SortStableFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.kind, b.kind))
	})
	for _, r := range all[:min(limit, len(all))] {
		places = append(places, r.place)
	}
	return places, nil
}

// resultsAt reads the results at places, with what of them was found. They have no address yet.
func resultsAt(tx *gorm.DB, places []place, s Search) ([]tracker.Result, error) {
	results, at := make([]tracker.Result, len(places)), map[place]int{}
	ids := make([][]int64, len(resultIndexes))
	for i, p := range places {
		at[p] = i
		ids[p.kind] = append(ids[p.kind], p.id)
	}
	for kind, ix := range resultIndexes {
		err := ix.eachPassages(tx, ids[kind], func(id int64, passages []passage) {
			result := tracker.Result{Type: tracker.ResultTypes[kind], ID: id, Matches: matches(*s.Query, passages, s.Highlight)}
			if len(passages) > 0 { // the main text is the first
				result.Text = passages[0].text
			}
			results[at[place{kind, id}]] = result
		})
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}
