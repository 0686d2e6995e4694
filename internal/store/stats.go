package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Crosstab counts claims by two fields at once.
type Crosstab struct {
	Rows, Columns Counts    // by each field alone
	Cells         [][]int64 // by both: for each row, its columns
}

// Crosstab counts the claims that a filter leaves by two fields, up to limit values of each, the most frequent ones. What
// the filter says of these fields is left out where they are counted. They must not be filtered by the same parameter.
func (c Claims) Crosstab(ctx context.Context, f ClaimFilter, rows, columns string, limit int) (t Crosstab, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		if t.Rows, err = countField(tx, f, rows, limit); err != nil {
			return err
		}
		if t.Columns, err = countField(tx, f, columns, limit); err != nil {
			return err
		}
		t.Cells, err = countCells(tx, f, t.Rows.varied(), t.Columns.varied())
		return err
	})
	return t, err
}

// varied is the field with the values that were counted.
func (c Counts) varied() varied {
	v := varied{field: c.Field, values: []string{}}
	for _, b := range c.Buckets {
		v.values = append(v.values, b.Value)
	}
	return v
}

// countCells counts the claims that have each combination of these values.
func countCells(tx *gorm.DB, f ClaimFilter, rows, columns varied) ([][]int64, error) {
	cells := make([][]int64, len(rows.values))
	for i := range cells {
		cells[i] = make([]int64, len(columns.values))
	}
	if len(rows.values) == 0 || len(columns.values) == 0 {
		return cells, nil
	}
	base, err := columnOf(tx, f, rows, columns)
	if err != nil {
		return nil, err
	}
	if groupOf(f.groups(), rows.field).has(columns.field) {
		return cells, countJoint(tx, f, base, rows, columns, cells)
	}
	sets, err := setsOf(tx, f, base, columns)
	if err != nil {
		return nil, err
	}
	those, err := chosen(tx, f, rows)
	if err != nil {
		return nil, err
	}
	for i, value := range rows.values {
		one := those[value]
		if one == nil {
			continue
		}
		if len(one.facets) == 1 {
			counted, err := countIn(tx, one.facets, sets)
			if err != nil {
				return nil, err
			}
			cells[i] = counted[one.facets[0].id]
			continue
		}
		has, err := one.in(tx, base)
		if err != nil {
			return nil, err
		}
		for k, column := range sets {
			cells[i][k] = has.set.countBoth(column.set)
		}
	}
	return cells, nil
}

// countJoint counts cells of two fields of one and the same thing.
func countJoint(tx *gorm.DB, f ClaimFilter, base column, rows, columns varied, cells [][]int64) error {
	next, err := candidatesOf(tx, f, rows, columns)
	if err != nil {
		return err
	}
	for {
		page, err := next()
		if err != nil || len(page) == 0 {
			return err
		}
		if err := countCandidates(tx, base, page); err != nil {
			return err
		}
		for _, one := range page {
			i, k := slices.Index(rows.values, one.at[0]), slices.Index(columns.values, one.at[1])
			if i >= 0 && k >= 0 {
				cells[i][k] = one.claims
			}
		}
	}
}

// chosen are the candidates of values of a field.
func chosen(tx *gorm.DB, f ClaimFilter, v varied) (map[string]*candidate, error) {
	next, err := candidatesOf(tx, f, v)
	if err != nil {
		return nil, err
	}
	all := map[string]*candidate{}
	for {
		page, err := next()
		if err != nil || len(page) == 0 {
			return all, err
		}
		for _, one := range page {
			all[one.at[0]] = one
		}
	}
}

// setsOf are the claims of a column that have each of these values.
func setsOf(tx *gorm.DB, f ClaimFilter, base column, v varied) ([]column, error) {
	those, err := chosen(tx, f, v)
	if err != nil {
		return nil, err
	}
	sets := make([]column, len(v.values))
	for i, value := range v.values {
		sets[i].set = claimSet{}
		if one := those[value]; one != nil {
			if sets[i], err = one.in(tx, base); err != nil {
				return nil, err
			}
		}
	}
	return sets, nil
}

// countBoth is how many claims two sets have in common.
func (s claimSet) countBoth(other claimSet) (n int64) {
	for chunk, one := range s {
		if its := other[chunk]; its != nil {
			n += int64(one.CountBoth(its))
		}
	}
	return n
}

// Timeline counts claims by periods.
type Timeline struct {
	Periods []Period
	More    bool // whether there are periods beyond
	Split   Counts
}

// Period is a run of days.
type Period struct {
	First, Last tracker.Date // days, both included
	Claims      int64
	Split       []int64 // for each value of the timeline's split
}

// MaxPeriods is how many periods of a timeline are given at the most, the earliest ones.
const MaxPeriods = 1000

// The lengths of a timeline's periods. Weeks begin on Monday.
const (
	IntervalDay   = "day"
	IntervalWeek  = "week"
	IntervalMonth = "month"
)

