package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm"
)

// overlay is what the log of facets holds, as far as it was read: what has changed with them since it was last folded into
// the postings. It only grows, and belongs to one epoch of the postings: with the next one, the log begins anew.
//
// Transactions that only read share one, and each considers only the rows that it sees itself: see view.
type overlay struct {
	epoch int64

	mu     sync.RWMutex
	marks  []int64 // of the log's rows, in their order
	facets map[int64]*changed
	fields map[string]*changedField
}

// changedField is a field with changes.
type changedField struct {
	facets []*changed
	chunks map[int64][]int32 // the rows that change anything of it, by the chunks in which they do
}

// changed is a facet with its changes. Its entry is as it is kept, without the log.
type changed struct {
	entry
	turns []logged
}

// logged is a change: the row of the log that it stands in, and how many claims more have the facet after it than are
// counted in its entry.
type logged struct {
	turn turn
	row  int32
	more int32
}

func newOverlay(epoch int64) *overlay {
	return &overlay{epoch: epoch, facets: map[int64]*changed{}, fields: map[string]*changedField{}}
}

// head is where the log ends for a transaction: its last row with its mark, and the epoch of the postings below it. The row is
// 0 where the log is empty.
type head struct{ epoch, row, mark int64 }

func headOf(tx *gorm.DB) (h head, err error) {
	err = readRows(tx, `SELECT COALESCE((SELECT epoch FROM facet_chunks WHERE chunk = -1), 0), COALESCE(max(id), 0), COALESCE(max(mark), 0)
		FROM (SELECT id, mark FROM facet_log ORDER BY id DESC LIMIT 1) AS newest`, nil, func(scan scanFunc) error {
		return scan(&h.epoch, &h.row, &h.mark)
	})
	return h, err
}

// errOtherLog says that the log is not the one of which an overlay has read the beginning: a server has lost rows that it had
// committed, and others stand in their place.
var errOtherLog = errors.New("the log of facets is another one than before")

// logRow is a row of the log.
type logRow struct {
	mark  int64
	turns []facetTurn
}

type facetTurn struct {
	facet int64
	turn  turn
}

// reach has the overlay hold all rows of the log up to where it ends for a transaction.
func (o *overlay) reach(tx *gorm.DB, h head) error {
	held, last := o.end()
	if h.row <= held {
		if o.mark(h.row) != h.mark {
			return errOtherLog
		}
		return nil
	}
	var rows []logRow
	unknown := map[int64]struct{}{}
	err := readLog(tx, held, func(id, mark int64, code []byte) error {
		if id == held {
			if mark != last {
				return errOtherLog
			}
			return nil
		}
		row := logRow{mark: mark}
		err := eachTurn(code, func(facet int64, t turn) {
			row.turns = append(row.turns, facetTurn{facet, t})
			unknown[facet] = struct{}{}
		})
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return err
	}
	entries, err := storedByID(tx, o.missing(unknown))
	if err != nil {
		return err
	}
	return o.add(held, rows, entries)
}

// end is how many rows of the log the overlay holds, and the mark of the last one.
func (o *overlay) end() (rows, mark int64) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if len(o.marks) == 0 {
		return 0, 0
	}
	return int64(len(o.marks)), o.marks[len(o.marks)-1]
}

func (o *overlay) mark(row int64) int64 {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.marks[row-1]
}

