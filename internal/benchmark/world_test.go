package benchmark_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"claimtracker/internal/benchmark"
)

// world is what of a dataset the requests are made of.
type world struct {
	claims    int
	sentences []int64  // on which claims stand
	actors    []int64  // who act in them
	codes     []string // of their techniques
	tags      []string
	cursors   []string // of pages of the list of claims, the newest first
}

// look reads as many pages of a server's claims as give enough to ask for.
func look(tb testing.TB, p *benchmark.Process, claims int) world {
	tb.Helper()
	const pages = 100
	w := world{claims: claims}
	next := ""
	for range pages {
		var list struct {
			Items []struct {
				Techniques []string `json:"techniques"`
				Tags       []string `json:"tags"`
				Actors     []struct {
					ID int64 `json:"actor_id"`
				} `json:"actors"`
				Origin struct {
					Sentence int64 `json:"first_sentence_id"`
				} `json:"origin"`
			} `json:"items"`
			Next *string `json:"next"`
		}
		read(tb, p.URL+"/api/v1/claims?limit=200"+next, &list)
		for _, c := range list.Items {
			w.sentences = append(w.sentences, c.Origin.Sentence)
			w.codes, w.tags = append(w.codes, c.Techniques...), append(w.tags, c.Tags...)
			for _, a := range c.Actors {
				w.actors = append(w.actors, a.ID)
			}
		}
		if list.Next == nil {
			break
		}
		w.cursors = append(w.cursors, *list.Next)
		next = "&cursor=" + *list.Next
	}
	return w
}

func read(tb testing.TB, url string, v any) *http.Response {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s is answered with %s", url, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(v); err != nil {
		tb.Fatal(err)
	}
	return response
}

func pick[T any](of []T) T { return of[rand.IntN(len(of))] }

// claim is any claim.
func (w world) claim() int { return 1 + rand.IntN(w.claims) }

// filter is an actor and a range of time as further parameters: seldom the same twice.
func (w world) filter() string {
	moment := func() string {
		return fmt.Sprintf("202%d-%02d-%02dT%02d:%02d:00Z", 2+rand.IntN(3), 1+rand.IntN(12), 1+rand.IntN(28), rand.IntN(24), rand.IntN(60))
	}
	from, to := moment(), moment()
	return fmt.Sprintf("&actor_id=%d&created_from=%s&created_to=%s", pick(w.actors), min(from, to), max(from, to))
}

// newClaim is the body of a claim that is not there yet.
func (w world) newClaim(i int) []byte {
	kinds := []string{"allegation", "attribution", "denial", "assessment"}
	return fmt.Appendf(nil, `{"text":"In report %d of the series an agency is said to have paid for letter %d.","kind":%q,"language":"en",`+
		`"claimed_on":"2024-11-%02d","tags":[%q],"techniques":[%q],"actors":[{"actor_id":%d,"role":"speaker"},{"actor_id":%d,"role":"accused"}],`+
		`"occurrence":{"sentence_id":%d}}`,
		i, rand.IntN(1_000_000_000), pick(kinds), 1+rand.IntN(28), pick(w.tags), pick(w.codes), pick(w.actors), pick(w.actors), pick(w.sentences))
}
