package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/plugin/dbresolver"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

const (
	// oldestPostgres is the oldest PostgreSQL that is served, as server_version_num has it.
	oldestPostgres = 140000
	// postgresWriters and postgresReaders bound the connections of one instance; each replica gets readers of its own.
	// Writes take turns, so more writers would only wait in the server rather than here.
	postgresWriters, postgresReaders = 4, 16
	// writerIdle is short: an instance that hangs, or that a broken network cuts off, has to give back its turn to write.
	// A reader is in nobody's way, and may be sending what it has read to a slow client.
	writerIdle, readerIdle = "10s", "5min"
	// migrating is the advisory lock of whoever migrates a database: "claims" in ASCII.
	migrating = 0x636c61696d73
)

// postgresEngine keeps the tracker in a PostgreSQL database, which other instances may use too.
type postgresEngine struct {
	dsn string
	// era counts the events after which no connection from before is to be trusted: the server ended some, or the schema
	// changed under the statements that they have prepared.
	era     atomic.Int64
	servers []*server // the primary and its replicas
}

// isPostgres tells whether an address is that of a PostgreSQL database.
func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// postgresSettings reads an address. Its error does not quote it: there may be a password in it.
func postgresSettings(address string) (*pgx.ConnConfig, error) {
	settings, err := pgx.ParseConfig(address)
	if err != nil || !isPostgres(address) {
		return nil, errors.New("must be the URL of a PostgreSQL database, such as postgres://user:password@host:5432/claims")
	}
	for _, other := range settings.Fallbacks {
		if other.Host != settings.Host || other.Port != settings.Port {
			// Each connection would try one host after the other, and a silent one first would outlast every request.
			return nil, errors.New("must name one server; for a failover, name the address that leads to the primary")
		}
	}
	return settings, nil
}

func (e *postgresEngine) open(ctx context.Context, config *gorm.Config) (write, read *gorm.DB, err error) {
	if err := e.prepare(ctx); err != nil {
		return nil, nil, err
	}
	server, err := e.server(e.dsn) //nolint:contextcheck // its pulse is felt for as long as the store is open, not for this call
	if err != nil {
		return nil, nil, err
	}
	if write, err = usePool(config, server.pool(postgresWriters, writerIdle)); err != nil {
		return nil, nil, err
	}
	read, err = usePool(config, server.pool(postgresReaders, readerIdle))
	return write, read, err
}

func usePool(config *gorm.Config, pool *sql.DB) (*gorm.DB, error) {
	own := *config
	// The server was reached just now; a replica need not be there yet.
	own.DisableAutomaticPing = true
	return gorm.Open(postgres.New(postgres.Config{Conn: pool}), &own)
}

func (e *postgresEngine) replica(address string) (gorm.Dialector, *sql.DB, error) {
	server, err := e.server(address)
	if err != nil {
		return nil, nil, err
	}
	pool := server.pool(postgresReaders, readerIdle)
	return postgres.New(postgres.Config{Conn: pool}), pool, nil
}

func (e *postgresEngine) server(address string) (*server, error) {
	s, err := newServer(address, &e.era)
	if err == nil {
		e.servers = append(e.servers, s)
	}
	return s, err
}

// prepare refuses a server that is too old and brings the schema up to date. Of several instances that start at once, one
// does so and the others wait for it.
func (e *postgresEngine) prepare(ctx context.Context) (err error) {
	settings, err := postgresSettings(e.dsn)
	if err != nil {
		return fmt.Errorf("the database's address %w", err)
	}
	settings.ConnectTimeout = connectTimeout
	pool := stdlib.OpenDB(*settings) // without the limits of time that other statements have
	defer func() { err = errors.Join(err, pool.Close()) }()
	locked, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cannot reach PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	var version int
	if err := locked.QueryRowContext(ctx, "SELECT current_setting('server_version_num')").Scan(&version); err != nil {
		return fmt.Errorf("cannot read PostgreSQL's version: %w", err)
	}
	if version < oldestPostgres {
		return fmt.Errorf("the PostgreSQL server is version %d.%d; it must be %d or newer", version/10000, version%10000, oldestPostgres/10000)
	}
	// The lock ends with the connection. Goose's own locks only part of this, and tries again every few seconds.
	if _, err := locked.ExecContext(ctx, "SELECT pg_advisory_lock("+strconv.Itoa(migrating)+")"); err != nil {
		return fmt.Errorf("waiting for another instance that migrates: %w", err)
	}
	return migrate(ctx, pool, goose.DialectPostgres, "migrations/postgres")
}

