package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Count is how many claims have a value.
type Count struct {
	Value, Label string // Label is the name of the record that the value names, or ""
	Claims       int64
}

// Counts are how many claims have each value of a field, the most frequent values first and those as frequent by value.
type Counts struct {
	Field   string
	Buckets []Count
	More    bool // whether there are values beyond
}

// Count counts the claims that a filter leaves, and by each of some fields, up to limit values of each. What the filter says
// of a field itself is left out where that field is counted, so that its other values are counted too.
func (c Claims) Count(ctx context.Context, f ClaimFilter, fields []string, limit int) (total int64, counts []Counts, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		p, err := planOf(tx, f)
		if err != nil {
			return err
		}
		if total, err = p.count(tx); err != nil {
			return err
		}
		counts = []Counts{}
		k := counter{tx: tx, filter: f}
		for _, field := range fields {
			one, err := k.count(field, limit)
			if err != nil {
				return err
			}
			counts = append(counts, one)
		}
		return nil
	})
	return total, counts, err
}

// counter counts the claims that a filter leaves by several fields. What these have in common it reads once.
type counter struct {
	tx     *gorm.DB
	filter ClaimFilter
	base   *column           // what the filter leaves as a whole
	facts  map[int64][]facet // of these claims, where they are few
}

func countField(tx *gorm.DB, f ClaimFilter, field string, limit int) (Counts, error) {
	k := counter{tx: tx, filter: f}
	return k.count(field, limit)
}

func (k *counter) count(field string, limit int) (Counts, error) {
	base, err := k.column(field)
	if err != nil {
		return Counts{}, err
	}
	next, err := k.candidates(base, field, limit)
	if err != nil {
		return Counts{}, err
	}
	found, more, err := mostFrequent(k.tx, *base, next, limit)
	if err != nil {
		return Counts{}, err
	}
	all := Counts{Field: field, More: more, Buckets: []Count{}}
	for _, one := range found {
		all.Buckets = append(all.Buckets, Count{Value: one.at[0], Claims: one.claims})
	}
	return all, label(k.tx, field, all.Buckets)
}

// column are the claims in which a field is counted: all that the filter leaves, where it says nothing of the same thing.
func (k *counter) column(field string) (*column, error) {
	if groupOf(k.filter.groups(), field).narrows() || k.filter.inOccurrences() && k.filter.places().has(field) {
		base, err := columnOf(k.tx, k.filter, varied{field: field})
		return &base, err
	}
	if k.base == nil {
		base, err := columnOf(k.tx, k.filter)
		if err != nil {
			return nil, err
		}
		k.base = &base
	}
	return k.base, nil
}

// candidates are the values of a field. Where it is kept as it is, there is no need to look at more of them than are wanted
// of all claims, and none to look at any that the few claims which are left do not have.
func (k *counter) candidates(base *column, field string, limit int) (source, error) {
	name, ok := groupOf(k.filter.groups(), field).plain(field)
	if !ok || k.filter.inOccurrences() && k.filter.places().has(field) {
		return candidatesOf(k.tx, k.filter, varied{field: field})
	}
	if base.whole {
		return entriesByClaims(k.tx, name, limit+1), nil
	}
	if base.set.count() > factsAtOnce {
		return entriesByClaims(k.tx, name, candidatesAtOnce), nil
	}
	facts, err := k.factsIn(base)
	return inPages(valuesIn(facts, name)), err
}

// factsIn are the facts of a few claims.
func (k *counter) factsIn(base *column) (facts map[int64][]facet, err error) {
	if base == k.base && k.facts != nil {
		return k.facts, nil
	}
	if ids := base.set.ids(); len(ids) > 0 {
		if facts, err = factsOf(k.tx, ids); err != nil {
			return nil, err
		}
	}
	if base == k.base {
		k.facts = facts
	}
	return facts, nil
}

// label gives counts the names of what their values name.
func label(tx *gorm.DB, field string, counts []Count) error {
	var values []string
	for _, c := range counts {
		values = append(values, c.Value)
	}
	var query string
	parameter := any(numberList(values))
	switch {
	case len(values) == 0:
		return nil
	case field == fieldTechnique:
		query, parameter = "SELECT code, name FROM techniques WHERE code IN ?", values
	case field == fieldTactic:
		query, parameter = "SELECT code, name FROM tactics WHERE code IN ?", values
	case field == fieldElection:
		query = "SELECT id, name FROM elections WHERE id " + speechOf(tx).among
	case field == prefixSource+suffixID:
		query = "SELECT id, name FROM sources WHERE id " + speechOf(tx).among
	case strings.HasSuffix(field, suffixID):
		query = "SELECT id, name FROM actors WHERE id " + speechOf(tx).among
	default:
		return nil
	}
	names := map[string]string{}
	err := eachRow(tx, query, []any{parameter}, func(scan scanFunc) error {
		var value, name string
		err := scan(&value, &name)
		names[value] = name
		return err
	})
	for i := range counts {
		counts[i].Label = names[counts[i].Value]
	}
	return err
}

