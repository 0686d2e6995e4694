package store

import (
	"context"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Claims are the assertions that are tracked.
type Claims struct{ s *Store }

// ClaimExpands are the relations that a claim can be read with. The sentences, article and source are those of each
// occurrence that is shown: the origin, and with "occurrences" all others.
var ClaimExpands = Expand{"actors", "election", "techniques", "occurrences", "sentences", "article", "source"}

// MaxOccurrences is how many occurrences of a claim are put in place at the most; the others are in the list of occurrences.
const MaxOccurrences = 100

var claimOrders = recordOrders(orders[tracker.Claim]{
	"claimed_on": {expression: "claimed_on", text: func(r *tracker.Claim) string { return string(r.ClaimedOn) }},
})

// Sorts are the ways in which List sorts.
func (Claims) Sorts() []string { return claimOrders.names() }

// Get is the claim with that id, or NotFound.
func (c Claims) Get(ctx context.Context, id int64, expand Expand) (claim tracker.Claim, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		claim, err = wholeClaim(tx, id, expand)
		return err
	})
	return claim, err
}

func wholeClaim(tx *gorm.DB, id int64, expand Expand) (tracker.Claim, error) {
	claim, err := get[tracker.Claim](tx, "claim", id)
	if err != nil {
		return claim, err
	}
	one := []tracker.Claim{claim}
	err = fillClaims(tx, one, expand)
	return one[0], err
}

// claimsByID reads the claims with these ids, with nothing expanded.
func claimsByID(tx *gorm.DB, wanted []int64) (map[int64]tracker.Claim, error) {
	return filledByID(tx, wanted, func(claims []tracker.Claim) error { return fillClaims(tx, claims, nil) })
}

// The rows of a claim's lists, in the client's order.
type (
	claimTag struct {
		ClaimID int64
		Ordinal int
		Tag     string
	}
	claimTechnique struct {
		ClaimID   int64
		Ordinal   int
		Technique string
	}
	claimActor struct {
		ClaimID int64
		Ordinal int
		ActorID int64
		Role    tracker.Role
	}
)

// fillClaims puts in place what every claim is read with, and what is to be expanded: one query a relation.
func fillClaims(tx *gorm.DB, claims []tracker.Claim, expand Expand) error {
	if len(claims) == 0 {
		return nil
	}
	all := ids(claims, func(c *tracker.Claim) *int64 { return &c.ID })
	at := map[int64]*tracker.Claim{}
	for i := range claims {
		c := &claims[i]
		at[c.ID] = c
		// Lists are empty, as Check leaves them, and never absent: a change is what differs.
		c.Tags, c.Techniques, c.ClaimInput.Actors, c.Actors = []string{}, []string{}, []tracker.ActorRole{}, []tracker.ClaimActor{}
	}
	var tags []claimTag
	var techniques []claimTechnique
	var actors []claimActor
	for _, rows := range []any{&tags, &techniques, &actors} {
		if err := tx.Order("claim_id, ordinal").Find(rows, "claim_id IN ?", all).Error; err != nil {
			return err
		}
	}
	for _, t := range tags {
		at[t.ClaimID].Tags = append(at[t.ClaimID].Tags, t.Tag)
	}
	for _, t := range techniques {
		at[t.ClaimID].Techniques = append(at[t.ClaimID].Techniques, t.Technique)
	}
	for _, a := range actors {
		role := tracker.ActorRole{ActorID: a.ActorID, Role: a.Role}
		at[a.ClaimID].ClaimInput.Actors = append(at[a.ClaimID].ClaimInput.Actors, role)
		at[a.ClaimID].Actors = append(at[a.ClaimID].Actors, tracker.ClaimActor{ActorRole: role})
	}
	if err := fillPlaces(tx, claims, at, expand); err != nil {
		return err
	}
	return expandClaims(tx, claims, expand)
}

// fillPlaces puts the origin of each claim in place, and with "occurrences" its first occurrences.
func fillPlaces(tx *gorm.DB, claims []tracker.Claim, at map[int64]*tracker.Claim, expand Expand) error {
	all := ids(claims, func(c *tracker.Claim) *int64 { return &c.ID })
	var occurrences []tracker.Occurrence
	if err := tx.Find(&occurrences, "claim_id IN ? AND is_origin = ?", all, true).Error; err != nil {
		return err
	}
	origins := len(occurrences)
	if expand.has("occurrences") {
		var more []tracker.Occurrence
		err := tx.Raw(`SELECT * FROM (SELECT o.*, ROW_NUMBER() OVER (PARTITION BY claim_id ORDER BY id) AS place
			FROM occurrences o WHERE claim_id IN ?) AS numbered WHERE place <= ? ORDER BY claim_id, id`, all, MaxOccurrences+1).Scan(&more).Error
		if err != nil {
			return err
		}
		occurrences = append(occurrences, more...)
	}
	if err := fillOccurrences(tx, pointers(occurrences), expand); err != nil {
		return err
	}
	for _, o := range occurrences[:origins] {
		at[o.ClaimID].Origin = o
	}
	if expand.has("occurrences") {
		for i := range claims {
			claims[i].Occurrences = []tracker.Occurrence{}
		}
	}
	for _, o := range occurrences[origins:] {
		claim := at[o.ClaimID]
		if claim.MoreOccurrences = len(claim.Occurrences) == MaxOccurrences; !claim.MoreOccurrences {
			claim.Occurrences = append(claim.Occurrences, o)
		}
	}
	return nil
}

