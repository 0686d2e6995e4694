package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// Search narrows a list to what a query finds.
type Search struct {
	Query     *search.Query // nil for no search
	Highlight bool          // whether each record is to say what of it was found
}

// Relevance is the sort of a list that is searched, by which the best come first. There is one page of it: of the
// newest MaxRanked records that were found.
//
// A record is the better the more of this is true of it: the words are all in its main text; they stand there one after
// the other, as in the query. Of equally good ones, that with the shorter main text comes first, and then the newer one. An
// engine's own measure would weigh how rare each word is, which takes a look at all that have it, and is another on each
// engine.
const (
	Relevance = "relevance"
	MaxRanked = 1000
)

// index says how one kind of record is searched: by the terms of its texts, in a table beside that of the records.
type index struct {
	records string   // the table of the records
	fields  []string // whose texts are searched; the first is the main text, of which a record has just one
	main    string   // its expression
	// passages are the texts of records, by id. Those of a field are next to each other, in the order of fields.
	passages func(tx *gorm.DB, ids []int64) (map[int64][]passage, error)
	batch    int // of how many records the passages are in memory at once
	// quotes is the last field, where the numbers of the words of its texts are found too: see wordsOf. SQLite finds quotes by
	// them; PostgreSQL has an index of occurrences for that, which SQLite would write a page of for nearly each new claim.
	quotes string
}

// passage is one text of a record that is searched, and where in the record it is.
type passage struct {
	tracker.Match
	text string
}

func (ix *index) table() string { return ix.records + "_search" }

// The indexes of all that is searched.
var (
	sourceIndex   = &index{"sources", []string{"name", "aliases", "domain", "description"}, "name", sourcePassages, 500, ""}
	actorIndex    = &index{"actors", []string{"name", "aliases", "description"}, "name", actorPassages, 500, ""}
	articleIndex  = &index{"articles", []string{"title", "authors", "text"}, "title", articlePassages, 8, ""} // with long texts
	sentenceIndex = &index{"sentences", []string{"text"}, "text", sentencePassages, 500, ""}
	claimIndex    = &index{"claims", []string{"text", "exact"}, "text", claimPassages, 200, "exact"}

	indexes = []*index{sourceIndex, actorIndex, articleIndex, sentenceIndex, claimIndex}
)

// indexTables are the tables of the indexes, with those that FTS5 keeps behind each.
func indexTables() (names []string) {
	for _, ix := range indexes {
		for _, behind := range []string{"", "_data", "_idx", "_docsize", "_config"} {
			names = append(names, ix.table()+behind)
		}
	}
	return names
}

// indexed is what an index has of a record: the terms of each field.
type indexed struct {
	id      int64
	columns []string
	quotes  []int64 // the numbers of the words of its quotes
}

// indexer is where the engines keep their indexes differently.
type indexer interface {
	// put writes entries over those of the same records.
	put(tx *gorm.DB, ix *index, entries []indexed) error
	// key is the column that has the records' ids.
	key() string
	// condition is true of the entries that a query finds; with mainOnly, of those whose main text has what is to be found.
	condition(ix *index, q search.Query, mainOnly bool) (sql string, values []any)
	// empty takes all entries out.
	empty(tx *gorm.DB, ix *index) error
	// settle comes after many entries were put.
	settle(tx *gorm.DB, ix *index) error
	// prepare comes before a search in a transaction.
	prepare(tx *gorm.DB) error
}

func indexerOf(tx *gorm.DB) indexer {
	if tx.Name() == "postgres" {
		return postgresIndexer{}
	}
	return sqliteIndexer{}
}

// listed is a list of ids as a condition's "IN ?" takes it: one value, however long it is, so that one prepared statement serves
// for all.
func listed(tx *gorm.DB, ids []int64) clause.Expr { return gorm.Expr(speechOf(tx).listed, listOf(ids)) }

// entries are what is to be kept of records as they are now; those that are not there are left out.
func (ix *index) entries(tx *gorm.DB, ids []int64) ([]indexed, error) {
	passages, err := ix.passages(tx, ids)
	if err != nil {
		return nil, err
	}
	var entries []indexed
	for _, id := range ids {
		if of, ok := passages[id]; ok {
			entries = append(entries, ix.entry(id, of))
		}
	}
	return entries, nil
}

// entry is that of a record with these passages.
func (ix *index) entry(id int64, passages []passage) indexed {
	texts := map[string][]string{}
	for _, p := range passages {
		texts[p.Field] = append(texts[p.Field], p.text)
	}
	e := indexed{id: id, columns: make([]string, len(ix.fields))}
	for i, field := range ix.fields {
		e.columns[i] = search.Column(texts[field]...)
	}
	for _, quote := range texts[ix.quotes] {
		e.quotes = append(e.quotes, wordsOf(quote))
	}
	return e
}

