package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// route is an operation of the document.
type route struct {
	method, template string
	*openapi3.Operation
}

// routes are all operations of the document, in order.
func routes() (all []route) {
	for template, item := range document().Paths.Map() {
		for method, operation := range item.Operations() {
			all = append(all, route{method, template, operation})
		}
	}
	slices.SortFunc(all, func(x, y route) int { return strings.Compare(x.method+x.template, y.method+y.template) })
	return all
}

func (r route) name() string { return r.method + " " + r.template }

// whole is the route's path with the parameters that it cannot do without.
func (r route) whole() string {
	path := r.path()
	for i, p := range r.Parameters {
		if p.Value.In == "query" && p.Value.Required {
			values := p.Value.Schema.Value
			if values.Items != nil {
				values = values.Items.Value
			}
			separator := "&"
			if !strings.Contains(path, "?") {
				separator = "?"
			}
			value := any("word")
			if len(values.Enum) > 0 {
				value = values.Enum[i%2]
			}
			path += fmt.Sprintf("%s%s=%v", separator, p.Value.Name, value)
		}
	}
	return path
}

// path is the route's path, of records that world has.
func (r route) path() string {
	return strings.NewReplacer("{id}", "1", "{n}", "1", "{code}", "T0049").Replace(r.template)
}

// input is the schema of the route's JSON body, or nil where it takes none.
func (r route) input() *openapi3.Schema {
	if r.RequestBody == nil || r.RequestBody.Value.Content["application/json"] == nil {
		return nil
	}
	return r.RequestBody.Value.Content["application/json"].Schema.Value
}

func (r route) takesForm() bool {
	return r.RequestBody != nil && r.RequestBody.Value.Content["multipart/form-data"] != nil
}

// limit is the largest body that the route takes.
func (r route) limit() int {
	if (strings.HasPrefix(r.template, "/api/v1/articles") || strings.HasSuffix(r.template, "/bulk")) && r.method == http.MethodPost {
		return int(limits.MaxArticle)
	}
	return int(limits.MaxBody)
}

// headers are those without which the route answers 428.
func (r route) headers() []string {
	if r.method == http.MethodPut || r.method == http.MethodPatch {
		return []string{"If-Match", "*"}
	}
	return nil
}

// sample is an input made of the examples that the document gives: it can be read, whether or not it means something.
func sample(schema *openapi3.Schema) any {
	if len(schema.AllOf) > 0 {
		schema = schema.AllOf[0].Value
	}
	switch {
	case schema.Example != nil:
		return schema.Example
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is("array"):
		return list{sample(schema.Items.Value)}
	case schema.Type.Is("object"):
		o := object{}
		for name, property := range schema.Properties {
			o[name] = sample(property.Value)
		}
		return o
	case schema.Type.Is("integer"):
		return 1
	default:
		return "x"
	}
}

// place is where a value stands in an input, and what kind of value belongs there.
type place struct {
	pointer string
	schema  *openapi3.Schema
	put     func(value any) any // the whole input with this value there
}

// places are all places of an input, lists' first items and objects' members too.
func places(schema *openapi3.Schema, pointer string, put func(any) any) (all []place) {
	if len(schema.AllOf) > 0 {
		schema = schema.AllOf[0].Value
	}
	if pointer != "" {
		all = append(all, place{pointer, schema, put})
	}
	if schema.Type.Is("array") {
		all = append(all, places(schema.Items.Value, pointer+"/0", func(v any) any { return put(list{v}) })...)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		all = append(all, places(schema.Properties[name].Value, pointer+"/"+name, func(v any) any {
			o, _ := sample(schema).(object)
			return put(changed(o, name, v))
		})...)
	}
	return all
}

// hostile is a request that must be refused, and how.
type hostile struct {
	what    string
	method  string
	path    string
	body    any
	headers []string
	status  []int
	wrong   string // one of the fields that must be named, as answer.wrong writes it; "" for any
}

