package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The largest query that is read, in code points, and in words and phrases.
const (
	MaxQuery   = 1000
	MaxPhrases = 50
)

// Query is what is searched for. The zero Query finds nothing.
type Query struct {
	// Groups must each be found: one of the phrases of each.
	Groups [][]Phrase
	// Without are the phrases of which none may be found.
	Without []Phrase
}

// Phrase is a run of terms that stand one after the other.
type Phrase struct {
	Terms  []string
	Prefix bool // the last of them may go on
}

// None tells whether the query has no terms at all, so that it finds nothing.
func (q Query) None() bool { return len(q.Groups) == 0 && len(q.Without) == 0 }

// Parse reads a query: words, all of which are to be found; "phrases" in quotation marks; beginnings of words* of two
// letters or more; OR, in capitals, between two of these, one of which is enough; -without, for each of them. What makes no
// sense as that is searched for as it stands: a quotation mark without its other is a sign like any other, and signs are
// not searched for. An OR without anything on a side of it is left out.
//
// A word that consists of several terms, such as well-known or 选举, is a phrase. A query that says only what is not to be
// found finds all the rest; one without any term finds nothing. Its only errors are sentences that say how it is too long.
func Parse(text string) (Query, error) {
	if n := utf8.RuneCountInString(text); n > MaxQuery {
		return Query{}, fmt.Errorf("must be %d characters at most; it is %d", MaxQuery, n)
	}
	p := parser{rest: quotes.Replace(text)}
	for p.next() {
		if p.phrases > MaxPhrases {
			return Query{}, fmt.Errorf("must have %d words and phrases at most", MaxPhrases)
		}
	}
	return p.query, nil
}

// quotes are the quotation marks that are as good as the one on the keyboard.
var quotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)

type parser struct {
	rest    string
	query   Query
	phrases int
	open    bool // the last thing read can be the left side of an OR
	or      bool // what comes next is the right side of one
}

// next reads one word or phrase, and tells whether there was one.
func (p *parser) next() bool {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		return false
	}
	bare := strings.TrimLeft(p.rest, "-")
	without := bare != p.rest
	var word string
	if inner, after, ok := quoted(bare); ok {
		word, p.rest = inner, strings.TrimLeft(after, "*")
		p.keep(word, after != p.rest, without)
		return true
	}
	word, p.rest = cut(bare)
	if word == "OR" && !without {
		p.or = p.open
		return true
	}
	stem := strings.TrimRight(word, "*")
	p.keep(stem, stem != word, without)
	return true
}

// quoted is what stands in quotation marks at the beginning of a text, and what comes after them.
func quoted(text string) (inner, after string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", text, false
	}
	return strings.Cut(text[1:], `"`)
}

// cut cuts a word off, which ends with a space or before something in quotation marks.
func cut(text string) (word, rest string) {
	for i, r := range text {
		if unicode.IsSpace(r) {
			return text[:i], text[i:]
		}
		if r == '"' && i > 0 {
			if _, _, ok := quoted(text[i:]); ok {
				return text[:i], text[i:]
			}
		}
	}
	return text, ""
}

// keep adds a phrase to the query, if there is a term in it.
func (p *parser) keep(text string, prefix, without bool) {
	phrase := Phrase{}
	end, letters := 0, 0
	for t := range Terms(text) {
		phrase.Terms = append(phrase.Terms, t.Text)
		end, letters = t.End, utf8.RuneCountInString(t.Text)
	}
	if len(phrase.Terms) == 0 {
		return
	}
	// A star after another sign belongs to nothing, and after one letter to nearly everything.
	phrase.Prefix = prefix && end == utf8.RuneCountInString(text) && letters > 1
	p.phrases++
	switch {
	case without:
		p.query.Without = append(p.query.Without, phrase)
	case p.or:
		last := len(p.query.Groups) - 1
		p.query.Groups[last] = append(p.query.Groups[last], phrase)
	default:
		p.query.Groups = append(p.query.Groups, []Phrase{phrase})
	}
	p.open, p.or = !without, false
}
