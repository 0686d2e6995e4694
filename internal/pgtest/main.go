package pgtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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
		own, err := Start("fsync=off", "synchronous_commit=off", "full_page_writes=off")
		if errors.Is(err, ErrNotInstalled) {
			fmt.Println("not run on PostgreSQL:", err)
			return 0
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
	return m.Run()
}

// fuzzing tells whether go test was asked to fuzz, which one engine is enough for.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// Address is the address of an empty database of the engine of the moment: a file in a temporary folder of the test, or a
// new PostgreSQL database.
func Address(t testing.TB) string {
	t.Helper()
	if Now == SQLite {
		return filepath.Join(t.TempDir(), "claimtracker.db")
	}
	address, err := Database(context.Background(), server)
	if err != nil {
		t.Fatal(err)
	}
	return address
}
