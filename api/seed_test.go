package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// everything is every row of every table of a closed database, save for the record of migrations.
func everything(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var names string
	if err := db.QueryRow("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'goose%'").Scan(&names); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for name := range strings.SplitSeq(names, ",") {
		all.WriteString(table(t, path, name))
	}
	return all.String()
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	seed := func() string {
		t.Helper()
		if stdout, stderr, err := told("seed", "--database", path); err != nil || stdout != "The seeds are in "+path+"\n" || stderr != "" {
			t.Fatalf("seed says %q and %q, %v", stdout, stderr, err)
		}
		return everything(t, path)
	}
	first := seed()
	if second := seed(); second != first {
		t.Error("seeding twice changed the database")
	}
	closedClean(t, path)

	// What users made of the seeds stays as they made it.
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		"UPDATE sources SET description = 'ours', version = 2 WHERE name = 'CNN'",
		"UPDATE actors SET name = 'Meta Platforms', version = 2 WHERE name = 'Meta'",
		"UPDATE actors SET kind = 'organization', version = 2 WHERE name = 'Microsoft'",
		"UPDATE elections SET date = '', version = 2",
		"UPDATE articles SET title = 'ours', version = 2",
		"UPDATE claims SET text = 'ours', status = 'in_review', version = 2 WHERE id = 1",
		"DELETE FROM claims WHERE id = 2",
	} {
		if _, err := db.Exec("PRAGMA foreign_keys = on; " + change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
	}
	db.Close()
	changed := everything(t, path)
	if changed == first {
		t.Fatal("the changes changed nothing")
	}
	if again := seed(); again != changed {
		t.Error("seeding changed what users had changed")
	}
}

func TestServeSeedsAnEmptyDatabaseOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	for _, args := range [][]string{serveArgs(path), serveArgs(path)} {
		p, stop := running(t, args...)
		p.serving(t)
		stop()
	}
	first := everything(t, path)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DELETE FROM occurrences; DELETE FROM claims; DELETE FROM elections"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	emptied := everything(t, path)
	p, stop := running(t, serveArgs(path)...)
	p.serving(t)
	stop()
	if got := everything(t, path); got != emptied || got == first {
		t.Error("serve put seeds into a database in use")
	}
}
