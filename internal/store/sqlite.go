package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// applicationID marks a SQLite file as a claim tracker's ("CLMT"), in its header at byte 68.
const applicationID = 0x434C4D54

var setApplicationID = fmt.Sprintf("PRAGMA application_id = %d", applicationID)

// checkedSize is the largest file, in bytes, that is read from end to end for damage at every start (about a second a
// gigabyte). Of a larger one only the header and the length are looked at.
const checkedSize = 64 << 20

// writerCache is how many bytes of pages the writer keeps in memory: what is derived from claims lies all over the file, and
// most of it is changed again soon.
const writerCache = 8 << 20

// sqliteEngine keeps the tracker in one file.
type sqliteEngine struct {
	path        string
	lock        *flock.Flock
	checkpoints *checkpointer // nil where the database is only read
}

func (e *sqliteEngine) open(ctx context.Context, config *gorm.Config) (write, read *gorm.DB, err error) {
	if err := e.resolve(); err != nil {
		return nil, nil, err
	}
	if err := e.take(); err != nil {
		return nil, nil, err
	}
	if err := e.inspect(); err != nil {
		return nil, nil, err
	}
	// A writer takes its lock when it begins, so that it never has to give up half-way; each commit is on the disk before
	// it returns (FULL: with WAL, NORMAL would lose the last ones at power loss).
	write, err = e.pool(config, 1, "_txlock=immediate&_synchronous=FULL&_foreign_keys=on&_busy_timeout=5000&_stmt_cache_size=100"+
		fmt.Sprintf("&_cache_size=%d", -writerCache>>10))
	if err != nil {
		return nil, nil, err
	}
	if err := e.prepare(ctx, write); err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read, err = e.pool(config, readers, "mode=ro&_query_only=1&_busy_timeout=5000&_stmt_cache_size=100")
	if err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	if err := e.checkpoint(config); err != nil {
		return nil, nil, errors.Join(err, closePool(read), closePool(write))
	}
	return write, read, nil
}

// checkpoint gets ready to fold the log. Its connection waits for those who read the log, or write, for a moment only.
func (e *sqliteEngine) checkpoint(config *gorm.Config) error {
	db, err := e.pool(config, 1, "_synchronous=FULL&_busy_timeout=10&_stmt_cache_size=10")
	if err != nil {
		return err
	}
	c := &checkpointer{log: config.Logger, pages: checkpointPages, folded: make(chan error, 1)}
	if c.pool, err = db.DB(); err != nil {
		return err
	}
	if c.file, err = os.OpenFile(e.path, os.O_RDWR, 0); err != nil {
		return errors.Join(fmt.Errorf("cannot open %s: %w", e.path, err), c.pool.Close())
	}
	e.checkpoints = c
	return nil
}

// resolve makes the path absolute and follows links: a file has one lock however it is named, and no name means anything
// else to SQLite, as ":memory:" would.
func (e *sqliteEngine) resolve() error {
	path, err := filepath.Abs(e.path)
	if err != nil {
		return fmt.Errorf("cannot find the database: %w", err)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	e.path = path
	return nil
}

// take makes this process the only one with the file open. The lock ends with the process, however it ends.
func (e *sqliteEngine) take() error {
	if info, err := os.Stat(e.path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder, not a database file", e.path)
	}
	lock := flock.New(e.path + ".lock")
	taken, err := lock.TryLock()
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the folder %s does not exist", filepath.Dir(e.path))
	case err != nil:
		return fmt.Errorf("cannot lock the database: %w", err)
	case !taken:
		return fmt.Errorf("%s is in use by another claimtracker process; stop that one first, or talk to it with --server", e.path)
	}
	e.lock = lock
	return nil
}

