package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A habit is when a period after a word ends the sentence as well.
type habit uint8

const (
	alwaysEnds      habit = iota // always: the word is no abbreviation
	neverEnds                    // never: what it abbreviates leads to what follows: "Mr.", "z. B."
	notBeforeNumber              // unless a number follows: "No. 5"
	beforeStarter                // only before a word that begins sentences: "Inc.", "U.S."
	beforeCapital                // before any capital: "etc.", "p.m."
)

// habit says what a period after the word before the stop means.
func (s *stop) habit() habit {
	word := strings.TrimLeft(s.wordBefore(), ".-")
	if word == "" {
		return alwaysEnds
	}
	start := s.mark - len(word)
	if pair := s.pairBefore(start); pair != "" {
		if h, known := s.language.abbreviation(pair + "." + word); known {
			return h
		}
	}
	if h, known := s.language.abbreviation(word); known {
		return h
	}
	switch {
	case s.language.ordinals && (isOrdinal(word) && !s.fraction(start) || isRoman(word)):
		return beforeStarter
	case isInitial(word), isConsonants(word):
		if follows(s.text, start, digit) && !isCapital(word) {
			return beforeCapital // a unit: "5 km."
		}
		return beforeStarter
	case isDotted(word):
		return beforeStarter
	}
	if link := strings.LastIndexAny(word, ".-"); link >= 0 && (word[link] == '-' || isDotted(word[:link+1])) {
		if h, known := s.language.abbreviation(word[link+1:]); known {
			return h // the last of a chain: "ex-Gov", "ओ.पी.डब्लू"
		}
	}
	return alwaysEnds
}

// pairBefore returns the abbreviation of three letters or fewer that stands before the word at start, without its
// period: the "z" of "z. B.".
func (s *stop) pairBefore(start int) string {
	end := len(strings.TrimRightFunc(s.text[s.start:start], unicode.IsSpace)) + s.start
	if end == start || end <= s.start || s.text[end-1] != '.' {
		return ""
	}
	first := wordStart(s.text, max(s.start, end-13), end-1)
	word := s.text[first : end-1]
	if utf8.RuneCountInString(word) > 3 {
		return ""
	}
	return word
}

// fraction reports whether the number at start is the second half of one: the 5 of "3,5", the 1 of "3:1".
func (s *stop) fraction(start int) bool {
	c, _ := characterAt(s.text, max(start-1, 0))
	return c == comma
}

// follows reports whether what stands before pos, blanks aside, is of the kind.
func follows(s string, pos int, kind character) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(s[max(0, pos-8):pos], unicode.IsSpace))
	return characterOf(r) == kind
}

// abbreviation looks a word up as it is written, then in small letters: "Sat" is in the table of English so that "sat" is
// not. A word in capitals is an initial or an acronym, and no "p.", "г." or "eg.".
func (l *language) abbreviation(word string) (habit, bool) {
	if h, known := l.abbreviations[word]; known || isAcronym(word) {
		return h, known
	}
	var buffer [64]byte
	h, known := l.abbreviations[string(appendLower(buffer[:0], word))]
	return h, known
}
