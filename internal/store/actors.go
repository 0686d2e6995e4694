package store

import (
	"context"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Actors are those who act in claims.
type Actors struct{ s *Store }

// ActorFilter narrows a list of actors: within a field any value may match, and each given field must.
type ActorFilter struct {
	Kinds                         []tracker.ActorKind
	Names, Countries, WikidataIDs []string
	ParentIDs                     []int64
	Search                        Search
	Aliases                       []string
	Created, Updated              Between
}

var actorOrders = recordOrders(orders[tracker.Actor]{
	"name": {expression: "name", text: func(r *tracker.Actor) string { return r.Name }},
})

// Sorts are the ways in which List sorts.
func (Actors) Sorts() []string { return actorOrders.names() }

// Get is the actor with that id, or NotFound.
func (c Actors) Get(ctx context.Context, id int64) (actor tracker.Actor, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		actor, err = get[tracker.Actor](tx, "actor", id)
		return err
	})
	return actor, err
}

// List is a page of the actors that the filter leaves.
func (c Actors) List(ctx context.Context, f ActorFilter, p Page) (l List[tracker.Actor], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		var all conditions
		in(&all, "kind", f.Kinds)
		in(&all, "name", f.Names, "name")
		in(&all, "country", f.Countries)
		in(&all, "wikidata_id", f.WikidataIDs)
		in(&all, "parent_id", f.ParentIDs, "created_at")
		among(&all, "id IN (SELECT actor_id FROM actor_aliases WHERE alias IN ?)", f.Aliases)
		all.created("actors", f.Created)
		all.within("actors", "updated_at", f.Updated, "updated_at")
		if l, err = listNarrowed(c.s, tx, "actors", all, p, actorOrders, actorIndex, f.Search); err != nil {
			return err
		}
		return mark(tx, actorIndex, f.Search, l.Items, func(a *tracker.Actor) (int64, *[]tracker.Match) { return a.ID, &a.Matches })
	})
	return l, err
}

// Create keeps a new actor.
func (c Actors) Create(ctx context.Context, in tracker.ActorInput) (tracker.Actor, error) {
	actor := tracker.Actor{ActorInput: in}
	err := c.s.Write(ctx, func(tx *gorm.DB) error {
		if err := checkActor(tx, 0, &actor.ActorInput); err != nil {
			return err
		}
		if err := c.s.create(tx, &actor, &actor.Record); err != nil {
			return err
		}
		if err := writeAliases(tx, "actor", actor.ID, actor.Aliases); err != nil {
			return err
		}
		if err := keepDocument(tx, actorDocuments, actor); err != nil {
			return err
		}
		return actorIndex.keep(tx, actor.ID, passagesOfActor(actor.ActorInput))
	})
	return actor, err
}

// Update changes an actor that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Actors) Update(ctx context.Context, id int64, g Guard, change func(*tracker.ActorInput) error) (actor tracker.Actor, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if actor, err = get[tracker.Actor](tx, "actor", id); err != nil {
			return err
		}
		was := actor.ActorInput
		differs, err := update(c.s, tx, g, &actor, &actor.Record, &actor.ActorInput, change, func() error {
			if err := checkActor(tx, id, &actor.ActorInput); err != nil || was.Kind == actor.Kind && was.Country == actor.Country {
				return err
			}
			return settleFacts(tx)
		})
		if err != nil || !differs {
			return err
		}
		if err := keepDocument(tx, actorDocuments, actor); err != nil {
			return err
		}
		if err := actorIndex.keep(tx, id, passagesOfActor(actor.ActorInput)); err != nil {
			return err
		}
		if !slices.Equal(was.Aliases, actor.Aliases) {
			if err := writeAliases(tx, "actor", id, actor.Aliases); err != nil {
				return err
			}
		}
		return moveParty(tx, actorParty, id, map[string]string{"kind": string(was.Kind), "country": was.Country},
			map[string]string{"kind": string(actor.Kind), "country": actor.Country})
	})
	return actor, err
}

// checkActor checks the input of the actor with that id; 0 for a new one.
func checkActor(tx *gorm.DB, id int64, in *tracker.ActorInput) error {
	var p tracker.Problems
	in.Check(&p)
	if err := pointsAt[tracker.Actor](tx, &p, "/parent_id", "actor", in.ParentID); err != nil {
		return err
	}
	if in.ParentID != nil && id != 0 {
		// An actor that is a part of itself, at whatever distance, would have no top.
		var within bool
		err := tx.Raw(`WITH RECURSIVE above (id) AS (
			SELECT CAST(? AS BIGINT) UNION SELECT a.parent_id FROM actors a JOIN above ON a.id = above.id WHERE a.parent_id IS NOT NULL)
			SELECT EXISTS (SELECT 1 FROM above WHERE id = ?)`, *in.ParentID, id).Scan(&within).Error
		if err != nil {
			return err
		}
		if within {
			p.Add("/parent_id", "cycle", "the actor %d is a part of this one", *in.ParentID)
		}
	}
	if err := p.Err(); err != nil || in.WikidataID == "" {
		return err
	}
	return unique[tracker.Actor](tx.Where("wikidata_id = ? AND id <> ?", in.WikidataID, id), "actors",
		"The Wikidata item "+in.WikidataID+" is another actor's already")
}

// Delete removes an actor that no claim and no other actor points at.
func (c Actors) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		actor, err := get[tracker.Actor](tx, "actor", id)
		if err != nil {
			return err
		}
		if err := g.check(actor.Record); err != nil {
			return err
		}
		if err := unreferenced(tx, "actor", id,
			reference{"claims", claimsOfActor},
			reference{"actors", counted("SELECT count(*) FROM actors WHERE parent_id = ?")}); err != nil {
			return err
		}
		if err := actorIndex.remove(tx, id); err != nil {
			return err
		}
		return remove[tracker.Actor](tx, id)
	})
}

// claimsOfActor is in how many claims an actor acts, in a transaction that writes. Only the postings know it, once all that was
// written before is in them: that is no writing of who asks, and need not be undone where that is refused.
func claimsOfActor(tx *gorm.DB, id int64) (int64, error) {
	t := transactionOf(tx)
	before := t.wrote
	if err := settleFacts(tx); err != nil {
		return 0, err
	}
	t.wrote = before
	claims, err := claimsWith(tx, []facet{{prefixActor + suffixID, strconv.FormatInt(id, 10)}}, everywhere)
	return claims.count(), err
}
