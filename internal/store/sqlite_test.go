package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// opening is a database file that is opened and closed again.
func opening(path string) error {
	s, err := store.Open(bg, path, slog.New(slog.DiscardHandler), clock())
	if err != nil {
		return err
	}
	return s.Close()
}

// closed are the bytes of a database that was closed with some records, made once.
var closed = sync.OnceValue(func() []byte {
	folder := must(os.MkdirTemp("", "store"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "tracker.db")
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	article := newArticle(s, strings.Repeat("It was rigged. ", 3000))
	for i := range 20 {
		must(s.Claims.Create(bg, claimed(fmt.Sprint(i), tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[i].ID}})))
	}
	must(0, s.Close())
	return must(os.ReadFile(path))
})

// database is a closed database file with some records.
func database(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tracker.db")
	must(0, os.WriteFile(path, closed(), 0o600))
	return path
}

// execute runs SQL on a file, as another program would.
func execute(t *testing.T, path, statements string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()))
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
}

// files are the files of a folder, save for the lock.
func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	for _, entry := range must(os.ReadDir(folder)) {
		if !strings.HasSuffix(entry.Name(), ".lock") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// refuses checks that a file is not opened, for the reason given, and that it stays as it is to the last byte.
func refuses(t *testing.T, path, reason string) {
	t.Helper()
	before, _ := os.ReadFile(path)
	beside := files(t, filepath.Dir(path))
	err := opening(path)
	if err == nil || !strings.Contains(err.Error(), reason) {
		t.Errorf("opening it: %v; want it refused because %q", err, reason)
	}
	after, _ := os.ReadFile(path)
	if sha256.Sum256(before) != sha256.Sum256(after) || len(before) != len(after) {
		t.Errorf("being refused has changed the file, from %d to %d bytes", len(before), len(after))
	}
	if now := files(t, filepath.Dir(path)); !slices.Equal(now, beside) {
		t.Errorf("being refused has left %q; want %q", now, beside)
	}
}

func TestWhatIsNoDatabaseOfOursIsRefusedAndLeftAsItIs(t *testing.T) {
	if !onSQLite() {
		return
	}
	for name, test := range map[string]struct {
		make   func(t *testing.T) string
		reason string
	}{
		"a text": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "notes.txt")
			must(0, os.WriteFile(path, bytes.Repeat([]byte("Dear diary\n"), 1000), 0o600))
			return path
		}, "is not a SQLite database"},
		"a few bytes": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "short")
			must(0, os.WriteFile(path, []byte("SQLite format 3\x00"), 0o600))
			return path
		}, "is not a SQLite database"},
		"somebody else's SQLite database": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "other.db")
			execute(t, path, "CREATE TABLE photos (name TEXT); INSERT INTO photos VALUES ('a')")
			return path
		}, "not a claim tracker's"},
		"somebody else's in WAL mode": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "other.db")
			execute(t, path, "PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE photos (name TEXT)")
			return path
		}, "not a claim tracker's"},
		"a database that lost its end": {func(t *testing.T) string {
			path := database(t)
			must(0, os.Truncate(path, must(os.Stat(path)).Size()-1))
			return path
		}, "is damaged"},
		"a database cut in half": {func(t *testing.T) string {
			path := database(t)
			must(0, os.Truncate(path, must(os.Stat(path)).Size()/2))
			return path
		}, "is damaged"},
		"a database with a damaged beginning": {func(t *testing.T) string {
			path := database(t)
			scribble(t, path, 0, 16)
			return path
		}, "is damaged"},
		"a database with a newer schema": {func(t *testing.T) string {
			path := database(t)
			execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
			return path
		}, "run a newer claimtracker"},
		"a copy with a newer schema, without a write-ahead log": {func(t *testing.T) string {
			path := database(t)
			execute(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1); PRAGMA journal_mode = DELETE")
			return path
		}, "run a newer claimtracker"},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, test.make(t), test.reason) })
	}
}

