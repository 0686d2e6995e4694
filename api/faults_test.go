package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"claimtracker/internal/pgtest"
)

// The faults of a database, with real processes. What a process promises: every write that it acknowledged is there
// afterwards; while the database is away, requests are answered with 503 and Retry-After within two seconds; it serves
// again within five seconds of the database.

// writers write until they are told to stop, and remember what was acknowledged.
type writers struct {
	*instance
	stopped      atomic.Bool
	group        sync.WaitGroup
	mutex        sync.Mutex
	acknowledged map[int64]string
	refused, cut int
	last, back   time.Time     // the last write before the first refusal, and the first after the last
	longest      time.Duration // that a client waited to be refused
}

// write starts n writers.
func (p *instance) write(n int) *writers {
	w := &writers{instance: p, acknowledged: map[int64]string{}}
	for writer := range n {
		w.group.Go(func() {
			for i := 0; !w.stopped.Load(); i++ {
				// Some clients do not have the patience to wait for the answer.
				limit := time.Hour
				if i%8 == 7 {
					limit = time.Duration(rand.IntN(200)) * time.Millisecond
				}
				ctx, cancel := context.WithTimeout(context.Background(), limit)
				name := fmt.Sprintf("writer %d, source %d", writer, i)
				asked := time.Now()
				a, err := w.create(ctx, name)
				refused := w.note(name, a, err, ctx.Err() != nil, time.Since(asked))
				cancel()
				if refused {
					time.Sleep(100 * time.Millisecond) // sooner than it is asked to, but not at once
				}
			}
		})
	}
	return w
}

// note notes what became of a write, and tells whether it was refused for now.
func (w *writers) note(name string, a answered, err error, cut bool, took time.Duration) (refused bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch {
	case err != nil && cut:
		w.cut++
	case err != nil:
		w.Errorf("a write got no answer: %v", err)
	case a.status == http.StatusCreated:
		w.acknowledged[a.id] = name
		if w.refused == 0 {
			w.last = time.Now()
		} else if w.back.IsZero() {
			w.back = time.Now()
		}
	case a.status == http.StatusServiceUnavailable && a.retryAfter != "":
		w.refused++
		w.back = time.Time{}
		refused, w.longest = true, max(w.longest, took)
	default:
		w.Errorf("a write was answered with %d, Retry-After %q: %s", a.status, a.retryAfter, a.body)
	}
	return refused
}

// count is how many writes were acknowledged by now.
func (w *writers) count() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return len(w.acknowledged)
}

// waitForMore waits until so many more writes are acknowledged; within is what is promised.
func (w *writers) waitForMore(n int, within time.Duration) {
	w.Helper()
	want, deadline := w.count()+n, time.Now().Add(within)
	for w.count() < want {
		if time.Now().After(deadline) {
			w.Fatalf("%v on, no %d more writes were acknowledged", within, n)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// stopAndCompare stops the writers and compares what was acknowledged with what is there.
func (w *writers) stopAndCompare(fault string) {
	w.Helper()
	w.stopped.Store(true)
	w.group.Wait()
	there, lost := w.names(), 0
	for id, name := range w.acknowledged {
		if there[id] != name {
			lost++
			w.Errorf("the source %d, %q, was acknowledged and is %q now", id, name, there[id])
		}
	}
	gap := "none"
	if w.refused > 0 {
		if w.longest > slowestRefusal {
			w.Errorf("%s: a write was refused after %v; want at most %v", fault, w.longest, slowestRefusal)
		}
		gap = fmt.Sprintf("%v, a refusal took %v at most", w.back.Sub(w.last).Round(time.Millisecond), w.longest.Round(time.Millisecond))
	}
	w.Logf("%s: %d writes acknowledged, %d lost; %d refused with 503, %d given up by their clients, %d there without having been acknowledged; gap %s",
		fault, len(w.acknowledged), lost, w.refused, w.cut, len(there)-len(w.acknowledged), gap)
}

// slowestRefusal is how long a write may wait to be refused: the two seconds that are promised, and as long for a busy machine.
const slowestRefusal = 4 * time.Second

// away checks how a process answers while its database is away.
func (p *instance) away() {
	p.Helper()
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for _, a := range []func() (answered, error){
				func() (answered, error) { return p.create(p.Context(), "while the database is away") },
				func() (answered, error) { return p.ask(p.Context(), http.MethodGet, "/api/v1/sources/1", nil) },
				func() (answered, error) { return p.ask(p.Context(), http.MethodGet, "/readyz", nil) },
			} {
				if a, err := a(); err != nil || a.status != http.StatusServiceUnavailable || a.retryAfter == "" {
					p.Errorf("while the database is away: %d %s, Retry-After %q, %v; want 503", a.status, a.body, a.retryAfter, err)
				}
			}
		})
	}
	group.Wait()
	if a, err := p.ask(p.Context(), http.MethodGet, "/healthz", nil); err != nil || a.status != http.StatusOK {
		p.Errorf("while the database is away, the process itself: %d, %v; want 200", a.status, err)
	}
}

