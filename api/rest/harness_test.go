package rest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"claimtracker/api/rest"
	"claimtracker/docs"
	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// The limits that the tests' servers keep: the program's defaults.
var limits = rest.Options{MaxBody: 1 << 20, MaxArticle: 10 << 20, Cache: 32 << 20, Timeout: time.Minute}

func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder(ndjson, openapi3filter.PlainBodyDecoder) // each line is looked at by itself
	os.Exit(pgtest.Main(m))
}

type (
	object = map[string]any
	list   = []any
)

// database is a store and what a test may know of it without asking the store.
type database struct {
	*store.Store
	// contents is everything that is kept, as text: equal before and after where nothing was written.
	contents func() string
	// refuse makes the engine fail every insert into a table from now on.
	refuse func(table string)
	// exec runs a statement beside the store.
	exec func(statement string)
}

// openStore opens an empty store on the engine of the moment.
func openStore(t testing.TB, now func() time.Time) database {
	t.Helper()
	return openStoreAt(t, pgtest.Copied(t, "the schema", migrate), now)
}

func migrate(address string) error {
	s, err := store.Open(context.Background(), address, quiet(), time.Now)
	if err != nil {
		return err
	}
	return s.Close()
}

func openStoreAt(t testing.TB, address string, now func() time.Time) database {
	t.Helper()
	s, err := store.Open(context.Background(), address, quiet(), now)
	if err != nil {
		t.Fatalf("store.Open(%s) = %v", address, err)
	}
	// The store has registered both drivers.
	driver, reading, tables := "sqlite3", "file:"+address+"?mode=ro", "SELECT name FROM sqlite_schema WHERE type = 'table'"
	if strings.HasPrefix(address, "postgres://") {
		driver, reading, tables = "pgx", address, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
	}
	reader, err := sql.Open(driver, reading)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("store.Close() = %v", err)
		}
	})
	refusal := "CREATE TRIGGER refused BEFORE INSERT ON %s BEGIN SELECT RAISE(ABORT, 'refused'); END"
	if driver == "pgx" {
		refusal = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;" +
			"CREATE TRIGGER refused BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION refuse()"
	}
	exec := func(statement string) {
		t.Helper()
		writer, err := sql.Open(driver, strings.Replace(reading, "mode=ro", "_busy_timeout=5000", 1))
		if err != nil {
			t.Fatal(err)
		}
		defer writer.Close()
		if _, err := writer.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return database{
		Store:    s,
		contents: func() string { return contents(t, reader, tables) },
		refuse:   func(table string) { exec(fmt.Sprintf(refusal, table)) },
		exec:     exec,
	}
}

