package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"claimtracker/api/rest"
	"claimtracker/internal/store"
)

func TestARequestsIdIsTheClientsOwnOrARandomOne(t *testing.T) {
	a := open(t)
	for id, kept := range map[string]bool{"abc": true, "A.b_c:d-9": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, "a b": false, "a\tb": false,
		"<script>": false, "é": false, "a/b": false, "": false} {
		for path, status := range map[string]int{"/api/v1/claims": 200, "/api/v1/claims/1": 404, "/nowhere": 404, "/healthz": 200} {
			got := a.get(path, "X-Request-ID", id).wants(status)
			if is := got.header.Get("X-Request-ID"); (is == id) != kept {
				t.Errorf("%s with X-Request-ID %q has %q", got.asked, id, is)
			}
		}
	}
	if one, two := a.get("/healthz").header.Get("X-Request-ID"), a.get("/healthz").header.Get("X-Request-ID"); one == two {
		t.Errorf("two requests have one id, %s", one)
	}
}

func TestAPanicIsAPlain500(t *testing.T) {
	a := open(t)
	e := a.handler.(*echo.Echo)
	e.GET("/panic", func(echo.Context) error { panic("tracker.Claim at /root/x.go: SELECT") })
	e.GET("/wrong", func(echo.Context) error { return errors.New("sql: SELECT failed at 0xc000123456") })
	e.GET("/teapot", func(echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "strconv.ParseInt") })
	for _, path := range []string{"/panic", "/wrong", "/teapot"} {
		a.get(path).wants(500).has("/type", "urn:claimtracker:problem:internal", "/errors", nil)
	}
	a.get("/healthz").wants(200)
}

func TestARequestThatTakesTooLongIsA503AndChangesNothing(t *testing.T) {
	a := openWorld(t)
	before := a.contents()
	a.handler = rest.New(a.Store, quiet(), rest.Options{MaxBody: 1 << 20, MaxArticle: 1 << 20, Timeout: time.Nanosecond})
	for _, r := range routes() {
		if strings.HasSuffix(r.template, "z") || r.takesForm() {
			continue
		}
		body := any(nil)
		if r.input() != nil {
			body = sample(r.input())
		}
		if sent, ok := body.(object); ok {
			body = changed(sent, "html", gone)
		}
		got := a.do(r.method, r.whole(), body, r.headers()...)
		if got.wants(503); got.header.Get("Retry-After") == "" {
			t.Errorf("%s has no Retry-After", got.asked)
		}
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
}

func TestTheProbesTellWhetherItIsThereAndWhetherItCanWrite(t *testing.T) {
	a := open(t)
	a.get("/healthz").wants(200).has("/status", "ok")
	a.get("/readyz").wants(200).has("/status", "ok")
	before := a.contents()
	a.get("/readyz").wants(200)
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}

	closed, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "closed.db"), quiet(), a.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	a.handler = rest.New(closed, quiet(), limits)
	a.get("/healthz").wants(200)
	if got := a.get("/readyz").wants(503); got.header.Get("Retry-After") == "" {
		t.Error("GET /readyz has no Retry-After")
	}
	a.get("/api/v1/claims").wants(503)
	a.post("/api/v1/sources", ledger).wants(503)
}

func TestTheLimitsOfABodyAreExact(t *testing.T) {
	a := openWith(t, rest.Options{MaxBody: 1000, MaxArticle: 2000, Timeout: time.Minute})
	body := func(length int) string {
		in := `{"name":"L","kind":"other"}`
		return in + strings.Repeat(" ", length-len(in))
	}
	a.post("/api/v1/sources", body(1000)).wants(201)
	a.post("/api/v1/sources", body(1001)).wants(413).has("/detail", "The body must be at most 1000 bytes long")
	article := func(url string, length int) string {
		in := fmt.Sprintf(`{"source_id":1,"title":"T","url":"https://%s.example/","text":"One."}`, url)
		return in + strings.Repeat("\n", length-len(in))
	}
	a.post("/api/v1/articles", article("a", 2000)).wants(201)
	a.post("/api/v1/articles", article("b", 2001)).wants(413)
	a.patch("/api/v1/articles/1", "*", article("c", 1001)).wants(413)
	a.post("/api/v1/articles/1/versions", `{"text":"Two."}`+strings.Repeat(" ", 1900)).wants(201)

	send := a.listen() // a server that has read enough closes the connection, and still answers
	a.check(a.request("POST", "/api/v1/sources", body(5_000_000)), send).wants(413)
	a.check(a.request("POST", "/api/v1/sources", body(900)), send).wants(201)
}

