package store

import (
	"context"
	"fmt"
	"maps"
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
	err = c.s.survey(ctx, func(tx *gorm.DB) error {
		k := newCounter(tx, f)
		if t.Rows, err = k.count(rows, limit); err != nil {
			return err
		}
		if t.Columns, err = k.count(columns, limit); err != nil {
			return err
		}
		t.Cells, err = k.cells(t.Rows, t.Columns)
		return err
	})
	return t, err
}

// values are those that were counted.
func (c Counts) values() []string {
	all := make([]string, len(c.Buckets))
	for i, b := range c.Buckets {
		all[i] = b.Value
	}
	return all
}

// varied is the field with the values that were counted.
func (c Counts) varied() varied { return varied{c.Field, c.values()} }

// cells counts the claims that have each combination of values.
func (k *counter) cells(rows, columns Counts) ([][]int64, error) {
	base, err := k.column(rows.Field, columns.Field)
	if err != nil {
		return nil, err
	}
	if groupOf(k.groups, rows.Field).has(columns.Field) {
		return k.joint(base, rows.varied(), columns.varied())
	}
	row, plain := k.plain(rows.Field)
	column, plainToo := k.plain(columns.Field)
	if plain && plainToo {
		cells, ok, err := cross(k.tx, base, axis{row, rows.values()}, axis{column, columns.values()})
		if err != nil || ok {
			return cells, err
		}
	}
	return k.crossSets(base, rows.varied(), columns.varied())
}

// crossSets counts cells by the sets of claims that have the values.
func (k *counter) crossSets(base *column, rows, columns varied) ([][]int64, error) {
	cells := table(len(rows.values), len(columns.values))
	sets, err := k.sets(base, columns)
	if err != nil {
		return nil, err
	}
	those, err := chosen(k.tx, k.filter, rows)
	if err != nil {
		return nil, err
	}
	for i, value := range rows.values {
		one := those[value]
		if one == nil {
			continue
		}
		has, err := one.in(k.tx, base)
		if err != nil {
			return nil, err
		}
		for k, column := range sets {
			cells[i][k] = has.countBoth(column)
		}
	}
	return cells, nil
}

