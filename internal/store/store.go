package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Store is an open database, with one typed collection a resource. It is safe for use by many goroutines.
type Store struct {
	Sources     Sources
	Actors      Actors
	Elections   Elections
	Articles    Articles
	Sentences   Sentences
	Claims      Claims
	Occurrences Occurrences
	Techniques  Techniques
	Results     Results

	engine   engine
	read     *gorm.DB
	write    *gorm.DB
	replicas *replicas // nil where there are none
	now      func() time.Time

	dictionary dictionary
	memory     memory
	records    recordMemory
	overlays   overlays
	settled    atomic.Pointer[settled] // nil where nothing was seen yet
	mostLogged int64                   // changes in the log of facets
	codes      sync.Map                // the codes of techniques that were seen, which stay
	known      known
	sentences  memory // that new claims stand on
	queue      *queue
	commits    atomic.Uint64   // counted up before each commit of this process and after it: odd while one is under way
	latest     tracker.Instant // the latest moment that any record carries; the queue's own
	which      string          // the database that was written to last; the queue's own
	databases  atomic.Int64    // how many there have been

	gate     sync.Mutex // held to look at closed and join underWay
	closed   bool
	underWay sync.WaitGroup
}

// engine is where the databases truly differ.
type engine interface {
	// open returns the pool that writes and the pool that only reads, of a database whose schema is current.
	open(ctx context.Context, config *gorm.Config) (write, read *gorm.DB, err error)
	// turn is how a transaction that writes must begin.
	turn() *sql.TxOptions
	// begin makes a transaction that has just begun the only one that writes, until it ends. It returns the latest moment
	// that any other process has given a record, and which database it is that answers: a name that is another one once that was
	// restored, or another server took its place, which may have lost what was committed.
	begin(tx *gorm.DB) (latest tracker.Instant, which string, err error)
	// end comes right before the commit of a transaction that has written; latest is the latest moment that any record has.
	end(tx *gorm.DB, latest tracker.Instant) error
	// between is called by the only one of this process who writes, after each transaction and before the next.
	between()
	// commits is Store.Commits, where mine is the counter of this process.
	commits(ctx context.Context, read *gorm.DB, mine *atomic.Uint64) (n uint64, quiet bool, err error)
	// test makes a condition one by which rows are tested, and by which no index is chosen where the engine would choose badly.
	test(condition string) string
	// anyOf is the condition of being one of what a query gives, which is run first.
	anyOf(query string) string
	// snapshot is how a transaction that only reads must begin to see one state of the database throughout.
	snapshot() *sql.TxOptions
	// newClaimIDs are the next n ids that the tables of claims and of occurrences give out, in order.
	newClaimIDs(tx *gorm.DB, n int) (claims, occurrences []int64, err error)
	// ready is nil when a write would be accepted now.
	ready(ctx context.Context, write *gorm.DB) error
	// away tells whether an error means that the database cannot be reached, or cannot do its work, and may soon again.
	away(err error) bool
	// undone tells whether a commit that failed with an error is known to have left nothing.
	undone(err error) bool
	// lost tells whether an error is of the connection only, so that the same may go through on another at once.
	lost(err error) bool
	// replica returns a pool on a read-only copy of the database, which need not be up.
	replica(address string) (gorm.Dialector, *sql.DB, error)
	// close lets go of the database; called once both pools are closed.
	close() error

	// openSource returns a pool that only reads, of a database that is there and that is left as it is. It refuses one
	// whose schema is not the one that this program knows.
	openSource(ctx context.Context, config *gorm.Config) (*gorm.DB, error)
	// same tells whether another engine's database is this one, however it is addressed. This one is open.
	same(ctx context.Context, db *gorm.DB, other engine) (bool, error)
	// unhurried lets a transaction's statements, and the pauses between them, take as long as they need.
	unhurried(tx *gorm.DB) error
	// recount lets the planner know what the tables of records hold now, all that this transaction has written of them too.
	recount(tx *gorm.DB) error
	// highest is the highest id that a table ever gave out, and setHighest makes it give out higher ones only; undone
	// with the transaction.
	highest(tx *gorm.DB, table string) (int64, error)
	setHighest(tx *gorm.DB, table string, id int64) error
}

