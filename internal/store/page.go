package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Page says which part of a list is wanted.
type Page struct {
	Limit int     // at most so many records
	Sort  string  // one of the collection's sorts, with "-" before it for the other way round
	After *Cursor // the place to go on from; nil for the beginning
	Total bool    // whether to count the whole list too
}

// Cursor is a place in a list: right after the record with this sort key and id. Paging by it neither repeats nor skips a
// record, whatever is written meanwhile, and costs the same at any depth.
type Cursor struct {
	Number int64  // the key, where the sort is by number
	Text   string // the key, where the sort is by text
	Then   int64  // the second key, where the sort has one
	ID     int64
}

// List is one page of records.
type List[T any] struct {
	Items []T
	Next  *Cursor // where the next page begins; nil on the last one
	Total *int64  // how long the whole list is, where that was asked for
}

// order is a way of sorting a T: an expression of constant SQL, and the key that it has for a record.
type order[T any] struct {
	expression string
	number     func(*T) int64
	text       func(*T) string
	isID       bool      // the expression is the id
	as         string    // another column that has the same value, where rows are joined by it
	then       *order[T] // by a number, for records that have the same key
}

// orders are the ways in which a collection can be sorted, by the names that clients use.
type orders[T any] map[string]order[T]

// recordOrders are those that every record has.
func recordOrders[T interface{ Meta() tracker.Record }](more orders[T]) orders[T] {
	all := orders[T]{
		"created_at": {expression: "created_at", number: func(r *T) int64 { return int64((*r).Meta().CreatedAt) }},
		"updated_at": {expression: "updated_at", number: func(r *T) int64 { return int64((*r).Meta().UpdatedAt) }},
	}
	maps.Copy(all, more)
	return all
}

// inOrderOfIDs is the order of creation by the ids, which are given out in that order: with an id, an index that ends in it is
// enough to have some records in order.
func inOrderOfIDs[T any]() order[T] {
	return order[T]{expression: "id", isID: true, number: func(*T) int64 { return 0 }}
}

// names are the sorts that clients may ask for, each way.
func (o orders[T]) names() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		names = append(names, name, "-"+name)
	}
	return names
}

// upTo is the end of a query for so many rows as a parameter says. With the parameter alone, SQLite would prepare the statement
// anew each time, to plan it for that number.
const upTo = " LIMIT CAST(? AS BIGINT)"

// list reads one page of what q selects. An order always ends with the id, which is unique.
func list[T interface{ Meta() tracker.Record }](q *gorm.DB, p Page, sorts orders[T]) (List[T], error) {
	var l List[T]
	by, descending, err := sortOf(p.Sort, sorts)
	if err != nil {
		return l, err
	}
	if by.then != nil && p.After != nil && p.After.Then == 0 {
		return l, tracker.Errorf(tracker.Malformed, "The cursor is of an earlier version of the program: begin the list anew")
	}
	q = q.Model(new(T)).Session(&gorm.Session{})
	if p.Total {
		l.Total = new(int64)
		if err := q.Count(l.Total).Error; err != nil {
			return l, err
		}
	}
	direction, beyond := ways(descending)
	rows := q
	keys := by.keys()
	if p.After != nil {
		after := by.valuesOf(p.After)
		rows = rows.Where("("+strings.Join(keys, ", ")+") "+beyond+" ("+strings.Repeat("?, ", len(after)-1)+"?)", after...)
		if by.as != "" {
			rows = rows.Where(by.as+" "+beyond+" ?", after[0])
		}
	}
	// One more than wanted tells whether there is a next page.
	err = rows.Order(strings.Join(keys, direction+", ") + direction).Limit(p.Limit + 1).Find(&l.Items).Error
	if err != nil {
		return l, err
	}
	l.cut(p.Limit, by)
	return l, nil
}

// sortOf is the order that a page asks for, and whether it is the other way round.
func sortOf[T any](sort string, sorts orders[T]) (by order[T], descending bool, err error) {
	name, descending := strings.CutPrefix(sort, "-")
	by, ok := sorts[name]
	if !ok {
		return by, false, tracker.Errorf(tracker.Malformed, "The list cannot be sorted by that")
	}
	return by, descending, nil
}

// ways are what comes after each key of an order, and by which comparison a row lies beyond another.
func ways(descending bool) (direction, beyond string) {
	if descending {
		return " DESC", "<"
	}
	return "", ">"
}

// keys are the expressions by which the order sorts; the id is the last one.
func (by order[T]) keys() []string {
	keys := []string{by.expression}
	if by.then != nil {
		keys = append(keys, by.then.expression)
	}
	if !by.isID {
		keys = append(keys, "id")
	}
	return keys
}

// valuesOf are the values that keys have at a cursor.
func (by order[T]) valuesOf(at *Cursor) (values []any) {
	if !by.isID {
		values = append(values, by.keyOf(at))
	}
	if by.then != nil {
		values = append(values, at.Then)
	}
	return append(values, at.ID)
}

// keyOf is the sort key of a cursor, as the order's kind of value.
func (by order[T]) keyOf(at *Cursor) any {
	if by.number != nil {
		return at.Number
	}
	return at.Text
}

// cut makes a page of records of which there is one more than wanted where there is a next page.
func (l *List[T]) cut(limit int, by order[T]) {
	if len(l.Items) <= limit {
		return
	}
	l.Items = l.Items[:limit]
	last := &l.Items[limit-1]
	l.Next = &Cursor{ID: any(*last).(interface{ Meta() tracker.Record }).Meta().ID}
	if by.number != nil {
		l.Next.Number = by.number(last)
	} else {
		l.Next.Text = by.text(last)
	}
	if by.then != nil {
		l.Next.Then = by.then.number(last)
	}
}

// where narrows q by a condition with one place for the values; no values narrow nothing.
func where[T cmp.Ordered](q *gorm.DB, condition string, values []T) *gorm.DB {
	if len(values) == 0 {
		return q
	}
	return q.Where(condition, values)
}
