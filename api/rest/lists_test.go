package rest_test

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// listed are the lists of the document that have pages, by their path; search_test.go has the list of all kinds of records.
func listed() map[string]*openapi3.Operation {
	lists := map[string]*openapi3.Operation{}
	for path, item := range document().Paths.Map() {
		if item.Get != nil && item.Get.Parameters.GetByInAndName("query", "cursor") != nil {
			lists[path] = item.Get
		}
	}
	delete(lists, "/api/v1/search")
	return lists
}

// sortsOf are the sorts that the document names for a list, save by relevance: search_test.go has that.
func sortsOf(operation *openapi3.Operation) (sorts []string) {
	for _, sort := range operation.Parameters.GetByInAndName("query", "sort").Schema.Value.Enum {
		sorts = append(sorts, sort.(string))
	}
	return slices.DeleteFunc(sorts, func(sort string) bool { return sort == "relevance" })
}

// walk follows a list from page to page by its Link header, and returns all its items. between runs before each next page.
func (a *api) walk(path string, between func(page answer)) (all list) {
	a.Helper()
	for {
		got := a.get(path).wants(200)
		all = append(all, got.items()...)
		next, _ := got.at("/next").(string)
		link := got.header.Get("Link")
		if (next == "") != (link == "") {
			a.Fatalf("%s: next is %q and Link is %q", got.asked, next, link)
		}
		if next == "" {
			return all
		}
		target, isNext := strings.CutSuffix(link, `>; rel="next"`)
		target, isTarget := strings.CutPrefix(target, "<")
		if !isNext || !isTarget || !strings.Contains(target, "cursor="+url.QueryEscape(next)) {
			a.Fatalf(`%s: Link = %s; want <...>; rel="next" with the cursor %s`, got.asked, link, next)
		}
		if len(all) > 10_000 {
			a.Fatalf("%s: the pages do not end", got.asked)
		}
		between(got)
		path = target
	}
}

func nothing(answer) {}

func idsOf(items list) (ids []int) {
	for _, item := range items {
		ids = append(ids, int(item.(object)["id"].(float64)))
	}
	return ids
}

func TestEveryListIsSortedEachWayAndPagedWithoutGapOrRepetition(t *testing.T) {
	a := openWorld(t)
	for path, operation := range listed() {
		for _, sort := range sortsOf(operation) {
			key, descending := strings.CutPrefix(sort, "-")
			query := path + "?limit=200&sort=" + sort
			if path == "/api/v1/occurrences" {
				query += "&expand=article" // whose time of publication it is
			}
			whole := a.get(query).wants(200).items()
			if len(whole) < 4 {
				t.Fatalf("%s has %d records; want enough for pages", path, len(whole))
			}
			if !slices.IsSortedFunc(whole, func(x, y any) int {
				order := cmp.Or(cmp.Compare(sortKey(x, key), sortKey(y, key)), cmp.Compare(x.(object)["id"].(float64), y.(object)["id"].(float64)))
				if descending {
					return -order
				}
				return order
			}) {
				t.Errorf("GET %s?sort=%s is in the order %v, which is not that", path, sort, idsOf(whole))
			}
			for limit := 1; limit <= 4; limit++ {
				paged := a.walk(fmt.Sprintf("%s?limit=%d&sort=%s", path, limit, sort), nothing)
				if !slices.Equal(idsOf(paged), idsOf(whole)) {
					t.Errorf("GET %s?sort=%s by %d = %v; want %v", path, sort, limit, idsOf(paged), idsOf(whole))
				}
			}
		}
		// The newest first, unless something else is asked for.
		plain, newest := a.get(path).wants(200), a.get(path+"?sort=-created_at").wants(200)
		if string(plain.raw) != string(newest.raw) {
			t.Errorf("GET %s = %v; want it newest first, %v", path, idsOf(plain.items()), idsOf(newest.items()))
		}
	}
}

// sortKey is what a record is sorted by; where it has none, it comes before all others.
func sortKey(item any, key string) string {
	if article, ok := item.(object)["article"]; ok && key == "published_at" {
		item = article
	}
	s, _ := item.(object)[key].(string)
	return s
}

