package store

import (
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// What is asked of the folded index: what is remembered of it, and the rest from the database.

// foldedPostings gives fn the postings of these facets in a run of chunks, as they are without the log. The code is fn's only
// until it returns.
func foldedPostings(tx *gorm.DB, facets []int64, within span, fn func(facet, chunk int64, code []byte) error) error {
	f, err := foldedOf(tx)
	if err != nil {
		return err
	}
	if f.memory == nil {
		return storedPostings(tx, facets, within, fn)
	}
	wanted, err := f.within(tx, within)
	if err != nil {
		return err
	}
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
func (f *folded) postings(tx *gorm.DB, facets []int64, wanted []chunkState) ([]strip[[]byte], error) {
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
		loaded[facet] = append(loaded[facet], piece[[]byte]{chunkState{chunk: chunk}, slices.Clone(code)})
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
		f.keep(key, known, sizeOfStrip(known, func(code []byte) int { return len(code) }))
	}
	return strips, nil
}

// foldedEntries are the entries of these facets, of those that any claim ever had, as they are without the log.
func foldedEntries(tx *gorm.DB, facets []facet) (found []entry, err error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, err
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
		f.keep(f.entry(one), there[one], len(one.value))
	}
	return append(found, stored...), nil
}

// entry is the part of a facet's entry.
func (f *folded) entry(of facet) part {
	return part{what: entryPart, text: of.field + "\x00" + of.value, epoch: f.epoch}
}

// foldedBetween are the entries of a field that some claim has, with values from first to last, in the order of the values, as
// they are without the log. It is for fields of which there are not many values.
func foldedBetween(tx *gorm.DB, field, first, last string) ([]entry, error) {
	all, err := remembering(tx, part{what: valuesPart, text: field}, sizeOf, func() ([]entry, error) {
		return storedBetween(tx, field, "", "~")
	})
	from, _ := slices.BinarySearchFunc(all, first, entry.compare)
	to, ok := slices.BinarySearchFunc(all, last, entry.compare)
	if ok {
		to++
	}
	return slices.Clone(all[from:max(from, to)]), err
}

func (e entry) compare(value string) int { return strings.Compare(e.value, value) }

// sizeOf is about how many bytes entries take.
func sizeOf(entries []entry) (n int) {
	for _, e := range entries {
		n += 48 + len(e.value)
	}
	return n
}

// remembering is a part of the index at its epoch: what is remembered of it, or what load gives.
func remembering[T any](tx *gorm.DB, key part, size func(T) int, load func() (T, error)) (value T, err error) {
	f, err := foldedOf(tx)
	if err != nil {
		return value, err
	}
	key.epoch = f.epoch
	if value, ok := recall[T](f.memory, key); ok {
		return value, nil
	}
	if value, err = load(); err == nil {
		f.keep(key, value, size(value))
	}
	return value, err
}

// foldedByClaims gives the entries of a field that some claim has, some at a time, as they are without the log: those of the
// most claims first, and those of as many by value. There are none once there are no more.
func foldedByClaims(tx *gorm.DB, field string) func() ([]entry, error) {
	var page []entry
	atEnd := false
	return func() (_ []entry, err error) {
		switch {
		case atEnd:
			return nil, nil
		case page == nil:
			page, err = remembering(tx, part{what: mostPart, text: field}, sizeOf, func() ([]entry, error) {
				return storedByClaims(tx, field, nil)
			})
		default:
			page, err = storedByClaims(tx, field, &page[len(page)-1])
		}
		atEnd = len(page) < candidatesAtOnce
		return page, err
	}
}

// foldedValues is how many values of a field some claim has, without the log.
func foldedValues(tx *gorm.DB, field string) (int64, error) {
	return remembering(tx, part{what: countPart, text: field}, func(int64) int { return 0 }, func() (int64, error) {
		return storedValues(tx, field)
	})
}
