package store

import (
	"context"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Elections are the votes that claims are about.
type Elections struct{ s *Store }

// ElectionFilter narrows a list of elections: within a field any value may match, and each given field must.
type ElectionFilter struct {
	Names, Countries []string
	Levels           []tracker.ElectionLevel
	Kinds            []tracker.ElectionKind
	Created, Updated Between
}

var electionOrders = recordOrders(orders[tracker.Election]{
	"date": {expression: "date", text: func(r *tracker.Election) string { return string(r.Date) }},
	"name": {expression: "name", text: func(r *tracker.Election) string { return r.Name }},
})

// Sorts are the ways in which List sorts.
func (Elections) Sorts() []string { return electionOrders.names() }

// Get is the election with that id, or NotFound.
func (c Elections) Get(ctx context.Context, id int64) (election tracker.Election, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		election, err = get[tracker.Election](tx, "election", id)
		return err
	})
	return election, err
}

// List is a page of the elections that the filter leaves.
func (c Elections) List(ctx context.Context, f ElectionFilter, p Page) (l List[tracker.Election], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		var all conditions
		in(&all, "kind", f.Kinds)
		in(&all, "name", f.Names, "name")
		in(&all, "country", f.Countries)
		in(&all, "level", f.Levels)
		all.created("elections", f.Created)
		all.within("elections", "updated_at", f.Updated, "updated_at")
		l, err = listNarrowed(c.s, tx, "elections", all, p, electionOrders, nil, Search{})
		return err
	})
	return l, err
}

// Create keeps a new election.
func (c Elections) Create(ctx context.Context, in tracker.ElectionInput) (tracker.Election, error) {
	election := tracker.Election{ElectionInput: in}
	err := c.s.Write(ctx, func(tx *gorm.DB) error {
		if err := checkElection(&election.ElectionInput); err != nil {
			return err
		}
		if err := c.s.create(tx, &election, &election.Record); err != nil {
			return err
		}
		return keepDocument(tx, electionDocuments, election)
	})
	return election, err
}

// Update changes an election that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Elections) Update(ctx context.Context, id int64, g Guard, change func(*tracker.ElectionInput) error) (election tracker.Election, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if election, err = get[tracker.Election](tx, "election", id); err != nil {
			return err
		}
		differs, err := update(c.s, tx, g, &election, &election.Record, &election.ElectionInput, change, func() error {
			return checkElection(&election.ElectionInput)
		})
		if err != nil || !differs {
			return err
		}
		return keepDocument(tx, electionDocuments, election)
	})
	return election, err
}

func checkElection(in *tracker.ElectionInput) error {
	var p tracker.Problems
	in.Check(&p)
	return p.Err()
}

// Delete removes an election that no claim points at.
func (c Elections) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		election, err := get[tracker.Election](tx, "election", id)
		if err != nil {
			return err
		}
		if err := g.check(election.Record); err != nil {
			return err
		}
		if err := unreferenced(tx, "election", id,
			reference{"claims", counted("SELECT count(*) FROM claims WHERE election_id = ?")}); err != nil {
			return err
		}
		return remove[tracker.Election](tx, id)
	})
}
