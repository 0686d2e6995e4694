package store

import (
	"maps"
	"math"
	"slices"

	"claimtracker/internal/bitset"
)

func chunkOf(claim int64) int64 { return claim >> chunkBits }

func placeOf(claim int64) int { return int(claim & (bitset.Size - 1)) }

// claimSet is a set of claims: what it holds of each chunk, of those of which it holds any.
type claimSet map[int64]*bitset.Set

// chunk is what the set holds of a chunk, made if it is not there.
func (s claimSet) chunk(n int64) *bitset.Set {
	one := s[n]
	if one == nil {
		one = new(bitset.Set)
		s[n] = one
	}
	return one
}

func (s claimSet) add(claim int64) { s.chunk(chunkOf(claim)).Add(placeOf(claim)) }

func (s claimSet) has(claim int64) bool {
	one := s[chunkOf(claim)]
	return one != nil && one.Has(placeOf(claim))
}

func (s claimSet) count() (n int64) {
	for _, one := range s {
		n += int64(one.Count())
	}
	return n
}

// ids are the claims, the oldest first.
func (s claimSet) ids() []int64 {
	return s.some(false, math.MaxInt)
}

func sortedChunks(s claimSet) []int64 { return slices.Sorted(maps.Keys(s)) }

// and leaves the claims that are in another set too.
func (s claimSet) and(other claimSet) {
	for n, one := range s {
		if its := other[n]; its != nil {
			one.And(its)
		}
		if other[n] == nil || one.Empty() {
			delete(s, n)
		}
	}
}

// without takes out the claims of another set.
func (s claimSet) without(other claimSet) {
	for n, one := range s {
		if its := other[n]; its != nil {
			one.AndNot(its)
		}
	}
}

// span is a run of chunks, both ends included.
type span struct{ first, last int64 }

var everywhere, nowhere = span{0, lastChunk}, span{math.MaxInt64, math.MinInt64}

func (s span) has(chunk int64) bool { return s.first <= chunk && chunk <= s.last }

// with is the run that reaches as far as this chunk too.
func (s span) with(chunk int64) span { return span{min(s.first, chunk), max(s.last, chunk)} }

// span is from the first chunk of which the set holds something to the last.
func (s claimSet) span() span {
	all := nowhere
	for n := range s {
		all = all.with(n)
	}
	return all
}

// copy is what the set holds in a run of chunks.
func (s claimSet) copy(within span) claimSet {
	all := claimSet{}
	for n, one := range s {
		if within.has(n) {
			its := *one
			all[n] = &its
		}
	}
	return all
}

// cut leaves the claims with ids from one to another; 0 is no limit.
func (s claimSet) cut(from, to int64) {
	if one := s[chunkOf(from)]; from > 0 && one != nil {
		one.Cut(placeOf(from), bitset.Size-1)
	}
	if one := s[chunkOf(to)]; to > 0 && one != nil {
		one.Cut(0, placeOf(to))
	}
	for n, one := range s {
		if one.Empty() {
			delete(s, n)
		}
	}
}

// some are the first claims of a set, or the last ones, descending.
func (s claimSet) some(descending bool, limit int) (ids []int64) {
	chunks := sortedChunks(s)
	if descending {
		slices.Reverse(chunks)
	}
	for _, n := range chunks {
		places := s[n].Ascending()
		if descending {
			places = s[n].Descending()
		}
		for place := range places {
			if len(ids) == limit {
				return ids
			}
			ids = append(ids, n<<chunkBits|int64(place))
		}
	}
	return ids
}

// countBoth is how many claims two sets have in common.
func (s claimSet) countBoth(other claimSet) (n int64) {
	for chunk, one := range s {
		if its := other[chunk]; its != nil {
			n += int64(one.CountBoth(its))
		}
	}
	return n
}