func TestThePromisesHoldWithRealProcesses(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Log("not run: the program cannot be built here:", err)
		return
	}
	if err := pgtest.Installed(); err != nil {
		t.Log("not run:", err)
		return
	}
	path := build(t)
	for name, test := range map[string]func(*testing.T, binary, *pgtest.Server){
		"no acknowledged write is lost when the primary is restarted": func(t *testing.T, path binary, server *pgtest.Server) {
			primaryEnds(t, path, server, "the primary is restarted", (*pgtest.Server).Stop, (*pgtest.Server).Up)
		},
		"no acknowledged write is lost when the primary is killed": func(t *testing.T, path binary, server *pgtest.Server) {
			primaryEnds(t, path, server, "the primary is killed", (*pgtest.Server).Kill, (*pgtest.Server).Up)
		},
		"no acknowledged write is lost when the primary hangs": func(t *testing.T, path binary, server *pgtest.Server) {
			primaryEnds(t, path, server, "the primary hangs", (*pgtest.Server).Freeze, func(s *pgtest.Server, _ ...string) error { return s.Thaw() })
		},
		"nobody notices when a replica hangs": func(t *testing.T, path binary, server *pgtest.Server) {
			replicaEnds(t, path, server, "a replica hangs", (*pgtest.Server).Freeze, func(s *pgtest.Server, _ ...string) error { return s.Thaw() })
		},
		"nobody notices when a replica is killed": func(t *testing.T, path binary, server *pgtest.Server) {
			replicaEnds(t, path, server, "a replica is killed", (*pgtest.Server).Kill, (*pgtest.Server).Up)
		},
		"a list that is asked for with no-cache has what was written last": noCache,
		"a write that runs out of time is not reported as done":            outOfTime,
		"ten instances that start at once load the seeds once":             tenAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, path, startPostgres(t))
		})
	}
}

// primaryEnds ends the primary under 64 writers, and starts it again.
func primaryEnds(t *testing.T, path binary, server *pgtest.Server, fault string, down func(*pgtest.Server) error, up func(*pgtest.Server, ...string) error) {
	w := path.serve(t, server.DSN("postgres"), "--seeds", "false").write(64)
	w.waitForMore(64, time.Minute)
	if err := down(server); err != nil {
		t.Fatal(err)
	}
	w.away()
	if err := up(server); err != nil {
		t.Fatal(err)
	}
	w.waitForMore(64, 5*time.Second)
	w.stopAndCompare(fault)
}

// replicaEnds ends a replica under readers of lists, and starts it again.
func replicaEnds(t *testing.T, path binary, server *pgtest.Server, fault string, down func(*pgtest.Server) error, up func(*pgtest.Server, ...string) error) {
	replica, err := server.Standby()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := replica.Remove(); err != nil {
			t.Error(err)
		}
	}()
	w := path.serve(t, server.DSN("postgres"), "--seeds", "false", "--replicas", replica.DSN("postgres")).write(16)
	var readers sync.WaitGroup
	var lists atomic.Int64
	for range 8 {
		readers.Go(func() {
			for !w.stopped.Load() {
				if a, err := w.ask(context.Background(), http.MethodGet, "/api/v1/sources?limit=5", nil); err != nil || a.status != http.StatusOK {
					t.Errorf("a list = %d %s, %v; want 200", a.status, a.body, err)
				}
				lists.Add(1)
			}
		})
	}
	w.waitForMore(32, time.Minute)
	if err := down(replica); err != nil {
		t.Fatal(err)
	}
	w.waitForMore(32, time.Minute)
	if err := up(replica); err != nil {
		t.Fatal(err)
	}
	w.waitForMore(32, time.Minute)
	w.stopAndCompare(fault)
	readers.Wait()
	if w.refused > 0 {
		t.Errorf("%d writes were refused; want none", w.refused)
	}
	t.Logf("%d lists meanwhile, all answered", lists.Load())
}

