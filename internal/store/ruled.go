package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/bitset"
)

// Most of what a filter leaves is ruled by its facets alone: where no moment of its creation cuts it off, and nothing was
// searched for. What is counted there is remembered by these facets, and asked for again with the next moments: by chunks and,
// where a moment cuts a chunk of all claims, by blocks.

const (
	blockBits = 10 // of a claim's id, which count within its block
	blocks    = 1 << (chunkBits - blockBits)
)

// ruled is where a column has the claims that some facets say, and which facets these are.
type ruled struct {
	span   span   // of whole chunks
	by     string // the facets: "" where the column is all claims
	fields []string
	plan   plan      // what leaves the column
	fringe placedSet // what the column has in the blocks that the plan's ids cut
}

// longestRule bounds the text of a rule, in bytes.
const longestRule = 500

// ruled is where the plan leaves what its clauses say, unless there is more to it.
func (p plan) ruled() (r ruled, ok bool) {
	if p.nothing || len(p.sets) > 0 {
		return r, false
	}
	r = ruled{span: everywhere, plan: p}
	if p.from > 0 {
		r.span.first = chunkOf(p.from) + 1
	}
	if p.to > 0 {
		r.span.last = chunkOf(p.to) - 1
	}
	var rules []string
	for _, clause := range p.clauses {
		ids := entryIDs(clause)
		slices.Sort(ids)
		rule := []byte{'&'}
		for _, id := range ids {
			rule = append(strconv.AppendInt(rule, id, 36), '|')
		}
		rules = append(rules, string(rule))
		for _, e := range clause {
			if !slices.Contains(r.fields, e.field) {
				r.fields = append(r.fields, e.field)
			}
		}
	}
	slices.Sort(rules)
	r.by = strings.Join(rules, "")
	return r, len(r.by) <= longestRule
}

// ends are the chunks that are cut.
func (r ruled) ends() (chunks []int64) {
	if p := r.plan; p.from > 0 {
		chunks = append(chunks, chunkOf(p.from))
	}
	if p := r.plan; p.to > 0 && (p.from == 0 || chunkOf(p.to) != chunkOf(p.from)) {
		chunks = append(chunks, chunkOf(p.to))
	}
	return chunks
}

// holds tells whether a block is not cut.
func (r ruled) holds(chunk int64, block int) bool {
	first := chunk<<chunkBits | int64(block)<<blockBits
	return r.plan.from <= first && (r.plan.to == 0 || first+1<<blockBits-1 <= r.plan.to)
}

// counting is what is counted of fields in the chunks of a column, and remembered.
type counting[T any] struct {
	base   *column
	what   part
	fields []string
	size   func(T) int // about how many bytes it takes
	// count counts the claims of a set, or all claims where that is nil, in a run of chunks. It may say that it cannot.
	count func(those claimSet, within span) (strip[T], bool, error)
}

// parts are what is counted of the column, in any order, but for the claims that are left to be counted one by one. It is false
// where count cannot.
func (c counting[T]) parts(tx *gorm.DB) (found strip[T], left placedSet, ok bool, err error) {
	if c.base.ruled.span == nowhere {
		return nil, c.base.cut, true, nil
	}
	f, err := foldedOf(tx)
	if err != nil {
		return nil, nil, false, err
	}
	c.fields, c.what.text = slices.Concat(c.fields, c.base.ruled.fields), c.what.text+"\x00\x00"+c.base.ruled.by
	if found, ok, err = c.inChunks(tx, f, c.base.ruled.span); err != nil || !ok {
		return nil, nil, ok, err
	}
	if f.memory == nil || len(c.base.ruled.fringe) == 0 {
		return found, c.base.cut, true, nil
	}
	for _, fringe := range c.base.ruled.fringe {
		all, ok, err := c.inBlocks(tx, f, fringe.chunk)
		if err != nil || !ok {
			return nil, nil, ok, err
		}
		for i, one := range all {
			if c.base.ruled.holds(fringe.chunk, i) {
				found = append(found, piece[T]{chunkState{chunk: fringe.chunk}, one})
			}
		}
	}
	return found, c.base.ruled.fringe, true, nil
}

// inChunks are those of whole chunks.
func (c counting[T]) inChunks(tx *gorm.DB, f *folded, within span) (found strip[T], ok bool, err error) {
	wanted, err := f.states(tx, within, c.fields...)
	if err != nil {
		return nil, false, err
	}
	known, _ := recall[strip[T]](f.memory, c.what)
	if found, ok = known.of(wanted); ok {
		return found, true, nil
	}
	found = make(strip[T], len(wanted))
	missing := known.pick(wanted, found)
	those, err := c.base.within(tx, missing)
	if err != nil {
		return nil, false, err
	}
	loaded, ok, err := c.count(those, missing)
	if err != nil || !ok {
		return nil, ok, err
	}
	complete(wanted, found, loaded, missing)
	known = known.with(found)
	f.keep(c.what, known, sizeOfStrip(known, c.size))
	return found, true, nil
}