// expandClaims puts the records that claims point at in place.
func expandClaims(tx *gorm.DB, claims []tracker.Claim, expand Expand) error {
	if expand.has("actors") {
		var wanted []int64
		for i := range claims {
			wanted = append(wanted, ids(claims[i].Actors, func(a *tracker.ClaimActor) *int64 { return &a.ActorID })...)
		}
		actors, err := byID[tracker.Actor](tx, wanted)
		if err != nil {
			return err
		}
		for i := range claims {
			for k := range claims[i].Actors {
				actor := actors[claims[i].Actors[k].ActorID]
				claims[i].Actors[k].Actor = &actor
			}
		}
	}
	if expand.has("election") {
		elections, err := byID[tracker.Election](tx, ids(claims, func(c *tracker.Claim) *int64 { return c.ElectionID }))
		if err != nil {
			return err
		}
		for i := range claims {
			if claims[i].ElectionID != nil {
				election := elections[*claims[i].ElectionID]
				claims[i].Election = &election
			}
		}
	}
	if expand.has("techniques") {
		var codes []string
		for _, c := range claims {
			codes = append(codes, c.Techniques...)
		}
		techniques, err := techniquesByCode(tx, codes)
		if err != nil {
			return err
		}
		for i := range claims {
			claims[i].TechniqueRecords = []tracker.Technique{}
			for _, code := range claims[i].Techniques {
				claims[i].TechniqueRecords = append(claims[i].TechniqueRecords, techniques[code])
			}
		}
	}
	return nil
}

// Update changes a claim that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Claims) Update(ctx context.Context, id int64, g Guard, change func(*tracker.ClaimInput) error) (claim tracker.Claim, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if claim, err = wholeClaim(tx, id, nil); err != nil {
			return err
		}
		if err := changing(tx, id); err != nil {
			return err
		}
		was, election := claim.Status, claim.ElectionID
		differs, err := update(c.s, tx, g, &claim, &claim.Record, &claim.ClaimInput, change, func() error {
			var p tracker.Problems
			there, err := c.s.references(tx, &claim.ClaimInput)
			if err != nil {
				return err
			}
			there.check(&p, &claim.ClaimInput)
			if err := p.Err(); err != nil {
				return err
			}
			return claim.Move(was)
		})
		if err != nil || !differs {
			return err
		}
		if !same(election, claim.ElectionID) {
			if err := tx.Exec("UPDATE occurrences SET election_id = ? WHERE claim_id = ?", claim.ElectionID, id).Error; err != nil {
				return err
			}
		}
		if claim.Status != was {
			if err := tx.Exec("UPDATE claims SET status_since = updated_at WHERE id = ?", id).Error; err != nil {
				return err
			}
		}
		if err := rewriteLists(tx, &claim); err != nil {
			return err
		}
		claim, err = wholeClaim(tx, id, nil)
		return err
	})
	return claim, err
}

// claimLists are the rows of the lists of some claims.
type claimLists struct {
	tags       []claimTag
	techniques []claimTechnique
	actors     []claimActor
}

func (l *claimLists) add(claim *tracker.Claim) {
	for i, tag := range claim.Tags {
		l.tags = append(l.tags, claimTag{claim.ID, i, tag})
	}
	for i, code := range claim.Techniques {
		l.techniques = append(l.techniques, claimTechnique{claim.ID, i, code})
	}
	for i, a := range claim.ClaimInput.Actors {
		l.actors = append(l.actors, claimActor{claim.ID, i, a.ActorID, a.Role})
	}
}

// insert writes the rows. The first failure ends it: a failed statement may have undone the transaction, and the next
// would stand alone.
func (l *claimLists) insert(tx *gorm.DB) error {
	if err := insert(tx, l.tags); err != nil {
		return err
	}
	if err := insert(tx, l.techniques); err != nil {
		return err
	}
	return insert(tx, l.actors)
}

// rewriteLists writes a claim's tags, techniques and actors over those that it has.
func rewriteLists(tx *gorm.DB, claim *tracker.Claim) error {
	for _, rows := range []any{&claimTag{}, &claimTechnique{}, &claimActor{}} {
		if err := tx.Delete(rows, "claim_id = ?", claim.ID).Error; err != nil {
			return err
		}
	}
	var l claimLists
	l.add(claim)
	return l.insert(tx)
}

// Delete removes a claim with its occurrences.
func (c Claims) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		claim, err := get[tracker.Claim](tx, "claim", id)
		if err != nil {
			return err
		}
		if err := g.check(claim.Record); err != nil {
			return err
		}
		if err := changing(tx, id); err != nil {
			return err
		}
		return remove[tracker.Claim](tx, id)
	})
}
