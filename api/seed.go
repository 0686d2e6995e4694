package main

import (
	"errors"

	"claimtracker/internal/store"
	"claimtracker/seeds"
)

// seedCommand loads the seeds into a database that may have records already.
type seedCommand struct{}

// Run loads what of the seeds is not there yet.
func (seedCommand) Run(all *commands, at *surroundings) (err error) {
	s, _, err := all.open(at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := seeds.Load(at.ctx, s); err != nil {
		return err
	}
	return say(at.stdout, "The seeds are in "+store.Shown(all.Database))
}
