package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// scene is a tracker that is written to at random, and what it holds.
type scene struct {
	*store.Store
	mu                                                        sync.Mutex
	sources, actors, elections, articles, claims, occurrences []int64
	sentences                                                 map[int64][]int64 // by article
}

func newScene(s *store.Store) *scene {
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}, {Code: "TA02", Name: "b"}}, []tracker.Technique{
		{Code: "T0001", Name: "a", Tactic: "TA01"}, {Code: "T0001.001", Name: "b", Tactic: "TA01", Parent: "T0001"}, {Code: "T0002", Name: "c", Tactic: "TA02"}}))
	return &scene{Store: s, sentences: map[int64][]int64{}}
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// some are a few of all, each once.
func some[T any](r *rand.Rand, all []T, most int) []T {
	picked := []T{}
	for _, i := range r.Perm(len(all))[:r.IntN(min(most, len(all))+1)] {
		picked = append(picked, all[i])
	}
	return picked
}

var (
	someCountries = []string{"", "FR", "DE", "US"}
	someDays      = []tracker.Date{"", "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01", "2025-07-04"}
)

// one is an id of a list, or false where that is empty.
func (s *scene) one(r *rand.Rand, list *[]int64) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*list) == 0 {
		return 0, false
	}
	return pick(r, *list), true
}

func (s *scene) add(list *[]int64, id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, id)
}

func (s *scene) drop(list *[]int64, id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = slices.DeleteFunc(*list, func(other int64) bool { return other == id })
}

func (s *scene) newSource(r *rand.Rand) error {
	source, err := s.Sources.Create(bg, tracker.SourceInput{Name: fmt.Sprint("Source ", r.IntN(5)), Kind: pick(r, tracker.SourceKinds[:3]), Country: pick(r, someCountries)})
	s.add(&s.sources, source.ID)
	return err
}

func (s *scene) newActor(r *rand.Rand) error {
	actor, err := s.Actors.Create(bg, tracker.ActorInput{Name: fmt.Sprint("Actor ", r.IntN(5)), Kind: pick(r, tracker.ActorKinds[:3]), Country: pick(r, someCountries)})
	s.add(&s.actors, actor.ID)
	return err
}

func (s *scene) newElection(r *rand.Rand) error {
	s.add(&s.elections, newElection(s.Store, fmt.Sprint("Election ", r.IntN(5))).ID)
	return nil
}

func (s *scene) newArticle(r *rand.Rand) error {
	source, ok := s.one(r, &s.sources)
	if !ok {
		return nil
	}
	in := tracker.ArticleInput{SourceID: source, Title: "a", URL: fmt.Sprintf("https://h%d.example/%d", r.IntN(4), urls.Add(1))}
	if r.IntN(2) == 0 {
		in.ArchiveURL = "https://archive.example/a"
	}
	article, err := s.Articles.Create(bg, in, read("One. Two. Three. Four. Five. Six. Seven. Eight."))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.articles = append(s.articles, article.ID)
	for _, sentence := range article.Latest.Sentences {
		s.sentences[article.ID] = append(s.sentences[article.ID], sentence.ID)
	}
	return nil
}

// place is somewhere in an article.
func (s *scene) place(r *rand.Rand) tracker.NewOccurrence {
	article, _ := s.one(r, &s.articles)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := tracker.NewOccurrence{OccurrenceInput: tracker.OccurrenceInput{Stance: pick(r, tracker.Stances), IsOrigin: r.IntN(3) == 0}}
	if sentences := s.sentences[article]; len(sentences) > 0 {
		at.SentenceID = pick(r, sentences)
	}
	return at
}

func (s *scene) input(r *rand.Rand) tracker.ClaimInput {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := tracker.ClaimInput{Text: fmt.Sprint("Claim ", r.IntN(1000)), Kind: pick(r, tracker.ClaimKinds[:4]), ClaimedOn: pick(r, someDays),
		Language: pick(r, []string{"", "en", "fr"}), Tags: some(r, []string{"a", "b", "c d", "e&f"}, 3), Techniques: some(r, []string{"T0001", "T0001.001", "T0002"}, 2)}
	if len(s.elections) > 0 && r.IntN(3) > 0 {
		in.ElectionID = new(int64)
		*in.ElectionID = pick(r, s.elections)
	}
	for _, actor := range some(r, s.actors, 3) {
		for _, role := range some(r, tracker.Roles, 2) {
			in.Actors = append(in.Actors, tracker.ActorRole{ActorID: actor, Role: role})
		}
	}
	return in
}

