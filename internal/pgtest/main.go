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
	if err := dropTemplates(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return 1
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

// template is what databases are copies of: on PostgreSQL a database, on SQLite what was in a file.
type template struct {
	sync.Once
	database string
	contents []byte
	err      error
}

// templates are the templates of this process, by engine and name.
var templates sync.Map

// Copied is the address of a copy of a database that fill has made of an empty one, and left closed. It does so once for each
// name on each engine: to bring the schema up, or to log a few records, costs more than most tests do.
func Copied(t testing.TB, name string, fill func(address string) error) string {
	t.Helper()
	found, _ := templates.LoadOrStore(string(Now)+" "+name, &template{err: errors.New("filling the template of " + name + " was given up")})
	from := found.(*template)
	from.Do(func() { from.err = from.make(t, fill) })
	if from.err != nil {
		t.Fatal(from.err)
	}
	if Now == Postgres {
		return database(t, from.database)
	}
	address := Address(t)
	if err := os.WriteFile(address, from.contents, 0o600); err != nil {
		t.Fatal(err)
	}
	return address
}

func (m *template) make(t testing.TB, fill func(address string) error) (err error) {
	if Now == Postgres {
		var address string
		if m.database, address, err = Database(context.Background(), server, ""); err != nil {
			return err
		}
		return fill(address)
	}
	address := Address(t)
	if err := fill(address); err != nil {
		return err
	}
	m.contents, err = os.ReadFile(address)
	return err
}

// dropTemplates removes the templates from the server, which may be another's.
func dropTemplates() (err error) {
	for _, m := range templates.Range {
		if name := m.(*template).database; name != "" {
			err = errors.Join(err, Drop(context.Background(), server, name))
		}
	}
	return err
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
