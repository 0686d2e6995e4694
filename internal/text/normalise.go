package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NotTextError says why an input cannot be text, and where the first thing that cannot be text stands.
type NotTextError struct {
	Reason    string // "NUL" or "invalid UTF-8"
	Byte      int    // bytes before it
	CodePoint int    // code points before it
}

func (e *NotTextError) Error() string {
	return fmt.Sprintf("not text: %s at code point %d (byte %d)", e.Reason, e.CodePoint, e.Byte)
}

// Normalise returns s as the product keeps text: valid UTF-8 in Unicode Normalization Form C, LF line ends, and no
// control characters (category Cc) save tab and LF.
//
// CR LF, CR, VT, FF, U+0085, U+2028 and U+2029 each become one LF. Byte order marks before the first character and
// other control characters are dropped. White space is left as it stands. A run of more than 30 combining marks is
// broken by U+034F, as the Stream-Safe Text Format of UAX #15 has it.
//
// NUL and invalid UTF-8 mean that s was not text to begin with: the answer is then a *NotTextError. Normalising twice
// gives what normalising once gives.
func Normalise(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	return norm.NFC.String(clean(s)), nil
}

// NormaliseLine returns s as a field of one line, such as a name: normalised as by Normalise, each run of white space
// (line ends and no-break spaces too) one space, none at either end. It fails as Normalise does.
func NormaliseLine(s string) (string, error) {
	s, err := Normalise(s)
	if err != nil {
		return "", err
	}
	// Trimming may bring a byte order mark to the front, where it means nothing.
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r == bom || unicode.IsSpace(r) })
	return strings.Join(strings.Fields(s), " "), nil
}

const bom = '\uFEFF'

// checkText returns a *NotTextError for the first NUL or invalid byte of s.
func checkText(s string) error {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return nil
	}
	points := 0
	for i, r := range s {
		switch {
		case r == 0:
			return &NotTextError{Reason: "NUL", Byte: i, CodePoint: points}
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return &NotTextError{Reason: "invalid UTF-8", Byte: i, CodePoint: points}
			}
		}
		points++
	}
	return nil
}

// clean makes line ends LF and drops other control characters and leading byte order marks.
func clean(s string) string {
	// Most text has nothing to clean, and is then not copied.
	start := strings.IndexFunc(s, needsCleaning)
	if start < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:start])
	previous := rune(-1)
	for _, r := range s[start:] {
		switch {
		case r == '\n' && previous == '\r':
			// The CR before it has already become the line end.
		case isLineEnd(r):
			b.WriteByte('\n')
		case r == bom && b.Len() == 0:
		case r != '\t' && unicode.IsControl(r):
		default:
			b.WriteRune(r)
		}
		previous = r
	}
	return b.String()
}

// needsCleaning reports whether clean might change r. A byte order mark is kept inside a text, yet it is rare enough
// there for the copy not to matter.
func needsCleaning(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' && r != '\t' && r != '\n' || r == 0x7F
	}
	return r == bom || isLineEnd(r) || unicode.IsControl(r)
}

// isLineEnd reports whether r ends a line by the newline guidelines of the Unicode Standard, section 5.8.
func isLineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}
