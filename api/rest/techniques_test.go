package rest_test

import (
	"context"
	"fmt"
	"testing"

	"claimtracker/seeds"
)

func TestTechniquesAreReadByCodeAndListedByTactic(t *testing.T) {
	a := open(t)
	a.get("/api/v1/techniques/T0085.001").wants(200).has("/code", "T0085.001", "/name", "Develop AI-Generated Text",
		"/tactic", "TA06", "/parent", "T0085", "/framework_version", "1.6")
	a.get("/api/v1/techniques/T0085").wants(200).has("/parent", nil)
	a.get("/api/v1/tactics").wants(200).has("/items", list{object{"code": "TA06", "name": "Develop Content"},
		object{"code": "TA17", "name": "Maximise Exposure"}}, "/next", nil)
	for query, want := range map[string]list{
		"":                         {"T0049", "T0085", "T0085.001"},
		"?tactic=TA17":             {"T0049"},
		"?tactic=TA17&tactic=TA06": {"T0049", "T0085", "T0085.001"},
		"?tactic=TA99":             {},
	} {
		got := a.get("/api/v1/techniques" + query).wants(200)
		if codes := got.column("code"); fmt.Sprint(codes) != fmt.Sprint(want) {
			t.Errorf("GET /api/v1/techniques%s = %v; want %v", query, codes, want)
		}
	}
	for _, code := range []string{"T9999", "t0085", "T0085.", "%00", "%FF", "x%27%20OR%201=1", "T0085%2F001", "..", "🗳"} {
		a.get("/api/v1/techniques/" + code).wants(404)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		a.do(method, "/api/v1/techniques", object{}).wants(405)
		a.do(method, "/api/v1/techniques/T0085", object{}).wants(405)
	}
}

func TestTheSeedsAreServedAsDocumented(t *testing.T) {
	a := open(t)
	for range 2 {
		if err := seeds.Load(context.Background(), a.Store); err != nil {
			t.Fatal(err)
		}
	}
	for list, count := range map[string]int{"sources": 28, "actors": 34, "elections": 1, "articles": 1, "claims": 12} {
		a.get("/api/v1/"+list+"?limit=200&total=true").wants(200).has("/total", count)
	}
	a.get("/api/v1/claims?limit=200&expand=actors,election,techniques,occurrences,sentences,article,source").wants(200)
	a.get("/api/v1/occurrences?limit=200&expand=sentences,article,source,claim").wants(200)
	article := a.get("/api/v1/articles/1?expand=source,claims").wants(200)
	for i := range article.at("/latest/sentences").(list) {
		a.get(path("sentences", article.sentence(i)) + "?expand=claims,article,source").wants(200)
	}
	if n := len(a.get("/api/v1/techniques").wants(200).items()); n != 391 {
		t.Errorf("there are %d techniques; want 391", n)
	}
}
