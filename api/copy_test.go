package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claimtracker/internal/pgtest"
)

func seeded(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "claimtracker.db")
	if _, _, err := told("seed", "--database", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// withoutTime is a copy's summary without its last line, which says how long it took.
func withoutTime(summary string) string {
	return summary[:strings.LastIndex(summary, "Copied ")]
}

func TestTheSeedsAreCopiedFromFileToFileAndSaidTableByTable(t *testing.T) {
	from, to := seeded(t), filepath.Join(t.TempDir(), "copy.db")
	summary, _, err := told("copy", "--from", from, "--to", to)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sources", "techniques", "391 rows", "claims", "12 rows", "ok\n", "read back and are the same.\n"} {
		if !strings.Contains(summary, want) {
			t.Errorf("copying said\n%swant %q in it", summary, want)
		}
	}
	if _, _, err := told("copy", "--from", from, "--to", to); err == nil || !strings.Contains(err.Error(), "not empty") || !strings.Contains(err.Error(), "12 claims") {
		t.Errorf("copying again: %v; want it refused, saying what is there", err)
	}
}

func TestACopyOntoItselfOrOfNothingIsRefused(t *testing.T) {
	from := seeded(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(from, link); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{from, link} {
		if _, _, err := told("copy", "--from", from, "--to", to); err == nil || !strings.Contains(err.Error(), "the same database") {
			t.Errorf("copying a file to %s: %v; want it refused as the same", filepath.Base(to), err)
		}
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere.db")
	if _, _, err := told("copy", "--from", nowhere, "--to", link+".new"); err == nil || !strings.Contains(err.Error(), "there is no file") {
		t.Errorf("copying a file that is not there: %v; want it refused", err)
	}
	if _, _, err := told("copy", "--from", from); err == nil || !strings.Contains(err.Error(), "--to") {
		t.Errorf("copying to nowhere: %v; want --to asked for", err)
	}
}

func TestTheSeedsAreCopiedToPostgreSQLAndBack(t *testing.T) {
	server, err := pgtest.Start("fsync=off")
	if errors.Is(err, pgtest.ErrNotInstalled) {
		t.Log("not run:", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Remove(); err != nil {
			t.Error(err)
		}
	}()
	from, back := seeded(t), filepath.Join(t.TempDir(), "back.db")
	_, address, err := pgtest.Database(t.Context(), server.DSN("postgres"), "")
	if err != nil {
		t.Fatal(err)
	}
	there, _, err := told("copy", "--from", from, "--to", address)
	if err != nil {
		t.Fatal(err)
	}
	returned, _, err := told("copy", "--from", address, "--to", back)
	if err != nil {
		t.Fatal(err)
	}
	if withoutTime(there) != withoutTime(returned) {
		t.Errorf("there\n%sand back\n%swant the same rows and hashes", there, returned)
	}
	// The same database by another name, and with a password that no message may show.
	other := strings.Replace(address, "claims@127.0.0.1", "claims:hidden-word@localhost", 1)
	if _, _, err := told("copy", "--from", address, "--to", other); err == nil || !strings.Contains(err.Error(), "the same database") {
		t.Errorf("copying a database onto itself by another name: %v; want it refused", err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, ends := range [][2]string{{other, back + ".new"}, {from, other}} {
		if _, _, err := told("copy", "--from", ends[0], "--to", ends[1]); err == nil || !strings.Contains(err.Error(), "cannot reach PostgreSQL") || strings.Contains(err.Error(), "hidden-word") {
			t.Errorf("with the server down: %v; want that said, and no password", err)
		}
	}
}

func TestACopyThatIsKilledAnywhereCanBeRunAgain(t *testing.T) {
	from, to := seeded(t), filepath.Join(t.TempDir(), "copy.db")
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	// Killed ever later, until one is quick enough.
	for patience := 5 * time.Millisecond; ; patience = patience * 5 / 4 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		command := exec.CommandContext(ctx, path, "copy", "--from", from, "--to", to)
		out, err := command.CombinedOutput()
		killed := ctx.Err() != nil
		cancel()
		if err == nil {
			return
		}
		if !killed {
			// Killed between its commit and its end, the one before has done it all.
			if !strings.Contains(string(out), "12 claims") {
				t.Fatalf("after copies that were killed, one with %v ended with %v:\n%s", patience, err, out)
			}
			return
		}
	}
}