// Open opens a database and migrates it as needed: a PostgreSQL database where the address begins with postgres://, else
// the SQLite file of that name, which is made if it is not there and taken for this process alone.
//
// It refuses, with a sentence that says why, a file that another process has open, that is damaged or that is not a claim
// tracker's, a server that is too old, and a schema that is newer than this program. Instants are taken from now. Lists
// are read from the replicas, where some are named: the addresses of streaming replicas of the PostgreSQL database.
func Open(ctx context.Context, address string, log *slog.Logger, now func() time.Time, replicas ...string) (*Store, error) {
	s := &Store{engine: engineOf(address), now: now, mostLogged: mostLogged, memory: memory{most: mostInMemory},
		sentences: memory{most: mostOfSentences}}
	var err error
	if s.write, s.read, err = s.engine.open(ctx, configOf(s.engine, log, now)); err != nil {
		return nil, errors.Join(err, s.engine.close())
	}
	s.queue = newQueue(s.commit, s.engine.between)
	if err := s.replicate(replicas, log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.write.WithContext(ctx).Raw(latestMoment).Scan(&s.latest).Error; err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.rebuild(ctx, log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Sources, s.Actors, s.Elections, s.Articles = Sources{s}, Actors{s}, Elections{s}, Articles{s}
	s.Sentences, s.Claims, s.Occurrences, s.Techniques = Sentences{s}, Claims{s}, Occurrences{s}, Techniques{s}
	s.Results = Results{s}
	return s, nil
}

// latestMoment is the latest moment that any record carries; an index away for each table.
var latestMoment = func() string {
	var each []string
	for _, table := range []string{"sources", "actors", "elections", "articles", "claims", "occurrences"} {
		each = append(each, "SELECT max(updated_at) AS moment FROM "+table)
	}
	return "SELECT COALESCE(max(moment), 0) FROM (" + strings.Join(each, " UNION ALL ") + ") AS moments"
}()

func configOf(e engine, log *slog.Logger, now func() time.Time) *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		NowFunc:                now,
		Logger:                 newStatementLog(log, e),
	}
}

func engineOf(address string) engine {
	if isPostgres(address) {
		return &postgresEngine{dsn: address}
	}
	return &sqliteEngine{path: address}
}

// keywords find libpq's other way to name a database ("host=... password=..."), which must not be taken for a file's name.
var keywords = regexp.MustCompile(`(^|\s)(host|hostaddr|port|user|password|dbname)\s*=`)

// CheckAddress is nil when Open can make sense of an address, which is not to say that anything is there.
func CheckAddress(address string) error {
	if keywords.MatchString(address) {
		return errors.New("must be the URL of a PostgreSQL database, such as postgres://user:password@host:5432/claims; keywords are not read")
	}
	if !isPostgres(address) && !strings.Contains(address, "://") {
		return nil
	}
	_, err := postgresSettings(address)
	return err
}

// CheckReplica is nil when Open can make sense of the address of a replica beside that of its primary.
func CheckReplica(primary, address string) error {
	if !isPostgres(primary) {
		return errors.New("only a PostgreSQL database has replicas, and this one is a file")
	}
	_, err := postgresSettings(address)
	return err
}

// Shown is an address as it may be shown: without a password or anything else that is none of the reader's business.
func Shown(address string) string {
	if !isPostgres(address) {
		return address // the name of a file
	}
	settings, err := postgresSettings(address)
	if err != nil {
		return "postgres://"
	}
	return fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(settings.Host, strconv.Itoa(int(settings.Port))), settings.Database)
}

