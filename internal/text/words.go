package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a quote in the form in which two quotes are compared: letters, marks and digits alone, in
// compatibility form (NFKC) and with case folded, one space between words. Quotation marks, dashes, line ends and whatever
// else printers do differently make no difference. A quote without letters and digits is what it is, by single spaces.
func Words(s string) string {
	if words := wordsOfASCII(s); words != "" {
		return words
	}
	s = folded(s)
	s = strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) { // soft hyphens, joiners, marks of direction
			return -1
		}
		return r
	}, s)
	words := strings.FieldsFunc(s, func(r rune) bool { return !isOfWord(r) })
	if len(words) == 0 {
		words = strings.Fields(s)
	}
	return strings.Join(words, " ")
}

// wordsOfASCII is Words of a quote in which there is nothing but ASCII, and at least one word; else it is empty.
func wordsOfASCII(s string) string {
	words := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return ""
		case 'A' <= c && c <= 'Z':
			words = append(words, c+'a'-'A')
		case isOfWord(rune(c)):
			words = append(words, c)
		case len(words) > 0 && words[len(words)-1] != ' ':
			words = append(words, ' ')
		}
	}
	return strings.TrimSuffix(string(words), " ")
}

// folded is s in compatibility form and with case folded.
func folded(s string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// isOfWord tells whether a code point is a letter, a mark or a digit; capitals are folded by then.
func isOfWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}
