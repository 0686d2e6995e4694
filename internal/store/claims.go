package store

import (
	"context"
	"strconv"

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

// ClaimFilter narrows a list of claims: within a field any value may match, and each given field must.
type ClaimFilter struct {
	Kinds                              []tracker.ClaimKind
	Statuses                           []tracker.ClaimStatus
	ElectionIDs                        []int64
	Languages, Tags, Techniques        []string
	ActorIDs                           []int64
	Roles                              []tracker.Role // of those actors, or of any actor
	ArticleIDs, SourceIDs, SentenceIDs []int64
	Stances                            []tracker.Stance
}

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

// List is a page of the claims that the filter leaves.
func (c Claims) List(ctx context.Context, f ClaimFilter, p Page, expand Expand) (l List[tracker.Claim], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		q := where(tx, "kind IN ?", f.Kinds)
		q = where(q, "status IN ?", f.Statuses)
		q = where(q, "election_id IN ?", f.ElectionIDs)
		q = where(q, "language IN ?", f.Languages)
		// Lists of ids rather than EXISTS: SQLite reads them by their index, however few they are, and does not try each claim.
		q = where(q, "id IN (SELECT claim_id FROM claim_tags WHERE tag IN ?)", f.Tags)
		q = where(q, "id IN (SELECT claim_id FROM claim_techniques WHERE technique IN ?)", f.Techniques)
		if len(f.ActorIDs)+len(f.Roles) > 0 {
			acting := where(where(tx.Table("claim_actors").Select("claim_id"), "actor_id IN ?", f.ActorIDs), "role IN ?", f.Roles)
			q = q.Where("id IN (?)", acting)
		}
		if len(f.ArticleIDs)+len(f.SourceIDs)+len(f.SentenceIDs)+len(f.Stances) > 0 {
			standing := where(tx.Table("occurrences").Select("claim_id"), "occurrences.article_id IN ?", f.ArticleIDs)
			standing = where(standing, "occurrences.article_id IN (SELECT id FROM articles WHERE source_id IN ?)", f.SourceIDs)
			standing = where(standing, touchesSentence, f.SentenceIDs)
			standing = where(standing, "occurrences.stance IN ?", f.Stances)
			q = q.Where("id IN (?)", standing)
		}
		if l, err = list(q, p, claimOrders); err != nil {
			return err
		}
		return fillClaims(tx, l.Items, expand)
	})
	return l, err
}

// claimsByID reads the claims with these ids.
func claimsByID(tx *gorm.DB, wanted []int64, expand Expand) (map[int64]tracker.Claim, error) {
	found := map[int64]tracker.Claim{}
	if len(wanted) == 0 {
		return found, nil
	}
	var claims []tracker.Claim
	if err := tx.Find(&claims, "id IN ?", distinct(wanted)).Error; err != nil {
		return nil, err
	}
	if err := fillClaims(tx, claims, expand); err != nil {
		return nil, err
	}
	for _, c := range claims {
		found[c.ID] = c
	}
	return found, nil
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

// Create keeps a new claim together with its origin, or neither.
func (c Claims) Create(ctx context.Context, in tracker.NewClaim) (claim tracker.Claim, err error) {
	claim.ClaimInput = in.ClaimInput
	var misplaced tracker.Problems
	origin, err := c.s.locate(ctx, &misplaced, "/occurrence", &in.Occurrence)
	if err != nil {
		return claim, err
	}
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		var p tracker.Problems
		if err := checkClaim(tx, &p, &claim.ClaimInput); err != nil {
			return err
		}
		claim.Begin(&p)
		p.Join(misplaced)
		if err := p.Err(); err != nil {
			return err
		}
		if err := c.s.create(tx, &claim, &claim.Record); err != nil {
			return err
		}
		created(tx, claim.ID)
		if err := writeLists(tx, &claim); err != nil {
			return err
		}
		origin.ClaimID, origin.Stance, origin.IsOrigin = claim.ID, in.Occurrence.Stance, true
		if err := c.s.addOccurrence(tx, &origin, claim.ClaimInput); err != nil {
			return err
		}
		claim, err = wholeClaim(tx, claim.ID, nil)
		return err
	})
	return claim, err
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
			if err := checkClaim(tx, &p, &claim.ClaimInput); err != nil {
				return err
			}
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
		if err := writeLists(tx, &claim); err != nil {
			return err
		}
		claim, err = wholeClaim(tx, id, nil)
		return err
	})
	return claim, err
}

// checkClaim notes what is wrong with the input of a claim, also where it points at what is not there.
func checkClaim(tx *gorm.DB, p *tracker.Problems, in *tracker.ClaimInput) error {
	in.Check(p)
	if err := pointsAt[tracker.Election](tx, p, "/election_id", "election", in.ElectionID); err != nil {
		return err
	}
	// Of a list that is too long, which the check has noted, nothing is looked up: there is an end to what a query can name.
	named, codes := in.Actors, in.Techniques
	if len(named) > tracker.MaxListEntries {
		named = nil
	}
	if len(codes) > tracker.MaxListEntries {
		codes = nil
	}
	actors, err := byID[tracker.Actor](tx, ids(named, func(a *tracker.ActorRole) *int64 { return &a.ActorID }))
	if err != nil {
		return err
	}
	for i, a := range named {
		if _, ok := actors[a.ActorID]; !ok && a.ActorID != 0 {
			p.Add("/actors/"+strconv.Itoa(i)+"/actor_id", "not_found", "there is no actor %d", a.ActorID)
		}
	}
	techniques, err := techniquesByCode(tx, codes)
	if err != nil {
		return err
	}
	for i, code := range codes {
		if _, ok := techniques[code]; !ok && code != "" {
			p.Add("/techniques/"+strconv.Itoa(i), "not_found", "is not the code of a technique of DISARM Red, such as T0068 or T0085.001")
		}
	}
	return nil
}

// writeLists writes a claim's tags, techniques and actors over those that it has.
func writeLists(tx *gorm.DB, claim *tracker.Claim) error {
	var tags []claimTag
	for i, tag := range claim.Tags {
		tags = append(tags, claimTag{claim.ID, i, tag})
	}
	var techniques []claimTechnique
	for i, code := range claim.Techniques {
		techniques = append(techniques, claimTechnique{claim.ID, i, code})
	}
	var actors []claimActor
	for i, a := range claim.ClaimInput.Actors {
		actors = append(actors, claimActor{claim.ID, i, a.ActorID, a.Role})
	}
	// The first failure ends it: a failed statement may have undone the transaction, and the next would stand alone.
	if err := rewrite(tx, claim.ID, tags); err != nil {
		return err
	}
	if err := rewrite(tx, claim.ID, techniques); err != nil {
		return err
	}
	return rewrite(tx, claim.ID, actors)
}

// rewrite puts rows in the place of all that the claim has of their kind.
func rewrite[T any](tx *gorm.DB, claimID int64, rows []T) error {
	if err := tx.Delete(new(T), "claim_id = ?", claimID).Error; err != nil || len(rows) == 0 {
		return err
	}
	return tx.Create(&rows).Error
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
