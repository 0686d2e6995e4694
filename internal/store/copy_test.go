package store_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "other.db") }

// directions are what can be copied into what. On SQLite's turn there is no PostgreSQL server; on PostgreSQL's there are both.
func directions() map[string][2]func(testing.TB) string {
	if pgtest.Now == pgtest.SQLite {
		return map[string][2]func(testing.TB) string{"SQLite to SQLite": {empty, file}}
	}
	return map[string][2]func(testing.TB) string{
		"SQLite to PostgreSQL": {file, pgtest.Address}, "PostgreSQL to SQLite": {empty, file},
		"PostgreSQL to PostgreSQL": {empty, pgtest.Address},
	}
}

// eachWay runs a test in each direction, with addresses of a source that holds nothing and of a target that is not there yet.
func eachWay(t *testing.T, test func(t *testing.T, from, to string)) {
	for name, ends := range directions() {
		t.Run(name, func(t *testing.T) { test(t, ends[0](t), ends[1](t)) })
	}
}

func copyNow(ctx context.Context, from, to string) ([]store.CopiedTable, error) {
	return store.Copy(ctx, from, to, slog.New(slog.DiscardHandler), clock(), func(string, int64, int64) {})
}

// within opens a store for as long as fn runs.
func within(address string, fn func(s *store.Store)) {
	s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
	defer func() { must(0, s.Close()) }()
	fn(s)
}

// do runs statements on a database.
func do(address string, statements ...string) {
	within(address, func(s *store.Store) {
		must(0, s.Write(bg, func(tx *gorm.DB) error {
			for _, statement := range statements {
				if err := tx.Exec(statement).Error; err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
			}
			return nil
		}))
	})
}

// fill keeps something of everything: texts in several scripts and one that is larger than a batch, more sentences than a
// batch has rows, an actor whose parent came after it, fields with and without a value, and changed and deleted records.
func fill(address string) {
	within(address, func(s *store.Store) {
		must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "Plan"}, {Code: "TA02", Name: "Objectives"}},
			[]tracker.Technique{{Code: "T0001", Name: "a", Tactic: "TA02", FrameworkVersion: "1.6"}, {Code: "T0001.001", Name: "b", Tactic: "TA01", Parent: "T0001", FrameworkVersion: "1.6"}}))
		child, parent := newActor(s, "Łódź — الناخب 选举 🗳"), newActor(s, "its parent")
		child = must(s.Actors.Update(bg, child.ID, anyVersion, func(in *tracker.ActorInput) error {
			in.ParentID, in.Aliases = &parent.ID, []string{"x\"y", "é"}
			return nil
		}))
		election := newElection(s, "General election")
		first := newArticle(s, "It was rigged.\nيوم الانتخابات. 选举日。 🗳 It was not.")
		must(s.Articles.AddVersion(bg, first.ID, read("It was rigged, again.")))
		must(s.Articles.AddVersion(bg, first.ID, read(strings.Repeat("It was said to be rigged by them.\n", 700))))
		newArticle(s, strings.Repeat("x", store.BatchBytes+10)+".")
		sentences := must(s.Articles.Get(bg, first.ID, nil)).Latest.Sentences
		on := func(i int) tracker.NewOccurrence {
			return tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: sentences[i].ID}}
		}
		for i := range 3 {
			claim := claimed(fmt.Sprint("claim ", i), on(i))
			claim.Tags, claim.Techniques = []string{"one", "two"}, []string{"T0001.001"}
			claim.Actors = []tracker.ActorRole{{ActorID: child.ID, Role: tracker.RoleSpeaker}}
			if i == 1 {
				claim.ElectionID, claim.ClaimedOn = &election.ID, "2024-01-31"
			}
			made := must(s.Claims.Create(bg, claim))
			must(s.Occurrences.Create(bg, made.ID, on(10+i)))
			if i == 2 {
				must(0, s.Claims.Delete(bg, made.ID, anyVersion))
			}
		}
		must(0, s.Elections.Delete(bg, newElection(s, "called off").ID, anyVersion))
	})
}

func dumpOf(t *testing.T, address string) (all string) {
	t.Helper()
	within(address, func(s *store.Store) { all = dump(t, s) })
	return all
}

