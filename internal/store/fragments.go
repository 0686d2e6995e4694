package store

import (
	"strings"
	"sync"

	"gorm.io/gorm"
)

// fragments remember the JSON of records that others are shown with. What a record is at a version never changes, so that
// what is remembered is right for as long as the version that a snapshot has is the same.
//
// They are bounded: once the young ones have grown to their share, they become the old ones, which are forgotten then unless
// they were asked for meanwhile.
type fragments struct {
	mu         sync.Mutex
	young, old map[fragmentKey][]byte
	size       int // of the young ones, in bytes
}

// fragmentKey is a record of a table at a version: its id, its version and when it came to be that.
type fragmentKey struct{ table, stamp string }

// youngFragments is how many bytes the young fragments may have, and so the old ones; each takes up a little more.
const youngFragments = 2 << 20

const fragmentOverhead = 100

func (f *fragments) get(key fragmentKey) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.young[key]
	if b == nil {
		if b = f.old[key]; b != nil {
			f.keep(key, b)
		}
	}
	return b
}

func (f *fragments) put(key fragmentKey, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key.stamp = strings.Clone(key.stamp) // which is a part of a longer text
	f.keep(key, b)
}

func (f *fragments) keep(key fragmentKey, b []byte) {
	if f.young == nil || f.size > youngFragments {
		f.young, f.old, f.size = map[fragmentKey][]byte{}, f.young, 0
	}
	f.young[key] = b
	f.size += len(b) + fragmentOverhead
}

// of are the JSON of records of a table, by their ids. Those that are not remembered are read.
func (f *fragments) of(tx *gorm.DB, table string, wanted []int64, read func(tx *gorm.DB, ids []int64) (map[int64][]byte, error)) (map[int64][]byte, error) {
	wanted = distinct(wanted)
	all := make(map[int64][]byte, len(wanted))
	if len(wanted) == 0 {
		return all, nil
	}
	var joined string
	query := "SELECT COALESCE(" + speechOf(tx).stamps + ", '') FROM " + table + " WHERE id " + speechOf(tx).among
	if err := tx.Raw(query, listOf(wanted)).Row().Scan(&joined); err != nil {
		return nil, err
	}
	var missing []int64
	stamps := map[int64]string{}
	for stamp := range strings.SplitSeq(joined, ",") {
		id := leading(stamp)
		if all[id] = f.get(fragmentKey{table, stamp}); all[id] == nil {
			missing, stamps[id] = append(missing, id), stamp
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	found, err := read(tx, missing)
	for id, b := range found {
		all[id] = b
		f.put(fragmentKey{table, stamps[id]}, b)
	}
	return all, err
}
