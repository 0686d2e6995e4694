package store

import "gorm.io/gorm"

// entry is a facet as it is kept, with how many claims have it.
type entry struct {
	facet
	id, claims int64
}

func entryIDs(entries []entry) (all []int64) {
	for _, e := range entries {
		all = append(all, e.id)
	}
	return all
}

// storedEntries are the entries of these facets, of those that any claim ever had, as they are without the log.
func storedEntries(tx *gorm.DB, facets []facet) (found []entry, err error) {
	if len(facets) == 0 {
		return nil, nil
	}
	err = readRows(tx, speechOf(tx).lookUp, []any{listOf(pairs(facets))}, func(scan scanFunc) error {
		var e entry
		err := scan(&e.id, &e.field, &e.value, &e.claims)
		found = append(found, e)
		return err
	})
	return found, err
}

func pairs(facets []facet) [][2]string {
	all := make([][2]string, len(facets))
	for i, f := range facets {
		all[i] = [2]string{f.field, f.value}
	}
	return all
}

// storedBetween are the entries of a field that some claim has, with values from first to last, in the order of the values, as
// they are without the log.
func storedBetween(tx *gorm.DB, field, first, last string) (found []entry, err error) {
	err = readRows(tx, "SELECT id, value, claims FROM facets WHERE field = ? AND value BETWEEN ? AND ? AND claims > 0 ORDER BY value",
		[]any{field, first, last}, func(scan scanFunc) error {
			e := entry{facet: facet{field: field}}
			err := scan(&e.id, &e.value, &e.claims)
			found = append(found, e)
			return err
		})
	return found, err
}

// storedByClaims are the entries of a field that some claim has and that come after one of them, or the first ones, as they are
// without the log: those of the most claims first, and those of as many by value.
func storedByClaims(tx *gorm.DB, field string, after *entry) (page []entry, err error) {
	query, parameters := "SELECT id, value, claims FROM facets WHERE field = ? AND claims > 0", []any{field}
	if after != nil {
		query += " AND claims <= ? AND (claims < ? OR value > ?)"
		parameters = append(parameters, after.claims, after.claims, after.value)
	}
	err = readRows(tx, query+" ORDER BY claims DESC, value"+upTo, append(parameters, candidatesAtOnce), func(scan scanFunc) error {
		e := entry{facet: facet{field: field}}
		err := scan(&e.id, &e.value, &e.claims)
		page = append(page, e)
		return err
	})
	return page, err
}

// storedValues is how many values of a field some claim has, without the log.
func storedValues(tx *gorm.DB, field string) (n int64, err error) {
	err = tx.Raw("SELECT count(*) FROM facets WHERE field = ? AND claims > 0", field).Scan(&n).Error
	return n, err
}

// storedByID are the entries with these ids, as they are without the log.
func storedByID(tx *gorm.DB, ids []int64) (map[int64]entry, error) {
	entries := make(map[int64]entry, len(ids))
	if len(ids) == 0 {
		return entries, nil
	}
	query := "SELECT id, field, value, claims FROM facets WHERE id " + speechOf(tx).among
	return entries, readRows(tx, query, []any{listOf(ids)}, func(scan scanFunc) error {
		var e entry
		err := scan(&e.id, &e.field, &e.value, &e.claims)
		entries[e.id] = e
		return err
	})
}
