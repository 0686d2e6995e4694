package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestManyClaimsAreKeptTogetherAsEachWouldBeAlone(t *testing.T) {
	s := open(t)
	election, actor := newElection(s, "a"), newActor(s, "a")
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA06", Name: "a"}}, []tracker.Technique{{Code: "T0085", Name: "b", Tactic: "TA06"}}))
	article := newArticle(s, "It was rigged. It was not. Nobody knows.")
	var ins []tracker.NewClaim
	for i := range 600 { // more than one statement takes
		in := claimed(fmt.Sprint("claim ", i), tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[i%3].ID}})
		if i%2 == 0 {
			in.ElectionID, in.Tags, in.Techniques = &election.ID, []string{"B", "a"}, []string{"T0085"}
			in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}, {ActorID: actor.ID, Role: tracker.RoleTarget}}
		}
		ins = append(ins, in)
	}
	one := must(s.Claims.Create(bg, ins[0]))
	before := s.Committed()
	claims, errs, err := s.Claims.CreateMany(bg, ins, false)
	must(0, err)
	if got := s.Committed() - before; got != 1 {
		t.Errorf("600 claims took %d commits; want one", got)
	}
	for i, claim := range claims {
		if errs[i] != nil || claim.ID != one.ID+int64(i)+1 || claim.Text != ins[i].Text {
			t.Fatalf("claim %d: id %d, %q, %v; want the next id and the text of the input", i, claim.ID, claim.Text, errs[i])
		}
		if kept := must(s.Claims.Get(bg, claim.ID, nil)); !reflect.DeepEqual(kept, claim) {
			t.Fatalf("claim %d was answered as\n%+v and is kept as\n%+v", i, claim, kept)
		}
	}
}

func TestOfManyClaimsWhatIsWrongIsToldOfEachAndTheOthersAreKeptWhereAsked(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	at := tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}}
	none, noActor := int64(99), claimed("b", at)
	noActor.Actors = []tracker.ActorRole{{ActorID: 99, Role: tracker.RoleSpeaker}}
	noElection := claimed("c", at)
	noElection.ElectionID = &none
	ins := []tracker.NewClaim{claimed("a", at), noActor, noElection, claimed("", quoted(article.ID, "nowhere")), claimed("e", at)}
	want := []string{"<nil>", "/actors/0/actor_id not_found", "/election_id not_found", "/text required, /occurrence/exact quote_not_found", "<nil>"}
	check := func(errs []error) {
		t.Helper()
		for i, err := range errs {
			if got := wrongFields(err); got != want[i] {
				t.Errorf("claim %d: %s; want %s", i, got, want[i])
			}
		}
	}
	unchanged(t, s, "all or nothing", func() {
		_, errs, err := s.Claims.CreateMany(bg, ins, true)
		must(0, err)
		check(errs)
	})
	_, errs, err := s.Claims.CreateMany(bg, ins, false)
	must(0, err)
	check(errs)
	if l := must(s.Claims.List(bg, store.ClaimFilter{}, page("created_at"), nil)); len(l.Items) != 2 || l.Items[0].Text != "a" || l.Items[1].Text != "e" {
		t.Errorf("kept are %+v; want the first and the last", l.Items)
	}
}

func TestAClaimWhoseActorGoesWhileItWaitsSaysSo(t *testing.T) {
	s := open(t)
	article, actor := newArticle(s, "It was rigged."), newActor(s, "a")
	in := claimed("a", quoted(article.ID, "It was rigged."))
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	outcome := make(chan error)
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		if s.Waiting() == 0 { // it may be run again, by itself
			go func() {
				_, err := s.Claims.Create(bg, in)
				outcome <- err
			}()
		}
		for s.Waiting() == 0 {
			time.Sleep(time.Millisecond)
		}
		return tx.Exec("DELETE FROM actors WHERE id = ?", actor.ID).Error
	}))
	if got := wrongFields(<-outcome); got != "/actors/0/actor_id not_found" {
		t.Errorf("a claim whose actor was deleted while it waited: %s", got)
	}
}

// What was found around many claims before their turn came may have changed by then: in a transaction before theirs, or in theirs.
func TestManyClaimsSayWhatIsAroundThemAsTheyAreWritten(t *testing.T) {
	s := open(t)
	article, source, actor := newArticle(s, "It was rigged."), newSource(s, "a"), newActor(s, "a")
	in := claimed("a", quoted(article.ID, "It was rigged."))
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	changeArticle := func(change func(*tracker.ArticleInput)) error {
		_, err := s.Articles.Update(bg, article.ID, anyVersion, func(in *tracker.ArticleInput) error { change(in); return nil })
		return err
	}
	at := tracker.Instant(0)
	for what, change := range map[string]func(country string) error{
		"the actor's country": func(country string) error {
			_, err := s.Actors.Update(bg, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Country = country; return nil })
			return err
		},
		"the source's country": func(country string) error {
			_, err := s.Sources.Update(bg, article.SourceID, anyVersion, func(in *tracker.SourceInput) error { in.Country = country; return nil })
			return err
		},
		"the article's URL": func(country string) error {
			return changeArticle(func(in *tracker.ArticleInput) { in.URL = "https://" + country + ".example/" })
		},
		"the article's source": func(string) error {
			return changeArticle(func(in *tracker.ArticleInput) { in.SourceID ^= article.SourceID ^ source.ID })
		},
		"when it was published": func(string) error {
			at++
			return changeArticle(func(in *tracker.ArticleInput) { in.PublishedAt = &at })
		},
	} {
		for together, country := range map[int]string{1: "FR", 2: "DE"} {
			s.CommitTogether(together)
			outcomes := make(chan error, 2)
			must(0, s.Write(bg, func(*gorm.DB) error {
				for i, write := range []func() error{
					func() error { return change(country) },
					func() error { _, _, err := s.Claims.CreateMany(bg, []tracker.NewClaim{in, in}, true); return err },
				} {
					go func() { outcomes <- write() }()
					for s.Waiting() != i+1 {
						time.Sleep(time.Millisecond) // until it waits: it has no other way to say so
					}
				}
				return nil
			}))
			must(0, errors.Join(<-outcomes, <-outcomes))
			checkFacets(t, s, what+" was changed")
			if all, wrong := kept(t, s); wrong != 0 {
				t.Errorf("%s was changed, with %d in a transaction: %d of %s are not what the records say", what, together, wrong, all)
			}
		}
	}
}

