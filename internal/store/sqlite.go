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
	"strings"

	"github.com/gofrs/flock"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// applicationID marks a SQLite file as a claim tracker's ("CLMT"), in its header at byte 68.
const applicationID = 0x434C4D54

// checkedSize is the largest file, in bytes, that is read from end to end for damage at every start (about a second a
// gigabyte). Of a larger one only the header and the length are looked at.
const checkedSize = 64 << 20

// sqliteEngine keeps the tracker in one file.
type sqliteEngine struct {
	path string
	lock *flock.Flock
}

func (e *sqliteEngine) open(ctx context.Context, config *gorm.Config) (write, read *gorm.DB, err error) {
	if err := e.take(); err != nil {
		return nil, nil, err
	}
	if err := e.inspect(); err != nil {
		return nil, nil, err
	}
	// A writer takes its lock when it begins, so that it never has to give up half-way; each commit is on the disk before
	// it returns (FULL: with WAL, NORMAL would lose the last ones at power loss).
	write, err = e.pool(config, 1, "_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_busy_timeout=5000")
	if err != nil {
		return nil, nil, err
	}
	if err := e.prepare(ctx, write); err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read, err = e.pool(config, readers, "mode=ro&_query_only=1&_busy_timeout=5000")
	if err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	return write, read, nil
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

// inspect refuses a file that is not a claim tracker's database, or that has lost its end, before SQLite touches it.
func (e *sqliteEngine) inspect() error {
	file, err := os.Open(e.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot open the database: %w", err)
	}
	defer func() { _ = file.Close() }() // it is only read
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
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
	if wal, err := os.Stat(e.path + "-wal"); (err != nil || wal.Size() == 0) && info.Size() < pages*pageSize {
		return fmt.Errorf("%s is damaged: it has %d bytes and should have %d", e.path, info.Size(), pages*pageSize)
	}
	return nil
}

// prepare checks the file for damage and brings its schema up to date.
func (e *sqliteEngine) prepare(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	if info, err := os.Stat(e.path); err == nil && info.Size() <= checkedSize {
		if err := e.check(ctx, pool); err != nil {
			return err
		}
	}
	if _, err := pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return fmt.Errorf("cannot write to %s: %w", e.path, err)
	}
	if err := migrateSQLite(ctx, pool); err != nil {
		return fmt.Errorf("%s: %w", e.path, err)
	}
	return nil
}

// check reads the whole file and refuses it when a page, a row or an index is damaged.
func (e *sqliteEngine) check(ctx context.Context, pool *sql.DB) error {
	var verdict string
	err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
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
	db, err := gorm.Open(sqlite.Open("file:"+(&url.URL{Path: e.path}).EscapedPath()+"?"+parameters), &own)
	if err != nil {
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

func (e *sqliteEngine) ready(_ context.Context, write *gorm.DB) error {
	return write.Transaction(func(tx *gorm.DB) error {
		// The version of the schema is set to what it is: a write of one page, which is then undone.
		if err := tx.Exec("UPDATE sources SET version = version WHERE id = (SELECT min(id) FROM sources)").Error; err != nil {
			return err
		}
		return nil
	})
}

func (e *sqliteEngine) close() error {
	if e.lock == nil {
		return nil
	}
	return e.lock.Unlock()
}
