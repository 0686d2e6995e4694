package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// candidate is a value, or a combination of two, that claims may have.
type candidate struct {
	at     cell
	facets []entry  // the claims that have any of these have the value
	set    claimSet // or these claims do, where facets cannot tell
	most   int64    // claims that have it, at the most
	claims int64    // claims that have it, once they are counted
}

// source gives candidates, those that may have the most claims first; none once there are no more.
type source func() ([]*candidate, error)

// candidatesAtOnce is how many candidates are counted together.
const candidatesAtOnce = 128

// candidatesOf are the values of a field, or the combinations of two fields' values, under what else the filter says of
// the same thing.
func candidatesOf(tx *gorm.DB, f ClaimFilter, vary ...varied) (source, error) {
	g := groupOf(f.groups(), vary[0].field)
	if f.inOccurrences() && g.has(fieldStance) {
		all, err := f.standingCells(tx, vary)
		return inPages(all), err
	}
	picked, err := g.pick(tx, vary...)
	if err != nil {
		return nil, err
	}
	all, err := resolve(tx, picked)
	return inPages(all), err
}

// resolve gives picked facets their entries. What no claim has is left out.
func resolve(tx *gorm.DB, picked map[cell][]facet) (all []*candidate, err error) {
	found, err := lookUp(tx, slices.Concat(slices.Collect(maps.Values(picked))...))
	if err != nil {
		return nil, err
	}
	there := map[facet]entry{}
	for _, e := range found {
		there[e.facet] = e
	}
	for at, facets := range picked {
		one := &candidate{at: at}
		for _, f := range facets {
			if e := there[f]; e.claims > 0 {
				one.facets, one.most = append(one.facets, e), one.most+e.claims
			}
		}
		if one.most > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

func inPages(all []*candidate) source {
	slices.SortFunc(all, func(a, b *candidate) int { return cmp.Or(cmp.Compare(b.most, a.most), compareCells(a.at, b.at)) })
	return func() ([]*candidate, error) {
		page := all[:min(candidatesAtOnce, len(all))]
		all = all[len(page):]
		return page, nil
	}
}

func compareCells(a, b cell) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// standingCells are the values of the places in the articles or the sentences that the filter names, with the claims that
// stand there so.
func (f ClaimFilter) standingCells(tx *gorm.DB, vary []varied) (all []*candidate, err error) {
	columns, left := f.places().without(vary)
	f.SourceIDs, f.SourceKinds, f.SourceCountries, f.Stances = nil, nil, nil, nil
	for _, id := range left.ids {
		f.SourceIDs = append(f.SourceIDs, numberOf(id))
	}
	for _, kind := range left.kinds {
		f.SourceKinds = append(f.SourceKinds, tracker.SourceKind(kind))
	}
	f.SourceCountries = left.countries
	for _, stance := range left.parts {
		f.Stances = append(f.Stances, tracker.Stance(stance))
	}
	q := f.standing(tx)
	by := map[cell]*candidate{}
	err = eachRow(tx, strings.Replace(q.sql, "AS id", "AS id, s.id, s.kind, s.country, o.stance", 1), q.parameters, func(scan scanFunc) error {
		var claim int64
		var id, kind, country, stance string
		if err := scan(&claim, &id, &kind, &country, &stance); err != nil {
			return err
		}
		at := cellOf(columns, stance, map[string]string{"id": id, "kind": kind, "country": country})
		for i, v := range vary {
			if at[i] == "" || v.values != nil && !slices.Contains(v.values, at[i]) {
				return nil
			}
		}
		if by[at] == nil {
			by[at] = &candidate{at: at, set: claimSet{}}
		}
		by[at].set.add(claim)
		return nil
	})
	for _, one := range by {
		one.most = one.set.count()
		all = append(all, one)
	}
	return all, err
}

// mostFrequent are the values that the most claims of a column have. As they come by how many claims may have them at the
// most, most of them need not be counted.
func mostFrequent(tx *gorm.DB, base *column, next source, limit int) (best []*candidate, more bool, err error) {
	exact := true // whether candidates came by how many claims have them indeed
	for {
		if base.whole && len(best) > limit && exact {
			return best[:limit], true, nil
		}
		page, err := next()
		if err != nil {
			return nil, false, err
		}
		if len(page) == 0 || len(best) > limit && best[limit-1].claims > page[0].most {
			return best[:min(limit, len(best))], len(best) > limit, nil
		}
		if err := countCandidates(tx, base, page); err != nil {
			return nil, false, err
		}
		exact = exact && !slices.ContainsFunc(page, func(c *candidate) bool { return len(c.facets) != 1 })
		best = append(best, slices.DeleteFunc(page, func(c *candidate) bool { return c.claims == 0 })...)
		slices.SortFunc(best, func(a, b *candidate) int { return cmp.Or(cmp.Compare(b.claims, a.claims), compareCells(a.at, b.at)) })
	}
}

// countCandidates counts the claims of a column that have each of these values.
func countCandidates(tx *gorm.DB, base *column, page []*candidate) error {
	var single []entry
	for _, c := range page {
		if len(c.facets) == 1 {
			single = append(single, c.facets[0])
		}
	}
	counted, err := countIn(tx, single, base)
	if err != nil {
		return err
	}
	for _, c := range page {
		if len(c.facets) == 1 {
			c.claims = counted[c.facets[0].id]
			continue
		}
		those, err := c.in(tx, base)
		if err != nil {
			return err
		}
		c.claims = those.count()
	}
	return nil
}

// in are the claims of a column that have the value.
func (c *candidate) in(tx *gorm.DB, base *column) (claimSet, error) {
	if c.set != nil {
		return base.of(tx, c.set.copy(everywhere))
	}
	within, err := base.span(tx)
	if err != nil {
		return nil, err
	}
	set, err := unionOf(tx, entryIDs(c.facets), within)
	if err != nil {
		return nil, err
	}
	return base.of(tx, set)
}

// facetsAtOnce bounds how many facets' postings one statement reads.
const facetsAtOnce = 512

// countIn is how many claims of a column have each of these facets, by the facets' ids.
func countIn(tx *gorm.DB, facets []entry, base *column) (map[int64]int64, error) {
	counted := make(map[int64]int64, len(facets))
	if base.whole {
		for _, e := range facets {
			counted[e.id] = e.claims
		}
		return counted, nil
	}
	its, err := base.claims(tx)
	if err != nil {
		return nil, err
	}
	for page := range slices.Chunk(facets, facetsAtOnce) {
		err := readPostings(tx, entryIDs(page), its.span(), func(facet, chunk int64, code []byte) error {
			set := its[chunk]
			if set == nil {
				return nil
			}
			n, err := set.CountCoded(code)
			counted[facet] += int64(n)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return counted, nil
}
