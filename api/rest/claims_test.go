package rest_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestAClaimIsLoggedOnASentenceWithAllThatBelongsToIt(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", "A leader pledged it.", "Officials doubt it.")
	election, leader, official := a.election("US 2024"), a.actor("Leader"), a.actor("Official")
	in := object{
		"text": "The leader pledged to stay out.", "kind": "pledge", "election_id": election, "claimed_on": "2023-11-15", "language": "en",
		"tags": list{"diplomacy", "summit"}, "techniques": list{"T0085.001", "T0049"},
		"actors": list{object{"actor_id": official, "role": "target"}, object{"actor_id": leader, "role": "speaker"}, object{"actor_id": leader, "role": "accused"}},
	}
	created := a.post("/api/v1/claims", changed(in, "occurrence", object{"sentence_id": article.sentence(0), "stance": "asserts"})).wants(201)
	for field, value := range in {
		created.has("/"+field, value)
	}
	created.has("/status", "logged", "/version", 1, "/origin/claim_id", created.id(), "/origin/article_id", article.id(), "/origin/article_version", 1,
		"/origin/start", 0, "/origin/end", 20, "/origin/exact", "A leader pledged it.", "/origin/prefix", "", "/origin/suffix", "\nOfficials doubt it.",
		"/origin/first_sentence_id", article.sentence(0), "/origin/last_sentence_id", article.sentence(0), "/origin/stance", "asserts",
		"/origin/is_origin", true, "/origin/version", 1, "/occurrences", nil, "/election", nil, "/actors/0/actor", nil)
	read := a.get(created.header.Get("Location")).wants(200)
	if string(read.raw) != string(created.raw) || read.etag() != created.etag() {
		t.Errorf("GET = %s; want what POST answered, %s", read.raw, created.raw)
	}

	// A claim with as little as there can be.
	a.post("/api/v1/claims", object{"text": "It is so.", "kind": "other", "occurrence": object{"sentence_id": article.sentence(1)}}).wants(201).
		has("/tags", list{}, "/techniques", list{}, "/actors", list{}, "/election_id", nil, "/claimed_on", nil, "/language", nil, "/origin/stance", "reports")
}