// contents is every row of every table, in no engine's order but its own.
func contents(t testing.TB, db *sql.DB, tables string) string {
	t.Helper()
	var all []string
	for _, table := range rows(t, db, tables) {
		for _, row := range rows(t, db, "SELECT * FROM "+table[0].(string)) {
			all = append(all, fmt.Sprintln(table, row))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func rows(t testing.TB, db *sql.DB, query string) (all [][]any) {
	t.Helper()
	found, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// clock is the time in a test: it moves on by a step each time somebody looks at it.
type clock struct {
	mutex sync.Mutex
	at    time.Time
	step  time.Duration
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(c.step)
	return c.at
}

// begun is the clock that a test's tracker begins with.
func begun() *clock {
	return &clock{at: time.Date(2024, 2, 1, 9, 0, 0, 123456789, time.UTC), step: time.Second}
}

// stop makes all that follows happen at one moment; start undoes that.
func (c *clock) stop()  { c.setStep(0) }
func (c *clock) start() { c.setStep(time.Second) }

// forward moves the time on once.
func (c *clock) forward(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(by)
}

func (c *clock) setStep(step time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.step = step
}

// api is a tracker of its own, spoken to through the front door. Every answer is held against the OpenAPI document.
type api struct {
	testing.TB
	database
	clock   *clock
	handler http.Handler
	texts   *sync.Map // of versions, by path
	lenient bool      // whether more may be accepted than the document says
}

// What of DISARM a test's tracker has.
var (
	theTactics    = []tracker.Tactic{{Code: "TA06", Name: "Develop Content"}, {Code: "TA17", Name: "Maximise Exposure"}}
	theTechniques = []tracker.Technique{
		{Code: "T0049", Name: "Flood Information Space", Tactic: "TA17", FrameworkVersion: "1.6"},
		{Code: "T0085", Name: "Develop Text-Based Content", Tactic: "TA06", FrameworkVersion: "1.6"},
		{Code: "T0085.001", Name: "Develop AI-Generated Text", Tactic: "TA06", Parent: "T0085", FrameworkVersion: "1.6"},
	}
)

// open starts a tracker that has nothing but a few tactics and techniques.
func open(t testing.TB) *api { t.Helper(); return openWith(t, limits) }

func openWith(t testing.TB, options rest.Options) *api {
	t.Helper()
	c := begun()
	a := &api{TB: t, database: openStore(t, c.now), clock: c, texts: &sync.Map{}}
	if err := a.Techniques.Put(context.Background(), theTactics, theTechniques); err != nil {
		t.Fatal(err)
	}
	a.handler = rest.New(a.Store, quiet(), options)
	return a
}

// on is the same tracker for a subtest, which its failures then belong to.
func (a *api) on(t testing.TB) *api {
	other := *a
	other.TB = t
	return &other
}

// answer is what came back, and what it was asked.
type answer struct {
	testing.TB
	asked  string
	status int
	header http.Header
	raw    []byte
	json   any
}

func (a *api) get(path string, headers ...string) answer {
	a.Helper()
	return a.do(http.MethodGet, path, nil, headers...)
}

func (a *api) post(path string, body any, headers ...string) answer {
	a.Helper()
	return a.do(http.MethodPost, path, body, headers...)
}

// put replaces what is at path, from the version that etag names; "" sends no If-Match.
func (a *api) put(path, etag string, body any, headers ...string) answer {
	a.Helper()
	return a.do(http.MethodPut, path, body, append(ifMatch(etag), headers...)...)
}

func (a *api) patch(path, etag string, body any, headers ...string) answer {
	a.Helper()
	return a.do(http.MethodPatch, path, body, append(ifMatch(etag), headers...)...)
}

func (a *api) delete(path string, headers ...string) answer {
	a.Helper()
	return a.do(http.MethodDelete, path, nil, headers...)
}

func ifMatch(etag string) []string {
	if etag == "" {
		return nil
	}
	return []string{"If-Match", etag}
}

// do sends a request and checks its answer. A body is sent as it is if it is a string, else as JSON; headers are names
// and values in turn.
func (a *api) do(method, path string, body any, headers ...string) answer {
	a.Helper()
	return a.check(a.request(method, path, body, headers...), a.serve)
}

func (a *api) request(method, path string, body any, headers ...string) *http.Request {
	a.Helper()
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(body)
	case []byte:
		content = bytes.NewReader(body)
	default:
		b, err := json.Marshal(body)
		if err != nil {
			a.Fatal(err)
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, "http://tracker.test"+path, content)
	if err != nil {
		a.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(headers, 2) {
		if pair[0] == "Content-Type" {
			r.Header.Del(pair[0])
		}
		if pair[1] != "" {
			r.Header.Add(pair[0], pair[1])
		}
	}
	return r
}

// serve answers a request without a network.
func (a *api) serve(r *http.Request) *http.Response {
	recorder := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	a.handler.ServeHTTP(recorder, r)
	return recorder.Result()
}

// listen starts a real server, and returns what answers requests over it.
func (a *api) listen() func(*http.Request) *http.Response {
	a.Helper()
	server := httptest.NewServer(a.handler)
	a.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return func(r *http.Request) *http.Response {
		r = r.Clone(r.Context())
		r.URL.Host = server.Listener.Addr().String()
		response, err := client.Do(r)
		if err != nil {
			a.Fatal(err)
		}
		return response
	}
}

// check sends a request and holds the answer against all that every answer promises.
func (a *api) check(r *http.Request, send func(*http.Request) *http.Response) answer {
	a.Helper()
	sent := []byte{}
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			a.Fatal(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response := send(r)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		a.Fatal(err)
	}
	asked := r.Method + " " + r.URL.RequestURI()
	got := answer{TB: a.TB, asked: asked[:min(len(asked), 300)], status: response.StatusCode, header: response.Header, raw: raw}
	mediaType := got.header.Get("Content-Type")
	if mediaType == ndjson {
		got.json = got.lines()
	} else if len(raw) > 0 && strings.HasSuffix(mediaType, "json") {
		if err := json.Unmarshal(raw, &got.json); err != nil {
			a.Errorf("%s answers %s, which is not JSON: %v", got.asked, got.short(), err)
		}
	}
	if got.header.Get("X-Request-ID") == "" || got.header.Get("X-Content-Type-Options") != "nosniff" {
		a.Errorf("%s: header %v; want X-Request-ID, and X-Content-Type-Options nosniff", got.asked, got.header)
	}
	a.checkDocumented(r, sent, got)
	if got.status >= 400 && r.Method != http.MethodHead {
		a.checkProblem(r.URL.String()+string(sent), got)
	}
	if strings.HasPrefix(r.URL.Path, "/api/") { // the documents have examples of what a client may send
		a.checkRecords(got, got.json)
	}
	return got
}

const ndjson = "application/x-ndjson"

// lines are the records of an answer in NDJSON.
func (got answer) lines() list {
	got.Helper()
	records := list{}
	for line := range strings.Lines(string(got.raw)) {
		var record any
		if err := json.Unmarshal([]byte(line), &record); err != nil || !strings.HasSuffix(line, "\n") {
			got.Errorf("%s answers the line %q, which is not JSON and a line end: %v", got.asked, line, err)
		}
		records = append(records, record)
	}
	return records
}

// document is docs/openapi.json, in which no object may have a member that is not named there.
var document = sync.OnceValue(func() *openapi3.T {
	three, err := openapi3.NewLoader().LoadFromData([]byte(docs.OpenAPI))
	if err != nil {
		panic(err)
	}
	seen := map[*openapi3.Schema]bool{}
	for _, schema := range three.Components.Schemas {
		closeSchema(schema, seen)
	}
	for _, item := range three.Paths.Map() {
		for _, operation := range item.Operations() {
			for _, response := range operation.Responses.Map() {
				for _, media := range response.Value.Content {
					closeSchema(media.Schema, seen)
				}
			}
		}
	}
	return three
})

func closeSchema(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	if len(s.Properties) > 0 {
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: new(bool)}
	}
	for _, property := range s.Properties {
		closeSchema(property, seen)
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		closeSchema(part, seen)
	}
	closeSchema(s.Items, seen)
}

// findPath is the path of the document that a request's path is of, and its parameters; of several, that with the fewest.
func findPath(path string) (template string, parameters map[string]string) {
	given := strings.Split(path, "/")
	for candidate := range document().Paths.Map() {
		parts := strings.Split(candidate, "/")
		if len(parts) != len(given) {
			continue
		}
		found, fits := map[string]string{}, true
		for i, part := range parts {
			if name, isParameter := strings.CutPrefix(part, "{"); isParameter && given[i] != "" {
				found[strings.TrimSuffix(name, "}")] = given[i]
			} else if part != given[i] {
				fits = false
			}
		}
		if fits && (template == "" || len(found) < len(parameters)) {
			template, parameters = candidate, found
		}
	}
	return template, parameters
}

// checkDocumented holds an answer against the OpenAPI document: its status must be named there (those that any request may
// meet with aside), its media type and body must be what the document says, and what was accepted must be acceptable.
func (a *api) checkDocumented(r *http.Request, sent []byte, got answer) {
	a.Helper()
	template, parameters := findPath(r.URL.EscapedPath())
	if template == "" {
		if strings.HasPrefix(r.URL.Path, "/api/") && got.status < 400 {
			a.Errorf("%s = %d; the document does not have the path", got.asked, got.status)
		}
		return
	}
	item := document().Paths.Value(template)
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	operation := item.Operations()[method]
	if operation == nil {
		if got.status != http.StatusMethodNotAllowed && (method != http.MethodOptions || got.status != http.StatusNoContent) {
			a.Errorf("%s = %s; the document does not have the method", got.asked, got.short())
		}
		return
	}
	operation, recordSchema := asAsked(operation, r.URL.Query().Has("fields"))
	anywhere := []int{http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusMisdirectedRequest}
	if operation.Responses.Status(got.status) == nil && !slices.Contains(anywhere, got.status) {
		a.Errorf("%s = %s; the document names %v only", got.asked, got.short(), slices.Sorted(maps.Keys(operation.Responses.Map())))
		return
	}
	if len(got.raw) > 0 && (got.status == http.StatusNoContent || got.status == http.StatusNotModified) {
		a.Errorf("%s = %s; want no body", got.asked, got.short())
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters,
		Route: &routers.Route{Spec: document(), Path: template, PathItem: item, Method: method, Operation: operation},
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: got.status, Header: got.header}
	output.SetBodyBytes(got.raw)
	if err := openapi3filter.ValidateResponse(r.Context(), output); err != nil {
		a.Errorf("%s = %s, which is not as documented: %v", got.asked, got.short(), err)
	}
	if records, ok := got.json.(list); ok && got.header.Get("Content-Type") == ndjson {
		for _, record := range records {
			if err := recordSchema.VisitJSON(record); err != nil {
				a.Errorf("%s answers the line %v, which is not as documented: %v", got.asked, record, err)
			}
		}
	}
	if got.status < 300 && !a.lenient && !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		r.Body = io.NopCloser(bytes.NewReader(sent))
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			a.Errorf("%s was accepted, and is not as documented: %v", got.asked, err)
		}
	}
}

// asAsked is an operation and the schema of the records that it answers with. An answer that has some fields only may leave out
// of these records, not of what stands in them, what the document requires.
func asAsked(o *openapi3.Operation, sparse bool) (*openapi3.Operation, *openapi3.Schema) {
	ok := o.Responses.Status(http.StatusOK)
	if ok == nil || ok.Value.Content["application/json"] == nil {
		return o, nil
	}
	whole := ok.Value.Content["application/json"].Schema.Value
	record := whole
	if items := whole.Properties["items"]; items != nil {
		record = items.Value.Items.Value
	}
	if !sparse {
		return o, record
	}
	part := *record
	part.Required = nil
	schema := &part
	if record != whole {
		page, items := *whole, *whole.Properties["items"].Value
		page.Properties, items.Items = maps.Clone(whole.Properties), part.NewRef()
		page.Properties["items"] = items.NewRef()
		schema = &page
	}
	response, operation := *ok.Value, *o
	response.Content = maps.Clone(response.Content)
	response.Content["application/json"] = openapi3.NewMediaType().WithSchema(schema)
	operation.Responses = openapi3.NewResponses()
	for status, other := range o.Responses.Map() {
		operation.Responses.Set(status, other)
	}
	operation.Responses.Set("200", &openapi3.ResponseRef{Value: &response})
	return &operation, &part
}

var problemType = regexp.MustCompile(`^urn:claimtracker:problem:[a-z_]+$`)

// checkProblem holds a failure against RFC 9457 and our promises about it.
func (a *api) checkProblem(sent string, got answer) {
	a.Helper()
	if mediaType := got.header.Get("Content-Type"); mediaType != "application/problem+json" {
		a.Errorf("%s: Content-Type %q; want application/problem+json", got.asked, mediaType)
		return
	}
	if err := document().Components.Schemas["Problem"].Value.VisitJSON(got.json); err != nil {
		a.Errorf("%s = %s, which is no problem as documented: %v", got.asked, got.short(), err)
		return
	}
	said := strings.ReplaceAll(string(got.raw), got.text("/request_id"), "")
	for _, leak := range leaksIn(said) {
		if !strings.Contains(sent, leak) { // the client's own words may be told back to it
			a.Errorf("%s = %s, which leaks %q", got.asked, got.short(), leak)
		}
	}
	for pointer, want := range map[string]any{
		"/status": float64(got.status), "/title": http.StatusText(got.status), "/request_id": got.header.Get("X-Request-ID"),
	} {
		if is := got.at(pointer); is != want {
			a.Errorf("%s: the problem's %s = %v; want %v", got.asked, pointer, is, want)
		}
	}
	if kind, _ := got.at("/type").(string); !problemType.MatchString(kind) {
		a.Errorf("%s: the problem's type = %q", got.asked, kind)
	}
	if got.header.Get("Cache-Control") != "no-store" {
		a.Errorf("%s: Cache-Control %q; want no-store", got.asked, got.header.Get("Cache-Control"))
	}
}

var instantForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)

// checkRecords walks an answer: its instants have microseconds, and the spans of its sentences and occurrences hold, in
// code points of the version's text, what they say that they hold.
func (a *api) checkRecords(got answer, value any) {
	a.Helper()
	switch value := value.(type) {
	case list:
		for _, item := range value {
			a.checkRecords(got, item)
		}
	case object:
		for name, member := range value {
			if s, ok := member.(string); ok && strings.HasSuffix(name, "_at") && !instantForm.MatchString(s) {
				a.Errorf("%s: %s = %s; want RFC 3339 in UTC with microseconds", got.asked, name, s)
			}
			a.checkRecords(got, member)
		}
		if !hasAll(value, "article_id", "start", "end") {
			return // it was asked for without some
		}
		words, ok := value["exact"].(string)
		if _, isSentence := value["ordinal"]; isSentence {
			words, ok = value["text"].(string)
		}
		if version, anchored := value["article_version"]; ok && anchored {
			text := a.textOf(int(value["article_id"].(float64)), int(version.(float64)))
			start, end := int(value["start"].(float64)), int(value["end"].(float64))
			if start < 0 || start >= end || end > len(text) || string(text[start:end]) != words {
				a.Errorf("%s: text[%d:%d] of version %v is not %q", got.asked, start, end, version, words)
			}
			for name, around := range map[string][2]int{"prefix": {start - 32, start}, "suffix": {end, end + 32}} {
				if want, given := string(text[max(0, around[0]):min(len(text), around[1])]), value[name]; given != nil && given != want {
					a.Errorf("%s: %s = %q; want %q", got.asked, name, given, want)
				}
			}
		}
	}
}

func hasAll(o object, names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { _, ok := o[name]; return !ok })
}

