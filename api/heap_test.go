package main

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

func TestHeapGrowsByRoomAtTheLeast(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 800}, {4 << 20, 800}, {8 << 20, 400}, {32 << 20, 100}, {1 << 40, 100}} {
		if got := growthOf(c.live); got != c.want {
			t.Errorf("a heap of %d bytes may grow by %d %%, want %d %%", c.live, got, c.want)
		}
	}
}

// What a collection finds decides how much the heap may grow until the next one.
func TestEachCollectionGivesRoom(t *testing.T) {
	t.Setenv("GOGC", "")
	giveRoom()
	grows := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	follows := func() bool {
		for range 10_000 { // what hears of a collection runs a moment after it
			runtime.GC()
			metrics.Read(grows)
			if grows[0].Value.Uint64() == uint64(growthOf(liveHeap())) {
				return true
			}
		}
		return false
	}
	kept := [][]byte{make([]byte, 2*heapRoom)}
	if !follows() || grows[0].Value.Uint64() != 100 {
		t.Errorf("with %d bytes in use the heap may grow by %d %%, want 100 %%", liveHeap(), grows[0].Value.Uint64())
	}
	clear(kept)
	if !follows() || grows[0].Value.Uint64() == 100 {
		t.Errorf("with %d bytes in use the heap may grow by %d %% still", liveHeap(), grows[0].Value.Uint64())
	}
}
