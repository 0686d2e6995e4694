package store_test

import (
	"reflect"
	"slices"
	"testing"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestAClaimKeepsItsListsInTheOrderTheyWereWritten(t *testing.T) {
	s := open(t)
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}},
		[]tracker.Technique{{Code: "T0001", Name: "b", Tactic: "TA01"}, {Code: "T0001.001", Name: "c", Tactic: "TA01", Parent: "T0001"}}))
	article := newArticle(s, "It was rigged.")
	a, b, election := newActor(s, "a"), newActor(s, "b"), newElection(s, "Vote")
	in := claimed("It was rigged", quoted(article.ID, "It was rigged."))
	in.Tags, in.Techniques, in.ElectionID, in.ClaimedOn, in.Language = []string{"Z", "a"}, []string{"T0001.001", "T0001"}, &election.ID, "2024-01-31", "EN"
	in.Actors = []tracker.ActorRole{{ActorID: b.ID, Role: tracker.RoleSpeaker}, {ActorID: a.ID, Role: tracker.RoleAccused}, {ActorID: b.ID, Role: tracker.RoleAttributor}}
	made := must(s.Claims.Create(bg, in))
	want := tracker.ClaimInput{Text: "It was rigged", Kind: tracker.ClaimAllegation, Status: tracker.StatusLogged, ElectionID: &election.ID,
		ClaimedOn: "2024-01-31", Language: "en", Tags: []string{"z", "a"}, Techniques: []string{"T0001.001", "T0001"}, Actors: in.Actors}
	if !reflect.DeepEqual(made.ClaimInput, want) {
		t.Errorf("the claim = %+v; want %+v", made.ClaimInput, want)
	}
	if got := must(s.Claims.Get(bg, made.ID, nil)); !reflect.DeepEqual(got, made) {
		t.Errorf("the claim was created as %+v and read as %+v", made, got)
	}

	changed := must(s.Claims.Update(bg, made.ID, version(1), func(in *tracker.ClaimInput) error {
		in.Tags, in.Actors = []string{"a", "z", "m"}, in.Actors[:1]
		return nil
	}))
	if !slices.Equal(changed.Tags, []string{"a", "z", "m"}) || len(changed.Actors) != 1 || len(changed.Techniques) != 2 || changed.Version != 2 {
		t.Errorf("the changed claim = %+v; want other tags, one actor, the same techniques and version 2", changed)
	}
	bare := must(s.Claims.Update(bg, made.ID, anyVersion, func(in *tracker.ClaimInput) error {
		*in = tracker.ClaimInput{Text: in.Text, Kind: in.Kind}
		return nil
	}))
	if len(bare.Tags)+len(bare.Techniques)+len(bare.Actors) != 0 || bare.ElectionID != nil || bare.Status != tracker.StatusLogged {
		t.Errorf("the claim without its lists = %+v; want none left, and the status as it was", bare)
	}
}

func TestAClaimOnlyMovesAsItMay(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	claim := must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "It was rigged."))))
	move := func(to tracker.ClaimStatus) error {
		_, err := s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Status = to; return nil })
		return err
	}
	unchanged(t, s, "a move that is not allowed", func() {
		wantCode(t, "from logged to archived", move(tracker.StatusArchived), tracker.Conflict)
	})
	for _, to := range []tracker.ClaimStatus{tracker.StatusInReview, tracker.StatusReviewed, tracker.StatusInReview, tracker.StatusReviewed,
		tracker.StatusArchived, tracker.StatusLogged} {
		if err := move(to); err != nil {
			t.Errorf("moving on to %s: %v", to, err)
		}
	}
}

// origins are the ids of a claim's occurrences that are marked as its origin.
func origins(s *store.Store, claim int64) (all []int64) {
	for _, o := range must(s.Claims.Get(bg, claim, store.Expand{"occurrences"})).Occurrences {
		if o.IsOrigin {
			all = append(all, o.ID)
		}
	}
	return all
}

