package store

import (
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

// extents are those of all values of a field: by chunks or parts of them, in any order, and of claims that are looked at one by
// one, for the values that are asked for.
type extents struct {
	numbers *numbering
	strip   strip[chunkExtents]
	left    placedSet
	sheets  sheets   // of these claims
	days    calendar // on which they were claimed
}

// chunkExtents are a tally in a chunk, and the extents of the same values.
type chunkExtents struct {
	tally   chunkTally
	extents []chunkExtent
}

// extentsOf counts the claims of a column by a field, and says when they were seen. It is false where that takes looking at sets.
func extentsOf(tx *gorm.DB, field string, base *column) (all extents, ok bool, err error) {
	if all.numbers, err = numbersOf(tx, field); err != nil {
		return all, false, err
	}
	all.strip, all.left, ok, err = counting[chunkExtents]{
		base, part{what: extentPart, text: field, numbers: all.numbers}, []string{field, fieldClaimedDay},
		func(c chunkExtents) int { return 48 + 20*len(c.tally) },
		func(those claimSet, within span) (strip[chunkExtents], bool, error) {
			return newExtents(tx, all.numbers, those.placed(), within)
		},
	}.parts(tx)
	if err != nil || !ok || len(all.left) == 0 {
		return all, ok, err
	}
	if all.sheets, ok, err = sheetsOf(tx, all.numbers, all.left.span()); err != nil || !ok {
		return all, ok, err
	}
	all.days, err = calendarOf(tx, all.left.span())
	return all, true, err
}

// tally is how many claims have each value.
func (e extents) tally() tally {
	all := newTally(e.numbers)
	for _, p := range e.strip {
		all.add(p.part.tally)
	}
	all.count(e.sheets, e.left)
	return all
}

// of are those of some values.
func (e extents) of(values []string) []extent {
	all, chosen := make([]extent, len(values)), e.numbers.chosen(values)
	for _, p := range e.strip {
		for i, one := range p.part.tally {
			if at := chosen[one.number]; at >= 0 {
				all[at] = all[at].with(p.part.extents[i].in(p.chunk))
			}
		}
	}
	for _, one := range e.left {
		if s := e.sheets.of(one.chunk); s != nil {
			p := s.pick(chosen)
			for i, its := range pickedIn(s, p, e.days.in(one.chunk), one.places) {
				all[p.places[i]] = all[p.places[i]].with(its.in(one.chunk))
			}
		}
	}
	return all
}

// pickedIn are the extents of those of some claims that have each of the values that were picked.
func pickedIn(s *sheet, p picked, days daysIn, places []uint16) []chunkExtent {
	extents := make([]chunkExtent, len(p.places)+1) // the first one is of all others
	for _, n := range places {
		c := s.cells[n]
		if c < several {
			if at := p.at[c]; at > 0 {
				extents[at].see(n, days.day(n))
			}
			continue
		}
		for _, v := range s.list(c) {
			if at := p.at[v]; at > 0 {
				extents[at].see(n, days.day(n))
			}
		}
	}
	return extents[1:]
}

// newExtents are those in each chunk of a set, or of all claims in a run of chunks.
func newExtents(tx *gorm.DB, numbers *numbering, those placedSet, within span) (found strip[chunkExtents], ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, numbers, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	days, err := calendarOf(tx, within)
	if err != nil {
		return nil, false, err
	}
	for _, p := range sheets {
		if places, ok := those.of(p.chunk); ok && p.part != nil {
			found = append(found, piece[chunkExtents]{p.chunkState, extentsIn(p.part, days.in(p.chunk), places)})
		}
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
	numbers, err := numbersOf(tx, fieldClaimedDay)
	if err != nil {
		return c, err
	}
	if c.sheets, _, err = sheetsOf(tx, numbers, within); err != nil { // none is too wide: a claim has one day
		return c, err
	}
	c.days = numbers.daysOf()
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
	first, beyond     uint16 // the place of the first claim, and the one after that of the last one, 0 for none
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
func (e *chunkExtent) see(n uint16, day int32) {
	if e.beyond == 0 {
		e.first = n
	}
	e.beyond = n + 1
	if day > 0 && (e.firstDay == 0 || day < e.firstDay) {
		e.firstDay = day
	}
	e.lastDay = max(e.lastDay, day)
}

// extentsIn are those of some claims that have each value of a sheet.
func extentsIn(s *sheet, days daysIn, places []uint16) chunkExtents {
	claims, extents, values := make([]int32, len(s.numbers)), make([]chunkExtent, len(s.numbers)), 0
	for _, n := range places {
		day := days.day(n)
		for _, v := range s.of(n) {
			if claims[v] == 0 {
				values++
			}
			claims[v]++
			extents[v].see(n, day)
		}
	}
	found := chunkExtents{make(chunkTally, 0, values), make([]chunkExtent, 0, values)}
	for v, n := range claims {
		if v > 0 && n > 0 { // what comes first is of those that have none
			found.tally, found.extents = append(found.tally, numbered{s.numbers[v], n}), append(found.extents, extents[v])
		}
	}
	return found
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
			one.see(n, its.day(n))
		}
		all = all.with(one.in(chunk))
	}
	return all, nil
}