func TestAConnectionWhoseClientDoesNotReadIsLeft(t *testing.T) {
	a := openWith(t, rest.Options{MaxBody: 1000, MaxArticle: 1000, Timeout: 200 * time.Millisecond})
	left := make(chan error, 1)
	a.handler.(*echo.Echo).GET("/large", func(c echo.Context) error {
		err := c.Blob(http.StatusOK, "text/plain", make([]byte, 64<<20))
		left <- err
		return err
	})
	server := httptest.NewServer(a.handler)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	defer connection.Close()
	fmt.Fprint(connection, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case err := <-left:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("writing to a client that does not read = %v; want a deadline that has passed", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("a client that does not read holds its connection")
	}
}

// slowBody is a body of which nothing comes until it ends; begun is told once somebody reads it.
type slowBody struct{ begun, end chan struct{} }

func (b slowBody) Read([]byte) (int, error) {
	select {
	case b.begun <- struct{}{}:
		<-b.end
	case <-b.end:
	}
	return 0, io.EOF
}

func TestSlowArticlesHoldNobodyUpUntilThereAreTooMany(t *testing.T) {
	options := limits
	options.Timeout = 3 * time.Second
	a := openWith(t, options)
	a.source("Ledger")
	body := slowBody{make(chan struct{}), make(chan struct{})}
	var slow sync.WaitGroup
	begin := func(path string) {
		r := a.request("POST", path, nil, "Content-Type", "application/json")
		if r.Body = io.NopCloser(body); strings.HasSuffix(path, "upload") {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		}
		slow.Go(func() { a.serve(r) })
		select {
		case <-body.begun:
		case <-time.After(time.Minute):
			t.Fatalf("POST %s waits for others that send slowly", path)
		}
	}
	paths := []string{"/api/v1/articles", "/api/v1/articles/upload", "/api/v1/articles/1/versions"}
	for i := range 15 {
		begin(paths[i%3])
	}
	a.post("/api/v1/articles", pledge).wants(201)
	begin(paths[0])
	got := a.post("/api/v1/articles", changed(pledge, "url", "https://a.example/other")).wants(503)
	if got.header.Get("Retry-After") == "" {
		t.Errorf("%s has no Retry-After", got.asked)
	}
	a.post("/api/v1/sources", changed(ledger, "name", "Other")).wants(201)
	close(body.end)
	slow.Wait()
	a.post("/api/v1/articles", changed(pledge, "url", "https://a.example/other")).wants(201)
}

func TestABodyThatDoesNotComeInTimeIsNotWaitedFor(t *testing.T) {
	a := openWith(t, rest.Options{MaxBody: 1000, MaxArticle: 1000, Timeout: 200 * time.Millisecond})
	server := httptest.NewServer(a.handler)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	defer connection.Close()
	fmt.Fprint(connection, "POST /api/v1/articles HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
	if err := connection.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 12)
	if _, err := io.ReadFull(connection, answer); err != nil || string(answer) != "HTTP/1.1 400" {
		t.Errorf("a body that does not come is answered %q, %v; want 400", answer, err)
	}
}

func TestAnAnswerIsNoMultipleOfWhatWasAsked(t *testing.T) {
	a := open(t)
	var in strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&in, `,"x%d":1`, i)
	}
	got := a.post("/api/v1/claims", "{"+in.String()[1:]+"}").wants(400)
	if n := len(got.wrong()); n != 200 || len(got.raw) > 50_000 {
		t.Errorf("%d wrong fields are told in %d bytes; want 200", n, len(got.raw))
	}
	fields := [][]string{}
	for i := range 60_000 {
		fields = append(fields, []string{fmt.Sprint("x", i), ""})
	}
	if n := len(a.upload(fields...).wants(400).wrong()); n != 200 {
		t.Errorf("%d wrong fields are told; want 200", n)
	}
}

