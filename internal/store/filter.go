package store

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Between is the time from an instant on, until before another; either may be left open.
type Between struct{ From, To *tracker.Instant }

// condition is a filter of a list: SQL that is true of the rows that it leaves.
type condition struct {
	sql    string
	values []any
	// test is the same asked of one row at a time, where sql reads other tables and that costs less once many rows match.
	test string
	// matches selects as many rows as sql leaves, where that can be had for less than by sql.
	matches string
	// sorts are those by which an index has the rows that are left in order.
	sorts []string
	// gathers says that what is left is read by it, however much that is, where no other condition leaves a few rows only: the
	// table, in any order, may have what it leaves at its end.
	gathers bool
}

// conditions are the filters of a list; a row must meet them all.
type conditions []condition

// in adds that an expression has one of the values, if there are any. Where there is one only, an index may have the rows
// in order.
func in[T cmp.Ordered](all *conditions, expression string, values []T, sorts ...string) {
	if len(values) == 0 {
		return
	}
	if len(values) > 1 {
		sorts = nil
	}
	*all = append(*all, condition{sql: expression + " IN ?", values: []any{values}, sorts: sorts})
}

// among adds a condition with one place for the values, if there are any.
func among[T cmp.Ordered](all *conditions, sql string, values []T) {
	if len(values) > 0 {
		*all = append(*all, condition{sql: sql, values: []any{values}})
	}
}

// within adds that an expression on a table, by which sort sorts, is of a period.
func (all *conditions) within(table, expression string, p Between, sort string) {
	c := condition{sorts: []string{sort}}
	if p.From != nil {
		c.sql, c.values = expression+" >= ?", append(c.values, *p.From)
	}
	if p.To != nil {
		if c.sql != "" {
			c.sql += " AND "
		}
		c.sql, c.values = c.sql+expression+" < ?", append(c.values, *p.To)
	}
	if c.sql != "" {
		// In order, so that PostgreSQL does not look for the period from the table's beginning on.
		c.matches = "SELECT 1 FROM " + table + " WHERE " + c.sql + " ORDER BY " + expression
		*all = append(*all, c)
	}
}

// created adds that a record of a table was created in a period. Ids are given out in the order of time, so that the period
// is one of ids, and what it leaves is in the order in which lists begin.
func (all *conditions) created(table string, p Between) {
	if p.From != nil {
		*all = append(*all, condition{sorts: []string{"created_at"}, values: []any{*p.From},
			sql: "id >= (SELECT b.id FROM " + table + " b WHERE b.created_at >= ? ORDER BY b.created_at, b.id LIMIT 1)"})
	}
	if p.To != nil {
		*all = append(*all, condition{sorts: []string{"created_at"}, values: []any{*p.To},
			sql: "id <= (SELECT b.id FROM " + table + " b WHERE b.created_at < ? ORDER BY b.created_at DESC, b.id DESC LIMIT 1)"})
	}
}

// few is how many rows may be read and sorted for a page.
const few = 5000

// narrow narrows q, a list of a table, by all conditions, so that neither engine reads much of a table of a million rows:
//
// Where a condition leaves a few rows only, they are read by its index and sorted. Where all leave many, the table is read
// in the order of the sort, until the page is full: by the index of a condition that has it in that order, or else by that
// of the sort. Which it is is found out by counting to few; SQLite knows nothing of how many rows a condition leaves.
func (s *Store) narrow(q *gorm.DB, table string, all conditions, sort string) (*gorm.DB, error) {
	by, isFew, err := drivenBy(q, table, all, sort)
	if err != nil {
		return q, err
	}
	if by < 0 {
		return s.tested(q, all, by), nil
	}
	c := all[by]
	if isFew && !slices.Contains(c.sorts, sort) {
		c.sql = "id " + s.engine.anyOf("SELECT id FROM "+table+" WHERE "+c.sql)
	}
	return s.tested(q.Where(c.sql, c.values...), all, by), nil
}

// tested narrows q by all conditions but one, by which it is read, as tests of what is read.
func (s *Store) tested(q *gorm.DB, all conditions, but int) *gorm.DB {
	for i, c := range all {
		if i != but {
			q = q.Where(cmp.Or(c.test, s.engine.test(c.sql)), c.values...)
		}
	}
	return q
}

// drivenBy is the condition by whose index a list is read, or -1 for none, and whether what it leaves, mostly a few rows, is to be
// sorted then.
func drivenBy(q *gorm.DB, table string, all conditions, sort string) (by int, isFew bool, err error) {
	inOrder := slices.IndexFunc(all, func(c condition) bool { return slices.Contains(c.sorts, sort) })
	if len(all) == 1 && inOrder == 0 {
		return 0, false, nil
	}
	by, least := inOrder, few+1
	for i, c := range all {
		matches := cmp.Or(c.matches, "SELECT 1 FROM "+table+" WHERE "+c.sql)
		var n int
		if err := q.Raw("SELECT count(*) FROM ("+matches+upTo+") AS matching", append(slices.Clone(c.values), least)...).Scan(&n).Error; err != nil {
			return by, false, err
		}
		if n < least {
			by, least = i, n
		}
	}
	if gathers := slices.IndexFunc(all, func(c condition) bool { return c.gathers }); gathers >= 0 && least > few {
		return gathers, true, nil
	}
	return by, least <= few, nil
}

// listNarrowed is list of what all conditions leave of a table, or listFound where something is searched for, which the
// index is then read by. The whole is counted by whichever index the engine likes.
func listNarrowed[T interface{ Meta() tracker.Record }](s *Store, q *gorm.DB, table string, all conditions, p Page, sorts orders[T], ix *index, search Search) (l List[T], err error) {
	if search.Query != nil {
		return listFound(q, s.tested(q, all, -1), p, sorts, ix, search)
	}
	rows, err := s.narrow(q, table, all, strings.TrimPrefix(p.Sort, "-"))
	if err != nil {
		return l, err
	}
	total := p.Total
	p.Total = false
	if l, err = list(rows, p, sorts); err != nil || !total {
		return l, err
	}
	for _, c := range all {
		q = q.Where(c.sql, c.values...)
	}
	l.Total = new(int64)
	return l, q.Model(new(T)).Count(l.Total).Error
}
