package webpage

import (
	"testing"
	"time"
)

func TestReadFindsThePublicationTime(t *testing.T) {
	const jsonLD = `<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "`
	tests := []struct{ name, head, body, instant, text string }{
		{"none is given", "", "", "", ""},
		{"JSON-LD with a zone", jsonLD + `2031-03-03T09:30:00+02:00"}</script>`, "", "2031-03-03T07:30:00Z", "2031-03-03T09:30:00+02:00"},
		{"fractions of a second", jsonLD + `2031-03-03T09:30:00.250Z"}</script>`, "", "2031-03-03T09:30:00.25Z", "2031-03-03T09:30:00.250Z"},
		{"no seconds, and a zone without a colon", jsonLD + `2031-03-03T09:30-0430"}</script>`, "", "2031-03-03T14:00:00Z", "2031-03-03T09:30-0430"},
		{"spaces for the T and before the zone", jsonLD + `2031-03-03 09:30:00 +0200"}</script>`, "", "2031-03-03T07:30:00Z", "2031-03-03 09:30:00 +0200"},
		{"the date of an e-mail", jsonLD + `Mon, 03 Mar 2031 09:30:00 +0200"}</script>`, "", "2031-03-03T07:30:00Z", "Mon, 03 Mar 2031 09:30:00 +0200"},
		{"the date of HTTP", jsonLD + `Mon, 03 Mar 2031 09:30:00 GMT"}</script>`, "", "2031-03-03T09:30:00Z", "Mon, 03 Mar 2031 09:30:00 GMT"},
		{"a date alone is not an instant", jsonLD + `2031-03-03"}</script>`, "", "", "2031-03-03"},
		{"a time without a zone is not an instant", jsonLD + `2031-03-03T09:30:00"}</script>`, "", "", "2031-03-03T09:30:00"},
		{"a zone by its abbreviation is not an instant", jsonLD + `Mon, 03 Mar 2031 09:30:00 CST"}</script>`, "", "", "Mon, 03 Mar 2031 09:30:00 CST"},
		{"words are kept as words", jsonLD + `3 March 2031, morning"}</script>`, "", "", "3 March 2031, morning"},
		{"the zero of a clock is not an instant", jsonLD + `0001-01-01T00:00:00Z"}</script>`, "", "", "0001-01-01T00:00:00Z"},
		{"meta", `<meta property="article:published_time" content="2031-03-03T09:30:00Z">`, "", "2031-03-03T09:30:00Z", "2031-03-03T09:30:00Z"},
		{"microdata in meta", `<meta itemprop="datePublished" content="2031-03-03T09:30:00Z">`, "", "2031-03-03T09:30:00Z", "2031-03-03T09:30:00Z"},
		{"JSON-LD before meta", `<meta property="article:published_time" content="2031-03-04T00:00:00Z">` + jsonLD + `2031-03-03T09:30:00Z"}</script>`, "", "2031-03-03T09:30:00Z", "2031-03-03T09:30:00Z"},
		{"an instant before a date alone", `<meta property="article:published_time" content="2031-03-03T09:30:00Z">` + jsonLD + `2031-03-03"}</script>`, "", "2031-03-03T09:30:00Z", "2031-03-03T09:30:00Z"},
		{"a time element, with the words that it shows", "", `<p><time datetime="2031-03-03T09:30:00+02:00">this <b>morning</b></time></p>`, "2031-03-03T07:30:00Z", "this morning"},
		{"a time element with a date alone", "", `<p><time datetime="2031-03-03">3 March</time></p>`, "", "3 March"},
		{"the time element marked as publication", "", `<p><time datetime="2031-03-01T00:00:00Z">a</time><time itemprop="datePublished" datetime="2031-03-03T09:30:00Z">b</time></p>`, "2031-03-03T09:30:00Z", "b"},
		{"modified is not published", `<meta property="article:modified_time" content="2031-03-04T00:00:00Z">`, "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := read(t, article(test.head, test.body))
			instant := ""
			if page.PublishedAt != nil {
				instant = page.PublishedAt.Format(time.RFC3339Nano)
			}
			if instant != test.instant || page.PublishedText != test.text {
				t.Errorf("published %q, %q; want %q, %q", instant, page.PublishedText, test.instant, test.text)
			}
		})
	}
}

func TestReadLeavesTheTimesOfOtherArticlesAlone(t *testing.T) {
	html := `<aside><time datetime="2031-01-01T00:00:00Z">old</time></aside><aside><time datetime="2031-01-02T00:00:00Z">old</time></aside>` +
		"<article><p>" + opening + "</p><p>" + closing + "</p></article>"
	if page := read(t, html); page.PublishedAt != nil || page.PublishedText != "" {
		t.Errorf("published %v, %q; want nothing", page.PublishedAt, page.PublishedText)
	}
}
