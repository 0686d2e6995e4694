package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quotationGoesOn reports whether the sentence goes on after the quotation that the stop has just closed: where nothing
// introduced it, so that it is a part of the sentence, before the words that report it, and before Japanese particles.
func (s *stop) quotationGoesOn() bool {
	if s.closed == other {
		return false
	}
	next, _ := utf8.DecodeRuneInString(s.text[s.firstAt:])
	closing, _ := utf8.DecodeLastRuneInString(s.text[:s.end])
	if unicode.Is(unicode.Hiragana, next) || closing == '》' {
		return true
	}
	if opening := strings.LastIndexAny(s.text[s.start:s.mark], openings[closing]); opening > 0 {
		before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s.text[s.start:s.start+opening], " \u00a0"))
		return characterOf(before).word()
	}
	return s.reported()
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
	for _, verb := range s.language.sayings {
		if strings.HasSuffix(clause[:end], verb) {
			return true
		}
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
