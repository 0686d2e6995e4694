package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// A posting is the set of the claims in one chunk that have one facet.
const (
	chunkBits = 14 // of a claim's id, which count within its chunk
	facetBits = 24 // that a facet's id is shifted left by, to make room for the chunk in the id of a posting
	lastChunk = 1<<facetBits - 1
)

func chunkOf(claim int64) int64 { return claim >> chunkBits }

func placeOf(claim int64) int { return int(claim & (bitset.Size - 1)) }

// speech is what an engine writes otherwise than the other. Lists come as one parameter, a JSON array, so that a statement
// stays the same however long they are.
type speech struct {
	among      string // is one of a list of numbers; follows a column
	unindexed  string // comes before a column by whose index nothing is to be looked for
	amongWords string // is one of a list of texts
	lookUp     string // reads entries of facets, by a list of pairs of field and value
	enter      string // makes entries of facets, by a list of pairs of field and value, and reads their ids
	postings   string // reads postings: a list of ids of facets, shifted, and the first and the last chunk
	keep       string // writes postings: their codes in a row, and a list of id, where its code begins (from 1), how long it is
	count      string // counts facets: a list of id and by how much more
	sheets     string // reads all postings of a field, with its values: the first and the last chunk, and the field
	renumber   string // gives chunks of postings an epoch, and takes a list of them
	gathered   string // joins all ids, with commas
	moments    string // joins the id and the time of creation of claims, with commas
	joined     string // joins all documents, as lines
	sentence   string // a sentence as its JSON
	inTurn     string // reads documents, by a list of ids, in its order
	// places are articles a, each with the occurrences o that stand in it. In SQLite, one index has the occurrences of an article
	// and those in the order of time: what stands in an article is found by when this was published, too.
	places  string
	quotes  string // is one of the occurrences of quotes, by a list of the numbers of their words; "" where an index has them by these
	quoting string // selects about as many rows
}

// wordsOf are those of the engine that a statement is for.
func speechOf(tx *gorm.DB) *speech {
	if tx.Name() == "postgres" {
		return &postgresSpeech
	}
	return &sqliteSpeech
}

// listOf is a list as a statement takes it.
func listOf[T any](v []T) string {
	if len(v) == 0 {
		return "[]" // and not null, where it is nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and words, which JSON can hold
	}
	return string(b)
}

type (
	scanFunc = func(into ...any) error
	rowFunc  = func(scan scanFunc) error
)

// eachRow gives fn the rows that a query finds.
func eachRow(tx *gorm.DB, query string, parameters []any, fn rowFunc) (err error) {
	rows, err := tx.Raw(query, parameters...).Rows()
	if err != nil {
		return err
	}
	return scanRows(rows, fn)
}

// scanRows gives fn rows, and closes them.
func scanRows(rows *sql.Rows, fn rowFunc) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// claimSet is a set of claims: what it holds of each chunk, of those of which it holds any.
type claimSet map[int64]*bitset.Set

// chunk is what the set holds of a chunk, made if it is not there.
func (s claimSet) chunk(n int64) *bitset.Set {
	one := s[n]
	if one == nil {
		one = new(bitset.Set)
		s[n] = one
	}
	return one
}

func (s claimSet) add(claim int64) { s.chunk(chunkOf(claim)).Add(placeOf(claim)) }

func (s claimSet) has(claim int64) bool {
	one := s[chunkOf(claim)]
	return one != nil && one.Has(placeOf(claim))
}

func (s claimSet) count() (n int64) {
	for _, one := range s {
		n += int64(one.Count())
	}
	return n
}

// ids are the claims, the oldest first.
func (s claimSet) ids() []int64 {
	return s.some(false, math.MaxInt)
}

func sortedChunks(s claimSet) []int64 { return slices.Sorted(maps.Keys(s)) }

// and leaves the claims that are in another set too.
func (s claimSet) and(other claimSet) {
	for n, one := range s {
		if its := other[n]; its != nil {
			one.And(its)
		}
		if other[n] == nil || one.Empty() {
			delete(s, n)
		}
	}
}

// without takes out the claims of another set.
func (s claimSet) without(other claimSet) {
	for n, one := range s {
		if its := other[n]; its != nil {
			one.AndNot(its)
		}
	}
}

// span is a run of chunks, both ends included.
type span struct{ first, last int64 }

var everywhere, nowhere = span{0, lastChunk}, span{math.MaxInt64, math.MinInt64}

func (s span) has(chunk int64) bool { return s.first <= chunk && chunk <= s.last }

