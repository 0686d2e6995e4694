package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a quote in the form in which two quotes are compared: letters, marks and digits alone, in
// compatibility form (NFKC) and with case folded, one space between words. Quotation marks, dashes, line ends and whatever
// else printers do differently make no difference. A quote without letters and digits is what it is, by single spaces.
func Words(s string) string {
	s = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // soft hyphens, joiners, marks of direction
			return -1
		}
		return r
	}, s)
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	if len(words) == 0 {
		words = strings.Fields(s)
	}
	return strings.Join(words, " ")
}
