package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"claimtracker/internal/search"
)

// CopiedTables are the tables that a copy carries over, in its order, each with its primary key and the column that points
// into the table itself; UncopiedTables are those that it leaves.
func CopiedTables() (tables [][3]string) {
	for _, t := range copiedTables {
		tables = append(tables, [3]string{t.name, t.key, t.self})
	}
	return tables
}

// UncopiedTables are the tables that a copy leaves.
var UncopiedTables = uncopiedTables

// BatchBytes bounds what a copy writes at once.
const BatchBytes = batchBytes

// Waiting is how many writes wait for their turn.
func (s *Store) Waiting() int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return len(s.queue.waiting)
}

// WordsOf is the number that is kept for the words of a quote.
func WordsOf(exact string) int64 { return wordsOf(exact) }

// CheckFacets compares postings and counters with what the records say, and tells what is different.
func CheckFacets(tx *gorm.DB) error {
	want := map[facet]map[int64]bool{}
	var claims []int64
	if err := tx.Raw("SELECT id FROM claims").Scan(&claims).Error; err != nil {
		return err
	}
	for page := range slices.Chunk(claims, factsAtOnce) {
		facts, err := factsOf(tx, page)
		if err != nil {
			return err
		}
		for id, all := range facts {
			for _, f := range all {
				if want[f] == nil {
					want[f] = map[int64]bool{}
				}
				want[f][id] = true
			}
		}
	}
	var entries []entry
	err := eachRow(tx, "SELECT id, field, value, claims FROM facets", nil, func(scan scanFunc) error {
		var e entry
		err := scan(&e.id, &e.field, &e.value, &e.claims)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return err
	}
	v, err := viewOf(tx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.claims += v.more(e.id)
		has, err := unionOf(tx, []int64{e.id}, everywhere)
		if err != nil {
			return err
		}
		ids := slices.Sorted(maps.Keys(want[e.facet]))
		if !slices.Equal(has.ids(), ids) || e.claims != int64(len(ids)) {
			return fmt.Errorf("%s %q is of the claims %v, counted as %d; want %v", e.field, e.value, has.ids(), e.claims, ids)
		}
		delete(want, e.facet)
	}
	if len(want) > 0 {
		return fmt.Errorf("nothing is kept of %v", want)
	}
	return nil
}

// FoldAt has the log of facets hold so many changes, at the most.
func (s *Store) FoldAt(most int64) { s.mostLogged = most }

// Fold folds the log of facets into the postings.
func (s *Store) Fold(ctx context.Context) error { return s.alone(ctx, foldLog) }

// RebuildFacets makes all postings anew.
func (s *Store) RebuildFacets(ctx context.Context) error { return s.alone(ctx, facetDerivation.remake) }

// Watch tells fn of each statement that is run from now on, and of its values.
func (s *Store) Watch(fn func(query string, values []any)) error {
	see := func(db *gorm.DB) { fn(db.Statement.SQL.String(), slices.Clone(db.Statement.Vars)) }
	for _, pool := range []*gorm.DB{s.read, s.write} {
		all := pool.Callback()
		err := errors.Join(all.Query().After("gorm:query").Register("watch", see), all.Row().After("gorm:row").Register("watch", see),
			all.Raw().After("gorm:raw").Register("watch", see))
		if err != nil {
			return err
		}
	}
	return nil
}

// SearchKey is the column of a search index that has the records' ids.
func SearchKey(tx *gorm.DB) string { return indexerOf(tx).key() }

// SearchPlans are how the engine goes about searches.
func (s *Store) SearchPlans(q search.Query) (map[string]string, error) {
	plans := map[string]string{}
	err := s.Read(context.Background(), func(tx *gorm.DB) error {
		explain := "EXPLAIN QUERY PLAN "
		if tx.Name() == "postgres" {
			explain = "EXPLAIN "
			// Of a table of one page, the planner would read that page.
			if err := tx.Exec("SET LOCAL enable_seqscan = off").Error; err != nil {
				return err
			}
		}
		for _, ix := range indexes {
			for what, query := range map[string]*gorm.DB{
				"newest": ix.narrow(tx, tx, q).Order("match_id DESC").Limit(51),
				"next":   ix.narrow(tx, tx, q).Where("match_id < ?", 100).Order("match_id DESC").Limit(51),
				"oldest": ix.narrow(tx, tx, q).Order("match_id").Limit(51),
				"count":  tx.Table("(?) AS found", ix.found(tx, q)).Select("count(*)"),
			} {
				var rows []map[string]any
				if err := tx.Raw(explain+"?", query).Scan(&rows).Error; err != nil {
					return err
				}
				for _, row := range rows {
					for _, column := range []string{"detail", "QUERY PLAN"} {
						if line, ok := row[column].(string); ok {
							plans[ix.records+" "+what] += line + "\n"
						}
					}
				}
			}
		}
		return nil
	})
	return plans, err
}

// FindClaims is the part of a list of claims that a search adds: the ids of a page.
func (s *Store) FindClaims(ctx context.Context, q search.Query, p Page) (found []int64, err error) {
	err = s.Read(ctx, func(tx *gorm.DB) error {
		if p.Sort == Relevance {
			best, err := claimIndex.ranked(tx, claimIndex.newest(tx, q), q, p.Limit)
			found = ids(best, func(r *rank) *int64 { return &r.ID })
			return err
		}
		most := int64(math.MaxInt64)
		if p.After != nil {
			most = p.After.ID - 1
		}
		found, err = claimIndex.foundIDs(tx, q, 1, most, p.Limit+1)
		return err
	})
	return found, err
}

// Committed is how many transactions this store has committed.
func (s *Store) Committed() uint64 { return s.commits.Load() / 2 }

// CodedTurns are the changes that a row of the log says, by the ids of facets: claims that come to a facet and, negative, claims
// that leave it.
func CodedTurns(code []byte) (turns map[int64][]int64, err error) {
	turns = map[int64][]int64{}
	err = eachTurn(code, func(facet int64, t turn) { turns[facet] = append(turns[facet], t.claim()*t.more()) })
	return turns, err
}

// CodeOfTurns is a row of the log that says them.
func CodeOfTurns(turns map[int64][]int64) []byte {
	c := changes{}
	for facet, all := range turns {
		for _, claim := range all {
			if claim < 0 {
				c[facet] = append(c[facet], leaves(-claim))
			} else {
				c[facet] = append(c[facet], comes(claim))
			}
		}
	}
	return c.code()
}

// MigrateTo makes an empty SQLite file one with the schema of an older version.
func MigrateTo(ctx context.Context, db *sql.DB, version int64) error {
	provider, err := migrationsOf(db, goose.DialectSQLite3, "migrations/sqlite")
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, setApplicationID); err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
