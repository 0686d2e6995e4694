package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestThreadsAreDoubledWhereNothingElseWasSaid(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	processors := runtime.NumCPU()
	for _, c := range []struct {
		threads     int
		environment string
		want        int
	}{{processors, "", 2 * processors}, {processors, fmt.Sprint(processors), processors}, {processors + 1, "", processors + 1}} {
		runtime.GOMAXPROCS(c.threads)
		t.Setenv("GOMAXPROCS", c.environment)
		doubleThreads()
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("of %d threads on %d processors, with GOMAXPROCS=%q, there are %d; want %d", c.threads, processors, c.environment, got, c.want)
		}
	}
}

func TestAServerOfAFileHasThreadsForSQLite(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	runtime.SetDefaultGOMAXPROCS()
	threads := runtime.GOMAXPROCS(0)
	if threads == runtime.NumCPU() { // else there is a quota
		threads *= 2
	}
	t.Setenv("GODEBUG", "schedtrace=20")
	p := build(t).serve(t, filepath.Join(t.TempDir(), "claims.db"))
	want := fmt.Sprintf("gomaxprocs=%d ", threads)
	for end := time.Now().Add(20 * time.Second); !strings.Contains(p.log.String(), want); {
		if _, err := p.ask(t.Context(), "GET", "/healthz", nil); err != nil { // the scheduler says nothing where there is nothing to do
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatalf("Go's scheduler never says %s, but\n%s", want, p.log)
		}
	}
}
