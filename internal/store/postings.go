package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// A posting is the set of the claims in one chunk that have one facet.
const (
	chunkBits = 14 // of a claim's id, which count within its chunk
	facetBits = 24 // that a facet's id is shifted left by, to make room for the chunk in the id of a posting
	lastChunk = 1<<facetBits - 1
)

// storedPostings gives fn the postings of these facets in a run of chunks, as they are without the log. The code is fn's only
// until it returns.
func storedPostings(tx *gorm.DB, facets []int64, within span, fn func(facet, chunk int64, code []byte) error) error {
	if len(facets) == 0 || within.first > within.last {
		return nil
	}
	first := make([]int64, len(facets))
	for i, id := range facets {
		first[i] = id << facetBits
	}
	var code sql.RawBytes
	return readRows(tx, speechOf(tx).postings, []any{listOf(first), within.first, within.last}, func(scan scanFunc) error {
		var id int64
		if err := scan(&id, &code); err != nil {
			return err
		}
		return fn(id>>facetBits, id&lastChunk, code)
	})
}

// unionOf are the claims in a run of chunks that have any of these facets.
func unionOf(tx *gorm.DB, facets []int64, within span) (claimSet, error) {
	all := claimSet{}
	err := readPostings(tx, facets, within, func(_, chunk int64, code []byte) error { return all.chunk(chunk).OrCoded(code) })
	return all, err
}

// claimsWith are the claims in a run of chunks that have any of these facets.
func claimsWith(tx *gorm.DB, facets []facet, within span) (claimSet, error) {
	there, err := lookUp(tx, facets)
	if err != nil {
		return nil, err
	}
	return unionOf(tx, entryIDs(there), within)
}

// postingsAtOnce bounds how many postings are read and written by one statement: 2 MiB of them.
const postingsAtOnce = 1000

// postingTurns are the turns of one posting.
type postingTurns struct {
	id    int64
	turns []turn
}

// apply changes postings, and the counters of their facets by as many claims as that makes a difference for. It takes the
// same few statements for a claim and for hundreds.
func (c changes) apply(tx *gorm.DB) error {
	var postings []postingTurns
	for _, facet := range slices.Sorted(maps.Keys(c)) {
		turns := c[facet]
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(chunkOf(a.claim()), chunkOf(b.claim())) })
		for len(turns) > 0 {
			chunk, n := chunkOf(turns[0].claim()), 1
			for n < len(turns) && chunkOf(turns[n].claim()) == chunk {
				n++
			}
			postings = append(postings, postingTurns{facet<<facetBits | chunk, turns[:n]})
			turns = turns[n:]
		}
	}
	if len(postings) == 0 {
		return nil
	}
	more := map[int64]int64{}
	for page := range slices.Chunk(postings, postingsAtOnce) {
		if err := applyPage(tx, page, more); err != nil {
			return err
		}
	}
	if err := countFacets(tx, more); err != nil {
		return err
	}
	chunks := map[int64]struct{}{}
	for _, p := range postings {
		chunks[p.id&lastChunk] = struct{}{}
	}
	return nextEpoch(tx, slices.Sorted(maps.Keys(chunks)))
}

// emptyPostings takes all claims out of all facets.
func emptyPostings(tx *gorm.DB) error {
	for _, statement := range []string{"DELETE FROM postings", "UPDATE facets SET claims = 0 WHERE claims <> 0", "DELETE FROM facet_chunks WHERE chunk >= 0"} {
		if err := execute(tx, statement); err != nil {
			return err
		}
	}
	return nextEpoch(tx, nil)
}

// applyPage changes these postings, which are in the order of their ids, and adds to more by how much the counters of their
// facets change.
func applyPage(tx *gorm.DB, page []postingTurns, more map[int64]int64) error {
	sets, err := postingsByID(tx, ids(page, func(p *postingTurns) *int64 { return &p.id }))
	if err != nil {
		return err
	}
	var codes []byte
	var kept [][3]int64
	var emptied []int64
	for i, p := range page {
		id, set := p.id, &sets[i]
		before := set.Count()
		for _, t := range p.turns {
			t.make(set)
		}
		after := set.Count()
		if after != before {
			more[id>>facetBits] += int64(after - before)
		}
		if after == 0 {
			emptied = append(emptied, id)
			continue
		}
		at := len(codes)
		codes = set.Append(codes)
		kept = append(kept, [3]int64{id, int64(at + 1), int64(len(codes) - at)})
	}
	if len(emptied) > 0 {
		if err := execute(tx, "DELETE FROM postings WHERE id "+speechOf(tx).among, listOf(emptied)); err != nil {
			return err
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return execute(tx, speechOf(tx).keep, codes, listOf(kept))
}

// postingsByID are the sets of these postings, in the order of their ids; empty where there is none.
func postingsByID(tx *gorm.DB, ids []int64) ([]bitset.Set, error) {
	sets := make([]bitset.Set, len(ids))
	var code sql.RawBytes
	err := readRows(tx, "SELECT id, claims FROM postings WHERE id "+speechOf(tx).among, []any{listOf(ids)}, func(scan scanFunc) error {
		var id int64
		if err := scan(&id, &code); err != nil {
			return err
		}
		i, ok := slices.BinarySearch(ids, id)
		if !ok {
			return fmt.Errorf("posting %d was not asked for", id)
		}
		return sets[i].OrCoded(code)
	})
	return sets, err
}

// countFacets changes counters by so much more.
func countFacets(tx *gorm.DB, more map[int64]int64) error {
	var all [][2]int64
	for _, id := range slices.Sorted(maps.Keys(more)) {
		if more[id] != 0 {
			all = append(all, [2]int64{id, more[id]})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return execute(tx, speechOf(tx).count, listOf(all))
}
