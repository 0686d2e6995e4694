package store_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// What a claim costs the store, without HTTP: go test -tags sqlite_fts5 -run '^$' -bench . ./internal/store
func BenchmarkClaims(b *testing.B) {
	s := open(b)
	article := newArticle(s, "It was rigged, he said. It was not.")
	actor := newActor(s, "Somebody")
	in := tracker.NewClaim{
		ClaimInput: tracker.ClaimInput{Text: "It was rigged.", Kind: tracker.ClaimAllegation, Tags: []string{"vote"},
			Actors: []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}},
		Occurrence: tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}},
	}
	var last tracker.Claim
	for range 50 {
		last = must(s.Claims.Create(bg, in))
	}
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(s.Claims.Get(bg, last.ID, nil))
		}
	})
	b.Run("list of 50", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(s.Claims.List(bg, store.ClaimFilter{}, store.Page{Limit: 50, Sort: "-created_at"}, nil))
		}
	})
	b.Run("create for 64 clients", func(b *testing.B) {
		b.ReportAllocs()
		var left atomic.Int64
		left.Store(int64(b.N))
		var clients sync.WaitGroup
		for range 64 {
			clients.Go(func() {
				for left.Add(-1) >= 0 {
					must(s.Claims.Create(bg, in))
				}
			})
		}
		clients.Wait()
	})
	b.Run("create 1000 together", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, errs, err := s.Claims.CreateMany(bg, slices.Repeat([]tracker.NewClaim{in}, 1000), true)
			must(0, errors.Join(append(errs, err)...))
		}
	})
	b.Run("create", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(s.Claims.Create(bg, in))
		}
	})
}
