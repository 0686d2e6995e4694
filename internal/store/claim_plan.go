package store

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
	"claimtracker/internal/tracker"
)

// plan is a filter as sets of claims: those that are in all of its parts. The zero plan leaves every claim.
type plan struct {
	nothing  bool       // no claim matches
	clauses  [][]entry  // of each, a claim has one facet or more; those that the fewest claims have come first
	sets     []claimSet // claims that were found by other ways
	from, to int64      // the least and the greatest id; to is 0 where there is no limit
	known    chronicle  // of when claims were created, where the plan limits that
}

// planOf is the plan of a filter.
func planOf(tx *gorm.DB, f ClaimFilter) (plan, error) { return planOfGroups(tx, f, f.groups()) }

// planOfGroups is planOf with the filter's groups, but for what is said of these fields.
func planOfGroups(tx *gorm.DB, f ClaimFilter, groups []group, but ...varied) (plan, error) {
	var wanted [][]facet
	for _, g := range groups {
		mine := slices.DeleteFunc(slices.Clone(but), func(v varied) bool { return !g.has(v.field) })
		if len(mine) > 0 || !g.narrows() || f.inOccurrences() && g.has(fieldStance) {
			continue // the facets of fields that vary narrow by what else is said of them
		}
		picked, err := g.pick(tx)
		if err != nil {
			return plan{}, err
		}
		wanted = append(wanted, picked[cell{}])
	}
	p, err := clausesOf(tx, wanted)
	if err != nil {
		return p, err
	}
	if err := p.addClaimed(tx, f.ClaimedFrom, f.ClaimedTo); err != nil {
		return p, err
	}
	if err := p.addCreated(tx, f.CreatedFrom, f.CreatedTo); err != nil {
		return p, err
	}
	for _, query := range f.queries(tx) {
		if err := p.addQuery(tx, query); err != nil {
			return p, err
		}
	}
	return p, p.settle(tx)
}

// clausesOf is a plan of facets: of each list, a claim has one or more.
func clausesOf(tx *gorm.DB, wanted [][]facet) (p plan, err error) {
	found, err := lookUp(tx, slices.Concat(wanted...))
	if err != nil {
		return p, err
	}
	there := map[facet]entry{}
	for _, e := range found {
		if e.claims > 0 {
			there[e.facet] = e
		}
	}
	for _, facets := range wanted {
		var clause []entry
		for _, f := range facets {
			if e, ok := there[f]; ok {
				clause = append(clause, e)
			}
		}
		p.addClause(clause)
	}
	return p, nil
}

// addClause leaves the claims that have one of these facets, or more.
func (p *plan) addClause(clause []entry) {
	p.clauses = append(p.clauses, clause)
	p.nothing = p.nothing || len(clause) == 0
}

// addClaimed leaves the claims of a run of days: those of the months within it, and of the days at its ends.
func (p *plan) addClaimed(tx *gorm.DB, from, to tracker.Date) error {
	if from == "" && to == "" {
		return nil
	}
	clause, err := entriesBetween(tx, fieldClaimedDay, fieldClaimed, string(cmp.Or(from, "0001-01-01")), string(cmp.Or(to, "9999-12-31")))
	p.addClause(clause)
	return err
}

// entriesBetween are the entries of the days from first to last, as whole months where that is possible.
func entriesBetween(tx *gorm.DB, days, months, first, last string) ([]entry, error) {
	if first > last {
		return nil, nil
	}
	firstMonth, lastMonth := first[:len("2006-01")], last[:len("2006-01")]
	if firstMonth == lastMonth {
		return entriesOf(tx, days, first, last)
	}
	var all []entry
	// The months between: from right after the first one to right before the last one.
	for _, run := range [][3]string{{days, first, firstMonth + "-31"}, {days, lastMonth + "-01", last}, {months, firstMonth + "~", lastMonth}} {
		found, err := entriesOf(tx, run[0], run[1], run[2])
		if err != nil {
			return nil, err
		}
		all = append(all, slices.DeleteFunc(found, func(e entry) bool { return e.value == lastMonth })...)
	}
	return all, nil
}

