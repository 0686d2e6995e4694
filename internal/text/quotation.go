package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quotationGoesOn reports whether the sentence goes on after the quotation that the stop has just closed: where a cry stands
// in it like a word, before the words that report it, and before Japanese and Korean particles.
func (s *stop) quotationGoesOn() bool {
	if s.closed == other {
		return false
	}
	next, _ := utf8.DecodeRuneInString(s.text[s.firstAt:])
	closing, _ := utf8.DecodeLastRuneInString(s.text[:s.end])
	if unicode.Is(unicode.Hiragana, next) || unicode.Is(unicode.Hangul, next) && !s.spaced() || closing == '》' {
		return true
	}
	if opening := strings.LastIndexAny(s.text[s.start:s.mark], openings[closing]); opening > 0 {
		before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s.text[s.start:s.start+opening], " \u00a0"))
		return characterOf(before).word() && !strings.HasPrefix(s.text[s.mark:], "。")
	}
	return s.reported()
}

// speaksOn reports whether the clause that ends at pos introduces other words than the quotation before it: what follows its
// comma is not quoted, "“…。”他说，选举…".
func (s *stop) speaksOn(pos int) bool {
	c, width := characterAt(s.text, pos)
	next, _ := characterAt(s.text, skipBlanks(s.text, pos+width))
	return c == comma && next != openQuote && next != quote && next != straightQuote
}

// says reports whether a clause ends with a verb of saying, in a language that parts words by no blank.
func (l *language) says(clause string) bool {
	return slices.ContainsFunc(l.sayings, func(verb string) bool { return strings.HasSuffix(clause, verb) })
}

// openings holds the quotes that a closing one may belong to.
var openings = map[rune]string{
	'"': "\"", '”': "“„", '“': "„", '’': "‘", '‘': "‚", '»': "«", '«': "»", '」': "「", '』': "『", '）': "（",
}

// reported reports whether the clause that follows a quotation says who spoke it: one of its first words is a verb of
// saying. Where the verb comes last it has to end the clause.
func (s *stop) reported() bool {
	clause := s.text[s.firstAt:min(s.firstAt+80, len(s.text))]
	end := strings.IndexFunc(clause, func(r rune) bool {
		c := characterOf(r)
		return c != blank && !c.word()
	})
	if end < 0 {
		end = len(clause)
	}
	if s.language.says(clause[:end]) {
		return !s.speaksOn(s.firstAt + end)
	}
	clause = clause[:end]
	for n := 0; n < 4 && clause != ""; n++ {
		var word string
		word, clause, _ = strings.Cut(clause, " ")
		if s.language.reports.has(word) {
			return !s.language.verbLast || clause == ""
		}
	}
	return false
}
