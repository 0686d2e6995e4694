package seeds_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/text"
	"claimtracker/internal/tracker"
	"claimtracker/seeds"
)

var everything = store.Page{Limit: 1000, Sort: "created_at", Total: true}

func empty(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func loaded(t *testing.T) *store.Store {
	t.Helper()
	s := empty(t)
	if err := seeds.Load(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// count counts rows of tables.
func count(t *testing.T, s *store.Store) string {
	t.Helper()
	var all []string
	err := s.Read(t.Context(), func(tx *gorm.DB) error {
		for _, table := range []string{"tactics", "techniques", "elections", "sources", "actors", "articles", "article_versions", "claims"} {
			var n int
			if err := tx.Raw("SELECT count(*) FROM " + table).Scan(&n).Error; err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%d %s", n, table))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

// asREADME is what seeds/README.md says is there.
const asREADME = "16 tactics, 391 techniques, 1 elections, 28 sources, 34 actors, 1 articles, 1 article_versions, 12 claims"

func TestTheSeedsAreWhatTheirREADMESays(t *testing.T) {
	if got := count(t, loaded(t)); got != asREADME {
		t.Errorf("loaded are %s; want %s", got, asREADME)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"16 tactics, 391 techniques", "28 outlets", "34 states", "12 claims of all nine kinds"} {
		if !strings.Contains(string(readme), want) {
			t.Errorf("README.md does not say %q any more: say here what it says", want)
		}
	}
}

func TestEveryClaimOfTheSeedsStandsOnTheWordsOfTheDemonstration(t *testing.T) {
	s := loaded(t)
	claims, err := s.Claims.List(t.Context(), store.ClaimFilter{}, everything, store.ClaimExpands)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[tracker.ClaimKind]bool{}
	for _, claim := range claims.Items {
		kinds[claim.Kind] = true
		if len(claim.Actors) == 0 {
			t.Errorf("no actor acts in %q", claim.Text)
		}
		if claim.Status != tracker.StatusLogged || claim.Language != "en" || len(claim.Tags) == 0 {
			t.Errorf("%q is %s, in %q, with the tags %q; want it logged, in English and tagged", claim.Text, claim.Status, claim.Language, claim.Tags)
		}
		for _, o := range claim.Occurrences {
			v, err := s.Articles.Version(t.Context(), o.ArticleID, o.ArticleVersion)
			if err != nil {
				t.Fatal(err)
			}
			if got := text.NewIndex(v.Text).Slice(text.Span{Start: o.Start, End: o.End}); got != o.Exact {
				t.Errorf("%q stands on %q and quotes %q", claim.Text, got, o.Exact)
			}
			if len(o.Sentences) == 0 {
				t.Errorf("%q touches no sentence", claim.Text)
			}
		}
		if !claim.Origin.IsOrigin {
			t.Errorf("%q has no origin", claim.Text)
		}
	}
	for _, kind := range tracker.ClaimKinds {
		if !kinds[kind] {
			t.Errorf("no claim of the seeds is of the kind %s", kind)
		}
	}
}

func TestTheDemonstrationIsNobodysArticleButOurs(t *testing.T) {
	articles, err := loaded(t).Articles.List(t.Context(), store.ArticleFilter{}, everything, store.ArticleListExpands)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range articles.Items {
		if a.Source.Name != "Claim Tracker demo desk" || !strings.HasPrefix(a.URL, "https://claimtracker.invalid/") || !strings.Contains(a.Title, "(demonstration)") {
			t.Errorf("the seeds have %q of %s at %s; want the demo desk's, under .invalid, and called a demonstration", a.Title, a.Source.Name, a.URL)
		}
	}
}

func TestNoActorOrSourceOfTheSeedsHasAPlaceThatItsKindDoesNotHave(t *testing.T) {
	s := loaded(t)
	actors, err := s.Actors.List(t.Context(), store.ActorFilter{}, everything)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actors.Items {
		if a.Description == "" {
			t.Errorf("the actor %s has no description", a.Name)
		}
		if a.Kind == tracker.ActorNetwork && a.ParentID != nil {
			t.Errorf("the network %s is a part of an actor: who stands behind it is a claim to log, not a fact to seed", a.Name)
		}
	}
}

func TestLoadingAgainAddsWhatIsMissingAndNothingElse(t *testing.T) {
	s := empty(t)
	ctx := t.Context()
	// A database in use: one of its records has a name of the seeds, one an item of Wikidata, one both.
	cnn, err := s.Sources.Create(ctx, tracker.SourceInput{Name: "CNN", Kind: tracker.SourceBroadcaster, Description: "ours"})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []tracker.ActorInput{
		{Name: "PRC", Kind: tracker.ActorState, WikidataID: "Q148"}, {Name: "Russia", Kind: tracker.ActorState}, {Name: "Iran", Kind: tracker.ActorState, WikidataID: "Q794"},
		{Name: "Somebody else", Kind: tracker.ActorPerson},
	} {
		if _, err := s.Actors.Create(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := seeds.Load(ctx, s); err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(asREADME, "34 actors", "35 actors") // somebody else is one more
		if got := count(t, s); got != want {
			t.Errorf("loaded into a database in use are %s; want %s", got, want)
		}
	}
	if got, err := s.Sources.Get(ctx, cnn.ID); err != nil || got.Description != "ours" || got.Version != 1 {
		t.Errorf("the source that was there = %+v, %v; want it as it was", got, err)
	}
}

func TestSeedsThatCannotAllBeLoadedAreNotLoadedAtAll(t *testing.T) {
	s := empty(t)
	err := s.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("CREATE TRIGGER no BEFORE INSERT ON occurrences WHEN NEW.claim_id = 12 BEGIN SELECT RAISE(ABORT, 'no'); END").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := seeds.Load(t.Context(), s); err == nil {
		t.Error("the seeds were loaded; want them to fail at the last claim")
	}
	if empty, err := s.Empty(t.Context()); !empty || err != nil {
		t.Errorf("after a load that failed there are %s; want nothing", count(t, s))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := seeds.Load(ctx, s); tracker.CodeOf(err) != tracker.Unavailable {
		t.Errorf("a load that is cancelled: %v; want it unavailable", err)
	}
}

// The articles that the product was tried on belong to others: their sentences are nowhere in the seeds.
func TestNoSentenceOfSomebodyElsesArticleIsInTheSeeds(t *testing.T) {
	articles, _ := filepath.Glob("../../shared/articles/*.txt")
	if len(articles) == 0 {
		t.Log("there is no ../../shared/articles: the seeds are compared with nothing")
	}
	var ours strings.Builder
	names, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) != ".go" {
			ours.WriteString(plain(string(b)) + "\n")
		}
	}
	if !strings.Contains(ours.String(), plain("CNN named neither of them.")) {
		t.Fatal("the demonstration is not among the seeds: nothing is compared")
	}
	for _, name := range articles {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := text.Normalise(string(b))
		if err != nil {
			t.Fatal(err)
		}
		index := text.NewIndex(theirs)
		for _, span := range text.Split(theirs, "en") {
			sentence := plain(index.Slice(span))
			if len(strings.Fields(sentence)) >= 6 && strings.Contains(ours.String(), sentence) {
				t.Errorf("%s: the seeds have its sentence %q", filepath.Base(name), sentence)
			}
		}
	}
}

// plain is text without case, punctuation and line ends, so that a sentence is found however it is set.
func plain(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80 && !slices.Contains([]rune("‘’“”–—…"), r))
	})
	return strings.Join(words, " ")
}