// A form needs no leave to be sent: what a browser says of where it comes from must do.
func TestAPageOfAnotherOriginMayNotWrite(t *testing.T) {
	options := limits
	options.Origins = []string{"https://board.example", "*"}
	a := openWorldWith(t, options)
	before := a.contents()
	for _, r := range routes() {
		if r.method == http.MethodGet {
			continue
		}
		for _, headers := range [][]string{{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
			{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://sub.tracker.test", "Sec-Fetch-Site", "same-site"}, {"Origin", "https://board.example.evil.example"}} {
			got := a.do(r.method, r.path(), "{}", append(r.headers(), headers...)...).wants(403).has("/type", "urn:claimtracker:problem:forbidden")
			if got.header.Get("Access-Control-Allow-Origin") == "" && headers[0] == "Origin" {
				t.Errorf("%s: the page may not read why", got.asked)
			}
		}
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
	for i, headers := range [][]string{{"Origin", "https://board.example", "Sec-Fetch-Site", "cross-site"}, {"Origin", "http://tracker.test"},
		{"Origin", "https://tracker.test", "Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {}} {
		a.post("/api/v1/sources", object{"name": fmt.Sprint("S", i), "kind": "other"}, headers...).wants(201)
	}
	a.get("/api/v1/claims", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").wants(200)
}

func TestARequestForAnotherHostIsRefusedWhereHostsAreKnown(t *testing.T) {
	options := limits
	options.Hosts = []string{"tracker.test"}
	a := openWith(t, options)
	for host, want := range map[string]int{"tracker.test": 200, "TRACKER.test:8080": 200, "localhost:8080": 200, "127.0.0.1": 200, "[::1]:8080": 200,
		"evil.example": 421, "tracker.test.evil.example": 421, "10.0.0.1": 421} {
		r := a.request("GET", "/api/v1/claims", nil)
		r.Host = host
		a.check(r, a.serve).wants(want)
	}
	a.handler = open(t).handler
	r := a.request("GET", "/api/v1/claims", nil)
	r.Host = "any.example"
	a.check(r, a.serve).wants(200)
}

func TestABrowserMayReadWhatItsOriginMay(t *testing.T) {
	options := limits
	options.Origins = []string{"https://board.example"}
	a := openWith(t, options)
	for origin, allowed := range map[string]string{"https://board.example": "https://board.example", "https://evil.example": ""} {
		got := a.get("/api/v1/claims", "Origin", origin).wants(200)
		if is := got.header.Get("Access-Control-Allow-Origin"); is != allowed {
			t.Errorf("Access-Control-Allow-Origin for %s = %q; want %q", origin, is, allowed)
		}
		if allowed != "" && !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), "ETag") {
			t.Errorf("Access-Control-Expose-Headers = %q; want ETag in it", got.header.Get("Access-Control-Expose-Headers"))
		}
	}
	got := a.do("OPTIONS", "/api/v1/claims/1", nil, "Origin", "https://board.example", "Access-Control-Request-Method", "PATCH",
		"Access-Control-Request-Headers", "if-match,content-type").wants(204)
	if !strings.Contains(got.header.Get("Access-Control-Allow-Methods"), "PATCH") || !strings.Contains(got.header.Get("Access-Control-Allow-Headers"), "if-match") {
		t.Errorf("a browser may not PATCH: %v", got.header)
	}
	if is := open(t).get("/api/v1/claims", "Origin", "https://board.example").header.Get("Access-Control-Allow-Origin"); is != "" {
		t.Errorf("without origins, Access-Control-Allow-Origin = %q; want none", is)
	}
}
