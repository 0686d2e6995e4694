//go:build !cgo

package store

// SQLite is C: without cgo the driver would build, and fail at the first query.
var _ = build_with_CGO_ENABLED_1_and_a_C_compiler
