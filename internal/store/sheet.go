package store

import (
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// Postings tell which claims have a value. A sheet is the other way round: it tells which values of one field each claim of a
// chunk has, so that the claims that a filter leaves are counted by all values in one go.
type sheet struct {
	numbers []int32  // of the values; what comes first stands for none
	total   []int32  // how many claims of the chunk have each of them
	cells   []uint16 // for each claim its value's place in numbers or, where it has several, the place of a list with several added
	starts  []uint32 // where each list begins in lists, and where the last one ends
	lists   []uint16
}

// several in a cell says that the claim has a list of values.
const several = 1 << 15

// list are the places of the values of a claim that has several, by its cell.
func (s *sheet) list(c uint16) []uint16 {
	k := c - several
	return s.lists[s.starts[k]:s.starts[k+1]]
}

// of are the places of the values of a claim, 0 where it has none.
func (s *sheet) of(n uint16) []uint16 {
	if c := s.cells[n]; c >= several {
		return s.list(c)
	}
	return s.cells[n : n+1]
}

// size is about how many bytes the sheet takes.
func (s *sheet) size() int {
	if s == nil {
		return 0
	}
	return 160 + 8*len(s.numbers) + 2*len(s.cells) + 4*len(s.starts) + 2*len(s.lists)
}

// coded is a coded set of claims that have a value.
type coded struct {
	value string
	code  []byte
}

// newSheet makes a sheet of the sets of all values of a field, or tooWide where there are too many for one.
func newSheet(sets []coded, numbers *numbering) (*sheet, error) {
	if len(sets) >= several {
		return tooWide, nil
	}
	s := &sheet{numbers: make([]int32, 1, len(sets)+1), total: make([]int32, len(sets)+1), cells: make([]uint16, bitset.Size)}
	have := make([]uint16, bitset.Size) // how many values each claim has
	for i, one := range sets {
		s.numbers = append(s.numbers, numbers.of(one.value))
		err := bitset.Each(one.code, func(n int) {
			have[n]++
			s.cells[n] = uint16(i + 1)
			s.total[i+1]++
		})
		if err != nil {
			return nil, err
		}
	}
	long := uint32(0)
	for n, values := range have {
		if values > 1 {
			s.cells[n] = several + uint16(len(s.starts))
			s.starts = append(s.starts, long)
			long += uint32(values)
		}
	}
	if long == 0 {
		return s, nil
	}
	s.lists = make([]uint16, long)
	next := slices.Clone(s.starts)
	s.starts = append(s.starts, long)
	for i, one := range sets {
		err := bitset.Each(one.code, func(n int) {
			if c := s.cells[n]; c >= several {
				s.lists[next[c-several]] = uint16(i + 1)
				next[c-several]++
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// with is the sheet as it is after changes, of which those of a value are in the order in which they were made. It is false
// where that takes making the sheet anew.
func (s *sheet) with(turns []valueTurn, numbers *numbering) (next *sheet, ok bool) {
	switch {
	case s == tooWide:
		return s, true
	case s == nil:
		next = &sheet{numbers: make([]int32, 1), total: make([]int32, 1), cells: make([]uint16, bitset.Size)}
	default:
		next = &sheet{slices.Clone(s.numbers), slices.Clone(s.total), slices.Clone(s.cells), slices.Clone(s.starts), slices.Clone(s.lists)}
	}
	for _, one := range turns {
		numbers.of(one.value)
	}
	places := make([]uint16, len(numbers.all())) // of the values, by their numbers
	for i, number := range next.numbers[1:] {
		places[number] = uint16(i + 1)
	}
	have := map[int][]uint16{} // the values of the claims that change
	for _, one := range turns {
		number := numbers.of(one.value)
		if places[number] == 0 {
			if len(next.numbers) == several {
				return tooWide, true
			}
			places[number] = uint16(len(next.numbers))
			next.numbers, next.total = append(next.numbers, number), append(next.total, 0)
		}
		n := placeOf(one.turn.claim())
		if _, known := have[n]; !known {
			have[n] = next.values(n)
		}
		have[n] = next.turn(have[n], places[number], one.turn)
	}
	for n, values := range have {
		if ok := next.set(n, values); !ok {
			return nil, false
		}
	}
	return next, true
}

// values are the places of the values of a claim, as a list of its own.
func (s *sheet) values(n int) []uint16 {
	switch c := s.cells[n]; {
	case c == 0:
		return nil
	case c < several:
		return []uint16{c}
	default:
		return slices.Clone(s.list(c))
	}
}

// turn counts a claim that comes to have a value, or has it no more, and gives its values then.
func (s *sheet) turn(values []uint16, v uint16, t turn) []uint16 {
	i := slices.Index(values, v)
	switch {
	case t.more() > 0 && i < 0:
		s.total[v]++
		return append(values, v)
	case t.more() < 0 && i >= 0:
		s.total[v]--
		return slices.Delete(values, i, i+1)
	}
	return values
}

// set gives a claim its values. It is false where there is no room for a list of them.
func (s *sheet) set(n int, values []uint16) bool {
	switch len(values) {
	case 0:
		s.cells[n] = 0
	case 1:
		s.cells[n] = values[0]
	default:
		if len(s.starts) == 0 {
			s.starts = []uint32{0}
		}
		k := len(s.starts) - 1
		if k >= several {
			return false
		}
		s.lists = append(s.lists, values...)
		s.starts = append(s.starts, uint32(len(s.lists)))
		s.cells[n] = several + uint16(k)
	}
	return true
}

// count is how many of some claims have each value, by its place in numbers.
func (s *sheet) count(those *bitset.Set) []int32 {
	counts, sign := make([]int32, len(s.total)), int32(1)
	if those.Count() > bitset.Size/2 { // fewer are left out
		those, sign = those.Rest(), -1
		copy(counts, s.total)
	}
	for _, n := range those.Places() {
		if c := s.cells[n]; c < several {
			counts[c] += sign
		} else {
			for _, v := range s.list(c) {
				counts[v] += sign
			}
		}
	}
	counts[0] = 0 // of those that have none
	return counts
}

// numbering gives the values of a field numbers, as they come. What is remembered by its numbers names it in its part: once it was
// forgotten, another one takes its place, and nothing that has the numbers of the former is asked for any more.
type numbering struct {
	field string

	mu     sync.Mutex
	values []string
	places map[string]int32
	days   []int32 // of the first values, those that they name
}

// numbersOf is the numbering of a field.
func numbersOf(tx *gorm.DB, field string) (*numbering, error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, err
	}
	return recallOr(f.memory, part{what: numberingPart, text: field}, func() *numbering {
		return &numbering{field: field, places: map[string]int32{}}
	}), nil
}

// lasts says to the memory about how many bytes the numbering takes by now. It is false where what is remembered by its numbers
// would not be asked for: it is forgotten, or too large to be remembered.
func (n *numbering) lasts(m *memory) bool {
	return m != nil && m.grown(part{what: numberingPart, text: n.field}, n, 100*len(n.all()))
}

func (n *numbering) of(value string) int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.places[value]
	if !ok {
		at = int32(len(n.values))
		n.values = append(n.values, value)
		n.places[value] = at
	}
	return at
}

// all are the values that have a number so far.
func (n *numbering) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clip(n.values)
}

// daysOf are the days that the values name, of a field of days.
func (n *numbering) daysOf() []int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, day := range n.values[len(n.days):] {
		n.days = append(n.days, dayNumber(day))
	}
	return slices.Clip(n.days)
}

// chosen are, for each number so far, the place that its value has in a list, or -1.
func (n *numbering) chosen(values []string) []int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	places := make([]int32, len(n.values))
	for i := range places {
		places[i] = -1
	}
	for i, v := range values {
		if at, ok := n.places[v]; ok {
			places[at] = int32(i)
		}
	}
	return places
}

// sheets are those of a field, in some chunks: nil where no claim of the chunk has any value.
type sheets strip[*sheet]

// tooWide stands for the sheet of a chunk in which there are too many values for one.
var tooWide = new(sheet)

// of is the sheet of a chunk, or nil where no claim there has any value.
func (k sheets) of(chunk int64) *sheet {
	if i, ok := slices.BinarySearchFunc(k, chunk, piece[*sheet].compare); ok {
		return k[i].part
	}
	return nil
}

// sheetsOf are the sheets of a field in a run of chunks. It is false where one of them has too many values for a sheet.
func sheetsOf(tx *gorm.DB, numbers *numbering, within span) (all sheets, ok bool, err error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, false, err
	}
	wanted, err := f.states(tx, within, numbers.field)
	if err != nil {
		return nil, false, err
	}
	key := part{what: sheetPart, numbers: numbers}
	known, _ := recall[strip[*sheet]](f.memory, key)
	all = make(sheets, len(wanted))
	if known.pick(wanted, strip[*sheet](all)) == nowhere {
		return all, !all.tooWide(), nil
	}
	missing, err := all.turn(tx, numbers, wanted, known)
	if err != nil {
		return nil, false, err
	}
	if err := all.load(tx, numbers, wanted, missing); err != nil {
		return nil, false, err
	}
	if numbers.lasts(f.memory) {
		known = known.with(all)
		f.keep(key, known, sizeOfStrip(known, (*sheet).size))
	}
	return all, !all.tooWide(), nil
}