// scribble overwrites a part of a file.
func scribble(t *testing.T, path string, at int64, n int) {
	t.Helper()
	file := must(os.OpenFile(path, os.O_RDWR, 0))
	must(file.WriteAt(bytes.Repeat([]byte{0xA5}, n), at))
	must(0, file.Close())
}

func TestAPageOfGarbageAnywhereIsNoticed(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	whole := must(os.ReadFile(path))
	pages := int64(len(whole) / 4096)
	for page := int64(1); page < pages; page += max(1, pages/6) {
		must(0, os.WriteFile(path, whole, 0o600))
		scribble(t, path, page*4096, 4096)
		refuses(t, path, "is damaged")
	}
	must(0, os.WriteFile(path, whole, 0o600))
	if err := opening(path); err != nil {
		t.Errorf("opening the whole file again: %v", err)
	}
}

func TestWhatIsNotAFileIsRefused(t *testing.T) {
	if !onSQLite() {
		return
	}
	folder := t.TempDir()
	for path, reason := range map[string]string{
		folder: "is a folder",
		filepath.Join(folder, "missing", "tracker.db"): "does not exist",
	} {
		if err := opening(path); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("opening %s: %v; want it refused because it %s", path, err, reason)
		}
	}
	if left := must(os.ReadDir(folder)); len(left) != 0 {
		t.Errorf("being refused has left %v", left)
	}
}

func TestADatabaseIsOpenOnceOnly(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	link := filepath.Join(t.TempDir(), "link.db")
	must(0, os.Symlink(path, link))
	t.Chdir(filepath.Dir(path))
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	for _, name := range []string{path, link, "tracker.db", filepath.Dir(path) + "/./tracker.db"} {
		if err := opening(name); err == nil || !strings.Contains(err.Error(), "is in use by another claimtracker process") {
			t.Errorf("opening %s while it is open: %v; want it refused because it is in use", name, err)
		}
	}
	newSource(s, "the first is not disturbed")
	must(0, s.Close())
	if err := opening(link); err != nil {
		t.Errorf("opening it after it was closed: %v", err)
	}
}

func TestAnyNameOfAFileIsANameOfADatabase(t *testing.T) {
	if !onSQLite() {
		return
	}
	folder := t.TempDir()
	t.Chdir(folder)
	for _, name := range []string{"two words.db", "a?b.db", "a#b.db", "100%.db", "%41.db", "a&mode=memory.db", "база данных.db", "選挙.db", "🗳.db",
		":memory:", "file:x.db", "-x.db", "'.db", "a;b.db", "a\\b.db", "no ending"} {
		if err := os.Mkdir("in "+name, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{name, folder + "//in " + name + "/" + name} {
			s, err := store.Open(bg, path, slog.New(slog.DiscardHandler), clock())
			if err != nil {
				t.Errorf("opening %q: %v", path, err)
				continue
			}
			made := newSource(s, "kept")
			must(0, s.Close())
			if info, err := os.Stat(path); err != nil || info.Size() < 4096 {
				t.Errorf("the database %q is no file: %v", path, err)
				continue
			}
			again := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
			if got, err := again.Sources.Get(bg, made.ID); err != nil || got.Name != "kept" {
				t.Errorf("%q was opened again and has %+v, %v", path, got, err)
			}
			must(0, again.Close())
		}
	}
}

func TestACleanCloseLeavesTheFileAndItsLockOnly(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	newArticle(s, "It was rigged.")
	must(0, s.Close())
	if got := files(t, filepath.Dir(path)); !slices.Equal(got, []string{"tracker.db"}) {
		t.Errorf("after Close there are %q; want tracker.db", got)
	}
	db := must(sql.Open("sqlite3", path))
	defer db.Close()
	for pragma, want := range map[string]string{"integrity_check": "ok", "journal_mode": "wal", "application_id": "1129074004", "foreign_key_check": ""} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil && !errors.Is(err, sql.ErrNoRows) || got != want {
			t.Errorf("PRAGMA %s = %q, %v; want %q", pragma, got, err, want)
		}
	}
}

