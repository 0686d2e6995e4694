package main

import (
	"runtime"
	"testing"
)

func TestThreadsAreDoubled(t *testing.T) {
	before := runtime.GOMAXPROCS(3)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	for _, c := range []struct {
		environment string
		want        int
	}{{"3", 3}, {"", 6}} {
		t.Setenv("GOMAXPROCS", c.environment)
		doubleThreads()
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("with GOMAXPROCS=%q, %d threads run Go, want %d", c.environment, got, c.want)
		}
	}
}
