package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// sound checks that a database that nobody has open is whole: one file, every page, index and reference of it in order.
func sound(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("PRAGMA integrity_check = %q, %v; want ok", verdict, err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() || rows.Err() != nil {
		t.Errorf("a record points at one that is not there (%v)", rows.Err())
	}
}

// closedClean checks that only the database and its lock are left.
func closedClean(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Stat(path + suffix); err == nil {
			t.Errorf("%s%s was left behind", filepath.Base(path), suffix)
		}
	}
	sound(t, path)
}

func TestSIGTERMLetsWhatIsUnderWayFinishAndClosesTheDatabase(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		path := filepath.Join(t.TempDir(), "a.db")
		p := launch(t, serveArgs(path, "--seeds=false")...).serving(t)
		body := `{"name": "The Slow Ledger", "kind": "news_outlet"}`
		slow, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer slow.Close()
		// A first request on another connection tells that the head of the slow one has been read before the signal comes.
		fmt.Fprintf(slow, "POST /api/v1/sources HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
		continued := make([]byte, 25)
		if _, err := io.ReadFull(slow, continued); err != nil || !bytes.Contains(continued, []byte("100 Continue")) {
			t.Fatalf("the server answered %q, %v; want 100 Continue", continued, err)
		}
		fmt.Fprint(slow, body[:10])
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		// It accepts nobody any more ...
		refused := false
		for range 500 {
			connection, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
			if refused = err != nil; refused {
				break
			}
			connection.Close()
			time.Sleep(10 * time.Millisecond)
		}
		if !refused {
			t.Errorf("after %v it still accepts connections", signal)
		}
		// ... and answers whoever was there.
		for _, b := range []byte(body[10:]) {
			if _, err := slow.Write([]byte{b}); err != nil {
				t.Fatalf("after %v the slow request was cut off: %v", signal, err)
			}
			time.Sleep(2 * time.Millisecond)
		}
		answer, err := io.ReadAll(slow)
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 201 ")) {
			t.Errorf("after %v the slow request was answered %.200q, %v; want 201", signal, answer, err)
		}
		if code := p.exitCode(t); code != 0 {
			t.Errorf("after %v the process exits with %d; want 0:\n%s", signal, code, &p.stderr)
		}
		closedClean(t, path)
		again, _ := running(t, serveArgs(path, "--seeds=false")...)
		again.serving(t)
		if got := get(t, again.base+"/api/v1/sources"); !strings.Contains(got, "The Slow Ledger") {
			t.Errorf("after %v the record that was acknowledged is not there: %s", signal, got)
		}
	}
}

// dawdle sends the beginning of a request, waits until it is under way, and leaves it there.
func dawdle(t *testing.T, base string) {
	t.Helper()
	slow, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slow.Close() })
	fmt.Fprint(slow, "POST /api/v1/sources HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\nExpect: 100-continue\r\n\r\n")
	if _, err := io.ReadFull(slow, make([]byte, 25)); err != nil {
		t.Fatal(err)
	}
}

func TestARequestThatOutlastsTheDrainIsCutOffAndTheDatabaseIsClosedAllTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	p := launch(t, serveArgs(path, "--seeds=false", "--drain=100ms")...).serving(t)
	dawdle(t, p.base)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(t); code != 1 || !strings.Contains(p.stderr.String(), "did not finish in time") {
		t.Errorf("the process exits with %d and says %q; want 1, and that a request did not finish in time", code, &p.stderr)
	}
	closedClean(t, path)
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	p := launch(t, serveArgs(path, "--seeds=false", "--drain=10m", "--log-level=info")...).serving(t)
	dawdle(t, p.base)
	for range 2000 {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			break // it has ended
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := p.ended(t); err == nil || p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("after two signals the process ended with %v; want it ended by the second", err)
	}
	sound(t, path)
}

