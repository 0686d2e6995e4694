package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ends reports whether the sentence that the reader is in ends at the stop.
func (s *stop) ends() bool {
	if s.last() || s.insideBracket() {
		return false // the line's end is the sentence's, whatever the stop
	}
	switch s.kind {
	case certain:
		return s.certainEnds()
	case question:
		return s.questionEnds()
	case ellipsis:
		return s.ellipsisEnds()
	default:
		return s.periodEnds()
	}
}

// reach is how far ahead, in bytes, a bracket's other half is looked for: one that never closes holds nothing.
const reach = 400

// insideBracket reports whether the stop belongs to an aside: to a bracket that opened after the sentence began, and
// that closes at the stop or further on in the line. What a bracket holds from the sentence's first character on is no
// aside, and what begins as a sentence does after the bracket begins one.
func (s *stop) insideBracket() bool {
	if s.depth == 0 || strings.TrimSpace(s.text[s.start:s.bracket]) == "" {
		return false
	}
	if s.closed == closeBracket {
		return !s.starts()
	}
	ahead := s.text[s.end:min(s.end+reach, len(s.text))]
	for pos := 0; pos < len(ahead); {
		c, width := characterAt(ahead, pos)
		switch c {
		case closeBracket:
			return true
		case openBracket, lineEnd:
			return false
		}
		pos += width
	}
	return false
}

// certainEnds decides for the stops that have no other use. Only a comma, or a quotation that they close, can carry the
// sentence on.
func (s *stop) certainEnds() bool {
	if s.spaced() {
		return s.first != comma || s.closed == other
	}
	return s.first != comma && (s.opened != other || !s.quotationGoesOn())
}

// questionEnds decides for ? and !: the sentence goes on before a small letter, a comma, or the words that report the
// question, and after the title of a book.
func (s *stop) questionEnds() bool {
	switch {
	case s.goesOn(), s.mark == s.start:
		return false
	case !s.spaced():
		return s.first == letter && s.endsUncased() && !s.quotationGoesOn() || s.blankIsMissing()
	case s.closed == other, s.closed == closeBracket, s.first == upper && s.starts():
		return true
	}
	return !s.quotationGoesOn()
}

// ellipsisEnds decides for … and its spellings: at the beginning of a sentence they stand for what was left out there.
func (s *stop) ellipsisEnds() bool {
	return s.spaced() && !s.goesOn() && s.mark != s.start
}

// periodEnds decides for the one stop that abbreviates.
func (s *stop) periodEnds() bool {
	if s.goesOn() && !s.smallStart() || s.isListMarker() {
		return false
	}
	if !s.spaced() {
		return s.blankIsMissing()
	}
	if s.closed != other && s.first == letter && s.reported() {
		return false
	}
	switch s.habit() {
	case neverEnds:
		return false
	case notBeforeNumber:
		return s.first != digit && !isRoman(s.wordAfter())
	case beforeStarter:
		return s.first != digit && s.starts()
	case beforeCapital:
		return s.first != digit && (s.starts() || !s.justBegun() && !s.beforeInitial() && !s.language.continues.has(s.wordAfter()))
	default:
		return true
	}
}

// justBegun reports whether fewer than four words of the sentence precede the stop, too few for most: "At 10 a.m. Kane …".
func (s *stop) justBegun() bool {
	return strings.Count(s.text[s.start:s.mark], " ") < 3
}

// beforeInitial reports whether what follows is one letter with a period: the "C." of "700 a. C.".
func (s *stop) beforeInitial() bool {
	_, width := characterAt(s.text, s.firstAt)
	return strings.HasPrefix(s.text[s.firstAt+width:], ".")
}

// goesOn reports whether what follows cannot begin a sentence: a small letter, a comma or dash, another stop.
func (s *stop) goesOn() bool {
	switch s.first {
	case lower:
		_, width := characterAt(s.text, s.firstAt)
		second, _ := characterAt(s.text, s.firstAt+width)
		return second != upper && s.opened != openQuote // iPhone, ¿y …?
	case comma, period, ellipsis, question, certain, closeBracket, closeQuote:
		return true
	case other:
		r, _ := utf8.DecodeRuneInString(s.text[s.firstAt:])
		return !unicode.In(r, unicode.Sc, unicode.So) && !strings.ContainsRune("#@*•", r)
	}
	return false
}

// smallStart reports whether a small letter begins a sentence all the same, as in hasty writing: no abbreviation is as long
// as the word before.
func (s *stop) smallStart() bool {
	word := s.wordBefore()
	return s.first == lower && s.spaced() && s.closed == other && s.habit() == ends &&
		isLower(word) && utf8.RuneCountInString(word) > 6
}

// starts reports whether what follows begins as sentences do, where a capital alone says nothing: with a word that is
// seldom a name, or with a quotation.
func (s *stop) starts() bool {
	switch {
	case s.opened == openQuote:
		return true
	case s.first == letter:
		return false
	case s.opened == quote, s.opened == straightQuote:
		return s.first == upper
	case s.language.starters == nil:
		return s.first == upper
	}
	if s.beforeInitial() {
		return false
	}
	end := wordEnd(s.text, s.firstAt)
	if r, width := utf8.DecodeRuneInString(s.text[end:]); (r == '\'' || r == '’') && end-s.firstAt <= 2 {
		return s.language.starters.has(s.text[s.firstAt:end]+"'") || width > 0 && s.language.starters.has(s.wordAfter())
	}
	return s.language.starters.has(s.wordAfter())
}

// isListMarker reports whether the stop makes what it follows the number of an item: the word that stands first in the
// sentence, or after a colon, and is a short number or a single letter.
func (s *stop) isListMarker() bool {
	word := s.wordBefore()
	if word == "" || !isRoman(word) && utf8.RuneCountInString(word) > 1 && (len(word) > 2 || !isNumber(word)) {
		return false
	}
	before := s.text[s.start : s.mark-len(word)]
	return strings.Trim(before, " (") == "" || isNumber(word) && strings.HasSuffix(before, ": ")
}

// blankIsMissing reports whether a sentence ends without the blank that should follow it: "… in Rome.The …". Names of
// sites and files look alike, so that a plain word has to stand before, and a common one after.
func (s *stop) blankIsMissing() bool {
	if s.first == letter {
		return s.endsUncased() && isArabic(s.text[s.firstAt:]) && s.habit() == ends
	}
	if s.first != upper {
		return false
	}
	if s.closed != other && s.closed != closeBracket || s.opened != other {
		return s.habit() == ends
	}
	word := s.wordBefore()
	return len(word) > 2 && !strings.ContainsAny(word, ".-") && isLower(word) && s.language.starters != nil && s.starts()
}

// endsUncased reports whether the character before the stop is a letter of a script without capitals.
func (s *stop) endsUncased() bool {
	r, _ := utf8.DecodeLastRuneInString(s.text[s.start:s.mark])
	return characterOf(r) == letter
}

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
// saying.
func (s *stop) reported() bool {
	clause := s.text[s.firstAt:min(s.firstAt+60, len(s.text))]
	if end := strings.IndexFunc(clause, func(r rune) bool {
		c := characterOf(r)
		return c != blank && c != lower && !c.word()
	}); end >= 0 {
		clause = clause[:end]
	}
	if strings.ContainsAny(clause[:min(27, len(clause))], s.language.saying) {
		return true
	}
	for n := 0; n < 4 && clause != ""; n++ {
		var word string
		word, clause, _ = strings.Cut(clause, " ")
		if s.language.reports.has(word) {
			return true
		}
	}
	return false
}
