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

// migrate brings a database's schema to the newest version in a folder, each step in a transaction, and refuses one that is
// newer than this program.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, options ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
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
