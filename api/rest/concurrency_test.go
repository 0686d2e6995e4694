package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// together runs n goroutines and waits for them. Their failures are told by Error, which may be called from any.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func TestOfManyWhoChangeAClaimAtOnceNobodyIsUndone(t *testing.T) {
	const analysts, changes = 8, 10
	a := open(t)
	send := a.listen()
	sentence := a.article(a.source("Ledger"), "https://a.example/", "One.").sentence(0)
	here := path("claims", a.claim("It is so.", sentence).id())
	together(analysts, func(i int) {
		for n := range changes {
			for { // read, change, and if somebody was quicker, again
				was := a.check(a.request(http.MethodGet, here, nil), send)
				tags, _ := was.at("/tags").(list)
				in := object{"tags": append(slices.Clone(tags), fmt.Sprintf("%d-%d", i, n))}
				got := a.check(a.request(http.MethodPatch, here, in, "If-Match", was.header.Get("ETag")), send)
				if got.status == http.StatusOK {
					break
				}
				if got.status != http.StatusPreconditionFailed {
					t.Errorf("%s = %s; want 200 or 412", got.asked, got.short())
					return
				}
			}
		}
	})
	got := a.get(here).wants(200).has("/version", 1+analysts*changes)
	kept := map[any]bool{}
	for _, tag := range got.at("/tags").(list) {
		kept[tag] = true
	}
	if len(kept) != analysts*changes {
		t.Errorf("%d tags are left of %d that were added: %v", len(kept), analysts*changes, got.at("/tags"))
	}
}

func TestOfManyWhoStartFromOneVersionOneWins(t *testing.T) {
	a := openWorld(t)
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		etag := a.get("/api/v1/claims/3").wants(200).etag()
		var mutex sync.Mutex
		statuses := map[int]int{}
		together(12, func(i int) {
			got := a.do(method, "/api/v1/claims/3", object{"text": fmt.Sprint(method, i), "kind": "other"}, "If-Match", etag)
			mutex.Lock()
			defer mutex.Unlock()
			statuses[got.status]++
		})
		if statuses[200] != 1 || statuses[412] != 11 {
			t.Errorf("of 12 %ss from one version: %v; want one 200 and eleven 412", method, statuses)
		}
	}
}

func TestOfManyWhoSendOneArticleOneKeepsIt(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	var mutex sync.Mutex
	statuses := map[int]int{}
	together(12, func(int) {
		got := a.post("/api/v1/articles", pledge)
		mutex.Lock()
		defer mutex.Unlock()
		if statuses[got.status]++; got.status == 409 {
			got.has("/existing/href", "/api/v1/articles/1")
		}
	})
	if statuses[201] != 1 || statuses[409] != 11 {
		t.Errorf("of 12 equal articles: %v; want one 201 and eleven 409", statuses)
	}
	a.get("/api/v1/articles?total=true").wants(200).has("/total", 1)
}

func TestAClaimHasOneOriginHoweverManyMarkOne(t *testing.T) {
	a := open(t)
	var lines []string
	for i := range 10 {
		lines = append(lines, fmt.Sprintf("Line %d.", i))
	}
	article := a.article(a.source("Ledger"), "https://a.example/", lines...)
	here := path("claims", a.claim("It is so.", article.sentence(0)).id())
	together(9, func(i int) {
		got := a.post(here+"/occurrences", object{"sentence_id": article.sentence(i + 1), "is_origin": i%2 == 0})
		if got.status != 201 {
			t.Errorf("%s = %s; want 201", got.asked, got.short())
			return
		}
		if got := a.patch(path("occurrences", int(got.at("/id").(float64))), "*", object{"is_origin": true}); got.status != 200 {
			t.Errorf("%s = %s; want 200", got.asked, got.short())
		}
	})
	got := a.get(here + "?expand=occurrences").wants(200)
	origins := 0
	for _, o := range got.at("/occurrences").(list) {
		if o.(object)["is_origin"] == true {
			origins++
		}
	}
	if all := len(got.at("/occurrences").(list)); origins != 1 || all != 10 {
		t.Errorf("of %d occurrences %d are the origin; want 1 of 10", all, origins)
	}
}

func TestReadersSeeNoHalfOfAChange(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", "One.", "Two.")
	here := path("claims", a.claim("text 0", article.sentence(0)).id())
	a.patch(here, "*", object{"tags": list{"text 0"}, "techniques": list{"T0049"}}).wants(200)
	var writing sync.WaitGroup
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for i := range 40 {
			words := fmt.Sprint("text ", i)
			if got := a.patch(here, "*", object{"text": words, "tags": list{words}}); got.status != 200 {
				t.Errorf("%s = %s; want 200", got.asked, got.short())
			}
		}
	})
	together(3, func(int) {
		for {
			got := a.get(here + "?expand=occurrences,techniques")
			if got.at("/text") != got.at("/tags/0") || got.at("/tags/1") != nil || got.at("/technique_records/0/code") != "T0049" {
				t.Errorf("a reader sees %s; want its text as its tag", got.short())
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	writing.Wait()
}

func TestAWalkThroughPagesIsWholeWhileManyWrite(t *testing.T) {
	a := open(t)
	for i := range 30 {
		a.source(fmt.Sprintf("stays %02d", i))
	}
	done := make(chan struct{})
	var writing sync.WaitGroup
	for w := range 2 {
		writing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				got := a.post("/api/v1/sources", object{"name": fmt.Sprintf("goes %d %d", w, i), "kind": "other"})
				if got.status != 201 {
					t.Errorf("%s = %s; want 201", got.asked, got.short())
					return
				}
				a.delete(got.header.Get("Location"))
			}
		})
	}
	for _, sort := range []string{"created_at", "-created_at", "name", "-name"} {
		count := map[string]int{}
		for _, item := range a.walk("/api/v1/sources?limit=4&sort="+sort, nothing) {
			count[item.(object)["name"].(string)]++
		}
		stay := 0
		for name, n := range count {
			if n > 1 {
				t.Errorf("by %s, %s is told %d times", sort, name, n)
			}
			if strings.HasPrefix(name, "stays") {
				stay++
			}
		}
		if stay != 30 {
			t.Errorf("by %s, %d of the 30 that stay are told", sort, stay)
		}
	}
	close(done)
	writing.Wait()
}