// missing are those of some facets that the overlay knows no entry of.
func (o *overlay) missing(facets map[int64]struct{}) (ids []int64) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for id := range facets {
		if o.facets[id] == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// add adds the rows of the log after one of them, save those that somebody else has added meanwhile.
func (o *overlay) add(after int64, rows []logRow, entries map[int64]entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, row := range rows {
		if at := int(after) + i; at < len(o.marks) {
			if o.marks[at] != row.mark {
				return errOtherLog
			}
			continue
		}
		for _, one := range row.turns {
			if err := o.turn(one, int32(len(o.marks)+1), entries); err != nil {
				return err
			}
		}
		o.marks = append(o.marks, row.mark)
	}
	return nil
}

// turn adds a change, in a row of the log.
func (o *overlay) turn(one facetTurn, row int32, entries map[int64]entry) error {
	c := o.facets[one.facet]
	if c == nil {
		e, ok := entries[one.facet]
		if !ok {
			return fmt.Errorf("the log of facets has a facet %d that is not there", one.facet)
		}
		c = &changed{entry: e}
		o.facets[one.facet] = c
		if o.fields[e.field] == nil {
			o.fields[e.field] = &changedField{chunks: map[int64][]int32{}}
		}
		o.fields[e.field].facets = append(o.fields[e.field].facets, c)
	}
	chunks, chunk := o.fields[c.field].chunks, chunkOf(one.turn.claim())
	if rows := chunks[chunk]; len(rows) == 0 || rows[len(rows)-1] != row {
		chunks[chunk] = append(rows, row)
	}
	more := int32(one.turn.more())
	if n := len(c.turns); n > 0 {
		more += c.turns[n-1].more
	}
	c.turns = append(c.turns, logged{one.turn, row, more})
	return nil
}

// view is the log as a transaction sees it: the rows of an overlay up to one of them. The zero view is that of an empty log.
type view struct {
	overlay *overlay
	row     int32
}

// until are those of some changes that the transaction sees.
func (v view) until(turns []logged) []logged {
	n := len(turns)
	for n > 0 && turns[n-1].row > v.row { // hardly any: transactions are short
		n--
	}
	return turns[:n]
}

// turns are the changes of a facet, in the order in which they were made.
func (v view) turns(facet int64) []logged {
	if v.overlay == nil {
		return nil
	}
	v.overlay.mu.RLock()
	defer v.overlay.mu.RUnlock()
	if c := v.overlay.facets[facet]; c != nil {
		return v.until(c.turns)
	}
	return nil
}

// more is how many claims more have a facet than are counted in its entry.
func (v view) more(facet int64) int64 {
	if turns := v.turns(facet); len(turns) > 0 {
		return int64(turns[len(turns)-1].more)
	}
	return 0
}

// of are the entries of a field that have changes, with how many claims have them now, which may be none.
func (v view) of(field string) (entries []entry) {
	if v.overlay == nil {
		return nil
	}
	v.overlay.mu.RLock()
	defer v.overlay.mu.RUnlock()
	f := v.overlay.fields[field]
	if f == nil {
		return nil
	}
	for _, c := range f.facets {
		if turns := v.until(c.turns); len(turns) > 0 {
			e := c.entry
			e.claims += int64(turns[len(turns)-1].more)
			entries = append(entries, e)
		}
	}
	return entries
}

// valueTurn is a change of who has a value of a field.
type valueTurn struct {
	value string
	turn  turn
}

// since are the changes of a field in a chunk after a row of the log; those of each value are in the order in which they were
// made.
func (v view) since(field string, chunk int64, row int32) (turns []valueTurn) {
	v.overlay.mu.RLock()
	defer v.overlay.mu.RUnlock()
	for _, c := range v.overlay.fields[field].facets {
		all := v.until(c.turns)
		first, _ := slices.BinarySearchFunc(all, row+1, func(l logged, row int32) int { return cmp.Compare(l.row, row) })
		for _, l := range all[first:] {
			if chunkOf(l.turn.claim()) == chunk {
				turns = append(turns, valueTurn{c.value, l.turn})
			}
		}
	}
	return turns
}

// eachLast gives fn the last row that changes a field in a chunk, with its mark, for each of these fields and its chunks.
func (v view) eachLast(fields []string, fn func(chunk int64, last logState)) {
	v.overlay.mu.RLock()
	defer v.overlay.mu.RUnlock()
	for _, field := range fields {
		f := v.overlay.fields[field]
		if f == nil {
			continue
		}
		for chunk, rows := range f.chunks {
			n := len(rows)
			for n > 0 && rows[n-1] > v.row {
				n--
			}
			if n > 0 {
				fn(chunk, logState{rows[n-1], v.overlay.marks[rows[n-1]-1]})
			}
		}
	}
}

// holds tells whether a row of the log has this mark.
func (v view) holds(s logState) bool {
	return s.row == 0 || v.overlay != nil && s.row <= v.row && v.overlay.mark(int64(s.row)) == s.mark
}

// overlays holds the overlay that transactions which only read share: what it holds is committed. Where there are replicas,
// which may lag behind a fold, it holds that of the epoch before, too.
type overlays struct {
	mu              sync.Mutex
	shared, earlier *overlay
	replicated      bool
}

// view is the log as a transaction that only reads sees it, and the epoch of the postings below it.
func (s *overlays) view(tx *gorm.DB) (v view, epoch int64, err error) {
	h, err := headOf(tx)
	if err != nil || h.row == 0 {
		return view{}, h.epoch, err
	}
	o := s.of(h.epoch)
	err = o.reach(tx, h)
	if errors.Is(err, errOtherLog) {
		o = s.instead(o)
		err = o.reach(tx, h)
	}
	return view{o, int32(h.row)}, h.epoch, err
}

// of is the overlay of an epoch: one that is shared, if the epoch is not an earlier one. Who reads an old state of the database
// gets one of his own.
func (s *overlays) of(epoch int64) *overlay {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shared == nil || s.shared.epoch < epoch {
		if s.replicated {
			s.earlier = s.shared
		}
		s.shared = newOverlay(epoch)
	}
	for _, o := range []*overlay{s.shared, s.earlier} {
		if o != nil && o.epoch == epoch {
			return o
		}
	}
	return newOverlay(epoch)
}

// forget lets go of what is shared: the epochs of another database may be lower.
func (s *overlays) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shared, s.earlier = nil, nil
}

// instead is an empty overlay in place of one that turned out to be of another log.
func (s *overlays) instead(of *overlay) *overlay {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := newOverlay(of.epoch)
	if s.shared == of {
		s.shared = o
	}
	if s.earlier == of {
		s.earlier = nil
	}
	return o
}

// sight is what a transaction that only reads has seen of the log, and of the index below it. It stands in the context of its statements.
type sight struct {
	overlays *overlays
	seen     bool
	view     view
	folded   folded
}

// sighted is the key under which a context carries the sight of a transaction.
type sighted struct{}

// withSight is a context for one transaction that only reads.
func (s *Store) withSight(ctx context.Context) context.Context {
	return context.WithValue(ctx, sighted{}, &sight{overlays: &s.overlays, folded: folded{memory: &s.memory, calm: s.calm()}})
}

// viewOf is the log as a transaction sees it. One that only reads sees one state of it throughout; one that writes sees what it
// has written itself, and shares that with nobody.
func viewOf(tx *gorm.DB) (v view, err error) {
	if t := transactionOf(tx); t != nil {
		return t.view(tx)
	}
	s := tx.Statement.Context.Value(sighted{}).(*sight) // all that reads facets is run by Read or Browse
	if !s.seen {
		s.view, s.folded.epoch, err = s.overlays.view(tx)
		s.seen = err == nil
	}
	return s.view, err
}

// view is the log as it is in a transaction that writes.
func (t *transaction) view(tx *gorm.DB) (view, error) {
	h, err := headOf(tx)
	if err != nil || h.row == 0 {
		return view{}, err
	}
	if t.overlay == nil || t.overlay.epoch != h.epoch {
		t.overlay = newOverlay(h.epoch)
	}
	return view{t.overlay, int32(h.row)}, t.overlay.reach(tx, h)
}
