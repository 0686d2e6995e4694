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
	isID       bool // the expression is the id
}

// orders are the ways in which a collection can be sorted, by the names that clients use.
type orders[T any] map[string]order[T]

// recordOrders are those that every record has.
func recordOrders[T interface{ Meta() tracker.Record }](more orders[T]) orders[T] {
	all := orders[T]{
		// Ids are given out in the order of time.
		"created_at": {expression: "id", isID: true, number: func(*T) int64 { return 0 }},
		"updated_at": {expression: "updated_at", number: func(r *T) int64 { return int64((*r).Meta().UpdatedAt) }},
	}
	maps.Copy(all, more)
	return all
}

// names are the sorts that clients may ask for, each way.
func (o orders[T]) names() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		names = append(names, name, "-"+name)
	}
	return names
}

// list reads one page of what q selects. An order always ends with the id, which is unique.
func list[T interface{ Meta() tracker.Record }](q *gorm.DB, p Page, sorts orders[T]) (List[T], error) {
	var l List[T]
	name, descending := strings.CutPrefix(p.Sort, "-")
	by, ok := sorts[name]
	if !ok {
		return l, tracker.Errorf(tracker.Malformed, "The list cannot be sorted by that")
	}
	q = q.Model(new(T)).Session(&gorm.Session{})
	if p.Total {
		l.Total = new(int64)
		if err := q.Count(l.Total).Error; err != nil {
			return l, err
		}
	}
	direction, beyond := "", ">"
	if descending {
		direction, beyond = " DESC", "<"
	}
	rows := q
	ends := ", id" + direction
	if by.isID {
		ends = ""
	}
	if p.After != nil && by.isID {
		rows = rows.Where(by.expression+" "+beyond+" ?", p.After.ID)
	} else if p.After != nil {
		key := any(p.After.Text)
		if by.number != nil {
			key = p.After.Number
		}
		rows = rows.Where("("+by.expression+", id) "+beyond+" (?, ?)", key, p.After.ID)
	}
	// One more than wanted tells whether there is a next page.
	err := rows.Order(by.expression + direction + ends).Limit(p.Limit + 1).Find(&l.Items).Error
	if err != nil {
		return l, err
	}
	if len(l.Items) > p.Limit {
		l.Items = l.Items[:p.Limit]
		last := &l.Items[p.Limit-1]
		l.Next = &Cursor{ID: (*last).Meta().ID}
		if by.number != nil {
			l.Next.Number = by.number(last)
		} else {
			l.Next.Text = by.text(last)
		}
	}
	return l, nil
}

// where narrows q by a condition with one place for the values; no values narrow nothing.
func where[T cmp.Ordered](q *gorm.DB, condition string, values []T) *gorm.DB {
	if len(values) == 0 {
		return q
	}
	return q.Where(condition, values)
}
