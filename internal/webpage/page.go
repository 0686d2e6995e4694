// Package webpage reads the HTML of one article: its words, line by line, and what its markup says about it. It never
// fetches anything and keeps nothing of the HTML.
package webpage

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"claimtracker/internal/text"
)

// Page is what one page of HTML says. Every text in it is normalised as by text.Normalise; a field that the page does
// not give is empty.
type Page struct {
	Title   string   // the headline, on one line
	Authors []string // in the order of the markup, each once
	URL     string   // canonical and absolute, without a fragment; the URL that the page was read at if it names none

	// PublishedAt is the instant of publication in UTC, nil unless the page gives a date, a time and a zone: a date
	// alone is not made into a midnight that nobody wrote. PublishedText is what it says in its own words.
	PublishedAt   *time.Time
	PublishedText string

	Language string // BCP 47, of the whole page, as its markup declares it
	Site     string // the outlet's name for itself
	Text     string // main text: each paragraph, heading, list item and table cell on a line of its own
}

// ErrNoArticle says that a page has no text: none but pictures, or none before a script puts it there.
var ErrNoArticle = errors.New("no article text found")

// Read reads the article in body, the HTML of the page at pageURL as it was served with the header Content-Type:
// contentType. Both may be empty; a pageURL must otherwise be absolute, http or https.
//
// What cannot be read is an error that says why: ErrNoArticle, something else than HTML, or a page beyond the limits
// of length (MaxBytes), number of elements (20,000), depth (512) or text (1 MiB), which bound the time and memory that
// a hostile page can cost.
func Read(body []byte, contentType, pageURL string) (Page, error) {
	base, err := parsePageURL(pageURL)
	if err != nil {
		return Page{}, err
	}
	source, err := decode(body, contentType)
	if err != nil {
		return Page{}, err
	}
	tree, err := parse(source)
	if err != nil {
		return Page{}, err
	}

	// The markup is asked first: finding the main text takes the tree apart.
	m := readMarkup(tree)
	page := Page{
		Title:    m.title(),
		Authors:  m.authors(),
		URL:      m.canonicalURL(base),
		Language: m.language(),
		Site:     m.site(),
	}
	page.PublishedAt, page.PublishedText = m.published()

	lines, err := mainLines(tree)
	if err != nil {
		return Page{}, err
	}
	whole := strings.Join(onceOnly(lines, page.Title), "\n")
	if utf8.RuneCountInString(whole) < shortText {
		// Pages put together by a script have their words in the JSON-LD, if anywhere.
		if body := strings.Join(splitLines(m.article.text("articleBody")), "\n"); len(whole) < len(body) && len(body) <= maxText {
			whole = body
		}
	}
	page.Text, err = text.Normalise(whole)
	if err != nil {
		return Page{}, fmt.Errorf("article text: %w", err)
	}
	if page.Text == "" {
		return Page{}, ErrNoArticle
	}
	return page, nil
}

// shortText is what is little for an article, in code points: trafilatura's own measure.
const shortText = 250

// parsePageURL returns nil for an empty URL.
func parsePageURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || !isWebURL(u) {
		return nil, fmt.Errorf("page URL %q is not an absolute http or https URL", s)
	}
	return u, nil
}

func isWebURL(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// line returns s as a field of one line, empty if s is no text.
func line(s string) string {
	s, err := text.NormaliseLine(s)
	if err != nil {
		return ""
	}
	return s
}
