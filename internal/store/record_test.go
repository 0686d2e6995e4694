package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// resource is one collection as what all collections have in common. change makes a change whose outcome depends on what
// it is given and on what was there before, so that a lost one shows.
type resource struct {
	noun   string
	create func(ctx context.Context) (tracker.Record, error)
	get    func(ctx context.Context, id int64) (any, tracker.Record, error)
	change func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error)
	keep   func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error)
	spoil  func(ctx context.Context, id int64) error
	remove func(ctx context.Context, id int64, g store.Guard) error
	text   func(ctx context.Context, id int64) string
}

// resources are all that can be written, in a store that has what they point at.
func resources(s *store.Store) []resource {
	n := 0
	next := func() string { n++; return fmt.Sprintf("number %d", n) }
	source := newSource(s, "The Ledger")
	long := ""
	for i := range 400 {
		long += fmt.Sprintf("Sentence number %d says so. ", i)
	}
	article := newArticle(s, long)
	claim := must(s.Claims.Create(bg, claimed("It was rigged", quoted(article.ID, "Sentence number 0 "))))
	return []resource{
		{
			noun: "source",
			create: func(ctx context.Context) (tracker.Record, error) {
				r, err := s.Sources.Create(ctx, tracker.SourceInput{Name: next(), Kind: tracker.SourceOther})
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Sources.Get(ctx, id)
				return r, r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error) {
				r, err := s.Sources.Update(ctx, id, g, func(in *tracker.SourceInput) error { in.Description += more; return nil })
				return r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Sources.Update(ctx, id, g, func(in *tracker.SourceInput) error { in.Aliases = nil; return nil })
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Sources.Update(ctx, id, anyVersion, func(in *tracker.SourceInput) error { in.Name = ""; return nil })
				return err
			},
			remove: s.Sources.Delete,
			text:   func(ctx context.Context, id int64) string { return must(s.Sources.Get(ctx, id)).Description },
		},
		{
			noun: "actor",
			create: func(ctx context.Context) (tracker.Record, error) {
				r, err := s.Actors.Create(ctx, tracker.ActorInput{Name: next(), Kind: tracker.ActorPerson})
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Actors.Get(ctx, id)
				return r, r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error) {
				r, err := s.Actors.Update(ctx, id, g, func(in *tracker.ActorInput) error { in.Description += more; return nil })
				return r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Actors.Update(ctx, id, g, func(in *tracker.ActorInput) error { in.Aliases = nil; return nil })
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Actors.Update(ctx, id, anyVersion, func(in *tracker.ActorInput) error { in.ParentID = &id; return nil })
				return err
			},
			remove: s.Actors.Delete,
			text:   func(ctx context.Context, id int64) string { return must(s.Actors.Get(ctx, id)).Description },
		},
		{
			noun: "election",
			create: func(ctx context.Context) (tracker.Record, error) {
				r, err := s.Elections.Create(ctx, tracker.ElectionInput{Name: next(), Country: "GB", Level: tracker.LevelLocal, Kind: tracker.ElectionOther})
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Elections.Get(ctx, id)
				return r, r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error) {
				r, err := s.Elections.Update(ctx, id, g, func(in *tracker.ElectionInput) error { in.Name += more; return nil })
				return r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Elections.Update(ctx, id, g, func(in *tracker.ElectionInput) error { in.Name = " " + in.Name; return nil })
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Elections.Update(ctx, id, anyVersion, func(in *tracker.ElectionInput) error { in.Date = "2024-02-30"; return nil })
				return err
			},
			remove: s.Elections.Delete,
			text:   func(ctx context.Context, id int64) string { return must(s.Elections.Get(ctx, id)).Name },
		},
		{
			noun: "article",
			create: func(ctx context.Context) (tracker.Record, error) {
				r, err := s.Articles.Create(ctx, tracker.ArticleInput{SourceID: source.ID, URL: fmt.Sprintf("https://a.example/%d", urls.Add(1)), Title: "A"}, read("One. Two."))
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Articles.Get(ctx, id, nil)
				return r, r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error) {
				r, err := s.Articles.Update(ctx, id, g, func(in *tracker.ArticleInput) error { in.Title += more; return nil })
				return r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Articles.Update(ctx, id, g, func(in *tracker.ArticleInput) error { in.Authors, in.URL = nil, in.URL+"#top"; return nil })
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Articles.Update(ctx, id, anyVersion, func(in *tracker.ArticleInput) error { in.SourceID = 999; return nil })
				return err
			},
			remove: s.Articles.Delete,
			text:   func(ctx context.Context, id int64) string { return must(s.Articles.Get(ctx, id, nil)).Title },
		},
		{
			noun: "claim",
			create: func(ctx context.Context) (tracker.Record, error) {
				r, err := s.Claims.Create(ctx, claimed(next(), quoted(article.ID, "Sentence number 1 ")))
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Claims.Get(ctx, id, nil)
				return r, r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, more string) (tracker.Record, error) {
				r, err := s.Claims.Update(ctx, id, g, func(in *tracker.ClaimInput) error { in.Text += more; return nil })
				return r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Claims.Update(ctx, id, g, func(in *tracker.ClaimInput) error {
					in.Tags, in.Techniques, in.Actors, in.Status = []string{}, nil, []tracker.ActorRole{}, ""
					return nil
				})
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Claims.Update(ctx, id, anyVersion, func(in *tracker.ClaimInput) error { in.Techniques = []string{"T9999"}; return nil })
				return err
			},
			remove: s.Claims.Delete,
			text:   func(ctx context.Context, id int64) string { return must(s.Claims.Get(ctx, id, nil)).Text },
		},
		{
			noun: "occurrence",
			create: func(ctx context.Context) (tracker.Record, error) {
				n++
				r, err := s.Occurrences.Create(ctx, claim.ID, quoted(article.ID, fmt.Sprintf("Sentence number %d ", n+5)))
				return r.Record, err
			},
			get: func(ctx context.Context, id int64) (any, tracker.Record, error) {
				r, err := s.Occurrences.Get(ctx, id, nil)
				return r, r.Record, err
			},
			keep: func(ctx context.Context, id int64, g store.Guard) (tracker.Record, error) {
				r, err := s.Occurrences.Update(ctx, id, g, func(in *tracker.OccurrenceInput) error { in.Stance = ""; return nil })
				return r.Record, err
			},
			change: func(ctx context.Context, id int64, g store.Guard, _ string) (tracker.Record, error) {
				r, err := s.Occurrences.Update(ctx, id, g, func(in *tracker.OccurrenceInput) error {
					if in.Stance == tracker.StanceDenies {
						in.Stance = tracker.StanceAsserts
					} else {
						in.Stance = tracker.StanceDenies
					}
					return nil
				})
				return r.Record, err
			},
			spoil: func(ctx context.Context, id int64) error {
				_, err := s.Occurrences.Update(ctx, id, anyVersion, func(in *tracker.OccurrenceInput) error { in.Stance = "x"; return nil })
				return err
			},
			remove: s.Occurrences.Delete,
		},
	}
}

