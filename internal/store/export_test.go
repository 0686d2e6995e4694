package store

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
