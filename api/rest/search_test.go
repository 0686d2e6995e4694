package rest_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// searches are the lists that take q.
func searches() (paths []string) {
	for path, item := range document().Paths.Map() {
		if item.Get != nil && item.Get.Parameters.GetByInAndName("query", "highlight") != nil {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Names are found however they are written, on every path that has them, with the same offsets.
func TestAWordIsFoundHoweverItIsWritten(t *testing.T) {
	a := open(t)
	a.post("/api/v1/sources", object{"name": "Łódź–Orbán 选举日报 Élysée", "kind": "news_outlet", "aliases": list{"İstanbul", "Straße", "وكالة أنباء", "เลือกตั้งไทย", "がんばれ"}}).wants(201)
	a.post("/api/v1/sources", object{"name": "Other", "kind": "other"}).wants(201)
	for q, found := range map[string]string{
		"orban": "name 0 5 10", "ORBÁN": "name 0 5 10", "orba\u0301n": "name 0 5 10", "lodz": "name 0 0 4", "łódź-orbán": "name 0 0 10", "elysee": "name 0 16 22", "ÉLYS*": "name 0 16 22",
		"选举": "name 0 11 13", "日报": "name 0 13 15", "举日": "name 0 12 14", "istanbul": "aliases 0 0 8", "ISTANBUL": "aliases 0 0 8", "strasse": "aliases 1 0 6", "STRASSE": "aliases 1 0 6",
		"انباء": "aliases 2 6 11", "وَكَالَة": "aliases 2 0 5", "ตั้ง": "aliases 3 5 9", "ไทย": "aliases 3 9 12", "んば": "aliases 4 1 3",
	} {
		for _, path := range []string{"/api/v1/sources?", "/api/v1/search?type=source&"} {
			got := a.get(path + "highlight=true&q=" + url.QueryEscape(q)).wants(200)
			if len(got.items()) != 1 {
				t.Errorf("%s finds %v; want the first source", got.asked, idsOf(got.items()))
				continue
			}
			m := got.at("/items/0/matches/0").(object)
			index, _ := m["index"].(float64)
			at := m["fragments"].(list)[0].(object)["found"].(list)[0].(object)
			if is := strings.Join([]string{m["field"].(string), number(index), number(at["start"].(float64)), number(at["end"].(float64))}, " "); is != found {
				t.Errorf("%s is found at %s; want %s", q, is, found)
			}
		}
	}
	for _, q := range []string{"orb", "举选", "lodz -orban", "orban lodz other", `"orban lodz"`, "ilk", "𝟘", "bána"} {
		if got := a.get("/api/v1/sources?q=" + url.QueryEscape(q)).wants(200); len(got.items()) != 0 {
			t.Errorf("%s finds %v; want nothing", q, idsOf(got.items()))
		}
	}
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func TestASearchOfEverythingIsPagedThroughItsKinds(t *testing.T) {
	a := openWorld(t)
	whole := a.get("/api/v1/search?q=-nothing&limit=200&total=true").wants(200)
	var order []string
	for _, item := range whole.items() {
		o := item.(object)
		order = append(order, o["type"].(string))
		if one := a.get(o["href"].(string)).wants(200); one.at("/id") != o["id"] {
			t.Errorf("%s is %s; want the record %v", o["href"], one.short(), o["id"])
		}
	}
	if got, want := strings.Join(slices.Compact(slices.Clone(order)), " "), "actor source claim article sentence"; got != want || len(order) != 26 {
		t.Errorf("%d results of the kinds %s; want 26 of %s", len(order), got, want)
	}
	whole.has("/total", 26)
	for _, count := range whole.at("/counts").(list) {
		c := count.(object)
		listed := a.get(c["href"].(string)+"&total=true").wants(200).has("/total", c["count"])
		if len(listed.items()) == 0 {
			t.Errorf("%s has nothing", c["href"])
		}
	}
	for _, limit := range []string{"1", "3", "7"} {
		if paged := a.walk("/api/v1/search?q=-nothing&limit="+limit, nothing); !slices.Equal(idsOf(paged), idsOf(whole.items())) {
			t.Errorf("by %s: %v; want %v", limit, idsOf(paged), idsOf(whole.items()))
		}
	}
	some := a.get("/api/v1/search?q=person+OR+c1+OR+charlie&type=actor&type=claim&total=true").wants(200).has("/total", 4)
	if got := idsOf(some.items()); !slices.Equal(got, []int{4, 3, 4, 1}) {
		t.Errorf("actors and claims are %v; want 4 and 3, 4 and 1", got)
	}
	a.get("/api/v1/search?q=-nothing&limit=1&sort=relevance").wants(200).has("/next", nil)
	cursor := a.get("/api/v1/search?q=-nothing&limit=1").wants(200).text("/next")
	for _, bad := range []string{"&q=other", "&q=-nothing&type=claim", "&q=-nothing&sort=relevance"} {
		if got := a.get("/api/v1/search?cursor=" + cursor + bad).wants(400); !slices.Contains(got.wrong(), "cursor conflict") {
			t.Errorf("%s is told that %q is wrong; want the cursor", got.asked, got.wrong())
		}
	}
}

// Within filters, a search finds the same in each order, whichever way the store takes to it.
func TestASearchWithinFiltersFindsTheSameInEachOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a := open(t).throng(r, 60)
	some := 0
	for _, q := range []string{"claim", "one+OR+two", "clai*+-three", "%22claim+1%22+OR+%22claim+2%22", "-one"} {
		all := idsOf(a.get("/api/v1/claims?limit=200&q=" + q).wants(200).items())
		for range 10 {
			filters := "&" + strings.ReplaceAll(a.someFilters(r), "q=one+OR+two", "kind=pledge")
			var want []int
			for _, id := range idsOf(a.get("/api/v1/claims?limit=200" + filters).wants(200).items()) {
				if slices.Contains(all, id) {
					want = append(want, id)
				}
			}
			some += len(want)
			list := "/api/v1/claims?q=" + q + filters
			if got := idsOf(a.walk(list+"&limit=3", nothing)); !slices.Equal(got, want) {
				t.Errorf("GET %s = %v; want %v", list, got, want)
			}
			a.get(list+"&limit=1&total=true").wants(200).has("/total", len(want))
			for _, sort := range []string{"created_at", "-updated_at", "claimed_on", "relevance"} {
				got := idsOf(a.get(list + "&limit=200&sort=" + sort).wants(200).items())
				slices.Sort(got)
				slices.Reverse(got)
				if !slices.Equal(got, want) {
					t.Errorf("GET %s&sort=%s = %v; want %v", list, sort, got, want)
				}
			}
		}
	}
	if some < 100 {
		t.Errorf("%d claims were found in all; want more, or this proves nothing", some)
	}
}

func TestWhatASearchCannotMeanIsRefused(t *testing.T) {
	a := openWorld(t)
	for _, path := range searches() {
		for query, wrong := range map[string][]string{
			"q=": {"q required"}, "q=+": {"q required"}, "q=a&q=b": {"q duplicate"}, "q=" + strings.Repeat("x", 1001): {"q too_long"},
			"q=" + strings.Repeat("a+", 51): {"q too_long"}, "q=a&highlight=1": {"highlight wrong_type"}, "q=a&highlight=true&highlight=true": {"highlight duplicate"},
			"q=%00": {"q control_character"}, "q=a&sort=rank": {"sort not_in_vocabulary"}, "q=&highlight=x&limit=0": {"q required", "highlight wrong_type", "limit out_of_range"},
		} {
			a.get(path + "?" + query).wants(400).names(wrong...)
		}
		if path == "/api/v1/search" {
			a.get(path).wants(400).names("q required")
			continue
		}
		a.get(path + "?highlight=true").wants(400).names("highlight conflict")
		a.get(path + "?sort=relevance").wants(400).names("sort conflict")
	}
}

// FuzzSearch: whatever is searched for, wherever, it is answered, or refused as too long or unreadable.
func FuzzSearch(f *testing.F) {
	a := openWorld(f)
	a.lenient = true
	for _, q := range []string{"alpha", `"alpha one" -two OR c* "`, "'\"\\¶:*&|!()<->{}+^", "text:alpha NEAR(a b)", "选举が", strings.Repeat("选", 1000), strings.Repeat("\"a b\" OR ", 40),
		"a\xff", "AND OR NOT", "-", "--a*", "{text}:x", "^a", "a'); DROP TABLE claims; --", "$1 ? @name :x", "%", strings.Repeat("a\u0301", 400), "\u202e", "ﷺ", "¶"} {
		f.Add(q, byte(0), true)
		f.Add(q, byte(5), false)
	}
	paths := searches()
	f.Fuzz(func(t *testing.T, q string, which byte, ranked bool) {
		a := a.on(t)
		sort := "-created_at"
		if ranked {
			sort = "relevance"
		}
		r := a.request(http.MethodGet, paths[int(which)%len(paths)], nil)
		r.URL.RawQuery = url.Values{"q": {q}, "sort": {sort}, "highlight": {"true"}, "total": {"true"}}.Encode()
		got := a.check(r, a.serve)
		if got.status != 200 && got.status != 400 {
			t.Errorf("%s = %s; want 200 or 400", got.asked, got.short())
		}
	})
}