// Connections are opened as they are needed: not while too many files are open, or the file is not to be found.
func TestAReadWhoseConnectionCannotBeOpenedIsUnavailable(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	s := openAt(t, path)
	source := newSource(s, "kept")
	must(0, os.Rename(path, path+".moved"))
	err := s.Read(bg, func(*gorm.DB) error { // which has the connection that is open
		_, err := s.Sources.Get(bg, source.ID)
		return err
	})
	wantCode(t, "a read that needs another connection", err, tracker.Unavailable)
	must(0, os.Rename(path+".moved", path))
	must(s.Sources.Get(bg, source.ID))
}

func TestOpeningAgainChangesNothing(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	before := must(os.ReadFile(path))
	for range 2 {
		if err := opening(path); err != nil {
			t.Fatal(err)
		}
	}
	if after := must(os.ReadFile(path)); !bytes.Equal(before, after) {
		t.Error("the file was opened and closed, and differs; want it as it was")
	}
}

// What a killed process leaves is the file and its log as they are at that moment: copied here while the store is open.
func TestADatabaseThatWasNeverClosedIsOpenedWithAllThatWasWritten(t *testing.T) {
	if !onSQLite() {
		return
	}
	for _, records := range []int{0, 1, 300} {
		folder := t.TempDir()
		s := openAt(t, filepath.Join(folder, "tracker.db"))
		for range records {
			newSource(s, "kept")
		}
		copied := t.TempDir()
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if b, err := os.ReadFile(filepath.Join(folder, "tracker.db"+suffix)); err == nil {
				must(0, os.WriteFile(filepath.Join(copied, "tracker.db"+suffix), b, 0o600))
			}
		}
		again, err := store.Open(bg, filepath.Join(copied, "tracker.db"), slog.New(slog.DiscardHandler), clock())
		if err != nil {
			t.Errorf("with %d records, what a killed process left is not opened: %v", records, err)
			continue
		}
		all := page("created_at")
		all.Total = true
		if l := must(again.Sources.List(bg, store.SourceFilter{}, all)); *l.Total != int64(records) {
			t.Errorf("of %d records a killed process left %d", records, *l.Total)
		}
		must(0, again.Close())
	}
}