func TestEveryListHasTiesToBreak(t *testing.T) {
	a := openWorld(t)
	lists := listed()
	delete(lists, "/api/v1/sentences") // which have no time: their order is that of their ids
	for path := range lists {
		times := a.get(path).wants(200).column("created_at")
		if distinct := len(slices.Compact(slices.SortedFunc(slices.Values(times), func(x, y any) int { return cmp.Compare(x.(string), y.(string)) }))); distinct == len(times) {
			t.Errorf("no two records of %s are of one moment; the test of their order proves nothing", path)
		}
	}
}

func TestPagesNeitherRepeatNorSkipWhileOthersWrite(t *testing.T) {
	for _, sort := range []string{"created_at", "-created_at", "name", "-name", "updated_at", "-updated_at"} {
		t.Run(sort, func(t *testing.T) {
			a := open(t)
			names := []string{"m", "b", "z", "m", "a", "q", "m", "c", "y", "m", "d", "x"}
			for i, name := range names {
				a.tie(i % 4)
				a.source(name)
			}
			stays := map[int]bool{}
			for id := range names {
				stays[id+1] = true
			}
			var seen []int
			all := a.walk("/api/v1/sources?limit=2&sort="+sort, func(page answer) {
				seen = append(seen, idsOf(page.items())...)
				// Others come before, among and after those that are still to be read, and one that was read goes.
				for _, name := range []string{"0", "m", "zz"} {
					a.source(name)
				}
				a.delete(path("sources", seen[len(seen)-1])).wants(204)
				// So does one that was not read yet.
				for id := range len(names) {
					if stays[id+1] && !slices.Contains(seen, id+1) && len(seen) == 4 {
						a.delete(path("sources", id+1)).wants(204)
						delete(stays, id+1)
						break
					}
				}
				if len(seen) == 20 { // enough: let the list end
					for _, id := range idsOf(a.get("/api/v1/sources?limit=200").wants(200).items()) {
						if id > len(names) {
							a.delete(path("sources", id)).wants(204)
						}
					}
				}
			})
			ids := idsOf(all)
			if unique := slices.Compact(slices.Sorted(slices.Values(ids))); len(unique) != len(ids) {
				t.Errorf("the pages hold %v; want none of them twice", ids)
			}
			for id := range stays {
				if !slices.Contains(ids, id) {
					t.Errorf("the pages hold %v; want %d too", ids, id)
				}
			}
		})
	}
}