// inspect refuses a file that is not a claim tracker's database, that has lost its end, or that cannot be written, before
// SQLite touches it.
func (e *sqliteEngine) inspect() error {
	file, err := os.OpenFile(e.path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot write to the database: %w", err)
	}
	defer func() { _ = file.Close() }() // it is only read
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("cannot read the database: %w", err)
	}
	if info.Size() == 0 {
		return nil
	}
	header := make([]byte, 100)
	if _, err := io.ReadFull(file, header); err != nil || !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) {
		return fmt.Errorf("%s is not a SQLite database, or its beginning is damaged", e.path)
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID {
		return fmt.Errorf("%s is a SQLite database, but not a claim tracker's", e.path)
	}
	pageSize, pages := int64(binary.BigEndian.Uint16(header[16:])), int64(binary.BigEndian.Uint32(header[28:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	if !e.unfinished() && info.Size() < pages*pageSize {
		return fmt.Errorf("%s is damaged: it has %d bytes and should have %d", e.path, info.Size(), pages*pageSize)
	}
	return nil
}

// unfinished tells whether a process that ended without closing left work behind that SQLite will put into the file.
func (e *sqliteEngine) unfinished() bool {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(e.path + suffix); err == nil && info.Size() > 0 {
			return true
		}
	}
	return false
}

// prepare checks the file for damage and brings its schema up to date. Nothing is written to a file that is refused.
func (e *sqliteEngine) prepare(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	if err := e.check(ctx, pool); err != nil {
		return err
	}
	// A file that inspect has seen may be none any more: SQLite undoes what a killed process had begun to make of it.
	var pages int64
	if err := pool.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return fmt.Errorf("cannot read %s: %w", e.path, err)
	}
	if pages == 0 {
		// Before there is a write-ahead log: a killed process leaves that behind, and inspect reads the file's header.
		if _, err := pool.ExecContext(ctx, setApplicationID); err != nil {
			return fmt.Errorf("cannot write to %s: %w", e.path, err)
		}
	}
	if err := migrate(ctx, pool, goose.DialectSQLite3, "migrations/sqlite"); err != nil {
		return fmt.Errorf("%s: %w", e.path, err)
	}
	var mode string
	if err := pool.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil || mode != "wal" {
		return errors.Join(fmt.Errorf("%s cannot keep a write-ahead log (its journal mode is %q); is it on a network share?", e.path, mode), err)
	}
	// The log is folded by the checkpointer alone. What a statement that fails half-way would have to put back is kept in memory:
	// in a file, that is three times as much to write as the log.
	if _, err := pool.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; "+limitLog(checkpointPages)); err != nil {
		return fmt.Errorf("cannot set up the log of %s: %w", e.path, err)
	}
	// SQLite opens the log with the first look into the file. The writer must have it open from the beginning, for it is
	// the one that clears it away in the end.
	var version int
	if err := pool.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		return fmt.Errorf("cannot read %s: %w", e.path, err)
	}
	return nil
}

