//go:build !sqlite_fts5

package store

// The store searches with SQLite's FTS5, which the driver builds only when told to.
var _ = build_with_dash_tags_sqlite_fts5
