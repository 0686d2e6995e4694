package webpage

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// Two invented paragraphs, long enough for a page to read as an article.
const (
	opening = "The harbour town's electoral board said on Monday that letters asking voters to stay at home had not come " +
		"from its office, and that it had asked the post to hold back what was left of them."
	closing = "Nobody has said who paid for the stamps. The board will print the register again before the second round, " +
		"and observers from three neighbouring towns are going to watch how it is done."
)

// article returns a page whose article holds the given HTML between the opening and the closing paragraph.
func article(head, body string) string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` + head + `</head><body>
		<header><a href="/">The Harbour Ledger</a></header>
		<nav><ul><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li><li><a href="/sea">The sea</a></li></ul></nav>
		<article><h1>Letters told voters to stay at home</h1><p>` + opening + `</p>` + body + `<p>` + closing + `</p></article>
		<aside><p>Subscribe to our evening letter for all that the tide brings in, every day but Sunday.</p></aside>
		<footer><p>The Harbour Ledger, Quay 4. All rights reserved by the owners of the paper.</p></footer>
		<script>document.title = "changed by a script"</script></body></html>`
}

func read(t *testing.T, html string) Page {
	t.Helper()
	page, err := Read([]byte(html), "text/html; charset=utf-8", "https://ledger.example/letters?id=7#top")
	if err != nil {
		t.Fatalf("Read = %v; want a page", err)
	}
	return page
}

func TestReadGivesTheMainTextByLines(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"paragraphs and headings", "<p>One.</p><h2>Two</h2><p>Three.</p>", "One.\nTwo\nThree."},
		{"inline markup neither splits words nor loses spaces",
			`<p>The <b>bo</b>ard <em>said</em> <a href="/x">it had<b> never</b></a>, <i>ever</i><span> sent</span> them<sup>2</sup>.</p>`,
			"The board said it had never, ever sent them2."},
		{"words in elements that trafilatura would take out", `<p>On <time datetime="2031-03-03">3 March</time>, <ins>twelve</ins> <label>boxes</label> were <abbr>u/s</abbr>.</p>`,
			"On 3 March, twelve boxes were u/s."},
		{"white space folds as in a browser", "<p>  Two\n\t  words </p>", "Two words"},
		{"a line break makes a line", "<p>One<br>two<br/><br>three<br></p>", "One\ntwo\nthree"},
		{"text on both sides of a block", "<div>Before it.<p>Inside it.</p>After it.</div>", "Before it.\nInside it.\nAfter it."},
		{"items of a list", "<ul><li>One <b>box</b></li><li>Two <a href=x>boxes</a> of letters</li></ul>", "One box\nTwo boxes of letters"},
		{"a list in a list", "<ol><li>One<ul><li>Inner</li></ul></li><li>Two</li></ol>", "One\nInner\nTwo"},
		{"paragraphs in a list", "<ul><li><p>One</p><p>More</p></li><li><p>Two</p></li></ul>", "One\nMore\nTwo"},
		{"a definition list", "<dl><dt>Box</dt><dd>Of tin</dd></dl>", "Box\nOf tin"},
		{"a quotation", "<blockquote><p>We <em>never</em> wrote it.</p><p>Never.</p></blockquote>", "We never wrote it.\nNever."},
		{"a quotation without paragraphs", "<blockquote>We never wrote it.</blockquote>", "We never wrote it."},
		{"a table gives a line a cell", "<table><tr><th>Ward</th><th>Votes</th></tr><tr><td>Quay</td><td><b>1</b>12</td></tr></table>", "Ward\nVotes\nQuay\n112"},
		{"a paragraph that ends in the name of a network", "<h2>How it spread on Facebook</h2><p>It began on Twitter</p>", "How it spread on Facebook\nIt began on Twitter"},
		{"preformatted lines", "<pre>First line\n  second line</pre>", "First line\nsecond line"},
		{"character references are decoded", "<p>Smith &amp; Sons &lt;3 &#8220;boxes&#8221; &eacute;</p>", "Smith & Sons <3 “boxes” é"},
		{"a no-break space stays", "<p>12&nbsp;000 votes, 5&#8239;%</p>", "12\u00A0000 votes, 5\u202F%"},
		{"a paragraph of blanks is none", "<p>One.</p><p>&nbsp;</p><p> </p><p>Two.</p>", "One.\nTwo."},
		{"soft hyphens and zero width spaces are not words", "<p>elec&shy;to&shy;ral bo\u200Bard\uFEFF</p>", "electoral board"},
		{"joiners that shape letters stay", "<p>می\u200Cخواهم 👩\u200D🚀</p>", "می\u200Cخواهم 👩\u200D🚀"},
		{"noncharacters do not pass for our marks", "<p>one\uFDD0two\uFDD1three</p>", "onetwothree"},
		{"decomposed letters are composed", "<p>Cafe\u0301</p>", "Café"},
		{"scripts, styles, comments and controls are no words", "<p>One<script>x()</script><!-- no --><style>p{}</style><button>Share</button> box</p>", "One box"},
		{"what is hidden inside a line is not shown", `<p>One<span style="display: none"> hidden</span><b hidden> too</b> box</p>`, "One box"},
		{"a ruby gloss is not in the line", "<p><ruby>選<rp>(</rp><rt>せん</rt><rp>)</rp>挙</ruby>の日</p>", "選挙の日"},
		{"elements of unknown name are part of the line", "<p>One <x-word>tin</x-word> box</p>", "One tin box"},
		{"a menu is no text", `<p>One.</p><ul><li><a href="/a">From the quay</a></li><li><a href="/b">From the sea</a></li></ul>`, "One."},
		{"a time on a line of its own is no text", `<div><time datetime="2031-03-03">3 March</time><p>One.</p></div>`, "One."},
		{"the headline is not repeated", "<h2>Letters told voters to stay at home</h2><p>One.</p>", "One."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.TrimPrefix(read(t, article("", test.body)).Text, "Letters told voters to stay at home\n")
			if want := opening + "\n" + test.want + "\n" + closing; got != want {
				t.Errorf("Text = %q\nwant   %q", got, want)
			}
		})
	}
}

func TestReadKeepsTheLinesOfShortArticles(t *testing.T) {
	for name, html := range map[string]string{
		"in an article": `<article><p>The board <b>denies</b> it.</p><p>More at noon.</p></article>`,
		"in a div":      `<div><p>The board <b>denies</b> it.</p><p>More at noon.</p></div>`,
		"longer":        `<article><p>The board <b>denies</b> it.</p><p>More at noon.</p><p>` + closing[:150] + `</p></article>`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, html).Text; !strings.HasPrefix(got, "The board denies it.\nMore at noon.") {
				t.Errorf("Text = %q; want both lines", got)
			}
		})
	}
}

func TestReadTakesWordsThatOnlyTheMarkupHas(t *testing.T) {
	html := `<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Boxes found",
		"articleBody": "Twelve boxes &amp; a bag.\n\nNobody asked."}</script><div id="app">Loading</div>`
	if got, want := read(t, html).Text, "Twelve boxes & a bag.\nNobody asked."; got != want {
		t.Errorf("Text = %q; want %q", got, want)
	}
}

func TestReadReadsTheMarkup(t *testing.T) {
	const jsonLD = `<script type="application/ld+json">`
	tests := []struct {
		name, head, body string
		want             Page
	}{
		{"all from JSON-LD", jsonLD + `{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Letters &amp; lies",
				"author": {"@type": "Person", "name": "Ada Quayle"}, "publisher": {"name": "The Harbour Ledger"},
				"url": "https://ledger.example/letters", "inLanguage": "en-gb"}</script>`, "",
			Page{Title: "Letters & lies", Authors: []string{"Ada Quayle"}, URL: "https://ledger.example/letters", Language: "en", Site: "The Harbour Ledger"}},
		{"all from meta", `<title>Letters | Ledger</title><meta property="og:title" content="Letters"><meta name="author" content="Ada Quayle">
				<link rel="canonical" href="/letters/7"><meta property="og:site_name" content=" The Harbour  Ledger ">`, "",
			Page{Title: "Letters", Authors: []string{"Ada Quayle"}, URL: "https://ledger.example/letters/7", Language: "en", Site: "The Harbour Ledger"}},
		{"from the page itself", "<title>Letters | Ledger</title>", `<p>By <a rel="author" href="/ada">Ada  Quayle</a></p>`,
			Page{Title: "Letters told voters to stay at home", Authors: []string{"Ada Quayle"}, URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"microdata names the author", "", `<p itemprop="author" itemscope>By <span itemprop="name">Ada Quayle</span>, at the quay</p>`,
			Page{Title: "Letters told voters to stay at home", Authors: []string{"Ada Quayle"}, URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"several authors, each once, in order", jsonLD + `{"@type": ["Thing", "AnalysisNewsArticle"], "author": [{"name": "Ben Mole"}, "Ada Quayle", {"name": ["Ben Mole", "Cy Kelp"]}]}</script>`, "",
			Page{Title: "Letters told voters to stay at home", Authors: []string{"Ben Mole", "Ada Quayle", "Cy Kelp"}, URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"a graph that names its people by id", jsonLD + `{"@graph": [{"@type": "WebPage", "name": "x"}, {"@type": "Person", "@id": "#ada", "name": "Ada Quayle"},
				{"@type": "Article", "headline": "Graph", "author": {"@id": "#ada"}}]}</script>`, "",
			Page{Title: "Graph", Authors: []string{"Ada Quayle"}, URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"an article inside the page's own node, not one it mentions", jsonLD + `[{"@type": "WebPage", "hasPart": {"@type": "Article", "headline": "Other"},
				"mainEntity": {"@type": "ReportageNewsArticle", "headline": "Ours"}}]</script>`, "",
			Page{Title: "Ours", URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"malformed JSON-LD is read as far as it goes", jsonLD + `{"@type": "Organization",}, {</script>` + jsonLD + "<!-- {\"@type\": \"NewsArticle\", \"headline\": \"Two\nlines, ]\", \"author\": [\"Ada\",],} --></script>", "",
			Page{Title: "Two lines, ]", Authors: []string{"Ada"}, URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"a profile's URL is not a name", `<meta property="article:author" content="https://social.example/ada">`, "",
			Page{Title: "Letters told voters to stay at home", URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"a canonical URL that is the front page is not believed", `<link rel="canonical" href="https://ledger.example/"><meta property="og:url" content="javascript:alert(1)">`, "",
			Page{Title: "Letters told voters to stay at home", URL: "https://ledger.example/letters?id=7", Language: "en"}},
		{"text that is none is left out", jsonLD + `{"@type": "Article", "headline": "a\u0000b", "author": "\u0000"}</script>`, "",
			Page{Title: "Letters told voters to stay at home", URL: "https://ledger.example/letters?id=7", Language: "en"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := read(t, article(test.head, test.body))
			got.Text = ""
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("Read = %+q\nwant   %+q", got, test.want)
			}
		})
	}
}

func TestReadFindsTheLanguage(t *testing.T) {
	for head, want := range map[string]string{
		`<html lang="pt-br">`:   "pt-BR",
		`<html xml:lang="uk">`:  "uk",
		`<html lang="zh_hant">`: "zh-Hant",
		`<html lang="nonsense-language"><meta http-equiv="Content-Language" content="de-AT, en">`: "de-AT",
		`<meta property="og:locale" content="ru_RU">`:                                             "ru-RU",
		`<html lang="">`: "",
	} {
		if got := read(t, head+"<p>"+opening).Language; got != want {
			t.Errorf("language of %s = %q; want %q", head, got, want)
		}
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	many := strings.Repeat("<i>x</i>", maxElements+1)
	tests := []struct{ name, body, contentType, url, want string }{
		{"nothing", "", "", "", "the page is empty"},
		{"white space", " \n\t", "", "", "the page is empty"},
		{"no words", "<html><body><div></div></body></html>", "", "", "no article text found"},
		{"only a script", "<script>render()</script><noscript>Turn it on.</noscript>", "", "", "no article text found"},
		{"declared as something else", "<p>x", "application/pdf", "", "the page is not HTML but application/pdf"},
		{"a PDF", "%PDF-1.7 ...", "text/html", "", "the page is not HTML: its bytes look like application/pdf"},
		{"a compressed page", "\x1F\x8B\x08\x00\x00", "text/html", "", "the page is not HTML: its bytes look like application/x-gzip"},
		{"binary", strings.Repeat("\x00\x01\x02", 99), "", "", "the page is not HTML: its bytes look like application/octet-stream"},
		{"too long", strings.Repeat("x", MaxBytes+1), "", "", "the page has more than 8388608 bytes"},
		{"too many elements", many, "", "", "the page has more than 20000 elements"},
		{"too much text", strings.Repeat("votes ", maxText/6+1), "", "", "the page has more than 1048576 bytes of text"},
		{"too deep", strings.Repeat("<div>", 600), "", "", "the page cannot be parsed: html: open stack of elements exceeds 512 nodes"},
		{"a relative page URL", "<p>x", "", "/letters", `page URL "/letters" is not an absolute http or https URL`},
		{"a page URL of another kind", "<p>x", "", "ftp://ledger.example/x", `page URL "ftp://ledger.example/x" is not an absolute http or https URL`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page, err := Read([]byte(test.body), test.contentType, test.url)
			if err == nil || err.Error() != test.want || !reflect.DeepEqual(page, Page{}) {
				t.Errorf("Read = %+v, %v; want no page, %s", page, err, test.want)
			}
		})
	}
	if _, err := Read([]byte("<p>"), "", ""); !errors.Is(err, ErrNoArticle) {
		t.Errorf("Read of no words = %v; want ErrNoArticle", err)
	}
}

type refusingTransport struct{ t *testing.T }

func (r refusingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	r.t.Errorf("Read fetched %s; want nothing fetched", request.URL)
	return nil, errors.New("refused")
}

func TestReadFetchesNothing(t *testing.T) {
	transport := http.DefaultTransport
	http.DefaultTransport = refusingTransport{t}
	t.Cleanup(func() { http.DefaultTransport = transport })

	read(t, article(`<link rel="amphtml" href="https://ledger.example/amp"><link rel="next" href="?page=2">`,
		`<img src="/x.png"><iframe src="https://ledger.example/y"></iframe><p><a href="?page=2">Next page</a></p>`))
}