// keep writes the entry of a record with these passages.
func (ix *index) keep(tx *gorm.DB, id int64, passages []passage) error {
	return indexerOf(tx).put(tx, ix, []indexed{ix.entry(id, passages)})
}

// renew brings the entries of records up to date.
func (ix *index) renew(tx *gorm.DB, ids ...int64) error {
	for batch := range slices.Chunk(ids, ix.batch) {
		entries, err := ix.entries(tx, batch)
		if err != nil {
			return err
		}
		if len(entries) < len(batch) {
			if err := ix.remove(tx, batch); err != nil {
				return err
			}
		}
		if err := indexerOf(tx).put(tx, ix, entries); err != nil {
			return err
		}
	}
	return nil
}

// remove takes the entries of records out; which is a list of ids, or a query for them.
func (ix *index) remove(tx *gorm.DB, which any) error {
	return tx.Exec(fmt.Sprintf("DELETE FROM %s WHERE %s IN (?)", ix.table(), indexerOf(tx).key()), which).Error
}

// searchFormat counts the forms that the indexes had. It is to be counted up with every change of what a term is.
const searchFormat = 1

// claimSearchFormat counts those that the index of claims had beside.
const claimSearchFormat = 1

var (
	searchDerivation = derivation{
		name:   "search",
		format: searchFormat,
		rebuild: func(tx *gorm.DB) error {
			return rebuildSearch(tx, sourceIndex, actorIndex, articleIndex, sentenceIndex)
		},
	}
	claimSearchDerivation = derivation{
		name:    "claims_search",
		format:  searchFormat<<32 + listsFormat<<16 + claimSearchFormat, // it has the numbers of words that lists have
		rebuild: func(tx *gorm.DB) error { return rebuildSearch(tx, claimIndex) },
		renew:   renewSearch,
	}
)

// renewSearch brings the entries of claims up to date.
func renewSearch(tx *gorm.DB, claims []int64) error {
	t := transactionOf(tx)
	var others []int64
	var entries []indexed
	for _, id := range claims {
		if _, ok := t.fresh[id]; ok {
			entries = append(entries, indexed{id, t.ready[id].terms, []int64{t.ready[id].words}})
		} else {
			others = append(others, id)
		}
	}
	if err := indexerOf(tx).put(tx, claimIndex, entries); err != nil {
		return err
	}
	return claimIndex.renew(tx, others...)
}

// rebuildSearch fills indexes anew.
func rebuildSearch(tx *gorm.DB, indexes ...*index) error {
	for _, ix := range indexes {
		if err := indexerOf(tx).empty(tx, ix); err != nil {
			return err
		}
		for last := int64(0); ; {
			var ids []int64
			if err := tx.Raw("SELECT id FROM "+ix.records+" WHERE id > ? ORDER BY id LIMIT ?", last, ix.batch).Scan(&ids).Error; err != nil {
				return err
			}
			if len(ids) == 0 {
				break
			}
			entries, err := ix.entries(tx, ids)
			if err != nil {
				return err
			}
			if err := indexerOf(tx).put(tx, ix, entries); err != nil {
				return err
			}
			last = ids[len(ids)-1]
		}
		if err := indexerOf(tx).settle(tx, ix); err != nil {
			return err
		}
	}
	return nil
}

// found is a query for what a search finds: match_id, the ids of the records.
func (ix *index) found(tx *gorm.DB, q search.Query) *gorm.DB {
	condition, values := indexerOf(tx).condition(ix, q, false)
	return tx.Table(ix.table()).Select(indexerOf(tx).key()+" AS match_id").Where(condition, values...)
}

// ids is a statement for the ids of what a search finds.
func (ix *index) ids(tx *gorm.DB, q search.Query) (sql string, values []any) {
	condition, values := indexerOf(tx).condition(ix, q, false)
	return "SELECT " + indexerOf(tx).key() + " AS id FROM " + ix.table() + " WHERE " + condition, values
}

// narrow narrows a query for records to what a search finds. The index comes first: SQLite reads it in the order of ids, as
// far as the page needs it.
func (ix *index) narrow(tx, q *gorm.DB, query search.Query) *gorm.DB {
	return q.Table("(?) AS found CROSS JOIN "+ix.records, ix.found(tx, query)).Where("match_id = id")
}

