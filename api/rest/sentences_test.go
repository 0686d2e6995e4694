package rest_test

import "testing"

func TestASentenceIsReadWithItsClaimsItsArticleAndItsSource(t *testing.T) {
	a := openWorld(t)
	plain := a.get("/api/v1/sentences/3").wants(200)
	plain.has("/id", 3, "/article_id", 1, "/article_version", 1, "/ordinal", 3, "/start", 22, "/end", 34, "/text", "Alpha three.",
		"/claims", nil, "/article", nil)
	// Claim 2 stands on a run of sentences, of which this is the middle.
	a.get("/api/v1/sentences/3?expand=claims,article,source").wants(200).has("/claims/0/text", "C2", "/claims/1", nil,
		"/claims/0/origin/exact", "Alpha two.\nAlpha three.\nAlpha four.", "/article/title", "Article 1", "/article/source/name", "The Harbour Ledger")
	a.get("/api/v1/sentences/3?expand=article").wants(200).has("/article/id", 1, "/article/source", nil, "/claims", nil)

	// A claim that stands on a part of the sentence stands on it too; one that stands there twice is told once.
	a.post("/api/v1/claims/4/occurrences", object{"article_id": 1, "exact": "one.\nAlpha t", "suffix": "w"}).wants(201)
	a.post("/api/v1/claims/4/occurrences", object{"sentence_id": 1, "exact": "Alpha"}).wants(201)
	a.get("/api/v1/sentences/1?expand=claims").wants(200).has("/claims/0/text", "C1", "/claims/1/text", "C4", "/claims/2", nil)
	a.get("/api/v1/sentences/2?expand=claims").wants(200).has("/claims/0/text", "C2", "/claims/1/text", "C4")
	a.get("/api/v1/sentences/8?expand=claims").wants(200).has("/claims", list{})
	a.get("/api/v1/sentences/99").wants(404)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		a.do(method, "/api/v1/sentences/1", object{"text": "Other."}).wants(405)
	}
}