// check reads the whole file, unless it is a large one, and refuses it when a page or a row is damaged. That an index has an entry
// for each row, it does not check: that would cost several times as much.
func (e *sqliteEngine) check(ctx context.Context, pool *sql.DB) error {
	if info, err := os.Stat(e.path); err != nil || info.Size() > checkedSize {
		return nil //nolint:nilerr // a file that cannot be looked at is told of by whoever reads it
	}
	var verdict string
	err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	if ctx.Err() != nil {
		return fmt.Errorf("stopped while reading %s: %w", e.path, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("%s is damaged or cannot be read: %w", e.path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", e.path, strings.ReplaceAll(verdict, "\n", " "))
	}
	return nil
}

func (e *sqliteEngine) pool(config *gorm.Config, connections int, parameters string) (*gorm.DB, error) {
	own := *config
	db, err := gorm.Open(sqliteDialector{&sqlite.Dialector{DSN: "file:" + (&url.URL{Path: e.path}).EscapedPath() + "?" + parameters}}, &own)
	if err != nil {
		// The first statement reads the schema, which may take up several pages.
		if failure, ok := errors.AsType[sqlite3.Error](err); ok && failure.Code == sqlite3.ErrCorrupt {
			return nil, fmt.Errorf("%s is damaged: %w", e.path, err)
		}
		return nil, fmt.Errorf("cannot open %s: %w", e.path, err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return db, nil
}

// sqliteDialector is GORM's, which takes what the triggers refuse that stand in for foreign keys as SQLite's own.
type sqliteDialector struct{ *sqlite.Dialector }

// Translate implements gorm.ErrorTranslator.
func (d sqliteDialector) Translate(err error) error {
	if failure, ok := errors.AsType[sqlite3.Error](err); ok && failure.ExtendedCode == sqlite3.ErrConstraintTrigger && strings.HasPrefix(failure.Error(), "FOREIGN KEY") {
		return gorm.ErrForeignKeyViolated
	}
	return d.Dialector.Translate(err)
}

func (e *sqliteEngine) ready(_ context.Context, write *gorm.DB) error {
	// The id is set to what it is: a page is written, and is on the disk with the commit. SQLite would leave out the write
	// of a row that stays the same, and a write that is undone never reaches the disk.
	return write.Transaction(func(tx *gorm.DB) error { return tx.Exec(setApplicationID).Error })
}

// away is true of a disk that is full or fails, of a process that has as many files open as it may, and of another program that
// holds on to the file.
func (e *sqliteEngine) away(err error) bool {
	failure, ok := errors.AsType[sqlite3.Error](err)
	passing := []sqlite3.ErrNo{sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrCantOpen}
	return ok && slices.Contains(passing, failure.Code)
}

// undone is true of a disk that is full: what makes a transaction count is written last, and found no room.
func (e *sqliteEngine) undone(err error) bool {
	failure, ok := errors.AsType[sqlite3.Error](err)
	return ok && failure.Code == sqlite3.ErrFull
}

// turn is as the pool's parameters have it.
func (e *sqliteEngine) turn() *sql.TxOptions { return nil }

// begin has nothing to do: the pool has one connection, and its transactions begin with the lock taken.
func (e *sqliteEngine) begin(*gorm.DB) (tracker.Instant, string, error) { return 0, "", nil }

// end has nothing to do: nobody else writes.
func (e *sqliteEngine) end(*gorm.DB, tracker.Instant) error { return nil }

func (e *sqliteEngine) commits(_ context.Context, _ *gorm.DB, mine *atomic.Uint64) (n uint64, quiet bool, err error) {
	n = mine.Load()
	return n, n%2 == 0, nil
}

// test keeps SQLite, which knows nothing of how many rows a condition leaves, from choosing an index by it.
func (e *sqliteEngine) test(condition string) string { return "+(" + condition + ")" }

func (e *sqliteEngine) anyOf(query string) string { return "IN (" + query + ")" }

// newClaimIDs are those after the highest ever given out, which SQLite counts up by itself as they are used. Both are read by
// one statement: to run one costs more than to look through the few rows twice.
func (e *sqliteEngine) newClaimIDs(tx *gorm.DB, n int) (claims, occurrences []int64, err error) {
	const highest = "(SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = "
	var claim, occurrence int64
	err = readRows(tx, "SELECT "+highest+"'claims'), "+highest+"'occurrences')", nil, func(scan scanFunc) error {
		return scan(&claim, &occurrence)
	})
	for range n {
		claim, occurrence = claim+1, occurrence+1
		claims, occurrences = append(claims, claim), append(occurrences, occurrence)
	}
	return claims, occurrences, err
}

// snapshot is what every transaction of SQLite sees.
func (e *sqliteEngine) snapshot() *sql.TxOptions { return nil }

// lost is never: the file is this process's own.
func (e *sqliteEngine) lost(error) bool { return false }

func (e *sqliteEngine) replica(string) (gorm.Dialector, *sql.DB, error) {
	return nil, nil, errors.New("is of no use to a SQLite file: replicas are of a PostgreSQL database only")
}

func (e *sqliteEngine) between() { e.checkpoints.between() }

// close lets go of the file last: its lock must outlast all else.
func (e *sqliteEngine) close() (err error) {
	if e.checkpoints != nil {
		err = e.checkpoints.close()
		e.checkpoints = nil // it may be closed more than once
	}
	if e.lock != nil {
		err = errors.Join(err, e.lock.Unlock())
	}
	return err
}

func (e *sqliteEngine) openSource(ctx context.Context, config *gorm.Config) (*gorm.DB, error) {
	if err := e.resolve(); err != nil {
		return nil, err
	}
	switch info, err := os.Stat(e.path); {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", e.path)
	case err == nil && info.Size() == 0:
		return nil, fmt.Errorf("%s is empty", e.path)
	}
	if err := e.take(); err != nil {
		return nil, err
	}
	if err := e.inspect(); err != nil {
		return nil, err
	}
	read, err := e.pool(config, 1, "mode=ro&_query_only=1&_busy_timeout=5000&_stmt_cache_size=100")
	if err != nil {
		return nil, err
	}
	if err := e.examine(ctx, read); err != nil {
		return nil, errors.Join(err, closePool(read))
	}
	return read, nil
}

// examine checks the file for damage and its schema for being up to date, and changes nothing.
func (e *sqliteEngine) examine(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	if err := e.check(ctx, pool); err != nil {
		return err
	}
	if err := migrated(ctx, pool, goose.DialectSQLite3, "migrations/sqlite"); err != nil {
		return fmt.Errorf("%s: %w", e.path, err)
	}
	return nil
}

func (e *sqliteEngine) same(_ context.Context, _ *gorm.DB, other engine) (bool, error) {
	its, ok := other.(*sqliteEngine)
	if !ok {
		return false, nil
	}
	mine, err := os.Stat(e.path)
	if err != nil {
		return false, err
	}
	theirs, err := os.Stat(its.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, theirs), err
}

// unhurried has nothing to do: there is no limit.
func (e *sqliteEngine) unhurried(*gorm.DB) error { return nil }

// recount has nothing to do: SQLite plans without counting, and tests hold its plans.
func (e *sqliteEngine) recount(*gorm.DB) error { return nil }

func (e *sqliteEngine) highest(tx *gorm.DB, table string) (id int64, err error) {
	return id, readRows(tx, "SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = ?", []any{table}, func(scan scanFunc) error { return scan(&id) })
}

func (e *sqliteEngine) setHighest(tx *gorm.DB, table string, id int64) error {
	if err := tx.Exec("DELETE FROM sqlite_sequence WHERE name = ?", table).Error; err != nil {
		return err
	}
	return tx.Exec("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, id).Error
}

// sqliteQuoting finds the claims f with a quote of which the number n is in a list, all but surely.
const sqliteQuoting = `FROM json_each(?) AS n
	CROSS JOIN claims_search AS f ON f.claims_search MATCH '"` + search.NumberSign + `' || printf('%x', n.value & 4294967295) || '"'`

// sqliteSpeech: a list is a JSON array. CROSS JOIN keeps the order in which the tables are read.
var sqliteSpeech = speech{
	among:      "IN (SELECT value FROM json_each(?))",
	listed:     "(SELECT value FROM json_each(?))",
	unindexed:  "+",
	places:     "articles a JOIN occurrences o ON o.published_at = COALESCE(a.published_at, -62135596800000000) AND o.article_id = a.id",
	quotes:     "occurrences.id IN (SELECT o.id " + sqliteQuoting + " CROSS JOIN occurrences AS o ON o.claim_id = f.rowid AND o.words = n.value)",
	quoting:    "SELECT 1 " + sqliteQuoting,
	amongWords: "IN (SELECT value FROM json_each(?))",
	lookUp: `SELECT f.id, f.field, f.value, f.claims FROM json_each(?) AS wanted
		CROSS JOIN facets AS f ON f.field = wanted.value ->> 0 AND f.value = wanted.value ->> 1`,
	enter: "INSERT INTO facets (field, value, claims) SELECT value ->> 0, value ->> 1, 0 FROM json_each(?) RETURNING id, field, value",
	postings: `SELECT p.id, p.claims FROM json_each(?) AS f
		CROSS JOIN postings AS p ON p.id BETWEEN f.value + ? AND f.value + ?`,
	keep: `WITH codes (joined) AS (SELECT ?)
		INSERT INTO postings (id, claims) SELECT value ->> 0, substr(codes.joined, value ->> 1, value ->> 2) FROM json_each(?), codes WHERE true
		ON CONFLICT (id) DO UPDATE SET claims = excluded.claims`,
	count: "UPDATE facets SET claims = claims + (c.value ->> 1) FROM json_each(?) AS c WHERE facets.id = c.value ->> 0",
	sheets: `SELECT p.id, f.value, p.claims FROM facets AS f
		CROSS JOIN postings AS p ON p.id BETWEEN (f.id << 24) + ? AND (f.id << 24) + ? WHERE f.field = ? AND f.claims > 0`,
	renumber: "INSERT INTO facet_chunks (chunk, epoch) SELECT value, ? FROM json_each(?) WHERE true ON CONFLICT (chunk) DO UPDATE SET epoch = excluded.epoch",
	gathered: "group_concat(id)",
	moments:  "COALESCE(group_concat(id || ' ' || created_at), '')",
	joined:   "group_concat(document, char(10))",
	sentence: `json_object('id', id, 'article_id', article_id, 'article_version', article_version, 'ordinal', ordinal,
		'start', span_start, 'end', span_end, 'text', text)`,
	inTurn: `SELECT (SELECT document FROM claim_documents WHERE claim_id = wanted.value) AS document
		FROM json_each(?) AS wanted ORDER BY wanted.key`,
}

// sqliteIndexer keeps search indexes in FTS5's tables, without the texts: a column a field.
type sqliteIndexer struct{}

// put writes a row by a statement: before each statement for several rows, FTS5 would write all that it has gathered to the
// tables behind it, as a segment that it has to merge with others later, and not once before the commit.
func (sqliteIndexer) put(tx *gorm.DB, ix *index, entries []indexed) error {
	query := "INSERT OR REPLACE INTO " + ix.table() + " (rowid, " + strings.Join(ix.fields, ", ") + ") VALUES (?" +
		strings.Repeat(", ?", len(ix.fields)) + ")"
	values := make([]any, 1+len(ix.fields))
	for _, e := range entries {
		values[0] = e.id
		for i, column := range e.columns {
			values[i+1] = column
		}
		if len(e.quotes) > 0 {
			values[len(e.columns)] = search.Numbers(e.quotes) + " " + e.columns[len(e.columns)-1]
		}
		if err := execute(tx, query, values...); err != nil {
			return err
		}
	}
	return nil
}

func (sqliteIndexer) key() string { return "rowid" }

func (sqliteIndexer) condition(ix *index, q search.Query, mainOnly bool) (string, []any) {
	if q.None() {
		return "1 = 0", nil
	}
	column := ""
	if mainOnly {
		column = ix.fields[0]
	}
	return ix.table() + " MATCH ?", []any{q.MATCH(column)}
}

func (sqliteIndexer) empty(tx *gorm.DB, ix *index) error {
	return tx.Exec("INSERT INTO " + ix.table() + " (" + ix.table() + ") VALUES ('delete-all')").Error
}

func (sqliteIndexer) settle(*gorm.DB, *index) error { return nil }

func (sqliteIndexer) prepare(*gorm.DB) error { return nil }
