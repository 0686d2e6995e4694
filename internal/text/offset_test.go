package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIndexConvertsCodePointsToBytes(t *testing.T) {
	long := strings.Repeat("й", 3000)
	tests := []struct {
		name, text   string
		point, bytes int
	}{
		{"the start of nothing", "", 0, 0},
		{"ASCII is the same in both", "vote", 3, 3},
		{"Cyrillic takes two bytes", "да, нет", 2, 4},
		{"an emoji takes four bytes", "a🗳b", 2, 5},
		{"the end of the text", "a🗳b", 3, 6},
		{"far into a long text", long + "🗳" + long, 3001, 6004},
		{"on a mark", long, 2048, 4096},
		{"the end of a text that ends on a mark", long[:4096], 2048, 4096},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := NewIndex(test.text)
			if got := x.Byte(test.point); got != test.bytes {
				t.Errorf("Byte(%d) = %d; want %d", test.point, got, test.bytes)
			}
		})
	}
}

func TestIndexSlices(t *testing.T) {
	for text, want := range map[string]string{"ballot": "all", "бюллетень": "юлл", "🗳🗳ab🗳": "🗳ab"} {
		if got := NewIndex(text).Slice(Span{1, 4}); got != want {
			t.Errorf("Slice(%q, [1,4)) = %q; want %q", text, got, want)
		}
	}
}

func TestIndexKnowsWhatLiesOutside(t *testing.T) {
	for _, text := range []string{"vote", "голо"} {
		x := NewIndex(text)
		for _, span := range []Span{{-1, 2}, {3, 2}, {0, 5}, {5, 5}} {
			if x.Has(span) {
				t.Errorf("Has(%v) in %q = true; want false", span, text)
			}
			mustPanic(t, func() { x.Slice(span) })
		}
		for _, span := range []Span{{0, 0}, {0, 4}, {4, 4}} {
			if !x.Has(span) {
				t.Errorf("Has(%v) in %q = false; want true", span, text)
			}
		}
		mustPanic(t, func() { x.Byte(-1) })
		mustPanic(t, func() { x.Byte(5) })
	}
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("an offset outside the text was taken; want a panic")
		}
	}()
	f()
}

// FuzzIndex: the conversion agrees with counting by hand.
func FuzzIndex(f *testing.F) {
	f.Add("", 0)
	f.Add("vote", 2)
	f.Add("a🗳b\u0301", 3)
	f.Add("\xFF\xFEz", 1)
	f.Add(strings.Repeat("é🗳", 1100), 2100)
	f.Fuzz(func(t *testing.T, s string, at int) {
		x := NewIndex(s)
		points := []rune(s)
		if x.Len() != len(points) || x.Len() != utf8.RuneCountInString(s) {
			t.Fatalf("Len of %+q = %d; want %d", s, x.Len(), len(points))
		}
		if at < 0 || at > len(points) {
			return
		}
		b := x.Byte(at)
		if got := utf8.RuneCountInString(s[:b]); got != at {
			t.Fatalf("%+q has %d code points before byte %d; want %d", s, got, b, at)
		}
		if got := x.Slice(Span{0, at}) + x.Slice(Span{at, x.Len()}); got != s {
			t.Fatalf("the halves of %+q at %d make %+q", s, at, got)
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	s := strings.Repeat("Комиссия дважды пересчитала голоса.\n", 15_000)
	b.Run("build", func(b *testing.B) {
		b.SetBytes(int64(len(s)))
		for b.Loop() {
			NewIndex(s)
		}
	})
	b.Run("look up", func(b *testing.B) {
		x := NewIndex(s)
		for b.Loop() {
			x.Byte(x.Len() - 700)
		}
	})
}
