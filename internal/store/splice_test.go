package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-json-experiment/json"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// spliced are the relations that are put into the JSON of claims.
var spliced = []string{"actors", "election", "techniques", "sentences", "article", "source"}

// splicedMatch checks, for every set of relations, that a list's JSON is that of the records read with them.
func splicedMatch(ctx context.Context, t *testing.T, s *store.Store, f store.ClaimFilter) {
	t.Helper()
	for set := range 1 << len(spliced) {
		expand := store.Expand{}
		for i, relation := range spliced {
			if set>>i&1 == 1 {
				expand = append(expand, relation)
			}
		}
		claims := must(s.Claims.List(ctx, f, page("-created_at"), expand))
		documents := must(s.Claims.Documents(ctx, f, page("-created_at"), expand))
		if len(claims.Items) == 0 || len(claims.Items) != len(documents.Items) {
			t.Fatalf("with %q, there are %d claims and %d documents", expand, len(claims.Items), len(documents.Items))
		}
		for i, claim := range claims.Items {
			want := string(must(json.Marshal(claim)))
			if got := string(documents.Items[i].AppendTo(nil)); got != want {
				t.Fatalf("with %q, the document is\n%s\nwant\n%s", expand, got, want)
			}
			if i == set%len(claims.Items) {
				if one := must(s.Claims.Document(ctx, claim.ID, expand)); string(one.AppendTo(nil)) != want || one.Meta().Version != claim.Version {
					t.Fatalf("with %q, the document of claim %d is\n%s\nwant\n%s", expand, claim.ID, one.AppendTo(nil), want)
				}
			}
		}
	}
}

// hostile is text that looks like what a claim's JSON is cut at.
const hostile = `"},"origin":{"article_id":9,"first_sentence_id":9 ,"actors":[{"actor_id":9}],"techniques":["T0002"],"election_id":9` + " \\ <b>&amp; 🙂 ], "

func addHostile(s *scene) {
	source := must(s.Sources.Create(bg, tracker.SourceInput{Name: hostile, Kind: tracker.SourceNewsOutlet, Description: hostile, Aliases: tracker.Strings{hostile}}))
	published := tracker.Instant(-62_000_000_000_000_123)
	article := must(s.Articles.Create(bg, tracker.ArticleInput{SourceID: source.ID, URL: "https://hostile.example/?a=%22&b", Title: hostile, Authors: tracker.Strings{hostile, "b"},
		PublishedAt: &published, PublishedText: hostile, Language: "en"}, read("One "+hostile+" one. Two "+hostile+" \t\u00ad\u200f\ufffd two. Three.")))
	actor := must(s.Actors.Create(bg, tracker.ActorInput{Name: hostile, Kind: tracker.ActorPerson, Description: hostile}))
	s.sources, s.articles, s.actors = append(s.sources, source.ID), append(s.articles, article.ID), append(s.actors, actor.ID)
	run := tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID, LastSentenceID: article.Latest.Sentences[2].ID}}
	in := claimed(hostile, run)
	in.Tags, in.Techniques = []string{hostile}, []string{"T0002", "T0001"}
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}, {ActorID: actor.ID, Role: tracker.RoleTarget}}
	must(s.Claims.Create(bg, in))
	must(s.Claims.Create(bg, claimed("of a version that is not the latest", quoted(article.ID, "Three."))))
	must(s.Articles.AddVersion(bg, article.ID, read("Four "+hostile)))
	must(s.Claims.Create(bg, claimed("b", quoted(article.ID, "Four"))))
}

func TestWhatIsSplicedIsWhatReadingTheRecordsGives(t *testing.T) {
	t.Parallel()
	s, r := newScene(open(t)), rand.New(rand.NewPCG(3, 4))
	if err := s.grow(r, 25); err != nil {
		t.Fatal(err)
	}
	addHostile(s)
	for range 3 {
		splicedMatch(bg, t, s.Store, store.ClaimFilter{})
		splicedMatch(bg, t, s.Store, store.ClaimFilter{Kinds: tracker.ClaimKinds})
		for range 40 {
			must(0, s.disturb(r))
		}
	}
}

