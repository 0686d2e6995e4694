package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// asked is an operation on a claim, and told what came of it.
type (
	asked struct {
		kind    string // create, read, patch or delete
		id      int64  // the claim; of a create, the one that came of it
		version int64  // for patch and delete: If-Match
		text    string // for create and patch
	}
	told struct {
		code    tracker.Code // "" when it was done
		version int64
		text    string
	}
	// state is what a claim is at some moment; version 0 when there is none.
	state struct {
		version int64
		text    string
	}
)

// claimModel says how a claim behaves when one operation follows another.
var claimModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		of := map[int64][]porcupine.Operation{}
		for _, o := range history {
			id := o.Input.(asked).id
			of[id] = append(of[id], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range of {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return state{} },
	Step: func(was, input, output any) (bool, any) {
		s, in, out := was.(state), input.(asked), output.(told)
		switch {
		case in.kind == "create":
			return s.version == 0 && out.version == 1 && out.text == in.text, state{1, in.text}
		case s.version == 0:
			return out.code == tracker.NotFound, s
		case in.kind == "read":
			return out == told{"", s.version, s.text}, s
		case in.version != s.version:
			return out.code == tracker.Stale, s
		case in.kind == "delete":
			return out.code == "", state{}
		default:
			return out == told{"", s.version + 1, in.text}, state{s.version + 1, in.text}
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// Whatever many clients do at once to a few claims, on one instance or on two, comes out as if they had done it one after
// another: no edit is lost, none is made from a version that is no more, and nobody reads what never was.
func TestWhatClientsDoAtOnceIsAsIfTheyHadDoneItOneAfterAnother(t *testing.T) {
	address := empty(t)
	instances := []*store.Store{openAt(t, address)}
	if pgtest.Now == pgtest.Postgres {
		second := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
		defer second.Close()
		instances = append(instances, second)
	}
	sentence := newArticle(instances[0], "It was rigged.").Latest.Sentences[0].ID

	var (
		mutex   sync.Mutex
		history []porcupine.Operation
		claims  []int64 // the few that are worked on
		start   = time.Now()
	)
	const clients, operations, few = 8, 60, 4
	do := func(client int, s *store.Store, in asked) (out told) {
		var claim tracker.Claim
		var err error
		called := time.Since(start)
		switch in.kind {
		case "create":
			claim, err = s.Claims.Create(bg, claimed(in.text, tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: sentence}}))
			in.id = claim.ID
		case "read":
			claim, err = s.Claims.Get(bg, in.id, nil)
		case "patch":
			claim, err = s.Claims.Update(bg, in.id, version(in.version), func(i *tracker.ClaimInput) error { i.Text = in.text; return nil })
		case "delete":
			err = s.Claims.Delete(bg, in.id, version(in.version))
		}
		returned := time.Since(start)
		if err == nil && in.kind != "delete" {
			out = told{"", claim.Version, claim.Text}
		} else if out.code = tracker.CodeOf(err); err != nil && out.code != tracker.Stale && out.code != tracker.NotFound {
			t.Errorf("%+v: %v", in, err)
		}
		mutex.Lock()
		defer mutex.Unlock()
		history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: int64(called), Output: out, Return: int64(returned)})
		if in.kind == "create" && err == nil {
			claims = append(claims, in.id)
			claims = claims[max(0, len(claims)-few):]
		}
		return out
	}
	for range few {
		do(clients, instances[0], asked{kind: "create", text: "the first"})
	}
	for range atOnce(clients, func(client int) error {
		s, seen := instances[client%len(instances)], map[int64]int64{}
		random := rand.New(rand.NewPCG(uint64(client), uint64(start.UnixNano())))
		for i := range operations {
			mutex.Lock()
			id := claims[random.IntN(len(claims))]
			mutex.Unlock()
			text := "client " + strconv.Itoa(client) + ", text " + strconv.Itoa(i)
			kind := []string{"read", "read", "read", "patch", "patch", "patch", "patch", "patch", "patch", "delete", "create"}[random.IntN(11)]
			if seen[id] == 0 && (kind == "patch" || kind == "delete") {
				kind = "read"
			}
			if out := do(client, s, asked{kind: kind, id: id, version: seen[id], text: text}); out.code == "" && (kind == "read" || kind == "patch") {
				seen[id] = out.version
			}
		}
		return nil
	}) {
	}
	done := map[string]int{}
	for _, o := range history {
		code := string(o.Output.(told).code)
		if code == "" {
			code = "done"
		}
		done[o.Input.(asked).kind+" "+code]++
	}
	t.Logf("%d instances, %d operations of %d clients: %v", len(instances), len(history), clients, done)
	if done["patch stale"] == 0 || done["patch done"] == 0 {
		t.Error("the clients never got in each other's way, which shows nothing")
	}
	if verdict := porcupine.CheckOperationsTimeout(claimModel, history, time.Minute); verdict != porcupine.Ok {
		t.Errorf("the history is %s; want one that some order of the operations explains", verdict)
		for _, o := range history {
			t.Logf("client %d, %d to %d: %s", o.ClientId, o.Call, o.Return, claimModel.DescribeOperation(o.Input, o.Output))
		}
	}
}