func TestAClaimAndItsOriginAreCreatedTogetherOrNotAtAll(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", "One.", "Two.")
	whole := object{"text": "It is so.", "kind": "other", "tags": list{"a"}, "techniques": list{"T0049"},
		"actors": list{object{"actor_id": a.actor("A"), "role": "speaker"}}, "occurrence": object{"sentence_id": article.sentence(0)}}
	before := a.contents()
	for field, rows := range map[string][][2]any{
		"text":        {{"", "required"}, {strings.Repeat("x", 10_001), "too_long"}, {gone, "required"}},
		"kind":        {{"rumour", "not_in_vocabulary"}, {gone, "required"}},
		"status":      {{"in_review", "not_allowed"}, {"archived", "not_allowed"}, {"new", "not_in_vocabulary"}},
		"election_id": {{9, "not_found"}, {0, "out_of_range"}, {-1, "out_of_range"}},
		"claimed_on":  {{"2024-02-30", "format"}},
		"language":    {{"xx-yy-zz-", "format"}},
	} {
		for _, row := range rows {
			a.post("/api/v1/claims", changed(whole, field, row[0])).wants(422).names("#/" + field + " " + row[1].(string))
		}
	}
	for _, row := range []struct {
		change object
		wrong  []string
	}{
		{object{"tags": list{"A", "a"}}, []string{"#/tags/1 duplicate"}},
		{object{"tags": list{strings.Repeat("x", 301)}}, []string{"#/tags/0 too_long"}},
		{object{"techniques": list{"T0049", "T9999", "t0085"}}, []string{"#/techniques/1 not_found", "#/techniques/2 not_found"}},
		{object{"actors": list{object{"actor_id": 9, "role": "speaker"}, object{"role": "x"}, object{"actor_id": 1}}},
			[]string{"#/actors/0/actor_id not_found", "#/actors/1/actor_id required", "#/actors/1/role not_in_vocabulary", "#/actors/2/role required"}},
		{object{"actors": list{object{"actor_id": 1, "role": "target"}, object{"actor_id": 1, "role": "target"}}}, []string{"#/actors/1 duplicate"}},
		{object{"occurrence": gone}, []string{"#/occurrence/sentence_id required"}},
		{object{"occurrence": nil}, []string{"#/occurrence/sentence_id required"}},
		{object{"occurrence": object{"sentence_id": 99}}, []string{"#/occurrence/sentence_id not_found"}},
		{object{"occurrence": object{"sentence_id": 1, "stance": "likes"}}, []string{"#/occurrence/stance not_in_vocabulary"}},
		{object{"text": "", "kind": "x", "status": "x", "election_id": 7, "claimed_on": "x", "language": "-", "tags": list{""}, "techniques": list{"x"},
			"actors": list{object{"actor_id": 9, "role": "x"}}, "occurrence": object{"article_id": 1, "exact": "Three.", "stance": "x"}},
			[]string{"#/text required", "#/kind not_in_vocabulary", "#/status not_in_vocabulary", "#/election_id not_found", "#/claimed_on format",
				"#/language format", "#/tags/0 required", "#/techniques/0 not_found", "#/actors/0/actor_id not_found", "#/actors/0/role not_in_vocabulary",
				"#/occurrence/exact quote_not_found", "#/occurrence/stance not_in_vocabulary"}},
	} {
		in := whole
		for field, value := range row.change {
			in = changed(in, field, value)
		}
		a.post("/api/v1/claims", in).wants(422).names(row.wrong...)
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
	a.post("/api/v1/claims", whole).wants(201)
}

func TestWhatFailsHalfWayLeavesNothingBehind(t *testing.T) {
	for table, request := range map[string]struct {
		path string
		body object
	}{
		"occurrences":  {"/api/v1/claims", object{"text": "It is so.", "kind": "other", "tags": list{"a"}, "occurrence": object{"sentence_id": 1}}},
		"claim_tags":   {"/api/v1/claims", object{"text": "It is so.", "kind": "other", "tags": list{"a"}, "occurrence": object{"sentence_id": 1}}},
		"sentences":    {"/api/v1/articles", object{"source_id": 1, "url": "https://b.example/", "title": "T", "text": "One."}},
		"occurrences ": {"/api/v1/claims/1/occurrences", object{"sentence_id": 2, "is_origin": true}},
		"sentences ":   {"/api/v1/articles/1/versions", object{"text": "Other."}},
	} {
		a := openWorld(t)
		a.refuse(table)
		before := a.contents()
		a.post(request.path, request.body).wants(500)
		if after := a.contents(); after != before {
			t.Errorf("POST %s that fails at %s: what is kept has changed from\n%s to\n%s", request.path, table, before, after)
		}
	}
}

func TestAListOfAClaimHasAtMostAHundredEntries(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", "One.")
	claim := a.claim("It is so.", article.sentence(0))
	// So many that neither the database nor a loop in a loop would bear them.
	words, actors := make(list, 60_000), make(list, 40_000)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", i)
	}
	for i := range actors {
		actors[i] = object{"actor_id": i + 1, "role": "target"}
	}
	for field, value := range map[string]any{"tags": words, "techniques": words, "actors": actors[:25_000]} {
		a.patch(path("claims", claim.id()), "*", object{field: value}).wants(422).names("#/" + field + " too_long")
	}
	a.patch(path("claims", claim.id()), "*", object{"tags": words[:100]}).wants(200)
	a.patch(path("claims", claim.id()), "*", object{"tags": words[:101]}).wants(422).names("#/tags too_long")
}