// noCache holds a replica back, so that what it has can be told from what the primary has.
func noCache(t *testing.T, path binary, server *pgtest.Server) {
	replica, err := server.Standby()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := replica.Remove(); err != nil {
			t.Error(err)
		}
	}()
	p := path.serve(t, server.DSN("postgres"), "--seeds", "false", "--replicas", replica.DSN("postgres"))
	behind, err := pgx.Connect(t.Context(), replica.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close(context.Background())
	// The replica has got as far as the schema, once it has a row of the last table of it.
	for turn := 0; turn == 0; {
		if err := behind.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'write_turn'").Scan(&turn); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := behind.Exec(t.Context(), "SELECT pg_wal_replay_pause()"); err != nil {
		t.Fatal(err)
	}
	created, err := p.create(t.Context(), "written last")
	if err != nil || created.status != http.StatusCreated {
		t.Fatalf("creating a source = %d %s, %v", created.status, created.body, err)
	}
	for _, request := range []struct {
		path    string
		headers []string
		has     bool
	}{
		{"/api/v1/sources", nil, false},
		{"/api/v1/sources?total=true", []string{"Cache-Control", "max-age=60"}, false},
		{"/api/v1/sources", []string{"Cache-Control", "no-cache"}, true},
		{"/api/v1/sources?total=true", []string{"Cache-Control", "max-age=0, No-Cache"}, true},
		{fmt.Sprintf("/api/v1/sources/%d", created.id), nil, true},
	} {
		a, err := p.ask(t.Context(), http.MethodGet, request.path, nil, request.headers...)
		if err != nil || a.status != http.StatusOK || strings.Contains(string(a.body), "written last") != request.has {
			t.Errorf("GET %s with %q = %d %s, %v; want what was written last in it: %t", request.path, request.headers, a.status, a.body, err, request.has)
		}
	}
}

// outOfTime has writes wait for a turn that does not come.
func outOfTime(t *testing.T, path binary, server *pgtest.Server) {
	p := path.serve(t, server.DSN("postgres"), "--seeds", "false", "--timeout", "300ms")
	other, err := pgx.Connect(t.Context(), server.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	turn, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := turn.Exec(t.Context(), "SELECT id FROM write_turn FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			if a, err := p.create(t.Context(), "too late"); err != nil || a.status != http.StatusServiceUnavailable {
				t.Errorf("a write while another has the turn = %d %s, %v; want 503", a.status, a.body, err)
			}
		})
	}
	group.Wait()
	if err := turn.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := p.create(t.Context(), "in time")
	if err != nil || a.status != http.StatusCreated {
		t.Errorf("a write after that = %d %s, %v; want 201", a.status, a.body, err)
	}
	if names := p.names(); len(names) != 1 {
		t.Errorf("of 32 writes that were refused and one that was not, there are %v", names)
	}
}

// tenAtOnce starts ten instances on an empty database, whose address has a password in it.
func tenAtOnce(t *testing.T, path binary, server *pgtest.Server) {
	address := strings.Replace(server.DSN("postgres"), "claims@", "claims:hush@", 1)
	processes := make([]*instance, 10)
	var group sync.WaitGroup
	for i := range processes {
		group.Go(func() { processes[i] = path.serve(t, address) })
	}
	group.Wait()
	if t.Failed() {
		return
	}
	for i, p := range processes {
		for _, resource := range []string{"sources", "claims", "techniques"} {
			got, err := p.ask(t.Context(), http.MethodGet, "/api/v1/"+resource, nil)
			want, firstErr := processes[0].ask(t.Context(), http.MethodGet, "/api/v1/"+resource, nil)
			if err != nil || firstErr != nil || got.status != http.StatusOK || string(got.body) != string(want.body) {
				t.Errorf("instance %d has other %s than the first: %d, %v, %v", i, resource, got.status, err, firstErr)
			}
		}
		if strings.Contains(p.said+p.log.String(), "hush") {
			t.Errorf("instance %d tells the password: %s%s", i, p.said, p.log)
		}
	}
	seen := map[string]bool{}
	for _, name := range processes[9].names() {
		if seen[name] {
			t.Errorf("the source %q was loaded more than once", name)
		}
		seen[name] = true
	}
	if len(seen) == 0 {
		t.Error("ten instances loaded no seeds")
	}
}
