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
	case period, ellipsis:
		kind, _ := s.marks(s.firstAt)
		return kind != ellipsis || s.opened == other || s.opened == openBracket // "... and so on"
	case comma, question, certain, closeBracket, closeQuote:
		return true
	}
	return false
}

// smallStart reports whether a small letter begins a sentence all the same, as in hasty writing: after a sentence that began
// with one itself, after a word too long to be an abbreviation, and sooner before a word that begins sentences. Before ?
// and ! a capital tells of a name: "Yahoo! and".
func (s *stop) smallStart() bool {
	if s.first != lower || !s.spaced() || s.closed != other || s.habit() != alwaysEnds {
		return false
	}
	word := s.wordBefore()
	length := utf8.RuneCountInString(word)
	common := s.language.starters.has(s.wordAfter())
	switch began, _ := characterAt(s.text, s.start); {
	case isLower(word) && (began == lower || length > 6 && s.kind == period):
		return true
	case s.kind == period:
		return common && length > 3
	}
	return common && isLower(word)
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