func (s *scene) newClaim(r *rand.Rand) error {
	claim, err := s.Claims.Create(bg, tracker.NewClaim{ClaimInput: s.input(r), Occurrence: s.place(r)})
	if err == nil {
		s.add(&s.claims, claim.ID)
		s.add(&s.occurrences, claim.Origin.ID)
	}
	return err
}

func (s *scene) newClaims(r *rand.Rand) error {
	ins := make([]tracker.NewClaim, 2+r.IntN(3))
	for i := range ins {
		ins[i] = tracker.NewClaim{ClaimInput: s.input(r), Occurrence: s.place(r)}
	}
	claims, errs, err := s.Claims.CreateMany(bg, ins, false)
	for i := range claims {
		if err == nil && errs[i] == nil {
			s.add(&s.claims, claims[i].ID)
			s.add(&s.occurrences, claims[i].Origin.ID)
		}
	}
	return err
}

func (s *scene) newOccurrence(r *rand.Rand) error {
	claim, ok := s.one(r, &s.claims)
	if !ok {
		return nil
	}
	o, err := s.Occurrences.Create(bg, claim, s.place(r))
	if err == nil {
		s.add(&s.occurrences, o.ID)
	}
	return err
}

func (s *scene) changeClaim(r *rand.Rand) error {
	id, _ := s.one(r, &s.claims)
	in := s.input(r)
	_, err := s.Claims.Update(bg, id, anyVersion, func(was *tracker.ClaimInput) error {
		status := was.Status
		*was = in
		if was.Status = status; r.IntN(2) == 0 {
			was.Status = pick(r, status.Next())
		}
		return nil
	})
	return err
}

func (s *scene) changeActor(r *rand.Rand) error {
	id, _ := s.one(r, &s.actors)
	kind, country := pick(r, tracker.ActorKinds[:3]), pick(r, someCountries)
	_, err := s.Actors.Update(bg, id, anyVersion, func(in *tracker.ActorInput) error {
		in.Kind, in.Country = kind, country
		return nil
	})
	return err
}

func (s *scene) changeSource(r *rand.Rand) error {
	id, _ := s.one(r, &s.sources)
	kind, country := pick(r, tracker.SourceKinds[:3]), pick(r, someCountries)
	_, err := s.Sources.Update(bg, id, anyVersion, func(in *tracker.SourceInput) error {
		in.Kind, in.Country = kind, country
		return nil
	})
	return err
}

func (s *scene) changeArticle(r *rand.Rand) error {
	id, _ := s.one(r, &s.articles)
	source, _ := s.one(r, &s.sources)
	url, archived := "", r.IntN(2) == 0
	if r.IntN(2) == 0 {
		url = fmt.Sprintf("https://h%d.example/%d", r.IntN(4), urls.Add(1))
	}
	_, err := s.Articles.Update(bg, id, anyVersion, func(in *tracker.ArticleInput) error {
		in.SourceID = source
		if url != "" {
			in.URL = url
		}
		if in.ArchiveURL = ""; archived {
			in.ArchiveURL = "https://archive.example/a"
		}
		return nil
	})
	return err
}

func (s *scene) changeOccurrence(r *rand.Rand) error {
	id, _ := s.one(r, &s.occurrences)
	stance, origin := pick(r, tracker.Stances), r.IntN(3) == 0
	_, err := s.Occurrences.Update(bg, id, anyVersion, func(in *tracker.OccurrenceInput) error {
		in.Stance, in.IsOrigin = stance, in.IsOrigin || origin
		return nil
	})
	return err
}

func (s *scene) deleteSomething(r *rand.Rand) error {
	switch r.IntN(8) {
	case 0, 1:
		id, _ := s.one(r, &s.claims)
		defer s.drop(&s.claims, id)
		return s.Claims.Delete(bg, id, anyVersion)
	case 2, 3, 4:
		id, _ := s.one(r, &s.occurrences)
		return s.Occurrences.Delete(bg, id, anyVersion)
	case 5:
		id, _ := s.one(r, &s.articles)
		return s.Articles.Delete(bg, id, anyVersion)
	case 6:
		id, _ := s.one(r, &s.actors)
		return s.Actors.Delete(bg, id, anyVersion)
	default:
		id, _ := s.one(r, &s.sources)
		return s.Sources.Delete(bg, id, anyVersion)
	}
}

