package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordBefore returns the word that the stop stands at, with the periods and hyphens inside it: "Mr", "p.m", "J.-C", "".
// A word of more than 24 bytes comes back cut, for none of that length is an abbreviation.
func (s *stop) wordBefore() string {
	return s.text[wordStart(s.text, max(s.start, s.mark-24), s.mark):s.mark]
}

// wordStart walks back from end, at most to limit, over a word and the periods and hyphens inside it.
func wordStart(s string, limit, end int) int {
	pos := end
	for pos > limit {
		r, width := utf8.DecodeLastRuneInString(s[limit:pos])
		if c := characterOf(r); !c.word() && c != unseen && r != '.' && r != '-' {
			break
		}
		pos -= width
	}
	return pos
}

// wordAfter returns the first word of what follows, up to its first character that is no letter or digit.
func (s *stop) wordAfter() string {
	return s.text[s.firstAt:wordEnd(s.text, s.firstAt)]
}

func wordEnd(s string, pos int) int {
	for {
		c, width := characterAt(s, pos)
		if !c.word() {
			return pos
		}
		pos += width
	}
}

// isInitial reports whether a word is one letter in a script that writes initials with a period. The marks that it
// carries make it no longer, save in Hindi, where they make words: "है".
func isInitial(word string) bool {
	first, width := utf8.DecodeRuneInString(word)
	if !unicode.IsLetter(first) || unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		return false
	}
	for _, r := range word[width:] {
		if !unicode.IsMark(r) || unicode.Is(unicode.Devanagari, r) {
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
// "млрд". With several capitals it is an acronym, which is a word.
func isConsonants(word string) bool {
	capitals := 0
	for _, r := range word {
		if !unicode.In(r, unicode.Latin, unicode.Cyrillic) || strings.ContainsRune(vowels, unicode.ToLower(r)) {
			return false
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals < 2
}

const vowels = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿąęėįųűőāēīōūăŏı" + "аеёиоуыэюяіїєү"

// isRoman reports whether a word is a Roman numeral in capitals, of more than one digit.
func isRoman(word string) bool {
	return len(word) > 1 && strings.Trim(word, "IVXLC") == ""
}

// isOrdinal reports whether a word is a number as ordinals and days have: "5", "100", "24.12".
func isOrdinal(word string) bool {
	day, month, dated := strings.Cut(word, ".")
	if dated {
		return isNumber(day) && isNumber(month) && len(day) <= 2 && len(month) <= 2
	}
	return isNumber(word) && len(word) <= 3
}

func isNumber(word string) bool {
	return word != "" && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func isLower(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLower(r) }) < 0
}

// isAcronym reports whether a word is capitals throughout.
func isAcronym(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsUpper(r) }) < 0
}

func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// appendLower appends a word in small letters, without an allocation where the buffer is long enough.
func appendLower(buffer []byte, word string) []byte {
	for _, r := range word {
		buffer = utf8.AppendRune(buffer, unicode.ToLower(r))
	}
	return buffer
}
