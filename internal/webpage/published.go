package webpage

import (
	"strings"
	"time"
)

// publicationNames are the <meta> that say when a page was published, most trusted first.
var publicationNames = []string{
	"article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date",
	"citation_publication_date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created",
	"pubdate", "publish-date", "publication_date", "date", "dc.date",
}

// published returns when the page says it was published, and in which words. The first place that gives an exact
// instant is believed: JSON-LD, then <meta>, then <time>. If none does, the instant is nil and the words are those of
// the first place that gives any.
func (m *markup) published() (*time.Time, string) {
	type candidate struct{ value, words string }
	candidates := []candidate{{value: m.article.text("datePublished")}}
	for _, name := range publicationNames {
		candidates = append(candidates, candidate{value: m.first(name)})
	}
	if element, ok := m.publicationTime(); ok {
		candidates = append(candidates, candidate{element.datetime, element.printed})
	}

	text := ""
	for _, c := range candidates {
		words := firstLine(c.words, c.value)
		if at, ok := parseInstant(c.value); ok {
			return &at, words
		}
		if text == "" {
			text = words
		}
	}
	return nil, text
}

// publicationTime returns the <time> that is marked as the time of publication, else the first in the article, else
// the only one. Others may belong to other articles that the page points at.
func (m *markup) publicationTime() (timeElement, bool) {
	for _, t := range m.times {
		if t.isPublication {
			return t, true
		}
	}
	for _, t := range m.times {
		if t.inArticle {
			return t, true
		}
	}
	if len(m.times) == 1 {
		return m.times[0], true
	}
	return timeElement{}, false
}

// instantLayouts are the ways to write an instant, fractions of seconds aside, which time.Parse takes after any
// seconds: ISO 8601 as it is written in practice, and the date of RFC 9110. None takes a zone by its abbreviation, for
// those mean different things in different places.
var instantLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
	"20060102T150405Z0700", time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 GMT",
}

// parseInstant returns the instant that s gives in full: date, time and zone. The year must be one that a page can have
// been written in, for templates print the zero of their clock.
func parseInstant(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	// A space often stands for the T, and another before the zone.
	if date, rest, ok := strings.Cut(s, " "); ok && len(date) == len("2006-01-02") {
		s = date + "T" + strings.ReplaceAll(rest, " ", "")
	}
	for _, layout := range instantLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