func TestWhatIsCreatedIsReadAgain(t *testing.T) {
	for _, r := range resources(open(t)) {
		made := must(r.create(bg))
		if made.ID == 0 || made.Version != 1 || made.CreatedAt == 0 || made.CreatedAt != made.UpdatedAt {
			t.Errorf("a new %s has the meta %+v; want an id, version 1, and made when it was updated", r.noun, made)
		}
		if _, got, err := r.get(bg, made.ID); err != nil || got != made {
			t.Errorf("the %s was made as %+v and read as %+v, %v", r.noun, made, got, err)
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	for _, r := range resources(open(t)) {
		for _, id := range []int64{-1, 0, 1 << 40} {
			_, _, err := r.get(bg, id)
			wantCode(t, "getting no "+r.noun, err, tracker.NotFound)
			_, err = r.change(bg, id, anyVersion, "x")
			wantCode(t, "changing no "+r.noun, err, tracker.NotFound)
			wantCode(t, "deleting no "+r.noun, r.remove(bg, id, anyVersion), tracker.NotFound)
		}
	}
}

func TestAChangeCountsTheVersionUp(t *testing.T) {
	for _, r := range resources(open(t)) {
		made := must(r.create(bg))
		changed, err := r.change(bg, made.ID, version(7, 1), "x")
		if err != nil || changed.Version != 2 || changed.ID != made.ID || changed.CreatedAt != made.CreatedAt || changed.UpdatedAt <= made.UpdatedAt {
			t.Errorf("a changed %s went from %+v to %+v, %v", r.noun, made, changed, err)
		}
		if _, got, err := r.get(bg, made.ID); err != nil || got != changed {
			t.Errorf("the %s was changed to %+v and read as %+v, %v", r.noun, changed, got, err)
		}
	}
}

func TestAChangeThatChangesNothingLeavesTheRecordAsItIs(t *testing.T) {
	s := open(t)
	for _, r := range resources(s) {
		made := must(r.create(bg))
		unchanged(t, s, "changing nothing of a "+r.noun, func() {
			for range 2 {
				if got, err := r.keep(bg, made.ID, version(1)); err != nil || got != made {
					t.Errorf("a %s of which nothing was changed went from %+v to %+v, %v", r.noun, made, got, err)
				}
			}
		})
	}
}

func TestAChangeFromAnotherVersionIsStale(t *testing.T) {
	s := open(t)
	for _, r := range resources(s) {
		made := must(r.create(bg))
		unchanged(t, s, "a stale guard of a "+r.noun, func() {
			for _, g := range []store.Guard{{}, version(2), version(0, -1)} {
				_, err := r.change(bg, made.ID, g, "x")
				wantCode(t, "a stale change of a "+r.noun, err, tracker.Stale)
				_, err = r.keep(bg, made.ID, g)
				wantCode(t, "a stale change of nothing of a "+r.noun, err, tracker.Stale)
				wantCode(t, "a stale delete of a "+r.noun, r.remove(bg, made.ID, g), tracker.Stale)
			}
		})
	}
}

func TestAChangeThatIsRefusedChangesNothing(t *testing.T) {
	s := open(t)
	for _, r := range resources(s) {
		made := must(r.create(bg))
		unchanged(t, s, "a wrong change of a "+r.noun, func() {
			wantCode(t, "a wrong change of a "+r.noun, r.spoil(bg, made.ID), tracker.Invalid)
		})
	}
	source := newSource(s, "a")
	unchanged(t, s, "a change that fails", func() {
		want := errors.New("no")
		_, err := s.Sources.Update(bg, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Name = "b"; return want })
		if !errors.Is(err, want) {
			t.Errorf("a change that fails with %v gives %v", want, err)
		}
	})
}

func TestWhatIsDeletedIsGoneAndItsIDIsNeverUsedAgain(t *testing.T) {
	for _, r := range resources(open(t)) {
		made := must(r.create(bg))
		if err := r.remove(bg, made.ID, version(1)); err != nil {
			t.Errorf("deleting a %s: %v", r.noun, err)
		}
		_, _, err := r.get(bg, made.ID)
		wantCode(t, "getting a deleted "+r.noun, err, tracker.NotFound)
		wantCode(t, "deleting a "+r.noun+" again", r.remove(bg, made.ID, anyVersion), tracker.NotFound)
		if next := must(r.create(bg)); next.ID <= made.ID {
			t.Errorf("after %s %d was deleted, the next one is %d; want a new id", r.noun, made.ID, next.ID)
		}
	}
}

func TestOfChangesFromOneVersionExactlyOneIsMade(t *testing.T) {
	for _, r := range resources(open(t)) {
		made := must(r.create(bg))
		var done, stale int
		for _, err := range atOnce(8, func(int) error {
			_, err := r.change(bg, made.ID, version(1), "x")
			return err
		}) {
			switch tracker.CodeOf(err) {
			case tracker.Stale:
				stale++
			case "":
				done++
			}
		}
		if done != 1 || stale != 7 {
			t.Errorf("of 8 changes from version 1 of a %s, %d were made and %d were stale; want 1 and 7", r.noun, done, stale)
		}
	}
}

func TestNoChangeIsLost(t *testing.T) {
	const clients, each = 6, 5
	for _, r := range resources(open(t)) {
		made := must(r.create(bg))
		errs := atOnce(clients, func(int) error {
			for range each {
				for {
					_, now, err := r.get(bg, made.ID)
					if err != nil {
						return err
					}
					_, err = r.change(bg, made.ID, version(now.Version), "x")
					if err == nil {
						break
					}
					if tracker.CodeOf(err) != tracker.Stale {
						return err
					}
				}
			}
			return nil
		})
		if err := errors.Join(errs...); err != nil {
			t.Errorf("changing a %s: %v", r.noun, err)
		}
		_, got, _ := r.get(bg, made.ID)
		if want := int64(1 + clients*each); got.Version != want {
			t.Errorf("after %d changes a %s is at version %d; want %d", clients*each, r.noun, got.Version, want)
		}
		if r.text != nil {
			if text := r.text(bg, made.ID); countOf(text, 'x') != clients*each {
				t.Errorf("after %d changes a %s says %q; want an x for each", clients*each, r.noun, text)
			}
		}
	}
}

func countOf(s string, want rune) (n int) {
	for _, r := range s {
		if r == want {
			n++
		}
	}
	return n
}

// atOnce runs fn in n goroutines and gives what each said.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = fn(i) })
	}
	all.Wait()
	return errs
}

