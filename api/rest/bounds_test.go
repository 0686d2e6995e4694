package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"claimtracker/api/rest"
)

func TestAReadWhoseQueriesTakeTooLongIsA503AndAWriteIsNot(t *testing.T) {
	options := limits
	options.QueryTimeout = time.Nanosecond
	a := openWorld(t)
	a.handler = rest.New(a.Store, quiet(), options)
	for _, r := range routes() {
		if r.method != http.MethodGet || !strings.HasPrefix(r.template, "/api/v1/") {
			continue
		}
		got := a.get(r.whole()).wants(503)
		if got.header.Get("Retry-After") == "" || !strings.Contains(got.text("/detail"), "took too long") {
			t.Errorf("%s = %s; want Retry-After, and that it took too long", got.asked, got.short())
		}
	}
	a.patch("/api/v1/claims/1", "*", object{"text": "Other."}).wants(200)
	a.get("/readyz").wants(200)
}

// expensive is how many expensive reads may be under way at once.
var expensive = 2 * runtime.GOMAXPROCS(0)

func TestExpensiveReadsAreFewAtOnceAndOthersAreNotHeldUp(t *testing.T) {
	options := limits
	options.QueryTimeout = 3 * time.Second
	a := openWorldWith(t, options)
	begun, end := make(chan struct{}), make(chan struct{})
	a.handler.(*echo.Echo).GET("/api/v1/stats/slow", func(c echo.Context) error {
		begun <- struct{}{}
		<-end
		return c.NoContent(http.StatusNoContent)
	})
	var slow sync.WaitGroup
	for i := range expensive { // each another one: nobody waits for another's answer
		slow.Go(func() { a.serve(a.request(http.MethodGet, fmt.Sprint("/api/v1/stats/slow?n=", i), nil)) })
		<-begun
	}
	got := a.get("/api/v1/claims?total=true").wants(503)
	if got.header.Get("Retry-After") == "" || !strings.Contains(got.text("/detail"), "Too many expensive") {
		t.Errorf("%s = %s; want Retry-After, and that there are too many", got.asked, got.short())
	}
	a.get("/api/v1/claims").wants(200)
	a.get("/api/v1/claims/1").wants(200)
	a.post("/api/v1/sources", ledger).wants(201)
	waiting := make(chan int)
	go func() { waiting <- a.get("/api/v1/claims?total=true&limit=1").status }()
	close(end)
	if status := <-waiting; status != http.StatusOK {
		t.Errorf("one that waited for its turn = %d; want 200", status)
	}
	slow.Wait()
}

func TestAClientThatTakesItsAnswerSlowlyHoldsUpNoExpensiveRead(t *testing.T) {
	p := openInstances(t)
	a := &api{TB: t}
	taking, may := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	for i := range expensive {
		slow.Go(func() {
			client := slowTaker{httptest.NewRecorder(), taking, may}
			p.cached[0].ServeHTTP(client, a.request(http.MethodGet, fmt.Sprintf("/api/v1/claims?total=true&limit=%d", i+1), nil))
		})
		<-taking
	}
	if status, whole := p.ask(p.cached[0], http.MethodGet, "/api/v1/sources?total=true", nil); status != http.StatusOK {
		t.Errorf("one more = %s", whole)
	}
	close(may)
	slow.Wait()
}