// turn sees, once it has waited for the turn, what was written meanwhile, whatever the server's default is.
func (e *postgresEngine) turn() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
}

func (e *postgresEngine) begin(tx *gorm.DB) (latest tracker.Instant, which string, err error) {
	err = readRow(tx, `SELECT latest, extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())
		FROM write_turn WHERE id = 1 FOR UPDATE`, nil, &latest, &which)
	return latest, which, err
}

func (e *postgresEngine) end(tx *gorm.DB, latest tracker.Instant) error {
	return tx.Exec("UPDATE write_turn SET commits = commits + 1, latest = ? WHERE id = 1", int64(latest)).Error
}

// between has nothing to do: PostgreSQL folds its log by itself.
func (e *postgresEngine) between() {}

// commits reads the counter of all instances, which changes in the very moment in which what was written can be seen. After
// a failover it may have gone back, and count other commits by the same numbers: so it is told apart by the server's start.
func (e *postgresEngine) commits(ctx context.Context, read *gorm.DB, _ *atomic.Uint64) (n uint64, quiet bool, err error) {
	primary := read.WithContext(ctx).Clauses(dbresolver.Write) // and not a replica, which may lag
	err = primary.Raw("SELECT commits + (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint FROM write_turn WHERE id = 1").Scan(&n).Error
	return n, true, err
}

// anyOf is an array, of which PostgreSQL does not guess that it holds a large part of a table.
func (e *postgresEngine) anyOf(query string) string { return "= ANY (ARRAY(" + query + "))" }

// test leaves the choice of an index to PostgreSQL, which has counted.
func (e *postgresEngine) test(condition string) string { return "(" + condition + ")" }

func (e *postgresEngine) newClaimIDs(tx *gorm.DB, n int) (claims, occurrences []int64, err error) {
	next := func(table string) (ids []int64) {
		if err == nil {
			err = tx.Raw("SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)", table, n).Scan(&ids).Error
		}
		return ids
	}
	claims, occurrences = next("claims"), next("occurrences")
	return claims, occurrences, err
}

func (e *postgresEngine) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// ready takes the turn to write and gives it back. A standby refuses; a turn that is not to be had soon is none.
func (e *postgresEngine) ready(_ context.Context, write *gorm.DB) error {
	undo := errors.New("undone on purpose")
	err := write.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("SET LOCAL lock_timeout = '1500ms'").Error; err != nil {
			return err
		}
		if err := tx.Exec("UPDATE write_turn SET id = id WHERE id = 1").Error; err != nil {
			return err
		}
		return undo
	}, e.turn())
	if errors.Is(err, undo) {
		return nil
	}
	return err
}

// The errors of PostgreSQL that mean more than their class.
const (
	noSuchStatement      = "26000" // a prepared statement is gone, or stands on another connection of a proxy
	readOnlyTransaction  = "25006" // a standby was asked to write
	serializationFailure = "40001" // on a standby: what it replayed got in the way of a query
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	queryCancelled       = "57014" // by us, or out of time
)

// away tells whether an error means that the server cannot be reached, or is not serving now, or will not in time.
func (e *postgresEngine) away(err error) bool {
	if unreachable(err) {
		return true
	}
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		if staleStatement(said) {
			return true
		}
		switch said.Code {
		case readOnlyTransaction, serializationFailure, deadlockDetected, lockNotAvailable:
			return true
		}
		switch said.Code[:2] {
		case "08", "53", "57": // the connection; no resources; the operator (shutting down, starting up, cancelled)
			return true
		}
		return false
	}
	return broken(err)
}

