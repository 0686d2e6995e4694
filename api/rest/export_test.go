package rest_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"claimtracker/api/rest"
)

// shaped are the operations of the document that take fields, by their path, on the records of a world.
func shaped(t *testing.T) map[string]*openapi3.Operation {
	t.Helper()
	all := map[string]*openapi3.Operation{}
	for path, item := range document().Paths.Map() {
		if item.Get != nil && item.Get.Parameters.GetByInAndName("query", "fields") != nil {
			all[strings.NewReplacer("{id}", "1", "{n}", "1", "{code}", "T0085").Replace(path)] = item.Get
		}
	}
	if len(all) < 17 {
		t.Errorf("%d operations take fields; want every list and record", len(all))
	}
	return all
}

func fieldsOf(operation *openapi3.Operation) (names []string) {
	for _, name := range operation.Parameters.GetByInAndName("query", "fields").Schema.Value.Items.Value.Enum {
		names = append(names, name.(string))
	}
	return names
}

// records are those of an answer: of a list, or the one.
func (got answer) records() list {
	if items, ok := got.at("/items").(list); ok {
		return items
	}
	return list{got.json}
}

func TestFieldsAreThoseThatARecordHasAndNoOthers(t *testing.T) {
	a := openWorld(t)
	for path, operation := range shaped(t) {
		fields := fieldsOf(operation)
		_, record := asAsked(operation, false)
		if want := slices.Sorted(maps.Keys(record.Properties)); !slices.Equal(slices.Sorted(slices.Values(fields)), want) {
			t.Errorf("the fields of %s are %v; want those of its records, %v", path, fields, want)
		}
		whole := a.get(path).wants(200)
		for _, name := range fields {
			for i, is := range a.get(path + "?fields=" + name).wants(200).records() {
				want := object{}
				if value, ok := whole.records()[i].(object)[name]; ok {
					want[name] = value
				}
				if got, want := fmt.Sprint(is), fmt.Sprint(want); got != want {
					t.Errorf("%s?fields=%s has %s; want %s", path, name, got, want)
				}
			}
		}
		all := a.get(path + "?fields=" + strings.Join(fields, ",")).wants(200)
		if !bytes.Equal(all.raw, whole.raw) || all.etag() != whole.etag() {
			t.Errorf("%s with all fields is %s; want it as it is without", path, all.short())
		}
		some := a.get(path + "?fields=" + fields[0] + "&fields=" + fields[1]).wants(200)
		if len(fields) > 2 && some.etag() == whole.etag() || len(some.records()) != len(whole.records()) {
			t.Errorf("%s: ETag %s; want one of its own", some.asked, some.etag())
		}
		a.get(path+"?fields="+fields[0]+","+fields[1], "If-None-Match", some.etag()).wants(304)
		for _, bad := range []string{"", "x", "id,", "ID", "items", "next", "origin.exact"} {
			wrong := a.get(path + "?fields=" + bad).wants(400).names("fields not_in_vocabulary")
			if detail := wrong.text("/errors/0/detail"); !strings.Contains(detail, strings.Join(fields, ", ")) {
				t.Errorf("%s is told %q; want the fields that there are", wrong.asked, detail)
			}
		}
	}
	// What was read in part can be changed by its ETag.
	tag := a.get("/api/v1/claims/1?fields=text").wants(200).etag()
	a.patch("/api/v1/claims/1", tag, object{"text": "Other."}).wants(200)
	a.patch("/api/v1/claims/1", tag, object{"text": "More."}).wants(412)
	a.get("/api/v1/claims/1?expand=article,source&fields=origin,id").wants(200).has("/origin/article/source/name", ledger["name"], "/text", nil)
	a.post("/api/v1/sources?fields=id", ledger).wants(400).names("fields unknown_parameter")
}

// table is an answer in CSV, its header first.
func (got answer) table() [][]string {
	got.Helper()
	rows, err := csv.NewReader(bytes.NewReader(got.raw)).ReadAll()
	if err != nil || !bytes.HasSuffix(got.raw, []byte("\r\n")) {
		got.Fatalf("%s = %s, which is not CSV: %v", got.asked, got.short(), err)
	}
	return rows
}

