package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
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
func (s *Store) Watch(fn func(query string, values []any)) {
	see := func(query string, values []any) { fn(query, slices.Clone(values)) }
	for _, pool := range []*gorm.DB{s.read, s.write} {
		pool.Statement.ConnPool = watchedPool{watched{pool.Statement.ConnPool, see}}
	}
}

// watched is a pool or a transaction whose statements are told.
type watched struct {
	gorm.ConnPool
	see func(query string, values []any)
}

func (w watched) ExecContext(ctx context.Context, query string, values ...any) (sql.Result, error) {
	w.see(query, values)
	return w.ConnPool.ExecContext(ctx, query, values...)
}

func (w watched) QueryContext(ctx context.Context, query string, values ...any) (*sql.Rows, error) {
	w.see(query, values)
	return w.ConnPool.QueryContext(ctx, query, values...)
}

func (w watched) QueryRowContext(ctx context.Context, query string, values ...any) *sql.Row {
	w.see(query, values)
	return w.ConnPool.QueryRowContext(ctx, query, values...)
}

type watchedPool struct{ watched }

func (w watchedPool) BeginTx(ctx context.Context, options *sql.TxOptions) (gorm.ConnPool, error) {
	tx, err := w.ConnPool.(gorm.TxBeginner).BeginTx(ctx, options)
	return &watchedTransaction{watched{tx, w.see}, tx}, err
}

func (w watchedPool) GetDBConn() (*sql.DB, error) { return w.ConnPool.(*sql.DB), nil }

