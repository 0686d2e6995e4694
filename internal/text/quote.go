package text

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Quote finds words again in a text by what they say and what stands around them: the TextQuoteSelector of the W3C
// Web Annotation Data Model, section 4.2.4. All three parts are compared exactly, so they must be normalised as the
// text is.
type Quote struct {
	Exact, Prefix, Suffix string
}

// ContextLength is how much QuoteAt takes from each side, in code points: enough to tell most repetitions apart.
const ContextLength = 32

// QuoteAt returns the words of s at span with up to 32 code points of context on each side, fewer at the ends of s.
// Find gives span among its places. A span outside s panics, as slicing does.
func QuoteAt(s string, span Span) Quote {
	start := byteAfter(s, span.Start)
	end := start + byteAfter(s[start:], span.End-span.Start)

	from := start
	for range ContextLength {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	to := end
	for range ContextLength {
		_, size := utf8.DecodeRuneInString(s[to:])
		to += size
	}
	return Quote{Exact: s[start:end], Prefix: s[from:start], Suffix: s[end:to]}
}

// Find returns the first places, at most limit of them, where Exact stands in s with Prefix right before it and Suffix
// right after it: in order, in code points, overlapping ones too. An empty Exact, a quote that is not valid UTF-8 and
// a limit below one find nothing; to know whether a quote is unique, ask for two.
//
// The limit bounds the work, O(len(s) + limit*len(q)), whatever s and q are: 10 MiB in which one character is sought
// everywhere costs limit spans and one pass.
func (q Quote) Find(s string, limit int) []Span {
	whole := q.Prefix + q.Exact + q.Suffix
	if q.Exact == "" || !utf8.ValidString(whole) {
		return nil
	}
	var (
		spans  []Span
		length = utf8.RuneCountInString(q.Exact)
		lead   = utf8.RuneCountInString(q.Prefix)
		at     int // bytes of s before the rest that is still to be searched
		points int // code points of s before it
	)
	for len(spans) < limit {
		gap := strings.Index(s[at:], whole)
		if gap < 0 {
			break
		}
		points += utf8.RuneCountInString(s[at : at+gap])
		at += gap
		spans = append(spans, Span{points + lead, points + lead + length})

		// One character on, not one match on, so that overlapping places are found.
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
		points++
	}
	return spans
}

// byteAfter returns the number of bytes that the first n code points of s take.
func byteAfter(s string, n int) int {
	if n >= 0 {
		for i := range s {
			if n == 0 {
				return i
			}
			n--
		}
	}
	if n != 0 {
		panic(fmt.Sprintf("text: offset outside a text of %d code points", utf8.RuneCountInString(s)))
	}
	return len(s)
}