// turn makes what sheets are wanted of those that are known as they were a few rows of the log ago. It tells from which chunk
// to which one others are missing.
func (k sheets) turn(tx *gorm.DB, numbers *numbering, wanted []chunkState, known strip[*sheet]) (missing span, err error) {
	v, err := viewOf(tx)
	if err != nil {
		return missing, err
	}
	missing = nowhere
	for i, w := range wanted {
		if k[i].chunkState == w {
			continue
		}
		at, ok := slices.BinarySearchFunc(known, w.chunk, piece[*sheet].compare)
		if ok {
			was := known[at]
			if ok = was.epoch == w.epoch && was.log.row < w.log.row && v.holds(was.log); ok {
				var next *sheet
				if next, ok = was.part.with(v.since(numbers.field, w.chunk, was.log.row), numbers); ok {
					k[i] = piece[*sheet]{w, next}
				}
			}
		}
		if !ok {
			missing = missing.with(w.chunk)
		}
	}
	return missing, nil
}

// load makes the sheets that are wanted in a run of chunks, and not there, of what is stored and of the log.
func (k sheets) load(tx *gorm.DB, numbers *numbering, wanted []chunkState, within span) error {
	if within == nowhere {
		return nil
	}
	v, err := viewOf(tx)
	if err != nil {
		return err
	}
	stored, err := loadSheets(tx, within, numbers)
	if err != nil {
		return err
	}
	for i, w := range wanted {
		if !within.has(w.chunk) || k[i].chunkState == w {
			continue
		}
		one := stored[w.chunk]
		if w.log.row > 0 {
			var ok bool
			if one, ok = one.with(v.since(numbers.field, w.chunk, 0), numbers); !ok { // a new sheet has room for a list of each claim, twice
				return fmt.Errorf("what the log says of %s has no room in chunk %d", numbers.field, w.chunk)
			}
		}
		k[i] = piece[*sheet]{w, one}
	}
	return nil
}

func (k sheets) tooWide() bool {
	return slices.ContainsFunc(k, func(p piece[*sheet]) bool { return p.part == tooWide })
}

// loadSheets makes the sheets of a field in a run of chunks, as they are without the log, by the chunks in which any claim has
// a value of it.
func loadSheets(tx *gorm.DB, within span, numbers *numbering) (map[int64]*sheet, error) {
	sets := map[int64][]coded{}
	err := readRows(tx, speechOf(tx).sheets, []any{within.first, within.last, numbers.field}, func(scan scanFunc) error {
		var id int64
		var one coded
		err := scan(&id, &one.value, &one.code)
		sets[id&lastChunk] = append(sets[id&lastChunk], one)
		return err
	})
	if err != nil {
		return nil, err
	}
	loaded := make(map[int64]*sheet, len(sets))
	for chunk, all := range sets {
		if loaded[chunk], err = newSheet(all, numbers); err != nil {
			return nil, err
		}
	}
	return loaded, nil
}
