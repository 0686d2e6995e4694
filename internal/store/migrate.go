package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrateSQLite brings a SQLite database's schema to the newest version, each step in a transaction, and refuses one that
// is newer than this program.
func migrateSQLite(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("cannot read the migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the schema's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("the schema is at version %d, and this program knows it up to %d only: run a newer claimtracker", current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("cannot migrate from schema version %d to %d: %w", current, target, err)
	}
	return nil
}
