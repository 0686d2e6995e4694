package store

import (
	linked "container/list"
	"sync"
)

// memory remembers what was read, such as of the folded index, up to a number of bytes: what was not asked for longest makes
// room for what is new. What is in it is never changed.
type memory struct {
	most int64 // bytes

	mu     sync.Mutex
	size   int64
	parts  map[part]*linked.Element
	recent linked.List // of *remembered, those that were asked for last first
}

// mostInMemory is how many bytes of the folded index are remembered.
const mostInMemory = 32 << 20

// part says what is remembered: one or more of what follows, by the kind of part.
type part struct {
	what    partKind
	text    string
	id      int64
	epoch   int64
	numbers *numbering
}

type partKind byte

// The kinds of parts.
const (
	epochsPart    partKind = iota // the chunks of an epoch, as []chunkState
	entryPart                     // a facet at an epoch, as entry
	mostPart                      // the values of a field that the most claims have at an epoch, as []entry
	countPart                     // how many values of a field claims have at an epoch, as int64
	valuesPart                    // all values of a field at an epoch, in their order, as []entry
	postingPart                   // a facet's coded sets, as strip[[]byte]
	numberingPart                 // the numbers of a field's values, as *numbering
	sheetPart                     // a field's sheets, as strip[*sheet]
	totalPart                     // how many claims some facets rule, as strip[int64]
	crossPart                     // how many claims have two values each, as strip[[]crossing]
	extentPart                    // when claims with each value of a field were seen, as strip[chunkExtents]
	countedPart                   // how many claims that some facets rule have each value of a field, as strip[chunkTally]
	momentsPart                   // when the claims of chunks were created, as strip[moments]
	createdPart                   // when some claims were created, as momentary[map[int64]tracker.Instant]
	sentencePart                  // a sentence of the database that is the epoch-th to be written to, as namedSentence
	namePart                      // the name of a record, as momentary[string]
	tallyPart                     // how many records there are of each kind, as momentary[map[string]int64]
)

type remembered struct {
	part  part
	value any
	size  int64
}

// partSize is what remembering takes besides what is remembered, in bytes.
const partSize = 256

// recall is what is remembered of a part; of no memory, nothing.
func recall[T any](m *memory, p part) (value T, ok bool) {
	if m == nil {
		return value, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.parts[p]; e != nil {
		m.recent.MoveToFront(e)
		value, ok = e.Value.(*remembered).value.(T)
	}
	return value, ok
}

// recallOr is what is remembered of a part, or what create makes, which is remembered then and takes next to nothing so far. Of
// those who ask at once, each is given the same.
func recallOr[T any](m *memory, p part, create func() T) T {
	if m == nil {
		return create()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.parts[p]; e != nil {
		m.recent.MoveToFront(e)
		return e.Value.(*remembered).value.(T)
	}
	value := create()
	m.put(&remembered{p, value, partSize + int64(len(p.text))})
	return value
}

// keep remembers a part, of so many bytes, instead of what was remembered of it before. What there is no room for at all is
// not remembered, and pushes nothing else out.
func (m *memory) keep(p part, value any, size int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(&remembered{p, value, partSize + int64(len(p.text)+size)})
}

// grown says that what is remembered of a part has come to take so many bytes. It is false where that is not remembered any more.
func (m *memory) grown(p part, value any, size int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.parts[p]; e == nil || e.Value.(*remembered).value != value {
		return false
	}
	m.put(&remembered{p, value, partSize + int64(len(p.text)+size)})
	return m.parts[p] != nil
}

// put is keep for whoever has the lock.
func (m *memory) put(one *remembered) {
	if m.parts == nil {
		m.parts = map[part]*linked.Element{}
	}
	if e := m.parts[one.part]; e != nil {
		m.forget(e)
	}
	if one.size <= m.most {
		m.size += one.size
		m.parts[one.part] = m.recent.PushFront(one)
	}
	for m.size > m.most {
		m.forget(m.recent.Back())
	}
}

// clear forgets all parts.
func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.size, m.parts = 0, nil
	m.recent.Init()
}

// forget takes out a part; whoever calls it has the lock.
func (m *memory) forget(e *linked.Element) {
	one := m.recent.Remove(e).(*remembered)
	m.size -= one.size
	delete(m.parts, one.part)
}
