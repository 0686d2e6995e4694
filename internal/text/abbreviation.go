package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A habit is when a period after a word ends the sentence as well.
type habit uint8

const (
	ends            habit = iota // always: the word is no abbreviation
	neverEnds                    // never: what it abbreviates leads to what follows: "Mr.", "z. B."
	notBeforeNumber              // unless a number follows: "No. 5"
	beforeStarter                // only before a word that begins sentences: "Inc.", "U.S."
	beforeCapital                // before any capital: "etc.", "p.m."
)

// habit says what a period after the word before the stop means.
func (s *stop) habit() habit {
	word := strings.TrimLeft(s.wordBefore(), ".-")
	if word == "" {
		return ends
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
	if _, tail, found := strings.Cut(word, "-"); found && !strings.Contains(word, ".") {
		if h, known := s.language.abbreviation(tail); known {
			return h
		}
	}
	switch {
	case isNumber(word):
		if s.language.ordinals && len(word) <= 3 && !s.fraction(start) {
			return beforeStarter
		}
		return ends
	case s.language.ordinals && isRoman(word):
		return beforeStarter
	case isInitial(word), isConsonants(word):
		if follows(s.text, start, digit) && !isCyrillic(word) && !isCapital(word) {
			return beforeCapital // a unit: "5 km."
		}
		return beforeStarter
	case isDotted(word):
		return beforeStarter
	}
	return ends
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
// not. A single capital is an initial and no "p." or "г.".
func (l *language) abbreviation(word string) (habit, bool) {
	if h, known := l.abbreviations[word]; known || isCapital(word) && isInitial(word) {
		return h, known
	}
	var buffer [64]byte
	h, known := l.abbreviations[string(appendLower(buffer[:0], word))]
	return h, known
}

// isInitial reports whether a word is one letter, whatever marks it carries, in a script that writes initials with a
// period.
func isInitial(word string) bool {
	first, width := utf8.DecodeRuneInString(word)
	if !unicode.IsLetter(first) || unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Devanagari) {
		return false
	}
	for _, r := range word[width:] {
		if !unicode.IsMark(r) {
			return false
		}
	}
	return true
}

// isDotted reports whether a word is letters, by one or two, with periods between them: "U.S", "p.m", "т.е", "J.-C".
func isDotted(word string) bool {
	letters, periods := 0, 0
	for _, r := range word {
		switch {
		case r == '.':
			letters = 0
			periods++
		case unicode.IsLetter(r):
			if letters++; letters > 2 {
				return false
			}
		case r != '-' && !unicode.IsMark(r):
			return false
		}
	}
	return periods > 0
}

// isConsonants reports whether a Latin or Cyrillic word has no vowel, as words that are cut short have: "Ltd", "bzw",
// "млрд". All in capitals it is an acronym, which is a word.
func isConsonants(word string) bool {
	small := false
	for _, r := range word {
		if !unicode.In(r, unicode.Latin, unicode.Cyrillic) || strings.ContainsRune(vowels, unicode.ToLower(r)) {
			return false
		}
		small = small || unicode.IsLower(r)
	}
	return small
}

const vowels = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿąęėįųűőāēīōūăŏı" + "аеёиоуыэюяіїєү"

// isRoman reports whether a word is a Roman numeral in capitals, of more than one digit.
func isRoman(word string) bool {
	return len(word) > 1 && strings.Trim(word, "IVXLC") == ""
}

func isNumber(word string) bool {
	return word != "" && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func isLower(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLower(r) }) < 0
}

func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

func isCyrillic(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Cyrillic, r)
}

func isArabic(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Arabic, r)
}

// appendLower appends a word in small letters, without an allocation where the buffer is long enough.
func appendLower(buffer []byte, word string) []byte {
	for _, r := range word {
		buffer = utf8.AppendRune(buffer, unicode.ToLower(r))
	}
	return buffer
}
