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
	provider, err := migrationsOf(db, dialect, folder, options...)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the schema's version: %w", err)
	}
	if current > target {
		return errNewer(current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("cannot migrate from schema version %d to %d: %w", current, target, err)
	}
	return nil
}

func errNewer(current, target int64) error {
	return fmt.Errorf("the schema is at version %d, and this program knows it up to %d only: run a newer claimtracker", current, target)
}

func migrationsOf(db *sql.DB, dialect goose.Dialect, folder string, options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the migrations: %w", err)
	}
	return provider, nil
}

// migrated refuses a database whose schema is not at the newest version in a folder, and leaves it as it is.
func migrated(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string) error {
	provider, err := migrationsOf(db, dialect, folder)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	target := sources[len(sources)-1].Version
	var current int64
	// Asking goose would make its table where there is none.
	if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&current); err != nil {
		return fmt.Errorf("no claim tracker can be read there: %w", err)
	}
	switch {
	case current > target:
		return errNewer(current, target)
	case current < target:
		return fmt.Errorf("the schema is at version %d and this program's at %d: start this program on it once, which brings it up to date", current, target)
	}
	return nil
}
