package store_test

import (
	"bytes"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
)

// logSize is how long the log of a file is: as long as it ever was, for it is begun anew and not cut, unless it is a long one.
func logSize(t *testing.T, path string) int64 {
	t.Helper()
	return must(os.Stat(path + "-wal")).Size()
}

// manySources is how many sources the tests write: some 1,700 pages of the log.
const manySources = 150

func writeSources(s *store.Store) {
	for range manySources {
		newSource(s, "kept")
	}
}

func countSources(s *store.Store) int64 {
	all := page("created_at")
	all.Total = true
	return *must(s.Sources.List(bg, store.SourceFilter{}, all)).Total
}

// unfoldedSize is how long the log is after writeSources where it is never folded.
func unfoldedSize(t *testing.T) int64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	s.CheckpointAt(math.MaxInt)
	writeSources(s)
	return logSize(t, path)
}

func TestTheLogOfAFileStaysShortWhileItIsWrittenAndRead(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	s.CheckpointAt(100)
	first := newSource(s, "first")
	var over atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for !over.Load() {
				must(s.Sources.Get(bg, first.ID))
			}
		})
	}
	writeSources(s)
	over.Store(true)
	readers.Wait()
	if size, unfolded := logSize(t, path), unfoldedSize(t); size > unfolded/2 {
		t.Errorf("the log became %d bytes long, and %d where it is not folded; want less than half of it", size, unfolded)
	}
	if n := countSources(s); n != manySources+1 {
		t.Errorf("of %d sources there are %d", manySources+1, n)
	}
}

func TestALogThatSomebodyReadsIsBegunAnewOnceNobodyDoes(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	s.CheckpointAt(200)
	newSource(s, "first")
	var during int64
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		var before, after int64
		must(0, tx.Raw("SELECT count(*) FROM sources").Scan(&before).Error)
		writeSources(s)
		must(0, tx.Raw("SELECT count(*) FROM sources").Scan(&after).Error)
		if before != 1 || after != 1 {
			t.Errorf("a reader saw %d sources, and %d after others were written; want 1", before, after)
		}
		during = logSize(t, path)
		return nil
	}))
	unfolded := unfoldedSize(t)
	if during < unfolded {
		t.Errorf("while it was read, the log became %d bytes long; want all of %d", during, unfolded)
	}
	writeSources(s)
	if after := logSize(t, path); after > during/2 {
		t.Errorf("the log was %d bytes long while it was read, and is %d afterwards; want it begun anew, and cut", during, after)
	}
}

// None of those who read does so for long, but there is always one.
func TestALogThatIsReadAllTheTimeDoesNotGrowWithoutEnd(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	s.CheckpointAt(100)
	newSource(s, "first")
	var over atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for !over.Load() {
				must(0, s.Read(bg, func(tx *gorm.DB) error {
					var n int64
					must(0, tx.Raw("SELECT count(*) FROM sources").Scan(&n).Error)
					time.Sleep(30 * time.Millisecond) // longer than the last step of a fold waits
					return nil
				}))
			}
		})
	}
	writeSources(s)
	writeSources(s)
	over.Store(true)
	readers.Wait()
	if size, unfolded := logSize(t, path), 2*unfoldedSize(t); size > unfolded/2 {
		t.Errorf("the log became %d bytes long, and %d where it is not folded; want less than half of it", size, unfolded)
	}
}

// A file that could not be synced may lack what it was told to keep: the log is to hold all of it.
func TestALogWhoseFileCannotBeSyncedIsNeverBegunAnew(t *testing.T) {
	if !onSQLite() {
		return
	}
	path, copied := filepath.Join(t.TempDir(), "tracker.db"), filepath.Join(t.TempDir(), "tracker.db")
	var log bytes.Buffer
	s := must(store.Open(bg, path, slog.New(slog.NewTextHandler(&log, nil)), clock()))
	must(0, os.WriteFile(copied, must(os.ReadFile(path)), 0o600))
	s.CheckpointAt(100)
	s.BreakSync()
	writeSources(s)
	must(0, s.Close())
	must(0, os.WriteFile(copied+"-wal", must(os.ReadFile(path+"-wal")), 0o600))
	if n := strings.Count(log.String(), "could not be synced"); n != 1 {
		t.Errorf("the log says %d times that the file could not be synced; want once, in:\n%s", n, &log)
	}
	for _, file := range []string{path, copied} {
		if n := countSources(openAt(t, file)); n != manySources {
			t.Errorf("of %d sources %d were kept in %s", manySources, n, file)
		}
	}
}

func TestWritesGoOnWhereTheLogCannotBeFolded(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	var log bytes.Buffer
	s := must(store.Open(bg, path, slog.New(slog.NewTextHandler(&log, nil)), clock()))
	s.BreakCheckpoints()
	writeSources(s)
	must(0, s.Close())
	if n := strings.Count(log.String(), "the log could not be folded into the file"); n != 1 {
		t.Errorf("the log says %d times that it could not be folded; want once, in:\n%s", n, &log)
	}
	if n := countSources(openAt(t, path)); n != manySources {
		t.Errorf("of %d sources %d were kept", manySources, n)
	}
}
