package benchmark_test

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"claimtracker/internal/benchmark"
)

// turn is one round of load on a server.
type turn struct {
	benchmark.Result
	cpu    time.Duration // that the server spent on the processor, a request
	client time.Duration // that the clients spent, a request
}

// load has clients ask a server for the length of a round.
func load(b *testing.B, p *benchmark.Process, transport *http.Transport, clients int, next func(client, i int) benchmark.Ask) turn {
	b.Helper()
	before, err := p.CPU()
	if err != nil {
		b.Fatal(err)
	}
	own := ownCPU(b)
	result, err := benchmark.Run(b.Context(), transport, clients, *round, next)
	if err != nil {
		b.Fatal(err)
	}
	after, err := p.CPU()
	if err != nil {
		b.Fatal(err)
	}
	asked := time.Duration(max(1, len(result.Latencies)))
	return turn{result, (after - before) / asked, (ownCPU(b) - own) / asked}
}

// ownCPU is the time that this process has spent on the processors so far.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// median is that of a number of each turn.
func median(turns []turn, of func(turn) float64) float64 {
	var all []float64
	for _, t := range turns {
		all = append(all, of(t))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func perSecond(t turn) float64 { return t.PerSecond() }
func cpu(t turn) float64       { return float64(t.cpu) / float64(time.Microsecond) }
func client(t turn) float64    { return float64(t.client) / float64(time.Microsecond) }
func p50(t turn) float64       { return float64(t.Percentile(0.5)) / float64(time.Millisecond) }
func p99(t turn) float64       { return float64(t.Percentile(0.99)) / float64(time.Millisecond) }

// ratios is the median of how the turns of two sides compare, each with the one that came right after it.
func ratios(ours, theirs []turn, of func(turn) float64) float64 {
	var all []float64
	for i := range ours {
		all = append(all, of(ours[i])/of(theirs[i]))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// report says figures instead of the time of the whole benchmark, which means nothing.
func report(b *testing.B, figures map[string]float64) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	for unit, value := range figures {
		b.ReportMetric(value, unit)
	}
}

// asking gets a path of a server.
func asking(p *benchmark.Process, path string) benchmark.Ask {
	return benchmark.Ask{Method: http.MethodGet, URL: p.URL + path, Want: http.StatusOK}
}

// againstStatic measures requests against Echo's static handler of the same body size, by turns.
func againstStatic(b *testing.B, p *benchmark.Process, next func(client, i int) benchmark.Ask) {
	b.Helper()
	transport := benchmark.NewClient(*clients)
	defer transport.CloseIdleConnections()
	warm := load(b, p, transport, *clients, next)
	echo := static(b, warm.BodySize())
	bare := func(client, i int) benchmark.Ask {
		a := asking(echo, "/static")
		a.Header = next(client, i).Header // both sides read the same request
		if warm.BodySize() == 0 {
			a.Want = http.StatusNotModified
		}
		return a
	}
	load(b, echo, transport, *clients, bare)
	var ours, theirs []turn
	for range *rounds {
		ours = append(ours, load(b, p, transport, *clients, next))
		theirs = append(theirs, load(b, echo, transport, *clients, bare))
	}
	report(b, map[string]float64{
		"req/s": median(ours, perSecond), "static-req/s": median(theirs, perSecond), "share": ratios(ours, theirs, perSecond),
		"cpu-µs/req": median(ours, cpu), "static-cpu-µs/req": median(theirs, cpu),
		"client-cpu-µs/req": median(theirs, client), "p99-ms": median(ours, p99), "body-bytes": float64(warm.BodySize()),
	})
}

// questions are what dashboards count by, of all claims or with a filter after it.
var questions = []struct{ name, path string }{
	{"facets", "/api/v1/claims/facets?field=kind&field=status&field=language&field=source_country"},
	{"timeline", "/api/v1/stats/timeline?interval=month"},
	{"crosstab", "/api/v1/stats/crosstab?rows=kind&columns=status"},
	{"seen", "/api/v1/stats/seen?field=actor_id"},
}

// Reading, each against Echo's static handler of the same body size: "share" is the share of its requests a second. The
// uncached ones ask a server without a cache, and seldom for the same twice.
func BenchmarkRead(b *testing.B) {
	cached := serving(b, *claims)
	uncached := serving(b, *claims, "--cache=0")
	w := look(b, uncached, *claims)
	popular := make([]int, 100)
	for i := range popular {
		popular[i] = w.claim()
	}
	run := func(name string, p *benchmark.Process, path func() string) {
		b.Run(name, func(b *testing.B) {
			againstStatic(b, p, func(int, int) benchmark.Ask { return asking(p, path()) })
		})
	}
	run("claim/warm", cached, func() string { return fmt.Sprintf("/api/v1/claims/%d", pick(popular)) })
	run("claim/cold", uncached, func() string { return fmt.Sprintf("/api/v1/claims/%d", w.claim()) })
	b.Run("claim/not-modified", func(b *testing.B) { notModified(b, cached, popular) })
	run("list/warm", cached, func() string { return "/api/v1/claims?limit=50" })
	run("list/uncached", uncached, func() string { return "/api/v1/claims?limit=50&cursor=" + pick(w.cursors) })
	run("list/expanded-uncached", uncached, func() string {
		return "/api/v1/claims?limit=50&expand=actors,sentences,source&cursor=" + pick(w.cursors)
	})
	for _, question := range questions {
		run(question.name+"/uncached", uncached, func() string { return question.path })
		run(question.name+"/filtered-uncached", uncached, func() string { return question.path + w.filter() })
	}
	run("totals/uncached", uncached, func() string { return "/api/v1/stats/totals" })
	run("gaps/uncached", uncached, func() string { return "/api/v1/stats/gaps" })
}

// notModified asks for claims with the ETag that they have.
func notModified(b *testing.B, p *benchmark.Process, ids []int) {
	var asks []benchmark.Ask
	for _, id := range ids {
		path := fmt.Sprintf("/api/v1/claims/%d", id)
		var claim struct{}
		tag := read(b, p.URL+path, &claim).Header.Get("ETag")
		a := asking(p, path)
		a.Header, a.Want = http.Header{"If-None-Match": {tag}}, http.StatusNotModified
		asks = append(asks, a)
	}
	againstStatic(b, p, func(int, int) benchmark.Ask { return pick(asks) })
}

// posting posts a claim that is not there yet.
func posting(p *benchmark.Process, w world, numbers *atomic.Int64) benchmark.Ask {
	return benchmark.Ask{Method: http.MethodPost, URL: p.URL + "/api/v1/claims", Body: w.newClaim(int(numbers.Add(1))), Want: http.StatusCreated}
}

// naive are the settings under which each write has a transaction of its own, and no answer is kept.
var naive = []string{"--write-batch=1", "--cache=0"}

// Logging claims, each on the disk before it is answered, against the same with one transaction a claim: "times" is how
// many times as many a second.
func BenchmarkPost(b *testing.B) {
	for _, clients := range []int{16, 64, 256} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			sides := []*benchmark.Process{serving(b, *claims), serving(b, *claims, naive...)}
			w := look(b, sides[0], *claims)
			var numbers atomic.Int64
			turns := byTurns(b, sides, clients, func(p *benchmark.Process) func(client, i int) benchmark.Ask {
				return func(int, int) benchmark.Ask { return posting(p, w, &numbers) }
			})
			report(b, map[string]float64{
				"claims/s": median(turns[0], perSecond), "naive-claims/s": median(turns[1], perSecond), "times": ratios(turns[0], turns[1], perSecond),
				"p99-ms": median(turns[0], p99), "naive-p99-ms": median(turns[1], p99), "cpu-µs/req": median(turns[0], cpu),
			})
		})
	}
}

