package rest_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"claimtracker/internal/store"
)

// throng fills a tracker with claims at random, of a few values each.
func (a *api) throng(r *rand.Rand, claims int) *api {
	a.Helper()
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var sentences []int
	for i := range 5 {
		a.post("/api/v1/sources", object{"name": fmt.Sprint("Source ", i), "kind": pick("news_outlet", "broadcaster"), "country": pick("FR", "US")}).wants(201)
		a.post("/api/v1/actors", object{"name": fmt.Sprint("Actor ", i), "kind": pick("state", "person"), "country": pick("FR", "US", "CN")}).wants(201)
		a.election(fmt.Sprint("Election ", i))
		for k := range 2 {
			article := a.article(i+1, fmt.Sprintf("https://h%d.example/%d-%d", r.IntN(3), i, k), "One.", "Two.", "Three.")
			sentences = append(sentences, article.sentence(0), article.sentence(1), article.sentence(2))
		}
	}
	for i := range claims {
		in := object{"text": fmt.Sprint("Claim ", i), "kind": pick("denial", "pledge", "warning"),
			"occurrence": object{"sentence_id": sentences[r.IntN(len(sentences))], "stance": pick("asserts", "reports", "denies")}}
		if r.IntN(4) > 0 {
			in["election_id"], in["language"] = 1+r.IntN(5), pick("en", "fr")
			in["claimed_on"] = fmt.Sprintf("2024-%02d-%02d", 1+r.IntN(3), 1+r.IntN(28))
		}
		actors, seen := list{}, map[string]bool{}
		for range r.IntN(4) {
			if id, role := 1+r.IntN(5), pick("speaker", "accused", "target"); !seen[fmt.Sprint(id, role)] {
				seen[fmt.Sprint(id, role)] = true
				actors = append(actors, object{"actor_id": id, "role": role})
			}
		}
		in["actors"], in["tags"] = actors, list{pick("a", "b&c=d"), pick("e f", "g")}
		in["techniques"] = list{pick("T0049", "T0085", "T0085.001")}
		claim := a.post("/api/v1/claims", in).wants(201).id()
		for range r.IntN(3) {
			a.post(path("claims", claim)+"/occurrences", object{"sentence_id": sentences[r.IntN(len(sentences))], "stance": pick("asserts", "rebuts")})
		}
		if r.IntN(3) == 0 {
			a.patch(path("claims", claim), "*", object{"status": "in_review"}).wants(200)
		}
		if i%10 == 9 {
			a.clock.forward(5e13) // half a day
		}
	}
	return a
}

// someFilters are a few filters at random, as a query.
func (a *api) someFilters(r *rand.Rand) string {
	a.Helper()
	items := a.get("/api/v1/claims?limit=200").wants(200).items()
	of := func(member string) string { return items[r.IntN(len(items))].(object)[member].(string) }
	pool := []string{"kind=denial", "kind=pledge", "status=in_review", "election_id=1", "election_id=2", "language=en", "tag=a", "tag=b%26c%3Dd", "technique=T0085", "technique=TA06",
		"actor_id=1", "actor_id=2", "actor_kind=state", "actor_country=FR", "actor_country=US", "role=speaker", "role=accused", "speaker_id=3", "accused_kind=person", "accused_country=FR",
		"target_country=US", "target_kind=state", "source_id=1", "source_id=2", "source_kind=broadcaster", "source_country=FR", "stance=asserts", "stance=rebuts", "article_id=1", "article_id=4",
		"article_host=h1.example", "article_url=" + url.QueryEscape("https://h1.example/0-0"), "sentence_id=2", "sentence_id=7", "min_sources=2", "max_sources=2",
		"claimed_from=2024-01-10", "claimed_to=2024-03-05", "created_from=" + of("created_at"), "created_to=" + of("created_at"), "updated_from=" + of("updated_at"), "updated_to=" + of("updated_at"),
		"status_before=" + of("status_since"), "q=one+OR+two"}
	var chosen []string
	for _, i := range r.Perm(len(pool))[:r.IntN(4)] {
		if name, _, _ := strings.Cut(pool[i], "="); !strings.Contains(name, "_from") && !strings.Contains(name, "_to") && r.IntN(4) == 0 {
			for _, other := range pool {
				if strings.HasPrefix(other, name+"=") && other != pool[i] {
					chosen = append(chosen, other)
				}
			}
		}
		chosen = append(chosen, pool[i])
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(chosen))), "&")
}

// follow checks that a bucket's link lists as many as it counts, and tells how many that are.
func (a *api) follow(from answer, bucket any) int {
	a.Helper()
	o := bucket.(object)
	href, count := o["href"].(string), int(o["count"].(float64))
	total := "&total=true&limit=1"
	if !strings.Contains(href, "?") {
		total = "?total=true&limit=1"
	}
	if is := a.get(href + total).wants(200).number("/total"); is != count {
		a.Errorf("%s counts %d as %v; %s lists %d", from.asked, count, o["value"], href, is)
	}
	return count
}

