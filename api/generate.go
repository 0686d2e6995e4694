package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"claimtracker/internal/generate"
	"claimtracker/internal/store"
)

// generateCommand fills an empty database with invented claims, to measure with.
type generateCommand struct {
	Claims int    `help:"How many claims to make." required:"" placeholder:"N"`
	Seed   uint64 `help:"Which claims: the same number and seed give the same rows." default:"1" placeholder:"S"`
}

// check is nil when the settings make sense. None of them is set where another command is meant.
func (c *generateCommand) check() error {
	if c.Claims < 0 {
		return fmt.Errorf("--claims: must be 1 or more, not %d", c.Claims)
	}
	return nil
}

// Run fills the database, and says how many rows it made of each table.
func (c *generateCommand) Run(all *commands, at *surroundings) (err error) {
	if c.Claims == 0 {
		return errors.New("--claims: must be 1 or more, not 0")
	}
	log, err := all.logger(at.stderr)
	if err != nil {
		return err
	}
	began := time.Now()
	clock := generate.NewClock()
	s, err := store.Open(at.ctx, all.Database, log, clock.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	bar := newBar(at.stderr)
	made, err := generate.Run(at.ctx, s, clock, c.Claims, c.Seed, func(done int) { bar.show("claims", int64(done), int64(c.Claims)) })
	bar.end()
	switch {
	case errors.Is(err, generate.ErrNotEmpty):
		return fmt.Errorf("%s: %w", store.Shown(all.Database), err)
	case err != nil:
		return errors.Join(errUnfinished(made), err)
	}
	if err := sayMade(at.stdout, made); err != nil {
		return err
	}
	return say(at.stdout, fmt.Sprintf("Generated in %v into %s", time.Since(began).Round(time.Millisecond), store.Shown(all.Database)))
}

// errUnfinished says what is there of a set that was not finished.
func errUnfinished(made []generate.Made) error {
	for _, m := range made {
		if m.Name == "claims" {
			return fmt.Errorf("stopped after %d claims: what is there is whole, but it is not the set that was asked for, which is made only in an empty database", m.Rows)
		}
	}
	return errors.New("stopped before the first claim")
}

// sayMade writes a line a table.
func sayMade(w io.Writer, made []generate.Made) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, m := range made {
		if _, err := fmt.Fprintf(table, "%d\t %s\n", m.Rows, m.Name); err != nil {
			return err
		}
	}
	return table.Flush()
}
