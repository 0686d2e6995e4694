package pgtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Engine is a kind of database that a suite runs on.
type Engine string

// The engines that the tracker supports.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Now is the engine that the tests of this process run on just now, and server the address of the PostgreSQL server.
var (
	Now    = SQLite
	server string
)

// Main runs a package's tests on each engine in turn and returns the exit code: SQLite first, then PostgreSQL, on the
// server that TEST_POSTGRES_DSN names or on one of its own. Where there is neither, it says so in one line.
func Main(m *testing.M) int {
	if code := m.Run(); code != 0 || fuzzing() {
		return code
	}
	server = os.Getenv("TEST_POSTGRES_DSN")
	if server == "" {
		own, err := Start("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
		if errors.Is(err, ErrNotInstalled) {
			return withoutServer(err)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			return 1
		}
		defer func() {
			if err := own.Remove(); err != nil {
				fmt.Fprintln(os.Stderr, "pgtest:", err)
			}
		}()
		server = own.DSN("postgres")
	}
	fmt.Println("on PostgreSQL:")
	Now = Postgres
	code := m.Run()
	if template.name != "" {
		if err := Drop(context.Background(), server, template.name); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			return 1
		}
	}
	return code
}

// fuzzing tells whether go test was asked to fuzz, which one engine is enough for.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// withoutServer says that the tests were not run on PostgreSQL, which is a failure where everything is to be checked: CI.
func withoutServer(err error) int {
	fmt.Println("not run on PostgreSQL:", err)
	if os.Getenv("CI") != "" {
		return 1
	}
	return 0
}

// Address is the address of an empty database of the engine of the moment: a file in a temporary folder of the test, or a
// new PostgreSQL database, which is dropped with the test.
func Address(t testing.TB) string {
	t.Helper()
	if Now == SQLite {
		return filepath.Join(t.TempDir(), "claimtracker.db")
	}
	return database(t, "")
}

// template is the PostgreSQL database that those of Migrated are copies of, and file the SQLite file: each is made once a
// process.
var (
	template struct {
		sync.Once
		name string
		err  error
	}
	file struct {
		sync.Once
		contents []byte
		err      error
	}
)

// Migrated is the address of an empty database that has its schema already. Bringing the schema up costs more than most
// tests: migrate does so once on each engine and leaves nothing open, and all that ask get copies; a package has one such
// schema.
func Migrated(t testing.TB, migrate func(address string) error) string {
	t.Helper()
	if Now == SQLite {
		return copied(t, migrate)
	}
	template.Do(func() {
		var address string
		if template.name, address, template.err = Database(context.Background(), server, ""); template.err == nil {
			template.err = migrate(address)
		}
	})
	if template.err != nil {
		t.Fatal(template.err)
	}
	return database(t, template.name)
}

// copied is the name of a copy of the SQLite file that migrate has made.
func copied(t testing.TB, migrate func(address string) error) string {
	t.Helper()
	address := Address(t)
	file.Do(func() {
		if file.err = migrate(address); file.err == nil {
			file.contents, file.err = os.ReadFile(address)
		}
	})
	if file.err != nil {
		t.Fatal(file.err)
	}
	if err := os.WriteFile(address, file.contents, 0o600); err != nil {
		t.Fatal(err)
	}
	return address
}

// database is the address of a copy of a template, dropped with the test.
func database(t testing.TB, template string) string {
	t.Helper()
	name, address, err := Database(context.Background(), server, template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Drop(context.Background(), server, name); err != nil {
			t.Error(err)
		}
	})
	return address
}
