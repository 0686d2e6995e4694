package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// copiedTable is a table that a copy carries over.
type copiedTable struct {
	name string
	key  string // the columns of the primary key
	self string // the column that points into the same table, if there is one
}

// copiedTables are all tables with records of a tracker, each after those that it points into. A test compares them with
// what the migrations make.
var copiedTables = []copiedTable{
	{name: "sources", key: "id"},
	{name: "actors", key: "id", self: "parent_id"},
	{name: "elections", key: "id"},
	{name: "tactics", key: "code"},
	{name: "techniques", key: "code"},
	{name: "articles", key: "id"},
	{name: "article_versions", key: "article_id, n"},
	{name: "sentences", key: "id"},
	{name: "claims", key: "id"},
	{name: "claim_tags", key: "claim_id, ordinal"},
	{name: "claim_techniques", key: "claim_id, ordinal"},
	{name: "claim_actors", key: "claim_id, ordinal"},
	{name: "occurrences", key: "id"},
}

// uncopiedTables belong to the database itself: the versions of its schema, the high-water marks of its ids, whose turn
// it is to write, and what is derived, which is made anew.
var uncopiedTables = append(indexTables(), "goose_db_version", "sqlite_sequence", "write_turn", "derived", "claim_documents",
	actorDocuments, articleDocuments, electionDocuments, sourceDocuments, "facets", "postings", "facet_log", "facet_chunks", "tallies",
	"source_aliases", "actor_aliases", "actor_parts")

const (
	// batchRows and batchBytes bound what one statement writes; a row may be larger than batchBytes by itself.
	batchRows, batchBytes = 256, 1 << 20
	// batchParameters is below what either engine takes in one statement (SQLite: 32766).
	batchParameters = 30000
)

// CopiedTable is what was copied of one table.
type CopiedTable struct {
	Name string
	Rows int64
	// SHA256 is over all the rows in the order of their primary key, and the same on every engine.
	SHA256 string
}

// Copy copies a whole tracker, every row and every column as it is, into a database that holds no record, and tells what
// it copied once all of it was read back and found the same. Both addresses are those of Open. New ids go on after the
// highest that either database ever gave out. progress is told what is being done, and how much of it all.
//
// The source is only read, in one snapshot. It must be there, and its schema be this program's: a SQLite file must not be
// in use, a PostgreSQL database may be. The target is made and migrated as needed, and written in one transaction: where
// Copy fails, or the process ends, it holds no record and Copy may be run again.
func Copy(ctx context.Context, from, to string, log *slog.Logger, now func() time.Time, progress func(doing string, done, of int64)) (copied []CopiedTable, err error) {
	source := engineOf(from)
	defer func() { err = errors.Join(err, source.close()) }()
	reading, err := source.openSource(ctx, configOf(source, log, now))
	if err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	}
	defer func() { err = errors.Join(err, closePool(reading)) }()
	if same, err := source.same(ctx, reading, engineOf(to)); err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	} else if same {
		return nil, errors.New("the source and the target are the same database")
	}
	target, err := Open(ctx, to, log, now)
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	// What fails within the inner transaction, or at its end, undoes the outer one.
	err = target.alone(ctx, func(to *gorm.DB) error {
		return reading.WithContext(ctx).Transaction(func(from *gorm.DB) error {
			c := copier{source: source, target: target.engine, from: from, to: to, progress: progress}
			copied, err = c.copy()
			return err
		}, source.snapshot())
	})
	if err != nil {
		return nil, err
	}
	return copied, nil
}

// copier copies from one transaction to another.
type copier struct {
	source, target engine
	from, to       *gorm.DB
	progress       func(doing string, done, of int64)
	done, of       int64 // rows read, of either database
}

func (c *copier) copy() ([]CopiedTable, error) {
	if err := errors.Join(c.source.unhurried(c.from), c.target.unhurried(c.to)); err != nil {
		return nil, err
	}
	if err := c.refuseFilled(); err != nil {
		return nil, err
	}
	var copied []CopiedTable
	for _, t := range copiedTables {
		rows, err := count(c.from, t)
		if err != nil {
			return nil, err
		}
		c.of += 2 * rows
	}
	for _, t := range copiedTables {
		read, err := c.copyTable(t)
		if err != nil {
			return nil, fmt.Errorf("copying %s: %w", t.name, err)
		}
		copied = append(copied, read)
	}
	for i, t := range copiedTables {
		if err := c.verify(t, copied[i]); err != nil {
			return nil, err
		}
	}
	if err := c.target.recount(c.to); err != nil {
		return nil, err
	}
	for _, d := range derivations {
		if err := d.remake(c.to); err != nil {
			return nil, fmt.Errorf("deriving %s: %w", d.name, err)
		}
	}
	return copied, nil
}

