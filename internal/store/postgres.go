package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	// oldestPostgres is the oldest PostgreSQL that is served, as server_version_num has it.
	oldestPostgres = 140000
	// postgresWriters and postgresReaders bound the connections of one instance. Writes take turns, so more writers would
	// only wait in the server rather than here.
	postgresWriters, postgresReaders = 4, 16
	// connectTimeout bounds how long a request waits to learn that the server is away.
	connectTimeout = 1500 * time.Millisecond
)

// postgresEngine keeps the tracker in a PostgreSQL database, which other instances may use too.
type postgresEngine struct{ dsn string }

func (e *postgresEngine) open(ctx context.Context, config *gorm.Config) (write, read *gorm.DB, err error) {
	settings, err := pgx.ParseConfig(e.dsn)
	if err != nil {
		// The error of the parser quotes the address, and with it the password.
		return nil, nil, errors.New("the database's address cannot be read: it must be a postgres:// URL")
	}
	settings.ConnectTimeout = connectTimeout
	// No statement outlives the patience of its request by much, even where the cancellation gets lost.
	settings.RuntimeParams["statement_timeout"] = "60000"
	settings.RuntimeParams["idle_in_transaction_session_timeout"] = "60000"
	settings.RuntimeParams["application_name"] = "claimtracker"
	if write, err = e.pool(config, settings, postgresWriters); err != nil {
		return nil, nil, err
	}
	if err := e.prepare(ctx, write); err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	if read, err = e.pool(config, settings, postgresReaders); err != nil {
		return nil, nil, errors.Join(err, closePool(write))
	}
	return write, read, nil
}

func (e *postgresEngine) pool(config *gorm.Config, settings *pgx.ConnConfig, connections int) (*gorm.DB, error) {
	own := *config
	pool := stdlib.OpenDB(*settings)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return gorm.Open(postgres.New(postgres.Config{Conn: pool}), &own)
}

// prepare refuses a server that is too old and brings the schema up to date.
func (e *postgresEngine) prepare(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	var version int
	if err := pool.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("cannot reach PostgreSQL: %w", err)
	}
	if version < oldestPostgres {
		return fmt.Errorf("the PostgreSQL server is version %d.%d; it must be %d or newer", version/10000, version%10000, oldestPostgres/10000)
	}
	// Of several instances that start at once, one migrates and the others wait for it.
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	return migrate(ctx, pool, goose.DialectPostgres, "migrations/postgres", goose.WithSessionLocker(locker))
}

func (e *postgresEngine) begin(tx *gorm.DB) error {
	return tx.Exec("SELECT id FROM write_turn WHERE id = 1 FOR UPDATE").Error
}

func (e *postgresEngine) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// ready takes the turn to write and gives it back: a standby, or a server without room, refuses.
func (e *postgresEngine) ready(_ context.Context, write *gorm.DB) error {
	undo := errors.New("undone on purpose")
	err := write.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("UPDATE write_turn SET id = id WHERE id = 1").Error; err != nil {
			return err
		}
		return undo
	})
	if errors.Is(err, undo) {
		return nil
	}
	return err
}

// away tells whether an error means that the server cannot be reached, or is not serving now, or will not in time.
func (e *postgresEngine) away(err error) bool {
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Class 08: connection; 53: no resources; 57: operator intervention (shutdown, cannot connect now, cancelled);
		// 25006: a standby was asked to write.
		class := said.Code[:2]
		return class == "08" || class == "53" || class == "57" || said.Code == "25006"
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") ||
		errors.Is(err, sql.ErrConnDone)
}

func (e *postgresEngine) close() error { return nil }
