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
	err = c.s.survey(ctx, func(tx *gorm.DB) error {
		k := newCounter(tx, f)
		base, err := k.column()
		if err != nil {
			return err
		}
		if total, err = base.count(k.tx); err != nil {
			return err
		}
		counts = []Counts{}
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
	groups []group
	base   *column // what the filter leaves as a whole
}

func newCounter(tx *gorm.DB, f ClaimFilter) *counter {
	return &counter{tx: tx, filter: f, groups: f.groups()}
}

// count counts by a field, up to limit values of it.
func (k *counter) count(field string, limit int) (Counts, error) {
	all := Counts{Field: field, Buckets: []Count{}}
	base, err := k.column(field)
	if err != nil {
		return all, err
	}
	if all.Buckets, all.More, err = k.mostFrequent(base, field, limit); err != nil {
		return all, err
	}
	return all, label(k.tx, field, all.Buckets)
}

// column are the claims in which fields are counted: all that the filter leaves, where it says nothing of the same things.
func (k *counter) column(fields ...string) (*column, error) {
	if slices.ContainsFunc(fields, k.filtered) {
		var but []varied
		for _, field := range fields {
			but = append(but, varied{field: field})
		}
		base, err := columnOf(k.tx, k.filter, k.groups, but...)
		return &base, err
	}
	if k.base == nil {
		base, err := columnOf(k.tx, k.filter, k.groups)
		if err != nil {
			return nil, err
		}
		k.base = &base
	}
	return k.base, nil
}

// filtered tells whether the filter says something of what a field is of.
func (k *counter) filtered(field string) bool {
	return groupOf(k.groups, field).narrows() || k.standing(field)
}

// standing tells whether a field is of the places that the filter names.
func (k *counter) standing(field string) bool {
	return k.filter.inOccurrences() && k.filter.places().has(field)
}

// plain is the field of facets whose values are those of a field, where there is just one.
func (k *counter) plain(field string) (name string, ok bool) {
	name, ok = groupOf(k.groups, field).plain(field)
	return name, ok && !k.standing(field)
}

// mostFrequent are the values of a field that the most claims of a column have.
func (k *counter) mostFrequent(base *column, field string, limit int) (best []Count, more bool, err error) {
	name, plain := k.plain(field)
	var next source
	if plain {
		best, ok, err := k.mostPlain(base, name, limit+1)
		if err != nil || ok {
			return best[:min(limit, len(best))], len(best) > limit, err
		}
		next = entriesByClaims(k.tx, name, candidatesAtOnce)
	} else if next, err = candidatesOf(k.tx, k.filter, varied{field: field}); err != nil {
		return nil, false, err
	}
	found, more, err := mostFrequent(k.tx, base, next, limit)
	best = make([]Count, len(found))
	for i, one := range found {
		best[i] = Count{Value: one.at[0], Claims: one.claims}
	}
	return best, more, err
}

// mostPlain are those of a field of facets. It is false where that takes counting sets.
func (k *counter) mostPlain(base *column, field string, limit int) (best []Count, ok bool, err error) {
	if base.whole {
		best, err = mostOfAll(k.tx, field, limit)
		return best, true, err
	}
	return mostInColumn(k.tx, field, base, limit)
}

// mostOfAll are up to limit values that the most of all claims have.
func mostOfAll(tx *gorm.DB, field string, limit int) ([]Count, error) {
	v, err := viewOf(tx)
	if err != nil {
		return nil, err
	}
	best, both := make([]Count, 0, min(limit, candidatesAtOnce)), merge(v, field, foldedByClaims(tx, field))
	for len(best) < limit {
		e, ok, err := both.next()
		if err != nil || !ok {
			return best, err
		}
		best = append(best, Count{Value: e.value, Claims: e.claims})
	}
	return best, nil
}

// mostInColumn are up to limit values that the most claims of a column have. It is false where that takes counting sets.
func mostInColumn(tx *gorm.DB, field string, base *column, limit int) (best []Count, ok bool, err error) {
	counted, ok, err := tallyOf(tx, field, base)
	if err != nil || !ok {
		return nil, ok, err
	}
	best = []Count{}
	counted.each(func(value string, claims int64) { best = insertCount(best, Count{Value: value, Claims: claims}, limit) })
	return best, true, nil
}

// insertCount puts a count into the best ones at its place, and leaves out what is beyond limit then.
func insertCount(best []Count, one Count, limit int) []Count {
	if len(best) == limit && compareCounts(one, best[limit-1]) > 0 {
		return best
	}
	at, _ := slices.BinarySearchFunc(best, one, compareCounts)
	best = slices.Insert(best, at, one)
	return best[:min(limit, len(best))]
}

func compareCounts(a, b Count) int {
	return cmp.Or(cmp.Compare(b.Claims, a.Claims), cmp.Compare(a.Value, b.Value))
}

// label gives counts the names of what their values name.
func label(tx *gorm.DB, field string, counts []Count) error {
	var table, key string
	switch {
	case len(counts) == 0:
		return nil
	case field == fieldTechnique:
		table, key = "techniques", "code"
	case field == fieldTactic:
		table, key = "tactics", "code"
	case field == fieldElection:
		table, key = "elections", "id"
	case field == prefixSource+suffixID:
		table, key = "sources", "id"
	case strings.HasSuffix(field, suffixID):
		table, key = "actors", "id"
	default:
		return nil
	}
	f, err := foldedOf(tx)
	if err != nil {
		return err
	}
	unknown := map[string]*Count{}
	for i := range counts {
		name, ok := recallNow[string](f, part{what: namePart, text: table + counts[i].Value})
		counts[i].Label = name
		if !ok {
			unknown[counts[i].Value] = &counts[i]
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	values := slices.Collect(maps.Keys(unknown))
	condition, list := speechOf(tx).amongWords, listOf(values)
	if key == "id" {
		condition, list = speechOf(tx).among, listOf(numbersIn(values))
	}
	query := "SELECT " + key + ", name FROM " + table + " WHERE " + key + " " + condition
	return readRows(tx, query, []any{list}, func(scan scanFunc) error {
		var value, name string
		err := scan(&value, &name)
		unknown[value].Label = name
		keepNow(f, part{what: namePart, text: table + value}, name, len(name))
		return err
	})
}

// column is a set of claims to count in, or all claims. Where facets rule it, what is counted in whole chunks is remembered, and
// only what it has in others is looked up at once.
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
	cut := claimSet{}
	for _, chunk := range r.ends() {
		those, err := p.claims(tx, span{chunk, chunk})
		if err != nil {
			return column{}, err
		}
		maps.Copy(cut, those)
	}
	r.fringe = r.fringeOf(cut).placed()
	return column{ruled: r, cut: cut.placed()}, nil
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
		n += int64(len(one.list()))
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
