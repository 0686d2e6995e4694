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
	if s.depth == 0 || s.bracket == s.start {
		return false
	}
	if s.closed == closeBracket {
		return !s.starts()
	}
	ahead := s.text[s.end:min(s.end+reach, len(s.text))]
	for pos, depth := 0, 1; pos < len(ahead); {
		c, width := characterAt(ahead, pos)
		switch c {
		case openBracket:
			depth++
		case closeBracket:
			depth--
		case lineEnd:
			return false
		}
		if depth == 0 {
			return true
		}
		pos += width
	}
	return false
}

// certainEnds decides for the stops that have no other use. Only a comma, or a quotation that they close, can carry the
// sentence on, and a stop after such a quotation does.
func (s *stop) certainEnds() bool {
	switch {
	case s.first == certain && s.closed != other:
		return false
	case s.first == comma:
		return s.spaced()
	case s.closed == other, s.opened != other:
		return true
	case s.spaced():
		return !s.language.verbLast || !s.reported()
	}
	return !s.quotationGoesOn()
}

// questionEnds decides for ? and !: the sentence goes on before a small letter, a comma, or the words that report the
// question, and after the title of a book.
func (s *stop) questionEnds() bool {
	switch {
	case s.goesOn():
		return s.smallStart()
	case !s.spaced():
		return s.first == letter && s.endsUncased() && !s.quotationGoesOn() || s.blankIsMissing()
	case s.closed == other, s.closed == closeBracket, s.first == upper && s.starts():
		return true
	}
	return !s.quotationGoesOn()
}

// ellipsisEnds decides for … and its spellings: at the beginning of a sentence they stand for what was left out there.
// Without a blank after them they end a sentence only with a quotation, as in scripts that put none there.
func (s *stop) ellipsisEnds() bool {
	if s.goesOn() || !strings.ContainsFunc(s.text[s.start:s.mark], unicode.IsLetter) {
		return false
	}
	if !s.spaced() {
		return s.closed != other && !s.quotationGoesOn()
	}
	return s.closed == other || s.starts() || !s.reported()
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
		return s.starts()
	case beforeCapital:
		return s.first != digit && (s.starts() || !s.justBegun() && !s.beforeInitial() && !s.language.continues.has(s.wordAfter()))
	default:
		return true
	}
}

// justBegun reports whether fewer than four words of the sentence precede the stop, too few for most: "At 10 a.m. Kane …".
func (s *stop) justBegun() bool {
	return s.mark-s.start < 60 && strings.Count(s.text[s.start:s.mark], " ") < 3
}

// isListMarker reports whether the stop makes what it follows the number of an item: the word that stands first in the
// sentence, or after a colon, and is a short number or a single letter.
func (s *stop) isListMarker() bool {
	word := s.wordBefore()
	if word == "" || !isRoman(word) && utf8.RuneCountInString(word) > 1 && (len(word) > 2 || !isNumber(word)) {
		return false
	}
	before := s.text[s.start : s.mark-len(word)]
	return before == "" || before == "(" || isNumber(word) && strings.HasSuffix(before, ": ")
}

// blankIsMissing reports whether a sentence ends without the blank that should follow it: "… in Rome.The …". Names of
// sites and files look alike, so that a plain word has to stand before, and a common one after, save in scripts that such
// names are not written in.
func (s *stop) blankIsMissing() bool {
	if s.first == letter {
		next, _ := utf8.DecodeRuneInString(s.text[s.firstAt:])
		return unicode.In(next, unicode.Arabic, unicode.Devanagari) && s.habit() == alwaysEnds
	}
	if s.first != upper {
		return false
	}
	if s.closed != other && s.closed != closeBracket || s.opened != other {
		return s.habit() == alwaysEnds
	}
	word := s.wordBefore()
	return len(word) > 2 && !strings.ContainsAny(word, ".-") && isLower(word) && s.language.starters != nil && s.starts()
}

// endsUncased reports whether the character before the stop is a letter of a script without capitals.
func (s *stop) endsUncased() bool {
	r, _ := utf8.DecodeLastRuneInString(s.text[s.start:s.mark])
	return characterOf(r) == letter
}
