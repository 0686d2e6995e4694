package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// heapRoom is how many bytes are allocated, at the least, from one collection of garbage to the next.
	heapRoom = 32 << 20
	// leastHeap is what Go makes of a growth of 100 % where the heap has less.
	leastHeap = 4 << 20
)

// giveRoom lets the heap grow by heapRoom between two collections where it would grow by less. Go lets it double, and a server
// that keeps little of what it reads would spend a sixth of its time on collecting; where more than heapRoom is in use, it
// doubles still. Nothing is done where the environment says how much it is to grow (GOGC).
func giveRoom() {
	if os.Getenv("GOGC") == "" {
		atEachCollection(func() { debug.SetGCPercent(growthOf(liveHeap())) })
	}
}

// growthOf is by how many percent a heap of so many bytes in use may grow.
func growthOf(live uint64) int {
	return int(max(100, heapRoom*100/max(leastHeap, live)))
}

// liveHeap is how many bytes were in use at the last collection.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// atEachCollection does something now, and again whenever garbage is collected: it leaves some, and hears when that is found.
func atEachCollection(do func()) {
	do()
	runtime.AddCleanup(new(*byte), atEachCollection, do)
}
