// Package search says what a text is found by: the terms of texts and of queries, and which texts a query matches. The
// engines of internal/store index exactly these terms, so that all of them find the same.
package search

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Term is a word of a text in the form in which it is searched, and where it stands there: the code points [Start, End).
type Term struct {
	Text       string
	Start, End int
}

// maxTerm is where a term is cut, in bytes. PostgreSQL takes lexemes of less than 2 KiB.
const maxTerm = 200

// Terms are the terms of a text in order.
//
// A term is a run of letters and digits, compatibility-decomposed (NFKD) and without case. Latin, Greek, Cyrillic, Arabic and
// Hebrew letters lose their diacritics, and letters that only look like they had some are what most people type for them
// (ł is l, ø is o, ß is ss). Decimal digits are 0 to 9 in every script. Apostrophes, hyphens and all other signs
// separate. In scripts that write no spaces (Han, kana, Thai, Lao, Khmer, Myanmar) each code point is a term, so that a
// substring is a phrase. A term is cut at 200 bytes. Terms of terms, separated by spaces, are the same terms.
func Terms(text string) iter.Seq[Term] {
	return func(yield func(Term) bool) {
		scan(text, func(term []byte, start, end int) bool { return yield(Term{string(term), start, end}) })
	}
}

// scan calls yield with the terms of a text in order, until it is false. A term is yield's only until it returns.
func scan(text string, yield func(term []byte, start, end int) bool) {
	s := scanner{yield: yield}
	at := 0 // in code points
	for len(text) > 0 && !s.stopped {
		if text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
			s.ascii(text[0], at)
			text, at = text[1:], at+1
			continue
		}
		// What comes up to the next boundary is decomposed together: a letter and its marks may change places.
		n := norm.NFKD.NextBoundaryInString(text, true)
		at = s.segment(text[:n], at)
		text = text[n:]
	}
	s.flush()
}

// scanner gathers the code points of one term after the other.
type scanner struct {
	yield      func(term []byte, start, end int) bool
	stopped    bool
	term       []byte
	start, end int
	single     bool // the term is one code point of a script without spaces
	bare       bool // marks on its last letter are dropped
	cut        bool // it is as long as a term may be
	decomposed []byte
}

func (s *scanner) flush() {
	if len(s.term) > 0 && !s.stopped {
		s.stopped = !s.yield(s.term, s.start, s.end)
	}
	s.term, s.single, s.cut = s.term[:0], false, false
}

func (s *scanner) ascii(b byte, at int) {
	switch {
	case 'A' <= b && b <= 'Z':
		b += 'a' - 'A'
	case 'a' <= b && b <= 'z', '0' <= b && b <= '9':
	default:
		s.flush()
		return
	}
	s.begin(at, false)
	s.bare, s.end = true, at+1
	if s.cut = s.cut || len(s.term) >= maxTerm; !s.cut {
		s.term = append(s.term, b)
	}
}

// segment reads a few code points that belong together, of which the first is at a place, and returns the place after them.
func (s *scanner) segment(text string, at int) int {
	s.decomposed = norm.NFKD.AppendString(s.decomposed[:0], text)
	after, step := at+utf8.RuneCountInString(text), 0
	if string(s.decomposed) == text {
		step = 1 // each code point is where it was
	}
	for _, r := range string(s.decomposed) {
		end := after
		if step == 1 {
			end = at + 1
		}
		s.read(r, at, end)
		at += step
	}
	return after
}

// read takes one code point that was decomposed, of [start, end).
func (s *scanner) read(r rune, start, end int) {
	switch letter := unicode.IsLetter(r); {
	case ignored(r):
	case r >= firstSpaceless && (letter || unicode.IsMark(r)) && unicode.In(r, spaceless...) || r == 'ー':
		s.flush()
		s.begin(start, true)
		s.bare = false
		s.add(r, end)
	case letter && !modifier(r):
		s.begin(start, false)
		s.bare = unicode.In(r, bared...)
		s.fold(r, end)
	case unicode.IsNumber(r):
		s.begin(start, false)
		s.bare = true
		s.fold(r, end)
	case !unicode.IsMark(r):
		s.flush()
	case len(s.term) > 0:
		if !s.bare {
			s.add(r, end)
		}
		s.end = end
	}
}

// begin makes sure that there is a term to add to.
func (s *scanner) begin(start int, single bool) {
	if s.single != single {
		s.flush()
	}
	if len(s.term) == 0 {
		s.start, s.single = start, single
	}
}

func (s *scanner) add(r rune, end int) {
	s.end = end
	s.cut = s.cut || len(s.term)+utf8.RuneLen(r) > maxTerm
	if !s.cut {
		s.term = utf8.AppendRune(s.term, r)
	}
}

// firstSpaceless is the first code point of all these scripts.
const firstSpaceless = '\u0e01'

var (
	// spaceless are the scripts that write no spaces between words.
	spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}
	// bared are the scripts whose letters lose their diacritics.
	bared = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}
)

// ignored tells whether a code point is as good as not there: invisible ones, save the space without width, variants of
// shape, and the Arabic stroke that makes a word longer.
func ignored(r rune) bool {
	if r < '\u00ad' {
		return false
	}
	return unicode.Is(unicode.Cf, r) && r != '\u200b' || unicode.Is(unicode.Variation_Selector, r) || r == '\u034f' || r == '\u0640'
}

// modifier tells whether a code point is a letter to Unicode and an apostrophe or the like to those who type it.
func modifier(r rune) bool { return '\u02b9' <= r && r <= '\u02bf' || r == '\u02c8' || r == '\u02cc' }

// alike are letters that are typed as others, and that have no decomposition to say so.
var alike = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ŋ': "n", 'ɖ': "d",
	'\u0671': "\u0627", // alef wasla: alef
	'\u0649': "\u064a", // alef maksura: yeh
	'\u06cc': "\u064a", // Farsi yeh: yeh
	'\u06a9': "\u0643", // keheh: kaf
	'\u0629': "\u0647", // teh marbuta: heh
}

// fold adds a letter or digit, decomposed already, without its case.
func (s *scanner) fold(r rune, end int) {
	if r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r) {
		r = '0' + digit(r)
	}
	r = unicode.ToLower(unicode.ToUpper(r)) // by way of the capital, which has one small letter where there are several
	if other, ok := alike[r]; ok {
		for _, o := range other {
			s.add(o, end)
		}
		return
	}
	s.add(r, end)
}

// digit is the value of a decimal digit: Unicode has the ten of a script in a row, and each row begins with its zero.
func digit(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	return 0
}
