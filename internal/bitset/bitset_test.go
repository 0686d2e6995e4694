package bitset_test

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"claimtracker/internal/bitset"
)

// model is a set as simply as can be.
type model map[int]bool

func (m model) sorted() []int { return slices.Sorted(maps.Keys(m)) }

// check holds a set against what it should hold, in every way to look at it.
func check(t *testing.T, what string, s *bitset.Set, want model) {
	t.Helper()
	up, down := slices.Collect(s.Ascending()), slices.Collect(s.Descending())
	slices.Reverse(down)
	if !slices.Equal(up, want.sorted()) || !slices.Equal(down, up) {
		t.Fatalf("%s: the set holds %d numbers, downwards %d; want %d", what, len(up), len(down), len(want))
	}
	var places []int
	for _, n := range s.Places() {
		places = append(places, int(n))
	}
	if !slices.Equal(places, up) {
		t.Fatalf("%s: the set has %d places; want %d", what, len(places), len(up))
	}
	if s.Count() != len(want) || s.Empty() != (len(want) == 0) {
		t.Fatalf("%s: Count() = %d, Empty() = %v; want %d numbers", what, s.Count(), s.Empty(), len(want))
	}
	code := s.Append(nil)
	if shortest := min(2*len(want), bitset.Size/8); len(code) != shortest {
		t.Fatalf("%s: the code of %d numbers is %d bytes long; want %d", what, len(want), len(code), shortest)
	}
	var back bitset.Set
	if err := back.OrCoded(code); err != nil || back != *s {
		t.Fatalf("%s: the set is not what its code says (%v)", what, err)
	}
	if both, err := s.CountCoded(code); err != nil || both != len(want) {
		t.Fatalf("%s: the set has %d numbers in common with itself (%v); want %d", what, both, err, len(want))
	}
}

// of is a set of about n random numbers, some of them in runs.
func of(r *rand.Rand, n int) (s bitset.Set, m model) {
	m = model{}
	for range n {
		first := r.IntN(bitset.Size)
		for k := first; k < min(bitset.Size, first+1+r.IntN(4)); k++ {
			s.Add(k)
			m[k] = true
		}
	}
	return s, m
}

func TestSetsDoWhatSetsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 60, 340, 420, 500, 3000, 60000} {
		a, as := of(r, n)
		b, bs := of(r, r.IntN(n+1))
		check(t, "a", &a, as)
		or, and, without := model{}, model{}, model{}
		for k := range bitset.Size {
			if a.Has(k) != as[k] {
				t.Fatalf("Has(%d) = %v", k, a.Has(k))
			}
			if as[k] || bs[k] {
				or[k] = true
			}
			if as[k] && bs[k] {
				and[k] = true
			}
			if as[k] && !bs[k] {
				without[k] = true
			}
		}
		if both, err := a.CountCoded(b.Append(nil)); err != nil || both != len(and) || a.CountBoth(&b) != len(and) {
			t.Fatalf("the sets have %d and %d numbers in common (%v); want %d", both, a.CountBoth(&b), err, len(and))
		}
		got := a
		got.Or(&b)
		check(t, "or", &got, or)
		got = a
		got.And(&b)
		check(t, "and", &got, and)
		got = a
		got.AndNot(&b)
		check(t, "and not", &got, without)
		rest, cut := model{}, model{}
		first, last := r.IntN(bitset.Size), r.IntN(bitset.Size)
		for k := range bitset.Size {
			if !as[k] {
				rest[k] = true
			}
			if as[k] && first <= k && k <= last {
				cut[k] = true
			}
		}
		check(t, "rest", a.Rest(), rest)
		got = a
		got.Cut(first, last)
		check(t, "cut", &got, cut)
		between, err := bitset.AppendBetween([]uint16{1}, a.Append(nil), first, last)
		if want := append([]uint16{1}, got.Places()...); err != nil || !slices.Equal(between, want) {
			t.Fatalf("from %d to %d, the code has %d numbers (%v); want %d", first, last, len(between)-1, err, len(want)-1)
		}
		for k := range bs {
			a.Remove(k)
		}
		check(t, "removed", &a, without)
	}
}

func TestTheFirstAndTheLastNumberOfAChunk(t *testing.T) {
	var s bitset.Set
	for _, n := range []int{0, 63, 64, bitset.Size - 1} {
		s.Add(n)
	}
	check(t, "ends", &s, model{0: true, 63: true, 64: true, bitset.Size - 1: true})
	for n := range s.Descending() {
		if n != bitset.Size-1 {
			t.Errorf("the greatest number is %d", n)
		}
		break
	}
}

// FuzzCodes takes any bytes for a code: they are refused, or mean the same in every use.
func FuzzCodes(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add([]byte{5, 0, 9, 1})
	f.Add([]byte{0xff, 0x3f, 0x00, 0x40})
	f.Add(make([]byte, bitset.Size/8))
	f.Add(make([]byte, bitset.Size/8+2))
	f.Fuzz(func(t *testing.T, code []byte) {
		var s, all bitset.Set
		for n := range bitset.Size {
			all.Add(n)
		}
		err := s.OrCoded(code)
		n, failed := all.CountCoded(code)
		if (err == nil) != (failed == nil) {
			t.Fatalf("OrCoded: %v, CountCoded: %v", err, failed)
		}
		if err != nil {
			return
		}
		want := model{}
		if len(code) == bitset.Size/8 {
			for k := range bitset.Size {
				if code[k/8]>>(k%8)&1 == 1 {
					want[k] = true
				}
			}
		} else {
			for i := 0; i < len(code); i += 2 {
				want[int(binary.LittleEndian.Uint16(code[i:]))] = true
			}
		}
		check(t, "decoded", &s, want)
		each := model{}
		if err := bitset.Each(code, func(n int) { each[n] = true }); err != nil || !maps.Equal(each, want) {
			t.Fatalf("Each gives %d numbers (%v); want %d", len(each), err, len(want))
		}
		if n < len(want) {
			t.Fatalf("CountCoded of all numbers = %d; want %d or more", n, len(want))
		}
	})
}
