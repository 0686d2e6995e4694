package rest_test

import (
	"cmp"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"claimtracker/api/rest"
	"claimtracker/internal/pgtest"
)

// The corpus of parity: testdata/parity.http holds requests, which are sent one after the other to a new tracker on each
// engine, and testdata/parity.golden the answers. Both engines must give the same bytes, and those that are recorded. After
// a change that is meant to change answers, write them anew and read the difference:
//
//	go test -tags sqlite_fts5 ./api/rest -run Parity -update
//	git diff api/rest/testdata
//
// A request is a line such as "GET /api/v1/sources?sort=name", then headers, a line each, then a body; a line that begins
// with # is a remark. In a request, {{next}} is the last cursor that an answer held, {{etag}} the last ETag that one had,
// and {{long}} more than any body may hold. Three requests at a time happen at one moment, so that orders have ties.
var update = flag.Bool("update", false, "record the answers of the corpus of parity anew")

// smallestCorpus is how many requests the corpus has at least.
const smallestCorpus = 300

// recorded is a request of the corpus.
type recorded struct {
	method, path string
	headers      []string // names and values in turn
	body         string
}

var (
	requestLine = regexp.MustCompile(`^(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|TRACE) (/\S*)$`)
	headerLine  = regexp.MustCompile(`^([A-Z][A-Za-z-]*): (.*)$`)
)

// corpus reads the requests.
func corpus(t *testing.T) (all []recorded) {
	t.Helper()
	file, err := os.ReadFile("testdata/parity.http")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if first := requestLine.FindStringSubmatch(line); first != nil {
			all = append(all, recorded{method: first[1], path: first[2]})
			continue
		}
		if len(all) == 0 {
			continue
		}
		r := &all[len(all)-1]
		if header := headerLine.FindStringSubmatch(line); header != nil && r.body == "" {
			r.headers = append(r.headers, header[1], header[2])
		} else if line != "" || r.body != "" {
			r.body += line + "\n"
		}
	}
	for i := range all {
		all[i].body = strings.TrimSpace(all[i].body)
	}
	if len(all) < smallestCorpus {
		t.Errorf("the corpus has %d requests; want %d or more", len(all), smallestCorpus)
	}
	return all
}

// replayed are the answers that replay got on an engine.
var replayed = map[pgtest.Engine][]answer{}

// replay sends the requests to a new tracker on the engine of the moment, once for all tests that look at the answers.
func replay(t *testing.T, requests []recorded) (answers []answer) {
	t.Helper()
	if known := replayed[pgtest.Now]; known != nil {
		return known
	}
	a := openWith(t, rest.Options{MaxBody: 4 << 10, MaxArticle: 8 << 10, Timeout: time.Minute})
	a.clock.stop()
	variables := map[string]string{"next": "", "etag": "", "long": strings.Repeat("x", 9<<10)}
	for i, r := range requests {
		if i%3 == 0 {
			a.clock.forward(time.Second + time.Microsecond)
		}
		fill := func(s string) string {
			for name, value := range variables {
				s = strings.ReplaceAll(s, "{{"+name+"}}", value)
			}
			return s
		}
		headers := []string{"X-Request-ID", "parity"}
		for _, h := range r.headers {
			headers = append(headers, fill(h))
		}
		got := a.do(r.method, fill(r.path), r.content(fill), headers...)
		if next, ok := got.at("/next").(string); ok {
			variables["next"] = next
		}
		variables["etag"] = cmp.Or(got.header.Get("ETag"), variables["etag"])
		answers = append(answers, got)
	}
	replayed[pgtest.Now] = answers
	return answers
}

// content is the body to send, or nil for none. The lines of a form end as its parser wants it.
func (r recorded) content(fill func(string) string) any {
	switch {
	case r.body == "":
		return nil
	case slices.ContainsFunc(r.headers, func(h string) bool { return strings.HasPrefix(h, "multipart/") }):
		return strings.ReplaceAll(fill(r.body), "\n", "\r\n") + "\r\n"
	default:
		return fill(r.body)
	}
}

// comparedHeaders are the headers of an answer that must be the same on each engine, all that are about the answer.
var comparedHeaders = []string{"Content-Type", "Content-Length", "ETag", "Link", "Location", "Allow", "Cache-Control", "Retry-After"}

