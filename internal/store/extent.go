package store

import (
	"gorm.io/gorm"

	"claimtracker/internal/bitset"
	"claimtracker/internal/tracker"
)

// extent is when claims were first and last seen.
type extent struct {
	first, last       int64        // the claims that were logged so, 0 for none
	firstDay, lastDay tracker.Date // on which claims were claimed, "" for none
}

// with is the extent of what two have.
func (e extent) with(other extent) extent {
	if e.first == 0 || other.first > 0 && other.first < e.first {
		e.first = other.first
	}
	e.last = max(e.last, other.last)
	if e.firstDay == "" || other.firstDay != "" && other.firstDay < e.firstDay {
		e.firstDay = other.firstDay
	}
	e.lastDay = max(e.lastDay, other.lastDay)
	return e
}

// extents are those of the claims of a column that have each of these values. It is false where that takes looking at sets.
func extents(tx *gorm.DB, base column, of axis) (all []extent, ok bool, err error) {
	found, ok, err := extentsByChunk(tx, base, of)
	if err != nil || !ok {
		return nil, ok, err
	}
	all = make([]extent, len(of.values))
	for _, p := range found {
		for i, one := range p.part {
			all[i] = all[i].with(one)
		}
	}
	return all, true, nil
}

// extentsByChunk are the extents in each chunk. Those of all claims are remembered.
func extentsByChunk(tx *gorm.DB, base column, of axis) (found strip[[]extent], ok bool, err error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, false, err
	}
	if !base.whole || f == nil {
		return newExtents(tx, base.set, base.span(), of)
	}
	key := part{what: extentPart, text: of.key()}
	known, _ := recall[strip[[]extent]](f.memory, key)
	found = make(strip[[]extent], len(f.chunks))
	missing := known.pick(f.chunks, found)
	if missing == nowhere {
		return found, true, nil
	}
	loaded, ok, err := newExtents(tx, nil, missing, of)
	if err != nil || !ok {
		return nil, ok, err
	}
	complete(f.chunks, found, loaded, missing)
	f.memory.keep(key, found, sizeOfStrip(found, func(all []extent) int { return 48 * len(all) }))
	return found, true, nil
}

// newExtents are those of a set, or of all claims in a run of chunks, by the sheets of the field and of the days.
func newExtents(tx *gorm.DB, those claimSet, within span, of axis) (found strip[[]extent], ok bool, err error) {
	theirs, ok, err := sheetsOf(tx, of.field, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	days, ok, err := sheetsOf(tx, fieldClaimedDay, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	places, names := theirs.numbers.chosen(of.values), days.numbers.all()
	for _, p := range theirs.strip {
		set := those[p.chunk]
		if p.part == nil || set == nil && those != nil {
			continue
		}
		chosen, all := p.part.pick(places), make([]extent, len(of.values))
		for i, one := range extentsOf(p.part, days.of(p.chunk), chosen, set) {
			all[chosen.places[i]] = one.in(p.chunk, days.of(p.chunk), names)
		}
		found = append(found, piece[[]extent]{p.chunkEpoch, all})
	}
	return found, true, nil
}

// localExtent is an extent within a chunk: places of claims, and places of days in the sheet of days, 0 for none.
type localExtent struct {
	any               bool
	first, last       int
	firstDay, lastDay uint16
}

// see takes in a claim with its day.
func (e *localExtent) see(n int, day uint16) {
	if !e.any || n < e.first {
		e.first = n
	}
	e.any, e.last = true, max(e.last, n)
	if day > 0 && (e.firstDay == 0 || day < e.firstDay) {
		e.firstDay = day
	}
	e.lastDay = max(e.lastDay, day)
}

// in is the extent as it is outside the chunk; names are those of the days' numbers.
func (e localExtent) in(chunk int64, days *sheet, names []string) (all extent) {
	if !e.any {
		return extent{}
	}
	all = extent{first: chunk<<chunkBits | int64(e.first), last: chunk<<chunkBits | int64(e.last)}
	if e.firstDay > 0 {
		all.firstDay, all.lastDay = tracker.Date(names[days.numbers[e.firstDay]]), tracker.Date(names[days.numbers[e.lastDay]])
	}
	return all
}

// extentsOf are those of the claims of a set, or of all claims of the chunk, that have each of the chosen values.
func extentsOf(s, days *sheet, chosen picked, set *bitset.Set) []localExtent {
	all := make([]localExtent, len(chosen.places)+1)
	var one [1]uint16
	eachPlace(set, func(n int) {
		for _, v := range s.values(s.cells[n], &one) {
			if at := chosen.at[v]; at > 0 {
				all[at].see(n, days.day(n))
			}
		}
	})
	return all[1:]
}

// day is the one value that a claim has in the sheet of days, or 0.
func (s *sheet) day(n int) uint16 {
	if s == nil {
		return 0
	}
	return s.cells[n]
}

// extent is that of a set.
func (s claimSet) extent(tx *gorm.DB) (all extent, err error) {
	days, _, err := sheetsOf(tx, fieldClaimedDay, s.span())
	names := days.numbers.all()
	for chunk, set := range s {
		sheet := days.of(chunk)
		var one localExtent
		eachPlace(set, func(n int) { one.see(n, sheet.day(n)) })
		all = all.with(one.in(chunk, sheet, names))
	}
	return all, err
}
