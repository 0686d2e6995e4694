package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm/logger"
)

// checkpointPages is after how many pages the write-ahead log is folded into the file: 32 MiB. The pages that nearly each write
// changes are in the log many times by then, and go into the file once.
const checkpointPages = 8192

// longLog is how many times as many pages are a long log: one that was read whenever it was to begin anew.
const longLog = 4

// fewPages are so few that writes need not go on while they are folded.
const fewPages = 256

// checkpointRounds is how often a fold begins again with what was written during it, at the most.
const checkpointRounds = 4

// checkpointTries is how often the last step of a fold is tried where the log is long: for a second, at the most. Each try waits
// for a moment for those who read the log, while all writes wait for it. Where many read for longer than that, one of them
// always does, and the log would never begin anew. A single try that waits for longer would be of no use: SQLite waits for
// whoever reads what it found them to read as it began, and takes those who come meanwhile, and read the end of the log, for
// the same.
const checkpointTries = 100

// checkpointer folds SQLite's write-ahead log into the file. Most of the log is copied and synced beside the writes, which go
// on in it meanwhile; what they add is little, and it is folded between two of them, so that the next one begins the log anew.
// Where SQLite does all of it within a commit, whoever waits for that waits for the copying of thousands of pages, and for
// the disk to have them.
//
// What is acknowledged is in the log, and synced there, before any of this. SQLite begins the log anew only once it has synced
// the file with all that the log holds. Nobody else folds: SQLite, with a commit, would not tell that the file was not synced.
type checkpointer struct {
	pool *sql.DB // of one connection
	// file is the database's, for syncing it. It is closed last of all: with any descriptor of a file that is closed, a
	// process loses the locks that SQLite has on it.
	file *os.File
	log  logger.Interface

	pages  int        // after how many the log is folded
	due    int        // the writer's own: after how many it is, where it could not be
	folds  bool       // the writer's own: whether most of it is being folded, or was and the rest is to be
	folded chan error // how that went

	failing, stopped bool // the writer's own: whether the last look at the log failed, and whether it is never begun anew
}

// errNotSynced says that the file could not be synced. The kernel takes what was to be synced as written then, and does not
// fail to sync it another time.
var errNotSynced = errors.New("the database file could not be synced")

// limitLog is the statement by which whoever writes cuts a log that has become a long one, as it begins anew.
func limitLog(pages int) string {
	const pageBytes = 4096
	return fmt.Sprintf("PRAGMA journal_size_limit = %d", longLog*pages*pageBytes)
}

// between is called by the only one who writes, after each of its transactions.
func (c *checkpointer) between() {
	if c.folds {
		select {
		case err := <-c.folded:
			c.folds = false
			c.finish(err)
		default: // it is not done yet
		}
		return
	}
	_, logged, folded, err := c.fold("NOOP")
	if err != nil && !c.failing {
		c.failed(err)
	}
	if c.failing = err != nil; !c.failing && logged >= max(c.pages, c.due) && folded < logged {
		c.folds = true
		go func() { c.folded <- c.foldMost() }()
	}
}

// foldMost folds what is in the log, and what was written meanwhile, until little is left. Nobody waits for it.
func (c *checkpointer) foldMost() error {
	for range checkpointRounds {
		if _, _, _, err := c.fold("PASSIVE"); err != nil {
			return err
		}
		if err := c.file.Sync(); err != nil { // SQLite does that only where nothing was written meanwhile
			return errors.Join(errNotSynced, err)
		}
		_, logged, folded, err := c.fold("NOOP")
		if err != nil || logged-folded < fewPages {
			return err
		}
	}
	return nil
}

// finish folds what is left and has the log begin anew, once most of it was folded. It waits a moment for those who still read
// the log, or a while. Where they do so for longer, or folding fails, it is tried again once there is more to fold.
func (c *checkpointer) finish(err error) {
	var busy bool
	var logged int
	if err == nil {
		busy, logged, err = c.foldRest()
	}
	switch {
	case errors.Is(err, errNotSynced):
		c.stop(err)
	case err != nil:
		c.failed(err)
		c.due = max(c.due, c.pages) + c.pages/4
	case busy && logged < longLog*c.pages:
		c.due = logged + c.pages/4
	case busy:
		c.due = logged + logged/2
	default:
		c.due = 0
	}
}

// foldRest folds all of the log and has it begin anew, unless it is busy: somebody reads it.
func (c *checkpointer) foldRest() (busy bool, logged int, err error) {
	for range checkpointTries {
		busy, logged, _, err = c.fold("RESTART")
		if err != nil || !busy || logged < longLog*c.pages {
			break
		}
	}
	return busy, logged, err
}

// stop has the log never begin anew: it alone is known to hold what was written. When the file is next opened, by another
// process, all of the log is folded into it again.
func (c *checkpointer) stop(err error) {
	c.stopped, c.due = true, math.MaxInt
	c.log.Error(context.Background(), "the log grows until the server is started again", err)
}

// close waits for a fold that is under way, and lets go of the file; but not where the log is to stay: SQLite would fold what it
// takes to be the rest, and remove it, as the last connection is closed. So it is left to the end of the process.
func (c *checkpointer) close() error {
	if c.folds {
		c.folds = false
		switch err := <-c.folded; {
		case errors.Is(err, errNotSynced):
			c.stop(err)
		case err != nil: // SQLite tries once more as it closes the file
			c.failed(err)
		}
	}
	if c.stopped {
		return nil
	}
	return errors.Join(c.pool.Close(), c.file.Close())
}

// fold runs SQLite's checkpoint in one of its modes: PASSIVE waits for nobody, RESTART for a moment, and NOOP only tells how
// many pages the log holds, and how many of them are in the file. PASSIVE tells that of the log as it was when it began.
func (c *checkpointer) fold(mode string) (busy bool, logged, folded int, err error) {
	err = c.pool.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &logged, &folded)
	if failure, ok := errors.AsType[sqlite3.Error](err); ok && failure.ExtendedCode == sqlite3.ErrIoErrFsync {
		err = errors.Join(errNotSynced, err)
	}
	return busy, logged, folded, err
}

func (c *checkpointer) failed(err error) {
	c.log.Warn(context.Background(), "the log could not be folded into the file", err)
}