// refuseFilled is nil where the target holds no record, else an error that says what is in it.
func (c *copier) refuseFilled() error {
	var there []string
	for _, t := range copiedTables {
		n, err := count(c.to, t)
		if err != nil {
			return err
		}
		if n > 0 {
			there = append(there, fmt.Sprintf("%d %s", n, strings.ReplaceAll(t.name, "_", " ")))
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("the target is not empty, it holds %s: copy into a new database", strings.Join(there, ", "))
	}
	return nil
}

func count(tx *gorm.DB, t copiedTable) (n int64, err error) {
	err = tx.Raw("SELECT count(*) FROM " + t.name).Scan(&n).Error
	return n, err
}

// columnsOf are a table's columns by name, and whether each is a boolean, which SQLite knows as a number.
func columnsOf(tx *gorm.DB, t copiedTable) (names []string, boolean []bool, err error) {
	rows, err := tx.Raw("SELECT * FROM " + t.name + " LIMIT 0").Rows()
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(types, func(a, b *sql.ColumnType) int { return strings.Compare(a.Name(), b.Name()) })
	for _, column := range types {
		names = append(names, column.Name())
		boolean = append(boolean, strings.HasPrefix(column.DatabaseTypeName(), "BOOL"))
	}
	return names, boolean, rows.Err()
}

// copyTable copies a table's rows and its high-water mark, and tells what was read.
func (c *copier) copyTable(t copiedTable) (read CopiedTable, err error) {
	columns, _, err := columnsOf(c.from, t)
	if err != nil {
		return read, err
	}
	theirs, boolean, err := columnsOf(c.to, t)
	if err != nil {
		return read, err
	}
	if !slices.Equal(columns, theirs) {
		return read, fmt.Errorf("the source has the columns %s and the target %s", strings.Join(columns, ", "), strings.Join(theirs, ", "))
	}
	w, err := c.writer(t, columns, boolean)
	if err != nil {
		return read, err
	}
	read, err = c.scan(c.from, "copying", t, columns, w.write)
	if err == nil {
		err = w.flush()
	}
	if err := errors.Join(err, w.close()); err != nil {
		return read, err
	}
	if t.self != "" {
		if err := c.pointBack(t); err != nil {
			return read, err
		}
	}
	return read, c.carryHighest(t)
}

// scan reads a table in the order of its key and gives fn each row, as values that are alike on all engines.
func (c *copier) scan(tx *gorm.DB, doing string, t copiedTable, columns []string, fn func(row []any) error) (read CopiedTable, err error) {
	read.Name = t.name
	ctx := tx.Statement.Context
	// Both drivers fetch rows as they are asked for: no more than one is in memory.
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT "`+strings.Join(columns, `", "`)+`" FROM `+t.name+" ORDER BY "+t.key)
	if err != nil {
		return read, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	text, digest := slices.Index(columns, "text"), slices.Index(columns, "sha256")
	sum := newRowSum()
	into := make([]any, len(columns))
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return read, err
		}
		if err := sum.add(row); err != nil {
			return read, err
		}
		if text >= 0 && digest >= 0 {
			words, _ := row[text].(string)
			if is := sha256.Sum256([]byte(words)); hex.EncodeToString(is[:]) != row[digest] {
				return read, fmt.Errorf("row %d of %s is damaged: its text does not have its sha256 %v", read.Rows+1, t.name, row[digest])
			}
		}
		if err := fn(row); err != nil {
			return read, err
		}
		read.Rows++
		c.done++
		if read.Rows%batchRows == 0 {
			c.progress(doing+" "+t.name, c.done, c.of)
		}
	}
	c.progress(doing+" "+t.name, c.done, c.of)
	read.SHA256 = sum.String()
	return read, rows.Err()
}

// pointBack writes the column that points into the same table: a row may point at one that comes after it.
func (c *copier) pointBack(t copiedTable) (err error) {
	ctx := c.from.Statement.Context
	rows, err := c.from.Statement.ConnPool.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %[2]s IS NOT NULL ORDER BY %[1]s", t.key, t.self, t.name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	p := parameters{tx: c.to}
	update := "UPDATE " + t.name + " SET " + t.self + " = " + p.next() + " WHERE " + t.key + " = " + p.next()
	for rows.Next() {
		var key, self any
		if err := rows.Scan(&key, &self); err != nil {
			return err
		}
		if _, err := c.to.Statement.ConnPool.ExecContext(ctx, update, self, key); err != nil {
			return err
		}
	}
	return rows.Err()
}

// carryHighest makes the target give out ids that neither database ever gave out.
func (c *copier) carryHighest(t copiedTable) error {
	if t.key != "id" {
		return nil
	}
	mine, err := c.source.highest(c.from, t.name)
	if err != nil {
		return err
	}
	theirs, err := c.target.highest(c.to, t.name)
	if err != nil {
		return err
	}
	if err := c.target.setHighest(c.to, t.name, max(mine, theirs)); err != nil {
		return err
	}
	if kept, err := c.target.highest(c.to, t.name); err != nil || kept != max(mine, theirs) {
		return errors.Join(fmt.Errorf("the highest id is %d in the target; it was to be %d", kept, max(mine, theirs)), err)
	}
	return nil
}

// verify reads a table of the target back and compares it with what was read of the source.
func (c *copier) verify(t copiedTable, want CopiedTable) error {
	columns, _, err := columnsOf(c.to, t)
	if err != nil {
		return err
	}
	got, err := c.scan(c.to, "verifying", t, columns, func([]any) error { return nil })
	switch {
	case err != nil:
		return fmt.Errorf("verifying %s: %w", t.name, err)
	case got.Rows != want.Rows:
		return fmt.Errorf("the target has %d rows of %s and the source %d: nothing was kept", got.Rows, t.name, want.Rows)
	case got.SHA256 != want.SHA256:
		return fmt.Errorf("the rows of %s are not the same in the target as in the source: nothing was kept", t.name)
	}
	return nil
}

// rowWriter writes rows in batches: many in one statement or, of a batch that is not full, each in one of its own. So a
// table takes two statements, whatever the sizes of its rows.
type rowWriter struct {
	ctx       context.Context
	many, one *sql.Stmt
	full      int // rows that many takes
	boolean   []bool
	leftOut   int // the column that is written later, or -1
	values    []any
	bytes     int
}

func (c *copier) writer(t copiedTable, columns []string, boolean []bool) (*rowWriter, error) {
	w := &rowWriter{ctx: c.to.Statement.Context, full: min(batchRows, batchParameters/len(columns)), boolean: boolean, leftOut: -1}
	if t.self != "" {
		w.leftOut = slices.Index(columns, t.self)
	}
	var err error
	if w.one, err = c.insertion(t, columns, 1); err != nil {
		return nil, err
	}
	if w.many, err = c.insertion(t, columns, w.full); err != nil {
		return nil, errors.Join(err, w.one.Close())
	}
	return w, nil
}

// insertion is a statement that inserts that many rows.
func (c *copier) insertion(t copiedTable, columns []string, rows int) (*sql.Stmt, error) {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.name + ` ("` + strings.Join(columns, `", "`) + `") VALUES `)
	p := parameters{tx: c.to}
	for row := range rows {
		for column := range columns {
			switch {
			case column > 0:
				b.WriteString(", ")
			case row > 0:
				b.WriteString("), (")
			default:
				b.WriteString("(")
			}
			b.WriteString(p.next())
		}
	}
	b.WriteString(")")
	return c.to.Statement.ConnPool.PrepareContext(c.to.Statement.Context, b.String())
}

// write takes a row, which it may keep for a while.
func (w *rowWriter) write(row []any) error {
	for i, v := range row {
		switch v := v.(type) {
		case int64:
			if w.boolean[i] {
				row[i] = v != 0
			}
		case bool:
			if !w.boolean[i] {
				row[i] = map[bool]int64{true: 1}[v]
			}
		case string:
			w.bytes += len(v)
		case []byte:
			w.bytes += len(v)
		}
	}
	if w.leftOut >= 0 {
		row[w.leftOut] = nil
	}
	w.values = append(w.values, row...)
	if len(w.values) == w.full*len(row) || w.bytes >= batchBytes {
		return w.flush()
	}
	return nil
}

func (w *rowWriter) flush() error {
	defer func() {
		clear(w.values)
		w.values, w.bytes = w.values[:0], 0
	}()
	width := len(w.boolean)
	if len(w.values) == w.full*width {
		_, err := w.many.ExecContext(w.ctx, w.values...)
		return err
	}
	for row := range slices.Chunk(w.values, width) {
		if _, err := w.one.ExecContext(w.ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func (w *rowWriter) close() error { return errors.Join(w.many.Close(), w.one.Close()) }

// parameters writes a statement's parameters as its engine does.
type parameters struct {
	tx *gorm.DB
	n  []any
}

func (p *parameters) next() string {
	var b strings.Builder
	p.n = append(p.n, nil)
	p.tx.Dialector.BindVarTo(&b, &gorm.Statement{Vars: p.n}, nil)
	return b.String()
}

// rowSum is a hash over rows that does not depend on the engine: a truth value counts as the number 0 or 1, and every
// value begins with its kind and, where that varies, its length.
type rowSum struct {
	hash    hash.Hash
	scratch []byte
}

func newRowSum() *rowSum { return &rowSum{hash: sha256.New()} }

func (s *rowSum) add(row []any) error {
	b := s.scratch[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case bool:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(map[bool]int64{true: 1}[v]))
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
		case string:
			b = append(binary.BigEndian.AppendUint64(append(b, 's'), uint64(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint64(append(b, 'b'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("a value of type %T cannot be copied", v)
		}
	}
	s.scratch = b
	_, err := s.hash.Write(b)
	return err
}

func (s *rowSum) String() string { return hex.EncodeToString(s.hash.Sum(nil)) }
