package store

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
	"claimtracker/internal/tracker"
)

// Moments of creation are remembered by chunks, as strips are: those of a chunk are right wherever it has the same epoch, and the
// same row of the log was the last one by which a claim has come to it or left it. Who comes to the chunk that claims are logged
// into just now is added to what was known of it. What is not known yet, the database is asked for, of which a chunk is learned
// with each question.

// moments are when the claims of a chunk were created. Who was created later has the greater id: both are in their order.
type moments struct {
	places  []uint16
	created []tracker.Instant
}

func (m moments) size() int { return 48 + 10*len(m.places) }

// chronicle is what is remembered of when claims were created.
type chronicle struct {
	folded *folded
	states []chunkState // of all chunks, by who is in them
	known  strip[moments]
}

func chronicleOf(tx *gorm.DB) (c chronicle, err error) {
	if c.folded, err = foldedOf(tx); err != nil {
		return c, err
	}
	if c.states, err = c.folded.states(tx, everywhere, fieldAll); err != nil {
		return c, err
	}
	c.known, _ = recall[strip[moments]](c.folded.memory, part{what: momentsPart})
	return c, nil
}

// state is that of a chunk. It is false where it has no claims.
func (c chronicle) state(chunk int64) (s chunkState, ok bool) {
	i, ok := slices.BinarySearchFunc(c.states, chunk, chunkState.compare)
	if ok {
		s = c.states[i]
	}
	return s, ok
}

// in are the moments of a chunk, if they are known.
func (c chronicle) in(chunk int64) (m moments, ok bool) {
	i, ok := slices.BinarySearchFunc(c.known, chunk, piece[moments].compare)
	if !ok {
		return m, false
	}
	is, ok := c.state(chunk)
	return c.known[i].part, ok && c.known[i].chunkState == is
}

// of is when a claim was created.
func (c chronicle) of(claim int64) (created tracker.Instant, ok bool) {
	m, ok := c.in(chunkOf(claim))
	if !ok {
		return 0, false
	}
	i, ok := slices.BinarySearch(m.places, uint16(placeOf(claim)))
	if !ok {
		return 0, false
	}
	return m.created[i], true
}

// around are the claims next to a moment: the last one that was created before it, and the first one that was not. They are
// known where the moment is one of a chunk that is: after its first claim was created, and not after the last one was. Then all
// claims of the chunks before were created before it too, and none of the chunks beyond.
func (c chronicle) around(moment tracker.Instant) (before, since int64, ok bool) {
	beyond, _ := slices.BinarySearchFunc(c.known, moment, func(p piece[moments], moment tracker.Instant) int {
		return cmp.Compare(p.part.created[0], moment)
	})
	if beyond == 0 {
		return 0, 0, false
	}
	chunk := c.known[beyond-1].chunk
	m, ok := c.in(chunk)
	i, _ := slices.BinarySearch(m.created, moment)
	if !ok || i == len(m.created) {
		return 0, 0, false
	}
	return chunk<<chunkBits | int64(m.places[i-1]), chunk<<chunkBits | int64(m.places[i]), true
}

// learn remembers the moments of the chunk of one of these claims, the first of which they are not known yet; 0 is no claim.
func (c chronicle) learn(tx *gorm.DB, claims ...int64) error {
	if c.folded.memory == nil {
		return nil
	}
	for _, claim := range claims {
		chunk := chunkOf(claim)
		_, known := c.in(chunk)
		if is, ok := c.state(chunk); ok && !known && claim > 0 && !c.ahead(is) {
			m, err := c.read(tx, is)
			if err != nil || len(m.places) == 0 {
				return err
			}
			c.known = c.known.with([]piece[moments]{{is, m}})
			c.folded.keep(part{what: momentsPart}, c.known, sizeOfStrip(c.known, moments.size))
			return nil
		}
	}
	return nil
}

// ahead tells whether a chunk is known as it is some rows of the log after a state. Who looks at an earlier one leaves that to those
// who come after him.
func (c chronicle) ahead(of chunkState) bool {
	i, ok := slices.BinarySearchFunc(c.known, of.chunk, piece[moments].compare)
	return ok && c.known[i].epoch == of.epoch && c.known[i].log.row > of.log.row
}

