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
// to waste while requests wait. What is bounded by the number of processors is to be made before.
//
// Nothing is done where the environment says how many there are to be (GOMAXPROCS), nor where the process may use less time than
// the machine's processors have: Go has fewer threads then, so that the time does not run out half-way.
func doubleThreads() {
	if threads := runtime.GOMAXPROCS(0); os.Getenv("GOMAXPROCS") == "" && threads == runtime.NumCPU() {
		runtime.GOMAXPROCS(2 * threads)
	}
}
