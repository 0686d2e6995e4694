package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

var ledger = object{
	"name": "The Harbour Ledger", "kind": "news_outlet", "domain": "harbour-ledger.example", "url": "https://harbour-ledger.example/",
	"country": "GB", "language": "en", "aliases": list{"Ledger"}, "description": "A daily paper.\nOf a port city.",
}

func TestASourceIsCreatedReadReplacedAndDeleted(t *testing.T) {
	a := open(t)
	created := a.post("/api/v1/sources", ledger).wants(201)
	for field, value := range ledger {
		created.has("/"+field, value)
	}
	created.has("/id", 1, "/version", 1, "/created_at", created.at("/updated_at"))
	if location := created.header.Get("Location"); location != "/api/v1/sources/1" {
		t.Errorf("Location = %q; want /api/v1/sources/1", location)
	}
	read := a.get(created.header.Get("Location")).wants(200)
	if string(read.raw) != string(created.raw) || read.etag() != created.etag() {
		t.Errorf("GET = %s %s; want what POST answered: %s %s", read.etag(), read.raw, created.etag(), created.raw)
	}

	replaced := a.put("/api/v1/sources/1", created.etag(), object{"name": "Ledger", "kind": "wire_agency"}).wants(200)
	replaced.has("/name", "Ledger", "/kind", "wire_agency", "/domain", nil, "/aliases", list{}, "/version", 2,
		"/created_at", created.at("/created_at"))
	if replaced.text("/updated_at") <= created.text("/updated_at") {
		t.Errorf("updated_at = %s; want later than %s", replaced.text("/updated_at"), created.text("/updated_at"))
	}
	a.get("/api/v1/sources/1").wants(200).has("/name", "Ledger", "/version", 2)

	a.delete("/api/v1/sources/1").wants(204)
	a.get("/api/v1/sources/1").wants(404)
	a.delete("/api/v1/sources/1").wants(404)
	a.put("/api/v1/sources/1", "*", ledger).wants(404)
	a.patch("/api/v1/sources/1", "*", ledger).wants(404)
}

func TestASourceIsKeptInCanonicalForm(t *testing.T) {
	a := open(t)
	for field, rows := range map[string][][2]any{
		"name": {{"  The \t Ledger\n", "The Ledger"}, {"Cafe\u0301", "Caf\u00e9"}, {"👩‍🚀 عربي", "👩‍🚀 عربي"}},
		"url": {{"HTTPS://Ledger.EXAMPLE:443", "https://ledger.example/"}, {"http://ledger.example/a?utm_source=x&b=1&fbclid=2#c", "http://ledger.example/a?b=1"},
			{"https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"}},
		"domain":      {{" Ledger.Example. ", "ledger.example"}, {"bücher.example", "xn--bcher-kva.example"}},
		"language":    {{"EN-gb", "en-GB"}, {"zh-hans", "zh-Hans"}},
		"aliases":     {{list{" a  b "}, list{"a b"}}, {gone, list{}}},
		"country":     {{"XK", "XK"}, {"gb", "GB"}, {"xK", "XK"}, {gone, nil}},
		"description": {{"one\r\n\ttwo ", "one\n\ttwo"}},
	} {
		for _, row := range rows {
			a.post("/api/v1/sources", changed(ledger, field, row[0])).wants(201).has("/"+field, row[1])
		}
	}
}

func TestEveryWrongFieldOfASourceIsTold(t *testing.T) {
	a := open(t)
	tooMany := make(list, 101)
	for i := range tooMany {
		tooMany[i] = strings.Repeat("x", i+1)
	}
	for field, rows := range map[string][][2]any{
		"name": {{"", "required"}, {" \t ", "required"}, {gone, "required"}, {nil, "required"},
			{strings.Repeat("ä", 301), "too_long"}, {"a\x00b", "control_character"}, {"a\x1bb", "control_character"}},
		"kind":        {{"", "required"}, {gone, "required"}, {"newspaper", "not_in_vocabulary"}, {"News_Outlet", "not_in_vocabulary"}},
		"domain":      {{"https://a.example/", "format"}, {"localhost", "format"}, {"a b.example", "format"}, {"-a.example", "format"}},
		"url":         {{"a.example", "format"}, {"ftp://a.example/", "format"}, {"https://u:p@a.example/", "format"}, {"javascript:alert(1)", "format"}, {"https:///x", "format"}},
		"country":     {{"UK", "not_in_vocabulary"}, {"uk", "not_in_vocabulary"}, {"GBR", "not_in_vocabulary"}, {" A", "not_in_vocabulary"}},
		"language":    {{"english language", "format"}, {"e", "format"}, {"en_GB", "format"}},
		"aliases":     {{tooMany, "too_long"}},
		"description": {{strings.Repeat("x", 10_001), "too_long"}, {"\x07", "control_character"}},
	} {
		for _, row := range rows {
			a.post("/api/v1/sources", changed(ledger, field, row[0])).wants(422).names("#/" + field + " " + row[1].(string))
		}
	}
	a.post("/api/v1/sources", changed(ledger, "aliases", list{"a", "", "a", nil})).wants(422).
		names("#/aliases/1 required", "#/aliases/2 duplicate", "#/aliases/3 required")
	a.post("/api/v1/sources", object{"name": "", "kind": "x", "domain": "x", "url": "x", "country": "x", "language": "-", "aliases": list{""}}).
		wants(422).names("#/name required", "#/kind not_in_vocabulary", "#/domain format", "#/url format",
		"#/country not_in_vocabulary", "#/language format", "#/aliases/0 required")
	a.post("/api/v1/sources", object{"name": 1, "kind": nil, "aliases": object{}, "NAME": "x", "id": 7, "version": 1}).
		wants(400).names("#/name wrong_type", "#/aliases wrong_type", "#/NAME unknown_field", "#/id unknown_field", "#/version unknown_field")
	a.get("/api/v1/sources").wants(200).has("/items", list{})
}

