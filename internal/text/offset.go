package text

import (
	"fmt"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// Index converts between the three units in which offsets into one text are counted: code points (ours), bytes of its
// UTF-8 (Go's) and UTF-16 code units (JavaScript's). It is built once a text in O(n), answers in O(log n) or better,
// costs a tenth of the text or less in memory, and nothing where the text is ASCII. It is safe for concurrent use.
//
// An offset is a place between characters, 0 to the length. One outside the text panics, as slicing does: check what
// comes from outside by Len or Has.
type Index struct {
	text   string
	length mark
	marks  []mark // the place of every stride-th code point; nil if the three units agree
}

// mark is one place in the text, in all three units.
type mark struct {
	point, bytes, units int
}

// stride is the number of code points from mark to mark: what a look-up walks at most.
const stride = 256

// NewIndex returns the index of s. Each byte of s that is not valid UTF-8 counts as a code point of its own.
func NewIndex(s string) *Index {
	x := &Index{text: s}
	if isASCII(s) {
		x.length = mark{len(s), len(s), len(s)}
		return x
	}
	var at mark
	for at.bytes < len(s) {
		if at.point%stride == 0 {
			x.marks = append(x.marks, at)
		}
		at = x.next(at)
	}
	x.length = at
	return x
}

// Len returns the length of the text in code points.
func (x *Index) Len() int { return x.length.point }

// Has reports whether span lies inside the text, its start not after its end.
func (x *Index) Has(span Span) bool {
	return 0 <= span.Start && span.Start <= span.End && span.End <= x.Len()
}

// Slice returns the words that stand at span.
func (x *Index) Slice(span Span) string {
	if !x.Has(span) {
		panic(fmt.Sprintf("text: span [%d,%d) outside a text of %d code points", span.Start, span.End, x.Len()))
	}
	return x.text[x.Byte(span.Start):x.Byte(span.End)]
}

// Byte returns the number of bytes before the given code point.
func (x *Index) Byte(codePoint int) int { return x.find(codePoint, inPoints).bytes }

// UTF16 returns the number of UTF-16 code units before the given code point.
func (x *Index) UTF16(codePoint int) int { return x.find(codePoint, inPoints).units }

// CodePoint returns the number of code points that end at or before the given byte: for a byte inside a character,
// the number of the character that holds it.
func (x *Index) CodePoint(b int) int { return x.find(b, inBytes).point }

// FromUTF16 returns the number of code points that end at or before the given UTF-16 code unit: between the halves of
// a surrogate pair, the number of the character that they make.
func (x *Index) FromUTF16(unit int) int { return x.find(unit, inUnits).point }

func inPoints(m mark) int { return m.point }
func inBytes(m mark) int  { return m.bytes }
func inUnits(m mark) int  { return m.units }

// find returns the last place whose offset in the given unit is not after offset.
func (x *Index) find(offset int, unit func(mark) int) mark {
	if offset < 0 || offset > unit(x.length) {
		panic(fmt.Sprintf("text: offset %d outside a text of length %d", offset, unit(x.length)))
	}
	if x.marks == nil {
		return mark{offset, offset, offset}
	}
	after := sort.Search(len(x.marks), func(i int) bool { return unit(x.marks[i]) > offset })
	at := x.marks[after-1]
	for unit(at) < offset {
		next := x.next(at)
		if unit(next) > offset {
			break
		}
		at = next
	}
	return at
}

// next returns the place after the character at m.
func (x *Index) next(m mark) mark {
	r, size := utf8.DecodeRuneInString(x.text[m.bytes:])
	return mark{m.point + 1, m.bytes + size, m.units + utf16.RuneLen(r)}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
