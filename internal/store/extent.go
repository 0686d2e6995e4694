package store

import (
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
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
func extents(tx *gorm.DB, base column, of axis) (all []extent, ok bool, err error) {
	found, ok, err := counting[chunkExtents]{
		base, part{what: extentPart, text: of.field}, []string{of.field, fieldClaimedDay},
		func(c chunkExtents) int { return 32 + 32*len(c.all) },
		func(those claimSet, within span) (strip[chunkExtents], bool, error) {
			return newExtents(tx, of.field, those, within)
		},
	}.parts(tx)
	s := extentSearch{of: of, all: make([]extent, len(of.values))}
	for _, p := range found {
		s.add(p.part)
	}
	return s.all, ok, err
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

// numberedExtent is that of the value with a number.
type numberedExtent struct {
	number int32
	extent
}

// add takes in those of a chunk. What was remembered before a sheet was forgotten has other numbers.
func (s *extentSearch) add(in chunkExtents) {
	if len(in.all) == 0 {
		return
	}
	if s.numbers != in.numbers {
		s.numbers, s.chosen = in.numbers, in.numbers.chosen(s.of.values)
	}
	for _, e := range in.all {
		if at := s.chosen[e.number]; at >= 0 {
			s.all[at] = s.all[at].with(e.extent)
		}
	}
}

// newExtents are the extents of all values in each chunk of a set, or of all claims in a run of chunks.
func newExtents(tx *gorm.DB, field string, those claimSet, within span) (found strip[chunkExtents], ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, field, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	days, _, err := sheetsOf(tx, fieldClaimedDay, within) // none is too wide: a claim has one day
	if err != nil {
		return nil, false, err
	}
	names := days.numbers.all()
	for _, p := range sheets.strip {
		set := those[p.chunk]
		if p.part == nil || set == nil && those != nil {
			continue
		}
		one := chunkExtents{numbers: sheets.numbers}
		for i, e := range extentsIn(p.part, days.of(p.chunk), names, set) {
			if e.beyond > 0 {
				one.all = append(one.all, numberedExtent{p.part.numbers[i], e.in(p.chunk)})
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

// daysIn are the numbers of the days in a sheet of days, by their places; names are those of the days' numbers.
func daysIn(s *sheet, names []string) []int32 {
	if s == nil {
		return nil
	}
	days := make([]int32, len(s.numbers))
	for i, number := range s.numbers[1:] {
		days[i+1] = dayNumber(names[number])
	}
	return days
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

// extentsIn are those of the claims of a set, or of all claims of the chunk, that have each value of a sheet, by its place; names
// are those of the days' numbers.
func extentsIn(s, days *sheet, names []string, set *bitset.Set) []chunkExtent {
	all, dayOf := make([]chunkExtent, len(s.numbers)), daysIn(days, names)
	for _, n := range placesOf(set) {
		day := int32(0)
		if days != nil {
			day = dayOf[days.cells[n]]
		}
		if c := s.cells[n]; c < several {
			all[c].see(int(n), day)
			continue
		}
		for _, v := range s.list(s.cells[n]) {
			all[v].see(int(n), day)
		}
	}
	all[0] = chunkExtent{} // of those without any
	return all
}

// extent is that of a set.
func (s claimSet) extent(tx *gorm.DB) (all extent, err error) {
	days, _, err := sheetsOf(tx, fieldClaimedDay, s.span())
	if err != nil {
		return all, err
	}
	names := days.numbers.all()
	for chunk, set := range s {
		sheet := days.of(chunk)
		dayOf := daysIn(sheet, names)
		var one chunkExtent
		for _, n := range set.Places() {
			if sheet == nil {
				one.see(int(n), 0)
			} else {
				one.see(int(n), dayOf[sheet.cells[n]])
			}
		}
		all = all.with(one.in(chunk))
	}
	return all, nil
}
