package benchmark_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"claimtracker/internal/benchmark"
)

func TestEachClientAsksOneAfterAnotherOnAConnectionOfItsOwn(t *testing.T) {
	var mu sync.Mutex
	asked, connections := map[string]int{}, map[string]bool{}
	var atOnce, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := atOnce.Add(1)
		defer atOnce.Add(-1)
		mu.Lock()
		most.Store(max(most.Load(), n))
		asked[r.URL.Path]++
		connections[r.RemoteAddr] = true
		mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodPost && (string(body) != "{}" || r.Header.Get("Content-Type") != "application/json") {
			t.Errorf("the body %q came as %q; want {} as JSON", body, r.Header.Get("Content-Type"))
		}
		fmt.Fprint(w, "12345")
	}))
	defer server.Close()
	const clients = 4
	result, err := benchmark.Run(t.Context(), benchmark.NewClient(clients), clients, 50*time.Millisecond, func(client, i int) benchmark.Ask {
		if i%2 == 1 {
			return benchmark.Ask{Method: http.MethodPost, URL: fmt.Sprintf("%s/%d/%d", server.URL, client, i), Body: []byte("{}"), Want: http.StatusOK}
		}
		return benchmark.Ask{Method: http.MethodGet, URL: fmt.Sprintf("%s/%d/%d", server.URL, client, i), Want: http.StatusOK}
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, times := range asked {
		if times != 1 {
			t.Errorf("%s was asked %d times; want once", path, times)
		}
	}
	if len(asked) != len(result.Latencies) || result.Bytes != int64(5*len(asked)) || result.BodySize() != 5 {
		t.Errorf("it counts %d answers of %d bytes; the server gave %d of 5", len(result.Latencies), result.Bytes, len(asked))
	}
	if len(connections) > clients || most.Load() > clients {
		t.Errorf("%d connections, and %d requests at once; want %d at the most", len(connections), most.Load(), clients)
	}
	if result.Percentile(0) > result.Percentile(0.5) || result.Percentile(0.5) > result.Percentile(1) || result.Percentile(1) > result.Took {
		t.Errorf("latencies from %v by %v to %v within %v; want them in order", result.Percentile(0), result.Percentile(0.5), result.Percentile(1), result.Took)
	}
}

func TestAnUnexpectedAnswerEndsTheRunAndIsSaid(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2/3" {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, "no coffee")
		}
	}))
	defer server.Close()
	_, err := benchmark.Run(t.Context(), benchmark.NewClient(4), 4, time.Hour, func(client, i int) benchmark.Ask {
		return benchmark.Ask{Method: http.MethodGet, URL: fmt.Sprintf("%s/%d/%d", server.URL, client, i), Want: http.StatusOK}
	})
	if err == nil || !strings.Contains(err.Error(), "/2/3 was answered with 418, not 200: no coffee") {
		t.Errorf("the run ended with %v; want it to say what was answered", err)
	}
}

func TestAResultOfNothingHasNoTimes(t *testing.T) {
	var none benchmark.Result
	if none.Percentile(0.5) != 0 || none.BodySize() != 0 {
		t.Errorf("of no request the median is %v and the size %d; want 0", none.Percentile(0.5), none.BodySize())
	}
}

// The static server is this test's own program: see TestMain.
func TestAProcessTellsWhatItSpends(t *testing.T) {
	p := static(t, 100)
	result, err := benchmark.Run(t.Context(), benchmark.NewClient(2), 2, 100*time.Millisecond, func(int, int) benchmark.Ask {
		return benchmark.Ask{Method: http.MethodGet, URL: p.URL + "/anything", Want: http.StatusOK}
	})
	if err != nil || result.BodySize() != 100 {
		t.Fatalf("the static server answers with %d bytes, %v; want 100", result.BodySize(), err)
	}
	if cpu, err := p.CPU(); err != nil || cpu <= 0 {
		t.Errorf("it has spent %v, %v; want some time", cpu, err)
	}
	if now, most, err := p.Memory(); err != nil || now < 1<<20 || most < now {
		t.Errorf("it has %d bytes, and had %d, %v; want at least a mebibyte", now, most, err)
	}
}

func TestAServerThatEndsBeforeItListensSaysWhy(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	_, err := benchmark.Start(t.Context(), log, nil, "sh", "-c", "echo no luck >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "no luck") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("starting: %v; want what it said and how it ended", err)
	}
}

func TestTheTimesAreReadFromTheLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	lines := "msg=request path=/a took=1.5ms bytes=3\nmsg=other\nmsg=request path=/b took=250µs bytes=3\n"
	if err := os.WriteFile(log, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	p := benchmark.Process{Log: log}
	if took, err := p.Took(0); err != nil || len(took) != 2 || took[0] != 1500*time.Microsecond || took[1] != 250*time.Microsecond {
		t.Errorf("the log says %v, %v; want 1.5ms and 250µs", took, err)
	}
	if took, err := p.Took(int64(strings.Index(lines, "\n"))); err != nil || len(took) != 1 {
		t.Errorf("from the second line on the log says %v, %v; want one time", took, err)
	}
	if n, err := p.Logged(); err != nil || n != int64(len(lines)) {
		t.Errorf("the log has %d bytes, %v; want %d", n, err, len(lines))
	}
}
