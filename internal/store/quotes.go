package store

import (
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// What new claims stand on is remembered: often, several stand on the same few sentences.
//
// A sentence never changes, nor is its id given again. It may be gone, with its version: a foreign key tells who relies on it,
// and then sentences are forgotten and looked for once more, as those of an anchor are at which something seems to be wrong. And
// another database may take the place of this one: then its number is another one, under which nothing is remembered yet, and
// claims that were made ready before are made ready again.

// mostOfQuotes is how many bytes of sentences and quotes are remembered.
const mostOfQuotes = 4 << 20

// quote is what is kept of the words of an occurrence to find it by. It is made of the words alone.
type quote struct {
	terms string // in the search index
	words int64
}

// quoteOf is what is made of the words of an occurrence.
func (s *Store) quoteOf(exact string) quote {
	at := part{what: quotePart, text: strings.Clone(exact)} // it may be a part of a long text
	q, ok := recall[quote](&s.quotes, at)
	if !ok {
		q = quote{search.Column(exact), wordsOf(exact)}
		s.quotes.keep(at, q, len(q.terms))
	}
	return q
}

// knownLocator is locator, outside of a transaction that writes with sentences that were there a while ago.
func (s *Store) knownLocator(tx *gorm.DB, database int64, anchors []tracker.Anchor) (locator, error) {
	if transactionOf(tx) != nil {
		return s.locator(tx, anchors...) // what it has made may be undone
	}
	l := locator{tx: tx, sentences: map[int64]namedSentence{}}
	var unknown []int64
	for _, id := range namedBy(anchors) {
		known, ok := recall[namedSentence](&s.quotes, part{what: sentencePart, id: id, epoch: database})
		if ok {
			l.sentences[id], l.known = known, true
		} else {
			unknown = append(unknown, id)
		}
	}
	if err := l.read(unknown); err != nil {
		return l, err
	}
	for _, id := range unknown {
		if found, ok := l.sentences[id]; ok {
			s.quotes.keep(part{what: sentencePart, id: id, epoch: database}, found, len(found.around))
		}
	}
	return l, nil
}