// Timeline counts the claims that a filter leaves by the days on which they were claimed or, where created is true, logged
// (in UTC), and in each period by up to limit values of the field split, unless that is "". Periods without claims are left
// out, and so are claims without a day.
func (c Claims) Timeline(ctx context.Context, f ClaimFilter, created bool, interval, split string, limit int) (t Timeline, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		t = Timeline{Periods: []Period{}}
		days, err := f.days(tx, created, interval == IntervalMonth)
		if err != nil {
			return err
		}
		within := f
		if !created && interval != IntervalMonth {
			within.ClaimedFrom, within.ClaimedTo = "", "" // the days are those
		}
		base, err := columnOf(tx, within)
		if err != nil {
			return err
		}
		columns := []column{base}
		if split != "" {
			if t.Split, err = countField(tx, f, split, limit); err != nil {
				return err
			}
			without, err := columnOf(tx, within, t.Split.varied())
			if err != nil {
				return err
			}
			sets, err := setsOf(tx, within, without, t.Split.varied())
			if err != nil {
				return err
			}
			columns = append(columns, sets...)
		}
		return t.count(tx, days, interval, columns)
	})
	return t, err
}

// days are the entries of the days, or of the months, on which claims that a filter leaves may have been claimed or created.
func (f ClaimFilter) days(tx *gorm.DB, created, months bool) ([]entry, error) {
	field, first, last := fieldClaimedDay, string(f.ClaimedFrom), string(f.ClaimedTo)
	if created {
		field, first, last = fieldCreatedDay, "", ""
		if f.CreatedFrom != nil {
			first = dayOf(*f.CreatedFrom)
		}
		if f.CreatedTo != nil {
			last = dayOf(*f.CreatedTo)
		}
	}
	if last == "" {
		last = "~" // greater than any day
	}
	if months {
		field = map[string]string{fieldClaimedDay: fieldClaimed, fieldCreatedDay: fieldCreated}[field]
		first, last = first[:min(len(first), len("2006-01"))], last[:min(len(last), len("2006-01"))]
	}
	return entriesOf(tx, field, first, last)
}

// count puts the periods of days, or of months, into the timeline. The first column is of all claims.
func (t *Timeline) count(tx *gorm.DB, days []entry, interval string, columns []column) error {
	for len(days) > 0 {
		page := days[:min(facetsAtOnce, len(days))]
		days = days[len(page):]
		counted, err := countIn(tx, page, columns)
		if err != nil {
			return err
		}
		for _, e := range page {
			n := counted[e.id]
			if slices.Max(n) == 0 { // the values of the split are counted without the filter by their own field
				continue
			}
			first, last, err := periodOf(e.value, interval)
			if err != nil {
				return err
			}
			if at := len(t.Periods) - 1; at < 0 || t.Periods[at].First != first {
				if t.More = len(t.Periods) == MaxPeriods; t.More {
					return nil
				}
				t.Periods = append(t.Periods, Period{First: first, Last: last, Split: make([]int64, len(n)-1)})
			}
			period := &t.Periods[len(t.Periods)-1]
			period.Claims += n[0]
			for i := range period.Split {
				period.Split[i] += n[i+1]
			}
		}
	}
	return nil
}

// periodOf is the period in which a day or a month lies.
func periodOf(value, interval string) (first, last tracker.Date, err error) {
	layout := time.DateOnly
	if interval == IntervalMonth {
		layout = "2006-01"
	}
	from, err := time.Parse(layout, value)
	if err != nil {
		return "", "", err
	}
	to := from
	switch interval {
	case IntervalWeek:
		from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7)
		to = from.AddDate(0, 0, 6)
	case IntervalMonth:
		to = from.AddDate(0, 1, -1)
	}
	return tracker.Date(from.Format(time.DateOnly)), tracker.Date(to.Format(time.DateOnly)), nil
}

// Seen is when the claims of a value were first and last claimed, and logged.
type Seen struct {
	Count
	FirstClaimedOn, LastClaimedOn tracker.Date // "" where none of them has a day
	FirstCreatedAt, LastCreatedAt tracker.Instant
}

// Seen tells of up to limit values of a field, the most frequent ones, when the claims that a filter leaves were first and
// last seen.
func (c Claims) Seen(ctx context.Context, f ClaimFilter, field string, limit int) (seen []Seen, more bool, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		counts, err := countField(tx, f, field, limit)
		if err != nil {
			return err
		}
		base, err := columnOf(tx, f, counts.varied())
		if err != nil {
			return err
		}
		sets, err := setsOf(tx, f, base, counts.varied())
		if err != nil {
			return err
		}
		seen, more = make([]Seen, len(sets)), counts.More
		for i, b := range counts.Buckets {
			seen[i].Count = b
		}
		for _, descending := range []bool{false, true} {
			if err := seeClaimed(tx, sets, descending, seen); err != nil {
				return err
			}
		}
		return seeCreated(tx, sets, seen)
	})
	return seen, more, err
}

