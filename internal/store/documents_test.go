package store_test

import (
	"testing"

	"github.com/go-json-experiment/json"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// documentsMatch checks that the document of every claim is what reading the claim gives.
func documentsMatch(t *testing.T, s *store.Store, after string) {
	t.Helper()
	claims := must(s.Claims.List(bg, store.ClaimFilter{}, page("-updated_at"), nil))
	documents := must(s.Claims.Documents(bg, store.ClaimFilter{}, page("-updated_at"), nil))
	if len(documents.Items) != len(claims.Items) {
		t.Fatalf("after %s, there are %d claims and %d documents", after, len(claims.Items), len(documents.Items))
	}
	for i, claim := range claims.Items {
		want := string(must(json.Marshal(claim)))
		if got := documents.Items[i]; string(got.AppendTo(nil)) != want {
			t.Errorf("after %s, the document of claim %d is\n%s\nwant\n%s", after, claim.ID, got.AppendTo(nil), want)
		}
		if one := must(s.Claims.Document(bg, claim.ID, nil)); string(one.AppendTo(nil)) != want || one.Meta().ID != claim.ID || one.Meta().Version != claim.Version {
			t.Errorf("after %s, claim %d by itself is %v\n%s\nwant\n%s", after, claim.ID, one.Meta(), one.AppendTo(nil), want)
		}
	}
}

func TestADocumentIsWhatReadingTheClaimGives(t *testing.T) {
	s := open(t)
	article, actor := newArticle(s, "It was rigged. It was not."), newActor(s, "a")
	in := claimed("a", quoted(article.ID, "It was rigged."))
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	first := must(s.Claims.Create(bg, in))
	must(s.Claims.Create(bg, claimed("b", quoted(article.ID, "It was not."))))
	documentsMatch(t, s, "two claims")
	must(s.Claims.Update(bg, first.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Tags = []string{"x"}; return nil }))
	documentsMatch(t, s, "a change")
	second := quoted(article.ID, "not")
	second.IsOrigin = true
	occurrence := must(s.Occurrences.Create(bg, first.ID, second))
	documentsMatch(t, s, "another origin")
	must(s.Occurrences.Update(bg, occurrence.ID, anyVersion, func(in *tracker.OccurrenceInput) error { in.Stance = tracker.StanceDenies; return nil }))
	documentsMatch(t, s, "another stance")
	must(0, s.Claims.Delete(bg, first.ID, anyVersion))
	documentsMatch(t, s, "a deletion")
	_, err := s.Claims.Document(bg, first.ID, nil)
	wantCode(t, "the document of a claim that was deleted", err, tracker.NotFound)
}

func TestADocumentIsMadeOfItsDraftWhateverTheClientWrote(t *testing.T) {
	s := open(t)
	const text = `","status_since":"1970-01-01T00:00:00.000000Z","origin":{"id":0,"created_at":"1970-01-01T00:00:00.000000Z",` +
		`"updated_at":"1970-01-01T00:00:00.000000Z","version":0,"claim_id":0,` + hostile
	article, actor, election := newArticle(s, text), newActor(s, "a"), newElection(s, "a")
	in := claimed(text, tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}})
	in.ElectionID, in.Tags, in.Actors = &election.ID, []string{`","origin":{"id":0`}, []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	must(s.Claims.Create(bg, in))
	_, _, err := s.Claims.CreateMany(bg, []tracker.NewClaim{in, in}, true)
	must(0, err)
	documentsMatch(t, s, "claims whose words look like JSON")
}