func TestACopyThereAndBackIsTheSame(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		before := dumpOf(t, from)
		there, err := copyNow(bg, from, to)
		if err != nil {
			t.Fatal(err)
		}
		// As far as engines print values alike, what is there now reads as what was copied.
		alike := strings.NewReplacer("is_origin:true", "is_origin:1", "is_origin:false", "is_origin:0")
		if got, want := alike.Replace(dumpOf(t, to)), alike.Replace(before); got != want {
			t.Errorf("the copy lacks\n%sand has besides\n%s", missing(want, got), missing(got, want))
		}
		again := file(t)
		if strings.HasPrefix(from, "postgres://") {
			again = pgtest.Address(t)
		}
		back, err := copyNow(bg, to, again)
		if err != nil {
			t.Fatal(err)
		}
		if got := dumpOf(t, again); got != before {
			t.Errorf("there and back, rows became\n%sfrom\n%s", missing(got, before), missing(before, got))
		}
		if !slices.Equal(there, back) {
			t.Errorf("copied there %v and back %v; want the same", there, back)
		}
		if len(there) != len(tables) || slices.ContainsFunc(there, func(c store.CopiedTable) bool { return c.Rows == 0 || len(c.SHA256) != 64 }) {
			t.Errorf("copied %v; want rows and a hash of each of %v", there, tables)
		}
	})
}

func TestACopyGivesOutNoIDThatWasEverGivenOut(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		must(copyNow(bg, from, to))
		next := func(address string) (ids []int64) {
			within(address, func(s *store.Store) {
				article := newArticle(s, "New.")
				claim := must(s.Claims.Create(bg, claimed("new", quoted(article.ID, "New."))))
				ids = []int64{newSource(s, "new").ID, newActor(s, "new").ID, newElection(s, "new").ID, article.ID,
					article.Latest.Sentences[0].ID, claim.ID, claim.Origin.ID}
			})
			return ids
		}
		got, want := next(to), next(from)
		if !slices.Equal(got, want) {
			t.Errorf("the next ids in the copy = %v; want %v, those of its source", got, want)
		}
		if claim := got[5]; claim != 4 {
			t.Errorf("after a third claim was deleted the next is %d; want 4", claim)
		}
		// A table that nothing is left of has had ids too.
		if election := got[2]; election != 3 {
			t.Errorf("after a second election was deleted the next is %d; want 3", election)
		}
	})
}

func TestACopyIsRefused(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		refused := func(what, from, to, want string) {
			t.Helper()
			if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; want %q", what, err, want)
			}
		}
		refused("onto itself", from, from, "the same database")
		within(to, func(s *store.Store) { newSource(s, "a"); newSource(s, "b"); newActor(s, "c") })
		was := dumpOf(t, to)
		refused("into a tracker", from, to, "the target is not empty, it holds 2 sources, 1 actors: copy into a new database")
		if dumpOf(t, to) != was {
			t.Error("a refused copy changed the target")
		}
	})
}

func TestACopyRefusesASourceOfAnotherSchemaAndLeavesIt(t *testing.T) {
	for statement, want := range map[string]string{
		"UPDATE goose_db_version SET version_id = version_id + 1000000 WHERE version_id > 0": "run a newer claimtracker",
		"DELETE FROM goose_db_version WHERE version_id > 0":                                  "start this program on it once",
		"DROP TABLE goose_db_version":                                                        "no claim tracker can be read there",
	} {
		from, to := empty(t), file(t)
		do(from, statement)
		if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("after %s: %v; want %q", statement, err, want)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("after %s, a source that was refused made a target", statement)
		}
	}
}

func TestACopyOfAFileThatIsInUseOrNotThereIsRefused(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from.db"), filepath.Join(folder, "to.db")
	refused := func(what, want string) {
		t.Helper()
		if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a source that is %s: %v; want %q", what, err, want)
		}
	}
	refused("not there", "there is no file")
	if made := must(os.ReadDir(folder)); len(made) != 0 {
		t.Errorf("a source that is not there left %v", made)
	}
	must(0, os.WriteFile(from, nil, 0o600))
	refused("empty", "is empty")
	must(0, os.WriteFile(from, bytes.Repeat([]byte("no database "), 100), 0o600))
	refused("no database", "is not a SQLite database")
	must(0, os.Remove(from))
	within(from, func(*store.Store) { refused("in use", "in use by another claimtracker") })
	if _, err := os.Stat(to); err == nil {
		t.Error("a source that was refused made a target")
	}
}

func TestACopyLeavesItsSourceByteForByte(t *testing.T) {
	from := file(t)
	fill(from)
	was := must(os.ReadFile(from))
	must(copyNow(bg, from, pgtest.Address(t)))
	if !bytes.Equal(was, must(os.ReadFile(from))) {
		t.Error("the copied file is not what it was")
	}
}