func TestAPatchMergesAndAPutReplaces(t *testing.T) {
	a := openWorld(t)
	here := "/api/v1/claims/1"
	was := a.get(here).wants(200)
	version := was.number("/version")
	for _, row := range []struct {
		patch object
		want  []any
	}{
		{object{"text": " Other  words. "}, []any{"/text", "Other  words.", "/kind", "pledge", "/tags", list{"summit", "asia"}}},
		{object{"tags": list{"Only"}}, []any{"/tags", list{"only"}, "/techniques", list{"T0085"}}},
		{object{"tags": nil, "techniques": nil}, []any{"/tags", list{}, "/techniques", list{}}},
		{object{"actors": list{object{"actor_id": 2, "role": "target"}}}, []any{"/actors", list{object{"actor_id": 2, "role": "target"}}}},
		{object{"election_id": nil, "claimed_on": nil, "language": nil}, []any{"/election_id", nil, "/claimed_on", nil, "/language", nil}},
		{object{"actors": nil}, []any{"/actors", list{}, "/text", "Other  words."}},
	} {
		version++
		for range 2 { // the second time it changes nothing
			got := a.patch(here, "*", row.patch, "Content-Type", "application/merge-patch+json").wants(200)
			got.has(append(row.want, "/version", version)...)
		}
	}
	a.patch(here, "*", object{"text": nil}).wants(422).names("#/text required")
	a.patch(here, "*", object{"text": nil, "kind": nil, "tags": list{""}}).wants(422).names("#/text required", "#/kind required", "#/tags/0 required")
	a.patch(here, "*", object{"occurrence": object{"sentence_id": 1}}).wants(400).names("#/occurrence unknown_field")
	a.patch(here, "*", object{"origin": nil, "electon_id": nil}).wants(400).names("#/origin unknown_field", "#/electon_id unknown_field")
	a.patch(here, "*", object{"origin": 1, "id": 2, "tags": "x"}).wants(400).names("#/origin unknown_field", "#/id unknown_field", "#/tags wrong_type")
	a.put(here, "*", object{"text": "New.", "kind": "other"}).wants(200).has("/text", "New.", "/kind", "other", "/status", "logged", "/version", version+1,
		"/origin/id", was.at("/origin/id"), "/created_at", was.at("/created_at"))
}

// Whatever a record is, putting it back as it was read leaves its version and its ETag as they are.
func TestWhatChangesNothingIsNoChange(t *testing.T) {
	a := openWorld(t)
	inputs := map[string][]string{
		"sources": {"name", "kind", "domain", "url", "country", "language", "aliases", "description"}, "actors": {"name", "kind", "country", "aliases", "parent_id", "wikidata_id", "description"},
		"elections": {"name", "country", "level", "kind", "date"}, "occurrences": {"stance", "is_origin"},
		"articles": {"source_id", "url", "title", "authors", "published_at", "published_text", "language", "archive_url"},
		"claims":   {"text", "kind", "status", "election_id", "claimed_on", "language", "tags", "techniques", "actors"},
	}
	for resource, fields := range inputs {
		for id := 1; id <= 4; id++ {
			here := path(resource, id)
			was := a.get(here).wants(200)
			in := object{}
			for _, field := range fields {
				if value := was.at("/" + field); value != nil {
					in[field] = value
				}
			}
			before := a.contents()
			for name, again := range map[string]answer{
				"PUT": a.put(here, was.etag(), in), "PATCH": a.patch(here, was.etag(), in), "an empty PATCH": a.patch(here, was.etag(), object{}),
			} {
				if again.wants(200); again.etag() != was.etag() || string(again.raw) != string(was.raw) {
					t.Errorf("%s of what is there: %s; want nothing changed: %s", name, again.short(), was.short())
				}
			}
			if after := a.contents(); after != before {
				t.Errorf("%s: what is kept has changed from\n%s to\n%s", here, before, after)
			}
			for _, field := range fields { // what is [] may be left out
				if l, ok := in[field].(list); ok && len(l) == 0 {
					delete(in, field)
				}
			}
			if again := a.put(here, was.etag(), in).wants(200); again.etag() != was.etag() {
				t.Errorf("%s with its empty lists left out: ETag %s; want %s", again.asked, again.etag(), was.etag())
			}
		}
	}
}

func TestAStatusMovesAsItMayAndNotOtherwise(t *testing.T) {
	may := map[string][]string{"logged": {"in_review"}, "in_review": {"reviewed"}, "reviewed": {"archived", "in_review"}, "archived": {"logged"}}
	ways := map[string][]string{"logged": {}, "in_review": {"in_review"}, "reviewed": {"in_review", "reviewed"}, "archived": {"in_review", "reviewed", "archived"}}
	a := open(t)
	sentence := a.article(a.source("Ledger"), "https://a.example/", "One.").sentence(0)
	for from, way := range ways {
		for to := range ways {
			here := path("claims", a.claim("It is so.", sentence).id())
			for _, status := range way {
				a.patch(here, "*", object{"status": status}).wants(200).has("/status", status)
			}
			before := a.contents()
			allowed := to == from
			for _, next := range may[from] {
				allowed = allowed || next == to
			}
			if allowed {
				a.put(here, "*", object{"text": "It is so.", "kind": "allegation", "status": to}).wants(200).has("/status", to)
				continue
			}
			for _, got := range []answer{a.patch(here, "*", object{"status": to, "text": "Other."}),
				a.put(here, "*", object{"text": "It is so.", "kind": "allegation", "status": to})} {
				got.wants(409).has("/allowed", may[from])
			}
			if after := a.contents(); after != before {
				t.Errorf("from %s to %s: what is kept has changed from\n%s to\n%s", from, to, before, after)
			}
		}
	}
	here := path("claims", a.claim("It is so.", sentence).id())
	a.patch(here, "*", object{"status": "in_review"}).wants(200)
	a.put(here, "*", object{"text": "Left out, the status stays.", "kind": "other"}).wants(200).has("/status", "in_review")
	a.lenient = true // null, which the document has no code for
	a.patch(here, "*", object{"status": nil}).wants(200).has("/status", "in_review")
}