func TestEveryBucketListsWhatItCounts(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	a := open(t).throng(r, 40)
	buckets := 0
	all := func(from answer, counted any) {
		for _, bucket := range counted.(list) {
			buckets++
			a.follow(from, bucket)
			for _, within := range []string{"split", "cells"} {
				if more, ok := bucket.(object)[within].(list); ok {
					for _, one := range more {
						a.follow(from, one)
					}
				}
			}
		}
	}
	field := func() string { return store.ClaimFields[r.IntN(len(store.ClaimFields))] }
	for range 15 {
		filters := "&" + a.someFilters(r)
		got := a.get(fmt.Sprintf("/api/v1/claims/facets?field=%s&field=%s&limit=%d%s", field(), field(), 1+r.IntN(8), filters)).wants(200)
		if listed := a.get("/api/v1/claims?total=true" + filters).wants(200).number("/total"); listed != got.number("/total") {
			t.Errorf("%s: the total is %d; want %d", got.asked, got.number("/total"), listed)
		}
		for i := range got.at("/facets").(list) {
			all(got, got.at(fmt.Sprintf("/facets/%d/buckets", i)))
		}
		got = a.get(fmt.Sprintf("/api/v1/stats/timeline?interval=%s&by=%s&split=%s&limit=2%s", []string{"day", "week", "month"}[r.IntN(3)],
			[]string{"claimed_on", "created_at"}[r.IntN(2)], field(), filters)).wants(200)
		all(got, got.at("/periods"))
		rows, columns := field(), field()
		got = a.get(fmt.Sprintf("/api/v1/stats/crosstab?rows=%s&columns=%s&limit=%d%s", rows, columns, 1+r.IntN(4), filters))
		if rows == columns || strings.HasPrefix(rows, "t") && strings.HasPrefix(columns, "t") && strings.Contains(rows+columns, "tactic") {
			continue
		}
		all(got.wants(200), got.at("/rows"))
		all(got, got.at("/columns"))
		got = a.get(fmt.Sprintf("/api/v1/stats/seen?field=%s&limit=3%s", field(), filters)).wants(200)
		all(got, got.at("/buckets"))
		for _, one := range got.at("/buckets").(list) {
			a.checkSeen(got, one.(object))
		}
	}
	if buckets < 25 {
		t.Errorf("only %d buckets were followed", buckets)
	}
}

// checkSeen checks when a value was first and last seen by the claims that its link lists.
func (a *api) checkSeen(from answer, o object) {
	a.Helper()
	want := map[string]string{}
	for _, item := range a.get(o["href"].(string) + "&limit=200").wants(200).items() {
		for _, member := range []string{"claimed_on", "created_at"} {
			v, ok := item.(object)[member].(string)
			if !ok {
				continue
			}
			if first := want["first_"+member]; first == "" || v < first {
				want["first_"+member] = v
			}
			want["last_"+member] = max(want["last_"+member], v)
		}
	}
	for member, is := range want {
		if o[member] != is {
			a.Errorf("%s: %s of %v is %v; want %v", from.asked, member, o["value"], o[member], is)
		}
	}
}

func TestAFactCheckersQuestionsAreOneRequestEach(t *testing.T) {
	a := openWorld(t)
	for question, want := range map[string][]int{
		"source_id=2":                                {1, 3},    // all claims of an outlet
		"source_kind=wire_agency":                    {1, 3},    // of a kind of outlet
		"source_country=FR":                          {1, 3, 4}, // of the outlets of a country
		"accused_id=1":                               {1},       // everything that an actor is said to have done
		"speaker_id=3":                               {1},       // said
		"target_id=3":                                {},        // been the target of
		"source_id=2&election_id=2":                  {3},       // what a source published about an election
		"article_url=https://a.example/2":            {1, 3},    // what stands in the article at a URL
		"article_host=a.example&kind=warning":        {4},       // or on a host
		"accused_country=FR&source_country=FR":       {1},       // what a country's outlets say that the country did
		"min_sources=2":                              {1},       // what more than one source has
		"status=in_review&status_before=" + tomorrow: {2},       // what waits
	} {
		got := a.get("/api/v1/claims?sort=created_at&total=true&"+question).wants(200).has("/total", len(want))
		if ids := idsOf(got.items()); !slices.Equal(ids, want) {
			t.Errorf("%s is answered with %v; want %v", question, ids, want)
		}
	}
	a.get("/api/v1/claims/facets?field=source_id&tag=summit").wants(200).has("/total", 2, "/facets/0/buckets/0/label", "The Harbour Ledger",
		"/facets/0/buckets/0/count", 2, "/facets/0/buckets/1/value", "2", "/facets/0/buckets/1/href", "/api/v1/claims?source_id=2&tag=summit")
	a.get("/api/v1/stats/crosstab?rows=actor_id&columns=role").wants(200).has("/rows/0/label", "A. Person", "/columns/0/value", "accused",
		"/rows/0/cells/0/count", 1, "/rows/0/cells/1/count", 1, "/rows/1/cells/1/count", 0, "/rows/0/cells/1/href", "/api/v1/claims?actor_id=3&role=speaker")
}