// column is a set of claims to count in, or all claims.
type column struct {
	whole bool
	set   claimSet
}

// columnOf are the claims that a filter leaves, but for what it says of these fields.
func columnOf(tx *gorm.DB, f ClaimFilter, but ...varied) (column, error) {
	if f.inOccurrences() && slices.ContainsFunc(but, func(v varied) bool { return f.places().has(v.field) }) {
		f.ArticleIDs, f.ArticleURLs, f.SentenceIDs = nil, nil, nil // standingCells asks for them
	}
	p, err := planOf(tx, f, but...)
	if err != nil || p.whole() {
		return column{whole: true}, err
	}
	set, err := p.claims(tx, everywhere)
	return column{set: set}, err
}

// of is what a column has of a set, which it takes.
func (c column) of(set claimSet) column {
	if !c.whole {
		set.and(c.set)
	}
	return column{set: set}
}

// span is where the column has claims.
func (c column) span() span {
	if c.whole {
		return everywhere
	}
	return c.set.span()
}

// candidate is a value, or a combination of two, that claims may have.
type candidate struct {
	at     cell
	facets []entry  // the claims that have any of these have the value
	set    claimSet // or these claims do, where facets cannot tell
	most   int64    // claims that have it, at the most
	claims int64    // claims that have it, once they are counted

	counted bool
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

// valuesIn are the values of a field that a few claims have.
func valuesIn(facts map[int64][]facet, field string) (all []*candidate) {
	by := map[string]*candidate{}
	for _, have := range facts {
		for _, f := range have {
			if f.field != field {
				continue
			}
			if by[f.value] == nil {
				by[f.value] = &candidate{at: cell{f.value}, counted: true}
			}
			by[f.value].most++
			by[f.value].claims++
		}
	}
	return slices.Collect(maps.Values(by))
}

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
	err = eachRow(tx, strings.Replace(q.sql, "AS id", "AS id, s.id, s.kind, s.country, occurrences.stance", 1), q.parameters, func(scan scanFunc) error {
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
func mostFrequent(tx *gorm.DB, base column, next source, limit int) (best []*candidate, more bool, err error) {
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
func countCandidates(tx *gorm.DB, base column, page []*candidate) error {
	var single []entry
	for _, c := range page {
		if len(c.facets) == 1 {
			single = append(single, c.facets[0])
		}
	}
	counted, err := countIn(tx, single, []column{base})
	if err != nil {
		return err
	}
	for _, c := range page {
		if len(c.facets) == 1 {
			c.claims = counted[c.facets[0].id][0]
		}
		if len(c.facets) == 1 || c.counted {
			continue
		}
		those, err := c.in(tx, base)
		if err != nil {
			return err
		}
		c.claims = those.set.count()
	}
	return nil
}

// in are the claims of a column that have the value.
func (c *candidate) in(tx *gorm.DB, base column) (column, error) {
	if c.set != nil {
		return base.of(c.set.copy(everywhere)), nil
	}
	set, err := unionOf(tx, entryIDs(c.facets), base.span())
	return base.of(set), err
}

// facetsAtOnce bounds how many facets' postings one statement reads.
const facetsAtOnce = 512

// countIn is how many claims of each column have each of these facets, by the facets' ids.
func countIn(tx *gorm.DB, facets []entry, columns []column) (map[int64][]int64, error) {
	counted := make(map[int64][]int64, len(facets))
	all, whole := span{lastChunk, 0}, true
	for _, column := range columns {
		if !column.whole {
			its := column.span()
			all, whole = span{min(all.first, its.first), max(all.last, its.last)}, false
		}
	}
	for _, e := range facets {
		counted[e.id] = make([]int64, len(columns))
		for i, column := range columns {
			if column.whole {
				counted[e.id][i] = e.claims
			}
		}
	}
	if whole {
		return counted, nil
	}
	for page := range slices.Chunk(facets, facetsAtOnce) {
		err := readPostings(tx, entryIDs(page), all, func(facet, chunk int64, code []byte) error {
			for i, column := range columns {
				if set := column.set[chunk]; set != nil {
					n, err := set.CountCoded(code)
					if err != nil {
						return err
					}
					counted[facet][i] += int64(n)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return counted, nil
}
