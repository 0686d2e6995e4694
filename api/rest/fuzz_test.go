package rest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzCreateClaimBody: whatever the bytes, a claim is made (201) or a problem says why not (400, 413, 422), as documented.
func FuzzCreateClaimBody(f *testing.F) {
	a := openWorld(f)
	a.lenient = true // an empty word is as good as none
	for _, body := range []string{
		`{"text":"It is so.","kind":"other","occurrence":{"sentence_id":1}}`,
		`{"text":"It is so.","kind":"pledge","election_id":1,"claimed_on":"2023-11-15","language":"en","tags":["A"],"techniques":["T0049"],"actors":[{"actor_id":1,"role":"speaker"}],"occurrence":{"article_id":1,"exact":"Alpha","prefix":"\n","suffix":" two","stance":"denies"}}`,
		`{"occurrence":{"sentence_id":1,"last_sentence_id":4}}`, `{"occurrence":{"article_id":1,"article_version":1,"exact":"one","start":6,"end":9}}`,
		`{"election_id":0,"actors":[{"actor_id":-1}],"occurrence":{"sentence_id":-9223372036854775808}}`,
		`{"text":"\ud83d\uddf3\u0000","kind":null,"tags":[null,""],"actors":[null]}`, `[]`, `null`, ``, "\xff", `{"a":{"a":{"a":[[[]]]}}}`, `{"text":1e999}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := a.on(t)
		switch got := a.post("/api/v1/claims", body); got.status {
		case 201:
			a.get(got.header.Get("Location")).wants(200)
			a.delete(got.header.Get("Location")).wants(204)
		case 400, 413, 422:
		default:
			t.Errorf("POST /api/v1/claims %q = %s; want 201, 400, 413 or 422", body, got.short())
		}
	})
}

// FuzzQuery: whatever the query of a list, it is answered with the list or refused as malformed.
func FuzzQuery(f *testing.F) {
	a := openWorld(f)
	a.lenient = true // 007 is a number too
	for _, query := range []string{"", "kind=pledge&kind=denial&tag=summit", "limit=2&sort=-claimed_on&total=true", "expand=actors,election&expand=occurrences",
		"actor_id=1&role=accused&stance=reports&source_id=2&sentence_id=1&article_id=1", "cursor=e30", "a;b", "%zz", "limit=-1", "%00=%ff", "&&&===", "sort=created_at,id",
		"published_from=2024-01-31T08:34:00Z", "url=http://[::1]:80/%zz", "name=%F0%9F%97%B3"} {
		f.Add(query, byte(0))
		f.Add(query, byte(3))
	}
	lists := []string{"claims", "sources", "actors", "articles", "elections", "occurrences"}
	f.Fuzz(func(t *testing.T, query string, which byte) {
		a := a.on(t)
		r := a.request(http.MethodGet, "/api/v1/"+lists[int(which)%len(lists)], nil)
		r.URL.RawQuery = query
		if got := a.check(r, a.serve); got.status != 200 && got.status != 400 {
			t.Errorf("%s = %s; want 200 or 400", got.asked, got.short())
		}
	})
}

// FuzzCursor: whatever the cursor, it leads to a page of the list or is refused as malformed.
func FuzzCursor(f *testing.F) {
	a := openWorld(f)
	for _, sort := range []string{"created_at", "-claimed_on"} {
		f.Add(a.get("/api/v1/claims?limit=1&sort="+sort).wants(200).text("/next"), sort == "created_at")
	}
	for _, cursor := range []string{"", "e30", "bnVsbA", "eyJsIjowLCJuIjotMSwidCI6Ilx1MDAwMCIsImkiOjF9", "====", "\x00", strings.Repeat("A", 1000)} {
		f.Add(cursor, true)
	}
	f.Fuzz(func(t *testing.T, cursor string, byNumber bool) {
		a := a.on(t)
		sort := "-claimed_on"
		if byNumber {
			sort = "created_at"
		}
		got := a.get("/api/v1/claims?limit=1&sort=" + sort + "&cursor=" + url.QueryEscape(cursor))
		if got.status != 200 && got.status != 400 {
			t.Errorf("the cursor %q = %s; want 200 or 400", cursor, got.short())
		}
	})
}