func TestEveryListIsExportedWhole(t *testing.T) {
	a := openWorld(t)
	for path, operation := range shaped(t) {
		if operation.Parameters.GetByInAndName("query", "format") == nil {
			continue
		}
		whole := a.get(path).wants(200)
		if whole.header.Get("Vary") != "Accept" {
			t.Errorf("%s: Vary %q; want Accept", path, whole.header.Get("Vary"))
		}
		lines := a.get(path + "?format=ndjson").wants(200)
		var items struct{ Items []json.RawMessage }
		if err := json.Unmarshal(whole.raw, &items); err != nil {
			t.Fatal(err)
		}
		if want := string(bytes.Join(toBytes(items.Items), []byte("\n"))) + "\n"; string(lines.raw) != want {
			t.Errorf("%s = %s; want the items as they are in JSON, %s", lines.asked, lines.short(), want)
		}
		table := a.get(path + "?format=csv").wants(200)
		rows := table.table()
		if len(rows) != 1+len(items.Items) {
			t.Errorf("%s has %d rows; want %d and a header", table.asked, len(rows), len(items.Items))
		}
		if columns := "CSV has the columns " + strings.Join(rows[0], ", ") + "."; !strings.Contains(operation.Description, columns) {
			t.Errorf("the document says of %s %q; want %s", path, operation.Description, columns)
		}
		for i, item := range whole.items() {
			for k, name := range rows[0] {
				value, isText := item.(object)[name].(string)
				if isText && rows[i+1][k] != value {
					t.Errorf("%s: the cell of %s is %q; want %q", table.asked, name, rows[i+1][k], value)
				}
			}
		}
		one := a.get(path + "?format=csv&fields=" + fieldsOf(operation)[1]).wants(200).table()
		if len(one[0]) != 1 || one[0][0] != fieldsOf(operation)[1] || len(one) != len(rows) {
			t.Errorf("%s with one field has the header %q", path, one[0])
		}
		for format, got := range map[string]answer{"ndjson": lines, "csv": table} {
			name := path[strings.LastIndex(path, "/")+1:] + "." + format
			if is := got.header.Get("Content-Disposition"); is != `attachment; filename="`+name+`"` {
				t.Errorf("%s: Content-Disposition %s; want %s", got.asked, is, name)
			}
			head := a.do("HEAD", path+"?format="+format, nil).wants(200)
			if len(head.raw) > 0 || head.header.Get("Content-Type") != got.header.Get("Content-Type") {
				t.Errorf("HEAD %s: %v; want the headers of GET", path, head.header)
			}
		}
		a.get(path + "?format=xml").wants(400).names("format not_in_vocabulary")
	}
	for path := range listed() {
		a.get(path + "?format=csv&total=true").wants(400).names("total conflict")
		a.get(path + "?format=csv&total=false").wants(200)
		// With a limit it is a page like any other, in another form.
		for _, format := range []string{"csv", "ndjson"} {
			first := a.get(path + "?sort=created_at&limit=3&format=" + format).wants(200)
			next, _ := strings.CutPrefix(first.header.Get("Link"), "<")
			next, _, _ = strings.Cut(next, ">")
			rest := a.get(next).wants(200)
			if rest.header.Get("Link") == "" && bytes.Count(rest.raw, []byte("\n")) == 0 {
				t.Errorf("%s = %s; want the next page", next, rest.short())
			}
			a.get(path+"?sort=created_at&limit=3&format="+format, "If-None-Match", first.etag()).wants(304)
			whole := a.get(path + "?sort=created_at&format=" + format).wants(200)
			if !bytes.HasPrefix(whole.raw, first.raw) {
				t.Errorf("%s = %s; want it to begin with %s", whole.asked, whole.short(), first.short())
			}
			// A cursor of a page goes on in an export.
			cursor := a.get(path + "?sort=created_at&limit=3").wants(200).text("/next")
			tail := a.get(path + "?sort=created_at&format=" + format + "&cursor=" + cursor).wants(200)
			if header, _, _ := bytes.Cut(whole.raw, []byte("\n")); format == "csv" {
				tail.raw = bytes.TrimPrefix(tail.raw, append(header, '\n'))
			}
			if string(first.raw)+string(tail.raw) != string(whole.raw) {
				t.Errorf("%s = %s; want what comes after %s", tail.asked, tail.short(), first.short())
			}
		}
	}
	empty := a.get("/api/v1/claims?kind=statistic&format=csv").wants(200).table()
	if len(empty) != 1 || a.get("/api/v1/claims?kind=statistic&format=ndjson").wants(200).raw != nil && len(a.get("/api/v1/claims?kind=statistic&format=ndjson").raw) != 0 {
		t.Errorf("an export of nothing is %q; want its header alone", empty)
	}
	a.get("/api/v1/claims?format=csv&fields=election").wants(400).names("fields conflict")
	a.get("/api/v1/claims?format=csv&fields=election&expand=election").wants(200)
}