func TestACancelledCallIsNeverReportedAsDoneAndChangesNothing(t *testing.T) {
	s := open(t)
	for _, r := range resources(s) {
		made := must(r.create(bg))
		ctx, cancel := context.WithCancel(bg)
		cancel()
		unchanged(t, s, "a cancelled call for a "+r.noun, func() {
			_, err := r.create(ctx)
			wantCode(t, "a cancelled create of a "+r.noun, err, tracker.Unavailable)
			_, _, err = r.get(ctx, made.ID)
			wantCode(t, "a cancelled get of a "+r.noun, err, tracker.Unavailable)
			_, err = r.change(ctx, made.ID, anyVersion, "x")
			wantCode(t, "a cancelled change of a "+r.noun, err, tracker.Unavailable)
			wantCode(t, "a cancelled delete of a "+r.noun, r.remove(ctx, made.ID, anyVersion), tracker.Unavailable)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a cancelled change fails with %v; want it to be context.Canceled too", err)
			}
		})
	}
}

func TestWhatIsPointedAtIsNotDeleted(t *testing.T) {
	s := open(t)
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}}, []tracker.Technique{{Code: "T0001", Name: "b", Tactic: "TA01"}}))
	article := newArticle(s, "It was rigged. It was not.")
	actor, part, election := newActor(s, "Mover"), newActor(s, "Part"), newElection(s, "Vote")
	must(s.Actors.Update(bg, part.ID, anyVersion, func(in *tracker.ActorInput) error { in.ParentID = &actor.ID; return nil }))
	in := claimed("It was rigged", quoted(article.ID, "It was rigged."))
	in.ElectionID, in.Techniques = &election.ID, []string{"T0001"}
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}, {ActorID: actor.ID, Role: tracker.RoleAccused}}
	claim := must(s.Claims.Create(bg, in))
	must(s.Occurrences.Create(bg, claim.ID, quoted(article.ID, "It was not.")))

	for noun, test := range map[string]struct {
		remove func(context.Context, int64, store.Guard) error
		id     int64
		want   map[string]int64
	}{
		"source":   {s.Sources.Delete, article.SourceID, map[string]int64{"articles": 1}},
		"actor":    {s.Actors.Delete, actor.ID, map[string]int64{"claims": 1, "actors": 1}},
		"election": {s.Elections.Delete, election.ID, map[string]int64{"claims": 1}},
		"article":  {s.Articles.Delete, article.ID, map[string]int64{"claims": 1, "occurrences": 2}},
	} {
		unchanged(t, s, "deleting a "+noun+" that is pointed at", func() {
			err := test.remove(bg, test.id, anyVersion)
			wantCode(t, "deleting a "+noun+" that is pointed at", err, tracker.Conflict)
			if e, ok := errors.AsType[*tracker.Error](err); !ok || !reflect.DeepEqual(e.References, test.want) {
				t.Errorf("deleting a %s that is pointed at: %v; want the references %v", noun, err, test.want)
			}
		})
	}
	if err := s.Claims.Delete(bg, claim.ID, anyVersion); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.Articles.Delete(bg, article.ID, anyVersion), s.Sources.Delete(bg, article.SourceID, anyVersion),
		s.Actors.Delete(bg, part.ID, anyVersion), s.Actors.Delete(bg, actor.ID, anyVersion), s.Elections.Delete(bg, election.ID, anyVersion)} {
		if err != nil {
			t.Errorf("deleting what is not pointed at any more: %v", err)
		}
	}
	if got := dump(t, s); countOf(got, '\n') != 2 {
		t.Errorf("all was deleted, and left behind is\n%s; want the tactic and the technique only", got)
	}
}

