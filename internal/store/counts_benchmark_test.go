package store_test

import (
	"context"
	"flag"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"claimtracker/internal/generate"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

var (
	claims = flag.Int("claims", 10_000, "how many generated claims the benchmarks of counts are run on")
	made   = flag.String("made", "", "a SQLite file that generate has filled, to be used instead of making one")
)

// What lists under filters and counts cost the store, without HTTP and without a cache:
// go test -tags sqlite_fts5 -run '^$' -bench Counts ./internal/store -claims 100000
func BenchmarkCounts(b *testing.B) {
	at, now := *made, time.Now
	if at == "" {
		at = filepath.Join(b.TempDir(), "made.db")
		clock := generate.NewClock()
		s := must(store.Open(bg, at, slog.New(slog.DiscardHandler), clock.Now))
		must(generate.Run(bg, s, clock, *claims, 1, func(int) {}))
		must(0, s.Close())
	}
	begun := time.Now()
	s := must(store.Open(bg, at, slog.New(slog.DiscardHandler), now))
	b.Logf("opened in %v", time.Since(begun))
	b.Cleanup(func() { must(0, s.Close()) })
	denials := store.ClaimFilter{Kinds: []tracker.ClaimKind{tracker.ClaimDenial}}
	_, common, err := s.Claims.Count(bg, store.ClaimFilter{}, []string{"actor_id", "tag", "source_id"}, 1)
	must(0, err)
	rare := store.ClaimFilter{Kinds: denials.Kinds, Tags: []string{common[1].Buckets[0].Value}, ActorCountries: []string{"RU", "CN"}, Roles: tracker.Roles[1:2]}
	from, to := tracker.Instant(0), tracker.InstantOf(time.Now())
	ask := func(name string, fn func(ctx context.Context) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(0, fn(bg))
			}
		})
	}
	list := func(f store.ClaimFilter, p store.Page) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Claims.List(ctx, f, p, nil)
			return err
		}
	}
	newest := store.Page{Limit: 50, Sort: "-created_at"}
	ask("list", list(store.ClaimFilter{}, newest))
	ask("list/total", list(store.ClaimFilter{}, store.Page{Limit: 50, Sort: "-created_at", Total: true}))
	ask("list/one filter", list(denials, newest))
	ask("list/five filters", list(rare, newest))
	ask("list/five filters/total", list(rare, store.Page{Limit: 50, Sort: "-created_at", Total: true}))
	ask("list/one filter/by claimed_on", list(denials, store.Page{Limit: 50, Sort: "-claimed_on"}))
	ask("list/all by updated", list(store.ClaimFilter{UpdatedFrom: &from, UpdatedTo: &to}, newest))
	count := func(f store.ClaimFilter, fields ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := s.Claims.Count(ctx, f, fields, 20)
			return err
		}
	}
	ask("facets", count(store.ClaimFilter{}, "kind", "tag", "actor_id", "source_id"))
	ask("facets/one filter/kind", count(denials, "status"))
	ask("facets/one filter/four", count(denials, "status", "tag", "actor_id", "source_id"))
	ask("facets/five filters/four", count(rare, "status", "technique", "actor_id", "source_id"))
	timeline := func(f store.ClaimFilter, interval, split string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Claims.Timeline(ctx, f, false, interval, split, 5)
			return err
		}
	}
	ask("timeline/month", timeline(store.ClaimFilter{}, store.IntervalMonth, ""))
	ask("timeline/day", timeline(store.ClaimFilter{}, store.IntervalDay, ""))
	ask("timeline/month/split", timeline(store.ClaimFilter{}, store.IntervalMonth, "kind"))
	ask("timeline/month/one filter", timeline(denials, store.IntervalMonth, ""))
	ask("timeline/day/one filter", timeline(denials, store.IntervalDay, ""))
	ask("crosstab", func(ctx context.Context) error {
		_, err := s.Claims.Crosstab(ctx, store.ClaimFilter{}, "actor_id", "technique", 10)
		return err
	})
	ask("crosstab/countries/one filter", func(ctx context.Context) error {
		_, err := s.Claims.Crosstab(ctx, denials, "accused_country", "target_country", 10)
		return err
	})
	ask("seen", func(ctx context.Context) error {
		_, _, err := s.Claims.Seen(ctx, store.ClaimFilter{}, "actor_id", 10)
		return err
	})
	// As a dashboard asks: of an actor, in a time that is seldom the same twice.
	_, actors, err := s.Claims.Count(bg, store.ClaimFilter{}, []string{"actor_id"}, 100)
	must(0, err)
	spell := func() (f store.ClaimFilter) {
		moment := func() tracker.Instant {
			return tracker.InstantOf(time.Date(2022+rand.IntN(3), time.January, 1+rand.IntN(365), 0, 0, rand.IntN(86400), 0, time.UTC))
		}
		id, from, to := must(strconv.ParseInt(actors[0].Buckets[rand.IntN(100)].Value, 10, 64)), moment(), moment()
		return store.ClaimFilter{ActorIDs: []int64{id}, CreatedFrom: new(min(from, to)), CreatedTo: new(max(from, to))}
	}
	ask("facets/spell", func(ctx context.Context) error {
		_, _, err := s.Claims.Count(ctx, spell(), []string{"kind", "status", "language", "source_country"}, 20)
		return err
	})
	ask("timeline/spell", func(ctx context.Context) error {
		_, err := s.Claims.Timeline(ctx, spell(), false, store.IntervalMonth, "", 10)
		return err
	})
	ask("crosstab/spell", func(ctx context.Context) error {
		_, err := s.Claims.Crosstab(ctx, spell(), "kind", "status", 10)
		return err
	})
	ask("seen/spell", func(ctx context.Context) error {
		_, _, err := s.Claims.Seen(ctx, spell(), "actor_id", 20)
		return err
	})
	b.Cleanup(func() { b.Logf("%d bytes of the index are remembered", s.Remembered()) })
	ask("totals", func(ctx context.Context) error { _, err := s.Totals(ctx); return err })
	ask("gaps", func(ctx context.Context) error { _, err := s.Gaps(ctx, 14); return err })
}
