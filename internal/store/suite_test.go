package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/intake"
	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// open is an empty store that is closed with the test. All tests of this package but those of sqlite_test.go hold for
// whatever engine is opened here.
func open(t testing.TB) *store.Store {
	t.Helper()
	return openAt(t, empty(t))
}

// empty is the address of a store that holds nothing yet. Tests of how a store is made take pgtest.Address, where there is none.
func empty(t testing.TB) string {
	t.Helper()
	return pgtest.Copied(t, "the schema", func(address string) error {
		s, err := store.Open(bg, address, slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func openAt(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, slog.New(slog.DiscardHandler), clock())
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

// clock ticks a second each time that it is looked at.
func clock() func() time.Time {
	var ticks atomic.Int64
	return func() time.Time { return time.Unix(1_700_000_000+ticks.Add(1), 0) }
}

// must is what a call gives that is not to fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("this was not to fail: %v", err))
	}
	return v
}

// wantCode checks that an error is one of the domain's of that code.
func wantCode(t *testing.T, what string, err error, code tracker.Code) {
	t.Helper()
	if tracker.CodeOf(err) != code {
		t.Errorf("%s: %v (code %q); want code %q", what, err, tracker.CodeOf(err), code)
	}
}

// wrongFields are the fields that an error names, as "pointer code".
func wrongFields(err error) string {
	e, ok := errors.AsType[*tracker.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, strings.TrimPrefix(f.Pointer, "#")+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

var (
	anyVersion = store.Guard{Any: true}
	bg         = context.Background()
)

func version(n ...int64) store.Guard { return store.Guard{Versions: n} }

func page(sort string) store.Page { return store.Page{Limit: 200, Sort: sort} }

func newSource(s *store.Store, name string) tracker.Source {
	return must(s.Sources.Create(bg, tracker.SourceInput{Name: name, Kind: tracker.SourceNewsOutlet}))
}

func newActor(s *store.Store, name string) tracker.Actor {
	return must(s.Actors.Create(bg, tracker.ActorInput{Name: name, Kind: tracker.ActorPerson}))
}

func newElection(s *store.Store, name string) tracker.Election {
	return must(s.Elections.Create(bg, tracker.ElectionInput{Name: name, Country: "GB", Level: tracker.LevelNational, Kind: tracker.ElectionParliamentary}))
}

// read is a text as intake reads it.
func read(text string) tracker.ArticleVersion {
	return must(intake.Version("en", must(intake.Pasted(tracker.NewArticleText{Text: text}))))
}

var urls atomic.Int64

// newArticle keeps a text under a URL of its own.
func newArticle(s *store.Store, text string) tracker.Article {
	source := newSource(s, "The Harbour Ledger")
	url := fmt.Sprintf("https://ledger.example/%d", urls.Add(1))
	return must(s.Articles.Create(bg, tracker.ArticleInput{SourceID: source.ID, URL: url, Title: "A pledge"}, read(text)))
}

// quoted is a place of a claim: words of an article.
func quoted(article int64, exact string) tracker.NewOccurrence {
	return tracker.NewOccurrence{Anchor: tracker.Anchor{ArticleID: article, Exact: exact}}
}

func claimed(text string, at tracker.NewOccurrence) tracker.NewClaim {
	return tracker.NewClaim{ClaimInput: tracker.ClaimInput{Text: text, Kind: tracker.ClaimAllegation}, Occurrence: at}
}

var tables = []string{"sources", "actors", "elections", "tactics", "techniques", "articles", "article_versions", "sentences", "claims",
	"claim_tags", "claim_techniques", "claim_actors", "occurrences"}

// dump is every row of every table, to see whether something was changed.
func dump(t *testing.T, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	err := s.Read(bg, func(tx *gorm.DB) error {
		for _, table := range tables {
			var rows []map[string]any
			if err := tx.Table(table).Order("1, 2").Find(&rows).Error; err != nil {
				return err
			}
			for _, row := range rows {
				fmt.Fprintln(&b, table, row) // fmt prints maps by key
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unchanged checks that fn changes nothing.
func unchanged(t *testing.T, s *store.Store, what string, fn func()) {
	t.Helper()
	before := dump(t, s)
	fn()
	if after := dump(t, s); after != before {
		t.Errorf("%s changed the database: rows from\n%sto\n%s", what, missing(before, after), missing(after, before))
	}
}

// missing are the lines of a that b does not have.
func missing(a, b string) string {
	var only strings.Builder
	for line := range strings.Lines(a) {
		if !strings.Contains(b, line) {
			only.WriteString(line)
		}
	}
	return only.String()
}

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