// addCreated leaves the claims created in a time. Who was created later has the greater id.
func (p *plan) addCreated(tx *gorm.DB, from, to *tracker.Instant) error {
	if from == nil && to == nil {
		return nil
	}
	known, err := chronicleOf(tx)
	if err != nil {
		return err
	}
	p.known = known
	var ok, okToo bool
	if from != nil {
		_, p.from, ok = known.around(*from)
	}
	if to != nil {
		p.to, _, okToo = known.around(*to)
	}
	if ok == (from != nil) && okToo == (to != nil) {
		p.nothing = p.nothing || p.to > 0 && p.from > p.to
		return nil
	}
	first, last, ends := "0", "0", []any{}
	if from != nil {
		first, ends = "COALESCE((SELECT id FROM claims WHERE created_at >= ? ORDER BY created_at, id LIMIT 1), 0)", append(ends, *from)
	}
	if to != nil {
		last, ends = "COALESCE((SELECT id FROM claims WHERE created_at < ? ORDER BY created_at DESC, id DESC LIMIT 1), 0)", append(ends, *to)
	}
	err = readRows(tx, "SELECT "+first+", "+last, ends, func(scan scanFunc) error { return scan(&p.from, &p.to) })
	if err != nil {
		return err
	}
	p.nothing = p.nothing || from != nil && p.from == 0 || to != nil && p.to == 0
	p.nothing = p.nothing || p.to > 0 && p.from > p.to
	return known.learn(tx, p.from, p.to)
}

// query is a statement that finds claims, by their ids.
type query struct {
	sql        string
	parameters []any
}

// inOccurrences tells whether the filter names articles or sentences: then, all that is said of places is asked of the
// occurrences there, which are few.
func (f ClaimFilter) inOccurrences() bool {
	return len(f.ArticleIDs)+len(f.ArticleURLs)+len(f.SentenceIDs) > 0
}

// queries find what no facet knows: claims by their occurrences in an article or a sentence, by when they changed last, and
// by how long they have had their status, or by their words. Each reads an index, as many rows of it as it finds claims.
func (f ClaimFilter) queries(tx *gorm.DB) (all []query) {
	if f.inOccurrences() {
		all = append(all, f.standing(tx))
	}
	if f.UpdatedFrom != nil || f.UpdatedTo != nil {
		from, to := tracker.Instant(math.MinInt64), tracker.Instant(math.MaxInt64)
		if f.UpdatedFrom != nil {
			from = *f.UpdatedFrom
		}
		if f.UpdatedTo != nil {
			to = *f.UpdatedTo
		}
		all = append(all, query{"SELECT id FROM claims WHERE updated_at >= ? AND updated_at < ?", []any{from, to}})
	}
	if f.Search.Query != nil {
		sql, parameters := claimIndex.ids(tx, *f.Search.Query)
		all = append(all, query{sql, parameters})
	}
	if f.StatusBefore != nil {
		// All statuses, for the index; which of them it is to be, their postings say.
		all = append(all, query{"SELECT id FROM claims WHERE status IN ? AND status_since < ?", []any{tracker.ClaimStatuses, *f.StatusBefore}})
	}
	return all
}

// standing finds the claims of which one occurrence is as the filter says.
func (f ClaimFilter) standing(tx *gorm.DB) query {
	q := query{sql: "SELECT DISTINCT o.claim_id AS id FROM " + speechOf(tx).places + " JOIN sources s ON s.id = a.source_id WHERE "}
	// Where it stands is what it is found by.
	unindexed := speechOf(tx).unindexed
	var conditions []string
	add := func(n int, condition string, value any) {
		if n > 0 {
			conditions, q.parameters = append(conditions, condition), append(q.parameters, value)
		}
	}
	add(len(f.ArticleIDs), "a.id "+speechOf(tx).among, listOf(f.ArticleIDs))
	add(len(f.ArticleURLs), "a.url IN ?", f.ArticleURLs)
	add(len(f.SentenceIDs), "o.id IN "+onSentences(speechOf(tx)), f.SentenceIDs)
	add(len(f.SourceIDs), unindexed+"a.source_id IN ?", f.SourceIDs)
	add(len(f.SourceKinds), "s.kind IN ?", f.SourceKinds)
	add(len(f.SourceCountries), "s.country IN ?", f.SourceCountries)
	add(len(f.Stances), unindexed+"o.stance IN ?", f.Stances)
	q.sql += strings.Join(conditions, " AND ")
	return q
}

// addQuery leaves the claims that a query finds. The database joins their ids to one text: a million of them are read in a
// fifth of the time that a million rows take.
func (p *plan) addQuery(tx *gorm.DB, q query) error {
	var joined string
	err := tx.Raw("SELECT COALESCE("+speechOf(tx).gathered+", '') FROM ("+q.sql+") AS found", q.parameters...).Scan(&joined).Error
	if err != nil {
		return err
	}
	set := claimSet{}
	for one := range strings.SplitSeq(joined, ",") {
		if id, err := strconv.ParseInt(one, 10, 64); err == nil {
			set.add(id)
		}
	}
	p.sets = append(p.sets, set)
	p.nothing = p.nothing || len(set) == 0
	return nil
}