// with is the run that reaches as far as this chunk too.
func (s span) with(chunk int64) span { return span{min(s.first, chunk), max(s.last, chunk)} }

// span is from the first chunk of which the set holds something to the last.
func (s claimSet) span() span {
	all := nowhere
	for n := range s {
		all = all.with(n)
	}
	return all
}

// storedPostings gives fn the postings of these facets in a run of chunks, as they are without the log. The code is fn's only
// until it returns.
func storedPostings(tx *gorm.DB, facets []int64, within span, fn func(facet, chunk int64, code []byte) error) error {
	if len(facets) == 0 || within.first > within.last {
		return nil
	}
	first := make([]int64, len(facets))
	for i, id := range facets {
		first[i] = id << facetBits
	}
	var code sql.RawBytes
	return readRows(tx, speechOf(tx).postings, []any{listOf(first), within.first, within.last}, func(scan scanFunc) error {
		var id int64
		if err := scan(&id, &code); err != nil {
			return err
		}
		return fn(id>>facetBits, id&lastChunk, code)
	})
}

// unionOf are the claims in a run of chunks that have any of these facets.
func unionOf(tx *gorm.DB, facets []int64, within span) (claimSet, error) {
	all := claimSet{}
	err := readPostings(tx, facets, within, func(_, chunk int64, code []byte) error { return all.chunk(chunk).OrCoded(code) })
	return all, err
}

// claimsWith are the claims in a run of chunks that have any of these facets.
func claimsWith(tx *gorm.DB, facets []facet, within span) (claimSet, error) {
	there, err := lookUp(tx, facets)
	if err != nil {
		return nil, err
	}
	return unionOf(tx, entryIDs(there), within)
}

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

// dictionary remembers ids of facets, which never change once they are committed.
type dictionary struct {
	mu  sync.Mutex
	ids map[facet]int64
}

// mostRemembered bounds a dictionary: about 20 MB. One that has grown beyond begins anew.
const mostRemembered = 200_000

// idsOf are the ids of facets, in a transaction that writes. Those that are not there yet are made.
func (d *dictionary) idsOf(tx *gorm.DB, facets []facet) (map[facet]int64, error) {
	ids := make(map[facet]int64, len(facets))
	unknown := d.recall(facets, ids)
	found, err := storedEntries(tx, unknown)
	if err != nil {
		return nil, err
	}
	d.remember(found, transactionOf(tx).entered)
	for _, e := range found {
		ids[e.facet] = e.id
	}
	missing := slices.DeleteFunc(unknown, func(f facet) bool { _, ok := ids[f]; return ok })
	if len(missing) == 0 {
		return ids, nil
	}
	return ids, readRows(tx, speechOf(tx).enter, []any{listOf(pairs(missing))}, func(scan scanFunc) error {
		var e entry
		err := scan(&e.id, &e.field, &e.value)
		ids[e.facet] = e.id
		transactionOf(tx).entered[e.id] = true
		return err
	})
}

// idsOfAll are the ids of the facets of each claim, sorted and each once, in a transaction that writes.
func (d *dictionary) idsOfAll(tx *gorm.DB, facts map[int64][]facet) (map[int64][]int64, error) {
	of, unknown := d.recallAll(facts)
	ids, err := d.idsOf(tx, slices.Collect(maps.Keys(unknown)))
	if err != nil {
		return nil, err
	}
	for f, claims := range unknown {
		for _, claim := range claims {
			of[claim] = append(of[claim], ids[f])
		}
	}
	for claim, all := range of {
		slices.Sort(all)
		of[claim] = slices.Compact(all)
	}
	return of, nil
}

// recallAll are the ids that are remembered of the facets of each claim, and the claims of each other facet.
func (d *dictionary) recallAll(facts map[int64][]facet) (of map[int64][]int64, unknown map[facet][]int64) {
	of, unknown = make(map[int64][]int64, len(facts)), map[facet][]int64{}
	d.mu.Lock()
	defer d.mu.Unlock()
	for claim, have := range facts {
		ids := make([]int64, 0, len(have))
		for _, f := range have {
			if id, ok := d.ids[f]; ok {
				ids = append(ids, id)
			} else {
				unknown[f] = append(unknown[f], claim)
			}
		}
		of[claim] = ids
	}
	return of, unknown
}

// recall puts the ids that are remembered into ids, and returns the other facets.
func (d *dictionary) recall(facets []facet, ids map[facet]int64) (unknown []facet) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range facets {
		if id, ok := d.ids[f]; ok {
			ids[f] = id
		} else {
			unknown = append(unknown, f)
		}
	}
	return unknown
}