// staleStatement tells whether a prepared statement is no more what it was, because the schema changed under it. The error's
// code is that of anything that is not supported, and its words are in the server's language.
func staleStatement(said *pgconn.PgError) bool {
	return said.Routine == "RevalidateCachedQuery" || said.Code == noSuchStatement
}

// broken tells whether an error is that of a connection which is no more.
func broken(err error) bool {
	_, network := errors.AsType[net.Error](err)
	for _, end := range []error{pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, driver.ErrBadConn, sql.ErrConnDone} {
		network = network || errors.Is(err, end)
	}
	return network
}

// undone is never known.
func (e *postgresEngine) undone(error) bool { return false }

// lost tells whether an error is of the connection that a transaction ran on rather than of the server: the same may go
// through on another. From then on no connection from before is used.
func (e *postgresEngine) lost(err error) bool {
	if unreachable(err) {
		return false
	}
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := said.Code[:2]
		ended := class == "08" || class == "57" && said.Code != queryCancelled
		if !ended && !staleStatement(said) && said.Code != readOnlyTransaction {
			return false
		}
	} else if !broken(err) {
		return false
	}
	e.era.Add(1)
	return true
}

func (e *postgresEngine) close() error {
	for _, s := range e.servers {
		s.close()
	}
	return nil
}

// openSource opens a server that other instances may be writing to: what is read of it is one snapshot.
func (e *postgresEngine) openSource(ctx context.Context, config *gorm.Config) (*gorm.DB, error) {
	server, err := e.server(e.dsn) //nolint:contextcheck // its pulse is felt for as long as the source is read, not for this call
	if err != nil {
		return nil, fmt.Errorf("the database's address %w", err)
	}
	pool := server.pool(1, readerIdle)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach PostgreSQL: %w", err), pool.Close())
	}
	if err := migrated(ctx, pool, goose.DialectPostgres, "migrations/postgres"); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	read, err := usePool(config, pool)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return read, nil
}

// postgresIdentity differs between any two places where a tracker can be kept: server, database and schema.
const postgresIdentity = "SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), oid, current_schema()) FROM pg_database WHERE datname = current_database()"

