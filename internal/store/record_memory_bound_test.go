package store

import (
	"strings"
	"testing"
)

func TestDocumentsOfRecordsAreRememberedUpToABound(t *testing.T) {
	var m recordMemory
	r, long := recordsOf{memory: &m}, strings.Repeat("x", 1<<20)
	for id := range int64(20) {
		r.keep(actorDocuments, id, long)
		if m.size > mostRecords {
			t.Fatalf("%d bytes are remembered; want %d at the most", m.size, mostRecords)
		}
	}
	if found, missing := r.recall(actorDocuments, []int64{0, 19}); found[19] != long || len(missing) != 1 {
		t.Errorf("%d documents are remembered, and not those of %v; want the last", len(found), missing)
	}
}
