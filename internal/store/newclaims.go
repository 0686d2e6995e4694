package store

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// Create keeps a new claim together with its origin, or neither.
func (c Claims) Create(ctx context.Context, in tracker.NewClaim) (tracker.Claim, error) {
	n, err := c.create(ctx, []tracker.NewClaim{in}, false)
	if err != nil {
		return tracker.Claim{}, err
	}
	return n.claims[0], n.errs[0]
}

// CreateDocument is Create with the claim as Document has it.
func (c Claims) CreateDocument(ctx context.Context, in tracker.NewClaim) (Document, error) {
	n, err := c.create(ctx, []tracker.NewClaim{in}, false)
	if err == nil {
		err = n.errs[0]
	}
	if err != nil {
		return Document{}, err
	}
	claim := &n.claims[0]
	return Document{json: n.ready[0].draft.of(claim)}, nil
}

// CreateMany keeps new claims, each together with its origin, in one transaction. Where one of them cannot be kept, errs
// says why at its place, and the others are kept all the same, or, where it is to be all or nothing, none is.
func (c Claims) CreateMany(ctx context.Context, ins []tracker.NewClaim, allOrNothing bool) (claims []tracker.Claim, errs []error, err error) {
	n, err := c.create(ctx, ins, allOrNothing)
	return n.claims, n.errs, err
}

func (c Claims) create(ctx context.Context, ins []tracker.NewClaim, allOrNothing bool) (n newClaims, err error) {
	for tries := 0; ; tries++ {
		if n, err = c.prepare(ctx, ins); err != nil {
			return n, err
		}
		if valid := n.valid(); len(valid) == 0 || allOrNothing && len(valid) < len(ins) {
			return n, nil
		}
		err = c.s.add(ctx, &n)
		// What a claim points at may have gone since it was looked up: then it says so when it is looked up again.
		if tries == 3 || !errors.Is(err, gorm.ErrForeignKeyViolated) && !errors.Is(err, errAnotherDatabase) {
			return n, err
		}
		c.s.known.forget()
		c.s.sentences.clear()
	}
}

// errAnotherDatabase says that claims were made ready for a database that is not there any more.
var errAnotherDatabase = errors.New("another database has taken the place of the one that was looked into")

// newClaims are claims that are about to be kept, and what is wrong with each of them.
type newClaims struct {
	claims   []tracker.Claim
	errs     []error
	ready    []readyClaim
	database int64 // the number of the one that was looked into
	// around is when the records around them were looked at. It is zero where they are still to be.
	around recordsOf
}

// readyClaim is what is made of a new claim before its turn to be written comes: others wait then.
type readyClaim struct {
	draft draft
	terms []string // of its text and its quote, in the search index
	words int64    // of its origin

	// What lookAround finds.
	article articleOf
	facets  []facet
}

// valid are the places of the claims with which nothing is wrong.
func (n *newClaims) valid() (places []int) {
	for i, err := range n.errs {
		if err == nil {
			places = append(places, i)
		}
	}
	return places
}

// these are the claims with which nothing is wrong.
func (n *newClaims) these() (claims []*tracker.Claim, ready []*readyClaim) {
	for _, i := range n.valid() {
		claims, ready = append(claims, &n.claims[i]), append(ready, &n.ready[i])
	}
	return claims, ready
}

// prepare checks new claims and finds the words that they stand on. It only reads, and nobody has to wait with a write
// until it is done: texts never change, and that the other records are still there is checked once more by the database
// when the claims are written.
func (c Claims) prepare(ctx context.Context, ins []tracker.NewClaim) (n newClaims, err error) {
	err = c.s.look(ctx, func(tx *gorm.DB) error {
		n = newClaims{claims: make([]tracker.Claim, len(ins)), errs: make([]error, len(ins)), ready: make([]readyClaim, len(ins)),
			database: c.s.databases.Load()}
		inputs, anchors := make([]*tracker.ClaimInput, len(ins)), make([]tracker.Anchor, len(ins))
		for i, in := range ins {
			n.claims[i].ClaimInput = in.ClaimInput
			// A check puts lists into their canonical form where they are: these are ours.
			n.claims[i].Tags, n.claims[i].Techniques = slices.Clone(in.Tags), slices.Clone(in.Techniques)
			inputs[i], anchors[i] = &n.claims[i].ClaimInput, in.Occurrence.Anchor
		}
		there, err := c.s.references(tx, inputs...)
		if err != nil {
			return err
		}
		words, err := c.s.knownLocator(tx, n.database, anchors)
		if err != nil {
			return err
		}
		for i := range ins {
			if err := ctx.Err(); err != nil {
				return err
			}
			if n.errs[i], err = c.s.prepareClaim(&n.claims[i], ins[i].Occurrence, there, &words, anchors); err != nil {
				return err
			}
			if n.errs[i] != nil {
				continue
			}
			if n.ready[i], err = readyOf(&n.claims[i]); err != nil {
				return err
			}
		}
		// A single one is written with others, for all of which it then takes one look.
		if around := c.s.recordsBefore(ctx); len(ins) > 1 && around.memory != nil {
			n.around = around
			claims, ready := n.these()
			return lookAround(tx, claims, ready)
		}
		return nil
	})
	return n, err
}