// inBlocks are those of all blocks of a chunk, as if it were not cut.
func (c counting[T]) inBlocks(tx *gorm.DB, f *folded, chunk int64) (all []T, ok bool, err error) {
	its := span{chunk, chunk}
	wanted, err := f.states(tx, its, c.fields...)
	if err != nil {
		return nil, false, err
	}
	if len(wanted) == 0 { // there is no such chunk where it came amid a run without transaction
		return nil, true, nil
	}
	c.what.text += "\x00\x00blocks"
	known, _ := recall[strip[[]T]](f.memory, c.what)
	found := make(strip[[]T], len(wanted))
	if known.pick(wanted, found) == nowhere {
		return found[0].part, true, nil
	}
	those, err := plan{clauses: c.base.ruled.plan.clauses}.claims(tx, its)
	if err != nil {
		return nil, false, err
	}
	all = make([]T, blocks)
	for i := range all {
		one, ok, err := c.count(claimSet{chunk: inBlocks(those.chunk(chunk), func(k int) bool { return k == i })}, its)
		if err != nil || !ok {
			return nil, ok, err
		}
		if len(one) > 0 {
			all[i] = one[0].part
		}
	}
	found[0] = piece[[]T]{wanted[0], all}
	known = known.with(found)
	f.keep(c.what, known, sizeOfStrip(known, func(all []T) (n int) {
		for _, one := range all {
			n += 32 + c.size(one)
		}
		return n
	}))
	return all, true, nil
}

// fringeOf is what a column has in the blocks that are cut, where it has all claims of a time. The claims of other facets are so
// few in a chunk that they are counted sooner than blocks are added up.
func (r ruled) fringeOf(cut placedSet) (fringe placedSet) {
	if !r.all() {
		return nil
	}
	for _, one := range cut {
		first, beyond := 0, 0 // the blocks between, one after another, are not cut
		for i := range blocks {
			if r.holds(one.chunk, i) {
				if beyond == 0 {
					first = i
				}
				beyond = i + 1
			}
		}
		from, _ := slices.BinarySearch(one.places, uint16(first<<blockBits))
		to, _ := slices.BinarySearch(one.places, uint16(beyond<<blockBits))
		fringe = append(fringe, placed{one.chunk, append(one.places[:from:from], one.places[to:]...)})
	}
	return fringe
}

// all tells whether the column has all claims of a time.
func (r ruled) all() bool { return slices.Equal(r.fields, []string{fieldAll}) }

// fewInChunk is up to how many claims of a chunk are counted one by one about as fast as what is remembered of it is added up.
const fewInChunk = 32

// few tells whether facets leave so few claims that they are better counted one by one: there are many such facets, and what
// would be remembered of each of them, by chunks, fills the memory. The sheets by which they are counted take its room instead: it
// is false where those of one field, of all chunks, take more than a sixteenth of it.
func (r ruled) few(tx *gorm.DB) (bool, error) {
	f, err := foldedOf(tx)
	if err != nil || r.all() {
		return false, err
	}
	chunks, err := f.states(tx, everywhere, fieldAll)
	n := int64(len(chunks))
	return mostOf(r.plan.clauses[0]) <= n*fewInChunk && (f.memory == nil || n*2*bitset.Size <= f.memory.most/16), err
}

// in are the claims of the column in a chunk, which are listed already where it has all claims of a time that is known.
func (r ruled) in(tx *gorm.DB, chunk int64) (placedSet, error) {
	m, ok := r.plan.known.in(chunk)
	if !ok || !r.all() {
		return r.plan.placed(tx, span{chunk, chunk})
	}
	first, last := r.plan.places(chunk)
	from, _ := slices.BinarySearch(m.places, uint16(first))
	beyond, _ := slices.BinarySearch(m.places, uint16(last+1))
	return placedSet{{chunk, m.places[from:beyond:beyond]}}, nil
}

// inBlocks is what a set has in some blocks.
func inBlocks(set *bitset.Set, these func(i int) bool) *bitset.Set {
	const words = 1 << blockBits / 64
	part := new(bitset.Set)
	for i := range blocks {
		if these(i) {
			copy(part[i*words:(i+1)*words], set[i*words:])
		}
	}
	return part
}

// placed are claims of a chunk, by their places in their order.
type placed struct {
	chunk  int64
	places []uint16
}

func (p placed) compare(chunk int64) int { return cmp.Compare(p.chunk, chunk) }

// placedSet is a claimSet as such lists, in the order of the chunks.
type placedSet []placed

// placed are the lists of a set, or nil of nil, which stands for all claims.
func (s claimSet) placed() placedSet {
	if s == nil {
		return nil
	}
	all := make(placedSet, 0, len(s))
	for _, chunk := range sortedChunks(s) {
		all = append(all, placed{chunk, s[chunk].Places()})
	}
	return all
}

// of are the places that the set has in a chunk. It is false where it has none.
func (s placedSet) of(chunk int64) (places []uint16, ok bool) {
	if s == nil {
		return new(bitset.Set).Rest().Places(), true
	}
	i, ok := slices.BinarySearchFunc(s, chunk, placed.compare)
	if !ok {
		return nil, false
	}
	return s[i].places, true
}

// span is as for a claimSet.
func (s placedSet) span() span {
	all := nowhere
	for _, one := range s {
		all = all.with(one.chunk)
	}
	return all
}