func TestEveryFilterFilters(t *testing.T) {
	a := openWorld(t)
	bravo := a.get("/api/v1/articles/2").wants(200).text("/latest/sha256")
	charlie := a.get("/api/v1/articles/3").wants(200).text("/latest/sha256")
	claims := a.get("/api/v1/claims?sort=created_at").wants(200)
	of := func(claim int, field string) string { return claims.text(fmt.Sprintf("/items/%d/%s", claim-1, field)) }
	// Which ids each query leaves. A filter that is repeated lets any of its values match; several filters must all match.
	filters := map[string]map[string][]int{
		"/api/v1/sources": {
			"kind=wire_agency": {2}, "kind=wire_agency&kind=broadcaster": {2, 3}, "kind=academic": {},
			"name=Radio+Est": {3, 4}, "name=radio+est": {}, "name=Radio+Est&name=Agence+Nord": {2, 3, 4},
			"domain=nord.example": {2}, "domain=nord.example&domain=est.example": {2, 3},
			"country=FR": {2, 3}, "country=FR&country=DE": {2, 3, 4},
			"language=de": {3, 4}, "language=de&language=en": {1, 3, 4},
			"q=radio": {3, 4}, "q=radio+-est": {}, "highlight=true&q=nord+OR+ledger": {1, 2}, "q=radio&country=DE": {4},
			"alias=Nord": {2}, "alias=Ledger&alias=%20AN": {1, 2}, "alias=nord": {}, "alias=Nord&country=DE": {},
			"cited=true": {1, 2, 3}, "cited=false": {4}, "cited=true&country=FR": {2, 3},
			"language=de&country=FR": {3}, "language=de&country=FR&country=DE&kind=news_outlet": {4}, "language=fr&country=DE": {},
		},
		"/api/v1/actors": {
			"kind=person": {3, 4}, "kind=person&kind=security_service": {1, 3, 4},
			"name=Bureau+Two": {2}, "name=Bureau+Two&name=A.+Person": {2, 3},
			"country=FR": {1, 2}, "country=FR&country=GB": {1, 2, 3},
			"wikidata_id=Q100": {1}, "wikidata_id=Q100&wikidata_id=Q200": {1, 4}, "wikidata_id=Q300": {},
			"parent_id=1": {2, 3}, "parent_id=1&parent_id=2": {2, 3, 4}, "parent_id=99": {},
			"q=person": {3, 4}, "q=pers*+a": {3}, "highlight=true&q=bureau": {2}, "q=person&country=GB": {3},
			"alias=Bee": {4}, "alias=Bee&alias=Nord": {4}, "alias=Ledger": {},
			"parent_id=1&kind=person": {3}, "parent_id=2&country=GB": {},
		},
		"/api/v1/elections": {
			"kind=presidential": {1}, "kind=presidential&kind=referendum": {1, 4},
			"name=Vote": {4}, "name=Vote&name=EU+2024": {2, 4},
			"country=FR": {3, 4}, "country=FR&country=US": {1, 3, 4},
			"level=national": {1, 4}, "level=local&level=supranational": {2, 3}, "level=national&country=FR": {4},
		},
		"/api/v1/articles": {
			"source_id=2": {2, 3}, "source_id=2&source_id=3": {2, 3, 4}, "source_id=99": {},
			"language=en": {1, 3}, "language=en&language=de": {1, 3, 4},
			"url=https://a.example/2": {2}, "url=HTTPS://A.example:443/2?utm_source%3Dx%23y": {2}, "url=https://a.example/2&url=https://a.example/3": {2, 3}, "url=https://a.example/9": {},
			"sha256=" + bravo: {2}, "sha256=" + charlie: {3, 4}, "sha256=" + charlie + "&sha256=" + bravo: {2, 3, 4}, "sha256=" + strings.ToUpper(bravo): {2},
			"published_from=2024-01-31T08:34:00Z": {1, 2}, "published_from=2024-01-31T08:34:00.000001Z": {},
			"published_to=2024-01-31T08:34:00Z": {4}, "published_to=2024-01-31T08:34:00.000001Z": {1, 2, 4},
			"published_from=1969-07-20T22:17:40.123456%2B02:00&published_to=1969-07-20T20:17:41Z": {4},
			"q=charlie": {3, 4}, "q=article+-charlie": {1, 2}, "highlight=true&q=%22two+alpha%22": {1}, "q=charlie&source_id=2": {3},
			"host=a.example": {1, 2, 3, 4}, "host=A.EXAMPLE.": {1, 2, 3, 4}, "host=b.example": {}, "host=example": {}, "host=b.example&host=a.example&language=de": {4},
			"source_kind=wire_agency": {2, 3}, "source_kind=wire_agency&source_kind=broadcaster": {2, 3, 4}, "source_kind=academic": {},
			"source_country=FR": {2, 3, 4}, "source_country=GB": {1}, "source_country=FR&source_kind=broadcaster": {4},
			"election_id=1": {1, 2, 3}, "election_id=2": {2}, "election_id=1&election_id=2": {1, 2, 3}, "election_id=3": {}, "election_id=1&source_id=2": {2, 3},
			"archived=true": {3}, "archived=false": {1, 2, 4}, "archived=false&source_id=2&election_id=2": {2},
			"source_id=2&language=en": {3}, "source_id=1&language=fr": {},
		},
		"/api/v1/claims": {
			"kind=pledge": {1, 3}, "kind=pledge&kind=warning": {1, 3, 4}, "kind=statistic": {},
			"status=in_review": {2}, "status=in_review&status=logged": {1, 2, 3, 4}, "status=archived": {},
			"election_id=1": {1, 2}, "election_id=1&election_id=2": {1, 2, 3}, "election_id=99": {},
			"language=en": {1, 3}, "language=en&language=fr": {1, 2, 3},
			"tag=summit": {1, 2}, "tag=europe&tag=asia": {1, 3}, "tag=sum": {},
			"technique=T0085": {1}, "technique=T0085&technique=T0049": {1, 2}, "technique=T9999": {},
			"actor_id=3": {1, 2}, "actor_id=1": {1}, "actor_id=1&actor_id=3": {1, 2}, "actor_id=4": {},
			"role=accused": {1, 2}, "role=speaker": {1}, "role=target&role=speaker": {1}, "role=target": {},
			"actor_id=3&role=accused": {2}, "actor_id=1&role=speaker": {}, // the role is that actor's
			"article_id=1": {1, 2}, "article_id=2": {1, 3}, "article_id=2&article_id=4": {1, 3, 4}, "article_id=99": {},
			"source_id=1": {1, 2}, "source_id=2": {1, 3}, "source_id=3&source_id=1": {1, 2, 4},
			"sentence_id=3": {2}, "sentence_id=1&sentence_id=5": {1, 3}, "sentence_id=8": {},
			"stance=rebuts": {1}, "stance=reports": {1}, "stance=denies&stance=asserts": {2, 3},
			"article_id=2&stance=rebuts": {1}, "article_id=1&stance=rebuts": {}, // the stance is that article's
			"q=alpha": {1, 2}, "q=c1+OR+c3": {1, 3}, "highlight=true&q=charlie": {1, 4}, "q=alpha&kind=denial": {2},
			"source_id=2&stance=asserts": {3}, "kind=pledge&election_id=1&tag=summit&source_id=2": {1}, "kind=pledge&status=in_review": {},
			"actor_kind=person": {1, 2}, "actor_kind=security_service&actor_kind=state": {1}, "actor_kind=person&role=speaker": {1}, "actor_kind=state": {},
			"actor_country=FR": {1}, "actor_country=GB&role=accused": {2}, "actor_country=FR&actor_kind=person": {}, // of one and the same actor
			"actor_id=1&actor_id=3&actor_country=GB&role=accused&role=target": {2},
			"speaker_id=3": {1}, "speaker_kind=person": {1}, "speaker_country=GB": {1}, "speaker_country=FR": {},
			"accused_id=1&accused_id=3": {1, 2}, "accused_kind=security_service": {1}, "accused_country=GB&accused_kind=person": {2},
			"accused_country=FR&speaker_country=GB": {1}, "accused_country=GB&speaker_country=GB": {},
			"target_id=3": {}, "target_kind=person": {}, "target_country=GB": {}, "beneficiary_id=3": {}, "beneficiary_kind=person": {},
			"beneficiary_country=GB": {}, "attributor_id=3": {}, "attributor_kind=person": {}, "attributor_country=GB": {},
			"source_kind=wire_agency": {1, 3}, "source_kind=broadcaster&source_kind=news_outlet": {1, 2, 4}, "source_kind=academic": {},
			"source_country=FR": {1, 3, 4}, "source_country=FR&source_kind=news_outlet": {}, // of one and the same source
			"source_country=FR&source_kind=wire_agency&stance=rebuts&stance=asserts": {1, 3}, "source_kind=broadcaster&stance=rebuts": {},
			"article_url=https://a.example/2": {1, 3}, "article_url=HTTPS://A.example:443/2&source_kind=wire_agency&stance=rebuts": {1},
			"article_url=https://a.example/2&source_country=GB": {}, "article_host=a.example": {1, 2, 3, 4}, "article_host=A.Example&kind=warning": {4}, "article_host=example": {},
			"technique=TA06": {1, 2}, "technique=TA17&technique=T0085": {1, 2}, "technique=TA17": {2}, "technique=TA99": {},
			"min_sources=2": {1}, "max_sources=1": {2, 3, 4}, "min_sources=1": {1, 2, 3, 4}, "min_sources=3": {}, "min_sources=2&max_sources=1": {},
			"claimed_from=2022-01-02": {1, 2}, "claimed_from=2022-01-01&claimed_to=2023-11-14": {3}, "claimed_to=2023-11-15": {1, 2, 3}, "claimed_from=2023-11-15&claimed_to=2023-11-15": {1, 2},
			"claimed_from=2024-01-01&claimed_to=2023-01-01": {}, "claimed_from=2023-11-16&claimed_to=2022-01-01": {}, "claimed_from=2023-11-15&claimed_to=2022-01-02": {},
			"created_from=" + of(4, "created_at"): {4}, "created_to=" + of(4, "created_at"): {1, 2, 3}, "created_from=2100-01-01T00:00:00Z": {}, "created_to=2000-01-01T00:00:00Z": {},
			"created_from=" + of(1, "created_at") + "&created_to=" + of(4, "created_at"): {1, 2, 3},
			"updated_from=" + of(2, "updated_at"):                                        {2}, "updated_to=" + of(4, "updated_at"): {3}, "updated_to=" + of(2, "updated_at"): {1, 3, 4},
			"status_before=" + of(2, "status_since"): {1, 3, 4}, "status_before=2100-01-01T00:00:00Z&status=in_review": {2},
			"kind=pledge&status=logged&speaker_id=3&accused_country=FR&source_kind=wire_agency&min_sources=2&claimed_from=2023-01-01&technique=TA06&tag=asia": {1},
		},
		"/api/v1/sentences": {
			"article_id=2": {5, 6}, "article_id=2&article_id=3": {5, 6, 7, 8}, "article_id=99": {},
			"source_id=1": {1, 2, 3, 4}, "source_id=2&source_id=3": {5, 6, 7, 8, 9, 10},
			"language=de": {9, 10}, "language=de&language=fr": {5, 6, 9, 10}, "language=es": {},
			"q=two": {2, 8, 10}, "q=two+-alpha": {8, 10}, "highlight=true&q=%22charlie+o*%22": {}, "q=%22charlie+on%22*": {7, 9},
			"q=two&source_id=2": {8}, "q=two&language=en&article_id=1": {2}, "source_id=2&language=en": {7, 8},
		},
		"/api/v1/occurrences": {
			"claim_id=1": {1, 5, 6}, "claim_id=1&claim_id=3": {1, 3, 5, 6}, "claim_id=99": {},
			"article_id=1": {1, 2}, "article_id=2&article_id=3": {3, 5, 6},
			"source_id=2": {3, 5, 6}, "source_id=1&source_id=3": {1, 2, 4},
			"sentence_id=3": {2}, "sentence_id=6&sentence_id=9": {4, 5}, "sentence_id=8": {},
			"stance=reports": {1, 6}, "stance=reports&stance=denies": {1, 2, 6},
			"election_id=1": {1, 2, 5, 6}, "election_id=2": {3}, "election_id=2&election_id=1&stance=reports": {1, 6}, "election_id=3": {},
			"exact=Charlie+one.": {4, 6}, "exact=%E2%80%9CCHARLIE,+one%E2%80%9D": {4, 6}, "exact=Charlie+one&exact=Bravo+un": {3, 4, 6}, "exact=Charlie": {},
			"exact=alpha+two+alpha+three+alpha+four": {2}, "exact=charlie+one&election_id=1": {6},
			"is_origin=true": {1, 2, 3, 4}, "is_origin=false": {5, 6}, "is_origin=false&source_id=2&article_id=3": {6},
			"claim_id=1&stance=reports&source_id=2": {6}, "claim_id=3&article_id=1": {},
		},
	}
	for path := range filters {
		if path == "/api/v1/claims" || path == "/api/v1/sentences" { // which has rows of its own, and which has no such filters
			continue
		}
		all := a.get(path + "?sort=created_at").wants(200).items()
		for _, name := range []string{"created", "updated"} {
			// Some records are of one moment.
			moment := a.get(path + "/2").wants(200).text("/" + name + "_at")
			before, at, since := []int{}, []int{}, []int{}
			for i, id := range idsOf(all) {
				switch is := all[i].(object)[name+"_at"].(string); {
				case is < moment:
					before = append(before, id)
				default:
					since = append(since, id)
					if is == moment {
						at = append(at, id)
					}
				}
			}
			filters[path][name+"_from="+moment], filters[path][name+"_to="+moment] = since, before
			filters[path][name+"_from="+moment+"&"+name+"_to="+strings.Replace(moment, "6Z", "7Z", 1)] = at
			filters[path][name+"_from=2024-03-01T00:00:00Z"] = []int{}
			filters[path][name+"_to=2024-01-01T00:00:00Z"] = []int{}
		}
	}
	for path, operation := range listed() {
		for _, parameter := range operation.Parameters {
			name := parameter.Value.Name
			if parameter.Value.In != "query" || slices.Contains([]string{"limit", "sort", "cursor", "total", "expand", "fields", "format"}, name) {
				continue
			}
			if !slices.ContainsFunc(slices.Collect(maps.Keys(filters[path])), func(query string) bool { return strings.HasPrefix(query, name+"=") }) {
				t.Errorf("no row proves what the filter %s of %s does", name, path)
			}
		}
		for query, want := range filters[path] {
			got := a.get(path+"?sort=created_at&total=true&"+query).wants(200).has("/total", len(want))
			if ids := idsOf(got.items()); !slices.Equal(ids, want) {
				t.Errorf("GET %s?%s = %v; want %v", path, query, ids, want)
			}
			if paged := idsOf(a.walk(path+"?limit=1&sort=created_at&"+query, nothing)); !slices.Equal(paged, want) {
				t.Errorf("GET %s?%s by one = %v; want %v", path, query, paged, want)
			}
		}
	}
}