func TestWhatIsUniqueIsKeptOnce(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	other := newArticle(s, "It was not.")
	actor := must(s.Actors.Create(bg, tracker.ActorInput{Name: "a", Kind: tracker.ActorState, WikidataID: "Q30"}))
	loner := newActor(s, "b")
	claim := must(s.Claims.Create(bg, claimed("c", quoted(article.ID, "It was rigged."))))
	for name, test := range map[string]struct {
		do   func() error
		want tracker.Existing
	}{
		"a URL again, written otherwise": {func() error {
			_, err := s.Articles.Create(bg, tracker.ArticleInput{SourceID: article.SourceID, URL: article.URL + "?utm_source=x#y", Title: "b"}, read("Two."))
			return err
		}, tracker.Existing{Resource: "articles", ID: article.ID}},
		"a URL of another article": {func() error {
			_, err := s.Articles.Update(bg, other.ID, anyVersion, func(in *tracker.ArticleInput) error { in.URL = article.URL; return nil })
			return err
		}, tracker.Existing{Resource: "articles", ID: article.ID}},
		"a Wikidata item again": {func() error {
			_, err := s.Actors.Create(bg, tracker.ActorInput{Name: "c", Kind: tracker.ActorState, WikidataID: "Q30"})
			return err
		}, tracker.Existing{Resource: "actors", ID: actor.ID}},
		"a Wikidata item of another actor": {func() error {
			_, err := s.Actors.Update(bg, loner.ID, anyVersion, func(in *tracker.ActorInput) error { in.WikidataID = "Q30"; return nil })
			return err
		}, tracker.Existing{Resource: "actors", ID: actor.ID}},
		"a place of the same claim again": {func() error {
			_, err := s.Occurrences.Create(bg, claim.ID, quoted(article.ID, "It was rigged."))
			return err
		}, tracker.Existing{Resource: "occurrences", ID: claim.Origin.ID}},
	} {
		unchanged(t, s, name, func() {
			err := test.do()
			wantCode(t, name, err, tracker.Conflict)
			if e, ok := errors.AsType[*tracker.Error](err); !ok || e.Existing == nil || *e.Existing != test.want {
				t.Errorf("%s: %+v; want the existing record %+v", name, err, test.want)
			}
		})
	}
	must(s.Claims.Create(bg, claimed("another claim on the same words", quoted(article.ID, "It was rigged."))))
	must(s.Actors.Update(bg, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Name = "d"; return nil }))
}

