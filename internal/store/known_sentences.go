package store

import (
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// The sentences that new claims stand on are remembered: often, several stand on the same few.
//
// A sentence never changes, nor is its id given again. It may be gone, with its version: a foreign key tells who relies on it,
// and then sentences are forgotten and looked for once more, as those of an anchor are at which something seems to be wrong. And
// another database may take the place of this one: then its number is another one, under which nothing is remembered yet, and
// claims that were made ready before are made ready again.

// mostOfSentences is how many bytes of sentences are remembered.
const mostOfSentences = 4 << 20

// knownLocator is locator, outside of a transaction that writes with sentences that were there a while ago.
func (s *Store) knownLocator(tx *gorm.DB, database int64, anchors []tracker.Anchor) (locator, error) {
	if transactionOf(tx) != nil {
		return s.locator(tx, anchors...) // what it has made may be undone
	}
	l := locator{tx: tx, sentences: map[int64]namedSentence{}}
	var unknown []int64
	for _, id := range namedBy(anchors) {
		known, ok := recall[namedSentence](&s.sentences, part{what: sentencePart, id: id, epoch: database})
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
			s.sentences.keep(part{what: sentencePart, id: id, epoch: database}, found, len(found.around))
		}
	}
	return l, nil
}
