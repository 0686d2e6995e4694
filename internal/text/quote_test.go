package text

import (
	"reflect"
	"strings"
	"testing"
)

func TestQuoteFind(t *testing.T) {
	tests := []struct {
		name  string
		quote Quote
		text  string
		limit int
		want  []Span
	}{
		{"words that stand once", Quote{Exact: "rigged"}, "It was rigged.", 9, []Span{{7, 13}}},
		{"offsets are code points", Quote{Exact: "🗳 да"}, "Ответ: 🗳 да", 9, []Span{{7, 11}}},
		{"every place, in order", Quote{Exact: "no"}, "no, no and no", 9, []Span{{0, 2}, {4, 6}, {11, 13}}},
		{"overlapping places too", Quote{Exact: "ana"}, "bananana", 9, []Span{{1, 4}, {3, 6}, {5, 8}}},
		{"overlapping places of wide characters", Quote{Exact: "ёё"}, "ёёёё", 9, []Span{{0, 2}, {1, 3}, {2, 4}}},
		{"no more places than asked for", Quote{Exact: "no"}, "no, no and no", 2, []Span{{0, 2}, {4, 6}}},
		{"the prefix tells places apart", Quote{Exact: "no", Prefix: "and "}, "no, no and no", 9, []Span{{11, 13}}},
		{"the suffix tells places apart", Quote{Exact: "no", Suffix: " and"}, "no, no and no", 9, []Span{{4, 6}}},
		{"the prefix stands right before", Quote{Exact: "no", Prefix: "and"}, "no, no and no", 9, nil},
		{"case counts", Quote{Exact: "No"}, "no, no and no", 9, nil},
		{"white space counts", Quote{Exact: "a b"}, "a\u00A0b a  b a\nb", 9, nil},
		{"a prefix may overlap the place before", Quote{Exact: "a", Prefix: "a"}, "aaa", 9, []Span{{1, 2}, {2, 3}}},
		{"empty words stand nowhere", Quote{Prefix: "no"}, "no, no", 9, nil},
		{"nothing stands in an empty text", Quote{Exact: "no"}, "", 9, nil},
		{"half a character stands nowhere", Quote{Exact: "\xB4"}, "да", 9, nil},
		{"a limit of none", Quote{Exact: "no"}, "no", 0, nil},
		{"a negative limit", Quote{Exact: "no"}, "no", -1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.quote.Find(test.text, test.limit); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+q.Find(%q, %d) = %v; want %v", test.quote, test.text, test.limit, got, test.want)
			}
		})
	}
}

func TestQuoteAt(t *testing.T) {
	wide := strings.Repeat("ж", 40)
	tests := []struct {
		name, text string
		span       Span
		want       Quote
	}{
		{"short text is all context", "It was rigged.", Span{7, 13}, Quote{"rigged", "It was ", "."}},
		{"the whole text has no context", "да", Span{0, 2}, Quote{Exact: "да"}},
		{"32 code points on each side", wide + "да" + wide, Span{40, 42}, Quote{"да", wide[:64], wide[:64]}},
		{"no words", "да", Span{1, 1}, Quote{"", "д", "а"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := QuoteAt(test.text, test.span); got != test.want {
				t.Errorf("QuoteAt(%q, %v) = %+q; want %+q", test.text, test.span, got, test.want)
			}
		})
	}
	for _, span := range []Span{{-1, 1}, {2, 1}, {0, 3}, {3, 3}} {
		mustPanic(t, func() { QuoteAt("да", span) })
	}
}

// FuzzQuote: a quote made at a span is found there again; each place found truly reads as the quote does, all places
// are found, and a quote that the text holds once gives exactly its span.
func FuzzQuote(f *testing.F) {
	f.Add("no, no and no", 4, 6)
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40, 42)
	f.Add("да🗳e\u0301да", 1, 3)
	f.Fuzz(func(t *testing.T, s string, start, end int) {
		s, err := Normalise(s)
		span := Span{start, end}
		if x := NewIndex(s); err != nil || start == end || !x.Has(span) {
			return
		}
		q := QuoteAt(s, span)
		got := q.Find(s, len(s))

		// The plain way to the same answer: look at every place.
		var want []Span
		points, exact := []rune(s), len([]rune(q.Exact))
		for i := 0; i+exact <= len(points); i++ {
			before, here, after := string(points[:i]), string(points[i:i+exact]), string(points[i+exact:])
			if here == q.Exact && strings.HasSuffix(before, q.Prefix) && strings.HasPrefix(after, q.Suffix) {
				want = append(want, Span{i, i + exact})
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+q.Find(%+q) = %v; want %v", q, s, got, want)
		}
		found := false
		for _, place := range got {
			found = found || place == span
		}
		if !found {
			t.Fatalf("%+q.Find(%+q) = %v; want %v among them", q, s, got, span)
		}
		if strings.Count(s, q.Prefix+q.Exact+q.Suffix) == 1 && len(got) == 1 && got[0] != span {
			t.Fatalf("%+q.Find(%+q) = %v; want exactly %v", q, s, got, span)
		}
	})
}

func BenchmarkQuoteFind(b *testing.B) {
	same := strings.Repeat("a", 10<<20)
	wide := strings.Repeat("комиссия ", 10<<20/17)
	for name, bench := range map[string]struct {
		text  string
		quote Quote
	}{
		"one character everywhere in 10 MiB":     {same, Quote{Exact: "a"}},
		"half the text in a text of one letter":  {same, Quote{Exact: same[:5<<20]}},
		"almost half the text, and never found":  {same, Quote{Exact: same[:5<<20], Suffix: "b"}},
		"one word, absent, in 10 MiB of Russian": {wide, Quote{Exact: "комитет"}},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.text)))
			for b.Loop() {
				bench.quote.Find(bench.text, 100)
			}
		})
	}
}
