package text

import (
	"strings"
	"unicode/utf8"
)

// goesOn reports whether what follows cannot begin a sentence: a small letter, a comma or dash, another stop.
func (s *stop) goesOn() bool {
	switch s.first {
	case lower:
		_, width := characterAt(s.text, s.firstAt)
		second, _ := characterAt(s.text, s.firstAt+width)
		return second != upper && s.opened != openQuote // iPhone, ¿y …?
	case comma, period, ellipsis, question, certain, closeBracket, closeQuote:
		return true
	}
	return false
}

// smallStart reports whether a small letter begins a sentence all the same, as in hasty writing: no abbreviation is as long
// as the word before.
func (s *stop) smallStart() bool {
	word := s.wordBefore()
	return s.first == lower && s.spaced() && s.closed == other && s.habit() == alwaysEnds &&
		isLower(word) && utf8.RuneCountInString(word) > 6
}

// starts reports whether what follows begins as sentences do, where a capital alone says nothing: with a word that is
// seldom a name, or with a quotation.
func (s *stop) starts() bool {
	switch {
	case s.opened == openQuote:
		return true
	case s.opened == quote, s.opened == straightQuote:
		return s.first == upper
	case s.language.starters == nil:
		return s.first == upper
	}
	word := s.wordAfter()
	return !s.beforeInitial() && (s.language.starters.has(word) || s.isElided(word) && s.language.starters.has(word+"'"))
}

// isElided reports whether the first word of what follows leans on the second, as "L’" does in French.
func (s *stop) isElided(word string) bool {
	c, _ := characterAt(s.text, s.firstAt+len(word))
	return c == quote && len(word) <= len("qu")
}

// beforeInitial reports whether what follows is one letter with a period: the "C." of "700 a. C.".
func (s *stop) beforeInitial() bool {
	_, width := characterAt(s.text, s.firstAt)
	return strings.HasPrefix(s.text[s.firstAt+width:], ".")
}
