package rest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"claimtracker/api/rest"
	"claimtracker/internal/pgtest"
	"claimtracker/internal/store"
	"claimtracker/seeds"
)

// openWorld starts a tracker that has the world.
func openWorld(t testing.TB) *api { t.Helper(); return openWorldWith(t, limits) }

func openWorldWith(t testing.TB, options rest.Options) *api {
	t.Helper()
	return openFilled(t, "the world", options, func(a *api) error { a.world(); return nil })
}

// openSeeded starts a tracker that has the seeds.
func openSeeded(t testing.TB) *api {
	t.Helper()
	return openFilled(t, "the seeds", limits, func(a *api) error { return seeds.Load(context.Background(), a.Store) })
}

// openFilled starts a tracker as fill leaves one: a copy of that which was filled first, on whose clock the time goes on.
func openFilled(t testing.TB, what string, options rest.Options, fill func(a *api) error) *api {
	t.Helper()
	address := pgtest.Copied(t, what, func(address string) error {
		c := begun()
		s, err := store.Open(context.Background(), address, quiet(), c.now)
		if err != nil {
			return err
		}
		if err := s.Techniques.Put(context.Background(), theTactics, theTechniques); err != nil {
			return errors.Join(err, s.Close())
		}
		a := &api{TB: t, database: database{Store: s}, clock: c, texts: &sync.Map{}, handler: rest.New(s, quiet(), limits)}
		err = fill(a)
		left.Store(what, a)
		return errors.Join(err, s.Close())
	})
	first, _ := left.Load(what)
	filled := first.(*api)
	c := &clock{at: filled.clock.at, step: time.Second}
	a := &api{TB: t, database: openStoreAt(t, address, c.now), clock: c, texts: &sync.Map{}}
	for path, text := range filled.texts.Range {
		a.texts.Store(path, text)
	}
	a.handler = rest.New(a.Store, quiet(), options)
	return a
}

// left are the trackers that were filled, closed now, by what with: their clocks and texts are the copies' too.
var left sync.Map

// world fills a tracker with a few records of each kind that differ in every field that lists filter and sort by, some at
// the same moment as others. Ids are given out from 1 in the order of the code.
func (a *api) world() *api {
	a.Helper()
	for i, in := range []object{
		ledger,
		{"name": "Agence Nord", "kind": "wire_agency", "domain": "nord.example", "country": "FR", "language": "fr", "aliases": list{"AN", "Nord"}},
		{"name": "Radio Est", "kind": "broadcaster", "domain": "est.example", "country": "FR", "language": "de"},
		{"name": "Radio Est", "kind": "news_outlet", "country": "DE", "language": "de"},
	} {
		a.tie(i)
		a.post("/api/v1/sources", in).wants(201)
	}
	for i, in := range []object{
		{"name": "Directorate Nine", "kind": "security_service", "country": "FR", "wikidata_id": "Q100"},
		{"name": "Bureau Two", "kind": "government_body", "country": "FR", "parent_id": 1},
		{"name": "A. Person", "kind": "person", "country": "GB", "parent_id": 1},
		{"name": "B. Person", "kind": "person", "wikidata_id": "Q200", "parent_id": 2, "aliases": list{"Bee", "Nord"}},
	} {
		a.tie(i)
		a.post("/api/v1/actors", in).wants(201)
	}
	for i, in := range []object{
		{"name": "US 2024", "kind": "presidential", "level": "national", "country": "US", "date": "2024-11-05"},
		{"name": "EU 2024", "kind": "parliamentary", "level": "supranational", "date": "2024-06-06"},
		{"name": "Lyon 2026", "kind": "municipal", "level": "local", "country": "FR"},
		{"name": "Vote", "kind": "referendum", "level": "national", "country": "FR", "date": "2024-06-06"},
	} {
		a.tie(i)
		a.post("/api/v1/elections", in).wants(201)
	}
	for i, in := range []object{
		{"source_id": 1, "language": "en", "published_at": "2024-01-31T08:34:00Z", "text": "Alpha one.\nAlpha two.\nAlpha three.\nAlpha four."},
		{"source_id": 2, "language": "fr", "published_at": "2024-01-31T08:34:00Z", "text": "Bravo un.\nBravo deux."},
		{"source_id": 2, "language": "en", "archive_url": "https://archive.example/3", "text": "Charlie one.\nCharlie two."},
		{"source_id": 3, "language": "de", "published_at": "1969-07-20T20:17:40.123456Z", "text": "Charlie one.\nCharlie two."},
	} {
		a.tie(i)
		a.post("/api/v1/articles", changed(in, "url", fmt.Sprintf("https://a.example/%d", i+1), "title", fmt.Sprint("Article ", i+1))).wants(201)
	}
	// Sentences 1 to 4 are of article 1, 5 and 6 of 2, 7 and 8 of 3, 9 and 10 of 4.
	for i, in := range []object{
		{"text": "C1", "kind": "pledge", "election_id": 1, "claimed_on": "2023-11-15", "language": "en", "tags": list{"summit", "asia"},
			"techniques": list{"T0085"}, "actors": list{object{"actor_id": 1, "role": "accused"}, object{"actor_id": 3, "role": "speaker"}},
			"occurrence": object{"sentence_id": 1, "stance": "reports"}},
		{"text": "C2", "kind": "denial", "election_id": 1, "claimed_on": "2023-11-15", "language": "fr", "tags": list{"summit"},
			"techniques": list{"T0085.001", "T0049"}, "actors": list{object{"actor_id": 3, "role": "accused"}},
			"occurrence": object{"sentence_id": 2, "last_sentence_id": 4, "stance": "denies"}},
		{"text": "C3", "kind": "pledge", "election_id": 2, "claimed_on": "2022-01-01", "language": "en", "tags": list{"europe"},
			"occurrence": object{"sentence_id": 5, "stance": "asserts"}},
		{"text": "C4", "kind": "warning", "occurrence": object{"sentence_id": 9, "stance": "questions"}},
	} {
		a.tie(i)
		a.post("/api/v1/claims", in).wants(201)
	}
	// Occurrences 1 to 4 are the claims' origins.
	a.post("/api/v1/claims/1/occurrences", object{"sentence_id": 6, "stance": "rebuts"}).wants(201)
	a.post("/api/v1/claims/1/occurrences", object{"sentence_id": 7, "stance": "reports"}).wants(201)
	a.patch("/api/v1/claims/2", "*", object{"status": "in_review"}).wants(200)
	return a
}

// tie makes the second and the third of the records that follow happen at one moment; i counts them from 0.
func (a *api) tie(i int) {
	if i == 1 || i == 2 {
		a.clock.stop()
	} else {
		a.clock.start()
	}
}