func toBytes(all []json.RawMessage) (parts [][]byte) {
	for _, one := range all {
		parts = append(parts, one)
	}
	return parts
}

func TestATableOfClaimsHasWhatIsNestedInThemByItsName(t *testing.T) {
	a := openWorld(t)
	cells := func(query string) map[string]string {
		rows, named := a.get("/api/v1/"+query).wants(200).table(), map[string]string{}
		for i, name := range rows[0] {
			named[name] = rows[1][i]
		}
		return named
	}
	claim := cells("claims?format=csv&sort=created_at&expand=actors,election,techniques,occurrences,sentences,article,source")
	for name, want := range map[string]string{
		"id": "1", "kind": "pledge", "election_id": "1", "election_name": "US 2024", "tags": "summit; asia", "techniques": "T0085",
		"technique_names": "Develop Text-Based Content", "actors": "1 accused; 3 speaker", "actor_names": "Directorate Nine; A. Person",
		"origin_article_id": "1", "origin_exact": "Alpha one.", "origin_stance": "reports", "origin_sentences": "Alpha one.",
		"origin_article_url": "https://a.example/1", "origin_source_name": ledger["name"].(string), "occurrences": "1; 5; 6", "more_occurrences": "false",
	} {
		if claim[name] != want {
			t.Errorf("the cell of %s is %q; want %q", name, claim[name], want)
		}
	}
	place := cells("occurrences?format=csv&sort=created_at&expand=sentences,claim,source")
	for name, want := range map[string]string{
		"claim_id": "1", "article_id": "1", "start": "0", "end": "10", "is_origin": "true", "article_title": "Article 1",
		"article_published_at": "2024-01-31T08:34:00.000000Z", "source_id": "1", "claim_text": "C1", "sentences": "Alpha one.",
	} {
		if place[name] != want {
			t.Errorf("the cell of %s is %q; want %q", name, place[name], want)
		}
	}
}

func TestCSVIsReadAsItIsAndNeverAsAFormula(t *testing.T) {
	a := open(t)
	names := map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "=HYPERLINK(\"x\",1)": "\"'=HYPERLINK(\"\"x\"\",1)\"",
		"a, b": `"a, b"`, "a; =b": `"a; =b"`, `"a"`: `"""a"""`, "é 选举 🗳": "é 选举 🗳", "'=x": "'=x", "a=b": "a=b",
	}
	for name, want := range names {
		id := a.post("/api/v1/sources", object{"name": name, "kind": "other", "description": "One.\nTwo, \"three\".", "aliases": list{name, "@x"}}).wants(201).id()
		got := a.get("/api/v1/sources?format=csv&fields=id,name,aliases,description&name=" + url.QueryEscape(name)).wants(200)
		wantLine := fmt.Sprintf("id,name,aliases,description\r\n%d,%s,", id, want)
		if !strings.HasPrefix(string(got.raw), wantLine) || !strings.HasSuffix(string(got.raw), ",\"One.\nTwo, \"\"three\"\".\"\r\n") {
			t.Errorf("the row of %q is %q; want it to begin with %q", name, got.raw, wantLine)
		}
		if rows := got.table(); len(rows) != 2 || strings.TrimPrefix(rows[1][1], "'") != strings.TrimPrefix(name, "'") {
			t.Errorf("the row of %q is read as %q", name, rows)
		}
	}
}

