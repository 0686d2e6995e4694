package store

import (
	"math"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// pageFound is pageOfClaims of a search: of the claims that it finds and the rest of the filter leaves.
func pageFound(tx *gorm.DB, f ClaimFilter, p Page) (l List[int64], err error) {
	if err := indexerOf(tx).prepare(tx); err != nil {
		return l, err
	}
	rest := f
	rest.Search = Search{}
	plan, err := planOf(tx, rest)
	walked := p.Sort == Relevance || p.Sort == "-created_at"
	switch {
	case err != nil:
		return l, err
	case plan.whole() && (p.Total || !walked):
		found, err := listFound(tx, tx, p, claimOrders, claimIndex, f.Search)
		return List[int64]{Items: ids(found.Items, func(c *tracker.Claim) *int64 { return &c.ID }), Next: found.Next, Total: found.Total}, err
	case p.Sort == Relevance, walked && !p.Total:
		return plan.search(tx, f, p)
	}
	return pageOfPlan(tx, f, p) // which has all that the search finds in memory, as one set of the plan's
}

// search is a list of a search within a plan, by relevance or the newest first.
func (p plan) search(tx *gorm.DB, f ClaimFilter, page Page) (l List[int64], err error) {
	if page.Total {
		all, err := planOf(tx, f)
		if err != nil {
			return l, err
		}
		n, err := all.count(tx)
		if err != nil {
			return l, err
		}
		l.Total = &n
	}
	if page.Sort == Relevance {
		newest := claimIndex.newest(tx, *f.Search.Query)
		if !p.whole() {
			those, err := p.newest(tx, f, math.MaxInt64, MaxRanked)
			if err != nil || len(those) == 0 {
				return l, err
			}
			newest = tx.Raw("SELECT id FROM claims WHERE id IN ?", listed(tx, those))
		}
		best, err := claimIndex.ranked(tx, newest, *f.Search.Query, page.Limit)
		l.Items = ids(best, func(r *rank) *int64 { return &r.ID })
		return l, err
	}
	most := int64(math.MaxInt64)
	if page.After != nil {
		most = page.After.ID - 1
	}
	if l.Items, err = p.newest(tx, f, most, page.Limit+1); err != nil {
		return l, err
	}
	return l, cutPage(tx, &l, page.Limit, claimOrders["created_at"])
}

// newest are the newest claims that a search finds within a plan, of those up to an id: so many at the most. It walks what
// the search finds as long as that leads to any, and else gathers all that it finds.
func (p plan) newest(tx *gorm.DB, f ClaimFilter, most int64, limit int) (newest []int64, err error) {
	if p.nothing {
		return nil, nil
	}
	if p.to > 0 {
		most = min(most, p.to)
	}
	if p.whole() {
		return claimIndex.foundIDs(tx, *f.Search.Query, p.from, most, limit)
	}
	for step := limit; step <= 16*limit; step *= 4 {
		found, err := claimIndex.foundIDs(tx, *f.Search.Query, p.from, most, step)
		if err != nil || len(found) == 0 {
			return newest, err
		}
		those, err := p.claims(tx, span{chunkOf(found[len(found)-1]), chunkOf(found[0])})
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if those.has(id) {
				newest = append(newest, id)
			}
		}
		if len(newest) >= limit || len(found) < step {
			return newest[:min(limit, len(newest))], nil
		}
		most = found[len(found)-1] - 1
	}
	all, err := planOf(tx, f)
	if err != nil {
		return nil, err
	}
	more, err := all.inOrder(tx, most+1, true, limit-len(newest))
	return append(newest, more...), err
}