func TestAClaimIsReadWithAllAroundItInOneRequest(t *testing.T) {
	a := openWorld(t)
	a.get("/api/v1/claims/1?expand=sentences,article,source").wants(200).has("/origin/sentences/0/text", "Alpha one.",
		"/origin/article/title", "Article 1", "/origin/article/source/name", "The Harbour Ledger", "/occurrences", nil)
	all := a.get("/api/v1/claims/1?expand=actors,election,techniques&expand=occurrences,sentences,article,source").wants(200)
	all.has("/actors/0/actor/name", "Directorate Nine", "/actors/1/actor/name", "A. Person", "/election/name", "US 2024",
		"/technique_records/0/name", "Develop Text-Based Content", "/occurrences/0/id", 1, "/occurrences/1/id", 5, "/occurrences/2/id", 6,
		"/occurrences/1/sentences/0/text", "Bravo deux.", "/occurrences/1/article/source/name", "Agence Nord", "/occurrences/1/stance", "rebuts")
	a.get("/api/v1/claims/2?expand=sentences").wants(200).has("/origin/sentences/0/ordinal", 2, "/origin/sentences/2/ordinal", 4, "/origin/sentences/3", nil,
		"/origin/article", nil)
	a.get("/api/v1/claims?expand=actors,election,techniques,occurrences,sentences,article,source&sort=created_at").wants(200).
		has("/items/0", all.json, "/items/3/election", nil)
}

func TestDeletingAClaimTakesItsOccurrencesWithIt(t *testing.T) {
	a := openWorld(t)
	stale := a.get("/api/v1/claims/2").wants(200).etag()
	a.patch("/api/v1/claims/2", stale, object{"text": "Other."}).wants(200)
	a.delete("/api/v1/claims/2", "If-Match", stale).wants(412)
	a.delete("/api/v1/claims/1").wants(204)
	for _, id := range []int{1, 5, 6} {
		a.get(path("occurrences", id)).wants(404)
	}
	a.get("/api/v1/occurrences?total=true").wants(200).has("/total", 3)
	a.get("/api/v1/sentences/1?expand=claims").wants(200).has("/claims", list{})
}

func TestTwoAnalystsCannotSilentlyUndoEachOther(t *testing.T) {
	a := openWorld(t)
	for _, resource := range []string{"sources", "actors", "elections", "articles", "claims", "occurrences"} {
		here := path(resource, 4)
		change, other := object{"name": "Mine"}, object{"name": "Theirs"}
		switch resource {
		case "articles":
			change, other = object{"title": "Mine"}, object{"title": "Theirs"}
		case "claims":
			change, other = object{"text": "Mine"}, object{"text": "Theirs"}
		case "occurrences":
			change, other = object{"stance": "asserts"}, object{"stance": "denies"}
		}
		read := a.get(here).wants(200).etag()
		first := a.patch(here, read, change).wants(200)
		before := a.contents()
		for _, stale := range []string{read, `"999-0"`, `"abc"`, `""`, "W/" + read, "abc", `"-1"`, `"9223372036854775808"`, read + `, "77"`} {
			a.patch(here, stale, other).wants(412).has("/type", "urn:claimtracker:problem:stale")
			a.delete(here, "If-Match", stale).wants(412)
		}
		a.patch(here, "", other).wants(428).has("/type", "urn:claimtracker:problem:unguarded")
		a.put(here, "", a.get(here).wants(200).json).wants(400) // a record is no input
		if after := a.contents(); after != before {
			t.Errorf("%s: what is kept has changed from\n%s to\n%s", here, before, after)
		}
		second := a.patch(here, `"7", `+first.etag()+`, W/"8"`, other).wants(200)
		a.patch(here, "", change, "If-Match", `"7"`, "If-Match", second.etag()).wants(200)
		a.patch(here, "*", other).wants(200)
	}
}
