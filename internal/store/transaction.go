package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync/atomic"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// transaction is what a transaction that writes knows of itself. It stands in the context of its statements.
type transaction struct {
	latest tracker.Instant // the latest moment that any record carries
	wrote  bool            // whether a statement may have changed something
	// records is whether documents that recordMemory remembers were changed, or what lookAround finds.
	records bool
	added   []*newClaims // that are still to be written
	// touched are the claims from which something is derived that is to be made anew before the commit.
	touched map[int64]struct{}
	// fresh are those of them that are new in this transaction and nothing but what is known here.
	fresh map[int64]*tracker.Claim
	ready map[int64]*readyClaim // of fresh claims
	// facts are the ids of the facets that the touched claims had when the postings were last brought up to date, and entered
	// those of the facets that this transaction has made.
	facts      map[int64][]int64
	entered    map[int64]bool
	dictionary *dictionary
	overlay    *overlay // of the log of facets as it is within the transaction
	mostLogged int64    // changes in that log
}

// within is the key under which the context of a transaction's statements carries it.
type within struct{}

func transactionOf(tx *gorm.DB) *transaction {
	t, _ := tx.Statement.Context.Value(within{}).(*transaction)
	return t
}

// moment is the time, for a record that a transaction writes. It never goes back, whatever the clock does and whichever
// instance asks: what was created later has the greater id and no earlier created_at.
func (s *Store) moment(tx *gorm.DB) tracker.Instant {
	t := transactionOf(tx)
	t.latest = max(t.latest, tracker.InstantOf(s.now()))
	return t.latest
}

// commit runs jobs in one transaction and commits it. Where one of them fails after it wrote, or the transaction does,
// each gets a transaction of its own.
func (s *Store) commit(batch []*job) {
	if len(batch) == 1 || !s.attempt(batch) {
		for _, j := range batch {
			s.attempt([]*job{j})
		}
	}
}

// attempt runs jobs in one transaction, commits it and answers them. It is false where several were undone because one
// failed: then, none is answered.
func (s *Store) attempt(jobs []*job) (answered bool) {
	errs := make([]error, len(jobs))
	defer func() {
		if r := recover(); r != nil && len(jobs) == 1 {
			jobs[0].panicked, answered = r, true
		}
		if answered {
			for i, j := range jobs {
				j.err = errs[i]
				close(j.done)
			}
		}
	}()
	ctx, cancel := s.forAll(jobs)
	defer cancel()
	err := s.transact(ctx, jobs, errs)
	if errors.Is(err, errOneFailed) {
		return false
	}
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return true
}

// errOneFailed says that a transaction was undone because one of several writes in it failed.
var errOneFailed = errors.New("one of several writes failed")

// errInDoubt says that a write failed while it was being committed, so that it may be there or not.
var errInDoubt = errors.New("the commit failed")

// forStatements is the context of a job's statements. SQLite watches the end of a context for each statement by a goroutine
// of its own, which costs more than the short statements of most jobs do: theirs are run to their end.
func (s *Store) forStatements(j *job) context.Context {
	if s.Embedded() && !j.alone {
		return context.WithoutCancel(j.ctx)
	}
	return j.ctx
}

// forAll is a context that ends when those of all jobs have ended, or with its cancel function.
func (s *Store) forAll(jobs []*job) (context.Context, context.CancelFunc) {
	if s.Embedded() && !jobs[0].alone {
		return context.WithoutCancel(jobs[0].ctx), func() {}
	}
	if len(jobs) == 1 {
		return context.WithCancel(jobs[0].ctx)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(jobs[0].ctx))
	var left atomic.Int64
	left.Store(int64(len(jobs)))
	return ctx, cancelAfter(jobs, cancel, func() {
		if left.Add(-1) == 0 {
			cancel()
		}
	})
}

// cancelAfter has each job whose context ends call ended, until the function that it returns is called, which also cancels.
func cancelAfter(jobs []*job, cancel, ended func()) context.CancelFunc {
	var stops []func() bool
	for _, j := range jobs {
		stops = append(stops, context.AfterFunc(j.ctx, ended))
	}
	return func() {
		cancel()
		for _, stop := range stops {
			stop()
		}
	}
}

// forAny is the context of waiting for the turn: it ends with ctx, and as soon as that of any job does, whose time is over
// then. SQLite has nobody else to wait for.
func (s *Store) forAny(ctx context.Context, jobs []*job) (context.Context, context.CancelFunc) {
	if s.Embedded() || len(jobs) == 1 {
		return ctx, func() {}
	}
	turn, cancel := context.WithCancel(ctx)
	return turn, cancelAfter(jobs, cancel, cancel)
}

