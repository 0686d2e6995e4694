package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Sources are the sources of articles.
type Sources struct{ s *Store }

// SourceFilter narrows a list of sources: within a field any value may match, and each given field must.
type SourceFilter struct {
	Kinds                                []tracker.SourceKind
	Names, Domains, Countries, Languages []string
	Search                               Search
	Aliases                              []string
	Cited                                *bool // whether a claim stands in an article of it
	Created, Updated                     Between
}

var sourceOrders = recordOrders(orders[tracker.Source]{
	"name": {expression: "name", text: func(r *tracker.Source) string { return r.Name }},
})

// Sorts are the ways in which List sorts.
func (Sources) Sorts() []string { return sourceOrders.names() }

// Get is the source with that id, or NotFound.
func (c Sources) Get(ctx context.Context, id int64) (source tracker.Source, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		source, err = get[tracker.Source](tx, "source", id)
		return err
	})
	return source, err
}

// List is a page of the sources that the filter leaves.
func (c Sources) List(ctx context.Context, f SourceFilter, p Page) (l List[tracker.Source], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		var all conditions
		in(&all, "kind", f.Kinds)
		in(&all, "name", f.Names, "name")
		in(&all, "domain", f.Domains, "created_at")
		in(&all, "country", f.Countries)
		in(&all, "language", f.Languages)
		among(&all, "id IN (SELECT source_id FROM source_aliases WHERE alias IN ?)", f.Aliases)
		if f.Cited != nil {
			all = append(all, condition{sql: "EXISTS (SELECT 1 FROM occurrences o WHERE o.source_id = sources.id) = ?", values: []any{*f.Cited}})
		}
		all.created("sources", f.Created)
		all.within("sources", "updated_at", f.Updated, "updated_at")
		if l, err = listNarrowed(c.s, tx, "sources", all, p, sourceOrders, sourceIndex, f.Search); err != nil {
			return err
		}
		return mark(tx, sourceIndex, f.Search, l.Items, func(s *tracker.Source) (int64, *[]tracker.Match) { return s.ID, &s.Matches })
	})
	return l, err
}

// Create keeps a new source.
func (c Sources) Create(ctx context.Context, in tracker.SourceInput) (tracker.Source, error) {
	source := tracker.Source{SourceInput: in}
	err := c.s.Write(ctx, func(tx *gorm.DB) error {
		if err := checkSource(&source.SourceInput); err != nil {
			return err
		}
		if err := c.s.create(tx, &source, &source.Record); err != nil {
			return err
		}
		if err := writeAliases(tx, "source", source.ID, source.Aliases); err != nil {
			return err
		}
		if err := keepDocument(tx, sourceDocuments, source); err != nil {
			return err
		}
		return sourceIndex.keep(tx, source.ID, passagesOfSource(source.SourceInput))
	})
	return source, err
}

// Update changes a source that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Sources) Update(ctx context.Context, id int64, g Guard, change func(*tracker.SourceInput) error) (source tracker.Source, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if source, err = get[tracker.Source](tx, "source", id); err != nil {
			return err
		}
		was := source.SourceInput
		differs, err := update(c.s, tx, g, &source, &source.Record, &source.SourceInput, change, func() error {
			if err := checkSource(&source.SourceInput); err != nil || was.Kind == source.Kind && was.Country == source.Country {
				return err
			}
			return settleFacts(tx)
		})
		if err != nil || !differs {
			return err
		}
		if err := keepDocument(tx, sourceDocuments, source); err != nil {
			return err
		}
		if err := sourceIndex.keep(tx, id, passagesOfSource(source.SourceInput)); err != nil {
			return err
		}
		if !slices.Equal(was.Aliases, source.Aliases) {
			if err := writeAliases(tx, "source", id, source.Aliases); err != nil {
				return err
			}
		}
		return moveParty(tx, sourceParty, id, map[string]string{"kind": string(was.Kind), "country": was.Country},
			map[string]string{"kind": string(source.Kind), "country": source.Country})
	})
	return source, err
}

func checkSource(in *tracker.SourceInput) error {
	var p tracker.Problems
	in.Check(&p)
	return p.Err()
}

// Delete removes a source that no article points at.
func (c Sources) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		source, err := get[tracker.Source](tx, "source", id)
		if err != nil {
			return err
		}
		if err := g.check(source.Record); err != nil {
			return err
		}
		if err := unreferenced(tx, "source", id,
			reference{"articles", counted("SELECT count(*) FROM articles WHERE source_id = ?")}); err != nil {
			return err
		}
		if err := sourceIndex.remove(tx, id); err != nil {
			return err
		}
		return remove[tracker.Source](tx, id)
	})
}