func TestAClaimDoesNotPointAtWhatWasThereOnce(t *testing.T) {
	s := open(t)
	article, actor, election := newArticle(s, "It was rigged."), newActor(s, "a"), newElection(s, "a")
	in := claimed("a", quoted(article.ID, "It was rigged."))
	in.ElectionID, in.Actors = &election.ID, []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	for range 2 { // the second time, both are known
		claim := must(s.Claims.Create(bg, in))
		must(0, s.Claims.Delete(bg, claim.ID, anyVersion))
	}
	must(0, s.Actors.Delete(bg, actor.ID, anyVersion))
	must(0, s.Elections.Delete(bg, election.ID, anyVersion))
	_, err := s.Claims.Create(bg, in)
	if got := wrongFields(err); got != "/election_id not_found, /actors/0/actor_id not_found" {
		t.Errorf("a claim on what was deleted: %s", got)
	}
	must(s.Claims.Create(bg, claimed("b", quoted(article.ID, "It was rigged."))))
}

func TestAClaimStandsOnNoSentenceThatIsGone(t *testing.T) {
	const first, last, other = 1, 2, 3 // sentences
	on := func(anchor tracker.Anchor) tracker.NewClaim {
		return claimed("a", tracker.NewOccurrence{Anchor: anchor})
	}
	for anchor, want := range map[tracker.Anchor]string{
		{SentenceID: first}:                       "/occurrence/sentence_id not_found",
		{SentenceID: last}:                        "/occurrence/sentence_id not_found",
		{SentenceID: first, Exact: "rigged"}:      "/occurrence/sentence_id not_found",
		{SentenceID: first, LastSentenceID: last}: "/occurrence/sentence_id not_found",
		{SentenceID: other}:                       "<nil>",
	} {
		s := open(t)
		article := newArticle(s, "It was rigged. It was not.")
		newArticle(s, "Nobody knows.")
		for range 2 { // the second time, the sentences are known
			for _, anchor := range []tracker.Anchor{{SentenceID: first, LastSentenceID: last}, {SentenceID: first, Exact: "rigged"}, {SentenceID: other}} {
				claim := must(s.Claims.Create(bg, on(anchor)))
				must(0, s.Claims.Delete(bg, claim.ID, anyVersion))
			}
		}
		must(0, s.Articles.Delete(bg, article.ID, anyVersion))
		_, err := s.Claims.Create(bg, on(anchor))
		if got := wrongFields(err); got != want {
			t.Errorf("a claim on %+v: %s; want %s", anchor, got, want)
		}
	}
}

func TestAClaimIsAnsweredAsItsDocument(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	made := must(s.Claims.CreateDocument(bg, claimed(hostile, quoted(article.ID, "It was rigged."))))
	if kept := must(s.Claims.Document(bg, made.Meta().ID, nil)); !reflect.DeepEqual(made, kept) {
		t.Errorf("a claim was answered as %+v and is kept as %+v", made, kept)
	}
	_, err := s.Claims.CreateDocument(bg, claimed("", quoted(article.ID, "It was rigged.")))
	wantCode(t, "a claim without words", err, tracker.Invalid)
}

func TestOfManyClaimsThatAreMisplacedTheSentencesAreReadOnceMore(t *testing.T) {
	s := open(t)
	newArticle(s, "It was rigged. It was not.")
	var many []tracker.NewClaim
	for range 20 {
		many = append(many, claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: 1, Exact: "nowhere"}}))
	}
	asked := 0
	s.Watch(func(string, []any) { asked++ })
	ask := func() int {
		asked = 0
		_, errs, err := s.Claims.CreateMany(bg, many, false)
		must(0, err)
		for _, err := range errs {
			if got := wrongFields(err); got != "/occurrence/exact quote_not_found" {
				t.Fatalf("a claim on words that are nowhere: %s", got)
			}
		}
		return asked
	}
	// The first of them is looked at twice.
	if unknown, known := ask(), ask(); known > unknown+1 {
		t.Errorf("%d statements were run where the sentence was known, and %d before; want one more", known, unknown)
	}
}