// seeCreated fills in when the first and the last claim of each set were logged: those of the least and the greatest id.
func seeCreated(tx *gorm.DB, sets []column, seen []Seen) error {
	first, last := make([]int64, len(sets)), make([]int64, len(sets))
	for i, one := range sets {
		first[i], last[i] = one.set.some(false, 1)[0], one.set.some(true, 1)[0]
	}
	at := map[int64]tracker.Instant{}
	err := eachRow(tx, "SELECT id, created_at FROM claims WHERE id "+speechOf(tx).among, []any{listOf(slices.Concat(first, last))}, func(scan scanFunc) error {
		var id int64
		var created tracker.Instant
		err := scan(&id, &created)
		at[id] = created
		return err
	})
	for i := range seen {
		seen[i].FirstCreatedAt, seen[i].LastCreatedAt = at[first[i]], at[last[i]]
	}
	return err
}

// monthsAtOnce is how many months are looked into at a time: most of what was seen at all was seen in one of them.
const monthsAtOnce = 12

// seeClaimed fills in the first or, descending, the last day on which a claim of each set was claimed: it looks for the
// month, and then for the day in it.
func seeClaimed(tx *gorm.DB, sets []column, descending bool, seen []Seen) error {
	months, err := entriesOf(tx, fieldClaimed, "", "~")
	if err != nil {
		return err
	}
	month := make([]string, len(sets))
	if err := seeFirst(tx, months, sets, descending, month); err != nil {
		return err
	}
	for _, m := range slices.Compact(slices.Sorted(slices.Values(month))) {
		if m == "" {
			continue
		}
		days, err := entriesOf(tx, fieldClaimedDay, m, m+"~")
		if err != nil {
			return err
		}
		day := make([]string, len(sets))
		if err := seeFirst(tx, days, sets, descending, day); err != nil {
			return err
		}
		for i := range sets {
			if month[i] != m {
				continue
			}
			if descending {
				seen[i].LastClaimedOn = tracker.Date(day[i])
			} else {
				seen[i].FirstClaimedOn = tracker.Date(day[i])
			}
		}
	}
	return nil
}

// seeFirst finds for each set the first of these entries that a claim of it has, or the last one.
func seeFirst(tx *gorm.DB, entries []entry, sets []column, descending bool, found []string) error {
	if descending {
		slices.Reverse(entries)
	}
	for page := range slices.Chunk(entries, monthsAtOnce) {
		if !slices.Contains(found, "") {
			return nil
		}
		counted, err := countIn(tx, page, sets)
		if err != nil {
			return err
		}
		for _, e := range page {
			for i, n := range counted[e.id] {
				if n > 0 && found[i] == "" {
					found[i] = e.value
				}
			}
		}
	}
	return nil
}

// Totals are how many records there are, by resource.
func (s *Store) Totals(ctx context.Context) (totals map[string]int64, err error) {
	err = s.Browse(ctx, func(tx *gorm.DB) error {
		totals = map[string]int64{}
		claims, err := lookUp(tx, []facet{{fieldAll, ""}})
		if err != nil {
			return err
		}
		totals["claims"] = mostOf(claims)
		return eachRow(tx, `SELECT 'sources', count(*) FROM sources UNION ALL SELECT 'actors', count(*) FROM actors
			UNION ALL SELECT 'elections', count(*) FROM elections UNION ALL SELECT 'techniques', count(*) FROM techniques
			UNION ALL SELECT 'tactics', count(*) FROM tactics UNION ALL SELECT name, n FROM tallies WHERE name <> 'unarchived'`, nil, func(scan scanFunc) error {
			var name string
			var n int64
			err := scan(&name, &n)
			totals[name] = n
			return err
		})
	})
	return totals, err
}

// Gaps are what is wanting: how many claims stand in one source only, how many have been in review since before a moment,
// how many articles have no lasting copy, and how many sources no claim stands in.
type Gaps struct {
	OneSource, LongInReview, Unarchived, Uncited int64
	InReviewBefore                               tracker.Instant // the moment
}

// Gaps counts what is wanting. Long in review are claims that have been so since before the day began that was so many days
// ago, in UTC.
func (s *Store) Gaps(ctx context.Context, days int) (g Gaps, err error) {
	g.InReviewBefore = tracker.InstantOf(s.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -days))
	err = s.Browse(ctx, func(tx *gorm.DB) error {
		one, err := lookUp(tx, []facet{{fieldSources, "1"}})
		if err != nil {
			return err
		}
		g.OneSource = mostOf(one)
		if g.Uncited, err = uncited(tx); err != nil {
			return err
		}
		if err := tx.Raw("SELECT n FROM tallies WHERE name = 'unarchived'").Scan(&g.Unarchived).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT count(*) FROM claims WHERE status = ? AND status_since < ?", tracker.StatusInReview, g.InReviewBefore).Scan(&g.LongInReview).Error
	})
	return g, err
}

// uncited is how many sources no claim stands in.
func uncited(tx *gorm.DB) (n int64, err error) {
	if err := tx.Raw("SELECT count(*) FROM sources").Scan(&n).Error; err != nil {
		return 0, err
	}
	cited, err := valuesOf(tx, prefixSource+suffixID)
	return n - cited, err
}