// remember keeps what was found, save what this transaction has entered itself: it may be undone.
func (d *dictionary) remember(found []entry, entered map[int64]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ids == nil || len(d.ids) > mostRemembered {
		d.ids = map[facet]int64{}
	}
	for _, e := range found {
		if !entered[e.id] {
			d.ids[e.facet] = e.id
		}
	}
}

// forget forgets all ids: the database is another one.
func (d *dictionary) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = nil
}

// postingsAtOnce bounds how many postings are read and written by one statement: 2 MiB of them.
const postingsAtOnce = 1000

// postingTurns are the turns of one posting.
type postingTurns struct {
	id    int64
	turns []turn
}

// apply changes postings, and the counters of their facets by as many claims as that makes a difference for. It takes the
// same few statements for a claim and for hundreds.
func (c changes) apply(tx *gorm.DB) error {
	var postings []postingTurns
	for _, facet := range slices.Sorted(maps.Keys(c)) {
		turns := c[facet]
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(chunkOf(a.claim()), chunkOf(b.claim())) })
		for len(turns) > 0 {
			chunk, n := chunkOf(turns[0].claim()), 1
			for n < len(turns) && chunkOf(turns[n].claim()) == chunk {
				n++
			}
			postings = append(postings, postingTurns{facet<<facetBits | chunk, turns[:n]})
			turns = turns[n:]
		}
	}
	if len(postings) == 0 {
		return nil
	}
	more := map[int64]int64{}
	for page := range slices.Chunk(postings, postingsAtOnce) {
		if err := applyPage(tx, page, more); err != nil {
			return err
		}
	}
	if err := countFacets(tx, more); err != nil {
		return err
	}
	chunks := map[int64]struct{}{}
	for _, p := range postings {
		chunks[p.id&lastChunk] = struct{}{}
	}
	return nextEpoch(tx, slices.Sorted(maps.Keys(chunks)))
}

// emptyPostings takes all claims out of all facets.
func emptyPostings(tx *gorm.DB) error {
	for _, statement := range []string{"DELETE FROM postings", "UPDATE facets SET claims = 0 WHERE claims <> 0", "DELETE FROM facet_chunks WHERE chunk >= 0"} {
		if err := execute(tx, statement); err != nil {
			return err
		}
	}
	return nextEpoch(tx, nil)
}

// applyPage changes these postings, which are in the order of their ids, and adds to more by how much the counters of their
// facets change.
func applyPage(tx *gorm.DB, page []postingTurns, more map[int64]int64) error {
	sets, err := postingsByID(tx, ids(page, func(p *postingTurns) *int64 { return &p.id }))
	if err != nil {
		return err
	}
	var codes []byte
	var kept [][3]int64
	var emptied []int64
	for i, p := range page {
		id, set := p.id, &sets[i]
		before := set.Count()
		for _, t := range p.turns {
			t.make(set)
		}
		after := set.Count()
		if after != before {
			more[id>>facetBits] += int64(after - before)
		}
		if after == 0 {
			emptied = append(emptied, id)
			continue
		}
		at := len(codes)
		codes = set.Append(codes)
		kept = append(kept, [3]int64{id, int64(at + 1), int64(len(codes) - at)})
	}
	if len(emptied) > 0 {
		if err := execute(tx, "DELETE FROM postings WHERE id "+speechOf(tx).among, listOf(emptied)); err != nil {
			return err
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return execute(tx, speechOf(tx).keep, codes, listOf(kept))
}

// postingsByID are the sets of these postings, in the order of their ids; empty where there is none.
func postingsByID(tx *gorm.DB, ids []int64) ([]bitset.Set, error) {
	sets := make([]bitset.Set, len(ids))
	var code sql.RawBytes
	err := readRows(tx, "SELECT id, claims FROM postings WHERE id "+speechOf(tx).among, []any{listOf(ids)}, func(scan scanFunc) error {
		var id int64
		if err := scan(&id, &code); err != nil {
			return err
		}
		i, ok := slices.BinarySearch(ids, id)
		if !ok {
			return fmt.Errorf("posting %d was not asked for", id)
		}
		return sets[i].OrCoded(code)
	})
	return sets, err
}

// countFacets changes counters by so much more.
func countFacets(tx *gorm.DB, more map[int64]int64) error {
	var all [][2]int64
	for _, id := range slices.Sorted(maps.Keys(more)) {
		if more[id] != 0 {
			all = append(all, [2]int64{id, more[id]})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return execute(tx, speechOf(tx).count, listOf(all))
}