// foundIDs are the ids of the records that a search finds, of those from least to most, the newest first: so many at the most.
func (ix *index) foundIDs(tx *gorm.DB, query search.Query, least, most int64, limit int) (ids []int64, err error) {
	if err := indexerOf(tx).prepare(tx); err != nil {
		return nil, err
	}
	key := indexerOf(tx).key()
	err = ix.found(tx, query).Where(key+" BETWEEN ? AND ?", least, most).Order(key + " DESC").Limit(limit).Scan(&ids).Error
	return ids, err
}

// listFound is list of what a search finds too, where there is one; q is a query for records that it is to be narrowed to.
func listFound[T interface{ Meta() tracker.Record }](tx, q *gorm.DB, p Page, sorts orders[T], ix *index, s Search) (List[T], error) {
	if s.Query == nil {
		return list(q, p, sorts)
	}
	if err := indexerOf(tx).prepare(tx); err != nil {
		return List[T]{}, err
	}
	_, filtered := q.Statement.Clauses["WHERE"]
	q = ix.narrow(tx, q, *s.Query)
	if p.Sort == Relevance {
		newest := ix.newest(tx, *s.Query)
		if filtered {
			newest = q.Session(&gorm.Session{}).Select("id").Order("match_id DESC").Limit(MaxRanked)
		}
		return listRanked[T](tx, q, newest, p, ix, *s.Query)
	}
	// What was created later has the greater id, and the index is in the order of ids. PostgreSQL reads the records in that order
	// too, beside it, and would begin with the first of all unless it is told where both of them begin.
	sorts = maps.Clone(sorts)
	sorts["created_at"] = order[T]{expression: "match_id", as: "id", isID: true, number: func(r *T) int64 { return int64((*r).Meta().CreatedAt) }}
	if !p.Total || filtered {
		return list(q, p, sorts)
	}
	// The index alone knows how many they are.
	var total int64
	if err := tx.Table("(?) AS found", ix.found(tx, *s.Query)).Count(&total).Error; err != nil {
		return List[T]{}, err
	}
	p.Total = false
	l, err := list(q, p, sorts)
	l.Total = &total
	return l, err
}

// listRanked is the one page of a list by relevance: of what q selects, the best of newest.
func listRanked[T interface{ Meta() tracker.Record }](tx, q, newest *gorm.DB, p Page, ix *index, query search.Query) (l List[T], err error) {
	if p.Total {
		l.Total = new(int64)
		if err := q.Session(&gorm.Session{}).Count(l.Total).Error; err != nil {
			return l, err
		}
	}
	best, err := ix.ranked(tx, newest, query, p.Limit)
	if err != nil {
		return l, err
	}
	records, err := byID[T](tx, ids(best, func(r *rank) *int64 { return &r.ID }))
	for _, r := range best {
		l.Items = append(l.Items, records[r.ID])
	}
	return l, err
}

// rank is how good a record is that was found, beside others: the more points and, with as many, the shorter, the better.
type rank struct {
	ID             int64
	Points, Length int
}

// newest is a query for the ids of the newest records that a search finds.
func (ix *index) newest(tx *gorm.DB, q search.Query) *gorm.DB {
	sql, values := ix.ids(tx, q)
	return tx.Raw(sql+" ORDER BY "+indexerOf(tx).key()+" DESC LIMIT ?", append(values, MaxRanked)...)
}

// ranked are the best records of a search, so many at the most, the best first. newest is a query for the ids of those that
// are compared.
func (ix *index) ranked(tx, newest *gorm.DB, query search.Query, limit int) (best []rank, err error) {
	key := indexerOf(tx).key()
	rated := []string{"SELECT id, 1 AS is_found, 0 AS points FROM newest"}
	values := []any{newest}
	for _, also := range []search.Query{query, query.InARow()} {
		condition, of := indexerOf(tx).condition(ix, also, true)
		rated = append(rated, fmt.Sprintf("SELECT %s, 0, 1 FROM %s WHERE %s AND %[1]s >= (SELECT min(id) FROM newest)", key, ix.table(), condition))
		values = append(values, of...)
	}
	err = tx.Raw(`WITH newest AS MATERIALIZED (?), rated AS (`+strings.Join(rated, " UNION ALL ")+`)
		SELECT r.id, r.points, length(t.`+ix.main+`) AS length
		FROM (SELECT id, max(is_found) AS is_found, sum(points) AS points FROM rated GROUP BY id) r
		JOIN `+ix.records+` t ON t.id = r.id WHERE r.is_found = 1 ORDER BY r.points DESC, length(t.`+ix.main+`), t.id DESC LIMIT ?`,
		append(values, limit)...).Scan(&best).Error
	return best, err
}
