package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
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
	return counted.most(limit), true, nil
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
