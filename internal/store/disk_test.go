package store_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/disktest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// The faults of a disk, with a process that writes and reads all the time, and folds its log again and again. It promises that
// what it acknowledged is there afterwards, and agrees with what is derived from it.

// keptAt names, in a process that writes for such a test, the file that it writes to.
const keptAt = "CLAIMTRACKER_TEST_KEPT_AT"

// keep writes and reads until the process is killed or its standard input ends, and says on its standard output how it fares:
// "kept", with a claim's id, its version, and how much was recorded of the disk by then, where a write was acknowledged; "read",
// where reads were answered; "refused", where it was told that this cannot be done just now; and "failed", with any other error.
// It does nothing in a process that is none of a keeper.
func keep() {
	path := os.Getenv(keptAt)
	if path == "" {
		return
	}
	s := must(store.Open(bg, path, slog.New(slog.NewTextHandler(os.Stderr, nil)), time.Now))
	s.CheckpointAt(60)
	article := must(s.Articles.List(bg, store.ArticleFilter{}, page("created_at"), nil)).Items[0].ID
	var stopped atomic.Bool
	var last atomic.Int64
	say := func(err error, format string, values ...any) {
		switch {
		case err == nil:
			must(fmt.Printf(format+"\n", values...))
		case tracker.CodeOf(err) == tracker.Unavailable:
			must(fmt.Println("refused"))
			time.Sleep(time.Millisecond) // or it would say nothing else
		default:
			must(fmt.Println("failed", err))
			time.Sleep(time.Millisecond)
		}
	}
	var group sync.WaitGroup
	for writer := range 4 {
		group.Go(func() {
			for i := 0; !stopped.Load(); i++ {
				in := claimed(fmt.Sprintf("Writer %d says the harbour vote was rigged, for the %d. time", writer, i), quoted(article, "rigged"))
				in.Tags = []string{fmt.Sprint("tag ", i%7)}
				claim, err := s.Claims.Create(bg, in)
				say(err, "kept %d %d %d", claim.ID, claim.Version, disktest.Recorded())
				if err != nil {
					continue
				}
				last.Store(claim.ID)
				claim, err = s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error {
					in.Tags = append(in.Tags, fmt.Sprint("more ", i%5))
					return nil
				})
				say(err, "kept %d %d %d", claim.ID, claim.Version, disktest.Recorded())
			}
		})
	}
	for range 2 {
		group.Go(func() {
			for !stopped.Load() {
				_, err := s.Claims.List(bg, store.ClaimFilter{Search: searched("harbour")}, store.Page{Limit: 20, Sort: "-created_at"}, nil)
				if id := last.Load(); err == nil && id > 0 {
					_, err = s.Claims.Get(bg, id, nil)
				}
				if err == nil {
					_, _, err = s.Claims.Count(bg, store.ClaimFilter{}, []string{"tag"}, 10)
				}
				say(err, "read")
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stopped.Store(true)
	group.Wait()
	must(0, s.Close())
	os.Exit(0)
}

// ack is what a keeper was acknowledged.
type ack struct{ id, version, recorded int64 }

// keeper is such a process, as its test sees it.
type keeper struct {
	testing.TB
	command *exec.Cmd
	stdin   io.Closer
	stderr  bytes.Buffer
	ended   chan struct{} // closed when all is read that it said

	mu    sync.Mutex
	acks  []ack
	times map[string]int // that it said each word
}

// startKeeper starts a keeper of a file, for the test of that name.
func startKeeper(t *testing.T, path string, environment ...string) *keeper {
	t.Helper()
	k := &keeper{TB: t, ended: make(chan struct{}), times: map[string]int{}}
	k.command = exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$") //nolint:gosec // this test itself
	k.command.Env = append(append(os.Environ(), keptAt+"="+path), environment...)
	k.command.Stderr = &k.stderr
	k.stdin = must(k.command.StdinPipe())
	out := must(k.command.StdoutPipe())
	must(0, k.command.Start())
	go func() {
		defer close(k.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			k.hear(lines.Text())
		}
	}()
	t.Cleanup(k.kill)
	return k
}

func (k *keeper) hear(line string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	word, rest, _ := strings.Cut(line, " ")
	if word == "kept" {
		var a ack
		must(fmt.Sscan(rest, &a.id, &a.version, &a.recorded))
		k.acks = append(k.acks, a)
	}
	k.times[word]++
}

// wait waits until it has said each of these words so many times more.
func (k *keeper) wait(times int, words ...string) {
	k.Helper()
	for _, word := range words {
		for from, began := k.said(word), time.Now(); k.said(word) < from+times; time.Sleep(time.Millisecond) {
			select {
			case <-k.ended:
				k.Fatalf("the process ended before it said %q; its log is\n%s", word, &k.stderr)
			default:
			}
			if time.Since(began) > time.Minute {
				k.Fatalf("the process does not say %q", word)
			}
		}
	}
}

func (k *keeper) said(word string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.times[word]
}

// kill kills it, and waits until all is read that it said.
func (k *keeper) kill() {
	_ = k.command.Process.Kill()
	<-k.ended
	_ = k.command.Wait()
}

// stop has it close the database and end.
func (k *keeper) stop() {
	k.Helper()
	must(0, k.stdin.Close())
	<-k.ended
	if err := k.command.Wait(); err != nil {
		k.Errorf("the process, told to stop: %v\n%s", err, &k.stderr)
	}
}

// newKept is a file for a keeper.
func newKept(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tracker.db")
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	newArticle(s, "The harbour vote was rigged. He said so.")
	must(0, s.Close())
	return path
}

// newDisk is a file for a keeper, on a disk that can fail. Where there is none here, ok is false.
func newDisk(t *testing.T) (path string, disk *disktest.Disk, ok bool) {
	t.Helper()
	if !onSQLite() {
		return "", nil, false
	}
	path = newKept(t)
	disk, ok = disktest.New(t, os.Args[0], path)
	return path, disk, ok
}

// checkKept opens a file and checks that all is there that was acknowledged, and that the file agrees with itself.
func checkKept(t *testing.T, path string, acks []ack, when string) {
	t.Helper()
	s, err := store.Open(bg, path, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer func() { must(0, s.Close()) }()
	versions, claims := map[int64]int64{}, []tracker.Record{}
	var verdict string
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		return errors.Join(tx.Raw("SELECT id, version FROM claims").Scan(&claims).Error, tx.Raw("PRAGMA integrity_check").Scan(&verdict).Error)
	}))
	if verdict != "ok" {
		t.Fatalf("%s: PRAGMA integrity_check = %q", when, verdict)
	}
	for _, c := range claims {
		versions[c.ID] = c.Version
	}
	for _, a := range acks {
		if versions[a.id] < a.version {
			t.Fatalf("%s: claim %d was acknowledged in version %d, and is there in version %d", when, a.id, a.version, versions[a.id])
		}
	}
	checkFacets(t, s, when)
	if err := s.CheckCounts(bg, rand.New(rand.NewPCG(1, 2))); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	all := store.Page{Limit: 1, Sort: "-created_at", Total: true}
	if found := *must(s.Claims.List(bg, store.ClaimFilter{Search: searched("harbour")}, all, nil)).Total; found != int64(len(claims)) {
		t.Fatalf("%s: of %d claims, %d are found", when, len(claims), found)
	}
	newSource(s, "written afterwards")
}

func TestWhatWasAcknowledgedOutlivesAKillAmidTheFold(t *testing.T) {
	keep()
	if !onSQLite() {
		return
	}
	path := newKept(t)
	var acks []ack
	for round := range 3 {
		k := startKeeper(t, path)
		k.wait(80+rand.IntN(80), "kept")
		k.kill()
		acks = append(acks, k.acks...)
		checkKept(t, path, acks, fmt.Sprint("after kill ", round))
	}
}

func TestWhatWasAcknowledgedOutlivesTheLossOfPower(t *testing.T) {
	keep()
	path, disk, ok := newDisk(t)
	if !ok {
		return
	}
	before := must(os.ReadFile(path))
	k := startKeeper(t, path, disk.Recording()...)
	k.wait(200, "kept")
	k.kill()
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	failures, known := 0, 0
	for power := disk.Power(before); power.Next(); {
		if r.IntN(150) > 0 {
			continue
		}
		failures++
		failed := filepath.Join(t.TempDir(), "tracker.db")
		database, log := power.Fail(r)
		must(0, os.WriteFile(failed, database, 0o600))
		must(0, os.WriteFile(failed+"-wal", log, 0o600))
		acks := slices.DeleteFunc(slices.Clone(k.acks), func(a ack) bool { return a.recorded > power.At() })
		known = max(known, len(acks))
		checkKept(t, failed, acks, fmt.Sprintf("after %d bytes of the record", power.At()))
	}
	if failures == 0 || known < 100 {
		t.Errorf("the power failed %d times, after %d acknowledgements at the most", failures, known)
	}
}

func TestAFullDiskRefusesWritesUntilThereIsRoomAgain(t *testing.T) {
	keep()
	path, disk, ok := newDisk(t)
	if !ok {
		return
	}
	k := startKeeper(t, path, disk.Environment()...)
	for range 2 {
		k.wait(50, "kept")
		disk.Fill(true)
		k.wait(20, "refused", "read")
		disk.Fill(false)
	}
	k.wait(50, "kept")
	k.stop()
	if n := k.said("failed"); n > 0 {
		t.Errorf("%d operations failed otherwise than by being refused", n)
	}
	checkKept(t, path, k.acks, "after there was room again")
}

// What cannot be read, SQLite takes for damaged.
func TestADiskThatFailsLosesNothingThatWasAcknowledged(t *testing.T) {
	keep()
	for _, fault := range []struct {
		what    disktest.Operation
		files   uint64
		refuses string // what is said meanwhile of what cannot be done; none where all can be
	}{
		{disktest.Write, disktest.Log, "refused"},
		{disktest.Write, disktest.Database, ""},
		{disktest.Sync, disktest.Log, "refused"},
		{disktest.Read, disktest.Log | disktest.Database, "failed"},
	} {
		path, disk, ok := newDisk(t)
		if !ok {
			return
		}
		k := startKeeper(t, path, disk.Environment()...)
		k.wait(50, "kept")
		disk.Fail(fault.what, fault.files)
		if fault.refuses != "" {
			k.wait(20, fault.refuses)
			before := k.said("kept")
			k.wait(20, fault.refuses)
			if after := k.said("kept"); after > before && fault.what != disktest.Read { // a write may need to read nothing
				t.Errorf("%+v: %d writes were acknowledged meanwhile", fault, after-before)
			}
		} else {
			k.wait(100, "kept")
		}
		disk.Fail(fault.what, 0)
		k.wait(50, "kept")
		k.stop()
		if disk.Failed() == 0 {
			t.Errorf("%+v: nothing failed", fault)
		}
		checkKept(t, path, k.acks, fmt.Sprintf("%+v", fault))
	}
}

// Of what was written before a sync fails, the file may lack anything: also once it can be synced again.
func TestALogWhoseFileFailedToBeSyncedOnceIsKept(t *testing.T) {
	keep()
	path, disk, ok := newDisk(t)
	if !ok {
		return
	}
	before := must(os.ReadFile(path))
	disk.Fail(disktest.Sync, disktest.Database)
	k := startKeeper(t, path, disk.Environment()...)
	k.wait(100, "kept")
	disk.Fail(disktest.Sync, 0)
	k.wait(100, "kept")
	k.kill()
	if disk.Failed() == 0 {
		t.Error("nothing failed")
	}
	if n := strings.Count(k.stderr.String(), "could not be synced"); n != 1 {
		t.Errorf("the log says %d times that the file could not be synced; want once, in:\n%s", n, &k.stderr)
	}
	must(0, os.WriteFile(path, before, 0o600))
	checkKept(t, path, k.acks, "where the file lacks all that was written")
}
