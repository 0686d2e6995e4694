package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// onPostgres is the address of an empty store on PostgreSQL, or "" where this run of the suite is on another engine: then the
// test has nothing to say.
func onPostgres(t *testing.T) string {
	t.Helper()
	if pgtest.Now != pgtest.Postgres {
		return ""
	}
	return empty(t)
}

// administer runs statements in a database as somebody else than the store.
func administer(t *testing.T, address string, statements ...string) {
	t.Helper()
	connection := must(pgx.Connect(bg, address))
	defer connection.Close(bg)
	for _, statement := range statements {
		if _, err := connection.Exec(bg, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestTenInstancesThatStartAtOnceMigrateOnce(t *testing.T) {
	if pgtest.Now != pgtest.Postgres {
		return
	}
	address := pgtest.Address(t)
	stores := make([]*store.Store, 10)
	for i, err := range atOnce(len(stores), func(i int) (err error) {
		stores[i], err = store.Open(bg, address, slog.New(slog.DiscardHandler), clock())
		return err
	}) {
		if err != nil {
			t.Fatalf("instance %d: %v", i, err)
		}
		defer stores[i].Close()
	}
	must(0, stores[0].Read(bg, func(tx *gorm.DB) error {
		var twice int
		must(0, tx.Raw("SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version").Scan(&twice).Error)
		if twice != 0 {
			t.Errorf("%d migrations were run more than once", twice)
		}
		return nil
	}))
	newSource(stores[3], "a")
	if l := must(stores[7].Sources.List(bg, store.SourceFilter{}, page("name"))); len(l.Items) != 1 {
		t.Errorf("what one instance writes, another sees as %+v", l.Items)
	}
}

func TestWhatAWriteHasCheckedHoldsWhateverTheServersDefaultIs(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	must(0, openAt(t, address).Ready(bg))
	settings := must(pgx.ParseConfig(address))
	administer(t, address, "ALTER DATABASE "+settings.Database+" SET default_transaction_isolation = 'repeatable read'")
	s := openAt(t, address)
	source := newSource(s, "contested")
	other := must(pgx.Connect(bg, address))
	defer other.Close(bg)
	turn := must(other.Begin(bg))
	must(turn.Exec(bg, "SELECT id FROM write_turn FOR UPDATE"))
	late := make(chan error, 1)
	go func() {
		_, err := s.Sources.Update(bg, source.ID, version(1), func(in *tracker.SourceInput) error {
			in.Name = "late"
			return nil
		})
		late <- err
	}()
	// Once the late one waits for its turn, the other changes what it is about to check.
	must(turn.Exec(bg, `DO $$ BEGIN
		WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted) LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;
	END $$`))
	must(turn.Exec(bg, "UPDATE sources SET version = 2, name = 'first'"))
	must(0, turn.Commit(bg))
	wantCode(t, "a change from a version that is no more", <-late, tracker.Stale)
}

func TestADatabaseWithANewerSchemaIsRefused(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	must(0, must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock())).Close())
	administer(t, address, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)")
	s, err := store.Open(bg, address, slog.New(slog.DiscardHandler), clock())
	if err == nil || !strings.Contains(err.Error(), "newer claimtracker") {
		t.Errorf("opening a database with a newer schema = %v, %v; want it refused", s, err)
	}
}

func TestConnectionsThatBreakWhileNobodyUsesThemAreNotNoticed(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := openAt(t, address)
	source := newSource(s, "a")
	for range 3 {
		// Several connections, so that one that broke is not simply followed by a new one.
		for _, err := range atOnce(16, func(int) error { _, err := s.Sources.Get(bg, source.ID); return err }) {
			must(0, err)
		}
		for _, err := range atOnce(8, func(int) error {
			_, err := s.Sources.Create(bg, tracker.SourceInput{Name: "b", Kind: tracker.SourceOther})
			return err
		}) {
			must(0, err)
		}
		administer(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if _, err := s.Sources.Get(bg, source.ID); err != nil {
			t.Errorf("a read after the server ended all connections: %v", err)
		}
		if _, err := s.Sources.Create(bg, tracker.SourceInput{Name: "c", Kind: tracker.SourceOther}); err != nil {
			t.Errorf("a write after the server ended all connections: %v", err)
		}
	}
}

// A newer instance migrates while older ones go on: their connections have prepared statements for the older schema.
func TestASchemaThatGrowsWhileTheStoreIsInUseIsNotNoticed(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := openAt(t, address)
	source := newSource(s, "a")
	use := func() {
		for _, err := range atOnce(8, func(int) error {
			_, err := s.Sources.Get(bg, source.ID)
			_, listErr := s.Sources.List(bg, store.SourceFilter{}, page("name"))
			return errors.Join(err, listErr)
		}) {
			if err != nil {
				t.Errorf("a read after the schema grew: %v", err)
			}
		}
	}
	rename := func(name string) error {
		_, err := s.Sources.Update(bg, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Name = name; return nil })
		return err
	}
	use()
	must(0, rename("b"))
	administer(t, address, "ALTER TABLE sources ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
	use()
	must(0, rename("c"))
	administer(t, address, "ALTER TABLE sources ADD COLUMN shape TEXT NOT NULL DEFAULT ''")
	if err := rename("d"); err != nil {
		// A write that has begun is not begun again unasked.
		wantCode(t, "the first write after the schema grew", err, tracker.Unavailable)
	}
	must(0, rename("e"))
	use()
}

func TestAWriteWaitsForItsTurnNoLongerThanItsRequestDoes(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := openAt(t, address)
	other := must(pgx.Connect(bg, address))
	defer other.Close(bg)
	turn := must(other.Begin(bg))
	must(turn.Exec(bg, "SELECT id FROM write_turn FOR UPDATE"))
	ctx, cancel := context.WithTimeout(bg, 100*time.Millisecond)
	defer cancel()
	for _, err := range atOnce(16, func(int) error {
		_, err := s.Sources.Create(ctx, tracker.SourceInput{Name: "late", Kind: tracker.SourceOther})
		return err
	}) {
		wantCode(t, "a write while another instance has the turn", err, tracker.Unavailable)
	}
	// Whether it can write is said long before that.
	patient, stop := context.WithTimeout(bg, 20*time.Second)
	defer stop()
	wantCode(t, "Ready while another instance has the turn", s.Ready(patient), tracker.Unavailable)
	if patient.Err() != nil {
		t.Error("Ready waited for the turn for as long as it was given")
	}
	must(0, turn.Rollback(bg))
	must(0, s.Ready(bg))
	newSource(s, "after it")
	if l := must(s.Sources.List(bg, store.SourceFilter{}, page("name"))); len(l.Items) != 1 {
		t.Errorf("the writes that were given up left %d sources; want only the one after them", len(l.Items))
	}
}

func TestAWriteThatIsGivenUpDoesNotWaitForThoseThatCameWithIt(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := openAt(t, address)
	other := must(pgx.Connect(bg, address))
	defer other.Close(bg)
	turn := must(other.Begin(bg))
	must(turn.Exec(bg, "SELECT id FROM write_turn FOR UPDATE"))
	start := func(ctx context.Context, code string) <-chan error {
		done := make(chan error, 1)
		go func() { done <- s.Write(ctx, insertTactic(code)) }()
		return done
	}
	// The first write waits for its turn while the two others come together.
	until, cancel := context.WithTimeout(bg, 20*time.Second)
	defer cancel()
	ahead, goAway := context.WithCancel(until)
	hasty, giveUp := context.WithCancel(until)
	first := start(ahead, "first")
	waits := func(n int) {
		for until.Err() == nil && s.Waiting() != n {
			time.Sleep(time.Millisecond) // it has no other way to say so
		}
	}
	watch := must(pgx.Connect(bg, address)) // a transaction would see the same all the time
	defer watch.Close(bg)
	for until.Err() == nil {
		var blocked int
		must(0, watch.QueryRow(bg, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&blocked))
		if blocked == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	short := start(hasty, "short")
	waits(1)
	long := start(until, "long")
	waits(2)
	goAway()
	wantCode(t, "the write ahead of them", <-first, tracker.Unavailable)
	waits(0)
	giveUp()
	wantCode(t, "the write that was given up", <-short, tracker.Unavailable)
	if until.Err() != nil {
		t.Error("it waited for as long as the other had")
	}
	must(0, turn.Rollback(bg))
	if err := <-long; err != nil {
		t.Errorf("the write that waited on: %v", err)
	}
	if kept := must(s.Techniques.Tactics(bg)); len(kept) != 1 || kept[0].Code != "long" {
		t.Errorf("kept are %v; want the one that waited on", kept)
	}
}

func TestAWriteWhoseConnectionBreaksIsUndoneAndSaysSo(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := openAt(t, address)
	insert := func(tx *gorm.DB) error { return tx.Exec("INSERT INTO tactics VALUES ('TA01', 'a')").Error }
	unchanged(t, s, "a write whose connection breaks", func() {
		err := s.Write(bg, func(tx *gorm.DB) error {
			must(0, insert(tx))
			administer(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
			return nil
		})
		wantCode(t, "a write whose connection breaks", err, tracker.Unavailable)
		if err == nil || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("a connection that broke before the commit: %v; want it said that nothing was changed", err)
		}
	})
	administer(t, address, "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$")
	administer(t, address, "CREATE CONSTRAINT TRIGGER break AFTER INSERT ON tactics DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break()")
	unchanged(t, s, "a commit that gets no answer", func() {
		err := s.Write(bg, insert)
		wantCode(t, "a commit that gets no answer", err, tracker.Unavailable)
		if err == nil || !strings.Contains(err.Error(), "may or may not") {
			t.Errorf("a commit that got no answer: %v; want it said that nobody knows", err)
		}
	})
}

func TestAServerWithoutRoomIsUnavailableRatherThanBroken(t *testing.T) {
	if pgtest.Now != pgtest.Postgres {
		return
	}
	address := pgtest.Address(t) // in which the role is to make the tables, so that they are its own
	u := must(url.Parse(address))
	role := fmt.Sprintf("narrow_%d", os.Getpid())
	administer(t, address, "CREATE ROLE "+role+" LOGIN PASSWORD 'narrow' CONNECTION LIMIT 3", "ALTER DATABASE "+u.Path[1:]+" OWNER TO "+role)
	defer administer(t, address, "REASSIGN OWNED BY "+role+" TO CURRENT_USER", "DROP OWNED BY "+role, "DROP ROLE "+role)
	u.User = url.UserPassword(role, "narrow")
	s := must(store.Open(bg, u.String(), slog.New(slog.DiscardHandler), clock()))
	source := newSource(s, "a")
	refused := 0
	for _, err := range atOnce(32, func(int) error {
		return s.Read(bg, func(tx *gorm.DB) error {
			time.Sleep(20 * time.Millisecond)
			return tx.Take(new(tracker.Source), source.ID).Error
		})
	}) {
		if err != nil {
			refused++
			wantCode(t, "a read for which the server has no connection", err, tracker.Unavailable)
		}
	}
	if refused == 0 {
		t.Error("a server that takes three connections refused none of 32 readers")
	}
	must(0, s.Close())
}

func TestAPasswordIsNeverTold(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, address := range []string{
		"postgres://claims:hush@127.0.0.1:1/claims",
		"postgres://claims:hush%@127.0.0.1:1/claims",
		"postgres://claims:hu:hush@127.0.0.1:x/claims?sslmode=nonsense",
		"postgresql://127.0.0.1:1/claims?password=hush&user=claims",
		"mysql://claims:hush@127.0.0.1/claims",
		"postgres://claims:hush@127.0.0.1:1,127.0.0.1:2/claims",
	} {
		if shown := store.Shown(address); strings.Contains(shown, "hush") && !strings.HasPrefix(address, "mysql") {
			t.Errorf("Shown(%q) = %q, which tells the password", address, shown)
		}
		for what, err := range map[string]error{
			"CheckAddress":         store.CheckAddress(address),
			"CheckReplica":         store.CheckReplica(address, address),
			"CheckReplica, a file": store.CheckReplica("file.db", address),
		} {
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("%s(%q) = %q, which tells the password", what, address, err)
			}
		}
		if strings.HasPrefix(address, "mysql") {
			continue // told by CheckAddress before anybody opens it as a file
		}
		if _, err := store.Open(bg, address, logger, clock()); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("Open(%q): %v; want it refused without telling the password", address, err)
		}
	}
	if strings.Contains(log.String(), "hush") {
		t.Errorf("the log tells the password: %s", &log)
	}
	for address, want := range map[string]string{
		"claims.db": "claims.db",
		"postgres://claims:hush@db.example:6543/tracker?sslmode=require": "postgres://db.example:6543/tracker",
	} {
		if got := store.Shown(address); got != want {
			t.Errorf("Shown(%q) = %q; want %q", address, got, want)
		}
	}
	if store.CheckAddress("mysql://claims@127.0.0.1/claims") == nil {
		t.Error("an address of another kind of server is taken for the name of a file")
	}
}

// keepDatabase keeps a database as it is, while nobody has it open, and restore puts that in its place, whoever has.
func keepDatabase(t *testing.T, address string) (restore func()) {
	t.Helper()
	other := must(url.Parse(address))
	name := strings.TrimPrefix(other.Path, "/")
	other.Path = "/postgres"
	administer(t, other.String(), "CREATE DATABASE "+name+"_kept TEMPLATE "+name)
	return func() {
		t.Helper()
		administer(t, other.String(), "DROP DATABASE "+name+" WITH (FORCE)", "ALTER DATABASE "+name+"_kept RENAME TO "+name)
	}
}

func TestWhatARestoredDatabaseHasLostIsNotRemembered(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
	article := newArticle(s, "One.")
	must(0, s.Close())
	restore := keepDatabase(t, address)
	s = openAt(t, address)
	create := func(tag string) {
		in := claimed("a", quoted(article.ID, "One."))
		in.Tags = []string{tag}
		must(s.Claims.Create(bg, in))
	}
	create("lost")
	create("lost") // with the ids of its facets, which are remembered from now on
	restore()
	create("other")
	create("lost")
	if err := s.Read(bg, store.CheckFacets); err != nil {
		t.Error(err)
	}
}

// A sentence of the database that was restored may have the id of one that was lost, and was remembered.
func TestAClaimStandsOnTheWordsOfTheDatabaseThatItIsWrittenTo(t *testing.T) {
	address := onPostgres(t)
	if address == "" {
		return
	}
	must(0, must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock())).Close())
	restore := keepDatabase(t, address)
	s := openAt(t, address)
	lost := newArticle(s, "Lost.").Latest.Sentences[0].ID
	in := claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: lost}})
	for range 2 { // the second time, the sentence is remembered
		must(s.Claims.Create(bg, in))
	}
	restore()
	second := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
	kept := newArticle(second, "Kept.").Latest.Sentences[0].ID
	must(0, second.Close())
	if kept != lost {
		t.Fatalf("the sentence has the id %d; want that of the one that was lost, %d, or this proves nothing", kept, lost)
	}
	if claim := must(s.Claims.Create(bg, in)); claim.Origin.Exact != "Kept." {
		t.Errorf("a claim on the sentence stands on %q; want %q", claim.Origin.Exact, "Kept.")
	}
}