func TestTheAcceptHeaderChoosesTheFormat(t *testing.T) {
	a := openWorld(t)
	const csv, jsonType = "text/csv; charset=utf-8; header=present", "application/json"
	for accept, want := range map[string]string{
		"": jsonType, "*/*": jsonType, "application/json": jsonType, "text/csv": csv, "TEXT/CSV": csv, "text/*": csv, "application/x-ndjson": ndjson,
		"application/*": jsonType, "text/csv, application/json": jsonType, "text/csv, application/json;q=0.9": csv, "text/csv;q=0.5, application/x-ndjson;q=0.6": ndjson,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": jsonType, "*/*;q=0.1, text/csv;q=0.2": csv, "text/csv;q=0, */*": jsonType,
		"application/json;q=0, */*;q=0.5": csv, "application/json;q=0,text/csv;q=0,*/*": ndjson, "text/csv;header=absent;q=1": csv,
		"text/html": jsonType, "text/csv;q=x": jsonType, "text/csv;q=2": jsonType, "nonsense;;,,/": jsonType, "application/json;q=0": jsonType,
	} {
		for _, path := range []string{"/api/v1/claims", "/api/v1/techniques?tactic=TA06"} {
			if got := a.get(path, "Accept", accept).wants(200); got.header.Get("Content-Type") != want {
				t.Errorf("Accept: %s is answered with %s; want %s", accept, got.header.Get("Content-Type"), want)
			}
		}
	}
	// What the query says goes first, and failures are problems whatever is accepted.
	if got := a.get("/api/v1/claims?format=json", "Accept", "text/csv").wants(200); got.header.Get("Content-Type") != jsonType {
		t.Errorf("format=json is answered with %s", got.header.Get("Content-Type"))
	}
	a.get("/api/v1/claims?kind=x", "Accept", "text/csv").wants(400).names("kind not_in_vocabulary")
	a.get("/api/v1/claims?total=true", "Accept", "text/csv").wants(400).names("total conflict")
}

// crowd fills the list of sources so far that no connection's buffers hold an export of it.
const crowd = 20_000

func (a *api) crowd() *api {
	a.Helper()
	a.exec(fmt.Sprintf(`INSERT INTO sources (id, created_at, updated_at, version, name, kind, domain, url, country, language, aliases, description)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		SELECT i, i, i, 1, 'a', 'other', '', '', '', '', '[]', '%s' FROM n`, crowd, strings.Repeat("long ", 400)))
	return a
}

// log is what a server has logged so far.
type log struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.Buffer.Write(b)
}

func (l *log) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.Buffer.String()
}

// logging starts a server that logs. Its requests are over once it is closed.
func (a *api) logging(options rest.Options) (*httptest.Server, *log) {
	a.Helper()
	var said log
	server := httptest.NewUnstartedServer(rest.New(a.Store, slog.New(slog.NewTextHandler(&said, nil)), options))
	server.Config.ConnContext = rest.KeepConnection
	server.Start()
	a.Cleanup(server.Close)
	return server, &said
}

// export asks a server for all sources.
func export(t *testing.T, server *httptest.Server) io.ReadCloser {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, server.URL+"/api/v1/sources?format=csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Request-ID", "the-export")
	response, err := server.Client().Do(request)
	if err != nil || response.StatusCode != http.StatusOK || response.ContentLength >= 0 {
		t.Fatalf("an export answers %v, %v", response, err)
	}
	return response.Body
}

func TestAnExportTakesTheSameMemoryWhateverItsLength(t *testing.T) {
	a := open(t).crowd()
	server, _ := a.logging(limits)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most, lines := heap(), uint64(0), 0
	for scanner := bufio.NewScanner(export(t, server)); scanner.Scan(); lines++ {
		if lines%2000 == 0 {
			most = max(most, heap())
		}
	}
	if lines != crowd+1 {
		t.Errorf("the export has %d lines; want %d and a header", lines, crowd)
	}
	// The export is of 40 MB.
	if most > before+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, most)
	}
}