// Close waits for what is under way and closes the database clean; what comes after it is Unavailable. The readers go
// first: the last connection to leave folds SQLite's write-ahead log into the file, and only a writer can.
func (s *Store) Close() error {
	s.gate.Lock()
	s.closed = true
	s.gate.Unlock()
	// Closing a pool does not wait for the transactions that run in it, and the lock must outlast them.
	s.underWay.Wait()
	s.queue.close()
	return errors.Join(s.replicas.close(), closePool(s.read), closePool(s.write), s.engine.close())
}

func closePool(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Write runs fn in a transaction that is durable when Write returns nil, and undone when fn or the commit fails or ctx
// ends first. Writes that come at the same time may share a transaction: fn may be run more than once, and begins with the
// same each time. Within Together, it is a part of that transaction.
func (s *Store) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if j, ok := ctx.Value(together{}).(*joint); ok {
		err := fn(j.tx)
		if err != nil && j.failed == nil {
			j.failed = err
		}
		return err
	}
	return s.submit(&job{ctx: ctx, fn: fn})
}

// alone is Write in a transaction that it shares with nobody, because it takes long.
func (s *Store) alone(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.submit(&job{ctx: ctx, fn: fn, alone: true})
}

func (s *Store) submit(j *job) error {
	j.done = make(chan struct{})
	return s.run(j.ctx, func() error { return s.queue.do(j) })
}

// CommitTogether says how many writes that wait are committed in one transaction, at the most: 1 gives each its own.
func (s *Store) CommitTogether(most int) { s.queue.most.Store(int64(max(1, most))) }

// Commits counts what was ever committed: as long as it stays the same, so does every answer. It is not quiet while a
// commit is under way, and nobody knows whether it shows already. Where it could not be read, it is Unavailable.
func (s *Store) Commits(ctx context.Context) (n uint64, quiet bool, err error) {
	err = s.run(ctx, func() error {
		n, quiet, err = s.engine.commits(ctx, s.read, &s.commits)
		return err
	})
	return n, quiet, err
}

// Embedded tells whether Commits is at hand, so that asking for it costs nothing and takes no waiting.
func (s *Store) Embedded() bool {
	_, embedded := s.engine.(*sqliteEngine)
	return embedded
}

// Read runs fn on one snapshot of the database, which fn cannot change. Within Together, it sees what was written there.
// Where a connection breaks, fn is run again on another.
func (s *Store) Read(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if j, ok := ctx.Value(together{}).(*joint); ok {
		return fn(j.tx)
	}
	return s.run(ctx, func() error {
		err := s.read.WithContext(s.withSight(ctx)).Transaction(fn, s.engine.snapshot())
		if s.onlyLost(ctx, err) {
			err = s.read.WithContext(s.withSight(ctx)).Transaction(fn, s.engine.snapshot())
		}
		return err
	})
}

// look is Read for a single statement, which sees one state of the database as it is, or for several that need not see the
// same one. A statement of SQLite is run to its end: it is to be one that finds rows by their keys, or a page of them.
func (s *Store) look(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if j, ok := ctx.Value(together{}).(*joint); ok {
		return fn(j.tx)
	}
	if s.Replicated() {
		return s.Read(ctx, fn) // a statement by itself might be run on a replica
	}
	return s.run(ctx, func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.Embedded() {
			// Watching for the end of a context costs more than such a statement.
			return fn(s.read.WithContext(context.WithoutCancel(ctx)))
		}
		err := fn(s.read.WithContext(ctx))
		if s.onlyLost(ctx, err) {
			err = fn(s.read.WithContext(ctx))
		}
		return err
	})
}

// glance is Browse for statements that read no more than a page and what belongs to it. Those of SQLite are run to their end.
func (s *Store) glance(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if !s.Embedded() {
		return s.Browse(ctx, fn)
	}
	return s.inspect(ctx, fn)
}

