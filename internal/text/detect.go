package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// DetectLanguage says which language a text is written in: a BCP 47 tag, of two letters where ISO 639-1 has one, or
// "und" for a text that shows none or too little to tell.
//
// Only its beginning is read. Trigrams (whatlanggo) decide where there are enough of them. On a headline they guess, so
// there it is the letters and the little words that only one language has.
func DetectLanguage(s string) string {
	s = beginning(s, 2000)
	guess := whatlanggo.Detect(s)
	reliable := guess.IsReliable()
	if guess.Script == nil {
		return undetermined
	}
	if guess.Script == unicode.Latin && (len(s) < 300 || !reliable) {
		return byLittleWords(s, guess.Lang.Iso6391(), reliable)
	}
	if tag := byLetters(s); tag != "" {
		return tag
	}
	if tag, shared := commonest[guess.Script]; shared && !reliable {
		return tag
	}
	return tagOf(guess.Lang)
}

const undetermined = "und"

// tagOf turns a language of whatlanggo into a BCP 47 tag.
func tagOf(language whatlanggo.Lang) string {
	if language == whatlanggo.Pes {
		return "fa"
	}
	if tag := language.Iso6391(); tag != "" {
		return tag
	}
	if tag := language.Iso6393(); tag != "" {
		return tag
	}
	return undetermined
}

// commonest is the language that a script which several share is most often read in.
var commonest = map[*unicode.RangeTable]string{
	unicode.Cyrillic: "ru", unicode.Arabic: "ar", unicode.Devanagari: "hi", unicode.Hebrew: "he", unicode.Ethiopic: "am",
}

// letters that a language of a shared script has, and none of those after it in the list.
var letters = []struct{ tag, own string }{
	{"be", "ўЎ"}, {"uk", "їЇєЄґҐіІ"}, {"mk", "ѓЃќЌѕЅ"}, {"sr", "ђЂћЋјЈљЉњЊџЏ"}, {"kk", "әӘғҒқҚңҢұҰ"}, {"ru", "ыЫэЭёЁ"}, {"bg", "ъЪ"},
	{"ps", "ټډړښځڅ"}, {"ckb", "ڕڵێۆ"}, {"ur", "ٹڈڑںے"}, {"fa", "پچژگ"}, {"ar", "ةأإىؤئيك"},
}

// byLetters returns the language that has letters of its own in the text, at least one in three hundred so that a foreign
// name does not count, and "" where none stands out.
func byLetters(s string) string {
	for _, language := range letters {
		own := 0
		for _, r := range s {
			if strings.ContainsRune(language.own, r) {
				own++
			}
		}
		if own > utf8.RuneCountInString(s)/300 {
			return language.tag
		}
	}
	return ""
}

// byLittleWords returns the language whose words that begin sentences, the commonest words of all, are many in the text:
// two at least, a fifth of it, and half as many again as those of any other language. Where they are fewer they can still
// bear out a reliable guess, if no other language has more.
func byLittleWords(s, guess string, reliable bool) string {
	best, second := "", ""
	votes := map[string]int{}
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	for _, tag := range []string{"en", "de", "fr", "es", "it", "pt", "nl", "pl"} {
		for _, word := range words {
			if languages[tag].starters.has(word) {
				votes[tag]++
			}
		}
		switch {
		case votes[tag] > votes[best]:
			best, second = tag, best
		case votes[tag] > votes[second]:
			second = tag
		}
	}
	switch {
	case votes[best] >= 2 && votes[best]*5 >= len(words) && votes[best]*2 >= votes[second]*3:
		return best
	case reliable && votes[guess] > 0 && votes[guess] == votes[best]:
		return guess
	}
	return undetermined
}

// beginning cuts a text to at most that many bytes, between two code points.
func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
