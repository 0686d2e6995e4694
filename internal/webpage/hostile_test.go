package webpage

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"claimtracker/internal/text"
)

// hostilePages are as much as Read takes of what costs it most, or more.
var hostilePages = map[string]string{
	"100,000 nested divs":                   strings.Repeat("<div>", 100_000) + opening,
	"500 nested divs around all else":       strings.Repeat("<div>", 500) + strings.Repeat("<a href=x>some text</a> ", 19_000),
	"as many paragraphs as may be":          "<article>" + strings.Repeat("<p>"+strings.Repeat("some text ", 5), 19_000),
	"as many lists as may be":               strings.Repeat("<ul><li>a", 200) + strings.Repeat("<ul><li>b</ul>", 9_000),
	"as many tables as may be":              strings.Repeat("<table><tr><td>a", 100) + strings.Repeat("<table><tr><td>b</table>", 6_000),
	"quotations in quotations":              "<article>" + strings.Repeat("<blockquote>", 400) + strings.Repeat("<p>some text", 19_000),
	"formatting that is opened ever anew":   strings.Repeat("<b id=1><b id=2>", 200) + strings.Repeat("<p>x", 100_000),
	"misnested formatting":                  strings.Repeat("<b><i><p></b></i>", 6_000),
	"an attribute of 8 MiB":                 `<div class="` + strings.Repeat("x ", MaxBytes/2-20) + `">text`,
	"half a million attributes":             "<div" + strings.Repeat(" a=1", 500_000) + ">text",
	"2 million end tags":                    strings.Repeat("<div>", 500) + strings.Repeat("</p>", 2_000_000),
	"half a million comments":               strings.Repeat("x<!---->", 500_000),
	"8 MiB of less-than signs":              strings.Repeat("<", MaxBytes),
	"8 MiB of brackets in the JSON-LD":      `<script type="application/ld+json">` + strings.Repeat("[", MaxBytes-100),
	"a deep graph in the JSON-LD":           `<script type="application/ld+json">` + strings.Repeat(`{"@graph":`, 9_000) + "1" + strings.Repeat("}", 9_000),
	"a node that names itself as its graph": `<script type="application/ld+json">{"@id":"x","@type":"Article","author":{"@id":"x"},"publisher":{"@id":"x"}}</script>`,
}

func TestReadStandsHostilePages(t *testing.T) {
	for name, html := range hostilePages {
		t.Run(name, func(t *testing.T) {
			page, err := Read([]byte(html), "", "")
			checkPage(t, page, err)
		})
	}
}

// checkPage holds what Read promises of any page: all of its text normalised and some of it there, or an error alone.
func checkPage(t *testing.T, page Page, err error) {
	t.Helper()
	if err != nil {
		if err.Error() == "" || !reflect.DeepEqual(page, Page{}) {
			t.Fatalf("Read = %+v, %v; want an error that says what, and no page", page, err)
		}
		return
	}
	if normal, err := text.Normalise(page.Text); page.Text == "" || err != nil || normal != page.Text {
		t.Fatalf("Text = %+q, %v; want text that is normalised", page.Text, err)
	}
	for l := range strings.SplitSeq(page.Text, "\n") {
		if strings.TrimSpace(l) != l || l == "" {
			t.Fatalf("Text has the line %+q; want no blank lines, and no white space around any", l)
		}
	}
	if strings.ContainsFunc(page.Text, func(r rune) bool { return lineMark <= r && r <= lastMark }) {
		t.Fatalf("Text = %+q; want no internal marks", page.Text)
	}
	for _, field := range append([]string{page.Title, page.PublishedText, page.Site, page.Language}, page.Authors...) {
		if normal, err := text.NormaliseLine(field); err != nil || normal != field {
			t.Fatalf("Read = %+q; want %+q to be one normalised line", page, field)
		}
	}
	if !utf8.ValidString(page.URL) {
		t.Fatalf("URL = %+q; want valid UTF-8", page.URL)
	}
}

// FuzzRead: whatever the page is, Read neither panics nor hangs, and keeps what checkPage states.
func FuzzRead(f *testing.F) {
	f.Add([]byte(article("", "<ul><li>One<br>two</ul><table><td>x")), "text/html", "https://ledger.example/x")
	f.Add([]byte(article(`<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "x", "author": [{"@id": "a"}], "datePublished": "2031-03-03T09:30Z"},]}</script>`, "")), "", "")
	f.Add([]byte(`<link rel=canonical href="//x/%zz"><meta property=og:url content="../y#z"><p>text`), "text/html; charset=windows-1251", "http://ledger.example")
	f.Add([]byte("\xFF\xFE<\x00p\x00>\x00a\x00"), "text/html; charset=gbk", "")
	f.Add([]byte("<p>\uFDD0\u00A0e\u0301\u2028\uFEFFx<pre>\r\n a\u00AD"), "", "")
	f.Add([]byte("<b><p>x</b><form><table><b><select><template><svg><p>y<title>z"), "", "")
	f.Fuzz(func(t *testing.T, body []byte, contentType, pageURL string) {
		page, err := Read(body, contentType, pageURL)
		checkPage(t, page, err)
	})
}

func BenchmarkRead(b *testing.B) {
	var paragraphs, links strings.Builder
	for i := range 40 {
		fmt.Fprintf(&paragraphs, `<p class="p">%s <a href="/t/%d">Paragraph %d</a>.</p>`, opening, i, i)
	}
	for i := range 400 {
		fmt.Fprintf(&links, `<li class="menu-item item-%d"><a href="/section/%d"><span>Section number %d</span></a></li>`, i, i, i)
	}
	typical := article("<style>"+strings.Repeat("p{margin:0}", 4000)+"</style><nav><ul>"+links.String()+"</ul></nav>", paragraphs.String())
	pages := map[string]string{"a typical page of 100 KB": typical}
	for name, html := range hostilePages {
		pages["hostile: "+name] = html
	}
	for name, html := range pages {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(html)))
			for b.Loop() {
				// Hostile pages are refused or not; what it costs is the question.
				_, _ = Read([]byte(html), "text/html; charset=utf-8", "https://ledger.example/x")
			}
		})
	}
}
