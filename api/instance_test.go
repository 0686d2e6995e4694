package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"claimtracker/internal/pgtest"
)

// binary is the path of the program, built for tests that run it as processes of its own.
type binary string

func build(t *testing.T) binary {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return binary(path)
}

// instance is the program as a process that serves.
type instance struct {
	testing.TB
	url     string
	said    string // what it said when it began to listen
	command *exec.Cmd
	log     *lines
}

// serve starts the program on a free port and waits until it listens. It ends with the test.
func (path binary) serve(t testing.TB, database string, settings ...string) *instance {
	t.Helper()
	p := &instance{TB: t, log: new(lines)}
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "warn", "--database", database}, settings...)
	p.command = exec.Command(string(path), args...)
	p.command.Stderr = p.log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		p.said += lines.Text() + "\n"
		if url, ok := strings.CutPrefix(lines.Text(), "claimtracker listens on "); ok {
			p.url = url
		}
		if strings.HasPrefix(lines.Text(), "Database: ") {
			return p
		}
	}
	t.Fatalf("the program ended before it listened, having said %q and\n%s", p.said, p.log)
	return nil
}

func (p *instance) stop() {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.Errorf("stopping the program: %v", err)
	}
	if err := p.command.Wait(); err != nil && p.url != "" {
		p.Errorf("the program, told to stop: %v\n%s", err, p.log)
	}
	if p.Failed() {
		log := p.log.String()
		p.Logf("the program's log ends with\n%s", log[max(0, len(log)-4000):])
	}
}

// A client of a process never waits longer than this for an answer: two seconds is what is promised, and the rest is for
// a machine that runs other packages' tests at the same time.
const patience = 8 * time.Second

var client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// answered is what a process answered.
type answered struct {
	status     int
	retryAfter string
	id         int64
	body       []byte
}

// ask sends a request, with headers given as names and values in turn. An error is that of a request without an answer.
func (p *instance) ask(ctx context.Context, method, path string, body any, headers ...string) (a answered, err error) {
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return a, err
		}
		sent = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.url+path, sent)
	if err != nil {
		return a, err
	}
	request.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	response, err := client.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	if a.body, err = io.ReadAll(response.Body); err != nil {
		return a, err
	}
	var record struct{ ID int64 }
	if response.StatusCode < 300 {
		if err := json.Unmarshal(a.body, &record); err != nil {
			return a, err
		}
	}
	a.status, a.retryAfter, a.id = response.StatusCode, response.Header.Get("Retry-After"), record.ID
	return a, nil
}

// create asks for a new source.
func (p *instance) create(ctx context.Context, name string) (answered, error) {
	return p.ask(ctx, http.MethodPost, "/api/v1/sources", map[string]string{"name": name, "kind": "other"})
}

// names are the names of all sources, by id.
func (p *instance) names() map[int64]string {
	p.Helper()
	all, path := map[int64]string{}, "/api/v1/sources?limit=200"
	for cursor := ""; ; {
		a, err := p.ask(context.Background(), http.MethodGet, path+cursor, nil, "Cache-Control", "no-cache") // a replica may be behind
		if err != nil || a.status != http.StatusOK {
			p.Fatalf("listing the sources = %d %s, %v", a.status, a.body, err)
		}
		var list struct {
			Items []struct {
				ID   int64
				Name string
			}
			Next *string
		}
		if err := json.Unmarshal(a.body, &list); err != nil {
			p.Fatal(err)
		}
		for _, item := range list.Items {
			all[item.ID] = item.Name
		}
		if list.Next == nil {
			return all
		}
		cursor = "&cursor=" + *list.Next
	}
}

// startPostgres starts a server of the test's own, with the options that a real one has.
func startPostgres(t testing.TB) *pgtest.Server {
	t.Helper()
	server, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Remove(); err != nil {
			t.Error(err)
		}
	})
	return server
}