// joint counts cells of two fields of one and the same thing.
func (k *counter) joint(base *column, rows, columns varied) ([][]int64, error) {
	cells := table(len(rows.values), len(columns.values))
	if len(rows.values) == 0 || len(columns.values) == 0 {
		return cells, nil
	}
	next, err := candidatesOf(k.tx, k.filter, rows, columns)
	if err != nil {
		return nil, err
	}
	for {
		page, err := next()
		if err != nil || len(page) == 0 {
			return cells, err
		}
		if err := countCandidates(k.tx, base, page); err != nil {
			return nil, err
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

// sets are the claims of a column that have each of these values.
func (k *counter) sets(base *column, v varied) ([]claimSet, error) {
	those, err := chosen(k.tx, k.filter, v)
	if err != nil {
		return nil, err
	}
	sets := make([]claimSet, len(v.values))
	for i, value := range v.values {
		if one := those[value]; one != nil {
			if sets[i], err = one.in(k.tx, base); err != nil {
				return nil, err
			}
		}
	}
	return sets, nil
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
	err = c.s.survey(ctx, func(tx *gorm.DB) error {
		t = Timeline{Periods: []Period{}}
		days, err := f.days(tx, created, interval == IntervalMonth)
		if err != nil {
			return err
		}
		within := f
		if !created && interval != IntervalMonth {
			within.ClaimedFrom, within.ClaimedTo = "", "" // the days are those
		}
		k := newCounter(tx, within)
		all, err := k.byDays(days)
		if err != nil {
			return err
		}
		var cells [][]int64
		if split != "" {
			if t.Split, err = newCounter(tx, f).count(split, limit); err != nil {
				return err
			}
			if cells, err = k.splitDays(days, t.Split); err != nil {
				return err
			}
		}
		return t.fill(days, interval, all, cells)
	})
	return t, err
}

// byDays are how many claims there are of each of these days, or months.
func (k *counter) byDays(days []entry) ([]int64, error) {
	base, err := k.column()
	if err != nil {
		return nil, err
	}
	all := make([]int64, len(days))
	if base.whole {
		for i, e := range days {
			all[i] = e.claims
		}
		return all, nil
	}
	return all, countDays(k.tx, base, days, func(i int, n int64) { all[i] = n })
}

// countDays gives fn how many claims of a column there are of each of these days, or months, by their places.
func countDays(tx *gorm.DB, base *column, days []entry, fn func(i int, n int64)) error {
	if len(days) == 0 {
		return nil
	}
	counted, _, err := tallyOf(tx, days[0].field, base) // no sheet is too wide: a claim has one day
	if err != nil {
		return err
	}
	counted.each(func(day string, claims int64) {
		if i, ok := slices.BinarySearchFunc(days, day, entry.compare); ok {
			fn(i, claims)
		}
	})
	return nil
}

func dayValues(entries []entry) []string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.value
	}
	return all
}

// splitDays counts, for each day, the claims that have each value of another field.
func (k *counter) splitDays(days []entry, split Counts) ([][]int64, error) {
	base, err := k.column(split.Field)
	if err != nil || len(days) == 0 {
		return nil, err
	}
	if field, plain := k.plain(split.Field); plain {
		cells, ok, err := cross(k.tx, base, axis{days[0].field, dayValues(days)}, axis{field, split.values()})
		if err != nil || ok {
			return cells, err
		}
	}
	sets, err := k.sets(base, split.varied())
	if err != nil {
		return nil, err
	}
	cells := table(len(days), len(sets))
	for i, set := range sets {
		of := columnOfSet(set)
		if err := countDays(k.tx, &of, days, func(day int, n int64) { cells[day][i] = n }); err != nil {
			return nil, err
		}
	}
	return cells, nil
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

// fill puts the periods of days, or of months, into the timeline: all of their claims and, where they are split, those of each
// value.
func (t *Timeline) fill(days []entry, interval string, all []int64, cells [][]int64) error {
	for i, e := range days {
		var split []int64
		if cells != nil {
			split = cells[i]
		}
		if all[i] == 0 && !slices.ContainsFunc(split, func(n int64) bool { return n > 0 }) {
			continue // the values of the split are counted without the filter by their own field
		}
		first, last, err := periodOf(e.value, interval)
		if err != nil {
			return err
		}
		if at := len(t.Periods) - 1; at < 0 || t.Periods[at].First != first {
			if t.More = len(t.Periods) == MaxPeriods; t.More {
				return nil
			}
			t.Periods = append(t.Periods, Period{First: first, Last: last, Split: make([]int64, len(t.Split.Buckets))})
		}
		period := &t.Periods[len(t.Periods)-1]
		period.Claims += all[i]
		for k, n := range split {
			period.Split[k] += n
		}
	}
	return nil
}

// periodOf is the period in which a day or a month lies.
func periodOf(value, interval string) (first, last tracker.Date, err error) {
	layout := time.DateOnly
	switch interval {
	case IntervalDay:
		return tracker.Date(value), tracker.Date(value), nil
	case IntervalMonth:
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
	err = c.s.survey(ctx, func(tx *gorm.DB) error {
		counts, found, err := newCounter(tx, f).seen(field, limit)
		if err != nil {
			return err
		}
		if err := label(tx, field, counts.Buckets); err != nil {
			return err
		}
		at, err := createdAt(tx, found)
		if err != nil {
			return err
		}
		seen, more = make([]Seen, len(found)), counts.More
		for i, e := range found {
			seen[i] = Seen{counts.Buckets[i], dateOf(e.firstDay), dateOf(e.lastDay), at[i][0], at[i][1]}
		}
		return nil
	})
	return seen, more, err
}

// seen are the values of a field that the most claims have, up to limit of them, without labels, and when their claims were seen.
func (k *counter) seen(field string, limit int) (counts Counts, found []extent, err error) {
	counts.Field = field
	base, err := k.column(field)
	if err != nil {
		return counts, nil, err
	}
	if name, plain := k.plain(field); plain {
		all, ok, err := extentsOf(k.tx, name, base)
		if err != nil {
			return counts, nil, err
		}
		if ok {
			best := all.tally().most(limit + 1)
			counts.Buckets, counts.More = best[:min(limit, len(best))], len(best) > limit
			return counts, all.of(counts.values()), nil
		}
	}
	if counts.Buckets, counts.More, err = k.mostFrequent(base, field, limit); err != nil {
		return counts, nil, err
	}
	sets, err := k.sets(base, counts.varied())
	if err != nil {
		return counts, nil, err
	}
	found = make([]extent, len(sets))
	for i, set := range sets {
		if found[i], err = set.extent(k.tx); err != nil {
			return counts, nil, err
		}
	}
	return counts, found, nil
}

// Totals are how many records there are, by resource.
func (s *Store) Totals(ctx context.Context) (totals map[string]int64, err error) {
	err = s.survey(ctx, func(tx *gorm.DB) error {
		all, err := lookUp(tx, []facet{{fieldAll, ""}})
		if err != nil {
			return err
		}
		tallies, err := talliesOf(tx, `UNION ALL SELECT 'techniques', count(*) FROM techniques UNION ALL SELECT 'tactics', count(*) FROM tactics`)
		totals = map[string]int64{"claims": mostOf(all)}
		maps.Copy(totals, tallies)
		return err
	})
	return totals, err
}

// talliesOf are all tallies, and what a further part of the query counts.
func talliesOf(tx *gorm.DB, further string, parameters ...any) (map[string]int64, error) {
	f, err := foldedOf(tx)
	if err != nil {
		return nil, err
	}
	key := part{what: tallyPart, text: fmt.Sprint(further, parameters)}
	if all, ok := recallNow[map[string]int64](f, key); ok {
		return all, nil
	}
	all := map[string]int64{}
	err = readRows(tx, "SELECT name, n FROM tallies "+further, parameters, func(scan scanFunc) error {
		var name string
		var n int64
		err := scan(&name, &n)
		all[name] = n
		return err
	})
	if err == nil {
		keepNow(f, key, all, 32*len(all))
	}
	return all, err
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
	err = s.survey(ctx, func(tx *gorm.DB) error {
		oneSource, inReview := facet{fieldSources, "1"}, facet{fieldStatus, string(tracker.StatusInReview)}
		found, err := lookUp(tx, []facet{oneSource, inReview})
		if err != nil {
			return err
		}
		claims := map[facet]int64{}
		for _, e := range found {
			claims[e.facet] = e.claims
		}
		cited, err := valuesOf(tx, prefixSource+suffixID)
		if err != nil {
			return err
		}
		// Of those in review, few have come to it lately: the others need not be counted.
		n, err := talliesOf(tx, "UNION ALL SELECT 'lately', count(*) FROM claims WHERE status = ? AND status_since >= ?", tracker.StatusInReview, g.InReviewBefore)
		g.OneSource, g.LongInReview = claims[oneSource], claims[inReview]-n["lately"]
		g.Unarchived, g.Uncited = n["unarchived"], n["sources"]-cited
		return err
	})
	return g, err
}
