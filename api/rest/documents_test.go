package rest_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/tracker"
)

func TestTheDocumentAndTheRoutesAreTheSame(t *testing.T) {
	documented, routed := map[string]bool{}, map[string]bool{}
	for _, r := range routes() {
		documented[r.name()] = true
		if r.method == "GET" {
			documented["HEAD "+r.template] = true
		}
	}
	for _, r := range open(t).handler.(*echo.Echo).Routes() {
		if r.Path == "/" || strings.HasPrefix(r.Path, "/docs") || r.Method == echo.RouteNotFound {
			continue
		}
		routed[r.Method+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")] = true
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if !routed[name] {
			t.Errorf("the document has %s, and no route", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(routed)) {
		if !documented[name] {
			t.Errorf("there is a route %s, and the document does not have it", name)
		}
	}
}

func words[T ~string](vocabulary []T) (all []string) {
	for _, word := range vocabulary {
		all = append(all, string(word))
	}
	return all
}

func TestTheDocumentsVocabulariesAreTheDomains(t *testing.T) {
	vocabularies := map[string][]string{
		"SourceKind": words(tracker.SourceKinds), "ActorKind": words(tracker.ActorKinds), "Role": words(tracker.Roles), "ClaimKind": words(tracker.ClaimKinds),
		"ClaimStatus": words(tracker.ClaimStatuses), "Stance": words(tracker.Stances), "ElectionLevel": words(tracker.ElectionLevels), "ElectionKind": words(tracker.ElectionKinds),
		"ResultType": words(tracker.ResultTypes),
	}
	enum := func(values []any) string { return fmt.Sprint(values...) }
	of := func(name string) string {
		all := []any{}
		for _, word := range vocabularies[name] {
			all = append(all, word)
		}
		return enum(all)
	}
	for name, schema := range document().Components.Schemas {
		if len(schema.Value.Enum) > 0 && vocabularies[name] == nil {
			t.Errorf("the document has a vocabulary %s that is held against nothing here", name)
		}
	}
	for name := range vocabularies {
		schema := document().Components.Schemas[name]
		if schema == nil {
			t.Errorf("the document has no %s", name)
		} else if enum(schema.Value.Enum) != of(name) {
			t.Errorf("the document's %s = %v; want %v", name, enum(schema.Value.Enum), of(name))
		}
	}
	filters := map[string]string{"claims kind": "ClaimKind", "claims status": "ClaimStatus", "claims role": "Role", "claims stance": "Stance", "occurrences stance": "Stance",
		"sources kind": "SourceKind", "articles source_kind": "SourceKind", "actors kind": "ActorKind", "elections kind": "ElectionKind", "elections level": "ElectionLevel"}
	for _, of := range []string{"actor", "speaker", "accused", "target", "beneficiary", "attributor"} {
		filters["claims "+of+"_kind"] = "ActorKind"
	}
	filters["claims source_kind"] = "SourceKind"
	lists := listed()
	lists["/api/v1/search"], filters["search type"] = document().Paths.Value("/api/v1/search").Get, "ResultType"
	for path, operation := range lists {
		for _, parameter := range operation.Parameters {
			items := parameter.Value.Schema.Value.Items
			if items == nil || len(items.Value.Enum) == 0 || slices.Contains([]string{"expand", "fields"}, parameter.Value.Name) {
				continue
			}
			filter := strings.TrimPrefix(path, "/api/v1/") + " " + parameter.Value.Name
			if name := filters[filter]; name == "" || enum(items.Value.Enum) != of(name) {
				t.Errorf("the filter %s takes %v; want %s, %v", filter, enum(items.Value.Enum), name, of(name))
			}
			delete(filters, filter)
		}
	}
	for filter := range filters {
		t.Errorf("the document has no words for the filter %s", filter)
	}
}

// Each relation and each sort that the document names is taken, and one that it does not name is refused by name: the list
// in the refusal is the document's.
func TestTheDocumentsSortsAndExpandsAreTheServers(t *testing.T) {
	a := openWorld(t)
	for _, r := range routes() {
		for _, name := range []string{"sort", "expand"} {
			parameter := r.Parameters.GetByInAndName("query", name)
			if parameter == nil {
				continue
			}
			schema := parameter.Schema.Value
			if name == "expand" {
				schema = schema.Items.Value
			}
			path := r.path() + "?"
			if r.Parameters.GetByInAndName("query", "q") != nil {
				path += "q=alpha&" // relevance needs a search
			}
			told := a.get(path + name + "=zzz").wants(400).text("/errors/0/detail")
			_, told, _ = strings.Cut(told, " of ")
			var documented []string
			for _, value := range schema.Enum {
				documented = append(documented, value.(string))
				a.get(path + name + "=" + value.(string)).wants(200)
			}
			taken := strings.Split(told, ", ")
			slices.Sort(documented)
			slices.Sort(taken)
			if !slices.Equal(documented, taken) {
				t.Errorf("the %s of %s may be %q; the document says %q", name, r.name(), taken, documented)
			}
		}
	}
}

func TestTheDocumentsAreServedAsTheyAreInTheRepository(t *testing.T) {
	a := open(t)
	for _, name := range []string{"openapi.json", "swagger.json"} {
		want, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		got := a.get("/docs/" + name).wants(200)
		if string(got.raw) != string(want) {
			t.Errorf("/docs/%s is not docs/%s", name, name)
		}
		if mediaType := got.header.Get("Content-Type"); mediaType != "application/json" {
			t.Errorf("/docs/%s is %q; want application/json", name, mediaType)
		}
	}
}

func TestTheSwaggerUIWorksOffline(t *testing.T) {
	a := open(t)
	for _, path := range []string{"/", "/docs"} {
		if got := a.get(path).wants(302); got.header.Get("Location") != "/docs/" {
			t.Errorf("GET %s leads to %q; want /docs/", path, got.header.Get("Location"))
		}
	}
	index := a.get("/docs/").wants(200)
	if mediaType := index.header.Get("Content-Type"); mediaType != "text/html; charset=utf-8" {
		t.Errorf("GET /docs/ is %q; want text/html", mediaType)
	}
	assets := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(string(index.raw), -1)
	if len(assets) < 5 {
		t.Fatalf("GET /docs/ names %v only", assets)
	}
	elsewhere := regexp.MustCompile(`(?i)(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//`)
	for _, asset := range assets {
		got := a.get("/docs/" + strings.TrimPrefix(asset[1], "./")).wants(200)
		if strings.HasSuffix(asset[1], ".css") && elsewhere.Match(got.raw) {
			t.Errorf("%s names another host: %s", asset[1], elsewhere.Find(got.raw))
		}
	}
	initializer := a.get("/docs/swagger-initializer.js").wants(200)
	for what, page := range map[string]answer{"the index": index, "the initializer": initializer} {
		if found := regexp.MustCompile(`https?://\S*`).Find(page.raw); found != nil || elsewhere.Match(page.raw) {
			t.Errorf("%s names another host: %s", what, found)
		}
	}
	for _, name := range []string{`"openapi.json"`, `"swagger.json"`, "validatorUrl: null"} {
		if !strings.Contains(string(initializer.raw), name) {
			t.Errorf("the initializer does not hold %s", name)
		}
	}
	a.get("/docs/nothing").wants(404)
	a.post("/docs/", object{}).wants(405)
}

func TestEveryExampleOfARequestWorksOnANewDatabase(t *testing.T) {
	for _, r := range routes() {
		body := r.RequestBody
		if body == nil || body.Value.Content["multipart/form-data"] != nil {
			continue
		}
		examples := body.Value.Content["application/json"].Examples
		if len(examples) == 0 {
			t.Errorf("%s has no example of what to send", r.name())
		}
		for name, example := range examples {
			t.Run(r.name()+" "+name, func(t *testing.T) {
				a := openSeeded(t)
				id := "1"
				if strings.Contains(r.template, "occurrences/{id}") {
					id = "2"
				}
				path := strings.ReplaceAll(r.template, "{id}", id)
				if got := a.do(r.method, path, example.Value.Value, "Content-Type", "application/json", "If-Match", "*"); got.status/100 != 2 {
					t.Errorf("%s = %s; want 2xx", r.name(), got.short())
				}
			})
		}
	}
}
