package text_test

import (
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
