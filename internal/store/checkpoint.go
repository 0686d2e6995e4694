package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"

	"gorm.io/gorm/logger"
)

// checkpointPages is after how many pages the write-ahead log is folded into the file: 32 MiB. The pages that nearly each write
// changes are in the log many times by then, and go into the file once.
const checkpointPages = 8192

// mostLoggedPages is from how many pages on SQLite folds the log itself with each commit: where folding it beside the commits
// fails, or where more is written meanwhile than can be folded.
const mostLoggedPages = 4 * checkpointPages

// fewPages are so few that writes need not go on while they are folded.
const fewPages = 256

// checkpointRounds is how often a fold begins again with what was written during it, at the most.
const checkpointRounds = 4

// checkpointer folds SQLite's write-ahead log into the file. Most of the log is copied and synced beside the writes, which go
// on in it meanwhile; what they add is little, and it is folded between two of them, so that the next one begins the log anew.
// Where SQLite does all of it within a commit, whoever waits for that waits for the copying of thousands of pages, and for
// the disk to have them.
//
// What is acknowledged is in the log, and synced there, before any of this. SQLite begins the log anew only once it has synced
// the file with all that the log holds.
type checkpointer struct {
	pool   *sql.DB // of one connection
	writer *sql.DB // that of the writes
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
	logged, folded, err := c.fold("NOOP")
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
		if _, _, err := c.fold("PASSIVE"); err != nil {
			return err
		}
		if err := c.file.Sync(); err != nil { // SQLite does that only where nothing was written meanwhile
			return errors.Join(errNotSynced, err)
		}
		logged, folded, err := c.fold("NOOP")
		if err != nil || logged-folded < fewPages {
			return err
		}
	}
	return nil
}

// finish folds what is left and has the log begin anew, once most of it was folded. It waits a moment for those who still read
// the log. Where they do so for long, or folding fails, it is tried again once there is more to fold.
func (c *checkpointer) finish(err error) {
	var logged, folded int
	if err == nil {
		logged, folded, err = c.fold("RESTART")
	}
	switch {
	case errors.Is(err, errNotSynced):
		c.stop(err)
	case err != nil:
		c.failed(err)
		c.due = max(c.due, c.pages) + c.pages/4
	case folded < logged:
		c.due = logged + c.pages/4
	default:
		c.due = 0
	}
}

// stop has the log never begin anew: it alone is known to hold what was written. When the file is next opened, by another
// process, all of the log is folded into it again.
func (c *checkpointer) stop(err error) {
	c.stopped, c.due = true, math.MaxInt
	_, failed := c.writer.ExecContext(context.Background(), "PRAGMA wal_autocheckpoint = 0")
	c.log.Error(context.Background(), "the log grows until the server is started again", errors.Join(err, failed))
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
func (c *checkpointer) fold(mode string) (logged, folded int, err error) {
	var busy bool // which shows in the rest
	err = c.pool.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &logged, &folded)
	return logged, folded, err
}

func (c *checkpointer) failed(err error) {
	c.log.Warn(context.Background(), "the log could not be folded into the file", err)
}
