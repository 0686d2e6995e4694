package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTermsAreWordsWithoutCaseAndDiacritics(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" \n\t!?… — 🗳 ©":               "",
		"The vote was RIGGED.":         "the vote was rigged",
		"Orbán, ORBÁN, Orba\u0301n":    "orban orban orban",
		"Łukasz Øresund Đoković Åland": "lukasz oresund dokovic aland",
		"Straße STRASSE ẞ œuvre Æther": "strasse strasse ss oeuvre aether",
		"İstanbul ISPARTA ısparta i̇":  "istanbul isparta isparta i",
		"Σίσυφος ΣΊΣΥΦΟΣ":              "σισυφοσ σισυφοσ",
		"ᾳ ΐ":                          "α ι",
		"Ёлка Йод ЙОД":                 "елка иод иод",
		"minister's don’t з'їзд зʼїзд": "minister s don t з ізд з ізд",
		"well-known e-mail":            "well known e mail",
		"ledger.example/a_b #StopIt":   "ledger example a b stopit",
		"T0085.001 1,000 2024":         "t0085 001 1 000 2024",
		"½ x² Ⅷ ﬁne ＡＢＣ":               "1 2 x2 viii fine abc",
		"٢٠٢٤ २०२४ 𝟚":                  "2024 2024 2",
		"soft\u00adhyphen zero\u200bwidth می\u200cخواهم": "softhyphen zero width ميخواهم",
		"الإِنتخابات أحمد آل ٱلله كتـــاب":               "الانتخابات احمد ال الله كتاب",
		"علی على علي مدرسة":                              "علي علي علي مدرسه",
		"שָׁלוֹם":                                        "שלום",
		"चुनाव क़लम":                                     "चुनाव क\u093cलम",
		"选举舞弊":                                           "选 举 舞 弊",
		"2024年美国选举":                                      "2024 年 美 国 选 举",
		"がんばれ ガ ﾊﾟー 々":                                   "か\u3099 ん は\u3099 れ カ\u3099 ハ\u309a ー 々",
		"เลือกตั้ง":                                      "เ ล ื อ ก ต ั ้ ง",
		"น้ำ":                                            "น ้ \u0e4d า",
		"ការបោះឆ្នោត":                                    "ក ា រ ប ោ ះ ឆ ្ ន ោ ត",
		"선거":                                             "\u1109\u1165\u11ab\u1100\u1165",
		"\u0301 a \u0301b":                               "a b",
		"☝\ufe0fa":                                       "a",
		"a\xffb":                                         "a b",
	} {
		if got := strings.Join(words(text), " "); got != want {
			t.Errorf("Terms(%q) = %q; want %q", text, got, want)
		}
	}
}

func TestATermSaysWhereItStoodInCodePoints(t *testing.T) {
	for text, want := range map[string]string{
		"Orba\u0301n’s Straße 🗳 vote": "[0 6) [7 8) [9 15) [18 22)",
		"选举 が":                        "[0 1) [1 2) [3 4)",
		"か\u3099x ﾊﾟ":                 "[0 2) [2 3) [4 6)",
		"น้ำใจ":                       "[0 1) [1 2) [2 3) [2 3) [3 4) [4 5)",
		"ตั้ง":                        "[0 1) [1 2) [2 3) [3 4)",
		"½":                           "[0 1) [0 1)",
	} {
		var got []string
		for term := range Terms(text) {
			got = append(got, fmt.Sprintf("[%d %d)", term.Start, term.End))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Terms(%q) stand at %s; want %s", text, got, want)
		}
	}
}

func TestALongTermIsCutAndEndsWhereItDoes(t *testing.T) {
	for _, letter := range []string{"x", "ж", "한", "𐐨"} {
		text := strings.Repeat(letter, 5000)
		var got []Term
		for term := range Terms(text + " end") {
			got = append(got, term)
		}
		if len(got) != 2 || len(got[0].Text) > maxTerm || len(got[0].Text) < maxTerm-8 || !utf8.ValidString(got[0].Text) || got[0].End != 5000 || got[1].Text != "end" {
			t.Errorf("%d terms, the first of %d bytes until %d; want 2, of at most %d until 5000", len(got), len(got[0].Text), got[0].End, maxTerm)
		}
	}
}

func TestEveryDigitHasItsValue(t *testing.T) {
	for _, zero := range []rune{'0', '٠', '۰', '०', '০', '௦', '๐', '០', '０', '𝟎', '𝟘', '𞥐'} {
		for i := range rune(10) {
			if got := digit(zero + i); got != i {
				t.Errorf("digit(%q) = %d; want %d", zero+i, got, i)
			}
		}
	}
}

// Where terms are read is whatever reads them: they may stop.
func TestTermsCanBeLeft(t *testing.T) {
	n := 0
	for range Terms("one 选 two three") {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d terms were read; want 2", n)
	}
}

// FuzzTerms: whatever the text, its terms are in order and within it, none can be taken for syntax of an engine or for the
// gap, and the terms of the terms are the terms.
func FuzzTerms(f *testing.F) {
	for _, text := range []string{"The vote", "Orbán İ ß", "选举が", "น้ำ เลือกตั้ง", "a\u0301\u0301\u034f\u0301", "'\"\\¶:*&|!()<->", "ᾈ ŉ ǅ ﷺ", "\xff\x00", strings.Repeat("a\u0301", 300), "क़ ்", "ﾊﾟ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, last := utf8.RuneCountInString(text), Term{}
		var all []string
		for term := range Terms(text) {
			if term.Start >= term.End || term.Start < last.Start || term.End < last.End || term.End > n {
				t.Fatalf("Terms(%q) has [%d, %d) after [%d, %d), of %d", text, term.Start, term.End, last.Start, last.End, n)
			}
			if term.Text == "" || len(term.Text) > maxTerm || !utf8.ValidString(term.Text) {
				t.Fatalf("Terms(%q) has %q", text, term.Text)
			}
			for _, r := range term.Text {
				if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) || 'A' <= r && r <= 'Z' {
					t.Fatalf("Terms(%q) has %q, with %q", text, term.Text, r)
				}
			}
			all, last = append(all, term.Text), term
		}
		if again := words(strings.Join(all, " ")); !slices.Equal(again, all) {
			t.Fatalf("Terms(%q) = %q, the terms of which are %q", text, all, again)
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	for name, text := range map[string]string{
		"ASCII":    strings.Repeat("The minister denied on Friday that her government had meddled in the vote. ", 100),
		"Cyrillic": strings.Repeat("Министр в пятницу опровергла вмешательство правительства в выборы. ", 100),
		"Han":      strings.Repeat("部长周五否认其政府干预选举。", 100),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for range Terms(text) {
				}
			}
		})
	}
}

// words are the terms of a text without their places.
func words(text string) []string {
	var all []string
	for t := range Terms(text) {
		all = append(all, t.Text)
	}
	return all
}
