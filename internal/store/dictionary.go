package store

import (
	"maps"
	"slices"
	"sync"

	"gorm.io/gorm"
)

// dictionary remembers ids of facets, which never change once they are committed.
type dictionary struct {
	mu  sync.Mutex
	ids map[facet]int64
}

// mostRemembered bounds a dictionary: about 20 MB. One that has grown beyond begins anew.
const mostRemembered = 200_000

// idsOf are the ids of facets, in a transaction that writes. Those that are not there yet are made.
func (d *dictionary) idsOf(tx *gorm.DB, facets []facet) (map[facet]int64, error) {
	ids := make(map[facet]int64, len(facets))
	unknown := d.recall(facets, ids)
	found, err := storedEntries(tx, unknown)
	if err != nil {
		return nil, err
	}
	d.remember(found, transactionOf(tx).entered)
	for _, e := range found {
		ids[e.facet] = e.id
	}
	missing := slices.DeleteFunc(unknown, func(f facet) bool { _, ok := ids[f]; return ok })
	if len(missing) == 0 {
		return ids, nil
	}
	return ids, readRows(tx, speechOf(tx).enter, []any{listOf(pairs(missing))}, func(scan scanFunc) error {
		var e entry
		err := scan(&e.id, &e.field, &e.value)
		ids[e.facet] = e.id
		transactionOf(tx).entered[e.id] = true
		return err
	})
}

// idsOfAll are the ids of the facets of each claim, sorted and each once, in a transaction that writes.
func (d *dictionary) idsOfAll(tx *gorm.DB, facts map[int64][]facet) (map[int64][]int64, error) {
	of, unknown := d.recallAll(facts)
	ids, err := d.idsOf(tx, slices.Collect(maps.Keys(unknown)))
	if err != nil {
		return nil, err
	}
	for f, claims := range unknown {
		for _, claim := range claims {
			of[claim] = append(of[claim], ids[f])
		}
	}
	for claim, all := range of {
		slices.Sort(all)
		of[claim] = slices.Compact(all)
	}
	return of, nil
}

// recallAll are the ids that are remembered of the facets of each claim, and the claims of each other facet.
func (d *dictionary) recallAll(facts map[int64][]facet) (of map[int64][]int64, unknown map[facet][]int64) {
	of, unknown = make(map[int64][]int64, len(facts)), map[facet][]int64{}
	d.mu.Lock()
	defer d.mu.Unlock()
	for claim, have := range facts {
		ids := make([]int64, 0, len(have))
		for _, f := range have {
			if id, ok := d.ids[f]; ok {
				ids = append(ids, id)
			} else {
				unknown[f] = append(unknown[f], claim)
			}
		}
		of[claim] = ids
	}
	return of, unknown
}

// recall puts the ids that are remembered into ids, and returns the other facets.
func (d *dictionary) recall(facets []facet, ids map[facet]int64) (unknown []facet) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range facets {
		if id, ok := d.ids[f]; ok {
			ids[f] = id
		} else {
			unknown = append(unknown, f)
		}
	}
	return unknown
}

// remember keeps what was found, save what this transaction has entered itself: it may be undone.
func (d *dictionary) remember(found []entry, entered map[int64]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ids == nil || len(d.ids) > mostRemembered {
		d.ids = map[facet]int64{}
	}
	for _, e := range found {
		if !entered[e.id] {
			d.ids[e.facet] = e.id
		}
	}
}

// forget forgets all ids: the database is another one.
func (d *dictionary) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = nil
}