// A process that is killed as it makes a database leaves its first page, and a journal that says that there was none before.
func TestADatabaseThatWasNeverFinishedIsMadeAnew(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	must(0, os.WriteFile(path, must(os.ReadFile(database(t)))[:4096], 0o600))
	journal := make([]byte, 512) // a sector
	copy(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
	binary.BigEndian.PutUint32(journal[20:], 512)
	binary.BigEndian.PutUint32(journal[24:], 4096)
	must(0, os.WriteFile(path+"-journal", journal, 0o600))
	for range 2 {
		if err := opening(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatabaseThatWasOnlyOpenedAndClosedIsOneFile(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	must(0, opening(path))
	if got := files(t, filepath.Dir(path)); !slices.Equal(got, []string{"tracker.db"}) {
		t.Errorf("a new database that was closed at once is in %q; want tracker.db", got)
	}
}

func TestAnEmptyFileBecomesADatabase(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	must(0, os.WriteFile(path, nil, 0o600))
	newSource(openAt(t, path), "kept")
}

func TestOpeningThatIsCancelledSaysSoAndNotThatTheFileIsDamaged(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := database(t)
	ctx, cancel := context.WithCancel(bg)
	cancel()
	_, err := store.Open(ctx, path, slog.New(slog.DiscardHandler), clock())
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "damaged") {
		t.Errorf("opening with a cancelled context: %v; want context.Canceled and no talk of damage", err)
	}
	if err := opening(path); err != nil {
		t.Errorf("opening it afterwards: %v", err)
	}
}

func TestReadyWritesToTheDisk(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	db := must(sql.Open("sqlite3", path))
	defer db.Close()
	must(db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"))
	must(0, s.Ready(bg))
	if size := must(os.Stat(path + "-wal")).Size(); size == 0 {
		t.Error("after Ready the write-ahead log is as empty as before; want a write in it")
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("PRAGMA query_only = 1").Error }))
	wantCode(t, "Ready where nothing can be written", s.Ready(bg), tracker.Unavailable)
}

func TestAFullDatabaseRefusesAWriteWholeAndTakesItOnceThereIsRoom(t *testing.T) {
	if !onSQLite() {
		return
	}
	s := open(t)
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}}, []tracker.Technique{{Code: "T0001", Name: "b", Tactic: "TA01"}}))
	article, actor := newArticle(s, "It was rigged."), newActor(s, "a")
	in := claimed("a", quoted(article.ID, "It was rigged."))
	in.Techniques, in.Actors = []string{"T0001"}, []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	claim := must(s.Claims.Create(bg, in))
	pages := func(limit string) {
		var n int64
		must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Raw("PRAGMA max_page_count = " + limit).Scan(&n).Error }))
	}
	long := strings.Repeat("x", 300)
	pages("1") // SQLite makes that as many as there are
	full := 0
	for i := range 40 {
		before := dump(t, s)
		_, err := s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error {
			in.Tags = slices.Clone(in.Tags)
			for k := range 4 {
				in.Tags = append(in.Tags, fmt.Sprintf("%d-%d-%s", i, k, long[:290]))
			}
			in.Techniques, in.Actors = []string{}, []tracker.ActorRole{}
			return nil
		})
		if err == nil {
			must(s.Claims.Update(bg, claim.ID, anyVersion, func(now *tracker.ClaimInput) error {
				now.Techniques, now.Actors = in.Techniques, in.Actors
				return nil
			}))
			continue
		}
		full++
		if after := dump(t, s); after != before {
			t.Fatalf("a change that the full database refused (%v) changed\n%sto\n%s", err, missing(before, after), missing(after, before))
		}
		wantCode(t, "a change in a full database", err, tracker.Unavailable)
		break
	}
	in.Text = strings.Repeat("long ", 1500)
	for refused := false; !refused; { // there may be room for some
		before := dump(t, s)
		if _, err := s.Claims.Create(bg, in); err != nil {
			refused = true
			if after := dump(t, s); after != before {
				t.Fatalf("a claim that the full database refused (%v) changed\n%sto\n%s", err, missing(before, after), missing(after, before))
			}
			wantCode(t, "a claim in a full database", err, tracker.Unavailable)
		}
	}
	if full != 1 {
		t.Error("the database was never too full for a change")
	}
	pages("1000000")
	must(s.Claims.Create(bg, in))
}

func TestAWriteThatAnotherProgramKeepsFromTheDatabaseIsUnavailable(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "tracker.db")
	s := openAt(t, path)
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec("PRAGMA busy_timeout = 20").Error }))
	db := must(sql.Open("sqlite3", path))
	defer db.Close()
	db.SetMaxOpenConns(1)
	must(db.Exec("BEGIN IMMEDIATE"))
	_, err := s.Sources.Create(bg, tracker.SourceInput{Name: "a", Kind: tracker.SourceOther})
	wantCode(t, "a write that is kept out", err, tracker.Unavailable)
	wantCode(t, "Ready when kept out", s.Ready(bg), tracker.Unavailable)
	must(db.Exec("ROLLBACK"))
	newSource(s, "a")
}

func TestAClaimWhoseOriginTheDatabaseRefusesIsNotKeptEither(t *testing.T) {
	if !onSQLite() {
		return
	}
	s := open(t)
	article := newArticle(s, "It was rigged.")
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		return tx.Exec("CREATE TRIGGER no BEFORE INSERT ON occurrences BEGIN SELECT RAISE(ABORT, 'no'); END").Error
	}))
	unchanged(t, s, "a claim without its origin", func() {
		if _, err := s.Claims.Create(bg, claimed("a", quoted(article.ID, "It was rigged."))); err == nil {
			t.Error("the claim was kept")
		}
	})
}

// onSQLite tells whether the suite is at its first engine. What this file tests is of a file, which PostgreSQL has none of.
func onSQLite() bool { return pgtest.Now == pgtest.SQLite }