func (e *postgresEngine) same(ctx context.Context, db *gorm.DB, other engine) (_ bool, err error) {
	its, ok := other.(*postgresEngine)
	if !ok {
		return false, nil
	}
	var mine, theirs string
	if err := db.WithContext(ctx).Raw(postgresIdentity).Scan(&mine).Error; err != nil {
		return false, err
	}
	settings, err := postgresSettings(its.dsn)
	if err != nil {
		return false, fmt.Errorf("the database's address %w", err)
	}
	settings.ConnectTimeout = connectTimeout
	connection, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return false, fmt.Errorf("cannot reach PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, connection.Close(context.WithoutCancel(ctx))) }()
	err = connection.QueryRow(ctx, postgresIdentity).Scan(&theirs)
	return mine == theirs, err
}

func (e *postgresEngine) unhurried(tx *gorm.DB) error {
	if err := tx.Exec("SET LOCAL statement_timeout = 0").Error; err != nil {
		return err
	}
	return tx.Exec("SET LOCAL idle_in_transaction_session_timeout = 0").Error
}

// recount does what autovacuum does in time, and only to what is committed. Not knowing how few occurrences a claim has, the
// planner looks for those of each article: minutes, where it is a second.
func (e *postgresEngine) recount(tx *gorm.DB) error {
	var names []string
	for _, t := range copiedTables {
		names = append(names, t.name)
	}
	return tx.Exec("ANALYZE " + strings.Join(names, ", ")).Error
}

func (e *postgresEngine) highest(tx *gorm.DB, table string) (id int64, err error) {
	sequence, err := sequenceOf(tx, table)
	if err != nil {
		return 0, err
	}
	var given int64
	if err := tx.Raw("SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM " + sequence).Scan(&given).Error; err != nil {
		return 0, err
	}
	// A row that was written with its id has not moved the sequence.
	err = tx.Raw("SELECT GREATEST(?::bigint, COALESCE(max(id), 0)) FROM "+table, given).Scan(&id).Error
	return id, err
}

// setHighest alters the sequence, because setval would stay where the transaction is undone.
func (e *postgresEngine) setHighest(tx *gorm.DB, table string, id int64) error {
	sequence, err := sequenceOf(tx, table)
	if err != nil {
		return err
	}
	return tx.Exec(fmt.Sprintf("ALTER SEQUENCE %s RESTART WITH %d", sequence, id+1)).Error
}

// sequenceOf names, quoted, the sequence that gives out a table's ids.
func sequenceOf(tx *gorm.DB, table string) (name string, err error) {
	err = tx.Raw("SELECT pg_get_serial_sequence(?, 'id')", table).Scan(&name).Error
	return name, err
}

// postgresSpeech: a list is a JSON array. An array of the numbers rather than a join, so that the index is what is read.
var postgresSpeech = speech{
	places:     "articles a JOIN occurrences o ON o.article_id = a.id",
	among:      "= ANY (ARRAY(SELECT CAST(listed.number AS bigint) FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS listed (number)))",
	listed:     "(SELECT jsonb_array_elements_text(?::jsonb)::bigint)",
	amongWords: "= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(? AS jsonb))))",
	lookUp: `SELECT f.id, f.field, f.value, f.claims FROM jsonb_array_elements(CAST(? AS jsonb)) AS wanted
		JOIN facets AS f ON f.field = wanted ->> 0 AND f.value = wanted ->> 1`,
	enter: `INSERT INTO facets (field, value, claims) SELECT n ->> 0, n ->> 1, 0
		FROM jsonb_array_elements(CAST(? AS jsonb)) AS n RETURNING id, field, value`,
	postings: `SELECT p.id, p.claims FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS f
		JOIN postings AS p ON p.id BETWEEN CAST(f AS bigint) + ? AND CAST(f AS bigint) + ?`,
	keep: `INSERT INTO postings (id, claims)
		SELECT CAST(n ->> 0 AS bigint), substring(codes.joined FROM CAST(n ->> 1 AS integer) FOR CAST(n ->> 2 AS integer))
		FROM (SELECT ?::bytea AS joined) AS codes, jsonb_array_elements(CAST(? AS jsonb)) AS n
		ON CONFLICT (id) DO UPDATE SET claims = excluded.claims`,
	count: `UPDATE facets SET claims = facets.claims + CAST(c ->> 1 AS bigint)
		FROM jsonb_array_elements(CAST(? AS jsonb)) AS c WHERE facets.id = CAST(c ->> 0 AS bigint)`,
	sheets: `SELECT p.id, f.value, p.claims FROM facets AS f
		JOIN postings AS p ON p.id BETWEEN (f.id << 24) + ? AND (f.id << 24) + ? WHERE f.field = ? AND f.claims > 0`,
	renumber: `INSERT INTO facet_chunks (chunk, epoch) SELECT CAST(n AS bigint), ? FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS n
		ON CONFLICT (chunk) DO UPDATE SET epoch = excluded.epoch`,
	gathered: "string_agg(CAST(id AS text), ',')",
	moments:  "COALESCE(string_agg(id || ' ' || created_at, ','), '')",
	joined:   "string_agg(document, chr(10))",
	sentence: `CAST((SELECT row_to_json(s) FROM (SELECT id, article_id, article_version, ordinal, span_start AS start, span_end AS "end", text) AS s)
		AS text)`,
	inTurn: `SELECT (SELECT document FROM claim_documents WHERE claim_id = CAST(wanted.id AS bigint)) AS document
		FROM jsonb_array_elements_text(CAST(? AS jsonb)) WITH ORDINALITY AS wanted (id, place) ORDER BY wanted.place`,
}

// postgresIndexer keeps search indexes in tables with a tsvector, where the main text has the weight A. What is long keeps
// no places there, of which PostgreSQL takes 255 of a term and 16383 in all: its terms are kept in order beside it.
type postgresIndexer struct{}

// put writes the rows by a statement for as many of them: powers of two each, so that there are not many statements to keep
// prepared.
func (postgresIndexer) put(tx *gorm.DB, ix *index, entries []indexed) error {
	for most := insertRows; len(entries) > 0; entries = entries[most:] {
		for most > len(entries) {
			most /= 2
		}
		var values []any
		for _, e := range entries[:most] {
			terms, words := tsvector(e.columns)
			values = append(values, e.id, terms, words)
		}
		query := "INSERT INTO " + ix.table() + " (id, terms, words) VALUES (?, ?::tsvector, ?)" + strings.Repeat(", (?, ?::tsvector, ?)", most-1) +
			" ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, words = excluded.words"
		if err := execute(tx, query, values...); err != nil {
			return err
		}
	}
	return nil
}

// The most that is kept of a record with the places of its terms: of one term, of all, and in bytes.
const (
	maxPlaces, maxAllPlaces = 255, 16383
	maxWithPlaces           = 300_000
)

// tsvector writes an entry as PostgreSQL reads it: with the places of the terms or, where it is too long for that, without
// them and with the terms in order. A term has no sign that means anything there.
func tsvector(columns []string) (vector, words string) {
	places, n, size := map[string][]string{}, 0, 0
	fits := true
	for i, column := range columns {
		weight := ""
		if i == 0 {
			weight = "A"
		}
		size += len(column)
		for t := range strings.FieldsSeq(column) {
			n++
			places[t] = append(places[t], strconv.Itoa(n)+weight)
			fits = fits && len(places[t]) <= maxPlaces
		}
	}
	fits = fits && n <= maxAllPlaces && size <= maxWithPlaces
	var b strings.Builder
	for _, t := range slices.Sorted(maps.Keys(places)) {
		b.WriteString("'" + t + "'")
		if fits {
			b.WriteString(":" + strings.Join(places[t], ","))
		}
		b.WriteByte(' ')
	}
	if !fits {
		words = " " + strings.Join(columns, " ") + " "
	}
	return b.String(), words
}

func (postgresIndexer) key() string { return "id" }

func (postgresIndexer) condition(ix *index, q search.Query, mainOnly bool) (string, []any) {
	if q.None() {
		return "1 = 0", nil
	}
	label := ""
	if mainOnly {
		label = "A"
	}
	if !q.Phrases() && !mainOnly {
		return "terms @@ ?::tsquery", []any{q.TSQuery("")}
	}
	// The index finds what has the words; of that, what is long is searched as it stands.
	long, values := inWords(q, mainOnly)
	words := cmp.Or(q.Words().TSQuery(""), "'"+search.Gap+"'")
	return "terms @@ ?::tsquery AND CASE words WHEN '' THEN terms @@ ?::tsquery ELSE " + long + " END",
		append([]any{words, q.TSQuery(label)}, values...)
}

// inWords is a query as a condition on the terms in order.
func inWords(q search.Query, mainOnly bool) (sql string, values []any) {
	in := "words"
	if mainOnly {
		in = "split_part(words, '" + search.Gap + "', 1)"
	}
	all := []string{"TRUE"}
	has := func(p search.Phrase, in string) string {
		text := " " + strings.Join(p.Terms, " ")
		if !p.Prefix {
			text += " "
		}
		values = append(values, text)
		return "strpos(" + in + ", ?) > 0"
	}
	for _, group := range q.Groups {
		var one []string
		for _, p := range group {
			one = append(one, has(p, in))
		}
		all = append(all, "("+strings.Join(one, " OR ")+")")
	}
	for _, p := range q.Without {
		all = append(all, "NOT "+has(p, "words"))
	}
	return strings.Join(all, " AND "), values
}

func (postgresIndexer) empty(tx *gorm.DB, ix *index) error {
	return tx.Exec("DELETE FROM " + ix.table()).Error
}

// settle lets the planner know how common each term is.
func (postgresIndexer) settle(tx *gorm.DB, ix *index) error {
	return tx.Exec("ANALYZE " + ix.table()).Error
}

// prepare has each query planned for its words: how common they are decides what is fast.
func (postgresIndexer) prepare(tx *gorm.DB) error {
	return tx.Exec("SET LOCAL plan_cache_mode = force_custom_plan").Error
}