// prepareClaim gives a claim what it is made of. What is wrong with it is wrong; err is a failure of the database. Where its place
// is wrong by what was known of sentences, all that the anchors name are read once more, for it and for the claims after it.
func (s *Store) prepareClaim(
	claim *tracker.Claim, at tracker.NewOccurrence, there references, words *locator, anchors []tracker.Anchor,
) (wrong, err error) {
	var p, misplaced tracker.Problems
	there.check(&p, &claim.ClaimInput)
	claim.Begin(&p)
	origin, err := words.locate(&misplaced, "/occurrence", &at)
	if err == nil && misplaced.Err() != nil && words.known {
		if *words, err = s.locator(words.tx, anchors...); err != nil {
			return nil, err
		}
		misplaced = tracker.Problems{}
		origin, err = words.locate(&misplaced, "/occurrence", &at)
	}
	if err != nil {
		return nil, err
	}
	p.Join(misplaced)
	origin.OccurrenceInput = tracker.OccurrenceInput{Stance: at.Stance, IsOrigin: true}
	claim.Origin = origin
	claim.Actors = []tracker.ClaimActor{}
	for _, a := range claim.ClaimInput.Actors {
		claim.Actors = append(claim.Actors, tracker.ClaimActor{ActorRole: a})
	}
	return p.Err(), nil
}

// readyOf is what is made of a claim that has neither ids nor times yet.
func readyOf(claim *tracker.Claim) (r readyClaim, err error) {
	r.terms = []string{search.Column(claim.Text), search.Column(claim.Origin.Exact)}
	r.words = wordsOf(claim.Origin.Exact)
	r.draft, err = newDraft(claim)
	return r, err
}

// manyClaims are so many that to write them takes longer than to commit them.
const manyClaims = 32

// add is Write for new claims: those with which nothing is wrong.
func (s *Store) add(ctx context.Context, n *newClaims) error {
	if _, ok := ctx.Value(together{}).(*joint); ok {
		return s.Write(ctx, func(tx *gorm.DB) error {
			t := transactionOf(tx)
			t.added = append(t.added, n)
			return s.writeAdded(tx, t) // what comes after it in that transaction is to find them
		})
	}
	return s.submit(&job{ctx: ctx, adds: true, large: len(n.valid()) >= manyClaims, fn: func(tx *gorm.DB) error {
		t := transactionOf(tx)
		if n.database != s.databases.Load() {
			return errAnotherDatabase
		}
		t.added, t.wrote = append(t.added, n), true
		return nil
	}})
}

// writeAdded inserts the claims that jobs have handed to a transaction, by a handful of statements for all of them.
func (s *Store) writeAdded(tx *gorm.DB, t *transaction) error {
	var added, bare []*tracker.Claim
	var ready, bareReady []*readyClaim
	for _, n := range t.added {
		claims, made := n.these()
		added, ready = append(added, claims...), append(ready, made...)
		if !n.around.holds(t) {
			bare, bareReady = append(bare, claims...), append(bareReady, made...)
		}
	}
	t.added = nil
	if len(added) == 0 {
		return nil
	}
	claimIDs, occurrenceIDs, err := s.engine.newClaimIDs(tx, len(added))
	if err != nil {
		return err
	}
	if err := lookAround(tx, bare, bareReady); err != nil {
		return err
	}
	for k, claim := range added {
		now := s.moment(tx)
		claim.Record = tracker.Record{ID: claimIDs[k], CreatedAt: now, UpdatedAt: now, Version: 1}
		claim.StatusSince = now
		claim.Origin.Record = tracker.Record{ID: occurrenceIDs[k], CreatedAt: now, UpdatedAt: now, Version: 1}
		claim.Origin.ClaimID = claim.ID
		created(tx, claim, ready[k])
	}
	claims, rows, lists := make([]tracker.Claim, len(added)), make([]occurrenceRow, len(added)), claimLists{}
	for k, claim := range added {
		claims[k], rows[k] = *claim, ready[k].article.row(claim.Origin, claim.ElectionID, ready[k].words)
		lists.add(claim)
	}
	if err := insert(tx, claims); err != nil {
		return err
	}
	if err := lists.insert(tx); err != nil {
		return err
	}
	return insert(tx, rows)
}

