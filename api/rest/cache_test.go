package rest_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"claimtracker/api/rest"
	"claimtracker/internal/pgtest"
)

// instances are two servers with a cache and two without, over one database: on PostgreSQL each pair has a store of its
// own, as two processes would; a SQLite file has one.
type instances struct {
	*testing.T
	cached, plain [2]http.Handler
}

func openInstances(t *testing.T) *instances {
	t.Helper()
	now := (&clock{at: time.Date(2024, 2, 1, 9, 0, 0, 0, time.UTC), step: time.Second}).now
	address := pgtest.Copied(t, "the schema", migrate)
	one := openStoreAt(t, address, now)
	two := one
	if pgtest.Now == pgtest.Postgres {
		two = openStoreAt(t, address, now)
	}
	p := &instances{T: t}
	for i, s := range []database{one, two} {
		with, without := limits, limits
		with.Cache, without.Cache = 1<<20, 0
		p.cached[i], p.plain[i] = rest.New(s.Store, quiet(), with), rest.New(s.Store, quiet(), without)
	}
	world := &api{TB: t, database: one, clock: &clock{}, texts: &sync.Map{}, handler: p.cached[0]}
	if err := one.Techniques.Put(context.Background(), theTactics, theTechniques); err != nil {
		t.Fatal(err)
	}
	world.world()
	return p
}

// ask sends a request and returns the answer with all that is in it: status, headers and body.
func (p *instances) ask(handler http.Handler, method, path string, body any, headers ...string) (status int, whole string) {
	p.Helper()
	a := &api{TB: p.T}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, a.request(method, path, body, append([]string{"X-Request-ID", "same"}, headers...)...))
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		fmt.Fprintln(&b, name, w.Header()[name])
	}
	b.Write(w.Body.Bytes())
	return w.Code, b.String()
}

// same checks that each cached server answers a read as one without a cache does, also when it is asked again. It returns
// the answer. The read must be of what nobody writes meanwhile.
func (p *instances) same(path string) string {
	p.Helper()
	_, want := p.ask(p.plain[0], http.MethodGet, path, nil)
	for i, handler := range p.cached {
		for range 2 {
			if _, is := p.ask(handler, http.MethodGet, path, nil); is != want {
				p.Errorf("GET %s, from instance %d with a cache:\n%s\nwithout one:\n%s", path, i, is, want)
			}
		}
	}
	return want
}

// someRead is a random read that the document has, with random parameters, most of them right.
func someRead(r *rand.Rand) string {
	paths := slices.Sorted(maps.Keys(document().Paths.Map()))
	for {
		path := paths[r.IntN(len(paths))]
		item := document().Paths.Value(path)
		if item.Get == nil || !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		var query []string
		for _, p := range item.Get.Parameters {
			switch p.Value.In {
			case "path":
				path = strings.Replace(path, "{"+p.Value.Name+"}", someValue(r, p.Value), 1)
			case "query":
				if (p.Value.Required || r.IntN(8) == 0) && p.Value.Name != "cursor" {
					query = append(query, p.Value.Name+"="+someValue(r, p.Value))
				}
			}
		}
		if len(query) > 0 {
			path += "?" + strings.Join(query, "&")
		}
		return path
	}
}

func someValue(r *rand.Rand, p *openapi3.Parameter) string {
	schema := p.Schema.Value
	if schema.Items != nil {
		schema = schema.Items.Value
	}
	switch {
	case len(schema.Enum) > 0:
		return fmt.Sprint(schema.Enum[r.IntN(len(schema.Enum))])
	case schema.Type.Is("boolean"):
		return []string{"true", "false"}[r.IntN(2)]
	case schema.Type.Is("integer"):
		return fmt.Sprint(1 + r.IntN(6))
	case strings.HasSuffix(p.Name, "country"):
		return "FR"
	case p.Name == "language":
		return "en"
	case p.Name == "code", p.Name == "technique":
		return "T0085"
	default:
		return []string{"summit", "2024-01-31T08:34:00Z", "https://a.example/1", "nord.example"}[r.IntN(4)]
	}
}

