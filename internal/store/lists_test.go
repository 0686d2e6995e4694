package store_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// kept is all that lists are filtered by and that the records do not have in one column, as it is kept; wrong counts what
// is not what the records say.
func kept(t *testing.T, s *store.Store) (all string, wrong int) {
	t.Helper()
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		var articles []struct {
			ID        int64
			URL, Host string
		}
		must(0, tx.Raw("SELECT id, url, host FROM articles ORDER BY id").Scan(&articles).Error)
		for _, a := range articles {
			if a.Host != tracker.HostOf(a.URL) {
				wrong++
			}
		}
		var places []struct {
			ID, SourceID, PublishedAt, Words int64
			ElectionID                       *int64
			Exact                            string
		}
		must(0, tx.Raw("SELECT id, source_id, published_at, election_id, words, exact FROM occurrences ORDER BY id").Scan(&places).Error)
		for i, p := range places {
			if p.Words != store.WordsOf(p.Exact) {
				wrong++
			}
			if p.ElectionID != nil {
				places[i].Exact += fmt.Sprint(" of ", *p.ElectionID)
			}
			places[i].ElectionID = nil
		}
		var moved int
		must(0, tx.Raw(`SELECT count(*) FROM occurrences o JOIN articles a ON a.id = o.article_id JOIN claims c ON c.id = o.claim_id
			WHERE o.source_id <> a.source_id OR o.published_at <> COALESCE(a.published_at, -62135596800000000) OR COALESCE(o.election_id, 0) <> COALESCE(c.election_id, 0)`).
			Scan(&moved).Error)
		var names []string
		must(0, tx.Raw("SELECT alias || ' of source ' || source_id FROM source_aliases UNION ALL SELECT alias || ' of actor ' || actor_id FROM actor_aliases ORDER BY 1").Scan(&names).Error)
		all, wrong = fmt.Sprint(articles, places, names), wrong+moved
		return nil
	}))
	return all, wrong
}

func TestWhatListsAreFilteredByFollowsTheRecordsAndIsMadeAnew(t *testing.T) {
	address := empty(t)
	s := openAt(t, address)
	article, other := newArticle(s, "It was rigged. It was not."), newArticle(s, "“It was RIGGED!”")
	election, next := newElection(s, "a"), newElection(s, "b")
	in := claimed("one", quoted(article.ID, "It was rigged."))
	in.ElectionID = &election.ID
	claim := must(s.Claims.Create(bg, in))
	must(s.Occurrences.Create(bg, claim.ID, quoted(other.ID, "“It was RIGGED!”")))
	must(s.Claims.Create(bg, claimed("two", quoted(article.ID, "It was not."))))
	source, actor := newSource(s, "a"), newActor(s, "a")
	at := tracker.Instant(7)
	for _, change := range []func() error{
		func() error {
			_, err := s.Articles.Update(bg, article.ID, anyVersion, func(in *tracker.ArticleInput) error {
				in.URL, in.SourceID, in.PublishedAt = "https://moved.example:8080/x", source.ID, &at
				return nil
			})
			return err
		},
		func() error {
			_, err := s.Articles.Update(bg, article.ID, anyVersion, func(in *tracker.ArticleInput) error { in.PublishedAt = nil; return nil })
			return err
		},
		func() error {
			_, err := s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.ElectionID = &next.ID; return nil })
			return err
		},
		func() error {
			_, err := s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.ElectionID = nil; return nil })
			return err
		},
		func() error {
			_, err := s.Sources.Update(bg, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Aliases = []string{"x", "y"}; return nil })
			return err
		},
		func() error {
			_, err := s.Actors.Update(bg, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Aliases = []string{"x"}; return nil })
			return err
		},
		func() error {
			_, err := s.Sources.Update(bg, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Aliases = []string{"y", "z"}; return nil })
			return err
		},
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if all, wrong := kept(t, s); wrong != 0 {
			t.Fatalf("%d of %s are not what the records say", wrong, all)
		}
	}
	want, _ := kept(t, s)
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		for _, statement := range []string{"UPDATE articles SET host = ''", "UPDATE occurrences SET words = 0", "DELETE FROM source_aliases", "DELETE FROM actor_aliases", "DELETE FROM derived"} {
			must(0, tx.Exec(statement).Error)
		}
		return nil
	}))
	must(0, s.Close())
	if got, wrong := kept(t, openAt(t, address)); got != want || wrong != 0 {
		t.Errorf("made anew, there are %s; want %s", got, want)
	}
}
