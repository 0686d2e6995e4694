package text_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"claimtracker/internal/text"
)

func TestQuotesOfTheSameWordsAreComparedAsEqual(t *testing.T) {
	for s, want := range map[string]string{
		"":                              "",
		"We would never do it":          "we would never do it",
		" “We would\nnever do it,” ":    "we would never do it",
		"\"WE WOULD — never — do it!\"": "we would never do it",
		"don't":                         "don t",
		"don’t":                         "don t",
		"re\u00adpub\u00adlic":          "republic",
		"Straße":                        "strasse",
		"é":                             "é",
		"e\u0301":                       "é",
		"10,000 ﬁles":                   "10 000 files",
		"我们不会干涉。":                       "我们不会干涉",
		"«Мы не вмешивались»":           "мы не вмешивались",
		"लोकतंत्र":                      "लोकतंत्र",
		"… ?!":                          "... ?!",
		"İstanbul":                      "i̇stanbul",
	} {
		if got := text.Words(s); got != want {
			t.Errorf("Words(%q) = %q; want %q", s, got, want)
		}
	}
}

// What is read by its bytes is what it would be beside a letter that is not ASCII.
func TestWordsOfASCIIAreThoseOfAnyText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		quote := make([]byte, r.IntN(30))
		for i := range quote {
			quote[i] = byte(r.IntN(0x80))
		}
		s := string(quote)
		got, beside := text.Words(s), text.Words(s+" é")
		if beside == "é" {
			beside = strings.Join(strings.Fields(strings.ToLower(s)), " ") + " é" // no words: what it is
		}
		if got+" é" != beside && got != "" {
			t.Errorf("Words(%q) = %q; beside another word %q", s, got, beside)
		}
	}
}