// someWrite sends a random write to a handler, and tells whether it was a success.
func (p *instances) someWrite(r *rand.Rand, handler http.Handler) bool {
	p.Helper()
	n, id := r.Int64(), 1+r.IntN(6)
	resource := []string{"sources", "actors", "elections", "articles", "claims", "occurrences"}[r.IntN(6)]
	method, path, body := http.MethodPost, "/api/v1/"+resource, object{}
	switch resource {
	case "sources":
		body = object{"name": fmt.Sprint("S", n), "kind": "other", "country": "FR"}
	case "actors":
		body = object{"name": fmt.Sprint("A", n), "kind": "person"}
	case "elections":
		body = object{"name": fmt.Sprint("E", n), "level": "local", "kind": "other", "country": "FR"}
	case "articles":
		body = object{"source_id": id, "language": "en", "title": fmt.Sprint("T", n), "url": fmt.Sprint("https://a.example/new/", n), "text": fmt.Sprintf("One.\nTwo %d.", n)}
	case "claims":
		body = object{"text": fmt.Sprint("C", n), "kind": "pledge", "tags": list{"summit"}, "actors": list{object{"actor_id": id, "role": "speaker"}},
			"occurrence": object{"sentence_id": 1 + r.IntN(10)}}
	case "occurrences":
		path, body = fmt.Sprintf("/api/v1/claims/%d/occurrences", id), object{"sentence_id": 1 + r.IntN(10), "is_origin": r.IntN(2) == 0}
	}
	headers := []string{"Content-Type", "application/json"}
	if r.IntN(3) > 0 {
		method, path = http.MethodPatch, fmt.Sprintf("/api/v1/%s/%d", resource, id)
		headers = append(headers, "If-Match", "*")
		delete(body, "occurrence")
		delete(body, "text")
		if resource == "claims" {
			body["text"] = fmt.Sprint("C", n)
		}
		if resource == "occurrences" {
			body = object{"stance": []string{"asserts", "denies", "questions"}[r.IntN(3)]}
		}
	}
	switch r.IntN(12) {
	case 0:
		method = http.MethodDelete
	case 1:
		method, path, body = http.MethodPost, fmt.Sprintf("/api/v1/articles/%d/versions", id), object{"text": fmt.Sprintf("One.\nMore %d.", n)}
	}
	status, whole := p.ask(handler, method, path, body, headers...)
	if status >= 500 {
		p.Errorf("%s %s = %s", method, path, whole)
	}
	return status < 300
}

func TestACachedAnswerIsTheOneThatIsTrueNow(t *testing.T) {
	p := openInstances(t)
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var known []string // reads whose answers may be in the caches
	written := 0
	for i := range 120 {
		if p.someWrite(r, p.cached[i%2]) {
			written++
		}
		for range 5 {
			path := someRead(r)
			if len(known) > 40 && r.IntN(4) > 0 {
				path = known[r.IntN(len(known))]
			}
			answer := p.same(path)
			if _, after, ok := strings.Cut(answer, "\nLink [<"); ok {
				next, _, _ := strings.Cut(after, ">")
				known = append(known, next)
			}
			known = append(known, path)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if written < 40 {
		t.Errorf("%d of 120 writes were done; want a good part", written)
	}
}

// Each writer alone writes what is of its source, so that it knows what is to be read of that whatever others commit
// meanwhile, while readers ask for the same all the time, so that the caches take in what they can.
func TestACachedAnswerHasWhatWasWrittenWhileOthersWrite(t *testing.T) {
	const writers, rounds = 4, 25
	p := openInstances(t)
	var reads [][]string
	for w := range writers {
		name := fmt.Sprint("Writer ", w)
		_, made := p.ask(p.plain[0], http.MethodPost, "/api/v1/sources", object{"name": name, "kind": "other"}, "Content-Type", "application/json")
		_, after, _ := strings.Cut(made, "Location [")
		path, _, _ := strings.Cut(after, "]")
		reads = append(reads, []string{path, "/api/v1/articles?source_id=" + path[strings.LastIndex(path, "/")+1:], "/api/v1/sources?total=true&name=Writer%20" + fmt.Sprint(w)})
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for i := range 4 {
		r := rand.New(rand.NewPCG(uint64(i), 0))
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				paths := reads[r.IntN(writers)]
				p.ask(p.cached[r.IntN(2)], http.MethodGet, paths[r.IntN(len(paths))], nil)
			}
		})
	}
	together(writers, func(w int) {
		for i := range rounds {
			path := reads[w][0]
			status, whole := p.ask(p.cached[i%2], http.MethodPatch, path, object{"description": fmt.Sprint("round ", i)}, "Content-Type", "application/json", "If-Match", "*")
			if status != http.StatusOK {
				t.Errorf("PATCH %s = %s", path, whole)
			}
			if i%3 == 0 {
				id := path[strings.LastIndex(path, "/")+1:]
				p.ask(p.cached[(i+1)%2], http.MethodPost, "/api/v1/articles", fmt.Sprintf(
					`{"source_id":%s,"language":"en","title":"T","url":"https://w.example/%d/%d","text":"One."}`, id, w, i), "Content-Type", "application/json")
			}
			for _, path := range reads[w] {
				p.same(path)
			}
		}
	})
	close(done)
	readers.Wait()
}

// slowTaker is a client that takes nothing of an answer until it may.
type slowTaker struct {
	*httptest.ResponseRecorder
	taking, may chan struct{}
}

func (s slowTaker) Write(b []byte) (int, error) {
	s.taking <- struct{}{}
	<-s.may
	return s.ResponseRecorder.Write(b)
}

func TestNobodyWaitsForAnExportThatAnotherTakesSlowly(t *testing.T) {
	p := openInstances(t)
	a := &api{TB: t}
	slow := slowTaker{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.cached[0].ServeHTTP(slow, a.request(http.MethodGet, "/api/v1/claims?format=csv", nil))
	}()
	<-slow.taking
	if status, whole := p.ask(p.cached[0], http.MethodGet, "/api/v1/claims?format=csv", nil); status != http.StatusOK {
		t.Errorf("the same export = %s", whole)
	}
	close(slow.may)
	<-ended
}