func TestOfRecordsThatMustBeUniqueOneIsKeptWhoeverComesFirst(t *testing.T) {
	s := open(t)
	source := newSource(s, "a")
	kept := 0
	for _, err := range atOnce(8, func(int) error {
		_, err := s.Articles.Create(bg, tracker.ArticleInput{SourceID: source.ID, URL: "https://a.example/same", Title: "a"}, read("One."))
		return err
	}) {
		if err == nil {
			kept++
		} else {
			wantCode(t, "the same URL at once", err, tracker.Conflict)
		}
	}
	if kept != 1 {
		t.Errorf("of 8 articles with the same URL %d were kept; want 1", kept)
	}
}

func TestWhatDoesNotExistIsNotPointedAt(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	actor := newActor(s, "a")
	none := int64(999)
	_, err := s.Actors.Create(bg, tracker.ActorInput{Kind: tracker.ActorState, ParentID: &none})
	if got, want := wrongFields(err), "/name required, /parent_id not_found"; got != want {
		t.Errorf("an actor without a name and with a parent that is not there: %s; want %s", got, want)
	}
	_, err = s.Articles.Create(bg, tracker.ArticleInput{SourceID: none, URL: "x", Title: "a"}, read("One."))
	if got, want := wrongFields(err), "/url format, /source_id not_found"; got != want {
		t.Errorf("an article of a source that is not there: %s; want %s", got, want)
	}
	in := claimed("", quoted(article.ID, "It was not rigged."))
	in.ElectionID, in.Techniques, in.Status, in.Occurrence.Stance = &none, []string{"T0001"}, tracker.StatusReviewed, "x"
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleTarget}, {ActorID: none, Role: tracker.RoleSpeaker}}
	_, err = s.Claims.Create(bg, in)
	want := "/text required, /election_id not_found, /actors/1/actor_id not_found, /techniques/0 not_found, /status not_allowed," +
		" /occurrence/stance not_in_vocabulary, /occurrence/exact quote_not_found"
	if got := wrongFields(err); got != want {
		t.Errorf("a claim of which everything is wrong: %s; want %s", got, want)
	}
}

func TestNoActorIsAPartOfItself(t *testing.T) {
	s := open(t)
	state, ministry, office := newActor(s, "state"), newActor(s, "ministry"), newActor(s, "office")
	under := func(part, whole tracker.Actor) error {
		_, err := s.Actors.Update(bg, part.ID, anyVersion, func(in *tracker.ActorInput) error { in.ParentID = &whole.ID; return nil })
		return err
	}
	for _, err := range []error{under(ministry, state), under(office, ministry)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range map[string]error{"itself": under(state, state), "its part": under(state, ministry), "its part's part": under(state, office)} {
		if got := wrongFields(err); got != "/parent_id cycle" {
			t.Errorf("an actor under %s: %s; want /parent_id cycle", name, got)
		}
	}
	if err := under(office, state); err != nil {
		t.Errorf("an actor moved to a whole further up: %v; want it accepted", err)
	}
}
