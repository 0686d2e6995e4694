package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// List is a page of the claims that the filter leaves.
func (c Claims) List(ctx context.Context, f ClaimFilter, p Page, expand Expand) (l List[tracker.Claim], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		if l, err = listClaims(tx, f, p); err != nil {
			return err
		}
		if err := mark(tx, claimIndex, f.Search, l.Items, func(c *tracker.Claim) (int64, *[]tracker.Match) { return c.ID, &c.Matches }); err != nil {
			return err
		}
		return fillClaims(tx, l.Items, expand)
	})
	return l, err
}

// listClaims reads a page of claims without what stands in other tables.
func listClaims(tx *gorm.DB, f ClaimFilter, p Page) (l List[tracker.Claim], err error) {
	page, err := pageOfClaims(tx, f, p)
	if err != nil || len(page.Items) == 0 {
		return List[tracker.Claim]{Total: page.Total}, err
	}
	found, err := byID[tracker.Claim](tx, slices.Clone(page.Items))
	for _, id := range page.Items {
		l.Items = append(l.Items, found[id])
	}
	l.Next, l.Total = page.Next, page.Total
	return l, err
}

// pageOfClaims reads the ids of a page of claims, also of a search.
func pageOfClaims(tx *gorm.DB, f ClaimFilter, p Page) (l List[int64], err error) {
	if f.Search.Query != nil {
		return pageFound(tx, f, p)
	}
	return pageOfPlan(tx, f, p)
}

// pageOfPlan is pageOfClaims by a plan of the whole filter.
func pageOfPlan(tx *gorm.DB, f ClaimFilter, p Page) (l List[int64], err error) {
	by, descending, err := sortOf(p.Sort, claimOrders)
	if err != nil {
		return l, err
	}
	plan, err := planOf(tx, f)
	if err != nil {
		return l, err
	}
	if p.Total {
		l.Total = new(int64)
		if *l.Total, err = plan.count(tx); err != nil {
			return l, err
		}
	}
	switch {
	case plan.whole():
		l.Items, err = inIndex(tx, p, by, descending)
	case strings.TrimPrefix(p.Sort, "-") == "created_at":
		var after int64
		if p.After != nil {
			after = p.After.ID
		}
		l.Items, err = plan.inOrder(tx, after, descending, p.Limit+1)
	default:
		l.Items, err = plan.sorted(tx, p, f)
	}
	if err != nil {
		return l, err
	}
	return l, cutPage(tx, &l, p.Limit, by)
}

// cutPage makes a page of ids of which there is one more than wanted where there is a next page.
func cutPage(tx *gorm.DB, l *List[int64], limit int, by order[tracker.Claim]) error {
	if len(l.Items) <= limit {
		return nil
	}
	l.Items = l.Items[:limit]
	l.Next = &Cursor{ID: l.Items[limit-1]}
	into := any(&l.Next.Text)
	if by.number != nil {
		into = &l.Next.Number
	}
	return readRow(tx, "SELECT "+by.expression+" FROM claims WHERE id = ?", []any{l.Next.ID}, into)
}