func TestACopyHasWhatAKilledProcessLeftInItsLog(t *testing.T) {
	path, killed := file(t), file(t)
	s := openAt(t, path)
	newSource(s, "The Harbour Ledger")
	for _, suffix := range []string{"", "-wal"} {
		must(0, os.WriteFile(killed+suffix, must(os.ReadFile(path+suffix)), 0o600))
	}
	to := pgtest.Address(t)
	must(copyNow(bg, killed, to))
	if got, want := dumpOf(t, to), dump(t, s); got != want {
		t.Errorf("what a killed process left was copied as\n%swant\n%s", got, want)
	}
}

func TestACopyThatIsStoppedAnywhereLeavesNothingAndCanBeRunAgain(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		rounds := 0
		must(store.Copy(bg, from, file(t), slog.New(slog.DiscardHandler), clock(), func(string, int64, int64) { rounds++ }))
		for range 4 {
			stop, seen := 1+rand.IntN(rounds), 0
			ctx, cancel := context.WithCancel(bg)
			_, err := store.Copy(ctx, from, to, slog.New(slog.DiscardHandler), clock(), func(string, int64, int64) {
				if seen++; seen == stop {
					cancel()
				}
			})
			wantCode(t, fmt.Sprintf("a copy that is stopped at %d of %d", stop, rounds), err, tracker.Unavailable)
			if left := dumpOf(t, to); left != "" {
				t.Fatalf("stopped at %d of %d, a copy left\n%s", stop, rounds, left)
			}
		}
		must(copyNow(bg, from, to))
		// Nor did those that were stopped use up any id.
		within(to, func(s *store.Store) {
			if id := newElection(s, "the next").ID; id != 3 {
				t.Errorf("after copies that were stopped, the next election is %d; want 3", id)
			}
		})
	})
}

// tamper makes a database change, on its way in, a word of a claim.
func tamper(address string) {
	if strings.HasPrefix(address, "postgres://") {
		do(address, "CREATE FUNCTION tamper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.language = 'xx'; RETURN NEW; END $$",
			"CREATE TRIGGER tamper BEFORE INSERT ON claims FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION tamper()")
		return
	}
	do(address, "CREATE TRIGGER tamper AFTER INSERT ON claims WHEN NEW.id = 2 BEGIN UPDATE claims SET language = 'xx' WHERE id = 2; END")
}

func TestACopyThatDoesNotReadBackTheSameIsUndone(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		tamper(to)
		if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), "the rows of claims are not the same") {
			t.Errorf("a copy with a changed claim: %v; want it to name the table", err)
		}
		if left := dumpOf(t, to); left != "" {
			t.Errorf("it left\n%s", left)
		}
	})
}

func TestACopyThatLosesARowIsUndone(t *testing.T) {
	from, to := file(t), file(t)
	fill(from)
	do(to, "CREATE TRIGGER lose AFTER INSERT ON occurrences WHEN NEW.id = 2 BEGIN DELETE FROM occurrences WHERE id = 2; END")
	if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), "the target has 3 rows of occurrences and the source 4") {
		t.Errorf("a copy without one occurrence: %v; want both counts", err)
	}
}

func TestACopyRefusesATextThatIsNotWhatItsHashSays(t *testing.T) {
	eachWay(t, func(t *testing.T, from, to string) {
		fill(from)
		drop := "DROP TRIGGER article_versions_immutable"
		if strings.HasPrefix(from, "postgres://") {
			drop += " ON article_versions"
		}
		do(from, drop, "UPDATE article_versions SET text = 'It was not rigged, again.' WHERE article_id = 1 AND n = 2")
		if _, err := copyNow(bg, from, to); err == nil || !strings.Contains(err.Error(), "row 2 of article_versions is damaged") {
			t.Errorf("a copy of a changed text: %v; want it refused", err)
		}
		if left := dumpOf(t, to); left != "" {
			t.Errorf("it left\n%s", left)
		}
	})
}

// estimated is how many rows PostgreSQL's planner takes the tables of records to have: -1 where they were never counted.
func estimated(address string) (rows map[string]int64) {
	rows = map[string]int64{}
	within(address, func(s *store.Store) {
		must(0, s.Read(bg, func(tx *gorm.DB) error {
			for _, table := range tables {
				var n int64
				must(0, tx.Raw("SELECT reltuples::bigint FROM pg_class WHERE oid = ?::regclass", table).Scan(&n).Error)
				rows[table] = n
			}
			return nil
		}))
	})
	return rows
}

func TestThePlannerOfPostgreSQLIsToldWhatWasWrittenBeforeAnythingIsMadeOfIt(t *testing.T) {
	if pgtest.Now != pgtest.Postgres {
		return // SQLite plans without counting
	}
	from, to := empty(t), pgtest.Address(t)
	fill(from)
	copied := must(copyNow(bg, from, to))
	do(from, "DELETE FROM derived")
	rows, again := estimated(to), estimated(from)
	for _, c := range copied {
		if rows[c.Name] != c.Rows {
			t.Errorf("after the copy, %s are taken to have %d rows; want %d", c.Name, rows[c.Name], c.Rows)
		}
		if again[c.Name] != c.Rows {
			t.Errorf("after what is derived was made anew, %s are taken to have %d rows; want %d", c.Name, again[c.Name], c.Rows)
		}
	}
}