func TestAClaimHasExactlyOneOriginAlways(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged. It was not. Nobody knows.")
	claim := must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "It was rigged."))))
	first := claim.Origin

	in := quoted(article.ID, "It was not.")
	in.IsOrigin = true
	second := must(s.Occurrences.Create(bg, claim.ID, in))
	if got := origins(s, claim.ID); !slices.Equal(got, []int64{second.ID}) {
		t.Errorf("after another origin was logged, the origins are %v; want %d", got, second.ID)
	}
	if was := must(s.Occurrences.Get(bg, first.ID, nil)); was.IsOrigin || was.Version != 2 || was.UpdatedAt <= first.UpdatedAt {
		t.Errorf("what was the origin = %+v; want it unmarked, at version 2", was)
	}
	back := must(s.Occurrences.Update(bg, first.ID, anyVersion, func(in *tracker.OccurrenceInput) error { in.IsOrigin = true; return nil }))
	if got := origins(s, claim.ID); !slices.Equal(got, []int64{first.ID}) || !back.IsOrigin || back.Version != 3 {
		t.Errorf("after the first was marked again, the origins are %v and it is %+v; want %d at version 3", got, back, first.ID)
	}
	if now := must(s.Claims.Get(bg, claim.ID, nil)); now.Version != 3 || now.Origin.ID != first.ID {
		t.Errorf("the claim is at version %d with origin %d; want 3 with %d", now.Version, now.Origin.ID, first.ID)
	}
	unchanged(t, s, "taking the origin away", func() {
		_, err := s.Occurrences.Update(bg, first.ID, anyVersion, func(in *tracker.OccurrenceInput) error { in.IsOrigin = false; return nil })
		wantCode(t, "unmarking the origin", err, tracker.Conflict)
		wantCode(t, "deleting the origin", s.Occurrences.Delete(bg, first.ID, anyVersion), tracker.Conflict)
		again := quoted(article.ID, "It was rigged.")
		again.IsOrigin = true
		_, err = s.Occurrences.Create(bg, claim.ID, again)
		wantCode(t, "the origin's words again", err, tracker.Conflict)
	})
	for _, err := range atOnce(8, func(i int) error {
		_, err := s.Occurrences.Update(bg, []int64{first.ID, second.ID}[i%2], anyVersion, func(in *tracker.OccurrenceInput) error { in.IsOrigin = true; return nil })
		return err
	}) {
		if err != nil {
			t.Errorf("marking an origin: %v", err)
		}
	}
	if got := origins(s, claim.ID); len(got) != 1 {
		t.Errorf("after two were marked by turns, the origins are %v; want one", got)
	}
}

func TestWhatBecomesOfAnOccurrenceCountsItsClaimUp(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged. It was not.")
	claim := must(s.Claims.Create(bg, claimed("a", quoted(article.ID, "It was rigged."))))
	at := func() int64 { return must(s.Claims.Get(bg, claim.ID, nil)).Version }
	o := must(s.Occurrences.Create(bg, claim.ID, quoted(article.ID, "It was not.")))
	if at() != 2 || o.Stance != tracker.StanceReports {
		t.Errorf("with one more occurrence of stance %s the claim is at version %d; want reports and 2", o.Stance, at())
	}
	must(s.Occurrences.Update(bg, o.ID, anyVersion, func(in *tracker.OccurrenceInput) error { in.Stance = tracker.StanceRebuts; return nil }))
	if at() != 3 {
		t.Errorf("with a changed occurrence the claim is at version %d; want 3", at())
	}
	must(0, s.Occurrences.Delete(bg, o.ID, version(2)))
	if at() != 4 {
		t.Errorf("without the occurrence the claim is at version %d; want 4", at())
	}
}

func TestAClaimIsKeptWithItsOriginOrNotAtAll(t *testing.T) {
	s := open(t)
	article := newArticle(s, "He said no. She said no.")
	n := func(i int) *int { return &i }
	for name, test := range map[string]struct {
		at   tracker.NewOccurrence
		want string
	}{
		"words that stand nowhere":   {quoted(article.ID, "He said yes."), "/occurrence/exact quote_not_found"},
		"words that stand twice":     {quoted(article.ID, "said no"), "/occurrence/exact quote_ambiguous"},
		"words of no article":        {quoted(99, "He said no."), "/occurrence/article_id not_found"},
		"no words":                   {tracker.NewOccurrence{}, "/occurrence/sentence_id required"},
		"words that stand elsewhere": {tracker.NewOccurrence{Anchor: tracker.Anchor{ArticleID: article.ID, Exact: "said no", Start: n(1), End: n(8)}}, "/occurrence/start quote_not_found"},
		"a stance that is none":      {tracker.NewOccurrence{Anchor: quoted(article.ID, "He said no.").Anchor, OccurrenceInput: tracker.OccurrenceInput{Stance: "x"}}, "/occurrence/stance not_in_vocabulary"},
	} {
		unchanged(t, s, name, func() {
			_, err := s.Claims.Create(bg, claimed("a", test.at))
			if got := wrongFields(err); got != test.want {
				t.Errorf("%s: %s; want %s", name, got, test.want)
			}
		})
	}
}
