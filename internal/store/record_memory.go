package store

import (
	"context"
	"strings"
	"sync"
)

// recordMemory remembers the documents of actors, elections and sources, which are few, asked for with each page of claims, and
// seldom change.
//
// What makes it right: this process is the only one that writes to the file. The turn counts up before anything that a commit
// changes of these documents can be seen, and once more after it. A reader notes it before its snapshot is taken, and it is
// compared when the snapshot is asked: where it is the same, and even, no such commit was under way or came between, and the
// snapshot has the documents of that turn. What is remembered is all of one turn, and given to its readers alone. A record that is
// deleted, which is no turn, is one that nothing points at in a snapshot without it, and its id is never given out again.
type recordMemory struct {
	mu        sync.RWMutex
	turn      uint64
	size      int
	documents map[string]map[int64]string // by the table and the id
}

// mostRecords bounds how many bytes of documents are remembered; beyond, it begins anew. recordSize is what each takes besides.
const (
	mostRecords = 4 << 20
	recordSize  = 64
)

// change counts the turn up, before a commit and after it.
func (m *recordMemory) change() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn++
	m.documents = nil
}

// recordsOf is the memory for one snapshot.
type recordsOf struct {
	memory *recordMemory // nil for nothing
	turn   uint64
}

// recordsBefore is the memory for one who is about to take a snapshot. There is none where others write, too, nor within
// Together, which sees what may be undone.
func (s *Store) recordsBefore(ctx context.Context) recordsOf {
	_, writes := ctx.Value(together{}).(*joint)
	if !s.Embedded() || writes {
		return recordsOf{}
	}
	s.records.mu.RLock()
	defer s.records.mu.RUnlock()
	if s.records.turn%2 != 0 {
		return recordsOf{}
	}
	return recordsOf{&s.records, s.records.turn}
}

// holds tells whether nothing that a commit changes of these records came since, for the one who writes next.
func (r recordsOf) holds(t *transaction) bool {
	if r.memory == nil || t.records {
		return false
	}
	r.memory.mu.RLock()
	defer r.memory.mu.RUnlock()
	return r.memory.turn == r.turn
}

// recall is what is remembered of a table's documents, by their ids, and the ids of the others. The snapshot is taken by then.
func (r recordsOf) recall(table string, ids []int64) (all map[int64]string, missing []int64) {
	all = make(map[int64]string, len(ids))
	if r.memory == nil {
		return all, ids
	}
	r.memory.mu.RLock()
	defer r.memory.mu.RUnlock()
	if r.memory.turn != r.turn {
		return all, ids
	}
	documents := r.memory.documents[table]
	for _, id := range ids {
		if document, ok := documents[id]; ok {
			all[id] = document
		} else {
			missing = append(missing, id)
		}
	}
	return all, missing
}

// keep remembers a document of a table. It may be a part of a longer text.
func (r recordsOf) keep(table string, id int64, document string) {
	if r.memory != nil {
		r.memory.keep(r.turn, table, id, strings.Clone(document))
	}
}

func (m *recordMemory) keep(turn uint64, table string, id int64, document string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.turn != turn {
		return
	}
	m.size += recordSize + len(document)
	if m.documents == nil || m.size > mostRecords {
		m.documents, m.size = map[string]map[int64]string{}, recordSize+len(document)
	}
	if m.documents[table] == nil {
		m.documents[table] = map[int64]string{}
	}
	m.documents[table][id] = document
}