// textOf is the text of a version, in code points.
func (a *api) textOf(article, version int) []rune {
	a.Helper()
	path := fmt.Sprintf("/api/v1/articles/%d/versions/%d", article, version)
	if known, ok := a.texts.Load(path); ok {
		return known.([]rune)
	}
	response := a.serve(a.request(http.MethodGet, path, nil))
	var v struct{ Text string }
	if err := json.NewDecoder(response.Body).Decode(&v); err != nil || response.StatusCode != http.StatusOK {
		a.Fatalf("GET %s = %d, %v", path, response.StatusCode, err)
	}
	text := []rune(v.Text)
	a.texts.Store(path, text)
	return text
}

// short is an answer in a line.
func (got answer) short() string {
	body := string(got.raw)
	if len(body) > 1000 {
		body = body[:1000] + "..."
	}
	return strconv.Itoa(got.status) + " " + body
}

// wants fails the test at once unless the answer has the status.
func (got answer) wants(status int) answer {
	got.Helper()
	if got.status != status {
		got.Fatalf("%s = %s; want %d", got.asked, got.short(), status)
	}
	return got
}

// has fails the test unless the answer has these values at these places, which are JSON Pointers and values in turn.
func (got answer) has(pairs ...any) answer {
	got.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		is, err := json.Marshal(got.at(pair[0].(string)))
		if err != nil {
			got.Fatal(err)
		}
		want, err := json.Marshal(pair[1])
		if err != nil {
			got.Fatal(err)
		}
		if !bytes.Equal(is, want) {
			got.Errorf("%s: %s = %s; want %s", got.asked, pair[0], is, want)
		}
	}
	return got
}