// grow makes something of everything.
func (s *scene) grow(r *rand.Rand, claims int) error {
	var all []error
	for range 5 {
		all = append(all, s.newSource(r), s.newActor(r), s.newElection(r), s.newArticle(r), s.newArticle(r))
	}
	for range claims {
		all = append(all, s.newClaim(r))
	}
	return errors.Join(all...)
}

// disturb does one thing at random. That it is refused is no failure.
func (s *scene) disturb(r *rand.Rand) error {
	ways := []func(*rand.Rand) error{s.newSource, s.newActor, s.newArticle, s.newClaim, s.newClaim, s.newClaims, s.newOccurrence, s.newOccurrence,
		s.changeClaim, s.changeClaim, s.changeClaim, s.changeActor, s.changeActor, s.changeSource, s.changeSource, s.changeArticle, s.changeOccurrence, s.deleteSomething}
	return unlessRefused(pick(r, ways)(r))
}

// unlessRefused is the failure of a write that was not refused: what it points at may have been deleted.
func unlessRefused(err error) error {
	if tracker.CodeOf(err) != "" {
		return nil
	}
	return err
}

func checkFacets(t *testing.T, s *store.Store, when string) {
	t.Helper()
	if err := s.Read(bg, store.CheckFacets); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if err := s.Read(bg, checkTallies); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
}

// checkTallies compares the tallies with what there is.
func checkTallies(tx *gorm.DB) error {
	for name, query := range map[string]string{
		"articles": "SELECT count(*) FROM articles", "unarchived": "SELECT count(*) FROM articles WHERE archive_url = ''",
		"sources": "SELECT count(*) FROM sources", "actors": "SELECT count(*) FROM actors", "elections": "SELECT count(*) FROM elections",
		"sentences": "SELECT count(*) FROM sentences", "occurrences": "SELECT count(*) FROM occurrences",
	} {
		var is, want int64
		if err := errors.Join(tx.Raw("SELECT n FROM tallies WHERE name = ?", name).Scan(&is).Error, tx.Raw(query).Scan(&want).Error); err != nil {
			return err
		}
		if is != want {
			return fmt.Errorf("the tally of %s is %d; want %d", name, is, want)
		}
	}
	return nil
}

func TestPostingsAndCountersAreWhatTheRecordsSayWhateverIsWritten(t *testing.T) {
	s := newScene(open(t))
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	if err := s.grow(rand.New(rand.NewPCG(seed, 0)), 20); err != nil {
		t.Fatal(err)
	}
	checkFacets(t, s.Store, "at first")
	for round := range 12 {
		// Several at a time, which are committed together.
		var group sync.WaitGroup
		for writer := range 16 {
			r := rand.New(rand.NewPCG(seed, uint64(1+16*round+writer)))
			group.Go(func() {
				for range 2 {
					if err := s.disturb(r); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		checkFacets(t, s.Store, fmt.Sprint("after round ", round))
	}
	if err := s.RebuildFacets(bg); err != nil {
		t.Fatal(err)
	}
	checkFacets(t, s.Store, "made anew")
}

func TestWhatOneTransactionDoesToAClaimAndItsActorsIsAllCounted(t *testing.T) {
	s := newScene(open(t))
	r := rand.New(rand.NewPCG(1, 2))
	if err := s.grow(r, 10); err != nil {
		t.Fatal(err)
	}
	err := s.Together(bg, func(ctx context.Context) error {
		for range 100 {
			claim, actor := pick(r, s.claims), pick(r, s.actors)
			in, kind := s.input(r), pick(r, tracker.ActorKinds[:3])
			if _, err := s.Claims.Update(ctx, claim, anyVersion, func(was *tracker.ClaimInput) error {
				in.Status = was.Status
				*was = in
				return nil
			}); err != nil {
				return err
			}
			if _, err := s.Actors.Update(ctx, actor, anyVersion, func(was *tracker.ActorInput) error { was.Kind = kind; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkFacets(t, s.Store, "after all of it")
}