// whole is an answer with all that is compared.
func (got answer) whole() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d", got.asked, got.status)
	for _, name := range comparedHeaders {
		if value := got.header.Get(name); value != "" {
			fmt.Fprintf(&b, "\n%s: %s", name, value)
		}
	}
	if len(got.raw) > 0 {
		fmt.Fprintf(&b, "\n%s", got.raw)
	}
	return b.String() + "\n"
}

// brief is an answer as it is recorded: where the body is long, its digest and the ids of its items stand for it.
func (got answer) brief() string {
	whole := got.whole()
	if len(got.raw) <= 500 {
		return whole
	}
	body := fmt.Sprintf("%d bytes, sha256 %x", len(got.raw), sha256.Sum256(got.raw))
	if items, ok := got.at("/items").(list); ok {
		body += ", items"
		for _, item := range items {
			o := item.(object)
			body += fmt.Sprint(" ", cmp.Or(o["id"], o["code"]))
		}
	}
	return strings.TrimSuffix(whole, string(got.raw)+"\n") + body + "\n"
}

// onSQLite are the answers of SQLite, which pgtest.Main runs first.
var onSQLite []string

func TestParityOfTheEnginesAndTheRecord(t *testing.T) {
	var answers, briefs []string
	for _, got := range replay(t, corpus(t)) {
		answers, briefs = append(answers, got.whole()), append(briefs, got.brief())
		if got.status >= 500 {
			t.Errorf("%s = %s", got.asked, got.short())
		}
	}
	if pgtest.Now == pgtest.SQLite {
		onSQLite = answers
	} else {
		compare(t, answers, onSQLite, "SQLite")
	}
	const record = "testdata/parity.golden"
	if *update && pgtest.Now == pgtest.SQLite {
		if err := os.WriteFile(record, []byte(strings.Join(briefs, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, briefs, strings.Split(strings.TrimSuffix(string(golden), "\n"), "\n\n"), "the record")
}

// compare fails the test for the first few answers that are not as they are elsewhere: what follows mostly follows from them.
func compare(t *testing.T, answers, others []string, elsewhere string) {
	t.Helper()
	if len(answers) != len(others) {
		t.Errorf("%d answers on %s; want %d, as of %s", len(answers), pgtest.Now, len(others), elsewhere)
	}
	different := 0
	for i := range min(len(answers), len(others)) {
		if is, want := strings.TrimSpace(answers[i]), strings.TrimSpace(others[i]); is != want && different < 5 {
			different++
			t.Errorf("request %d on %s:\n%s\nof %s:\n%s", i+1, pgtest.Now, is, elsewhere, want)
		}
	}
}

func TestParityIsOfEveryRouteParameterSortExpandAndStatus(t *testing.T) {
	requests, done := corpus(t), map[string]bool{}
	for i, got := range replay(t, requests) {
		path, query, _ := strings.Cut(strings.TrimPrefix(got.asked, requests[i].method+" "), "?")
		template, _ := findPath(path)
		operation := requests[i].method + " " + template
		done[fmt.Sprint(operation, " = ", got.status)] = true
		if got.status >= http.StatusBadRequest {
			continue
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		for name, given := range values {
			done[operation+" ?"+name] = true
			for one := range strings.SplitSeq(strings.Join(given, ","), ",") {
				done[operation+" ?"+name+"="+one] = true
			}
		}
	}
	for _, wanted := range slices.Sorted(maps.Keys(documented())) {
		if !done[wanted] {
			t.Errorf("no request of testdata/parity.http is of %s", wanted)
		}
	}
}

// documented is all that the document says can be asked and answered: each operation's statuses, query parameters and the
// values that these are one of.
func documented() map[string]bool {
	all := map[string]bool{}
	for path, item := range document().Paths.Map() {
		for method, o := range item.Operations() {
			operation := method + " " + path
			for status := range o.Responses.Map() {
				if status != "default" && status != "503" { // what no request alone brings about
					all[operation+" = "+status] = true
				}
			}
			for _, parameter := range o.Parameters {
				p := parameter.Value
				if p.In != "query" {
					continue
				}
				all[operation+" ?"+p.Name] = true
				values := p.Schema.Value.Enum
				if p.Schema.Value.Items != nil {
					values = append(values, p.Schema.Value.Items.Value.Enum...)
				}
				for _, value := range values {
					all[fmt.Sprint(operation, " ?", p.Name, "=", value)] = true
				}
			}
		}
	}
	return all
}
