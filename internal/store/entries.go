package store

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// What is asked of facets and postings: what is stored, with the log over it.

// readPostings gives fn the postings of these facets in a run of chunks. The code is fn's only until it returns.
func readPostings(tx *gorm.DB, facets []int64, within span, fn func(facet, chunk int64, code []byte) error) error {
	if len(facets) == 0 || within.first > within.last {
		return nil
	}
	v, err := viewOf(tx)
	if err != nil {
		return err
	}
	changed := v.postings(facets, within)
	var buffer []byte
	change := func(id int64, code []byte) error {
		var set bitset.Set
		if err := set.OrCoded(code); err != nil {
			return err
		}
		for _, t := range changed[id] {
			t.make(&set)
		}
		if set.Empty() {
			return nil
		}
		buffer = set.Append(buffer[:0])
		return fn(id>>facetBits, id&lastChunk, buffer)
	}
	err = foldedPostings(tx, facets, within, func(facet, chunk int64, code []byte) error {
		id := facet<<facetBits | chunk
		if changed[id] == nil {
			return fn(facet, chunk, code)
		}
		defer delete(changed, id)
		return change(id, code)
	})
	if err != nil {
		return err
	}
	for id := range changed { // of which nothing is stored
		if err := change(id, nil); err != nil {
			return err
		}
	}
	return nil
}

// postings are the changes of these facets in a run of chunks, by the ids of the postings.
func (v view) postings(facets []int64, within span) map[int64][]turn {
	all := map[int64][]turn{}
	for _, facet := range facets {
		for _, one := range v.turns(facet) {
			if chunk := chunkOf(one.turn.claim()); within.has(chunk) {
				id := facet<<facetBits | chunk
				all[id] = append(all[id], one.turn)
			}
		}
	}
	return all
}

// lookUp are the entries of these facets, of those that any claim ever had.
func lookUp(tx *gorm.DB, facets []facet) ([]entry, error) {
	if len(facets) == 0 {
		return nil, nil
	}
	v, err := viewOf(tx)
	if err != nil {
		return nil, err
	}
	found, err := foldedEntries(tx, facets)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].claims += v.more(found[i].id)
	}
	if len(found) < len(facets) {
		found = append(found, v.come(found, facets)...)
	}
	return found, nil
}

// come are the entries of those of some facets that came with the log, and are not found below it.
func (v view) come(found []entry, facets []facet) (all []entry) {
	if v.overlay == nil {
		return nil
	}
	unknown := map[string]map[string]bool{}
	for _, f := range facets {
		if unknown[f.field] == nil {
			unknown[f.field] = map[string]bool{}
		}
		unknown[f.field][f.value] = true
	}
	for _, e := range found {
		delete(unknown[e.field], e.value)
	}
	for field, values := range unknown {
		for _, e := range v.of(field) {
			if values[e.value] {
				all = append(all, e)
			}
		}
	}
	return all
}

// entriesOf are the entries of a field that some claim has, with values from first to last, in the order of the values.
func entriesOf(tx *gorm.DB, field, first, last string) ([]entry, error) {
	v, err := viewOf(tx)
	if err != nil {
		return nil, err
	}
	found, err := foldedBetween(tx, field, first, last)
	changed := v.of(field)
	if err != nil || len(changed) == 0 {
		return found, err
	}
	found = v.unchanged(found)
	for _, e := range changed {
		if e.claims > 0 && first <= e.value && e.value <= last {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.value, b.value) })
	return found, nil
}

// valuesOf is how many values of a field some claim has.
func valuesOf(tx *gorm.DB, field string) (n int64, err error) {
	v, err := viewOf(tx)
	if err != nil {
		return 0, err
	}
	if n, err = foldedValues(tx, field); err != nil {
		return 0, err
	}
	for _, e := range v.of(field) {
		switch stored := e.claims - v.more(e.id); {
		case stored == 0 && e.claims > 0:
			n++
		case stored > 0 && e.claims == 0:
			n--
		}
	}
	return n, nil
}

// unchanged are those of some stored entries that have no changes.
func (v view) unchanged(entries []entry) (left []entry) {
	if v.overlay == nil {
		return entries
	}
	for _, e := range entries {
		if len(v.turns(e.id)) == 0 {
			left = append(left, e)
		}
	}
	return left
}

// byClaims orders entries as entriesByClaims gives them.
func byClaims(a, b entry) int {
	return cmp.Or(cmp.Compare(b.claims, a.claims), cmp.Compare(a.value, b.value))
}

// entriesByClaims are the values of a field that is kept as it is, some at a time: those of the most claims first.
func entriesByClaims(tx *gorm.DB, field string, atOnce int) source {
	var both *merged
	return func() (page []*candidate, err error) {
		if both == nil {
			v, err := viewOf(tx)
			if err != nil {
				return nil, err
			}
			both = merge(v, field, foldedByClaims(tx, field))
		}
		for len(page) < atOnce {
			e, ok, err := both.next()
			if err != nil || !ok {
				return page, err
			}
			page = append(page, &candidate{at: cell{e.value}, facets: []entry{e}, most: e.claims})
		}
		return page, nil
	}
}

// merged gives the entries of a field in the order of byClaims: those that are as they are stored, and those that have changes.
type merged struct {
	view    view
	changed entryHeap
	read    func() ([]entry, error) // the next ones that are stored, none after the last
	stored  []entry                 // of those that were read, the ones that have no changes and were not given yet
	last    entry                   // the last one that was read: those that were not come after it
	ended   bool                    // whether all were read
}

func merge(v view, field string, read func() ([]entry, error)) *merged {
	m := &merged{view: v, read: read, changed: slices.DeleteFunc(v.of(field), func(e entry) bool { return e.claims == 0 })}
	heap.Init(&m.changed)
	m.last.claims = math.MaxInt64
	return m
}

// next is the next entry, unless there is none any more.
func (m *merged) next() (e entry, ok bool, err error) {
	for len(m.stored) == 0 && !m.ended && (len(m.changed) == 0 || byClaims(m.changed[0], m.last) > 0) {
		page, err := m.read()
		if err != nil {
			return e, false, err
		}
		if m.ended = len(page) == 0; !m.ended {
			m.last = page[len(page)-1]
		}
		m.stored = m.view.unchanged(page)
	}
	switch {
	case len(m.changed) > 0 && (len(m.stored) == 0 || byClaims(m.changed[0], m.stored[0]) < 0):
		return heap.Pop(&m.changed).(entry), true, nil
	case len(m.stored) > 0:
		e, m.stored = m.stored[0], m.stored[1:]
		return e, true, nil
	default:
		return e, false, nil
	}
}

// entryHeap has the entry of the most claims on top.
type entryHeap []entry

func (h entryHeap) Len() int           { return len(h) }
func (h entryHeap) Less(i, k int) bool { return byClaims(h[i], h[k]) < 0 }
func (h entryHeap) Swap(i, k int)      { h[i], h[k] = h[k], h[i] }
func (h *entryHeap) Push(e any)        { *h = append(*h, e.(entry)) }

// Pop implements heap.Interface.
func (h *entryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	*h = (*h)[:last]
	return e
}
