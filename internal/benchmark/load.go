// Package benchmark measures the program as its clients meet it: over HTTP, as a process of its own, with its log on. Its
// benchmarks are run by hand; docs/benchmarks.md says how, and what they said.
package benchmark

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Ask is one request of a client.
type Ask struct {
	Method, URL string
	Header      http.Header // nil for none
	Body        []byte      // nil for none; it is JSON
	Want        int         // the status that it is to be answered with
}

// Result is how requests went.
type Result struct {
	Took      time.Duration   // from the first request to the last answer
	Latencies []time.Duration // of each request, the shortest first
	Bytes     int64           // of all bodies
}

// PerSecond is how many requests were answered in a second.
func (r Result) PerSecond() float64 { return float64(len(r.Latencies)) / r.Took.Seconds() }

// Percentile is the time within which that share of the requests, from 0 to 1, was answered; zero where there were none.
func (r Result) Percentile(share float64) time.Duration {
	if len(r.Latencies) == 0 {
		return 0
	}
	return r.Latencies[min(int(share*float64(len(r.Latencies))), len(r.Latencies)-1)]
}

// BodySize is the mean size of a body in bytes.
func (r Result) BodySize() int { return int(r.Bytes) / max(1, len(r.Latencies)) }

// NewClient is what so many clients send requests by, each on a connection that it keeps.
func NewClient(clients int) *http.Transport {
	// The transport itself: what http.Client adds (redirects, cookies) is nothing that these need.
	return &http.Transport{MaxIdleConnsPerHost: clients, MaxIdleConns: 0, DisableCompression: true}
}

// Run has so many clients send what next says, each one request after another, until the time is up. next is told which
// client asks, from 0, and how many requests that has sent before. The error is that of the first request that was not
// answered as it should be.
func Run(ctx context.Context, transport http.RoundTripper, clients int, last time.Duration, next func(client, i int) Ask) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := make([]Result, clients)
	errs := make([]error, clients)
	began := time.Now()
	var running sync.WaitGroup
	for client := range clients {
		running.Go(func() {
			for i := 0; time.Since(began) < last && ctx.Err() == nil; i++ {
				sent := time.Now()
				n, err := send(ctx, transport, next(client, i))
				if err != nil {
					errs[client] = err
					cancel()
					return
				}
				all[client].Latencies = append(all[client].Latencies, time.Since(sent))
				all[client].Bytes += n
			}
		})
	}
	running.Wait()
	sum := Result{Took: time.Since(began)}
	for _, one := range all {
		sum.Latencies = append(sum.Latencies, one.Latencies...)
		sum.Bytes += one.Bytes
	}
	slices.Sort(sum.Latencies)
	// Those that were stopped because another had failed say so too; what counts is the failure.
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return sum, err
		}
	}
	return sum, ctx.Err()
}

// send sends a request, reads the answer to its end and says how long its body is.
func send(ctx context.Context, transport http.RoundTripper, a Ask) (int64, error) {
	var body io.Reader
	if a.Body != nil {
		body = bytes.NewReader(a.Body)
	}
	request, err := http.NewRequestWithContext(ctx, a.Method, a.URL, body)
	if err != nil {
		return 0, err
	}
	if a.Header != nil {
		request.Header = a.Header
	}
	if a.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != a.Want {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 500))
		return 0, fmt.Errorf("%s %s was answered with %d, not %d: %s", a.Method, a.URL, response.StatusCode, a.Want, said)
	}
	return io.Copy(io.Discard, response.Body)
}