// settle puts the clauses in their order, and gives a plan that has none but limits all claims to start from.
func (p *plan) settle(tx *gorm.DB) error {
	if len(p.clauses) == 0 && len(p.sets) == 0 && (p.from > 0 || p.to > 0) && !p.nothing {
		all, err := lookUp(tx, []facet{{fieldAll, ""}})
		if err != nil {
			return err
		}
		p.addClause(all)
	}
	slices.SortStableFunc(p.clauses, func(a, b []entry) int { return cmp.Compare(mostOf(a), mostOf(b)) })
	return nil
}

// mostOf is how many claims have one of these facets, at the most.
func mostOf(clause []entry) (n int64) {
	for _, e := range clause {
		n += e.claims
	}
	return n
}

// whole tells whether the plan leaves every claim.
func (p plan) whole() bool { return !p.nothing && len(p.clauses) == 0 && len(p.sets) == 0 }

// limited is what of a run of chunks the plan's ids leave.
func (p plan) limited(within span) span {
	within.first = max(within.first, chunkOf(p.from))
	if p.to > 0 {
		within.last = min(within.last, chunkOf(p.to))
	}
	return within
}

// claims are the claims in a run of chunks that the plan leaves, which is not the whole.
func (p plan) claims(tx *gorm.DB, within span) (claimSet, error) {
	within = p.limited(within)
	if p.nothing || within.first > within.last {
		return claimSet{}, nil
	}
	var left claimSet
	for _, set := range p.sets {
		if left == nil {
			left = set.copy(within)
		} else {
			left.and(set)
		}
	}
	for _, clause := range p.clauses {
		if left != nil {
			within = left.span() // of no chunk, where nothing is left
		}
		those, err := unionOf(tx, entryIDs(clause), within)
		if err != nil {
			return nil, err
		}
		if left == nil {
			left = those
		} else {
			left.and(those)
		}
	}
	left.cut(p.from, p.to)
	return left, nil
}

// placed are the same claims, by their places. Those of one facet are listed as they are kept, without a set.
func (p plan) placed(tx *gorm.DB, within span) (all placedSet, err error) {
	if len(p.sets) > 0 || len(p.clauses) != 1 || len(p.clauses[0]) != 1 {
		those, err := p.claims(tx, within)
		return those.placed(), err
	}
	var places []uint16 // of all chunks, one after another
	err = readPostings(tx, entryIDs(p.clauses[0]), p.limited(within), func(_, chunk int64, code []byte) error {
		first, last := p.places(chunk)
		before := len(places)
		if places, err = bitset.AppendBetween(places, code, first, last); len(places) > before {
			all = append(all, placed{chunk, places[before:len(places):len(places)]})
		}
		return err
	})
	slices.SortFunc(all, func(a, b placed) int { return a.compare(b.chunk) })
	return all, err
}

// places are the first and the last place of a chunk that the plan's ids leave.
func (p plan) places(chunk int64) (first, last int) {
	last = bitset.Size - 1
	if p.from > 0 && chunkOf(p.from) == chunk {
		first = placeOf(p.from)
	}
	if p.to > 0 && chunkOf(p.to) == chunk {
		last = placeOf(p.to)
	}
	return first, last
}

// inOrder are up to limit claims that the plan leaves, in the order of their ids or, descending, the other way round,
// beyond the id after, or from the beginning where it is 0. It reads a chunk, then two, then four.
//
// Who has claims from elsewhere, in the order of their ids, can give them to a plan as a set; where they are many, it costs
// less to walk them and to ask claims for a chunk only where there is one of them.
func (p plan) inOrder(tx *gorm.DB, after int64, descending bool, limit int) (ids []int64, err error) {
	if p.nothing {
		return nil, nil
	}
	var greatest int64
	if err := tx.Raw("SELECT COALESCE(max(id), 0) FROM claims").Scan(&greatest).Error; err != nil {
		return nil, err
	}
	if p.to == 0 {
		p.to = greatest
	}
	if after > 0 && descending {
		p.to = min(p.to, after-1)
	} else if after > 0 {
		p.from = max(p.from, after+1)
	}
	first, last := chunkOf(p.from), chunkOf(p.to)
	for width := int64(1); first <= last && p.to > 0 && len(ids) < limit; width *= 2 {
		run := span{first, min(last, first+width-1)}
		if descending {
			run = span{max(first, last-width+1), last}
		}
		those, err := p.claims(tx, run)
		if err != nil {
			return nil, err
		}
		ids = append(ids, those.some(descending, limit-len(ids))...)
		if descending {
			last = run.first - 1
		} else {
			first = run.last + 1
		}
	}
	return ids, nil
}