// transact is one transaction with all that jobs write. errs are the failures of single jobs, which have written nothing;
// the error is that of the transaction, of which nothing is kept.
func (s *Store) transact(ctx context.Context, jobs []*job, errs []error) (err error) {
	turn, cancel := s.forAny(ctx, jobs)
	defer cancel()
	tx, t, err := s.begin(ctx, turn)
	if err != nil && s.onlyLost(turn, err) {
		tx, t, err = s.begin(ctx, turn)
	}
	if err != nil && turn.Err() != nil && len(jobs) > 1 {
		return errOneFailed // the others may wait for their turn still
	}
	if err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended {
			tx.Rollback() // whatever it says, nothing is kept
		}
	}()
	watched := tx.WithContext(ctx) // a statement of its own
	watched.Statement.ConnPool = watch{tx.Statement.ConnPool, t}
	all := watched.WithContext(context.WithValue(ctx, within{}, t))
	for i, j := range jobs {
		if errs[i] = j.ctx.Err(); errs[i] != nil {
			continue // nobody waits for it any more
		}
		before := t.wrote
		t.wrote = false
		errs[i] = s.runJob(j, all, t) //nolint:contextcheck // each job has a context of its own
		if errs[i] != nil && (t.wrote || tracker.CodeOf(errs[i]) == "") {
			if len(jobs) == 1 {
				return errs[i]
			}
			return errOneFailed
		}
		t.wrote = t.wrote || before
	}
	if !t.wrote {
		return nil
	}
	if err := s.seal(all, t); err != nil {
		if len(jobs) > 1 {
			return errOneFailed
		}
		return err
	}
	if len(jobs) == 1 && jobs[0].ctx.Err() != nil {
		return jobs[0].ctx.Err() // nobody waits for it any more
	}
	ended = true
	s.commits.Add(1)
	if t.records {
		s.records.change()
	}
	err = tx.Commit().Error
	if t.records {
		s.records.change()
	}
	s.commits.Add(1)
	if err != nil && s.engine.undone(err) {
		return err
	}
	if err != nil {
		return errors.Join(errInDoubt, err)
	}
	s.latest = t.latest
	return nil
}

// runJob runs a job in a transaction that others may share. A job finds there what those before it have added.
func (s *Store) runJob(j *job, all *gorm.DB, t *transaction) error {
	if !j.adds {
		if err := s.writeAdded(all, t); err != nil {
			return err
		}
	}
	return j.fn(all.WithContext(context.WithValue(s.forStatements(j), within{}, t)))
}

// begin begins a transaction that is the only one that writes. It waits for that until turn ends.
func (s *Store) begin(ctx, turn context.Context) (tx *gorm.DB, t *transaction, err error) {
	tx = s.write.WithContext(ctx).Begin(s.engine.turn())
	if tx.Error != nil {
		return nil, nil, tx.Error
	}
	latest, which, err := s.engine.begin(tx.WithContext(turn))
	if err != nil {
		tx.Rollback()
		return nil, nil, err
	}
	if which != s.which {
		s.dictionary.forget() // ids that this database may never have given, or given to other facets
		s.known.forget()
		s.codes.Clear()
		s.overlays.forget()
		s.databases.Add(1)
		s.which = which
	}
	return tx, &transaction{latest: max(s.latest, latest), touched: map[int64]struct{}{}, fresh: map[int64]*tracker.Claim{},
		ready: map[int64]*readyClaim{}, facts: map[int64][]int64{}, entered: map[int64]bool{},
		dictionary: &s.dictionary, mostLogged: s.mostLogged}, nil
}

// seal does what is left to do before a commit, once for all writes in it.
func (s *Store) seal(tx *gorm.DB, t *transaction) error {
	if err := s.writeAdded(tx, t); err != nil {
		return err
	}
	if err := derive(tx, t); err != nil {
		return err
	}
	return s.engine.end(tx, t.latest)
}

// watch notes in a transaction that a statement may have changed something.
type watch struct {
	gorm.ConnPool
	t *transaction
}

func (w watch) note(query string) {
	if !onlyReads(query) {
		w.t.wrote = true
	}
}

// onlyReads tells whether a statement is known to change nothing; the words of SQL are in capitals throughout.
func onlyReads(query string) bool {
	return strings.HasPrefix(query, "SELECT") ||
		strings.HasPrefix(query, "WITH") && !strings.Contains(query, "INSERT") && !strings.Contains(query, "UPDATE") && !strings.Contains(query, "DELETE")
}

// PrepareContext implements gorm.ConnPool.
func (w watch) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	w.note(query)
	return w.ConnPool.PrepareContext(ctx, query)
}

// ExecContext implements gorm.ConnPool.
func (w watch) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	w.note(query)
	return w.ConnPool.ExecContext(ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (w watch) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	w.note(query)
	return w.ConnPool.QueryContext(ctx, query, args...)
}

// QueryRowContext implements gorm.ConnPool.
func (w watch) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	w.note(query)
	return w.ConnPool.QueryRowContext(ctx, query, args...)
}