type watchedTransaction struct {
	watched
	gorm.TxCommitter
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

// CheckCounts compares what is counted, under filters at random and with what is remembered, with what the records say in the
// same snapshot, and tells what is different.
func (s *Store) CheckCounts(ctx context.Context, r *rand.Rand) error {
	return s.Browse(ctx, func(tx *gorm.DB) error { return CheckCountsIn(tx, r) })
}

// CheckCountsIn is CheckCounts in a transaction.
func CheckCountsIn(tx *gorm.DB, r *rand.Rand) error {
	var claims []tracker.Record
	if err := tx.Raw("SELECT id, created_at FROM claims ORDER BY id").Scan(&claims).Error; err != nil {
		return err
	}
	have := map[int64][]facet{}
	for page := range slices.Chunk(ids(claims, func(c *tracker.Record) *int64 { return &c.ID }), factsAtOnce) {
		facts, err := factsOf(tx, page)
		if err != nil {
			return err
		}
		maps.Copy(have, facts)
	}
	for range 4 {
		f, left := filterAtRandom(r, have)
		withinTime(r, &f, left, claims)
		if err := checkCounts(tx, r, f, left); err != nil {
			return fmt.Errorf("under %+v: %w", f, err)
		}
	}
	return checkMoments(tx, r, claims)
}

// checkMoments compares when some claims were created.
func checkMoments(tx *gorm.DB, r *rand.Rand, claims []tracker.Record) error {
	if len(claims) == 0 {
		return nil
	}
	var those []extent
	var want [][2]tracker.Instant
	for range 5 {
		first, last := claims[r.IntN(len(claims))], claims[r.IntN(len(claims))]
		those = append(those, extent{first: first.ID, last: last.ID})
		want = append(want, [2]tracker.Instant{first.CreatedAt, last.CreatedAt})
	}
	at, err := createdAt(tx, those)
	if err == nil && !slices.Equal(at, want) {
		err = fmt.Errorf("%v were created at %v; want %v", those, at, want)
	}
	return err
}

// filterAtRandom is a filter of plain fields, with the claims that it leaves.
func filterAtRandom(r *rand.Rand, have map[int64][]facet) (f ClaimFilter, left map[int64][]facet) {
	of := map[string]map[string]bool{}
	for _, facets := range have {
		for _, one := range facets {
			if of[one.field] == nil {
				of[one.field] = map[string]bool{}
			}
			of[one.field][one.value] = true
		}
	}
	wanted := map[string]string{}
	for _, field := range []string{fieldKind, fieldTag, "actor_id"} {
		if values := slices.Sorted(maps.Keys(of[field])); len(values) > 0 && r.IntN(3) == 0 {
			wanted[field] = values[r.IntN(len(values))]
		}
	}
	for field, value := range wanted {
		switch field {
		case fieldKind:
			f.Kinds = []tracker.ClaimKind{tracker.ClaimKind(value)}
		case fieldTag:
			f.Tags = []string{value}
		default:
			f.ActorIDs = []int64{numberOf(value)}
		}
	}
	left = map[int64][]facet{}
	for id, facets := range have {
		all := true
		for field, value := range wanted {
			all = all && slices.Contains(facets, facet{field, value})
		}
		if all {
			left[id] = facets
		}
	}
	return f, left
}

// withinTime narrows a filter, and what it leaves of some claims, to a time at random.
func withinTime(r *rand.Rand, f *ClaimFilter, left map[int64][]facet, claims []tracker.Record) {
	if len(claims) == 0 {
		return
	}
	moment := func() *tracker.Instant { // that of a claim, or right before or after it
		return new(claims[r.IntN(len(claims))].CreatedAt + tracker.Instant(r.IntN(3)-1))
	}
	if r.IntN(2) == 0 {
		f.CreatedFrom = moment()
	}
	if r.IntN(2) == 0 {
		f.CreatedTo = moment()
	}
	for _, c := range claims {
		if f.CreatedFrom != nil && c.CreatedAt < *f.CreatedFrom || f.CreatedTo != nil && c.CreatedAt >= *f.CreatedTo {
			delete(left, c.ID)
		}
	}
}

func checkCounts(tx *gorm.DB, r *rand.Rand, f ClaimFilter, left map[int64][]facet) error {
	counted := []string{fieldStatus, fieldLanguage, "source_country", "speaker_id", fieldTechnique, fieldHost, fieldStance}
	k := newCounter(tx, f)
	for _, field := range counted {
		counts, err := k.count(field, 1000)
		if err != nil {
			return err
		}
		want := map[string]int64{}
		for _, facets := range left {
			for _, one := range facets {
				if one.field == field {
					want[one.value]++
				}
			}
		}
		is := map[string]int64{}
		for _, b := range counts.Buckets {
			is[b.Value] = b.Claims
		}
		if !maps.Equal(is, want) {
			return fmt.Errorf("%s is counted as %v; want %v", field, is, want)
		}
	}
	for range 2 {
		if err := checkCells(k, counted[r.IntN(2)], counted[2+r.IntN(5)], left); err != nil {
			return err
		}
	}
	return checkExtents(k, counted[r.IntN(len(counted))], left)
}

func checkCells(k *counter, row, column string, left map[int64][]facet) error {
	rows, err := k.count(row, 1000)
	if err != nil {
		return err
	}
	columns, err := k.count(column, 1000)
	if err != nil {
		return err
	}
	cells, err := k.cells(rows, columns)
	if err != nil {
		return err
	}
	for i, r := range rows.Buckets {
		for n, c := range columns.Buckets {
			want := int64(0)
			for _, facets := range left {
				if slices.Contains(facets, facet{row, r.Value}) && slices.Contains(facets, facet{column, c.Value}) {
					want++
				}
			}
			if cells[i][n] != want {
				return fmt.Errorf("%s %s with %s %s is counted as %d; want %d", row, r.Value, column, c.Value, cells[i][n], want)
			}
		}
	}
	return nil
}

func checkExtents(k *counter, field string, left map[int64][]facet) error {
	counts, found, err := k.seen(field, 1000)
	if err != nil {
		return err
	}
	if want, err := k.count(field, 1000); err != nil || !slices.EqualFunc(counts.Buckets, want.Buckets, sameCount) {
		return fmt.Errorf("%s was seen %v; want %v, %w", field, counts.Buckets, want.Buckets, err)
	}
	for i, b := range counts.Buckets {
		var want extent
		for id, facets := range left {
			if !slices.Contains(facets, facet{field, b.Value}) {
				continue
			}
			one := extent{first: id, last: id}
			for _, other := range facets {
				if other.field == fieldClaimedDay {
					one.firstDay, one.lastDay = dayNumber(other.value), dayNumber(other.value)
				}
			}
			want = want.with(one)
		}
		if found[i] != want {
			return fmt.Errorf("%s %s was seen %v; want %v", field, b.Value, found[i], want)
		}
	}
	return nil
}

// sameCount tells whether two counts are equal but for their labels.
func sameCount(a, b Count) bool { return a.Value == b.Value && a.Claims == b.Claims }

// SkipIDs lets the next claim have an id in the chunk after that of the last one, and SkipBlock in the block after its block.
func (s *Store) SkipIDs(ctx context.Context) error { return s.skip(ctx, chunkBits) }

func (s *Store) SkipBlock(ctx context.Context) error { return s.skip(ctx, blockBits) }

func (s *Store) skip(ctx context.Context, bits int) error {
	return s.alone(ctx, func(tx *gorm.DB) error {
		highest, err := s.engine.highest(tx, "claims")
		if err != nil {
			return err
		}
		return s.engine.setHighest(tx, "claims", (highest>>bits+1)<<bits)
	})
}

// Remembered is how many bytes of the folded index are remembered, and Remember bounds them.
func (s *Store) Remembered() int64 {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	return s.memory.size
}

func (s *Store) Remember(most int64) { s.memory.most = most }

// CountInBlocks counts no claims in the blocks of a chunk, as is done where a moment cuts it.
func (s *Store) CountInBlocks(ctx context.Context, chunk int64) (counted int, err error) {
	return counted, s.Read(ctx, func(tx *gorm.DB) error {
		f, err := foldedOf(tx)
		if err != nil {
			return err
		}
		claims, err := lookUp(tx, []facet{{fieldAll, ""}})
		if err != nil {
			return err
		}
		all, _, err := counting[int64]{
			base: &column{ruled: ruled{plan: plan{clauses: [][]entry{claims}}}}, fields: []string{fieldAll}, size: func(int64) int { return 8 },
			count: func(claimSet, span) (strip[int64], bool, error) { return nil, true, nil },
		}.inBlocks(tx, f, chunk)
		counted = len(all)
		return err
	})
}

// RecallOr is recallOr of a part with that text.
func (s *Store) RecallOr(text string, create func() any) any {
	return recallOr(&s.memory, part{what: numberingPart, text: text}, create)
}

// Numbers tells of the numbers of a field's values whether what goes by them is remembered.
func (s *Store) Numbers(ctx context.Context, field string) (last func() bool, err error) {
	return last, s.Read(ctx, func(tx *gorm.DB) error {
		numbers, err := numbersOf(tx, field)
		last = func() bool { return numbers.lasts(&s.memory) }
		return err
	})
}

// Forget forgets all that is remembered.
func (s *Store) Forget() { s.memory.clear() }

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

// CheckpointAt has SQLite's log folded after so many pages.
func (s *Store) CheckpointAt(pages int) {
	set := func(tx *gorm.DB) error {
		s.engine.(*sqliteEngine).checkpoints.pages = pages // only who writes looks at it
		return tx.Exec(limitLog(pages)).Error
	}
	if err := s.Write(context.Background(), set); err != nil {
		panic(err)
	}
}

// BreakSync has the database file fail to be synced, and BreakCheckpoints its log to be folded.
func (s *Store) BreakSync()        { _ = s.engine.(*sqliteEngine).checkpoints.file.Close() }
func (s *Store) BreakCheckpoints() { _ = s.engine.(*sqliteEngine).checkpoints.pool.Close() }
