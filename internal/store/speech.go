package store

import (
	"github.com/go-json-experiment/json"
	"gorm.io/gorm"
)

// speech is what an engine writes otherwise than the other. Lists come as one parameter, a JSON array, so that a statement
// stays the same however long they are.
type speech struct {
	among      string // is one of a list of numbers; follows a column
	listed     string // selects a list of numbers
	unindexed  string // comes before a column by whose index nothing is to be looked for
	amongWords string // is one of a list of texts
	lookUp     string // reads entries of facets, by a list of pairs of field and value
	enter      string // makes entries of facets, by a list of pairs of field and value, and reads their ids
	postings   string // reads postings: a list of ids of facets, shifted, and the first and the last chunk
	keep       string // writes postings: their codes in a row, and a list of id, where its code begins (from 1), how long it is
	count      string // counts facets: a list of id and by how much more
	sheets     string // reads all postings of a field, with its values: the first and the last chunk, and the field
	renumber   string // gives chunks of postings an epoch, and takes a list of them
	gathered   string // joins all ids, with commas
	moments    string // joins the id and the time of creation of claims, with commas
	joined     string // joins all documents, as lines
	sentence   string // a sentence as its JSON
	inTurn     string // reads documents, by a list of ids, in its order
	// places are articles a, each with the occurrences o that stand in it. In SQLite, one index has the occurrences of an article
	// and those in the order of time: what stands in an article is found by when this was published, too.
	places  string
	quotes  string // is one of the occurrences of quotes, by a list of the numbers of their words; "" where an index has them by these
	quoting string // selects about as many rows
}

// speechOf is that of the engine that a statement is for.
func speechOf(tx *gorm.DB) *speech {
	if tx.Name() == "postgres" {
		return &postgresSpeech
	}
	return &sqliteSpeech
}

// listOf is a list as a statement takes it.
func listOf[T any](v []T) string {
	if len(v) == 0 {
		return "[]" // and not null, where it is nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and words, which JSON can hold
	}
	return string(b)
}