// read are the moments of a chunk in a state: what is known of it as it was some rows of the log ago, with who has come since
// and without who has left, or else all that the database has.
func (c chronicle) read(tx *gorm.DB, is chunkState) (m moments, err error) {
	v, err := viewOf(tx)
	if err != nil {
		return m, err
	}
	i, ok := slices.BinarySearchFunc(c.known, is.chunk, piece[moments].compare)
	if !ok || c.known[i].epoch != is.epoch || c.known[i].log.row >= is.log.row || !v.holds(c.known[i].log) {
		return readMoments(tx, is.chunk)
	}
	var changed []int64
	for _, one := range v.since(fieldAll, is.chunk, c.known[i].log.row) {
		changed = append(changed, one.turn.claim())
	}
	return c.known[i].part.with(tx, changed)
}

// with are the moments once some claims of the chunk have come or left.
func (m moments) with(tx *gorm.DB, changed []int64) (now moments, err error) {
	var gone bitset.Set
	for _, id := range changed {
		gone.Add(placeOf(id))
	}
	now = moments{make([]uint16, 0, len(m.places)+len(changed)), make([]tracker.Instant, 0, len(m.places)+len(changed))}
	for i, place := range m.places {
		if !gone.Has(int(place)) {
			now.places, now.created = append(now.places, place), append(now.created, m.created[i])
		}
	}
	err = eachMoment(tx, "id "+speechOf(tx).among, []any{listOf(changed)}, now.put)
	return now, err
}

// put adds a claim of the chunk, most likely the last one.
func (m *moments) put(id int64, created tracker.Instant) {
	place := uint16(placeOf(id))
	at, _ := slices.BinarySearch(m.places, place)
	m.places, m.created = slices.Insert(m.places, at, place), slices.Insert(m.created, at, created)
}

// readMoments reads those of a chunk from the index by moments, which holds nothing else.
func readMoments(tx *gorm.DB, chunk int64) (m moments, err error) {
	first, last := chunk<<chunkBits, (chunk+1)<<chunkBits-1
	err = eachMoment(tx, `created_at BETWEEN (SELECT created_at FROM claims WHERE id >= ? ORDER BY id LIMIT 1)
		AND (SELECT created_at FROM claims WHERE id <= ? ORDER BY id DESC LIMIT 1) AND +id BETWEEN ? AND ?`, []any{first, last, first, last}, m.put)
	return moments{slices.Clone(m.places), slices.Clone(m.created)}, err
}

// eachMoment gives fn the claims that a condition finds, and when they were created.
func eachMoment(tx *gorm.DB, condition string, parameters []any, fn func(id int64, created tracker.Instant)) error {
	var joined string // one row is read much faster than many
	err := readRows(tx, "SELECT "+speechOf(tx).moments+" FROM claims WHERE "+condition, parameters,
		func(scan scanFunc) error { return scan(&joined) })
	for one := range strings.SplitSeq(joined, ",") {
		if id, moment, ok := strings.Cut(one, " "); ok {
			fn(numberOf(id), tracker.Instant(numberOf(moment)))
		}
	}
	return err
}

// createdAt are the moments at which the first and the last claims of extents were created.
func createdAt(tx *gorm.DB, extents []extent) ([][2]tracker.Instant, error) {
	c, err := chronicleOf(tx)
	if err != nil {
		return nil, err
	}
	at, unknown := make([][2]tracker.Instant, len(extents)), []int64{}
	for i, e := range extents {
		for k, id := range [2]int64{e.first, e.last} {
			var ok bool
			if at[i][k], ok = c.of(id); !ok {
				unknown = append(unknown, id)
			}
		}
	}
	if len(unknown) == 0 {
		return at, nil
	}
	found, err := c.ask(tx, unknown)
	if err != nil {
		return nil, err
	}
	for i, e := range extents {
		for k, id := range [2]int64{e.first, e.last} {
			if moment, ok := found[id]; ok {
				at[i][k] = moment
			}
		}
	}
	return at, c.learn(tx, unknown...)
}

// ask are the moments at which these claims were created. They are remembered for as long as nothing is committed.
func (c chronicle) ask(tx *gorm.DB, claims []int64) (map[int64]tracker.Instant, error) {
	list := listOf(claims)
	key := part{what: createdPart, text: list}
	if found, ok := recallNow[map[int64]tracker.Instant](c.folded, key); ok {
		return found, nil
	}
	found := make(map[int64]tracker.Instant, len(claims))
	err := eachMoment(tx, "id "+speechOf(tx).among, []any{list}, func(id int64, created tracker.Instant) { found[id] = created })
	if err == nil {
		keepNow(c.folded, key, found, 32*len(found))
	}
	return found, err
}
