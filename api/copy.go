package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"claimtracker/internal/store"
)

// copyCommand copies a whole tracker from one database into another.
type copyCommand struct {
	From string `help:"The database to copy: a file, or a postgres:// URL. It is only read." required:"" placeholder:"DATABASE"`
	To   string `help:"The database to copy into: a file, or a postgres:// URL. It is made if it is not there, and must hold no record." required:"" placeholder:"DATABASE"`
}

// check is nil when both addresses make sense, else every mistake.
func (c *copyCommand) check() error {
	var mistakes []error
	for _, end := range []struct{ flag, address string }{{"from", c.From}, {"to", c.To}} {
		if err := store.CheckAddress(end.address); err != nil {
			mistakes = append(mistakes, fmt.Errorf("--%s: %w", end.flag, err))
		}
	}
	return errors.Join(mistakes...)
}

// Run copies, and says what was copied of each table.
func (c *copyCommand) Run(all *commands, at *surroundings) error {
	log, err := all.logger(at.stderr)
	if err != nil {
		return err
	}
	began := time.Now()
	bar := newBar(at.stderr)
	copied, err := store.Copy(at.ctx, c.From, c.To, log, time.Now, bar.show)
	bar.end()
	switch {
	case err != nil && at.ctx.Err() != nil:
		return fmt.Errorf("stopped before the end: %w", err)
	case err != nil:
		return fmt.Errorf("cannot copy: %w", err)
	}
	return sayCopied(at.stdout, copied, time.Since(began))
}

// sayCopied writes a line a table, with the beginning of its hash.
func sayCopied(w io.Writer, copied []store.CopiedTable, took time.Duration) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows := int64(0)
	for _, c := range copied {
		rows += c.Rows
		if _, err := fmt.Fprintf(table, "%s\t%d rows\tsha256 %s ok\n", c.Name, c.Rows, c.SHA256[:16]); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return say(w, fmt.Sprintf("Copied %d rows in %v; all of them were read back and are the same.", rows, took.Round(time.Millisecond)))
}