func TestAFilterIsReadAsTheFieldIs(t *testing.T) {
	a := openWorld(t)
	for query, want := range map[string][]int{
		"sources?domain=Nord.EXAMPLE.": {2}, "sources?language=DE": {3, 4}, "sources?name=%20Radio++Est": {3, 4},
		"claims?tag=SUMMIT": {1, 2}, "claims?tag=%20Asia": {1}, "claims?language=EN": {1, 3}, "articles?language=FR": {2},
		"sources?country=fr": {2, 3}, "sources?country=Fr&country=de": {2, 3, 4}, "actors?country=gB": {3}, "elections?country=us": {1},
		"articles?source_country=fr": {2, 3, 4}, "claims?actor_country=fr": {1}, "claims?source_country=fr": {1, 3, 4},
		"claims?speaker_country=gb": {1}, "claims?accused_country=gb&accused_kind=person": {2}, "claims?target_country=fr": {},
		"articles?url=https://a.example/x/%252e%252E/2?UTM_source%3Dx": {2},
	} {
		if ids := idsOf(a.get("/api/v1/" + query).wants(200).items()); !slices.Equal(slices.Sorted(slices.Values(ids)), want) {
			t.Errorf("GET /api/v1/%s = %v; want %v", query, ids, want)
		}
	}
	for query, wrong := range map[string]string{
		"sources?country=uk": "country not_in_vocabulary", "actors?country=xx": "country not_in_vocabulary", "actors?country=XX": "country not_in_vocabulary", "elections?country=France": "country not_in_vocabulary",
		"articles?source_country=eu": "source_country not_in_vocabulary", "claims?actor_country=f": "actor_country not_in_vocabulary",
		"sources?domain=x": "domain format", "sources?language=french": "language format", "claims?language=en_GB": "language format",
		"claims?technique=t0085": "technique format", "claims?technique=Flooding": "technique format", "techniques?tactic=ta06": "tactic format",
		"articles?sha256=x": "sha256 format", "actors?wikidata_id=100": "wikidata_id format", "claims?tag=%20": "tag required",
		"sources?name=" + strings.Repeat("x", 301): "name too_long",
	} {
		a.get("/api/v1/" + query).wants(400).names(wrong)
	}
}