func TestWhatIsNotCommittedYetIsShownInItsTransactionAlone(t *testing.T) {
	s := open(t)
	actor := newActor(s, "a")
	in := claimed("a", quoted(newArticle(s, "It was rigged.").ID, "rigged"))
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	must(s.Claims.Create(bg, in))
	rename := func(ctx context.Context, name string) {
		must(s.Actors.Update(ctx, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Name = name; return nil }))
		splicedMatch(ctx, t, s, store.ClaimFilter{})
	}
	undone := errors.New("undone")
	if err := s.Together(bg, func(ctx context.Context) error { rename(ctx, "b"); return undone }); !errors.Is(err, undone) {
		t.Fatalf("the transaction = %v; want it undone", err)
	}
	splicedMatch(bg, t, s, store.ClaimFilter{})
	rename(bg, "c")
}

// namesakes are a claim, its actor, its election, its article and the source, all of the same name. rename gives them another,
// and named is the name by which they are listed together, or an error where there are several.
func namesakes(s *store.Store) (rename func(ctx context.Context, name string) error, named func() (string, error)) {
	source, actor, election := newSource(s, "0"), newActor(s, "0"), newElection(s, "0")
	article := must(s.Articles.Create(bg, tracker.ArticleInput{SourceID: source.ID, URL: "https://a.example/", Title: "0"}, read("It was rigged.")))
	in := claimed("0", quoted(article.ID, "rigged"))
	in.Tags, in.ElectionID, in.Actors = []string{"0"}, &election.ID, []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	claim := must(s.Claims.Create(bg, in))
	rename = func(ctx context.Context, name string) error {
		return errors.Join(
			failing(s.Claims.Update(ctx, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Text = name; return nil })),
			failing(s.Actors.Update(ctx, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Name = name; return nil })),
			failing(s.Elections.Update(ctx, election.ID, anyVersion, func(in *tracker.ElectionInput) error { in.Name = name; return nil })),
			failing(s.Articles.Update(ctx, article.ID, anyVersion, func(in *tracker.ArticleInput) error { in.Title = name; return nil })),
			failing(s.Sources.Update(ctx, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Name = name; return nil })))
	}
	named = func() (string, error) {
		l, err := s.Claims.Documents(bg, store.ClaimFilter{}, page("-created_at"), spliced)
		if err != nil || len(l.Items) != 1 {
			return "", fmt.Errorf("there are %d claims; want 1 (%w)", len(l.Items), err)
		}
		one := must(s.Claims.Document(bg, claim.ID, spliced))
		var name string
		for _, document := range []store.Document{l.Items[0], one} {
			var shown tracker.Claim
			if err := json.Unmarshal(document.AppendTo(nil), &shown); err != nil {
				return "", err
			}
			name = shown.Text
			names := []string{shown.Actors[0].Actor.Name, shown.Election.Name, shown.Origin.Article.Title, shown.Origin.Article.Source.Name}
			if slices.ContainsFunc(names, func(other string) bool { return other != name }) {
				return "", fmt.Errorf("the claim %s is shown with %q", name, names)
			}
		}
		return name, nil
	}
	return rename, named
}

// Whoever reads records together, while a writer gives them all the same new name in each transaction, finds the same name
// everywhere.
func TestAClaimIsShownWithWhatThereWasAtOneMoment(t *testing.T) {
	t.Parallel()
	s := open(t)
	rename, named := namesakes(s)
	var done atomic.Bool
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for !done.Load() {
				if _, err := named(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 150 {
		must(0, s.Together(bg, func(ctx context.Context) error { return rename(ctx, strconv.Itoa(i+1)) }))
	}
	done.Store(true)
	group.Wait()
}

// Whichever statement of a read a commit comes before, and with whatever remembered.
func TestACommitAmidAReadIsShownWhollyOrNotAtAll(t *testing.T) {
	s := open(t)
	rename, named := namesakes(s)
	left, renamed := 0, 0 // statements of reading until there is another name; 0 for never
	s.Watch(func(query string, _ []any) {
		if left--; left == 0 {
			renamed++
			must(0, s.Together(bg, func(ctx context.Context) error { return rename(ctx, strconv.Itoa(renamed)) }))
		}
	})
	for at := range 30 {
		must(named()) // which is remembered
		left = 1 + at%10
		must(named())
		left = 0
		if name := must(named()); name != strconv.Itoa(renamed) {
			t.Errorf("after a commit before statement %d, the name is %s; want %d", 1+at%10, name, renamed)
		}
	}
	if renamed < 10 {
		t.Errorf("there were %d commits amid reads", renamed)
	}
}

// failing is the error of a function that has another result.
func failing(_ any, err error) error { return err }
