package rest_test

import (
	"fmt"
	"strings"
	"testing"
)

const bulk = "/api/v1/claims/bulk"

// inBulk is what a claim of a bulk request is.
func inBulk(text string, sentence any) object {
	return object{"text": text, "kind": "other", "tags": list{"bulk"}, "occurrence": object{"sentence_id": sentence}}
}

func TestABulkOfClaimsIsKeptWholeOrNotAtAll(t *testing.T) {
	a := openWorld(t)
	got := a.post(bulk, list{inBulk("one", 1), inBulk("two", 2)}).wants(201).has("/created", 2, "/refused", 0,
		"/items/0/index", 0, "/items/0/status", 201, "/items/1/href", "/api/v1/claims/6")
	a.get(got.text("/items/1/href")).wants(200).has("/text", "two", "/origin/first_sentence_id", 2, "/version", 1)
	before := a.contents()
	a.post(bulk, list{inBulk("three", 1), inBulk("", 99), object{"text": "four", "kind": "x"}}).wants(422).names(
		"#/1/text required", "#/1/occurrence/sentence_id not_found", "#/2/kind not_in_vocabulary", "#/2/occurrence/sentence_id required")
	a.post(bulk, list{inBulk("", 1), object{"txt": "four"}, 5}).wants(400).names("#/1/txt unknown_field", "#/2 malformed")
	for body, want := range map[string]string{"[]": "# required", "{}": "", "null": "", "": "", "5": "", `"a"`: "", "[": "", "[{}": "", "[{},]": "", "[{}]]": "",
		"[{}] [{}]": "", "[{}}": "", "[{]": "", "]": "", `["`: "", `[{"a":"` + "\xff": "", "[" + strings.Repeat("{},", 1000) + "{}]": "# too_many"} {
		if got := a.post(bulk, body); want != "" {
			got.wants(422).names(want)
		} else {
			got.wants(400)
		}
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
}

func TestABulkOfClaimsMayBeTakenOneByOne(t *testing.T) {
	a := openWorld(t)
	a.lenient = true // what is refused of a body that is accepted is not as documented
	a.post(bulk+"?mode=each", list{inBulk("one", 1), inBulk("two", 99), 5, inBulk("three", 3)}).wants(200).has("/created", 2, "/refused", 2,
		"/items/0/id", 5, "/items/1/status", 422, "/items/1/errors/0/pointer", "#/occurrence/sentence_id", "/items/2/status", 400, "/items/3/id", 6)
	a.post(bulk+"?mode=each", list{5}).wants(200).has("/created", 0, "/refused", 1)
	a.get("/api/v1/claims?tag=bulk&total=true").wants(200).has("/total", 2)
	a.post(bulk+"?mode=some", list{inBulk("one", 1)}).wants(400).names("mode not_in_vocabulary")
}

func TestABulkOfClaimsMayComeAsLines(t *testing.T) {
	a := openWorld(t)
	lines := func(texts ...string) (body string) {
		for _, text := range texts {
			body += fmt.Sprintf(`{"text": %q, "kind": "other", "occurrence": {"sentence_id": 1}}`+"\n\n", text)
		}
		return body
	}
	send := func(path, body string) answer { return a.post(path, body, "Content-Type", "application/x-ndjson") }
	got := send(bulk, lines("one", "two")).wants(201)
	if want := "{\"index\":0,\"status\":201,\"id\":5,\"href\":\"/api/v1/claims/5\"}\n{\"index\":1,\"status\":201,\"id\":6,\"href\":\"/api/v1/claims/6\"}\n"; string(got.raw) != want {
		t.Errorf("two lines are answered with %s; want %s", got.raw, want)
	}
	got = send(bulk+"?mode=each", lines("three")+"{\n"+lines("")).wants(200)
	if n := strings.Count(string(got.raw), "\n"); n != 3 || !strings.Contains(string(got.raw), `{"index":1,"status":400,`) || !strings.Contains(string(got.raw), `{"index":2,"status":422,`) {
		t.Errorf("three lines, of which one is kept, are answered with %s", got.raw)
	}
	send(bulk, "\n\n").wants(422)
	send(bulk, lines("one")+"]").wants(400)
	a.post(bulk, lines("one"), "Content-Type", "text/plain").wants(415)
}
