package store

import (
	"encoding/binary"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// What a transaction changes of facets is appended to a log: one row, where the postings and the counters would be dozens for
// each claim. Once the log holds so many changes, they are put into the postings together, most of which then take several at
// once. Until then, whoever reads postings puts the log over them: see overlay.go.

// mostLogged is how many changes the log holds, at the most: those of about 3,000 new claims. Readers keep them in memory, in
// about 4 MiB.
const mostLogged = 1 << 17

// turn is a change of who has a facet: a claim that comes to have it or, where the lowest bit is set, has it no more.
type turn int64

func comes(claim int64) turn { return turn(claim << 1) }

func leaves(claim int64) turn { return turn(claim<<1 | 1) }

func (t turn) claim() int64 { return int64(t >> 1) }

// more is how many claims more have the facet after it: one more, or one less.
func (t turn) more() int64 { return 1 - 2*int64(t&1) }

// make makes the change in the chunk of the claim.
func (t turn) make(chunk *bitset.Set) {
	if t&1 == 0 {
		chunk.Add(placeOf(t.claim()))
	} else {
		chunk.Remove(placeOf(t.claim()))
	}
}

// changes are what changes with facets, by their ids: turns in the order in which they are made.
type changes map[int64][]turn

// between notes what is different between the facets that a claim had and those that it has; both are sorted.
func (c changes) between(claim int64, had, has []int64) {
	for len(had) > 0 || len(has) > 0 {
		switch {
		case len(had) == 0 || len(has) > 0 && has[0] < had[0]:
			c[has[0]], has = append(c[has[0]], comes(claim)), has[1:]
		case len(has) == 0 || had[0] < has[0]:
			c[had[0]], had = append(c[had[0]], leaves(claim)), had[1:]
		default:
			had, has = had[1:], has[1:]
		}
	}
}

// count is how many changes there are.
func (c changes) count() (n int64) {
	for _, turns := range c {
		n += int64(len(turns))
	}
	return n
}

// appendToLog writes a row of the log after the last one, and reads how many changes the log then holds.
const appendToLog = `INSERT INTO facet_log (id, mark, held, changes)
	SELECT COALESCE(max(id), 0) + 1, ?, COALESCE(max(held), 0) + ?, ? FROM (SELECT id, held FROM facet_log ORDER BY id DESC LIMIT 1) AS newest
	RETURNING held`

// keep appends changes to the log. Where that then holds too many, it is folded, and what is too much for it by itself goes
// into the postings at once.
func (c changes) keep(tx *gorm.DB) error {
	if len(c) == 0 {
		return nil
	}
	most, n := transactionOf(tx).mostLogged, c.count()
	if n > most {
		if err := foldLog(tx); err != nil {
			return err
		}
		return c.apply(tx)
	}
	var held int64
	err := readRows(tx, appendToLog, []any{rand.Int64(), n, c.code()}, func(scan scanFunc) error { return scan(&held) })
	if err != nil || held <= most {
		return err
	}
	return foldLog(tx)
}

// foldLog puts all that the log holds into the postings, and empties it.
func foldLog(tx *gorm.DB) error {
	all := changes{}
	err := readLog(tx, 0, func(_, _ int64, code []byte) error {
		return eachTurn(code, func(facet int64, t turn) { all[facet] = append(all[facet], t) })
	})
	if err != nil || len(all) == 0 {
		return err
	}
	if err := all.apply(tx); err != nil {
		return err
	}
	return emptyLog(tx)
}

func emptyLog(tx *gorm.DB) error { return execute(tx, "DELETE FROM facet_log") }

// readLog gives fn the rows of the log after one of them, whose mark comes before them, without its code. A code is fn's only
// until it returns.
func readLog(tx *gorm.DB, after int64, fn func(id, mark int64, code []byte) error) error {
	query := "SELECT id, mark, CASE WHEN id > ? THEN changes END FROM facet_log WHERE id >= ? ORDER BY id"
	return readRows(tx, query, []any{after, after}, func(scan scanFunc) error {
		var id, mark int64
		var code []byte
		if err := scan(&id, &mark, &code); err != nil {
			return err
		}
		return fn(id, mark, code)
	})
}

// code is how the log keeps changes: the first turn and then, for each facet in the order of their ids, how far its id is from
// that before, how many turns it has, and how far each of them is from the one before, the first one of each from the first
// of all. All of these are varints.
func (c changes) code() []byte {
	facets := slices.Sorted(maps.Keys(c))
	first := c[facets[0]][0]
	code := binary.AppendVarint(make([]byte, 0, 4*len(facets)), int64(first))
	last := int64(0)
	for _, facet := range facets {
		code = binary.AppendUvarint(code, uint64(facet-last))
		code = binary.AppendUvarint(code, uint64(len(c[facet])))
		was := first
		for _, t := range c[facet] {
			code = binary.AppendVarint(code, int64(t-was))
			was = t
		}
		last = facet
	}
	return code
}

// errDamagedLog says that bytes are no coded changes.
var errDamagedLog = errors.New("the log of facets is damaged")

// eachTurn calls fn with the turns that a code says, in the order of the facets' ids.
func eachTurn(code []byte, fn func(facet int64, t turn)) error {
	first, n := binary.Varint(code)
	if n <= 0 {
		return errDamagedLog
	}
	code = code[n:]
	for facet := int64(0); len(code) > 0; {
		further, n := binary.Uvarint(code)
		if n <= 0 {
			return errDamagedLog
		}
		code = code[n:]
		turns, n := binary.Uvarint(code)
		if n <= 0 || turns > uint64(len(code)) {
			return errDamagedLog
		}
		code = code[n:]
		facet += int64(further)
		was := first
		for range turns {
			from, n := binary.Varint(code)
			if n <= 0 {
				return errDamagedLog
			}
			code, was = code[n:], was+from
			fn(facet, turn(was))
		}
	}
	return nil
}