// A PostgreSQL tracker may be written to while it is copied: the copy is of one moment.
func TestACopyOfAServerInUseIsOfOneMoment(t *testing.T) {
	if pgtest.Now != pgtest.Postgres {
		return
	}
	from, to := empty(t), file(t)
	fill(from)
	before := must(copyNow(bg, from, file(t)))
	s := openAt(t, from)
	after, err := store.Copy(bg, from, to, slog.New(slog.DiscardHandler), clock(), func(doing string, _, _ int64) {
		if doing == "copying sources" || doing == "copying claims" {
			newArticle(s, "Meanwhile.")
		}
	})
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("a copy during writes = %v, %v; want %v", after, err, before)
	}
	// An id that was given out after that moment may be skipped, and is never given out again.
	within(to, func(copied *store.Store) {
		if id, least := newSource(copied, "next").ID, int64(3); id < least {
			t.Errorf("the next source is %d; want %d or more", id, least)
		}
	})
}

// references are the tables' foreign keys as the database knows them: from, column, to.
const (
	sqliteReferences   = `SELECT m.name AS a, f."from" AS b, f."table" AS c FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	postgresReferences = `SELECT con.conrelid::regclass::text AS a, att.attname AS b, con.confrelid::regclass::text AS c FROM pg_constraint con
		JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1] WHERE con.contype = 'f'`
	sqliteKeys   = `SELECT m.name AS a, group_concat(i.name, ', ' ORDER BY i.pk) AS b FROM sqlite_master m JOIN pragma_table_info(m.name) i ON i.pk > 0 WHERE m.type = 'table' GROUP BY m.name`
	postgresKeys = `SELECT con.conrelid::regclass::text AS a, string_agg(att.attname, ', ' ORDER BY array_position(con.conkey, att.attnum)) AS b FROM pg_constraint con
		JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = ANY (con.conkey) WHERE con.contype = 'p' GROUP BY con.conrelid`
	sqliteTables   = `SELECT name AS a FROM sqlite_master WHERE type = 'table'`
	postgresTables = `SELECT tablename AS a FROM pg_tables WHERE schemaname = current_schema()`
)

func TestACopyKnowsAllTables(t *testing.T) {
	s := open(t)
	ask := func(sqlite, postgres string) (rows []struct{ A, B, C string }) {
		query := map[pgtest.Engine]string{pgtest.SQLite: sqlite, pgtest.Postgres: postgres}[pgtest.Now]
		must(0, s.Read(bg, func(tx *gorm.DB) error { return tx.Raw(query).Scan(&rows).Error }))
		return rows
	}
	place, keys, selves := map[string]int{}, map[string]string{}, map[string]string{}
	for i, known := range store.CopiedTables() {
		place[known[0]], keys[known[0]], selves[known[0]] = i+1, known[1], known[2]
	}
	there := ask(sqliteTables, postgresTables)
	for _, table := range there {
		if place[table.A] == 0 && !slices.Contains(store.UncopiedTables, table.A) {
			t.Errorf("a copy would leave out the table %s: add it to copiedTables, after those that it points into", table.A)
		}
	}
	if len(there) < len(place) {
		t.Errorf("there are %d tables, and a copy knows %d", len(there), len(place))
	}
	for _, key := range ask(sqliteKeys, postgresKeys) {
		if place[key.A] > 0 && keys[key.A] != key.B {
			t.Errorf("a copy takes the primary key of %s to be %q; it is %q", key.A, keys[key.A], key.B)
		}
	}
	references := ask(sqliteReferences, postgresReferences)
	if len(references) < 10 {
		t.Errorf("there are %d references between tables; want all of them", len(references))
	}
	for _, r := range references {
		if r.A == r.C {
			if selves[r.A] != r.B {
				t.Errorf("%s points into itself by %s, and a copy does not know that", r.A, r.B)
			}
		} else if copied := place[r.A] > 0; copied && place[r.C] > place[r.A] {
			t.Errorf("%s comes before %s, which it points into", r.A, r.C)
		}
	}
	if !slices.IsSorted(slices.Collect(func(yield func(int) bool) {
		for _, table := range tables {
			yield(place[table])
		}
	})) {
		t.Errorf("the tests dump %v; want the tables in the order of a copy", tables)
	}
}
