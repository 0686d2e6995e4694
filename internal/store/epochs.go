package store

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"gorm.io/gorm"
)

// The folded index, which is the postings and the counters of facets, has an epoch: a number that is another one whenever
// anything of it is. A chunk has the epoch of the whole as it was when a posting of that chunk changed last. What was read of a
// chunk is right for every snapshot in which the chunk has the same epoch, whatever has become of the others.

// chanceBits are the lowest bits of an epoch, which are random: a server that lost what it had committed, and goes on, gives the
// same number to another state, and is not to be taken at its word.
const chanceBits = 20

// nextEpoch gives the index a new epoch, and these chunks too, in the transaction that changes them.
func nextEpoch(tx *gorm.DB, chunks []int64) error {
	var epoch int64
	err := readRows(tx, `INSERT INTO facet_chunks (chunk, epoch) VALUES (-1, ?)
		ON CONFLICT (chunk) DO UPDATE SET epoch = (((facet_chunks.epoch >> 20) + 1) << 20) | excluded.epoch RETURNING epoch`,
		[]any{rand.Int64N(1 << chanceBits)}, func(scan scanFunc) error { return scan(&epoch) })
	if err != nil || len(chunks) == 0 {
		return err
	}
	return execute(tx, speechOf(tx).renumber, epoch, listOf(chunks))
}

// chunkEpoch is a chunk with its epoch.
type chunkEpoch struct{ chunk, epoch int64 }

func (c chunkEpoch) compare(chunk int64) int { return cmp.Compare(c.chunk, chunk) }

// folded is the folded index as a transaction that only reads sees it, and what is remembered of it.
type folded struct {
	memory *memory
	asked  bool
	epoch  int64
	chunks []chunkEpoch // those that have postings, in their order
}

// foldable is the key under which the context of a transaction that only reads carries its folded index.
type foldable struct{}

// counting is Browse for what is asked of facets: it uses what is remembered, and adds to it. Within Together it does neither,
// as what was written there may be undone.
func (s *Store) counting(ctx context.Context, fn func(tx *gorm.DB) error) error {
	f := new(folded)
	return s.Browse(context.WithValue(ctx, foldable{}, f), func(tx *gorm.DB) error {
		*f = folded{memory: &s.memory} // each transaction sees a state of its own
		return fn(tx)
	})
}

// foldedOf is the folded index as a transaction sees it, or nil where nothing may be remembered of that.
func foldedOf(tx *gorm.DB) (*folded, error) {
	f, _ := tx.Statement.Context.Value(foldable{}).(*folded)
	if f == nil || f.asked {
		return f, nil
	}
	err := readRows(tx, "SELECT epoch FROM facet_chunks WHERE chunk = -1", nil, func(scan scanFunc) error { return scan(&f.epoch) })
	if err != nil {
		return nil, err
	}
	f.asked = true
	known := part{what: epochsPart, id: f.epoch}
	if chunks, ok := recall[[]chunkEpoch](f.memory, known); ok {
		f.chunks = chunks
		return f, nil
	}
	err = readRows(tx, "SELECT chunk, epoch FROM facet_chunks WHERE chunk >= 0 ORDER BY chunk", nil, func(scan scanFunc) error {
		var one chunkEpoch
		err := scan(&one.chunk, &one.epoch)
		f.chunks = append(f.chunks, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.memory.keep(known, f.chunks, 16*len(f.chunks))
	return f, nil
}

// within are the chunks of a run that have postings.
func (f *folded) within(s span) []chunkEpoch {
	first, _ := slices.BinarySearchFunc(f.chunks, s.first, chunkEpoch.compare)
	beyond, _ := slices.BinarySearchFunc(f.chunks, s.last+1, chunkEpoch.compare)
	return f.chunks[first:max(first, beyond)]
}

// strip is what is remembered of one thing: a piece for each of some chunks, in their order.
type strip[T any] []piece[T]

// piece is a part of something in a chunk, as it is at an epoch.
type piece[T any] struct {
	chunkEpoch
	part T
}

// pick puts the pieces of these chunks into a list of as many, and tells from which chunk to which one some are missing.
func (s strip[T]) pick(wanted []chunkEpoch, into strip[T]) (missing span) {
	missing = nowhere
	for i, w := range wanted {
		for len(s) > 0 && s[0].chunk < w.chunk {
			s = s[1:]
		}
		if len(s) > 0 && s[0].chunkEpoch == w {
			into[i] = s[0]
		} else {
			missing = missing.with(w.chunk)
		}
	}
	return missing
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
func complete[T any](chunks []chunkEpoch, into, loaded strip[T], missing span) {
	for i, c := range chunks {
		if !missing.has(c.chunk) {
			continue
		}
		into[i] = piece[T]{chunkEpoch: c}
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