// inspect is Read for statements that find rows by their keys, or a page of them. Those of SQLite are run to their end, and need
// no transaction as long as nothing is committed: then all of them see the same state. If something is, fn is run again within
// one.
func (s *Store) inspect(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if !s.Embedded() {
		return s.Read(ctx, fn)
	}
	if now := s.calm(); now.holds() {
		if err := s.look(ctx, fn); now.holds() {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return s.failure(ctx, err)
	}
	return s.Read(context.WithoutCancel(ctx), fn) // as for look
}

// glanceOnce is glance for a single statement.
func (s *Store) glanceOnce(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if !s.Embedded() {
		return s.Browse(ctx, fn)
	}
	return s.look(ctx, fn)
}

// onlyLost tells whether an error is of the connection only, and there is time left to try again.
func (s *Store) onlyLost(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && tracker.CodeOf(err) == "" && s.engine.lost(err)
}

// run does what Close waits for.
func (s *Store) run(ctx context.Context, do func() error) error {
	s.gate.Lock()
	if s.closed {
		s.gate.Unlock()
		return tracker.Errorf(tracker.Unavailable, "The tracker is stopping; nothing was changed")
	}
	s.underWay.Add(1)
	s.gate.Unlock()
	defer s.underWay.Done()
	return s.failure(ctx, do())
}

// Together makes all that fn does with the context it is given one transaction. A Write that fails within it fails all
// of it, also where fn passes over the error: what that Write had done by then cannot be told from the rest.
func (s *Store) Together(ctx context.Context, fn func(ctx context.Context) error) error {
	all := func(tx *gorm.DB) error {
		j := &joint{tx: tx}
		if err := fn(context.WithValue(ctx, together{}, j)); err != nil {
			return err
		}
		return j.failed
	}
	if _, ok := ctx.Value(together{}).(*joint); ok {
		return s.Write(ctx, all)
	}
	return s.alone(ctx, all)
}

// joint is the transaction of Together, and the first error of a Write within it.
type joint struct {
	tx     *gorm.DB
	failed error
}

// together is the key under which a context carries the joint transaction of Together.
type together struct{}

// Ready is nil when the store has just written, else Unavailable.
func (s *Store) Ready(ctx context.Context) error {
	err := s.run(ctx, func() error { return s.engine.ready(ctx, s.write.WithContext(ctx)) })
	if err != nil && tracker.CodeOf(err) == "" {
		return errors.Join(tracker.Errorf(tracker.Unavailable, "The database cannot be written"), err)
	}
	return err
}

// failure turns a database's error into the domain's, where it means something to the caller.
func (s *Store) failure(ctx context.Context, err error) error {
	switch {
	case err == nil, tracker.CodeOf(err) != "":
		return err
	case ctx.Err() != nil:
		return errors.Join(tracker.Errorf(tracker.Unavailable, "The request took too long or was cancelled; %s", left(err)), err)
	case s.engine.away(err):
		return errors.Join(tracker.Errorf(tracker.Unavailable, "The database cannot do this just now; %s", left(err)), err)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return errors.Join(tracker.Errorf(tracker.Conflict, "A record like this is there already"), err)
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return errors.Join(tracker.Errorf(tracker.Conflict, "A record that this one points at, or that points at it, stands against it"), err)
	default:
		return err
	}
}

// left is what a write that failed has left behind.
func left(err error) string {
	if errors.Is(err, errInDoubt) {
		return "what was to be written may or may not be there"
	}
	return "nothing was changed"
}

// Empty tells whether nothing was ever kept here, so that the demonstration may be.
func (s *Store) Empty(ctx context.Context) (empty bool, err error) {
	err = s.Read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT NOT EXISTS (SELECT 1 FROM sources) AND NOT EXISTS (SELECT 1 FROM actors)" +
			" AND NOT EXISTS (SELECT 1 FROM elections) AND NOT EXISTS (SELECT 1 FROM techniques)").Scan(&empty).Error
	})
	return empty, err
}
