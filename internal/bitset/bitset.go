// Package bitset keeps sets of small whole numbers: those of one chunk of a long row of ids.
//
// A set is coded as the sorted numbers, two bytes each, or as a row of bits, whichever is shorter; both are little-endian.
// Roaring bitmaps do the like with chunks of 65536: their rows of bits are 8 KiB long, and a set that is rewritten whenever
// one number comes to it has to be short.
package bitset

import (
	"encoding/binary"
	"errors"
	"iter"
	"math/bits"
)

// Size is how many numbers a chunk has: they are 0 to Size-1.
const Size = 1 << 14

const (
	words = Size / 64
	// coded is the length of the row of bits in bytes. What is shorter is the sorted numbers, fewer than 1024.
	coded = Size / 8
)

// Set is a set of numbers below Size. The zero Set is empty.
type Set [words]uint64

// errDamaged says that bytes are no coded set.
var errDamaged = errors.New("a set of claims is damaged")

// Add puts a number into the set.
func (s *Set) Add(n int) { s[n>>6] |= 1 << (n & 63) }

// Remove takes a number out of the set.
func (s *Set) Remove(n int) { s[n>>6] &^= 1 << (n & 63) }

// Has tells whether a number is in the set.
func (s *Set) Has(n int) bool { return s[n>>6]&(1<<(n&63)) != 0 }

// Cut takes out the numbers below first, and those above last.
func (s *Set) Cut(first, last int) {
	for i := range s {
		if low := first - i<<6; low > 0 {
			s[i] &= ^uint64(0) << min(low, 64)
		}
		if high := last - i<<6; high < 63 {
			s[i] &= ^(^uint64(0) << max(high+1, 0))
		}
	}
}

// Or adds all numbers of another set.
func (s *Set) Or(other *Set) {
	for i, w := range other {
		s[i] |= w
	}
}

// And leaves the numbers that are in another set too.
func (s *Set) And(other *Set) {
	for i, w := range other {
		s[i] &= w
	}
}

// AndNot takes out the numbers of another set.
func (s *Set) AndNot(other *Set) {
	for i, w := range other {
		s[i] &^= w
	}
}

// Count is how many numbers the set has.
func (s *Set) Count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// CountBoth is how many numbers the set and another have in common.
func (s *Set) CountBoth(other *Set) (n int) {
	for i, w := range other {
		n += bits.OnesCount64(s[i] & w)
	}
	return n
}

// Empty tells whether the set has no number.
func (s *Set) Empty() bool { return *s == Set{} }

// Rest has all numbers that the set does not have.
func (s *Set) Rest() *Set {
	rest := new(Set)
	for i, w := range s {
		rest[i] = ^w
	}
	return rest
}

// Places are the numbers of the set from the smallest up, as a list.
func (s *Set) Places() []uint16 {
	all := make([]uint16, 0, s.Count())
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			all = append(all, uint16(i<<6+bits.TrailingZeros64(w)))
		}
	}
	return all
}

// Ascending are the numbers of the set from the smallest up.
func (s *Set) Ascending() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// Descending are the numbers of the set from the greatest down.
func (s *Set) Descending() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := words - 1; i >= 0; i-- {
			for w := s[i]; w != 0; {
				top := 63 - bits.LeadingZeros64(w)
				w &^= 1 << top
				if !yield(i<<6 + top) {
					return
				}
			}
		}
	}
}

// Append appends the set's code to b. An empty set has an empty one.
func (s *Set) Append(b []byte) []byte {
	if 2*s.Count() < coded {
		for n := range s.Ascending() {
			b = binary.LittleEndian.AppendUint16(b, uint16(n))
		}
		return b
	}
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// OrCoded adds all numbers of a coded set.
func (s *Set) OrCoded(b []byte) error {
	if len(b) == coded {
		for i := range s {
			s[i] |= binary.LittleEndian.Uint64(b[8*i:])
		}
		return nil
	}
	return Each(b, func(n int) { s.Add(n) })
}

// CountCoded is how many numbers the set and a coded one have in common.
func (s *Set) CountCoded(b []byte) (count int, err error) {
	if len(b) == coded {
		for i, w := range s {
			count += bits.OnesCount64(w & binary.LittleEndian.Uint64(b[8*i:]))
		}
		return count, nil
	}
	err = Each(b, func(n int) { count += int(s[n>>6] >> (n & 63) & 1) })
	return count, err
}

// AppendBetween appends the numbers of a coded set from first to last to a list, from the smallest up.
func AppendBetween(all []uint16, b []byte, first, last int) ([]uint16, error) {
	if len(b) == coded {
		for i := first >> 6; i <= last>>6; i++ {
			for w := binary.LittleEndian.Uint64(b[8*i:]); w != 0; w &= w - 1 {
				if n := i<<6 + bits.TrailingZeros64(w); first <= n && n <= last {
					all = append(all, uint16(n))
				}
			}
		}
		return all, nil
	}
	err := Each(b, func(n int) {
		if first <= n && n <= last {
			all = append(all, uint16(n))
		}
	})
	return all, err
}

// Each calls fn with the numbers of a coded set, from the smallest up.
func Each(b []byte, fn func(n int)) error {
	if len(b) == coded {
		for i := range words {
			for w := binary.LittleEndian.Uint64(b[8*i:]); w != 0; w &= w - 1 {
				fn(i<<6 + bits.TrailingZeros64(w))
			}
		}
		return nil
	}
	if len(b) > coded || len(b)%2 != 0 {
		return errDamaged
	}
	for ; len(b) > 0; b = b[2:] {
		n := int(binary.LittleEndian.Uint16(b))
		if n >= Size {
			return errDamaged
		}
		fn(n)
	}
	return nil
}
