package store

import (
	"errors"
	"slices"

	"gorm.io/gorm"
)

// CopiedTables are the tables that a copy carries over, in its order, each with its primary key and the column that points
// into the table itself; UncopiedTables are those that it leaves.
func CopiedTables() (tables [][3]string) {
	for _, t := range copiedTables {
		tables = append(tables, [3]string{t.name, t.key, t.self})
	}
	return tables
}

// UncopiedTables are the tables that a copy leaves.
var UncopiedTables = uncopiedTables

// BatchBytes bounds what a copy writes at once.
const BatchBytes = batchBytes

// Waiting is how many writes wait for their turn.
func (s *Store) Waiting() int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return len(s.queue.waiting)
}

// WordsOf is the number that is kept for the words of a quote.
func WordsOf(exact string) int64 { return wordsOf(exact) }

// Watch calls fn with each statement that reads through the store from now on, once it has run.
func (s *Store) Watch(fn func(sql string, vars []any)) error {
	watch := func(tx *gorm.DB) { fn(tx.Statement.SQL.String(), slices.Clone(tx.Statement.Vars)) }
	reads := s.read.Callback()
	return errors.Join(reads.Query().After("gorm:query").Register("watch", watch), reads.Row().After("gorm:row").Register("watch", watch))
}

