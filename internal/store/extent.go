package store

import (
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// extent is when claims were first and last seen.
type extent struct {
	first, last       int64 // the claims that were logged so, 0 for none
	firstDay, lastDay int32 // numbers of days on which claims were claimed, 0 for none
}

// with is the extent of what two have.
func (e extent) with(other extent) extent {
	if e.first == 0 || other.first > 0 && other.first < e.first {
		e.first = other.first
	}
	if e.firstDay == 0 || other.firstDay > 0 && other.firstDay < e.firstDay {
		e.firstDay = other.firstDay
	}
	e.last, e.lastDay = max(e.last, other.last), max(e.lastDay, other.lastDay)
	return e
}

// extents are those of the claims of a column that have each of these values. It is false where that takes looking at sets.
func extents(tx *gorm.DB, base *column, of axis) (all []extent, ok bool, err error) {
	found, left, ok, err := counting[chunkExtents]{
		base, part{what: extentPart, text: of.field}, []string{of.field, fieldClaimedDay},
		func(c chunkExtents) int { return 32 + 16*len(c.all) },
		func(those claimSet, within span) (strip[chunkExtents], bool, error) {
			return newExtents(tx, of.field, those.placed(), within)
		},
	}.parts(tx)
	if err != nil || !ok {
		return nil, ok, err
	}
	s := extentSearch{of: of, all: make([]extent, len(of.values))}
	for _, p := range found {
		s.add(p.chunk, p.part)
	}
	if len(left) > 0 {
		ok, err = s.look(tx, left)
	}
	return s.all, ok, err
}

// look takes in the claims of a set. It is false where that takes looking at sets.
func (s *extentSearch) look(tx *gorm.DB, those placedSet) (ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, s.of.field, those.span())
	if err != nil || !ok {
		return ok, err
	}
	days, err := calendarOf(tx, those.span())
	if err != nil {
		return false, err
	}
	chosen := sheets.numbers.chosen(s.of.values)
	for _, p := range sheets.strip {
		one := those[p.chunk]
		if one == nil || p.part == nil {
			continue
		}
		its := days.in(p.chunk)
		for _, n := range one.list() {
			for _, v := range p.part.of(n) {
				if v == 0 {
					continue
				}
				if at := chosen[p.part.numbers[v]]; at >= 0 {
					claim, day := p.chunk<<chunkBits|int64(n), its.day(n)
					s.all[at] = s.all[at].with(extent{claim, claim, day, day})
				}
			}
		}
	}
	return true, nil
}

// extentSearch gathers the extents of values.
type extentSearch struct {
	of      axis
	all     []extent
	numbers *numbering
	chosen  []int32 // by those numbers, the places of the axis' values
}

// chunkExtents are the extents of all values of a field in a chunk.
type chunkExtents struct {
	numbers *numbering
	all     []numberedExtent
}

// numberedExtent is that of the value with a number: there are many of them.
type numberedExtent struct {
	number            int32
	first, last       uint16 // places of claims
	firstDay, lastDay int32
}

// add takes in those of a chunk. What was remembered before a sheet was forgotten has other numbers.
func (s *extentSearch) add(chunk int64, in chunkExtents) {
	if len(in.all) == 0 {
		return
	}
	if s.numbers != in.numbers {
		s.numbers, s.chosen = in.numbers, in.numbers.chosen(s.of.values)
	}
	for _, e := range in.all {
		if at := s.chosen[e.number]; at >= 0 {
			s.all[at] = s.all[at].with(extent{chunk<<chunkBits | int64(e.first), chunk<<chunkBits | int64(e.last), e.firstDay, e.lastDay})
		}
	}
}

