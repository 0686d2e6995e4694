package store

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// tally is how many claims have each value of a field, by the values' numbers.
type tally struct {
	numbers *numbering
	claims  []int32
}

// chunkTally is a tally in a chunk, without the values that no claim has.
type chunkTally []numbered

// numbered is how many claims have the value with a number.
type numbered struct{ number, claims int32 }

// tallyOf counts the claims of a column by a field. The column is not all claims: what these have, their facets' entries say. It
// is false where that takes counting sets.
func tallyOf(tx *gorm.DB, field string, base *column) (all tally, ok bool, err error) {
	numbers, err := numbersOf(tx, field)
	if err != nil {
		return all, false, err
	}
	found, left, ok, err := counting[chunkTally]{
		base, part{what: countedPart, text: field, numbers: numbers}, []string{field},
		func(t chunkTally) int { return 24 + 8*len(t) },
		func(those claimSet, within span) (strip[chunkTally], bool, error) {
			return newTallies(tx, numbers, those, within)
		},
	}.parts(tx)
	if err != nil || !ok {
		return all, ok, err
	}
	var its sheets
	if len(left) > 0 {
		if its, ok, err = sheetsOf(tx, numbers, left.span()); err != nil || !ok {
			return all, ok, err
		}
	}
	all = newTally(numbers)
	for _, p := range found {
		all.add(p.part)
	}
	all.count(its, left)
	return all, true, nil
}

// newTally is one of nothing, with room for all that has a number so far.
func newTally(numbers *numbering) tally { return tally{numbers, make([]int32, len(numbers.all()))} }

// newTallies are those of a set in each of its chunks.
func newTallies(tx *gorm.DB, numbers *numbering, those claimSet, within span) (found strip[chunkTally], ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, numbers, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	for _, p := range sheets {
		if set := those[p.chunk]; set != nil && p.part != nil {
			var one chunkTally
			for i, n := range p.part.count(set) {
				if n > 0 {
					one = append(one, numbered{p.part.numbers[i], n})
				}
			}
			found = append(found, piece[chunkTally]{p.chunkState, slices.Clip(one)})
		}
	}
	return found, true, nil
}

// add counts those of a chunk too.
func (t tally) add(in chunkTally) {
	for _, one := range in {
		t.claims[one.number] += one.claims
	}
}

// count counts some claims one by one, by the sheets of their chunks.
func (t tally) count(its sheets, those placedSet) {
	for _, one := range those {
		s := its.of(one.chunk)
		if s == nil {
			continue
		}
		for _, n := range one.places {
			switch c := s.cells[n]; {
			case c >= several:
				for _, v := range s.list(c) {
					t.claims[s.numbers[v]]++
				}
			case c > 0:
				t.claims[s.numbers[c]]++
			}
		}
	}
}

// each gives fn the values that any claim has.
func (t tally) each(fn func(value string, claims int64)) {
	values := t.numbers.all()
	for number, n := range t.claims {
		if n > 0 {
			fn(values[number], int64(n))
		}
	}
}

// most are up to limit values that the most claims have.
func (t tally) most(limit int) []Count {
	values := t.numbers.all()
	compare := func(a, b numbered) int {
		if a.claims != b.claims {
			return cmp.Compare(b.claims, a.claims)
		}
		return strings.Compare(values[a.number], values[b.number])
	}
	best := make([]numbered, 0, min(limit, len(values)))
	for number, claims := range t.claims {
		one := numbered{int32(number), claims}
		if claims == 0 || len(best) == limit && compare(one, best[limit-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, one, compare)
		best = slices.Insert(best[:min(len(best), limit-1)], at, one)
	}
	counts := make([]Count, len(best))
	for i, one := range best {
		counts[i] = Count{Value: values[one.number], Claims: int64(one.claims)}
	}
	return counts
}
