package text

import (
	"unicode"
	"unicode/utf8"
)

// A character is what one code point may mean to whoever looks for the end of a sentence.
type character uint8

const (
	other         character = iota // symbols, and whatever has no part in this
	blank                          // a space of any kind that does not end the line
	lineEnd                        // a line feed, or another of Unicode's mandatory breaks
	lower                          // a small letter
	upper                          // a capital
	letter                         // a letter of a script without capitals
	digit                          //
	period                         // the stop that also abbreviates, groups digits and parts names
	ellipsis                       // …
	question                       // ? and !, after which the sentence may go on
	certain                        // a stop with no other use: 。 । ۔ and their kin
	comma                          // what carries a sentence on: comma, colon, semicolon, dash
	openBracket                    //
	closeBracket                   //
	openQuote                      // opens wherever it stands: „ 「 and ¿ ¡, which open a sentence likewise
	closeQuote                     // closes wherever it stands: ” 」
	quote                          // opens in one language and closes in another, or both in one: « » “ ‘ ’ '
	straightQuote                  // "
	unseen                         // direction marks and their like
)

// ascii holds the characters of the first 128 code points, which is where most of the reading happens.
var ascii = func() (table [utf8.RuneSelf]character) {
	for r := range rune(utf8.RuneSelf) {
		table[r] = characterOf(r)
	}
	return table
}()

// characterAt reads the code point at a byte offset and says how many bytes it takes. At the end of the text it reads a
// line's end.
func characterAt(s string, pos int) (character, int) {
	if pos >= len(s) {
		return lineEnd, 0
	}
	if b := s[pos]; b < utf8.RuneSelf {
		return ascii[b], 1
	}
	r, width := utf8.DecodeRuneInString(s[pos:])
	return characterOf(r), width
}

func characterOf(r rune) character {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return lineEnd
	case '.', '．', '․', '﹒', '۔': // the last is Urdu's, which abbreviates too
		return period
	case '?', '!', '؟', '‼', '⁇', '⁈', '⁉', '‽':
		return question
	case '…', '⋯':
		return ellipsis
	case ',', ';', ':', '-', '،', '؛', '、', '，', '；', '：', '·', '&', '/':
		return comma
	case '"':
		return straightQuote
	case '„', '‚', '¿', '¡':
		return openQuote
	case '”':
		return closeQuote
	case '“', '‘', '’', '\'', '`':
		return quote
	}
	switch {
	case r >= '一' && r <= '鿿', r >= '가' && r <= '힣', r >= 'ऀ' && r <= 'ॣ', r >= 'ؠ' && r <= 'ٟ':
		return letter // the bulk of Chinese, Korean, Hindi and Arabic, before the tables are asked
	case unicode.IsLower(r):
		return lower
	case unicode.IsUpper(r), unicode.IsTitle(r):
		return upper
	case unicode.IsLetter(r), unicode.IsMark(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	case unicode.IsSpace(r):
		return blank
	case unicode.Is(unicode.Sentence_Terminal, r):
		return certain
	case unicode.In(r, unicode.Pi, unicode.Pf):
		return quote
	case '「' <= r && r <= '』', '〝' <= r && r <= '〟', '｢' <= r && r <= '｣':
		if unicode.Is(unicode.Ps, r) {
			return openQuote
		}
		return closeQuote
	case unicode.Is(unicode.Ps, r):
		return openBracket
	case unicode.Is(unicode.Pe, r):
		return closeBracket
	case unicode.Is(unicode.Pd, r):
		return comma
	case unicode.Is(unicode.Cf, r):
		return unseen
	}
	return other
}

// isDash reports whether a character begins a speaker's turn or an item of a list.
func isDash(r rune) bool {
	return r == '·' || unicode.Is(unicode.Pd, r)
}

// word reports whether a character can stand in the middle of a word.
func (c character) word() bool {
	return c == lower || c == upper || c == letter || c == digit
}
