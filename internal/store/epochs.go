package store

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"gorm.io/gorm"
)

// The folded index, which is the postings and the counters of facets, has an epoch: a number that is another one whenever
// anything of it is. A chunk has the epoch of the whole as it was when a posting of that chunk changed last. What was read of a
// chunk is right for every snapshot in which the chunk has the same epoch, whatever has become of the others.

// chanceBits are the lowest bits of an epoch, which are random: a server that lost what it had committed, and goes on, gives the
// same number to another state, and is not to be taken at its word. Above them, epochs count from 1.
const chanceBits = 20

// nextEpoch gives the index a new epoch, and these chunks too, in the transaction that changes them.
func nextEpoch(tx *gorm.DB, chunks []int64) error {
	var epoch int64
	err := readRows(tx, `INSERT INTO facet_chunks (chunk, epoch) VALUES (-1, ?)
		ON CONFLICT (chunk) DO UPDATE SET epoch = (facet_chunks.epoch >> 20 << 20) + excluded.epoch RETURNING epoch`,
		[]any{1<<chanceBits | rand.Int64N(1<<chanceBits)}, func(scan scanFunc) error { return scan(&epoch) })
	if err != nil || len(chunks) == 0 {
		return err
	}
	return execute(tx, speechOf(tx).renumber, epoch, listOf(chunks))
}

// chunkState is a chunk with its epoch, and the last row of the log that changes, there, what is asked for.
type chunkState struct {
	chunk, epoch int64
	log          logState
}

// logState is a row of the log with its mark; 0 for none.
type logState struct {
	row  int32
	mark int64
}

func (c chunkState) compare(chunk int64) int { return cmp.Compare(c.chunk, chunk) }

// folded is the folded index as a transaction sees it, and what is remembered of it.
type folded struct {
	memory *memory // nil where nothing may be
	calm   calm
	loose  bool // whether statements are run outside of a transaction
	epoch  int64
	chunks []chunkState // those that have postings, in their order; nil until they are asked for
}

// foldedOf is the folded index as a transaction sees it. What a transaction that writes has changed may be undone: nothing is
// remembered of that.
func foldedOf(tx *gorm.DB) (*folded, error) {
	if transactionOf(tx) != nil {
		return new(folded), nil
	}
	if _, err := viewOf(tx); err != nil { // which knows the epoch
		return nil, err
	}
	return &tx.Statement.Context.Value(sighted{}).(*sight).folded, nil
}

// keep remembers a part of the index. What was read outside of a transaction may be of several states, unless nothing was
// committed meanwhile.
func (f *folded) keep(key part, value any, size int) {
	if !f.loose || f.calm.holds() {
		f.memory.keep(key, value, size)
	}
}

// within are the chunks of a run that have postings.
func (f *folded) within(tx *gorm.DB, s span) ([]chunkState, error) {
	if f.chunks == nil {
		if err := f.readChunks(tx); err != nil {
			return nil, err
		}
	}
	first, _ := slices.BinarySearchFunc(f.chunks, s.first, chunkState.compare)
	beyond, _ := slices.BinarySearchFunc(f.chunks, s.last+1, chunkState.compare)
	return f.chunks[first:max(first, beyond)], nil
}

func (f *folded) readChunks(tx *gorm.DB) error {
	known := part{what: epochsPart, epoch: f.epoch}
	if chunks, ok := recall[[]chunkState](f.memory, known); ok {
		f.chunks = chunks
		return nil
	}
	f.chunks = []chunkState{}
	err := readRows(tx, "SELECT chunk, epoch FROM facet_chunks WHERE chunk >= 0 ORDER BY chunk", nil, func(scan scanFunc) error {
		var one chunkState
		err := scan(&one.chunk, &one.epoch)
		f.chunks = append(f.chunks, one)
		return err
	})
	if err == nil {
		f.keep(known, f.chunks, 32*len(f.chunks))
	}
	return err
}

// states are the chunks of a run in which any claim may have a value of these fields, with the log over them.
func (f *folded) states(tx *gorm.DB, s span, fields ...string) ([]chunkState, error) {
	v, err := viewOf(tx)
	if err != nil {
		return nil, err
	}
	stored, err := f.within(tx, s)
	if err != nil {
		return nil, err
	}
	return v.over(stored, s, fields...), nil
}

// over puts what the log changes of fields over the chunks of a run.
func (v view) over(stored []chunkState, s span, fields ...string) []chunkState {
	if v.overlay == nil {
		return stored
	}
	all := slices.Clone(stored)
	v.eachLast(fields, func(chunk int64, last logState) {
		i, ok := slices.BinarySearchFunc(all, chunk, chunkState.compare)
		switch {
		case ok && last.row > all[i].log.row:
			all[i].log = last
		case !ok && s.has(chunk): // of which nothing is stored
			all = slices.Insert(all, i, chunkState{chunk: chunk, log: last})
		}
	})
	return all
}

// strip is what is remembered of one thing: a piece for each of some chunks, in their order.
type strip[T any] []piece[T]

// piece is a part of something in a chunk, as it is in a state of that.
type piece[T any] struct {
	chunkState
	part T
}

// pick puts the pieces of these chunks into a list of as many, and tells from which chunk to which one some are missing.
func (s strip[T]) pick(wanted []chunkState, into strip[T]) (missing span) {
	missing = nowhere
	for i, w := range wanted {
		for len(s) > 0 && s[0].chunk < w.chunk {
			s = s[1:]
		}
		if len(s) > 0 && s[0].chunkState == w {
			into[i] = s[0]
		} else {
			missing = missing.with(w.chunk)
		}
	}
	return missing
}

// of is the part of the strip that is of these chunks as they are wanted, if all of them are there, and nothing between them.
func (s strip[T]) of(wanted []chunkState) (found strip[T], ok bool) {
	if len(wanted) == 0 {
		return nil, true
	}
	first, _ := slices.BinarySearchFunc(s, wanted[0].chunk, piece[T].compare)
	if len(s)-first < len(wanted) {
		return nil, false
	}
	found = s[first : first+len(wanted) : first+len(wanted)]
	for i, w := range wanted {
		if found[i].chunkState != w {
			return nil, false
		}
	}
	return found, true
}

// with is the strip with these pieces, instead of others of the same chunks.
func (s strip[T]) with(pieces []piece[T]) strip[T] {
	all := make(strip[T], 0, len(s)+len(pieces))
	for _, p := range pieces {
		for len(s) > 0 && s[0].chunk < p.chunk {
			all, s = append(all, s[0]), s[1:]
		}
		if len(s) > 0 && s[0].chunk == p.chunk {
			s = s[1:]
		}
		all = append(all, p)
	}
	return slices.Clip(append(all, s...))
}

// complete puts what was loaded into the pieces of all chunks, from one of those that were missing to another. Of a chunk of
// which nothing was loaded, there is nothing.
func complete[T any](chunks []chunkState, into, loaded strip[T], missing span) {
	for i, c := range chunks {
		if !missing.has(c.chunk) {
			continue
		}
		into[i] = piece[T]{chunkState: c}
		if k, ok := slices.BinarySearchFunc(loaded, c.chunk, piece[T].compare); ok {
			into[i].part = loaded[k].part
		}
	}
}

// sizeOfStrip is about how many bytes a strip takes.
func sizeOfStrip[T any](s strip[T], sizeOf func(T) int) (n int) {
	for _, p := range s {
		n += 40 + sizeOf(p.part)
	}
	return n
}
