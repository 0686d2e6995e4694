package store

import (
	"math"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// searchClaims is listClaims of a search: of the claims that it finds and the rest of the filter leaves.
func searchClaims(tx *gorm.DB, f ClaimFilter, p Page) (l List[tracker.Claim], err error) {
	if err := indexerOf(tx).prepare(tx); err != nil {
		return l, err
	}
	rest := f
	rest.Search = Search{}
	plan, err := planOf(tx, rest)
	switch {
	case err != nil:
		return l, err
	case plan.whole():
		return listFound(tx, tx, p, claimOrders, claimIndex, f.Search)
	case p.Sort == Relevance, p.Sort == "-created_at" && !p.Total:
		return plan.search(tx, f, p)
	}
	return listClaims(tx, f, p) // which has all that the search finds in memory, as one set of the plan's
}

// search is a list of a search within a plan, by relevance or the newest first.
func (plan plan) search(tx *gorm.DB, f ClaimFilter, p Page) (l List[tracker.Claim], err error) {
	if p.Total {
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
	var wanted []int64
	if p.Sort == Relevance {
		newest, err := plan.newest(tx, f, math.MaxInt64, MaxRanked)
		if err != nil || len(newest) == 0 {
			return l, err
		}
		best, err := claimIndex.ranked(tx, tx.Raw("SELECT id FROM claims WHERE id IN ?", listed(tx, newest)), *f.Search.Query, p.Limit)
		if err != nil {
			return l, err
		}
		wanted = ids(best, func(r *rank) *int64 { return &r.ID })
	} else {
		most := int64(math.MaxInt64)
		if p.After != nil {
			most = p.After.ID - 1
		}
		if wanted, err = plan.newest(tx, f, most, p.Limit+1); err != nil {
			return l, err
		}
	}
	found, err := byID[tracker.Claim](tx, slices.Clone(wanted))
	for _, id := range wanted {
		l.Items = append(l.Items, found[id])
	}
	l.cut(p.Limit, claimOrders["created_at"])
	return l, err
}

// newest are the newest claims that a search finds within a plan, of those up to an id: so many at the most. It walks what
// the search finds as long as that leads to any, and else gathers all that it finds.
func (plan plan) newest(tx *gorm.DB, f ClaimFilter, most int64, limit int) (newest []int64, err error) {
	if plan.nothing {
		return nil, nil
	}
	if plan.to > 0 {
		most = min(most, plan.to)
	}
	for step := limit; step <= 16*limit; step *= 4 {
		found, err := claimIndex.foundIDs(tx, *f.Search.Query, plan.from, most, step)
		if err != nil || len(found) == 0 {
			return newest, err
		}
		those, err := plan.claims(tx, span{chunkOf(found[len(found)-1]), chunkOf(found[0])})
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