func TestATotalIsTheWholeListsWhateverThePage(t *testing.T) {
	a := openWorld(t)
	for path := range listed() {
		whole := len(a.get(path).wants(200).has("/total", nil).items())
		first := a.get(path+"?limit=1&total=true").wants(200).has("/total", whole)
		a.get(path+"?limit=1&total=true&cursor="+first.text("/next")).wants(200).has("/total", whole)
		a.get(path+"?total=false").wants(200).has("/total", nil)
	}
	a.get("/api/v1/claims?total=true&kind=statistic").wants(200).has("/total", 0, "/items", list{}, "/next", nil)
}

func TestACursorIsOfItsListAlone(t *testing.T) {
	a := openWorld(t)
	for path, operation := range listed() {
		cursor := a.get(path + "?limit=1").wants(200).text("/next")
		for _, same := range []string{"", "&limit=3", "&total=true", "&sort=-created_at", "&fields=id", "&format=csv", "&format=ndjson&limit=1"} {
			a.get(path + "?cursor=" + cursor + same).wants(200)
		}
		for elsewhere := range listed() {
			if elsewhere != path {
				a.get(elsewhere + "?cursor=" + cursor).wants(400).names("cursor conflict")
			}
		}
		sorts := sortsOf(operation)
		other := sorts[slices.IndexFunc(sorts, func(s string) bool { return s != "-created_at" })]
		a.get(path + "?cursor=" + cursor + "&sort=" + other).wants(400).names("cursor conflict")
		for _, parameter := range operation.Parameters {
			if enum := parameter.Value.Schema.Value.Items; enum != nil && !slices.Contains([]string{"expand", "fields"}, parameter.Value.Name) && len(enum.Value.Enum) > 0 {
				a.get(fmt.Sprintf("%s?cursor=%s&%s=%v", path, cursor, parameter.Value.Name, enum.Value.Enum[0])).wants(400).names("cursor conflict")
			}
		}
		for _, bad := range []string{"x", "%00", "e30", "bnVsbA", "W10", cursor[1:], cursor + "A", cursor[:len(cursor)-2], strings.Repeat("A", 5000), "!!!!", "%F0%9F%97%B3"} {
			if got := a.get(path + "?cursor=" + bad).wants(400); !slices.ContainsFunc(got.wrong(), func(w string) bool { return strings.HasPrefix(w, "cursor ") }) {
				t.Errorf("%s is told that %q is wrong; want the cursor", got.asked, got.wrong())
			}
		}
	}
	// Two lists are told apart by their filters, also where these have the same values.
	cursor := a.get("/api/v1/claims?limit=1&article_id=1").wants(200).text("/next")
	a.get("/api/v1/claims?limit=1&source_id=1&cursor=" + cursor).wants(400).names("cursor conflict")
	a.get("/api/v1/claims?limit=1&article_id=1&article_id=2&cursor=" + cursor).wants(400).names("cursor conflict")
}

