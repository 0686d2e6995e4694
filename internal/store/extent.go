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
	f, err := foldedOf(tx)
	if err != nil {
		return nil, false, err
	}
	var everyone claimSet // of the chunks in which the column may have all claims
	if !base.whole {
		if everyone, err = claimsWith(tx, []facet{{fieldAll, ""}}, base.span()); err != nil {
			return nil, false, err
		}
	}
	s := extentSearch{tx: tx, of: of, all: make([]extent, len(of.values))}
	wanted, err := f.states(tx, base.span(), of.field, fieldClaimedDay)
	if err != nil {
		return nil, false, err
	}
	var whole []chunkState
	for _, c := range wanted {
		if set := base.set[c.chunk]; base.whole || set != nil && *set == *everyone.chunk(c.chunk) {
			whole = append(whole, c)
		}
	}
	if ok, err = s.inChunks(f, whole); err != nil || !ok {
		return nil, ok, err
	}
	if left := base.set.outside(whole); len(left) > 0 {
		ok, err = s.inSet(left)
	}
	return s.all, ok, err
}

// outside is what the set holds of other chunks than these.
func (s claimSet) outside(chunks []chunkState) claimSet {
	left := claimSet{}
	for n, one := range s {
		if _, there := slices.BinarySearchFunc(chunks, n, chunkState.compare); !there {
			left[n] = one
		}
	}
	return left
}

// extentSearch gathers the extents of values.
type extentSearch struct {
	tx  *gorm.DB
	of  axis
	all []extent
}

// inSet takes in the claims of a set.
func (s *extentSearch) inSet(set claimSet) (ok bool, err error) {
	sheets, ok, err := sheetsOf(s.tx, s.of.field, set.span())
	if err != nil || !ok {
		return ok, err
	}
	days, _, err := sheetsOf(s.tx, fieldClaimedDay, set.span()) // none is too wide: a claim has one day
	if err != nil {
		return false, err
	}
	wanted, names := sheets.numbers.chosen(s.of.values), days.numbers.all()
	for chunk, one := range set {
		sheet, day := sheets.of(chunk), days.of(chunk)
		if sheet == nil {
			continue
		}
		chosen := sheet.pick(wanted)
		for i, e := range extentsIn(sheet, day, names, chosen, one) {
			at := chosen.places[i]
			s.all[at] = s.all[at].with(e.in(chunk))
		}
	}
	return true, nil
}

// numberedExtents are the extents of all values of a field in some chunks, by the values' numbers.
type numberedExtents struct {
	numbers *numbering
	strip   strip[[]extent]
}

// inChunks takes in all claims of these chunks, whose extents are remembered.
func (s *extentSearch) inChunks(f *folded, chunks []chunkState) (ok bool, err error) {
	if len(chunks) == 0 {
		return true, nil
	}
	key := part{what: extentPart, text: s.of.field}
	known, _ := recall[numberedExtents](f.memory, key)
	found := make(strip[[]extent], len(chunks))
	if missing := known.strip.pick(chunks, found); missing != nowhere {
		loaded, ok, err := newExtents(s.tx, s.of.field, missing)
		if err != nil || !ok {
			return ok, err
		}
		if known.numbers != loaded.numbers {
			if known.numbers != nil { // they were forgotten in between, and other values have these numbers
				f.memory.keep(key, numberedExtents{}, 0)
				return s.inChunks(f, chunks)
			}
			known.numbers = loaded.numbers
		}
		complete(chunks, found, loaded.strip, missing)
		known.strip = known.strip.with(found)
		f.keep(key, known, sizeOfStrip(known.strip, func(all []extent) int { return 24 * len(all) }))
	}
	numbers := known.numbers.numbersOf(s.of.values)
	for _, p := range found {
		for i, number := range numbers {
			if number >= 0 && int(number) < len(p.part) {
				s.all[i] = s.all[i].with(p.part[number])
			}
		}
	}
	return true, nil
}

// newExtents are the extents of all claims in a run of chunks.
func newExtents(tx *gorm.DB, field string, within span) (all numberedExtents, ok bool, err error) {
	sheets, ok, err := sheetsOf(tx, field, within)
	if err != nil || !ok {
		return all, ok, err
	}
	days, _, err := sheetsOf(tx, fieldClaimedDay, within)
	if err != nil {
		return all, false, err
	}
	all.numbers = sheets.numbers
	values, names := sheets.numbers.all(), days.numbers.all()
	every := sheets.numbers.chosen(values)
	for _, p := range sheets.strip {
		if p.part == nil {
			continue
		}
		chosen, day, numbered := p.part.pick(every), days.of(p.chunk), make([]extent, len(values))
		for i, e := range extentsIn(p.part, day, names, chosen, nil) {
			numbered[chosen.places[i]] = e.in(p.chunk)
		}
		all.strip = append(all.strip, piece[[]extent]{p.chunkState, numbered})
	}
	return all, true, nil
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

// extentsIn are those of the claims of a set, or of all claims of the chunk, that have each of the chosen values; names are those
// of the days' numbers.
func extentsIn(s, days *sheet, names []string, chosen picked, set *bitset.Set) []chunkExtent {
	all := make([]chunkExtent, len(chosen.places)+1) // what comes first is of the values that were not chosen
	dayOf := daysIn(days, names)
	for _, n := range placesOf(set) {
		day := int32(0)
		if days != nil {
			day = dayOf[days.cells[n]]
		}
		if c := s.cells[n]; c < several {
			all[chosen.at[c]].see(int(n), day)
			continue
		}
		for _, v := range s.list(s.cells[n]) {
			if at := chosen.at[v]; at > 0 {
				all[at].see(int(n), day)
			}
		}
	}
	return all[1:]
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