// references are the ids and codes, of those that some claims point at, that there are.
type references struct {
	elections, actors map[int64]bool
	techniques        map[string]bool
}

// references looks up what claims point at, in one query for each kind of record. Of a list that is too long, which the
// check notes, nothing is looked up.
func (s *Store) references(tx *gorm.DB, ins ...*tracker.ClaimInput) (r references, err error) {
	var elections, actors []int64
	var codes []string
	for _, in := range ins {
		if in.ElectionID != nil {
			elections = append(elections, *in.ElectionID)
		}
		if len(in.Actors) <= tracker.MaxListEntries {
			actors = append(actors, ids(in.Actors, func(a *tracker.ActorRole) *int64 { return &a.ActorID })...)
		}
		if len(in.Techniques) <= tracker.MaxListEntries {
			codes = append(codes, in.Techniques...)
		}
	}
	// What has not the form of a code may hold what a database does not take as text, such as NUL in PostgreSQL.
	codes = slices.DeleteFunc(codes, func(code string) bool { return !tracker.IsTechniqueCode(code) })
	if r.elections, err = s.existing(tx, "elections", elections); err != nil {
		return r, err
	}
	if r.actors, err = s.existing(tx, "actors", actors); err != nil {
		return r, err
	}
	r.techniques, err = s.techniques(tx, codes)
	return r, err
}

// techniques are those of some codes that there are. What was found once is not looked for again: there is no way to remove it.
func (s *Store) techniques(tx *gorm.DB, codes []string) (map[string]bool, error) {
	there := map[string]bool{}
	codes = slices.DeleteFunc(codes, func(code string) bool {
		_, there[code] = s.codes.Load(code)
		return there[code]
	})
	if len(codes) == 0 {
		return there, nil
	}
	query := "SELECT code FROM techniques WHERE code " + speechOf(tx).amongWords
	return there, readRows(tx, query, []any{listOf(codes)}, func(scan scanFunc) error {
		var code string
		err := scan(&code)
		there[code] = true
		if transactionOf(tx) == nil { // else it may be undone
			s.codes.Store(code, nil)
		}
		return err
	})
}

// existing are those of some ids that a table has; outside of a transaction that writes, those that it had a while ago.
func (s *Store) existing(tx *gorm.DB, table string, wanted []int64) (map[int64]bool, error) {
	there := map[int64]bool{}
	writes := transactionOf(tx) != nil
	if !writes {
		wanted = s.known.recall(table, wanted, there)
	}
	if len(wanted) == 0 {
		return there, nil
	}
	query := "SELECT id FROM " + table + " WHERE id " + speechOf(tx).among
	return there, readRows(tx, query, []any{listOf(distinct(wanted))}, func(scan scanFunc) error {
		var id int64
		err := scan(&id)
		there[id] = true
		if !writes { // else it may be undone
			s.known.remember(table, id)
		}
		return err
	})
}

// check notes what is wrong with the input of a claim, also where it points at what is not there.
func (r references) check(p *tracker.Problems, in *tracker.ClaimInput) {
	in.Check(p)
	if id := in.ElectionID; id != nil && *id > 0 && !r.elections[*id] {
		p.Add("/election_id", "not_found", "there is no election %d", *id)
	}
	if len(in.Actors) <= tracker.MaxListEntries {
		for i, a := range in.Actors {
			if a.ActorID != 0 && !r.actors[a.ActorID] {
				p.Add("/actors/"+strconv.Itoa(i)+"/actor_id", "not_found", "there is no actor %d", a.ActorID)
			}
		}
	}
	if len(in.Techniques) <= tracker.MaxListEntries {
		for i, code := range in.Techniques {
			if code != "" && !r.techniques[code] {
				p.Add("/techniques/"+strconv.Itoa(i), "not_found", "is not the code of a technique of DISARM Red, such as T0068 or T0085.001")
			}
		}
	}
}