// byTurns loads several servers one after another, round by round.
func byTurns(b *testing.B, servers []*benchmark.Process, clients int, next func(*benchmark.Process) func(client, i int) benchmark.Ask) [][]turn {
	b.Helper()
	transport := benchmark.NewClient(clients)
	defer transport.CloseIdleConnections()
	turns := make([][]turn, len(servers))
	for n := range *rounds + 1 {
		for i, p := range servers {
			if t := load(b, p, transport, clients, next(p)); n > 0 { // the first one warms up
				turns[i] = append(turns[i], t)
			}
		}
	}
	return turns
}

// Nine reads to one write by 64 clients, against one transaction a claim and no cache: "p99-share" is the share of its p99.
func BenchmarkMixed(b *testing.B) {
	const clients = 64
	sides := []*benchmark.Process{serving(b, *claims), serving(b, *claims, naive...)}
	w := look(b, sides[0], *claims)
	var numbers atomic.Int64
	turns := byTurns(b, sides, clients, func(p *benchmark.Process) func(client, i int) benchmark.Ask {
		return func(_, i int) benchmark.Ask {
			switch i % 10 {
			case 0:
				return posting(p, w, &numbers)
			case 1, 2, 3:
				return asking(p, "/api/v1/claims?limit=50")
			default:
				return asking(p, fmt.Sprintf("/api/v1/claims/%d", w.claim()))
			}
		}
	})
	now, most, err := sides[0].Memory()
	if err != nil {
		b.Fatal(err)
	}
	report(b, map[string]float64{
		"req/s": median(turns[0], perSecond), "naive-req/s": median(turns[1], perSecond), "p50-ms": median(turns[0], p50), "naive-p50-ms": median(turns[1], p50),
		"p99-ms": median(turns[0], p99), "naive-p99-ms": median(turns[1], p99), "p99-share": ratios(turns[0], turns[1], p99),
		"MiB": float64(now) / (1 << 20), "most-MiB": float64(most) / (1 << 20),
	})
}