// at is the value at a JSON Pointer (RFC 6901), or nil where there is none.
func (got answer) at(pointer string) any { return at(got.json, pointer) }

func at(value any, pointer string) any {
	for _, name := range strings.Split(pointer, "/")[1:] {
		switch v := value.(type) {
		case object:
			value = v[name]
		case list:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func (got answer) number(pointer string) int {
	got.Helper()
	n, ok := got.at(pointer).(float64)
	if !ok {
		got.Fatalf("%s = %s, which has no number at %s", got.asked, got.short(), pointer)
	}
	return int(n)
}

func (got answer) text(pointer string) string {
	got.Helper()
	s, ok := got.at(pointer).(string)
	if !ok {
		got.Fatalf("%s = %s, which has no text at %s", got.asked, got.short(), pointer)
	}
	return s
}

func (got answer) id() int { got.Helper(); return got.number("/id") }

func (got answer) etag() string {
	got.Helper()
	tag := got.header.Get("ETag")
	if tag == "" {
		got.Fatalf("%s has no ETag", got.asked)
	}
	return tag
}

// items are the items of a list.
func (got answer) items() list {
	got.Helper()
	items, ok := got.at("/items").(list)
	if !ok {
		got.Fatalf("%s = %s; want a list", got.asked, got.short())
	}
	return items
}

// column is one member of each item of a list.
func (got answer) column(name string) list {
	got.Helper()
	column := list{}
	for _, item := range got.items() {
		column = append(column, item.(object)[name])
	}
	return column
}

// wrong are the fields that a problem names, each as "#/pointer code" or "parameter code", in order.
func (got answer) wrong() []string {
	got.Helper()
	fields := []string{}
	errors, _ := got.at("/errors").(list)
	for _, e := range errors {
		e := e.(object)
		where, ok := e["pointer"].(string)
		if !ok {
			where = e["parameter"].(string)
		}
		fields = append(fields, where+" "+e["code"].(string))
	}
	slices.Sort(fields)
	return fields
}

// names fails the test unless the problem names just these fields, each as wrong writes it.
func (got answer) names(fields ...string) answer {
	got.Helper()
	slices.Sort(fields)
	if is := got.wrong(); !slices.Equal(is, fields) {
		got.Errorf("%s is told that %q is wrong; want %q", got.asked, is, fields)
	}
	return got
}

// path is the path of a record.
func path(resource string, id int) string { return fmt.Sprintf("/api/v1/%s/%d", resource, id) }

// changed is a copy of an object with some members set, or left out where the value is gone.
func changed(o object, pairs ...any) object {
	o = maps.Clone(o)
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] == gone {
			delete(o, pair[0].(string))
		} else {
			o[pair[0].(string)] = pair[1]
		}
	}
	return o
}

var gone = new(byte)

// The records that tests begin with.

func (a *api) source(name string) int {
	a.Helper()
	return a.post("/api/v1/sources", object{"name": name, "kind": "news_outlet"}).wants(201).id()
}

func (a *api) actor(name string) int {
	a.Helper()
	return a.post("/api/v1/actors", object{"name": name, "kind": "person"}).wants(201).id()
}

func (a *api) election(name string) int {
	a.Helper()
	return a.post("/api/v1/elections", object{"name": name, "country": "US", "level": "national", "kind": "presidential"}).wants(201).id()
}

// article keeps an article whose sentences each stand on a line.
func (a *api) article(source int, url string, lines ...string) answer {
	a.Helper()
	return a.post("/api/v1/articles", object{"source_id": source, "url": url, "title": "A title", "language": "en",
		"text": strings.Join(lines, "\n")}).wants(201)
}

// sentence is the id of the n-th sentence of an article, from 0.
func (got answer) sentence(n int) int {
	got.Helper()
	return got.number(fmt.Sprintf("/latest/sentences/%d/id", n))
}

// claim logs a claim on a sentence.
func (a *api) claim(text string, sentence int) answer {
	a.Helper()
	return a.post("/api/v1/claims", object{"text": text, "kind": "allegation", "occurrence": object{"sentence_id": sentence}}).wants(201)
}
