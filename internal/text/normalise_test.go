package text

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNormalise(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"clean text stays as it is", "Polls open at 7.\n\tBring papers.\n", "Polls open at 7.\n\tBring papers.\n"},
		{"empty text stays empty", "", ""},
		{"Windows line ends become one LF", "one\r\ntwo\r\n", "one\ntwo\n"},
		{"a lone CR is a line end", "one\rtwo\r\r\nthree", "one\ntwo\n\nthree"},
		{"LF CR are two line ends", "one\n\rtwo", "one\n\ntwo"},
		{"vertical tab, form feed and next line are line ends", "a\vb\fc\u0085d", "a\nb\nc\nd"},
		{"line and paragraph separators are line ends", "a\u2028b\u2029c", "a\nb\nc"},
		{"CR then NEL are two line ends", "a\r\u0085b", "a\n\nb"},
		{"a control between CR and LF keeps them apart", "a\r\x01\nb", "a\n\nb"},
		{"other controls are dropped", "vo\x07te\x7Fs \x1B[1mnow\u009C", "votes [1mnow"},
		{"tab and no-break space stay", "a\tb\u00A0c", "a\tb\u00A0c"},
		{"a leading byte order mark is dropped", "\uFEFFvote", "vote"},
		{"several leading byte order marks are dropped", "\uFEFF\x01\uFEFFvote", "vote"},
		{"a byte order mark inside the text stays", "vo\uFEFFte", "vo\uFEFFte"},
		{"decomposed letters are composed", "re\u0301fe\u0301rendum", "référendum"},
		{"letters composed by dropping a control between them are composed", "e\x01\u0301", "é"},
		{"Hangul jamo are composed", "\u1112\u1161\u11AB", "한"},
		{"compatibility letters stay", "ﬁle №5", "ﬁle №5"},
		{"a replacement character is text", "a\uFFFDb", "a\uFFFDb"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Normalise(test.in)
			if err != nil || got != test.want {
				t.Errorf("Normalise(%+q) = %+q, %v; want %+q, nil", test.in, got, err, test.want)
			}
		})
	}
}

func TestNormaliseRefusesWhatIsNotText(t *testing.T) {
	tests := []struct {
		name, in, message string
		want              NotTextError
	}{
		{"NUL", "né\x00x", "not text: NUL at code point 2 (byte 3)", NotTextError{"NUL", 3, 2}},
		{"a stray continuation byte", "\x80", "not text: invalid UTF-8 at code point 0 (byte 0)", NotTextError{"invalid UTF-8", 0, 0}},
		{"a cut-off character", "да\xD0", "not text: invalid UTF-8 at code point 2 (byte 4)", NotTextError{"invalid UTF-8", 4, 2}},
		{"an encoded surrogate", "a\xED\xA0\x80", "not text: invalid UTF-8 at code point 1 (byte 1)", NotTextError{"invalid UTF-8", 1, 1}},
		{"the first of several", "\uFFFD\x00\x80", "not text: NUL at code point 1 (byte 3)", NotTextError{"NUL", 3, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Normalise(test.in)
			var notText *NotTextError
			if !errors.As(err, &notText) || *notText != test.want || err.Error() != test.message || got != "" {
				t.Errorf("Normalise(%+q) = %+q, %v; want \"\", %s", test.in, got, err, test.message)
			}
			if _, err := NormaliseLine(test.in); !errors.As(err, &notText) || *notText != test.want {
				t.Errorf("NormaliseLine(%+q) = %v; want %s", test.in, err, test.message)
			}
		})
	}
}

func TestNormaliseLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a clean name stays as it is", "The Harbour Ledger", "The Harbour Ledger"},
		{"blanks around it go", "  \t The Harbour Ledger\n", "The Harbour Ledger"},
		{"runs of white space become one space", "The  Harbour\r\n\tLedger", "The Harbour Ledger"},
		{"a no-break space becomes a space", "The\u00A0Harbour", "The Harbour"},
		{"a byte order mark behind blanks goes too", " \uFEFF The Harbour", "The Harbour"},
		{"white space alone is empty", " \n\u3000", ""},
		{"letters are composed", "Cafe\u0301 Ledger", "Café Ledger"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NormaliseLine(test.in)
			if err != nil || got != test.want {
				t.Errorf("NormaliseLine(%+q) = %+q, %v; want %+q, nil", test.in, got, err, test.want)
			}
		})
	}
}

// FuzzNormalise: what comes back is text as the product keeps it, and normalising it again changes nothing; what is
// refused is truly no text.
func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{"", "a\r\nb", "\uFEFF\u0301\r\x01\n", "e\x01\u0301", "a\x00", "\xFF", "\u1112\u1161\u11AB", strings.Repeat("\u0301", 70)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := Normalise(s)
		if err != nil {
			if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
				t.Fatalf("Normalise(%+q) = %v; want it taken as text", s, err)
			}
			return
		}
		if !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
			t.Fatalf("Normalise(%+q) = %+q; want valid UTF-8 in NFC", s, once)
		}
		for _, r := range once {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || isLineEnd(r)) {
				t.Fatalf("Normalise(%+q) = %+q; want no %U", s, once, r)
			}
		}
		if twice, err := Normalise(once); err != nil || twice != once {
			t.Fatalf("Normalise(%+q) = %+q, %v; want it unchanged", once, twice, err)
		}
		line, err := NormaliseLine(s)
		if err != nil || line != strings.TrimSpace(line) || strings.ContainsAny(line, "\n\t") || strings.Contains(line, "  ") {
			t.Fatalf("NormaliseLine(%+q) = %+q, %v; want one line", s, line, err)
		}
		if twice, err := NormaliseLine(line); err != nil || twice != line {
			t.Fatalf("NormaliseLine(%+q) = %+q, %v; want it unchanged", line, twice, err)
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	for name, s := range map[string]string{
		"english, clean":      strings.Repeat("The commission counted the votes twice.\n", 25_000),
		"english, CRLF":       strings.Repeat("The commission counted the votes twice.\r\n", 25_000),
		"russian, clean":      strings.Repeat("Комиссия дважды пересчитала голоса.\n", 15_000),
		"french, decomposed":  strings.Repeat("La de\u0301pute\u0301e a e\u0301te\u0301 re\u0301e\u0301lue.\n", 20_000),
		"chinese, clean":      strings.Repeat("委员会两次清点选票。\n", 33_000),
		"combining marks all": strings.Repeat("\u0301", 500_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				if _, err := Normalise(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