// Searching: the server's own time by its log, one request after another.
func BenchmarkSearch(b *testing.B) {
	p := serving(b, *claims, "--cache=0")
	for _, search := range []struct{ name, query string }{
		{"rare", "q=Eskgate"}, {"rare-ranked", "q=Eskgate&sort=relevance"}, {"common-newest", "q=election"}, {"common-ranked", "q=election&sort=relevance"},
		{"phrase", "q=%22polling+places%22"}, {"prefix", "q=observ*"}, {"chinese", "q=%E9%80%89%E4%B8%BE"},
	} {
		b.Run(search.name, func(b *testing.B) {
			from, err := p.Logged()
			if err != nil {
				b.Fatal(err)
			}
			transport := benchmark.NewClient(1)
			defer transport.CloseIdleConnections()
			asked := load(b, p, transport, 1, func(int, int) benchmark.Ask { return asking(p, "/api/v1/claims?limit=50&"+search.query) })
			took, err := p.Took(from)
			if err != nil || len(took) == 0 {
				b.Fatalf("the log tells no times: %v", err)
			}
			slices.Sort(took)
			report(b, map[string]float64{"server-p50-ms": milliseconds(took[len(took)/2]), "server-p99-ms": milliseconds(took[len(took)*99/100]),
				"body-bytes": float64(asked.BodySize())})
		})
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Loading a thousand claims a request, by two clients.
func BenchmarkBulk(b *testing.B) {
	const each, clients = 1000, 2
	p := serving(b, *claims)
	w := look(b, p, *claims)
	transport := benchmark.NewClient(clients)
	defer transport.CloseIdleConnections()
	var numbers atomic.Int64
	var turns []turn
	for range *rounds {
		turns = append(turns, load(b, p, transport, clients, func(int, int) benchmark.Ask {
			many := make([][]byte, each)
			for i := range many {
				many[i] = w.newClaim(int(numbers.Add(1)))
			}
			body := slices.Concat([]byte("["), bytes.Join(many, []byte(",")), []byte("]"))
			return benchmark.Ask{Method: http.MethodPost, URL: p.URL + "/api/v1/claims/bulk", Body: body, Want: http.StatusCreated}
		}))
	}
	report(b, map[string]float64{"claims/s": each * median(turns, perSecond), "p99-ms": median(turns, p99), "cpu-µs/claim": median(turns, cpu) / each})
}

// What a request costs the server on the processor as the claims grow from a thousand on: "growth" is by how much more.
func BenchmarkGrowth(b *testing.B) {
	sizes := []int{1000}
	for size := 100_000; size <= *claims; size *= 10 {
		sizes = append(sizes, size)
	}
	servers, worlds := []*benchmark.Process{}, map[*benchmark.Process]world{}
	for _, size := range sizes {
		p := serving(b, size, "--cache=0")
		servers, worlds[p] = append(servers, p), look(b, p, size)
	}
	var numbers atomic.Int64
	for _, of := range []struct {
		name string
		ask  func(p *benchmark.Process, w world) benchmark.Ask
	}{
		{"get", func(p *benchmark.Process, w world) benchmark.Ask {
			return asking(p, fmt.Sprintf("/api/v1/claims/%d", w.claim()))
		}},
		{"list", func(p *benchmark.Process, w world) benchmark.Ask {
			return asking(p, "/api/v1/claims?limit=50&cursor="+pick(w.cursors))
		}},
		{"create", func(p *benchmark.Process, w world) benchmark.Ask { return posting(p, w, &numbers) }},
		{"facets", func(p *benchmark.Process, w world) benchmark.Ask { return asking(p, questions[0].path) }},
		{"facets-filtered", func(p *benchmark.Process, w world) benchmark.Ask { return asking(p, questions[0].path+w.filter()) }},
		{"timeline", func(p *benchmark.Process, w world) benchmark.Ask { return asking(p, questions[1].path) }},
		{"crosstab", func(p *benchmark.Process, w world) benchmark.Ask { return asking(p, questions[2].path) }},
	} {
		b.Run(of.name, func(b *testing.B) {
			turns := byTurns(b, servers, *clients, func(p *benchmark.Process) func(client, i int) benchmark.Ask {
				return func(int, int) benchmark.Ask { return of.ask(p, worlds[p]) }
			})
			figures := map[string]float64{"growth": ratios(turns[len(turns)-1], turns[0], cpu)}
			for i, size := range sizes {
				figures[fmt.Sprintf("cpu-µs/req-at-%d", size)] = median(turns[i], cpu)
			}
			report(b, figures)
		})
	}
}

// Starting on the claims: until it listens. The first start may have to bring the schema up to date.
func BenchmarkStart(b *testing.B) {
	file := filepath.Join(b.TempDir(), "claims.db")
	if err := copyFile(dataset(b, *claims), file); err != nil {
		b.Fatal(err)
	}
	var all []float64
	for range *rounds + 1 {
		p := servingFile(b, file)
		all = append(all, milliseconds(p.Began))
		if err := p.Stop(); err != nil {
			b.Fatal(err)
		}
	}
	again := slices.Sorted(slices.Values(all[1:]))
	report(b, map[string]float64{"ms": again[len(again)/2], "slowest-ms": again[len(again)-1], "first-ms": all[0]})
}
