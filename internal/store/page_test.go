package store_test

import (
	"fmt"
	"slices"
	"testing"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// walk reads a list page by page and gives the ids in order.
func walk[T interface{ Meta() tracker.Record }](t *testing.T, sort string, limit int, list func(store.Page) (store.List[T], error)) (ids []int64) {
	t.Helper()
	p := store.Page{Limit: limit, Sort: sort, Total: true}
	for range 1000 {
		l, err := list(p)
		if err != nil {
			t.Fatalf("sorted by %s: %v", sort, err)
		}
		for _, item := range l.Items {
			ids = append(ids, item.Meta().ID)
		}
		if l.Next == nil {
			if want := int64(len(ids)); *l.Total != want {
				t.Errorf("sorted by %s, the total is %d; want %d", sort, *l.Total, want)
			}
			return ids
		}
		if len(l.Items) != limit {
			t.Errorf("sorted by %s, a page that is not the last has %d records; want %d", sort, len(l.Items), limit)
		}
		p.After = l.Next
	}
	t.Fatalf("sorted by %s, the list has no end", sort)
	return nil
}

// everyOrder checks that each sort of a collection gives every record once, whatever the length of the pages, and that
// one way is the other way round.
func everyOrder[T interface{ Meta() tracker.Record }](t *testing.T, noun string, sorts []string, want int, list func(store.Page) (store.List[T], error)) {
	t.Helper()
	for _, sort := range sorts {
		whole := walk(t, sort, 200, list)
		if distinct := slices.Compact(slices.Sorted(slices.Values(whole))); len(distinct) != want || len(whole) != want {
			t.Errorf("%ss by %s are %v; want each of %d once", noun, sort, whole, want)
		}
		for _, limit := range []int{1, 2, 3, want} {
			if got := walk(t, sort, limit, list); !slices.Equal(got, whole) {
				t.Errorf("%ss by %s in pages of %d are %v; want %v", noun, sort, limit, got, whole)
			}
		}
		if sort[0] == '-' {
			slices.Reverse(whole)
			if up := walk(t, sort[1:], 200, list); !slices.Equal(up, whole) {
				t.Errorf("%ss by %s are %v; want %s the other way round, %v", noun, sort[1:], up, sort, whole)
			}
		}
	}
}

func TestEveryOrderOfEveryCollectionGivesEveryRecordOnce(t *testing.T) {
	s := open(t)
	article := newArticle(s, "One. Two. Three. Four. Five. Six. Seven.")
	instant := func(i tracker.Instant) *tracker.Instant { return &i }
	var articles []int64
	// Keys that are equal, absent, before 1970 and at both ends of time.
	for i, published := range []*tracker.Instant{nil, instant(5), nil, instant(-62135596800000000), instant(5), instant(253402300799999999), instant(-7), instant(0)} {
		a := must(s.Articles.Create(bg, tracker.ArticleInput{SourceID: article.SourceID, URL: fmt.Sprintf("https://page.example/%d", i), Title: "a", PublishedAt: published}, read("One.")))
		articles = append(articles, a.ID)
	}
	var claim tracker.Claim
	for i, day := range []tracker.Date{"", "2024-01-31", "", "2023-12-31", "2024-01-31"} {
		in := claimed("a", quoted(article.ID, "One."))
		in.ClaimedOn = day
		claim = must(s.Claims.Create(bg, in))
		must(s.Occurrences.Create(bg, claim.ID, quoted(article.ID, []string{"Two.", "Three.", "Four.", "Five.", "Six."}[i])))
	}
	for range 2 { // in either order of the articles
		for _, a := range articles {
			must(s.Occurrences.Create(bg, claim.ID, quoted(a, "One.")))
		}
		slices.Reverse(articles)
		claim.ID--
	}
	for _, name := range []string{"b", "a", "Б", "a", "", "é", "z'; DROP TABLE sources; --"} {
		if name != "" {
			newSource(s, name)
			newActor(s, name)
			newElection(s, name)
		}
	}
	everyOrder(t, "source", s.Sources.Sorts(), 7, func(p store.Page) (store.List[tracker.Source], error) {
		return s.Sources.List(bg, store.SourceFilter{}, p)
	})
	everyOrder(t, "actor", s.Actors.Sorts(), 6, func(p store.Page) (store.List[tracker.Actor], error) {
		return s.Actors.List(bg, store.ActorFilter{}, p)
	})
	everyOrder(t, "election", s.Elections.Sorts(), 6, func(p store.Page) (store.List[tracker.Election], error) {
		return s.Elections.List(bg, store.ElectionFilter{}, p)
	})
	everyOrder(t, "article", s.Articles.Sorts(), 9, func(p store.Page) (store.List[tracker.Article], error) {
		return s.Articles.List(bg, store.ArticleFilter{}, p, nil)
	})
	everyOrder(t, "claim", s.Claims.Sorts(), 5, func(p store.Page) (store.List[tracker.Claim], error) {
		return s.Claims.List(bg, store.ClaimFilter{}, p, nil)
	})
	everyOrder(t, "occurrence", s.Occurrences.Sorts(), 26, func(p store.Page) (store.List[tracker.Occurrence], error) {
		return s.Occurrences.List(bg, store.OccurrenceFilter{}, p, nil)
	})
}

func TestACursorWithoutItsSecondKeyIsRefused(t *testing.T) {
	s := open(t)
	_, err := s.Occurrences.List(bg, store.OccurrenceFilter{}, store.Page{Limit: 1, Sort: "published_at", After: &store.Cursor{Number: 5, ID: 1}}, nil)
	wantCode(t, "a cursor of the time when there was one key", err, tracker.Malformed)
}

func TestArticlesWithoutATimeOfPublicationComeBeforeAllOthers(t *testing.T) {
	s := open(t)
	source := newSource(s, "a")
	var want []int64
	for i, published := range []*tracker.Instant{nil, nil, new(tracker.Instant)} {
		a := must(s.Articles.Create(bg, tracker.ArticleInput{SourceID: source.ID, URL: fmt.Sprintf("https://a.example/n%d", i), Title: "a", PublishedAt: published}, read("One.")))
		want = append(want, a.ID)
	}
	got := walk(t, "published_at", 1, func(p store.Page) (store.List[tracker.Article], error) {
		return s.Articles.List(bg, store.ArticleFilter{}, p, nil)
	})
	if !slices.Equal(got, want) {
		t.Errorf("articles by published_at are %v; want %v", got, want)
	}
}

func TestWhatIsWrittenMeanwhileNeitherRepeatsNorSkipsARecord(t *testing.T) {
	s := open(t)
	var want []int64
	for range 6 {
		want = append(want, newSource(s, "a").ID)
	}
	var got []int64
	p := store.Page{Limit: 2, Sort: "created_at"}
	for {
		l := must(s.Sources.List(bg, store.SourceFilter{Names: []string{"a"}}, p))
		for _, item := range l.Items {
			got = append(got, item.ID)
		}
		if l.Next == nil {
			break
		}
		p.After = l.Next
		newSource(s, "b")                                                     // not of this list
		must(0, s.Sources.Delete(bg, l.Items[0].ID, anyVersion))              // behind us
		must(0, s.Sources.Delete(bg, l.Items[len(l.Items)-1].ID, anyVersion)) // the very place to go on from
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages gave %v; want %v", got, want)
	}
}

func TestAListIsNotSortedByWhatIsNoSort(t *testing.T) {
	s := open(t)
	for _, sort := range []string{"", "-", "id", "--name", "name;", "name DESC", "Name", "version"} {
		_, err := s.Sources.List(bg, store.SourceFilter{}, page(sort))
		wantCode(t, "sorting by "+sort, err, tracker.Malformed)
	}
}

func TestFiltersLeaveWhatMatchesAllOfThem(t *testing.T) {
	s := open(t)
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}}, []tracker.Technique{{Code: "T0001", Name: "b", Tactic: "TA01"}}))
	first, second := newArticle(s, "It was rigged. It was not."), newArticle(s, "It was rigged. Nobody knows.")
	a, b, election := newActor(s, "a"), newActor(s, "b"), newElection(s, "Vote")
	one := claimed("one", quoted(first.ID, "It was rigged."))
	one.ElectionID, one.Tags, one.Techniques, one.Language, one.Occurrence.Stance = &election.ID, []string{"vote", "count"}, []string{"T0001"}, "en", tracker.StanceAsserts
	one.Actors = []tracker.ActorRole{{ActorID: a.ID, Role: tracker.RoleSpeaker}, {ActorID: b.ID, Role: tracker.RoleTarget}}
	c1 := must(s.Claims.Create(bg, one))
	two := claimed("two", quoted(second.ID, "Nobody knows."))
	two.Kind, two.Tags = tracker.ClaimDenial, []string{"vote"}
	two.Actors = []tracker.ActorRole{{ActorID: a.ID, Role: tracker.RoleTarget}}
	c2 := must(s.Claims.Create(bg, two))
	o := must(s.Occurrences.Create(bg, c2.ID, tracker.NewOccurrence{Anchor: quoted(first.ID, "rigged. It").Anchor,
		OccurrenceInput: tracker.OccurrenceInput{Stance: tracker.StanceDenies}}))
	sentences := first.Latest.Sentences

	type f = store.ClaimFilter
	for name, test := range map[string]struct {
		filter f
		want   []int64
	}{
		"nothing":                          {f{}, []int64{c1.ID, c2.ID}},
		"a kind":                           {f{Kinds: []tracker.ClaimKind{tracker.ClaimDenial}}, []int64{c2.ID}},
		"two kinds":                        {f{Kinds: []tracker.ClaimKind{tracker.ClaimDenial, tracker.ClaimAllegation}}, []int64{c1.ID, c2.ID}},
		"a status":                         {f{Statuses: []tracker.ClaimStatus{tracker.StatusReviewed}}, nil},
		"an election":                      {f{ElectionIDs: []int64{election.ID}}, []int64{c1.ID}},
		"a language":                       {f{Languages: []string{"en"}}, []int64{c1.ID}},
		"a tag":                            {f{Tags: []string{"count"}}, []int64{c1.ID}},
		"any of two tags":                  {f{Tags: []string{"count", "vote"}}, []int64{c1.ID, c2.ID}},
		"a technique":                      {f{Techniques: []string{"T0001"}}, []int64{c1.ID}},
		"an actor":                         {f{ActorIDs: []int64{a.ID}}, []int64{c1.ID, c2.ID}},
		"a role":                           {f{Roles: []tracker.Role{tracker.RoleTarget}}, []int64{c1.ID, c2.ID}},
		"an actor in a role":               {f{ActorIDs: []int64{a.ID}, Roles: []tracker.Role{tracker.RoleTarget}}, []int64{c2.ID}},
		"an article":                       {f{ArticleIDs: []int64{second.ID}}, []int64{c2.ID}},
		"a source":                         {f{SourceIDs: []int64{first.SourceID}}, []int64{c1.ID, c2.ID}},
		"a sentence":                       {f{SentenceIDs: []int64{sentences[1].ID}}, []int64{c2.ID}},
		"a sentence of two claims":         {f{SentenceIDs: []int64{sentences[0].ID}}, []int64{c1.ID, c2.ID}},
		"a stance":                         {f{Stances: []tracker.Stance{tracker.StanceDenies}}, []int64{c2.ID}},
		"an article with another's stance": {f{ArticleIDs: []int64{second.ID}, Stances: []tracker.Stance{tracker.StanceDenies}}, nil},
		"a tag and a kind":                 {f{Tags: []string{"vote"}, Kinds: []tracker.ClaimKind{tracker.ClaimDenial}}, []int64{c2.ID}},
		"SQL":                              {f{Tags: []string{"' OR 1=1 --"}}, nil},
	} {
		got := walk(t, "created_at", 200, func(p store.Page) (store.List[tracker.Claim], error) { return s.Claims.List(bg, test.filter, p, nil) })
		if !slices.Equal(got, test.want) {
			t.Errorf("claims of %s are %v; want %v", name, got, test.want)
		}
	}
	type of = store.OccurrenceFilter
	for name, test := range map[string]struct {
		filter of
		want   []int64
	}{
		"a claim":          {of{ClaimIDs: []int64{c2.ID}}, []int64{c2.Origin.ID, o.ID}},
		"an article":       {of{ArticleIDs: []int64{first.ID}}, []int64{c1.Origin.ID, o.ID}},
		"a later sentence": {of{SentenceIDs: []int64{sentences[1].ID}}, []int64{o.ID}},
		"a source":         {of{SourceIDs: []int64{second.SourceID}}, []int64{c2.Origin.ID}},
		"a stance":         {of{Stances: []tracker.Stance{tracker.StanceAsserts}}, []int64{c1.Origin.ID}},
	} {
		got := walk(t, "created_at", 200, func(p store.Page) (store.List[tracker.Occurrence], error) {
			return s.Occurrences.List(bg, test.filter, p, nil)
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("occurrences of %s are %v; want %v", name, got, test.want)
		}
	}
	from, to := tracker.Instant(0), tracker.Instant(1)
	must(s.Articles.Update(bg, second.ID, anyVersion, func(in *tracker.ArticleInput) error { in.PublishedAt, in.Language = &from, "de"; return nil }))
	type af = store.ArticleFilter
	for name, test := range map[string]struct {
		filter af
		want   []int64
	}{
		"a source":             {af{SourceIDs: []int64{first.SourceID}}, []int64{first.ID}},
		"a URL":                {af{URLs: []string{second.URL}}, []int64{second.ID}},
		"a language":           {af{Languages: []string{"de"}}, []int64{second.ID}},
		"a text":               {af{SHA256s: []string{first.Latest.SHA256}}, []int64{first.ID}},
		"an instant":           {af{Published: store.Between{From: &from, To: &to}}, []int64{second.ID}},
		"what comes before it": {af{Published: store.Between{To: &from}}, nil},
	} {
		got := walk(t, "created_at", 200, func(p store.Page) (store.List[tracker.Article], error) {
			return s.Articles.List(bg, test.filter, p, nil)
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("articles of %s are %v; want %v", name, got, test.want)
		}
	}
}