func TestACursorWithANulIsNoCursor(t *testing.T) {
	a := openWorld(t)
	given, err := base64.RawURLEncoding.DecodeString(a.get("/api/v1/sources?limit=1&sort=name").wants(200).text("/next"))
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(string(given), `"t":"`, `"t":"\u0000`, 1)
	if forged == string(given) {
		t.Fatalf("the cursor holds %s; want a text", given)
	}
	a.get("/api/v1/sources?limit=1&sort=name&cursor=" + base64.RawURLEncoding.EncodeToString([]byte(forged))).wants(400).names("cursor format")
}

func TestWhatAListCannotMeanIsRefused(t *testing.T) {
	a := openWorld(t)
	for path, operation := range listed() {
		for query, wrong := range map[string][]string{
			"limit=": {"limit required"}, "sort=": {"sort required"}, "total": {"total required"}, "cursor=": {"cursor required"},
			"limit=0": {"limit out_of_range"}, "limit=201": {"limit out_of_range"}, "limit=-1": {"limit out_of_range"}, "limit=x": {"limit out_of_range"},
			"limit=1.5": {"limit out_of_range"}, "limit=1e2": {"limit out_of_range"}, "limit=99999999999999999999": {"limit out_of_range"},
			"sort=id": {"sort not_in_vocabulary"}, "sort=created_at,id": {"sort not_in_vocabulary"}, "sort=created_at%3BDROP": {"sort not_in_vocabulary"},
			"total=yes": {"total wrong_type"}, "total=1": {"total wrong_type"}, "zzz=1": {"zzz unknown_parameter"}, "Limit=1": {"Limit unknown_parameter"},
			"=": {" unknown_parameter"}, "limit=1&limit=1": {"limit duplicate"}, "sort=created_at&sort=created_at": {"sort duplicate"},
			"total=true&total=true": {"total duplicate"}, "cursor=x&cursor=x": {"cursor duplicate", "cursor format"},
			"limit=0&sort=x&total=x&zzz=1&cursor=x": {"limit out_of_range", "sort not_in_vocabulary", "total wrong_type", "zzz unknown_parameter", "cursor format"},
		} {
			if wrong[0] == " unknown_parameter" {
				a.get(path + "?" + query).wants(400)
				continue
			}
			a.get(path + "?" + query).wants(400).names(wrong...)
		}
		if operation.Parameters.GetByInAndName("query", "expand") == nil {
			a.get(path + "?expand=source").wants(400).names("expand unknown_parameter")
			continue
		}
		for _, bad := range []string{"x", "", "article,x", "Article", "source,", "__proto__"} {
			if wrong := slices.Compact(a.get(path + "?expand=" + bad).wants(400).wrong()); !slices.Equal(wrong, []string{"expand not_in_vocabulary"}) {
				t.Errorf("GET %s?expand=%s is told that %q is wrong; want expand", path, bad, wrong)
			}
		}
	}
	for _, path := range []string{"/api/v1/claims/1", "/api/v1/occurrences/1", "/api/v1/articles/1", "/api/v1/sentences/1"} {
		a.get(path + "?expand=x").wants(400).names("expand not_in_vocabulary")
		a.get(path + "?limit=1").wants(400).names("limit unknown_parameter")
	}
	a.get("/api/v1/articles?published_from=x&published_to=2024-01-31&url=x").wants(400).
		names("published_from format", "published_to format", "url format")
	a.get("/api/v1/articles?published_from=2024-01-31T08:34:00Z&published_from=2024-01-31T08:34:00Z").wants(400).names("published_from duplicate")
	a.get("/api/v1/claims?kind=x&role=x&stance=x&status=x&election_id=x&actor_id=0&article_id=-1&sentence_id=99999999999999999999&tag=&technique=").wants(400).
		names("kind not_in_vocabulary", "role not_in_vocabulary", "stance not_in_vocabulary", "status not_in_vocabulary", "election_id wrong_type",
			"actor_id wrong_type", "article_id wrong_type", "sentence_id wrong_type", "tag required", "technique required")
	// There is an end to how many values a query may have, well before there is to how many the database takes.
	a.get("/api/v1/claims?" + strings.Repeat("tag=a&", 40_000)).wants(400).names("query format")
	a.get("/api/v1/claims?"+strings.Repeat("tag=a&actor_id=1&", 4_999)).wants(400).names("tag too_many", "actor_id too_many")
	a.get("/api/v1/claims?" + strings.Repeat("expand=actors&", 201)).wants(400).names("expand too_many")
	a.get("/api/v1/claims?" + strings.Repeat("tag=a&actor_id=1&", 200)).wants(200)
}

