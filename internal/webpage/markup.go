package webpage

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
)

// markup is what a page says about itself, gathered in one pass.
type markup struct {
	article object              // of the JSON-LD, empty if there is none
	meta    map[string][]string // <meta> contents by lower-case name, property, itemprop or http-equiv
	links   map[string]string   // the first <link> href by rel
	lang    string              // of <html>
	heading string              // of <title>
	h1      []string
	bylines []string // elements marked as the author
	times   []timeElement
}

// timeElement is a <time datetime>.
type timeElement struct {
	datetime, printed string
	isPublication     bool // marked as the publication time
	inArticle         bool
}

func readMarkup(tree *html.Node) markup {
	m := markup{meta: map[string][]string{}, links: map[string]string{}}
	var jsonLD []string
	var visit func(n *html.Node, inArticle bool)
	visit = func(n *html.Node, inArticle bool) {
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			if child.Type != html.ElementNode {
				continue
			}
			if child.DataAtom == atom.Script && strings.EqualFold(attribute(child, "type"), "application/ld+json") {
				jsonLD = append(jsonLD, textOf(child))
			}
			m.read(child, inArticle)
			visit(child, inArticle || child.DataAtom == atom.Article || child.DataAtom == atom.Main)
		}
	}
	visit(tree, false)
	m.article = findArticle(jsonLD)
	return m
}

// read takes what the one element n says.
func (m *markup) read(n *html.Node, inArticle bool) {
	switch n.DataAtom {
	case atom.Html:
		m.lang = attribute(n, "lang")
		if m.lang == "" {
			m.lang = attribute(n, "xml:lang")
		}
	case atom.Title:
		// An <svg> has titles as well.
		if m.heading == "" && n.Namespace == "" {
			m.heading = line(textOf(n))
		}
	case atom.H1:
		m.h1 = append(m.h1, line(textOf(n)))
	case atom.Link:
		rel := strings.ToLower(attribute(n, "rel"))
		if _, ok := m.links[rel]; !ok {
			m.links[rel] = attribute(n, "href")
		}
	case atom.Meta:
		content := attribute(n, "content")
		for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
			if name := strings.ToLower(attribute(n, key)); name != "" && content != "" {
				m.meta[name] = append(m.meta[name], content)
			}
		}
	case atom.Time:
		isPubdate := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "pubdate" })
		m.times = append(m.times, timeElement{
			datetime:      attribute(n, "datetime"),
			printed:       line(textOf(n)),
			isPublication: isPubdate || slices.Contains(strings.Fields(attribute(n, "itemprop")), "datePublished"),
			inArticle:     inArticle,
		})
	}
	isAuthor := slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "author") ||
		slices.Contains(strings.Fields(attribute(n, "itemprop")), "author")
	if isAuthor && n.DataAtom != atom.Meta && n.DataAtom != atom.Link {
		m.bylines = append(m.bylines, bylineOf(n))
	}
}

// bylineOf returns the author's name in an element marked as author: its itemprop="name" if it has one.
func bylineOf(n *html.Node) string {
	name := ""
	walk(n, func(n *html.Node) bool {
		if name == "" && attribute(n, "itemprop") == "name" {
			if name = line(textOf(n)); name == "" {
				name = line(attribute(n, "content"))
			}
		}
		return name == ""
	})
	if name == "" {
		name = line(textOf(n))
	}
	return name
}

// first returns the first content of the first of the named <meta> that the page has.
func (m *markup) first(names ...string) string {
	for _, name := range names {
		if contents := m.meta[name]; len(contents) > 0 {
			return contents[0]
		}
	}
	return ""
}

func (m *markup) title() string {
	candidates := []string{m.article.text("headline"), m.first("og:title", "twitter:title")}
	candidates = append(candidates, m.h1...)
	return firstLine(append(candidates, m.heading)...)
}

func (m *markup) site() string {
	return firstLine(m.first("og:site_name"), m.article.name("publisher"), m.first("application-name"))
}

// authors returns the names that the first place to give any gives. Social networks have a page give the URL of a
// profile as its author: that is no name.
func (m *markup) authors() []string {
	for _, candidates := range [][]string{
		m.article.names("author"),
		m.meta["author"], m.meta["article:author"], m.meta["parsely-author"], m.meta["dc.creator"],
		m.bylines,
	} {
		var authors []string
		for _, candidate := range candidates {
			if name := line(candidate); name != "" && !strings.Contains(name, "://") && !slices.Contains(authors, name) {
				authors = append(authors, name)
			}
		}
		if len(authors) > 0 {
			return authors
		}
	}
	return nil
}

// language returns the first declared language that is one, in its canonical form.
func (m *markup) language() string {
	for _, candidate := range []string{
		m.lang, m.first("content-language"), m.first("og:locale"), m.article.text("inLanguage"),
	} {
		// <meta http-equiv="content-language"> may list several.
		candidate, _, _ = strings.Cut(candidate, ",")
		if tag, err := language.Parse(strings.TrimSpace(candidate)); err == nil && tag != language.Und {
			return tag.String()
		}
	}
	return ""
}

// canonicalURL returns what the page calls itself: rel=canonical, og:url, the JSON-LD's url, and at last base, the URL
// that it was read at. A page deep in a site that calls itself the site's front page is mistaken, and not believed.
func (m *markup) canonicalURL(base *url.URL) string {
	for _, candidate := range []string{m.links["canonical"], m.first("og:url"), m.article.text("url")} {
		u, err := url.Parse(candidate)
		if err != nil || candidate == "" {
			continue
		}
		if base != nil {
			u = base.ResolveReference(u)
			if isFrontPage(u) && !isFrontPage(base) {
				continue
			}
		}
		if isWebURL(u) {
			return withoutFragment(u)
		}
	}
	if base == nil {
		return ""
	}
	return withoutFragment(base)
}

func isFrontPage(u *url.URL) bool { return (u.Path == "" || u.Path == "/") && u.RawQuery == "" }

func withoutFragment(u *url.URL) string {
	bare := *u
	bare.Fragment, bare.RawFragment, bare.User = "", "", nil
	return bare.String()
}

// firstLine returns the first of candidates that has words, on one line.
func firstLine(candidates ...string) string {
	for _, candidate := range candidates {
		if l := line(candidate); l != "" {
			return l
		}
	}
	return ""
}

// textOf returns the text of all nodes in n, as it stands in the source.
func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) bool {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		return true
	})
	return b.String()
}