// inIndex are the ids of a page of all claims, and one more where there is a next page.
func inIndex(tx *gorm.DB, p Page, by order[tracker.Claim], descending bool) (ids []int64, err error) {
	direction, beyond := ways(descending)
	query, values := "SELECT id FROM claims", []any{}
	if p.After != nil {
		query += " WHERE (" + by.expression + ", id) " + beyond + " (?, ?)"
		values = append(values, by.keyOf(p.After), p.After.ID)
	}
	query += " ORDER BY " + by.expression + direction + ", id" + direction + upTo
	err = readRows(tx, query, append(values, p.Limit+1), func(scan scanFunc) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// count is how many claims the plan leaves.
func (p plan) count(tx *gorm.DB) (int64, error) {
	if p.nothing {
		return 0, nil
	}
	if p.whole() {
		all, err := lookUp(tx, []facet{{fieldAll, ""}})
		return mostOf(all), err
	}
	if len(p.clauses) == 1 && len(p.clauses[0]) == 1 && len(p.sets) == 0 && p.from == 0 && p.to == 0 {
		return p.clauses[0][0].claims, nil
	}
	those, err := p.claims(tx, everywhere)
	return those.count(), err
}

// fewClaims is up to how many claims their sort keys are read one by one. Of more, it costs less to walk the sort's index.
const fewClaims = 3000

// keyed is a claim with its sort key.
type keyed struct {
	id     int64
	number int64
	text   string
}

func (k keyed) compare(other keyed) int {
	return cmp.Or(cmp.Compare(k.number, other.number), cmp.Compare(k.text, other.text), cmp.Compare(k.id, other.id))
}

// sorted are the ids of a page, and one more where there is a next page, in an order that is not that of the ids.
func (p plan) sorted(tx *gorm.DB, page Page, f ClaimFilter) ([]int64, error) {
	those, err := p.claims(tx, everywhere)
	if err != nil {
		return nil, err
	}
	if those.count() <= fewClaims {
		return sortFew(tx, those, page)
	}
	return walkSorted(tx, those, page, f)
}

// sortFew reads the keys of claims and sorts by them.
func sortFew(tx *gorm.DB, those claimSet, page Page) (ids []int64, err error) {
	name, descending := strings.CutPrefix(page.Sort, "-")
	var all []keyed
	err = readRows(tx, "SELECT id, updated_at, claimed_on FROM claims WHERE id "+speechOf(tx).among, []any{listOf(those.ids())}, func(scan scanFunc) error {
		var k keyed
		err := scan(&k.id, &k.number, &k.text)
		if name == "claimed_on" {
			k.number = 0
		} else {
			k.text = ""
		}
		all = append(all, k)
		return err
	})
	if err != nil {
		return nil, err
	}
	direction := 1
	if descending {
		direction = -1
	}
	slices.SortFunc(all, func(a, b keyed) int { return direction * a.compare(b) })
	for _, k := range all {
		if page.After != nil && direction*k.compare(keyed{page.After.ID, page.After.Number, page.After.Text}) <= 0 {
			continue
		}
		if ids = append(ids, k.id); len(ids) > page.Limit {
			break
		}
	}
	return ids, nil
}

// walkSorted walks the sort's index from the page's beginning, in steps that grow, and leaves out what is not in the set.
// The more of all claims are in it, the sooner it is done.
func walkSorted(tx *gorm.DB, those claimSet, page Page, f ClaimFilter) (ids []int64, err error) {
	name, descending := strings.CutPrefix(page.Sort, "-")
	by := claimOrders[name]
	direction, beyond := ways(descending)
	for step := 1000; len(ids) <= page.Limit; step = min(2*step, 1<<16) {
		q := tx.Model(&tracker.Claim{}).Select("id, " + by.expression + " AS key").Order(by.expression + direction + ", id" + direction).Limit(step)
		if page.After != nil {
			q = q.Where("("+by.expression+", id) "+beyond+" (?, ?)", by.keyOf(page.After), page.After.ID)
		}
		q = f.bound(q, name)
		var last Cursor
		read := 0
		rows, err := q.Rows()
		if err != nil {
			return nil, err
		}
		err = scanRows(rows, func(scan scanFunc) error {
			read++
			into := any(&last.Text)
			if by.number != nil {
				into = &last.Number
			}
			if err := scan(&last.ID, into); err != nil {
				return err
			}
			if len(ids) <= page.Limit && those.has(last.ID) {
				ids = append(ids, last.ID)
			}
			return nil
		})
		if err != nil || read < step {
			return ids, err
		}
		page.After = &last
	}
	return ids, nil
}

// bound narrows a walk through a sort's index by what the filter says of the key.
func (f ClaimFilter) bound(q *gorm.DB, sort string) *gorm.DB {
	switch sort {
	case "claimed_on":
		if f.ClaimedFrom != "" {
			q = q.Where("claimed_on >= ?", f.ClaimedFrom)
		}
		if f.ClaimedTo != "" {
			q = q.Where("claimed_on <= ?", f.ClaimedTo)
		}
	case "updated_at":
		if f.UpdatedFrom != nil {
			q = q.Where("updated_at >= ?", *f.UpdatedFrom)
		}
		if f.UpdatedTo != nil {
			q = q.Where("updated_at < ?", *f.UpdatedTo)
		}
	}
	return q
}
