package store

import (
	"slices"

	"gorm.io/gorm"
)

// column is a set of claims to count in, or all claims. Where facets rule it, what is counted in whole chunks is remembered, and
// only what it has in others is looked up at once. Where facets leave few claims, these are looked up, and counted one by one.
type column struct {
	whole bool
	ruled ruled
	cut   placedSet // what it has where no facets rule it: all of it, or what it has in the chunks that a moment cuts
	set   claimSet  // all of it, once it was asked for
}

// columnOf are the claims that a filter leaves, but for what it says of these fields.
func columnOf(tx *gorm.DB, f ClaimFilter, groups []group, but ...varied) (column, error) {
	if f.inOccurrences() && slices.ContainsFunc(but, func(v varied) bool { return f.places().has(v.field) }) {
		f.ArticleIDs, f.ArticleURLs, f.SentenceIDs = nil, nil, nil // standingCells asks for them
	}
	p, err := planOfGroups(tx, f, groups, but...)
	if err != nil || p.whole() {
		return column{whole: true, ruled: ruled{span: everywhere}}, err
	}
	r, ok := p.ruled()
	if !ok {
		set, err := p.claims(tx, everywhere)
		return columnOfSet(set), err
	}
	few, err := r.few(tx)
	if err != nil {
		return column{}, err
	}
	if few {
		those, err := p.placed(tx, everywhere)
		return column{ruled: ruled{span: nowhere, plan: p}, cut: those}, err
	}
	var cut placedSet
	for _, chunk := range r.ends() {
		those, err := r.in(tx, chunk)
		if err != nil {
			return column{}, err
		}
		cut = append(cut, those...)
	}
	r.fringe = r.fringeOf(cut)
	return column{ruled: r, cut: cut}, nil
}

// columnOfSet is a set that no facets rule.
func columnOfSet(set claimSet) column {
	return column{ruled: ruled{span: nowhere}, cut: set.placed(), set: set}
}

// claims are those of the column, or nil where it is all claims.
func (c *column) claims(tx *gorm.DB) (_ claimSet, err error) {
	if c.set == nil && !c.whole {
		c.set, err = c.ruled.plan.claims(tx, everywhere)
	}
	return c.set, err
}

// within are the claims of the column in a run of chunks that facets rule, or nil where it is all claims.
func (c *column) within(tx *gorm.DB, run span) (claimSet, error) {
	if c.whole {
		return nil, nil
	}
	return c.ruled.plan.claims(tx, run)
}

// count is how many claims the column has.
func (c *column) count(tx *gorm.DB) (n int64, err error) {
	if c.whole {
		all, err := lookUp(tx, []facet{{fieldAll, ""}})
		return mostOf(all), err
	}
	found, left, _, err := counting[int64]{
		base: c, what: part{what: totalPart}, size: func(int64) int { return 8 },
		count: func(those claimSet, _ span) (found strip[int64], _ bool, _ error) {
			for _, chunk := range sortedChunks(those) {
				found = append(found, piece[int64]{chunkState{chunk: chunk}, int64(those[chunk].Count())})
			}
			return found, true, nil
		},
	}.parts(tx)
	for _, p := range found {
		n += p.part
	}
	for _, one := range left {
		n += int64(len(one.places))
	}
	return n, err
}

// of is what a column has of a set, which it takes.
func (c *column) of(tx *gorm.DB, set claimSet) (claimSet, error) {
	its, err := c.claims(tx)
	if its != nil {
		set.and(its)
	}
	return set, err
}

// span is where the column has claims.
func (c *column) span(tx *gorm.DB) (span, error) {
	its, err := c.claims(tx)
	if its == nil {
		return everywhere, err
	}
	return its.span(), err
}