// tomorrow is after all that happens in a test.
const tomorrow = "2024-02-02T00:00:00Z"

func TestTotalsAndGapsListWhatTheyCount(t *testing.T) {
	a := openWorld(t)
	totals := a.get("/api/v1/stats/totals").wants(200).has("/sentences/count", 10, "/claims/count", 4)
	for name, tally := range totals.json.(object) {
		href, ok := tally.(object)["href"].(string)
		if !ok {
			continue
		}
		if name == "techniques" || name == "tactics" { // lists without pages
			if listed := len(a.get(href).wants(200).items()); float64(listed) != tally.(object)["count"] {
				t.Errorf("%s lists %d; want %v", href, listed, tally)
			}
			continue
		}
		if listed := len(a.walk(href+"?limit=2", nothing)); float64(listed) != tally.(object)["count"] {
			t.Errorf("%s lists %d; want %v", href, listed, tally)
		}
	}
	a.clock.forward(20 * 24 * time.Hour)
	a.patch("/api/v1/claims/1", "*", object{"status": "in_review"}).wants(200)
	gaps := a.get("/api/v1/stats/gaps?days=14").wants(200).has("/one_source/count", 3, "/long_in_review/count", 1, "/unarchived/count", 3, "/uncited/count", 1)
	gaps.has("/unarchived/href", "/api/v1/articles?archived=false", "/uncited/href", "/api/v1/sources?cited=false")
	for _, name := range []string{"one_source", "long_in_review", "unarchived", "uncited"} {
		a.follow(gaps, gaps.at("/"+name))
	}
	a.patch("/api/v1/articles/1", "*", object{"archive_url": "https://archive.example/1"}).wants(200)
	a.delete("/api/v1/claims/3").wants(204)
	a.get("/api/v1/stats/gaps?days=30").wants(200).has("/one_source/count", 2, "/long_in_review/count", 0, "/unarchived/count", 2, "/uncited/count", 1)
	a.get("/api/v1/stats/totals").wants(200).has("/claims/count", 3, "/occurrences/count", 5)
}

// What a filter says of the counted field is left out, also beside another filter that has to do with it.
func TestAFieldIsCountedWithoutItsOwnFilter(t *testing.T) {
	a := openWorld(t)
	for _, filters := range []string{"", "&status=in_review", "&status=in_review&status_before=" + tomorrow, "&status_before=" + tomorrow} {
		a.get("/api/v1/claims/facets?field=status"+filters).wants(200).has("/facets/0/buckets/0/value", "logged", "/facets/0/buckets/0/count", 3,
			"/facets/0/buckets/1/value", "in_review", "/facets/0/buckets/1/count", 1)
	}
}

func TestAPeriodThatIsSplitSaysSoAlsoWhereNothingIsToBeSplit(t *testing.T) {
	a := openWorld(t)
	a.get("/api/v1/stats/timeline?by=created_at&split=beneficiary_id&kind=denial").wants(200).has("/periods/0/split", list{})
	a.get("/api/v1/stats/timeline?by=created_at&kind=denial").wants(200).has("/periods/0/split", nil)
}

func TestACountIsRefusedWithAllThatIsWrongWithIt(t *testing.T) {
	a := open(t)
	a.get("/api/v1/claims/facets?limit=0&kind=x&sort=x").wants(400).names("field required", "limit out_of_range", "kind not_in_vocabulary", "sort unknown_parameter")
	a.get("/api/v1/stats/crosstab?rows=technique&columns=tactic").wants(400).names("columns conflict")
	a.get("/api/v1/stats/crosstab?rows=tag&columns=tag").wants(400).names("columns conflict")
	a.get("/api/v1/stats/crosstab").wants(400).names("rows required", "columns required")
	a.get("/api/v1/stats/timeline?interval=year&by=x&split=x&claimed_from=2024-02-30").wants(400).
		names("interval not_in_vocabulary", "by not_in_vocabulary", "split not_in_vocabulary", "claimed_from format")
	a.get("/api/v1/stats/gaps?days=0").wants(400).names("days out_of_range")
}