func TestAnExportThatFailsHalfWayIsSeenToHaveFailed(t *testing.T) {
	a := open(t).crowd()
	server, said := a.logging(limits)
	body := bufio.NewReader(export(t, server))
	if line, err := body.ReadString('\n'); err != nil || !strings.HasPrefix(line, "id,") {
		t.Fatalf("the export begins with %q, %v", line, err)
	}
	a.exec("ALTER TABLE sources RENAME TO away")
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading on = %v; want %v", err, io.ErrUnexpectedEOF)
	}
	server.Close()
	if log := said.String(); !strings.Contains(log, "level=ERROR msg=\"an answer broke off\" request_id=the-export") || strings.Contains(log, "panic") {
		t.Errorf("the log says %s; want the failure, under the request's id", log)
	}
	if log := said.String(); strings.Count(log, "broke off") != 1 || strings.Count(log, "msg=request") != 1 {
		t.Errorf("the log says %s; want each request and failure once", log)
	}
	// A failure before the beginning is a problem like any other.
	a.handler = rest.New(a.Store, quiet(), limits)
	a.get("/api/v1/sources?format=csv").wants(500)
}

// spoken sends a request in HTTP/1.0, where an answer ends with its connection.
func spoken(t *testing.T, server *httptest.Server) *bufio.Reader {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprint(conn, "GET /api/v1/sources?format=ndjson HTTP/1.0\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(conn)
}

func TestAnExportThatFailsHalfWayIsSeenToHaveFailedInHTTP10Too(t *testing.T) {
	a := open(t).crowd()
	server, _ := a.logging(limits)
	whole, err := io.ReadAll(spoken(t, server))
	if err != nil || bytes.Count(whole, []byte(`{"id":`)) != crowd {
		t.Errorf("the export has %d records, %v; want %d", bytes.Count(whole, []byte(`{"id":`)), err, crowd)
	}
	cut := spoken(t, server)
	if line, err := cut.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.0 200") {
		t.Fatalf("the export begins with %q, %v", line, err)
	}
	a.exec("ALTER TABLE sources RENAME TO away")
	if _, err := io.Copy(io.Discard, cut); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reading on = %v; want %v", err, syscall.ECONNRESET)
	}
}

func TestAClientThatHangsUpEndsItsExport(t *testing.T) {
	a := open(t).crowd()
	server, said := a.logging(limits)
	body := export(t, server)
	if _, err := body.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	body.Close()
	server.Close() // waits for what is under way
	if log := said.String(); !strings.Contains(log, "level=INFO msg=\"the client went away\" request_id=the-export") || strings.Contains(log, "ERROR") {
		t.Errorf("the log says %s; want that the client went away", log)
	}
}

func TestAClientThatDoesNotTakeItsExportIsLeft(t *testing.T) {
	a := open(t).crowd()
	server, said := a.logging(rest.Options{MaxBody: 1000, MaxArticle: 1000, Timeout: 500 * time.Millisecond})
	body := export(t, server)
	defer body.Close()
	server.Close() // waits for what is under way: it ends although nobody reads
	if log := said.String(); !strings.Contains(log, "the client went away") {
		t.Errorf("the log says %s; want that the client went away", log)
	}
}

func TestAnExportMayTakeLongerThanARequest(t *testing.T) {
	a := open(t).crowd()
	options := limits
	options.Timeout = 2 * time.Second
	server, _ := a.logging(options)
	lines := 0
	for scanner := bufio.NewScanner(export(t, server)); scanner.Scan(); lines++ {
		if lines%(crowd/5) == 0 {
			<-time.After(options.Timeout / 4) // it is the passing of time that is tested
		}
	}
	if lines != crowd+1 {
		t.Errorf("the export has %d lines; want %d and a header", lines, crowd)
	}
}