func TestAListIsNotSentAgainToWhoHasIt(t *testing.T) {
	a := openWorld(t)
	for _, path := range []string{"/api/v1/sources", "/api/v1/claims?limit=2&expand=actors", "/api/v1/claims/1", "/api/v1/articles/1/versions", "/api/v1/articles/1/versions/1",
		"/api/v1/sentences/1", "/api/v1/tactics", "/api/v1/techniques", "/api/v1/techniques/T0049", "/api/v1/occurrences?total=true"} {
		tag := a.get(path).wants(200).etag()
		for _, have := range []string{tag, "W/" + tag, "*", `"x", ` + tag, `"x",W/` + tag + `,"y"`} {
			for _, method := range []string{"GET", "HEAD"} {
				got := a.do(method, path, nil, "If-None-Match", have).wants(304)
				if got.etag() != tag || got.header.Get("Content-Type") != "" {
					t.Errorf("%s with If-None-Match %s: ETag %s and Content-Type %q; want %s and none", got.asked, have, got.etag(), got.header.Get("Content-Type"), tag)
				}
			}
		}
		a.get(path, "If-None-Match", `"x"`, "If-None-Match", tag).wants(304)
		for _, other := range []string{`"x"`, strings.Trim(tag, `"`), tag[:len(tag)-2] + `"`, ""} {
			a.get(path, "If-None-Match", other).wants(200)
		}
	}
	tag := a.get("/api/v1/claims").wants(200).etag()
	a.patch("/api/v1/claims/1", "*", object{"text": "Other."}).wants(200)
	a.get("/api/v1/claims", "If-None-Match", tag).wants(200)
	a.get("/api/v1/claims/999", "If-None-Match", "*").wants(404)
}
