package store

import (
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// What is asked of the folded index: what is remembered of it, and the rest from the database.

// readPostings gives fn the postings of these facets in a run of chunks. The code is fn's only until it returns.
func readPostings(tx *gorm.DB, facets []int64, within span, fn func(facet, chunk int64, code []byte) error) error {
	f, err := foldedOf(tx)
	if err != nil {
		return err
	}
	if f == nil {
		return storedPostings(tx, facets, within, fn)
	}
	wanted := f.within(within)
	strips, err := f.postings(tx, facets, wanted)
	if err != nil {
		return err
	}
	for i, s := range strips {
		for _, p := range s {
			if len(p.part) == 0 {
				continue
			}
			if err := fn(facets[i], p.chunk, p.part); err != nil {
				return err
			}
		}
	}
	return nil
}

// postings are those of each of these facets in these chunks, empty where there is none.
func (f *folded) postings(tx *gorm.DB, facets []int64, wanted []chunkEpoch) ([]strip[[]byte], error) {
	strips, lacking, all := make([]strip[[]byte], len(facets)), map[int64]*strip[[]byte]{}, nowhere
	for i, id := range facets {
		known, _ := recall[strip[[]byte]](f.memory, part{what: postingPart, id: id})
		strips[i] = make(strip[[]byte], len(wanted))
		if missing := known.pick(wanted, strips[i]); missing != nowhere {
			lacking[id], all = &strips[i], all.with(missing.first).with(missing.last)
		}
	}
	if len(lacking) == 0 {
		return strips, nil
	}
	loaded := map[int64]strip[[]byte]{}
	err := storedPostings(tx, slices.Collect(maps.Keys(lacking)), all, func(facet, chunk int64, code []byte) error {
		loaded[facet] = append(loaded[facet], piece[[]byte]{chunkEpoch{chunk: chunk}, slices.Clone(code)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id, s := range lacking {
		slices.SortFunc(loaded[id], func(a, b piece[[]byte]) int { return a.compare(b.chunk) })
		complete(wanted, *s, loaded[id], all)
		key := part{what: postingPart, id: id}
		known, _ := recall[strip[[]byte]](f.memory, key)
		known = known.with(*s)
		f.memory.keep(key, known, sizeOfStrip(known, func(code []byte) int { return len(code) }))
	}
	return strips, nil
}

// lookUp are the entries of these facets, of those that any claim ever had.
func lookUp(tx *gorm.DB, facets []facet) (found []entry, err error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return storedEntries(tx, facets)
	}
	var unknown []facet
	for _, one := range facets {
		if e, ok := recall[entry](f.memory, f.entry(one)); !ok {
			unknown = append(unknown, one)
		} else if e.id != 0 {
			found = append(found, e)
		}
	}
	if len(unknown) == 0 {
		return found, nil
	}
	stored, err := storedEntries(tx, unknown)
	if err != nil {
		return nil, err
	}
	there := map[facet]entry{}
	for _, e := range stored {
		there[e.facet] = e
	}
	for _, one := range unknown {
		f.memory.keep(f.entry(one), there[one], len(one.value))
	}
	return append(found, stored...), nil
}

// entry is the part of a facet's entry.
func (f *folded) entry(of facet) part {
	return part{what: entryPart, text: of.field + "\x00" + of.value, id: f.epoch}
}

// entriesOf are the entries of a field that some claim has, with values from first to last, in the order of the values. It
// is for fields of which there are not many values.
func entriesOf(tx *gorm.DB, field, first, last string) ([]entry, error) {
	f, err := foldedOf(tx)
	if err != nil || f == nil {
		return storedBetween(tx, field, first, last)
	}
	key := part{what: valuesPart, text: field, id: f.epoch}
	all, ok := recall[[]entry](f.memory, key)
	if !ok {
		if all, err = storedBetween(tx, field, "", "~"); err != nil {
			return nil, err
		}
		f.memory.keep(key, all, sizeOf(all))
	}
	from, _ := slices.BinarySearchFunc(all, first, entry.compare)
	to, ok := slices.BinarySearchFunc(all, last, entry.compare)
	if ok {
		to++
	}
	return slices.Clone(all[from:max(from, to)]), nil
}

func (e entry) compare(value string) int { return strings.Compare(e.value, value) }

// sizeOf is about how many bytes entries take.
func sizeOf(entries []entry) (n int) {
	for _, e := range entries {
		n += 48 + len(e.value)
	}
	return n
}

// storedBetween are the entries of a field that some claim has, with values from first to last, in the order of the values.
func storedBetween(tx *gorm.DB, field, first, last string) (found []entry, err error) {
	err = readRows(tx, "SELECT id, value, claims FROM facets WHERE field = ? AND value BETWEEN ? AND ? AND claims > 0 ORDER BY value",
		[]any{field, first, last}, func(scan scanFunc) error {
			e := entry{facet: facet{field: field}}
			err := scan(&e.id, &e.value, &e.claims)
			found = append(found, e)
			return err
		})
	return found, err
}

// byClaims gives the entries of a field that some claim has, some at a time: those of the most claims first, and those of as
// many by value. There are none once there are no more.
func byClaims(tx *gorm.DB, field string) func() ([]entry, error) {
	page, atEnd := []entry(nil), false
	return func() (_ []entry, err error) {
		switch {
		case atEnd:
			return nil, nil
		case page == nil:
			page, err = mostOfField(tx, field)
		default:
			page, err = storedByClaims(tx, field, &page[len(page)-1])
		}
		atEnd = len(page) < candidatesAtOnce
		return page, err
	}
}

// mostOfField are the first entries of a field that byClaims gives.
func mostOfField(tx *gorm.DB, field string) ([]entry, error) {
	f, err := foldedOf(tx)
	if err != nil || f == nil {
		return storedByClaims(tx, field, nil)
	}
	key := part{what: mostPart, text: field, id: f.epoch}
	page, ok := recall[[]entry](f.memory, key)
	if !ok {
		if page, err = storedByClaims(tx, field, nil); err != nil {
			return nil, err
		}
		f.memory.keep(key, page, sizeOf(page))
	}
	return page, nil
}

// storedByClaims are the entries of a field that come after one of them, by how many claims have them, or the first ones.
func storedByClaims(tx *gorm.DB, field string, after *entry) (page []entry, err error) {
	query, parameters := "SELECT id, value, claims FROM facets WHERE field = ? AND claims > 0", []any{field}
	if after != nil {
		query += " AND claims <= ? AND (claims < ? OR value > ?)"
		parameters = append(parameters, after.claims, after.claims, after.value)
	}
	err = readRows(tx, query+" ORDER BY claims DESC, value LIMIT ?", append(parameters, candidatesAtOnce), func(scan scanFunc) error {
		e := entry{facet: facet{field: field}}
		err := scan(&e.id, &e.value, &e.claims)
		page = append(page, e)
		return err
	})
	return page, err
}

// valuesIn is how many values of a field some claim has.
func valuesIn(tx *gorm.DB, field string) (n int64, err error) {
	f, err := foldedOf(tx)
	if err != nil || f == nil {
		return storedValues(tx, field)
	}
	key := part{what: countPart, text: field, id: f.epoch}
	n, ok := recall[int64](f.memory, key)
	if !ok {
		if n, err = storedValues(tx, field); err != nil {
			return 0, err
		}
		f.memory.keep(key, n, 0)
	}
	return n, nil
}

// storedValues is how many values of a field some claim has.
func storedValues(tx *gorm.DB, field string) (n int64, err error) {
	err = readRows(tx, "SELECT count(*) FROM facets WHERE field = ? AND claims > 0", []any{field}, func(scan scanFunc) error { return scan(&n) })
	return n, err
}
