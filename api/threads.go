package main

import (
	"os"
	"runtime"
	"sync"
)

// giveThreads is doubleThreads, once a process.
var giveThreads = sync.OnceFunc(doubleThreads)

// doubleThreads lets twice as many threads run Go as there are processors. Go's scheduler sees nothing of what a goroutine does
// within SQLite, which keeps the turn of a thread for tens of microseconds: with one turn a processor, a part of their time goes
// to waste while requests wait. What is bounded by the number of processors is to be made before. Nothing is done where the
// environment says how many turns there are to be (GOMAXPROCS).
func doubleThreads() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
}