// newExtents are the extents of all values in each chunk of a set, or of all claims in a run of chunks.
func newExtents(tx *gorm.DB, field string, those placedSet, within span) (found strip[chunkExtents], ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, field, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	days, err := calendarOf(tx, within)
	if err != nil {
		return nil, false, err
	}
	for _, p := range sheets.strip {
		set := those[p.chunk]
		if p.part == nil || set == nil && those != nil {
			continue
		}
		one := chunkExtents{numbers: sheets.numbers}
		for i, e := range extentsIn(p.part, days.in(p.chunk), set) {
			if e.beyond > 0 {
				one.all = append(one.all, numberedExtent{p.part.numbers[i], uint16(e.first), uint16(e.beyond - 1), e.firstDay, e.lastDay})
			}
		}
		one.all = slices.Clip(one.all)
		found = append(found, piece[chunkExtents]{p.chunkState, one})
	}
	return found, true, nil
}

// dayNumber is a day as a number that is the greater the later the day is: its digits.
func dayNumber(day string) (n int32) {
	for _, c := range []byte(day) {
		if c != '-' {
			n = 10*n + int32(c-'0')
		}
	}
	return n
}

// dateOf is the day of a number, or "" of 0.
func dateOf(n int32) tracker.Date {
	if n == 0 {
		return ""
	}
	day := []byte("0000-00-00")
	for i := len(day) - 1; i >= 0; i-- {
		if day[i] == '0' {
			day[i] += byte(n % 10)
			n /= 10
		}
	}
	return tracker.Date(day)
}

// calendar tells on which days claims were claimed.
type calendar struct {
	sheets sheets
	days   []int32 // by the numbers of the sheets' values
}

// calendarOf is that of a run of chunks.
func calendarOf(tx *gorm.DB, within span) (c calendar, err error) {
	if c.sheets, _, err = sheetsOf(tx, fieldClaimedDay, within); err != nil { // none is too wide: a claim has one day
		return c, err
	}
	c.days = c.sheets.numbers.daysOf()
	return c, nil
}

func (c calendar) in(chunk int64) daysIn { return daysIn{c.sheets.of(chunk), c.days} }

// daysIn tells it of a chunk.
type daysIn struct {
	sheet *sheet
	days  []int32
}

// day is the number of the day of a claim, 0 where it has none.
func (d daysIn) day(n uint16) int32 {
	if d.sheet == nil || d.sheet.cells[n] == 0 {
		return 0
	}
	return d.days[d.sheet.numbers[d.sheet.cells[n]]]
}

// chunkExtent is an extent within a chunk: places of claims, and numbers of days, 0 for none.
type chunkExtent struct {
	first, beyond     int // the place of the first claim, and the one after that of the last one, 0 for none
	firstDay, lastDay int32
}

// in is the extent as it is outside the chunk.
func (e chunkExtent) in(chunk int64) (all extent) {
	if e.beyond == 0 {
		return extent{}
	}
	return extent{chunk<<chunkBits | int64(e.first), chunk<<chunkBits | int64(e.beyond-1), e.firstDay, e.lastDay}
}

// see takes in a claim with its day; claims come in their order.
func (e *chunkExtent) see(n int, day int32) {
	if e.beyond == 0 {
		e.first = n
	}
	e.beyond = n + 1
	if day > 0 && (e.firstDay == 0 || day < e.firstDay) {
		e.firstDay = day
	}
	e.lastDay = max(e.lastDay, day)
}

// extentsIn are those of some claims, or of all claims of the chunk, that have each value of a sheet, by its place.
func extentsIn(s *sheet, days daysIn, those *placed) []chunkExtent {
	all := make([]chunkExtent, len(s.numbers))
	for _, n := range placesOf(those) {
		day := days.day(n)
		for _, v := range s.of(n) {
			all[v].see(int(n), day)
		}
	}
	all[0] = chunkExtent{} // of those without any
	return all
}

// extent is that of a set.
func (s claimSet) extent(tx *gorm.DB) (all extent, err error) {
	days, err := calendarOf(tx, s.span())
	if err != nil {
		return all, err
	}
	for chunk, set := range s {
		its := days.in(chunk)
		var one chunkExtent
		for _, n := range set.Places() {
			one.see(int(n), its.day(n))
		}
		all = all.with(one.in(chunk))
	}
	return all, nil
}
