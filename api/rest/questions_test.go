package rest_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
)

// What fact-checkers ask is one request each.

func TestWhoElseCarriesThisQuote(t *testing.T) {
	a := open(t)
	one, other := a.source("One"), a.source("Other")
	first := a.article(one, "https://a.example/1", "He said so.", "\"We would never do it\", she said.")
	second := a.article(other, "https://b.example/2", "Nothing here.", "“WE WOULD NEVER\u00a0DO IT!”")
	third := a.article(other, "https://b.example/3", "We would do it.")
	for _, place := range []object{
		{"article_id": first.id(), "exact": "We would never do it"},
		{"sentence_id": second.sentence(1)}, {"sentence_id": third.sentence(0)},
	} {
		a.post("/api/v1/claims", object{"text": "They do not do it.", "kind": "denial", "occurrence": place}).wants(201)
	}
	for _, quote := range []string{"We would never do it", "«we would never do it»", "  We would  never do it."} {
		asked := "/api/v1/occurrences?sort=created_at&expand=source&exact=" + url.QueryEscape(quote)
		got := a.get(asked).wants(200).has("/items/0/article/source/name", "One", "/items/1/article/source/name", "Other")
		if ids := idsOf(got.items()); !slices.Equal(ids, []int{1, 2}) {
			t.Errorf("%s = %v; want both places and no other", got.asked, ids)
		}
	}
}

func TestEverySentenceInWhichAClaimStandsInOrderOfTime(t *testing.T) {
	a := open(t)
	source := a.source("One")
	claim := 0
	// The order of time is that of publication, not of logging; what nobody knows the time of comes first.
	for i, at := range []any{"2024-03-01T00:00:00Z", "2024-01-01T00:00:00Z", nil, "2024-02-01T00:00:00Z"} {
		in := object{"source_id": source, "url": fmt.Sprint("https://a.example/", i), "title": "A title", "language": "en", "text": fmt.Sprintf("Words of %d.", i)}
		if at != nil {
			in["published_at"] = at
		}
		article := a.post("/api/v1/articles", in).wants(201)
		if i == 0 {
			claim = a.claim("They did it.", article.sentence(0)).id()
			continue
		}
		a.post(fmt.Sprintf("/api/v1/claims/%d/occurrences", claim), object{"sentence_id": article.sentence(0)}).wants(201)
	}
	sentences := func() (all []string) {
		for _, item := range a.get(fmt.Sprintf("/api/v1/occurrences?claim_id=%d&sort=published_at&expand=sentences,article,source", claim)).wants(200).items() {
			all = append(all, at(item, "/sentences/0/text").(string))
		}
		return all
	}
	if got, want := sentences(), []string{"Words of 2.", "Words of 1.", "Words of 3.", "Words of 0."}; !slices.Equal(got, want) {
		t.Errorf("the claim stands in %q; want %q", got, want)
	}
	a.patch("/api/v1/articles/3", "*", object{"published_at": "2024-02-02T00:00:00Z"}).wants(200)
	if got, want := sentences(), []string{"Words of 1.", "Words of 3.", "Words of 2.", "Words of 0."}; !slices.Equal(got, want) {
		t.Errorf("once an article's time is known, the claim stands in %q; want %q", got, want)
	}
}

func TestWhatASourcePublishedAboutAnElection(t *testing.T) {
	a := open(t)
	one, other := a.source("One"), a.source("Other")
	vote, elsewhere := a.election("Vote"), a.election("Elsewhere")
	for i, about := range []struct{ source, election int }{{one, vote}, {other, vote}, {one, elsewhere}, {one, vote}, {one, 0}} {
		article := a.article(about.source, fmt.Sprint("https://a.example/", i), "Words.", "More words.")
		for n := range 2 { // two claims of an article are one article
			in := object{"text": "They did it.", "kind": "allegation", "occurrence": object{"sentence_id": article.sentence(n)}}
			if about.election > 0 {
				in["election_id"] = about.election
			}
			a.post("/api/v1/claims", in).wants(201)
		}
	}
	asked := fmt.Sprintf("/api/v1/articles?source_id=%d&election_id=%d&sort=-published_at&total=true", one, vote)
	if ids := idsOf(a.get(asked).wants(200).has("/total", 2).items()); !slices.Equal(ids, []int{4, 1}) {
		t.Errorf("%s = %v; want 4 and 1", asked, ids)
	}
	// A claim that turns out to be about it brings its article in, and one that is deleted takes it out.
	a.patch("/api/v1/claims/5", "*", object{"election_id": vote}).wants(200)
	a.delete("/api/v1/claims/1").wants(204)
	a.delete("/api/v1/claims/2").wants(204)
	if ids := idsOf(a.get(asked).wants(200).has("/total", 2).items()); !slices.Equal(ids, []int{4, 3}) {
		t.Errorf("%s = %v; want 4 and 3", asked, ids)
	}
}
