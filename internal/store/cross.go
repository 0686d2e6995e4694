package store

import (
	"slices"
	"strings"

	"gorm.io/gorm"
)

// axis is a field with values of it, by which claims are counted.
type axis struct {
	field  string
	values []string
}

// key is the axis as a part's text has it.
func (a axis) key() string { return a.field + "\x00" + strings.Join(a.values, "\x00") }

// crossing is how many claims of a chunk have two values, which it names by their places.
type crossing struct{ row, column, claims int32 }

// sorted is the axis with its values in their order, and where each of them stands in the axis itself.
func (a axis) sorted() (axis, []int32) {
	values := slices.Sorted(slices.Values(a.values))
	places := make([]int32, len(values))
	for i, value := range a.values {
		at, _ := slices.BinarySearch(values, value)
		places[at] = int32(i)
	}
	return axis{a.field, values}, places
}

// cross counts the claims of a column that have a value of one axis and a value of another. It is false where that takes
// counting sets.
func cross(tx *gorm.DB, base *column, rows, columns axis) (cells [][]int64, ok bool, err error) {
	cells = table(len(rows.values), len(columns.values))
	rows, rowAt := rows.sorted() // what is remembered of some values does not depend on how many claims have them
	columns, columnAt := columns.sorted()
	found, left, ok, err := counting[[]crossing]{
		base, part{what: crossPart, text: rows.key() + "\x00\x00" + columns.key()}, []string{rows.field, columns.field},
		func(all []crossing) int { return 12 * len(all) },
		func(those claimSet, within span) (strip[[]crossing], bool, error) {
			return newCrossings(tx, those.placed(), within, rows, columns)
		},
	}.parts(tx)
	if err != nil || !ok {
		return nil, ok, err
	}
	if len(left) > 0 {
		rest, ok, err := newCrossings(tx, left, left.span(), rows, columns)
		if err != nil || !ok {
			return nil, ok, err
		}
		found = slices.Concat(found, rest)
	}
	for _, p := range found {
		for _, one := range p.part {
			cells[rowAt[one.row]][columnAt[one.column]] += int64(one.claims)
		}
	}
	return cells, true, nil
}

// table is one of zeros.
func table(rows, columns int) [][]int64 {
	all, cells := make([]int64, rows*columns), make([][]int64, rows)
	for i := range cells {
		cells[i], all = all[:columns:columns], all[columns:]
	}
	return cells
}

// newCrossings counts those of a set, or of all claims in a run of chunks, by the sheets of both fields.
func newCrossings(tx *gorm.DB, those placedSet, within span, rows, columns axis) (found strip[[]crossing], ok bool, err error) {
	theirs, rowAt, ok, err := rows.sheets(tx, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	others, columnAt, ok, err := columns.sheets(tx, within)
	if err != nil || !ok {
		return nil, ok, err
	}
	for _, p := range theirs {
		other := others.of(p.chunk)
		places, ok := those.of(p.chunk)
		if p.part == nil || other == nil || !ok {
			continue
		}
		found = append(found, piece[[]crossing]{p.chunkState, crossSheets(p.part, other, p.part.pick(rowAt), other.pick(columnAt), places)})
	}
	return found, true, nil
}

// sheets are those of the axis' field, and the places of its values by their numbers.
func (a axis) sheets(tx *gorm.DB, within span) (all sheets, places []int32, ok bool, err error) {
	numbers, err := numbersOf(tx, a.field)
	if err != nil {
		return nil, nil, false, err
	}
	all, ok, err = sheetsOf(tx, numbers, within)
	return all, numbers.chosen(a.values), ok, err
}

// picked are the values of a sheet that were chosen: their places in the list that they were chosen by and, for each value of
// the sheet, its place in these, counted from 1.
type picked struct {
	places []int32
	at     []uint16
}

// pick are the values of the sheet that have a place in a list, by their numbers.
func (s *sheet) pick(places []int32) picked {
	p := picked{at: make([]uint16, len(s.numbers))}
	for i, number := range s.numbers {
		if i > 0 && places[number] >= 0 {
			p.places = append(p.places, places[number])
			p.at[i] = uint16(len(p.places))
		}
	}
	return p
}

// crossSheets counts the claims of some places that have values of both sheets.
func crossSheets(rows, columns *sheet, r, c picked, places []uint16) (found []crossing) {
	width := len(c.places) + 1
	counts := make([]int32, (len(r.places)+1)*width)
	for _, n := range places {
		a, b := rows.cells[n:n+1], columns.cells[n:n+1]
		if a[0]|b[0] < several {
			counts[int(r.at[a[0]])*width+int(c.at[b[0]])]++
			continue
		}
		if a[0] >= several {
			a = rows.list(a[0])
		}
		if b[0] >= several {
			b = columns.list(b[0])
		}
		for _, v := range a {
			for _, w := range b {
				counts[int(r.at[v])*width+int(c.at[w])]++
			}
		}
	}
	for i, row := range r.places {
		for k, column := range c.places {
			if n := counts[(i+1)*width+k+1]; n > 0 {
				found = append(found, crossing{row, column, n})
			}
		}
	}
	return found
}