// Every client notes what was acknowledged; the process is killed amid it; then all of that must be there.
func TestWhatWasAcknowledgedOutlivesKillMinusNine(t *testing.T) {
	const clients, rounds = 16, 3
	path := filepath.Join(t.TempDir(), "a.db")
	acknowledged := map[string]string{} // location to name or text
	var mu sync.Mutex
	for round := range rounds {
		p := launch(t, serveArgs(path)...).serving(t)
		var articles struct {
			Items []struct {
				ID int64 `json:"id"`
			} `json:"items"`
		}
		if err := json.Unmarshal([]byte(get(t, p.base+"/api/v1/articles?limit=1")), &articles); err != nil || len(articles.Items) != 1 {
			t.Fatalf("the articles are %+v, %v; want the seeded one", articles, err)
		}
		var all sync.WaitGroup
		enough := make(chan bool, 1)
		count := 0
		for client := range clients {
			all.Go(func() {
				for i := 0; ; i++ {
					name := fmt.Sprintf("round %d client %d record %d", round, client, i)
					url, body := "/api/v1/sources", fmt.Sprintf(`{"name": %q, "kind": "other"}`, name)
					if i%2 == 1 {
						url = "/api/v1/claims"
						body = fmt.Sprintf(`{"text": %q, "kind": "other", "occurrence": {"article_id": %d, "exact": "CNN named neither of them."}}`, name, articles.Items[0].ID)
					}
					a, err := ask(http.MethodPost, p.base+url, "application/json", body)
					if err != nil {
						return // killed
					}
					if a.status != http.StatusCreated {
						t.Errorf("POST %s = %d: %s; want 201", url, a.status, a.body)
						return
					}
					mu.Lock()
					acknowledged[a.header.Get("Location")] = name
					if count++; count == 60+rand.IntN(60) || count > 120 {
						select {
						case enough <- true:
						default:
						}
					}
					mu.Unlock()
				}
			})
		}
		<-enough
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.ended(t)
		all.Wait()

		again := launch(t, serveArgs(path)...).serving(t)
		for location, name := range acknowledged {
			if a, err := ask(http.MethodGet, again.base+location, "", ""); err != nil || a.status != http.StatusOK || !strings.Contains(a.body, name) {
				t.Errorf("round %d: %s was acknowledged as %q and is now %d, %v: %.200s", round, location, name, a.status, err, a.body)
			}
		}
		if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := again.exitCode(t); code != 0 {
			t.Errorf("round %d: the restarted process exits with %d; want 0", round, code)
		}
		closedClean(t, path)
	}
	if len(acknowledged) < rounds*60 {
		t.Errorf("only %d records were acknowledged in %d rounds", len(acknowledged), rounds)
	}
	// No claim without the words it came from, and none of the unacknowledged ones in part.
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var strays int
	if err := db.QueryRow("SELECT count(*) FROM claims WHERE 1 <> (SELECT count(*) FROM occurrences WHERE claim_id = claims.id AND is_origin = 1)").Scan(&strays); err != nil || strays != 0 {
		t.Errorf("%d claims do not have one origin (%v); want none", strays, err)
	}
}

func TestANewDatabaseWhoseProcessWasKilledIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	p := launch(t, serveArgs(path, "--seeds=false")...).serving(t)
	_ = p.cmd.Process.Kill()
	_ = p.ended(t)
	again, stop := running(t, serveArgs(path, "--seeds=false")...)
	again.serving(t)
	stop()
	closedClean(t, path)
}

func TestASecondProcessOnTheSameFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	first := launch(t, serveArgs(path, "--seeds=false")...).serving(t)
	for _, args := range [][]string{serveArgs(path), {"seed", "--database", path}, {"import", "--database", path, "x.txt"}} {
		second := launch(t, args...)
		if code := second.exitCode(t); code != 1 {
			t.Errorf("a second process, %s, exits with %d; want 1", args[0], code)
		}
		want := "claimtracker: " + path + " is in use by another claimtracker process; stop that one first, or talk to it with --server\n"
		if got := second.stderr.String(); got != want || second.stdout.String() != "" {
			t.Errorf("a second process, %s, says %q and %q; want %q", args[0], &second.stdout, got, want)
		}
	}
	if got := get(t, first.base+"/readyz"); !strings.Contains(got, "ok") {
		t.Errorf("the first process was disturbed: %s", got)
	}
}

func TestAFileThatCannotServeIsRefusedWithExitCode1AndLeftAsItIs(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made.db")
	if _, _, err := told("seed", "--database", made); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	for i := range 4096 {
		damaged[len(damaged)/4096/2*4096+i] = 0x5A
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	if err := os.WriteFile(newer, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	newerSchema, err := os.ReadFile(newer)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"a damaged file": {damaged, "is damaged"},
		"half a file":    {whole[:len(whole)/2], "is damaged"},
		"a newer schema": {newerSchema, "run a newer claimtracker"},
		"a text":         {[]byte("Dear diary"), "is not a SQLite database"},
	} {
		path := filepath.Join(t.TempDir(), "a.db")
		if err := os.WriteFile(path, test.content, 0o600); err != nil {
			t.Fatal(err)
		}
		p := launch(t, serveArgs(path)...)
		code := p.exitCode(t)
		if got := p.stderr.String(); code != 1 || !strings.HasPrefix(got, "claimtracker: ") || !strings.Contains(got, test.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: exit code %d, and it says %q; want 1 and one line: %s", name, code, got, test.want)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, test.content) {
			t.Errorf("%s was changed by being refused (%v)", name, err)
		}
	}
}

// Where the tests run as root, nothing is read-only to them: then the program runs as nobody.
func TestAReadOnlyFileIsRefused(t *testing.T) {
	folder, err := os.MkdirTemp("", "claimtracker") //nolint:usetesting // nobody cannot enter the folder that TempDir makes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	path := filepath.Join(folder, "a.db")
	if _, _, err := told("seed", "--database", path); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{folder: 0o777, path + ".lock": 0o666, path: 0o444} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, serveArgs(path)...)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	p := command(t, cmd)
	if code := p.exitCode(t); code != 1 || !strings.Contains(p.stderr.String(), "cannot write to the database") {
		t.Errorf("with a read-only file the process exits with %d and says %q; want 1, and that it cannot write", code, &p.stderr)
	}
}