// attacks are all hostile requests on a route that can be thought of from what the document says of it.
func (r route) attacks() (all []hostile) {
	add := func(what string, h hostile, status ...int) {
		h.what, h.status = what, status
		if h.method == "" {
			h.method = r.method
		}
		if h.path == "" {
			h.path = r.path()
		}
		if h.headers == nil {
			h.headers = r.headers()
		}
		all = append(all, h)
	}
	isProbe := slices.Contains(r.Tags, "probes")

	// Methods: those that the path does not have.
	item := document().Paths.Value(r.template)
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "BREW"} {
		if item.Operations()[method] == nil && !((strings.HasSuffix(r.template, "/upload") || strings.HasSuffix(r.template, "/facets") || strings.HasSuffix(r.template, "/bulk")) && len(method) <= 6 && method != "BREW" && method != "TRACE" && method != "get") {
			add("method "+method, hostile{method: method, body: "{}"}, 405)
		}
	}

	// Paths.
	if strings.Contains(r.template, "{id}") {
		for _, id := range []string{"0", "-1", "+1", "01x", "x", "1.0", "1e0", "0x1", "%20", "%201", "1%20", "%00", "1%00", "%FF", "99999999999999999999", "%F0%9F%97%B3",
			"1;DROP%20TABLE%20claims", "1'--", "null", "NaN", "1,2", "%2e%2e", "1%2F2", "*", "{id}", "%D9%A1"} {
			body := any(nil)
			if r.input() != nil {
				body = sample(r.input())
			}
			add("id "+id, hostile{path: strings.Replace(r.template, "{id}", id, 1), body: body, wrong: "id wrong_type"}, 400)
			all[len(all)-1].path = strings.NewReplacer("{n}", "1").Replace(strings.Replace(r.template, "{id}", id, 1))
		}
		body := any(nil)
		if input := r.input(); input != nil {
			body = sample(input)
			if o, ok := body.(object); ok && o["html"] != nil {
				delete(o, "html")
			}
		}
		add("an id that is not there", hostile{path: strings.NewReplacer("{id}", "9223372036854775807", "{n}", "1").Replace(r.template), body: body}, 404)
	}
	if strings.Contains(r.template, "{n}") {
		for _, n := range []string{"0", "-1", "x", "99999999999999999999"} {
			add("version "+n, hostile{path: strings.NewReplacer("{id}", "1", "{n}", n).Replace(r.template), wrong: "n wrong_type"}, 400)
		}
	}
	for _, suffix := range []string{"/x/y/z", "//", "/", "/%2e%2e/%2e%2e/etc/passwd"} {
		add("path "+suffix, hostile{path: r.path() + suffix}, 404, 405)
	}

	// Queries.
	if !isProbe {
		body, headers := any(nil), r.headers()
		switch {
		case r.input() != nil:
			body = sample(r.input())
		case r.takesForm():
			body, headers = "--b--\r\n", []string{"Content-Type", "multipart/form-data; boundary=b"}
		}
		for query, wrong := range map[string]string{
			"zzz=1": "zzz unknown_parameter", "ID=1": "ID unknown_parameter", "id=2": "id unknown_parameter", "a;b": "query format", "%zz": "query format",
			"zzz=%00": "zzz control_character", "zzz=%FF": "zzz control_character", "%C3%28=1": "", "limit=1%0d%0aSet-Cookie:x=1": "limit control_character",
			"zzz[]=1": "zzz[] unknown_parameter", "zzz=1+UNION+ALL": "zzz unknown_parameter", "expand=%00": "expand control_character",
		} {
			add("query "+query, hostile{path: r.path() + "?" + query, body: body, headers: headers, wrong: wrong}, 400)
		}
		for _, p := range r.Parameters {
			p := p.Value
			if p.In != "query" {
				continue
			}
			bad := []string{"%00", "%FF", "%1B", "x%0Ay"}
			schema := p.Schema.Value
			if schema.Type.Is("array") {
				schema = schema.Items.Value
			} else {
				good := url.QueryEscape(fmt.Sprint(sample(schema)))
				add("query repeated "+p.Name, hostile{path: r.path() + "?" + p.Name + "=" + good + "&" + p.Name + "=" + good, wrong: p.Name + " duplicate"}, 400)
			}
			switch {
			case len(schema.Enum) > 0:
				bad = append(bad, "x", strings.ToUpper(fmt.Sprint(schema.Enum[0])), fmt.Sprint(schema.Enum[0])+"%20", "1", "%27OR%27")
			case schema.Type.Is("integer"):
				bad = append(bad, "x", "0", "-1", "1.5", "1e1", "99999999999999999999", "%20", "true", "0x10")
			case schema.Type.Is("boolean"):
				bad = append(bad, "yes", "1", "TRUE", "null")
			case schema.Format == "date-time":
				bad = append(bad, "x", "2024", "2024-01-31", "1706690040", "2024-01-31T25:00:00Z")
			}
			for _, value := range bad {
				add("query "+p.Name+"="+value, hostile{path: r.path() + "?" + p.Name + "=" + value}, 400)
			}
		}
	}

	// Preconditions.
	if slices.Contains([]string{"PUT", "PATCH", "DELETE"}, r.method) {
		body := any(nil)
		if r.input() != nil {
			body = sample(r.input())
		}
		for _, stale := range []string{`"999-0"`, "x", `"*"`, "\"\x7f\"", `W/"999"`} {
			add("If-Match "+stale, hostile{body: body, headers: []string{"If-Match", stale}}, 412)
		}
		if body != nil {
			add("no If-Match", hostile{body: body, headers: []string{}}, 428)
		}
	}

	// Bodies.
	if r.takesForm() {
		for what, h := range map[string]hostile{
			"no Content-Type": {body: "x", headers: []string{"Content-Type", ""}}, "JSON": {body: "{}"}, "no boundary": {body: "x", headers: []string{"Content-Type", "multipart/form-data"}},
			"an empty boundary": {body: "x", headers: []string{"Content-Type", `multipart/form-data; boundary=""`}}, "a broken type": {body: "x", headers: []string{"Content-Type", "multipart/form-data; boundary"}},
		} {
			add("form: "+what, h, 415)
		}
		for _, name := range []string{"title", "url", "authors", "published_text", "published_at", "language", "archive_url", "source_id"} {
			add("form: bad UTF-8 in "+name, hostile{body: "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n\xff\r\n--b--\r\n",
				headers: []string{"Content-Type", "multipart/form-data; boundary=b"}, wrong: name + " format"}, 400)
		}
		for what, body := range map[string]string{"empty": "", "no parts": "--b--\r\n", "cut off": "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx", "no name": "--b\r\n\r\nx\r\n--b--\r\n",
			"garbage": "\x00\xff", "a header of its own": "--b\r\nX: \x00\r\n\r\nx\r\n--b--\r\n", "bad UTF-8 in a name": "--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--b--\r\n",
			"parts without end": strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n", 10_000)} {
			add("form: "+what, hostile{body: body, headers: []string{"Content-Type", "multipart/form-data; boundary=b"}}, 400)
		}
		add("form: oversized", hostile{body: "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + strings.Repeat("x", r.limit()),
			headers: []string{"Content-Type", "multipart/form-data; boundary=b"}}, 413)
	}
	input := r.input()
	if input == nil {
		return all
	}
	good, err := json.Marshal(sample(input))
	if err != nil {
		panic(err)
	}
	for what, types := range map[string][]string{
		"no": {""}, "text": {"text/plain"}, "XML": {"application/xml"}, "form": {"application/x-www-form-urlencoded"}, "form data": {"multipart/form-data; boundary=x"},
		"UTF-16": {"application/json; charset=utf-16"}, "broken": {"application/json; charset"}, "JSON of another kind": {"application/vnd.api+json"}, "patch list": {"application/json-patch+json"},
	} {
		add("Content-Type: "+what, hostile{body: good, headers: append(r.headers(), "Content-Type", types[0])}, 415)
	}
	if r.method != http.MethodPatch {
		add("Content-Type: a merge patch", hostile{body: good, headers: append(r.headers(), "Content-Type", "application/merge-patch+json")}, 415)
	}
	add("Content-Encoding", hostile{body: good, headers: append(r.headers(), "Content-Encoding", "gzip")}, 415)
	add("oversized", hostile{body: append(slices.Clone(good), strings.Repeat(" ", r.limit()-len(good)+1)...)}, 413)

	if input.Type.Is("array") {
		return all // its members are inputs, which are attacked as such where they stand alone
	}
	names := slices.Sorted(maps.Keys(input.Properties))
	name := names[0]
	value, err := json.Marshal(sample(input.Properties[name].Value))
	if err != nil {
		panic(err)
	}
	for what, body := range map[string]string{
		"empty": "", "blank": " \n\t", "null": "null", "a list": "[]", "a list of one": "[" + string(good) + "]", "a text": `"x"`, "a number": "1", "true": "true",
		"trailing data": string(good) + "{}", "a trailing comma": `{"x":1,}`, "a trailing bracket": string(good) + "}", "cut off": string(good[:len(good)-1]), "no quotes": `{` + name + `:1}`,
		"single quotes": `{'x':1}`, "a comment": "/**/" + string(good), "a byte order mark": "\ufeff" + string(good), "NUL": "\x00", "NUL in a name": "{\"x\x00\":1}", "NUL in a text": "{\"" + name + "\":\"x\x00y\"}",
		"bad UTF-8": "{\"" + name + "\":\"\xff\"}", "bad UTF-8 in a name": "{\"\xc3\x28\":1}", "an overlong form": "{\"" + name + "\":\"\xc0\xaf\"}", "a surrogate in UTF-8": "{\"" + name + "\":\"\xed\xa0\x80\"}",
		"half a surrogate pair": `{"` + name + `":"\ud800"}`, "a bare line end": "{\"" + name + "\":\"a\nb\"}", "deep lists": `{"` + name + `":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
		"deep objects": strings.Repeat(`{"`+name+`":`, 30_000) + "1" + strings.Repeat("}", 30_000), "an unclosed deep list": strings.Repeat("[", 500_000), "NaN": `{"` + name + `":NaN}`,
		"two documents": string(good) + "\n" + string(good), "XML": "<x/>", "UTF-16": "\xff\xfe{\x00}\x00",
	} {
		add("body: "+what, hostile{body: body}, 400)
	}
	for what, field := range map[string][2]string{
		"an unknown field": {`"zzz":1`, "#/zzz unknown_field"}, "an unknown field of null": {`"zzz":null`, "#/zzz unknown_field"}, "an unknown field with a pointer's signs": {`"a/b~c":1`, "#/a~1b~0c unknown_field"},
		"the id": {`"id":2`, "#/id unknown_field"}, "the version": {`"version":7`, "#/version unknown_field"}, "__proto__": {`"__proto__":{}`, "#/__proto__ unknown_field"}, "an empty name": {`"":1`, "#/ unknown_field"},
		"a wrong case":                {`"` + strings.ToUpper(name) + `":` + string(value), "#/" + strings.ToUpper(name) + " unknown_field"},
		"a field twice":               {`"` + name + `":` + string(value) + `,"` + name + `":` + string(value), "#/" + name + " duplicate_field"},
		"a field twice, once escaped": {fmt.Sprintf(`"%s":%s,"\u%04x%s":%s`, name, value, name[0], name[1:], value), "#/" + name + " duplicate_field"},
		"an unknown one twice":        {`"zzz":1,"zzz":2`, "#/zzz duplicate_field"},
	} {
		add("body: "+what, hostile{body: "{" + field[0] + "}", wrong: field[1]}, 400)
	}
	for _, at := range places(input, "", func(v any) any { return v }) {
		wrong := []any{}
		switch {
		case at.schema.Type.Is("string"):
			wrong = append(wrong, 7, true, list{}, object{}, list{"x"})
			add("NUL at "+at.pointer, hostile{body: at.put("a\x00b")}, 422)
		case at.schema.Type.Is("integer"):
			wrong = append(wrong, "7", "", true, list{1}, object{})
			for _, n := range []string{"99999999999999999999", "-9223372036854775809", "1.5", "1e400", "1e2", "-0.0"} {
				add(n+" at "+at.pointer, hostile{body: at.put(json.Number(n)), wrong: "#" + at.pointer + " out_of_range"}, 400)
			}
			add("below zero at "+at.pointer, hostile{body: at.put(-1)}, 422)
		case at.schema.Type.Is("boolean"):
			wrong = append(wrong, "true", 1, 0, list{}, object{})
		case at.schema.Type.Is("array"):
			wrong = append(wrong, "x", 1, true, object{}, object{"0": "x"})
		case at.schema.Type.Is("object"):
			wrong = append(wrong, "x", 1, true, list{})
			add("unknown within "+at.pointer, hostile{body: at.put(object{"zzz": 1}), wrong: "#" + at.pointer + "/zzz unknown_field"}, 400)
		}
		for _, value := range wrong {
			add(fmt.Sprintf("%#v at %s", value, at.pointer), hostile{body: at.put(value), wrong: "#" + at.pointer + " wrong_type"}, 400)
		}
	}
	return all
}

// Every route of the document is sent everything that can be wrong with a request to it. Each is refused as documented,
// says nothing of the program's inside (the harness sees to both), and leaves everything that is kept as it was.
func TestEveryRouteRefusesEverythingHostileAndWritesNothing(t *testing.T) {
	t.Parallel()
	for _, r := range routes() {
		t.Run(r.name(), func(t *testing.T) {
			t.Parallel()
			a := openWorld(t)
			before, commits := a.contents(), a.commits()
			for _, h := range r.attacks() {
				got := a.do(h.method, h.path, h.body, h.headers...)
				if !slices.Contains(h.status, got.status) {
					t.Errorf("%s: %s = %s; want %v", h.what, got.asked, got.short(), h.status)
				}
				if h.wrong != "" && got.status == 400 && !slices.Contains(got.wrong(), h.wrong) {
					t.Errorf("%s: %s is told that %q is wrong; want %q", h.what, got.asked, got.wrong(), h.wrong)
				}
				if strings.HasPrefix(h.what, "method ") {
					a.checkAllow(r.template, got)
				}
				if got.header.Get("Set-Cookie") != "" || strings.Contains(string(got.raw), "<script") {
					t.Errorf("%s: %s = %v %s", h.what, got.asked, got.header, got.short())
				}
				if a.commits() != commits {
					t.Fatalf("%s: %s: something was committed: what is kept was\n%s and is\n%s", h.what, got.asked, before, a.contents())
				}
			}
			if after := a.contents(); after != before {
				t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
			}
		})
	}
}

// commits is how much was committed so far.
func (a *api) commits() uint64 {
	a.Helper()
	n, _, err := a.Commits(context.Background())
	if err != nil {
		a.Fatal(err)
	}
	return n
}

// checkAllow holds an Allow header against the document: what it names for the path, HEAD where there is GET, and OPTIONS.
func (a *api) checkAllow(template string, got answer) {
	a.Helper()
	want := []string{"OPTIONS"}
	for method := range document().Paths.Value(template).Operations() {
		if want = append(want, method); method == "GET" {
			want = append(want, "HEAD")
		}
	}
	allow := strings.Split(got.header.Get("Allow"), ", ")
	slices.Sort(allow)
	slices.Sort(want)
	if !slices.Equal(allow, want) {
		a.Errorf("%s: Allow is %q; want %q", got.asked, allow, want)
	}
}

func TestOptionsNameTheMethodsOfEveryPath(t *testing.T) {
	a := open(t)
	for template := range document().Paths.Map() {
		a.checkAllow(template, a.do(http.MethodOptions, route{template: template}.path(), nil).wants(204))
	}
	a.do(http.MethodOptions, "/nowhere", nil).wants(404)
}

func TestAWordWhereAnIDCouldStandHasItsOwnMethodsOnly(t *testing.T) {
	a := openWorld(t)
	for _, template := range []string{"/api/v1/claims/bulk", "/api/v1/claims/facets", "/api/v1/articles/upload"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			if document().Paths.Value(template).Operations()[strings.Replace(method, "HEAD", "GET", 1)] == nil {
				a.checkAllow(template, a.do(method, template, nil).wants(405))
			}
		}
	}
	for _, word := range []string{"bulks", ":id", "%3Aid"} {
		a.get("/api/v1/claims/" + word).wants(400).names("id wrong_type")
	}
	a.do("DELETE", "/api/v1/claims/bulk/occurrences", nil).wants(405)
}

func TestAPathThatIsNotThereIsAProblemToo(t *testing.T) {
	a := open(t)
	for _, path := range []string{"/nowhere", "/api", "/api/v1", "/api/v2/claims", "/api/v1/Claims", "/api/v1/claims/", "/api/v1/claims//1", "//api/v1/claims", "/docs/nothing.js",
		"/docs/..%2f..%2fetc/passwd", "/docs/%2e%2e/%2e%2e/go.mod", "/.git/config", "/api/v1/claims/1/occurrences/1", "/api/v1/claims/1%2Foccurrences", "/%00", "/%FF", "/index.php"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if got := a.do(method, path, nil); got.status != 404 && got.status != 405 && got.status != 400 {
				t.Errorf("%s = %s; want 404, 405 or 400", got.asked, got.short())
			}
		}
	}
}