func TestASourceThatArticlesAreFromIsNotDeleted(t *testing.T) {
	a := open(t)
	source := a.source("Ledger")
	one := a.article(source, "https://a.example/1", "One.")
	a.article(source, "https://a.example/2", "Two.")
	a.delete(path("sources", source)).wants(409).has("/references", object{"articles": 2}, "/type", "urn:claimtracker:problem:conflict")
	a.delete(path("articles", one.id())).wants(204)
	a.delete(path("sources", source)).wants(409).has("/references", object{"articles": 1})
}

func TestTheIdOfADeletedRecordIsNeverUsedAgain(t *testing.T) {
	a := open(t)
	source := a.source("Ledger")
	article := a.article(source, "https://a.example/", "One.", "Two.")
	claim := a.claim("It is so.", article.sentence(0))
	other := a.post(path("claims", claim.id())+"/occurrences", object{"sentence_id": article.sentence(1)}).wants(201)
	last := map[string]int{"sources": a.source("x"), "actors": a.actor("x"), "elections": a.election("x"),
		"occurrences": other.id(), "claims": claim.id(), "articles": article.id()}
	for _, resource := range []string{"occurrences", "claims", "articles", "sources", "actors", "elections"} {
		a.delete(path(resource, last[resource])).wants(204)
	}
	again := a.article(source, "https://a.example/", "One.", "Two.")
	claimed := a.claim("It is so.", again.sentence(0))
	for resource, id := range map[string]int{"sources": a.source("y"), "actors": a.actor("y"), "elections": a.election("y"),
		"articles": again.id(), "claims": claimed.id(), "occurrences": claimed.number("/origin/id")} {
		if id <= last[resource] {
			t.Errorf("the next id of %s = %d; want more than %d, which was deleted", resource, id, last[resource])
		}
	}
	if again.sentence(0) <= article.sentence(1) {
		t.Errorf("the next id of sentences = %d; want more than %d", again.sentence(0), article.sentence(1))
	}
}

func TestHeadAndGetAgreeOverTheWire(t *testing.T) {
	a := open(t)
	a.world()
	send := a.listen()
	for _, p := range []string{"/healthz", "/readyz", "/docs/", "/docs/openapi.json", "/docs/swagger.json", "/docs/swagger-ui.css",
		"/docs/swagger-initializer.js", "/api/v1/sources", "/api/v1/sources/1", "/api/v1/sources?limit=1", "/api/v1/actors", "/api/v1/actors/1",
		"/api/v1/elections", "/api/v1/elections/1", "/api/v1/articles", "/api/v1/articles/1?expand=source,claims", "/api/v1/articles/1/versions",
		"/api/v1/articles/1/versions/1", "/api/v1/sentences/1?expand=claims", "/api/v1/claims", "/api/v1/claims/1", "/api/v1/occurrences",
		"/api/v1/occurrences/1", "/api/v1/tactics", "/api/v1/techniques", "/api/v1/techniques/T0049", "/api/v1/claims/999", "/api/v1/claims/x", "/nowhere"} {
		got := a.check(a.request(http.MethodGet, p, nil, "X-Request-ID", "same"), send)
		head := a.check(a.request(http.MethodHead, p, nil, "X-Request-ID", "same"), send)
		if len(head.raw) != 0 || head.status != got.status {
			t.Errorf("HEAD %s = %s; want %d without a body", p, head.short(), got.status)
		}
		for _, name := range []string{"Content-Type", "Content-Length", "ETag", "Link", "Cache-Control", "X-Request-ID", "X-Content-Type-Options"} {
			if head.header.Get(name) != got.header.Get(name) {
				t.Errorf("HEAD %s: %s = %q; want %q, as GET has", p, name, head.header.Get(name), got.header.Get(name))
			}
		}
	}
}
