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

// chunkTally is a tally in a chunk.
type chunkTally struct {
	numbers *numbering
	counts  []numbered
}

// numbered is how many claims have the value with a number.
type numbered struct{ number, claims int32 }

// tallyOf counts the claims of a column by a field. It is false where that takes counting sets.
func tallyOf(tx *gorm.DB, field string, base *column) (all tally, ok bool, err error) {
	found, left, ok, err := counting[chunkTally]{
		base, part{what: countedPart, text: field}, []string{field},
		func(t chunkTally) int { return 32 + 8*len(t.counts) },
		func(those claimSet, within span) (strip[chunkTally], bool, error) {
			return newTallies(tx, field, those, within)
		},
	}.parts(tx)
	if err != nil || !ok {
		return all, ok, err
	}
	if len(left) > 0 {
		if ok, err = all.count(tx, field, left); err != nil || !ok {
			return all, ok, err
		}
	}
	for _, p := range found {
		all.add(p.part)
	}
	return all, true, nil
}

// count makes the tally that of a set. It is false where that takes counting sets.
func (t *tally) count(tx *gorm.DB, field string, those placedSet) (ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, field, those.span())
	if err != nil || !ok {
		return ok, err
	}
	t.numbers, t.claims = sheets.numbers, make([]int32, len(sheets.numbers.all()))
	for _, p := range sheets.strip {
		if one := those[p.chunk]; one != nil && p.part != nil {
			for i, n := range p.part.count(one) {
				t.claims[p.part.numbers[i]] += n
			}
		}
	}
	return true, nil
}

// newTallies are those of a set in each of its chunks.
func newTallies(tx *gorm.DB, field string, those claimSet, within span) (found strip[chunkTally], ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, field, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	for _, p := range sheets.strip {
		if set := those[p.chunk]; set != nil && p.part != nil {
			one := chunkTally{numbers: sheets.numbers}
			for i, n := range p.part.count(&placed{set: set}) {
				if n > 0 {
					one.counts = append(one.counts, numbered{p.part.numbers[i], n})
				}
			}
			one.counts = slices.Clip(one.counts)
			found = append(found, piece[chunkTally]{p.chunkState, one})
		}
	}
	return found, true, nil
}

// add counts those of a chunk too. What was remembered before a sheet was forgotten has other numbers.
func (t *tally) add(in chunkTally) {
	if t.numbers == nil && in.numbers != nil {
		t.numbers, t.claims = in.numbers, make([]int32, len(in.numbers.all()))
	}
	if in.numbers == t.numbers {
		for _, one := range in.counts {
			t.claims[one.number] += one.claims
		}
		return
	}
	for _, one := range in.counts {
		number := int(t.numbers.same(in.numbers, one.number))
		if more := number + 1 - len(t.claims); more > 0 {
			t.claims = append(t.claims, make([]int32, more)...)
		}
		t.claims[number] += one.claims
	}
}

// each gives fn the values that any claim has.
func (t tally) each(fn func(value string, claims int64)) {
	if t.numbers == nil {
		return
	}
	values := t.numbers.all()
	for number, n := range t.claims {
		if n > 0 {
			fn(values[number], int64(n))
		}
	}
}

// most are up to limit values that the most claims have.
func (t tally) most(limit int) []Count {
	if t.numbers == nil {
		return []Count{}
	}
	values := t.numbers.all()
	compare := func(a, b numbered) int {
		if a.claims != b.claims {
			return cmp.Compare(b.claims, a.claims)
		}
		return strings.Compare(values[a.number], values[b.number])
	}
	var best []numbered
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
