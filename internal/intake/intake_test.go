package intake_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"claimtracker/internal/intake"
	"claimtracker/internal/tracker"
)

// wrong is what an error names: "place code".
func wrong(err error) string {
	e, ok := errors.AsType[*tracker.Error](err)
	if !ok || e.Code != tracker.Invalid {
		return fmt.Sprint(err)
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Pointer+f.Parameter+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

// article reads material, which must be acceptable, into an article.
func article(in tracker.ArticleInput, m intake.Material, err error) (tracker.ArticleInput, tracker.ArticleVersion, error) {
	if err != nil {
		return in, tracker.ArticleVersion{}, err
	}
	return intake.Article(in, m)
}

func pasted(in tracker.NewArticleText) (tracker.ArticleInput, tracker.ArticleVersion, error) {
	m, err := intake.Pasted(in)
	return article(tracker.ArticleInput{}, m, err)
}

func uploaded(name, contentType string, body string) (tracker.ArticleInput, tracker.ArticleVersion, error) {
	m, err := intake.File(name, contentType, []byte(body))
	return article(tracker.ArticleInput{}, m, err)
}

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	b, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// page is an HTML page with enough in it to be an article.
func page(head, attributes string) string {
	return "<!DOCTYPE html><html" + attributes + "><head>" + head + "</head><body><article><h1>Votes counted twice</h1>" +
		"<p>The electoral commission said on Tuesday that the votes had been counted twice and that the result stood. Observers were there.</p>" +
		"<p>A spokesman of the observers said that no complaint had been received, and called the rumours of changed ballots an invention.</p>" +
		"<p>The commission will publish the protocols of all stations by the end of the week, so that everybody can check the count.</p>" +
		"</article></body></html>"
}

func TestATextIsNormalisedHashedAndSplit(t *testing.T) {
	const normal = "It was rigged, he said.\nCafé owners saw it. Nobody else did."
	in, v, err := pasted(tracker.NewArticleText{Text: "\uFEFFIt was rigged, he said.\r\nCafe\u0301 owners\x07 saw it. Nobody else did."})
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(normal))
	if v.Text != normal || v.SHA256 != hex.EncodeToString(digest[:]) || v.Length != len([]rune(normal)) || v.N != 0 {
		t.Errorf("the version = %+v; want the normalised text, its digest and its length", v)
	}
	want := []string{"It was rigged, he said.", "Café owners saw it.", "Nobody else did."}
	var got []string
	for i, s := range v.Sentences {
		got = append(got, s.Text)
		if s.Ordinal != i+1 || string([]rune(normal)[s.Start:s.End]) != s.Text {
			t.Errorf("sentence %d = %+v; want what stands at its place", i+1, s)
		}
	}
	if !slices.Equal(got, want) || in.Language != "en" || v.Language != "en" {
		t.Errorf("the sentences in %s are %q; want %q in en", v.Language, got, want)
	}
}

func TestWhatIsPastedIsEitherTextOrHTML(t *testing.T) {
	for name, test := range map[string]struct {
		in   tracker.NewArticleText
		want string
	}{
		"nothing":                        {tracker.NewArticleText{}, "#/text required"},
		"blanks":                         {tracker.NewArticleText{Text: " \n\t\u00a0"}, "#/text required"},
		"both":                           {tracker.NewArticleText{Text: "a", HTML: "<p>a"}, "#/html conflict"},
		"NUL":                            {tracker.NewArticleText{Text: "a\x00b"}, "#/text not_text"},
		"half a character":               {tracker.NewArticleText{Text: "a\xffb"}, "#/text not_text"},
		"control characters only":        {tracker.NewArticleText{Text: "\x07\x08"}, "#/text required"},
		"a byte order mark only":         {tracker.NewArticleText{Text: "\uFEFF"}, "#/text required"},
		"HTML without an article":        {tracker.NewArticleText{HTML: "<html><body></body></html>"}, "#/html unreadable"},
		"HTML that is a picture":         {tracker.NewArticleText{HTML: "\x89PNG\r\n\x1a\n"}, "#/html unreadable"},
		"blank HTML":                     {tracker.NewArticleText{HTML: "  "}, "#/html unreadable"},
		"text that looks like HTML":      {tracker.NewArticleText{Text: "<p>It was rigged.</p>"}, "<nil>"},
		"HTML that is an article":        {tracker.NewArticleText{HTML: page("", "")}, "<nil>"},
		"words of one letter":            {tracker.NewArticleText{Text: "a"}, "<nil>"},
		"a language without an alphabet": {tracker.NewArticleText{Text: "選挙"}, "<nil>"},
	} {
		_, v, err := pasted(test.in)
		if got := wrong(err); got != test.want {
			t.Errorf("%s: %s; want %s", name, got, test.want)
		}
		if err == nil && len(v.Sentences) == 0 {
			t.Errorf("%s: there is no sentence in %q", name, v.Text)
		}
	}
	if _, v, _ := pasted(tracker.NewArticleText{Text: "<p>It was rigged.</p>"}); v.Text != "<p>It was rigged.</p>" {
		t.Errorf("text that looks like HTML became %q; want it as it is", v.Text)
	}
}

func TestWhatAFileIsItsTypeSaysOrItsNameOrItsFirstBytes(t *testing.T) {
	const words = "It was rigged, he said."
	html := page("", "")
	for _, test := range []struct{ name, contentType, body, want string }{
		{"a.bin", "text/plain", words, "<nil>"},
		{"a.txt", "text/html", html, "<nil>"}, // the type goes before the name
		{"a.bin", "application/xhtml+xml; charset=utf-8", html, "<nil>"},
		{"a.txt", "", words, "<nil>"},
		{"A.TXT", "application/octet-stream", words, "<nil>"},
		{"a.html", "", html, "<nil>"},
		{"a.HTM", "application/octet-stream", html, "<nil>"},
		{"a.md", "", words, "<nil>"},
		{"a.unknown-ending", "", words, "<nil>"},
		{"", "", words, "<nil>"},
		{"", "", html, "<nil>"},
		{"a.txt", "not a type", words, "<nil>"},
		{"a.txt", "", "", "file required"},
		{"a.txt", "text/plain", " \r\n", "file required"},
		{"a.txt", "", "a\x00b", "file not_text"},
		{"a.html", "", " ", "file unreadable"},
		{"a.pdf", "", "%PDF-1.7", "file format"},
		{"a.txt", "application/pdf", words, "file format"},
		{"a.txt", "application/json", "{}", "file format"},
		{"", "", "\x89PNG\r\n\x1a\n", "file format"},
		{"a.png", "", words, "file format"},
	} {
		_, v, err := uploaded(test.name, test.contentType, test.body)
		if got := wrong(err); got != test.want {
			t.Errorf("a file %q of type %q that begins with %.20q: %s; want %s", test.name, test.contentType, test.body, got, test.want)
		}
		if err == nil && strings.Contains(v.Text, "<") {
			t.Errorf("a file %q of type %q was taken for plain text: %.80q", test.name, test.contentType, v.Text)
		}
	}
}

func TestPlainTextIsUTF8UnlessItsTypeOrByteOrderMarkSaysOtherwise(t *testing.T) {
	const russian, japaneseWords = "Голоса пересчитали дважды.", "投票は二度数えられた。"
	utf16 := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for _, test := range []struct{ name, contentType, body, want string }{
		{"UTF-8", "text/plain", russian, russian},
		{"UTF-8 with a byte order mark", "text/plain", "\uFEFF" + russian, russian},
		{"its type says windows-1251", "text/plain; charset=windows-1251", encoded(t, charmap.Windows1251, russian), russian},
		{"its type says KOI8-R", `text/plain; charset="KOI8-R"`, encoded(t, charmap.KOI8R, russian), russian},
		{"its type says Shift_JIS", "text/plain; charset=shift_jis", encoded(t, japanese.ShiftJIS, japaneseWords), japaneseWords},
		{"UTF-16 by its byte order mark", "text/plain", encoded(t, utf16, russian), russian},
		{"the byte order mark goes before the type", "text/plain; charset=windows-1252", "\uFEFF" + russian, russian},
		{"a charset that nobody knows", "text/plain; charset=klingon", russian, russian},
	} {
		_, v, err := uploaded("a.txt", test.contentType, test.body)
		if err != nil || v.Text != test.want {
			t.Errorf("%s: %q, %v; want %q", test.name, v.Text, err, test.want)
		}
	}
	for name, body := range map[string]string{
		"windows-1251": encoded(t, charmap.Windows1251, russian), "Latin 1": "caf\xe9", "UTF-16 without a byte order mark": "a\x00b\x00",
	} {
		if _, v, err := uploaded("a.txt", "", body); wrong(err) != "file not_text" {
			t.Errorf("%s that does not say so became %q, %v; want it refused rather than guessed", name, v.Text, err)
		}
	}
	// What the name says of the charset is worth less than what the page says.
	russianPage := strings.ReplaceAll(page(`<meta charset="windows-1251">`, ` lang="ru"`), "Observers were there.", russian)
	for _, contentType := range []string{"", "text/html", "text/html; charset=windows-1251"} {
		if _, v, err := uploaded("a.html", contentType, encoded(t, charmap.Windows1251, russianPage)); err != nil || !strings.Contains(v.Text, russian) {
			t.Errorf("a page in windows-1251 of type %q became %q, %v; want %q in it", contentType, v.Text, err, russian)
		}
	}
	if _, v, err := pasted(tracker.NewArticleText{HTML: russianPage}); err != nil || !strings.Contains(v.Text, russian) {
		t.Errorf("pasted HTML that says windows-1251 became %q, %v; want it as it was pasted", v.Text, err)
	}
}

func TestTheLanguageIsTheClientsOrThePagesOrWhatIsDetected(t *testing.T) {
	const german = "Der Minister sagte, die Stimmen seien zweimal gezählt worden. Niemand habe etwas anderes behauptet, und so bleibe es."
	htmlOf := func(attributes string) tracker.NewArticleText {
		return tracker.NewArticleText{HTML: page("", attributes)}
	}
	for _, test := range []struct {
		name, given string
		text        tracker.NewArticleText
		want        string // of the article
		split       string // of its version
	}{
		{"the client's", "fr-CA", htmlOf(` lang="de"`), "fr-CA", "fr-CA"},
		{"the client's, in its canonical form for the text", "EN-us", tracker.NewArticleText{Text: german}, "EN-us", "en-US"},
		{"the page's", "", htmlOf(` lang="de-at"`), "de-AT", "de-AT"},
		{"detected where the page says none", "", htmlOf(""), "en", "en"},
		{"detected where the page's is none", "", htmlOf(` lang="english!"`), "en", "en"},
		{"detected in a text", "", tracker.NewArticleText{Text: german}, "de", "de"},
		{"a client's that is none stays, to be refused, and the text's is detected", "deutsch", tracker.NewArticleText{Text: german}, "deutsch", "de"},
	} {
		m, err := intake.Pasted(test.text)
		in, v, err := article(tracker.ArticleInput{Language: test.given}, m, err)
		if err != nil || in.Language != test.want || v.Language != test.split {
			t.Errorf("%s: the article is in %q and its text in %q, %v; want %q and %q", test.name, in.Language, v.Language, err, test.want, test.split)
		}
	}
}

func TestAPageFillsInWhatTheClientLeavesOut(t *testing.T) {
	html := page(`<title>Votes - The Ledger</title><link rel="canonical" href="https://ledger.example/votes"><meta name="author" content="A. Writer">
		<meta property="article:published_time" content="2024-01-31T08:34:00+01:00">`, ` lang="en-GB"`)
	at := tracker.Instant(1706686440000000)
	m, err := intake.Pasted(tracker.NewArticleText{HTML: html})
	if err != nil {
		t.Fatal(err)
	}
	got, v, err := intake.Article(tracker.ArticleInput{SourceID: 7}, m)
	if err != nil {
		t.Fatal(err)
	}
	if got.PublishedText == "" || got.PublishedAt == nil || *got.PublishedAt != at {
		t.Errorf("published at %v, in words %q; want %v and the page's words", got.PublishedAt, got.PublishedText, at)
	}
	got.PublishedText, got.PublishedAt = "", nil
	want := tracker.ArticleInput{SourceID: 7, URL: "https://ledger.example/votes", Title: "Votes counted twice", Authors: tracker.Strings{"A. Writer"}, Language: "en-GB"}
	if !reflect.DeepEqual(got, want) || !strings.Contains(v.Text, "Observers were there.") || strings.Contains(v.Text, "<") {
		t.Errorf("from the page = %+v with the text %q; want %+v", got, v.Text, want)
	}

	given := tracker.ArticleInput{SourceID: 7, URL: "https://ledger.example/given", Title: "Given", Authors: tracker.Strings{"B. Writer"},
		PublishedText: "Wednesday", Language: "en", ArchiveURL: "https://archive.example/a"}
	if got, _, err := intake.Article(given, m); err != nil || !reflect.DeepEqual(got, given) {
		t.Errorf("given all, the article = %+v, %v; want it as given, %+v", got, err, given)
	}
}

func TestANewVersionIsReadInTheArticlesLanguage(t *testing.T) {
	m, err := intake.Pasted(tracker.NewArticleText{HTML: page("<title>x</title>", ` lang="de"`)})
	if err != nil {
		t.Fatal(err)
	}
	v, err := intake.Version("en", m)
	if err != nil || v.Language != "en" || len(v.Sentences) < 4 {
		t.Errorf("Version(en, a page) = %+v, %v; want it split as English", v, err)
	}
	if _, err := intake.Version("en", must(intake.Pasted(tracker.NewArticleText{Text: "a\x00"}))); wrong(err) != "#/text not_text" {
		t.Errorf("Version of what is no text: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestATextOfTooManySentencesIsRefused(t *testing.T) {
	material, err := intake.Pasted(tracker.NewArticleText{Text: strings.Repeat("a\n", 100_001)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.Version("en", material); err == nil || !strings.Contains(err.Error(), "at most 100000 sentences") {
		t.Errorf("Version of 100,001 lines = %v; want it to say how many there may be", err)
	}
}
