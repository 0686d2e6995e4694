package store

import "sync"

// known are ids of records that were there when they were looked for. They may be gone by now: a foreign key tells who
// relies on them, and then they are forgotten.
type known struct {
	mu  sync.Mutex
	ids map[knownID]struct{}
}

type knownID struct {
	table string
	id    int64
}

// mostKnown bounds how many ids are known: about a megabyte of them. Beyond, it begins anew.
const mostKnown = 20_000

// recall notes those of some ids that are known, and returns the others.
func (k *known) recall(table string, wanted []int64, there map[int64]bool) (unknown []int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, id := range wanted {
		if _, ok := k.ids[knownID{table, id}]; ok {
			there[id] = true
		} else {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// remember keeps the id of a record that is there, of which the transaction was committed.
func (k *known) remember(table string, id int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil || len(k.ids) >= mostKnown {
		k.ids = map[knownID]struct{}{}
	}
	k.ids[knownID{table, id}] = struct{}{}
}

func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ids = nil
}
