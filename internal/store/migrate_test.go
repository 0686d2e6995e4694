package store_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestOccurrencesThatAreMovedToATableAnewStayWhatTheyAre(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "claims.db")
	db := must(sql.Open("sqlite3", path))
	must(0, store.MigrateTo(bg, db, 7))
	for _, statement := range []string{
		`INSERT INTO sources (created_at, updated_at, version, name, kind, domain, url, country, language, aliases, description)
			VALUES (1, 1, 1, 'a', 'other', '', '', '', '', '[]', '')`,
		`INSERT INTO articles (created_at, updated_at, version, source_id, url, title, authors, published_text, language, archive_url)
			VALUES (1, 1, 1, 1, 'https://a.example/', 'a', '[]', '', '', '')`,
		"INSERT INTO article_versions (article_id, n, language, sha256, length, captured_at, text) VALUES (1, 1, '', '', 3, 1, 'It.')",
		"INSERT INTO sentences (article_id, article_version, ordinal, span_start, span_end, text) VALUES (1, 1, 1, 0, 3, 'It.')",
		`INSERT INTO claims (created_at, updated_at, version, text, kind, status, claimed_on, language)
			VALUES (1, 1, 1, 'a', 'other', 'logged', '', ''), (1, 1, 1, 'b', 'other', 'logged', '', '')`,
		`INSERT INTO occurrences (created_at, updated_at, version, claim_id, article_id, article_version, span_start, span_end, exact, prefix, suffix,
			first_sentence_id, last_sentence_id, stance, is_origin, source_id, published_at, words)
			VALUES (5, 6, 7, 1, 1, 1, 0, 3, 'It.', '<', '>', 1, 1, 'denies', 1, 1, 8, 9), (5, 6, 7, 2, 1, 1, 0, 3, 'It.', '', '', 1, 1, 'denies', 1, 1, 8, 9)`,
		"DELETE FROM occurrences WHERE id = 2",
	} {
		must(db.Exec(statement))
	}
	must(0, db.Close())
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), time.Now))
	t.Cleanup(func() { must(0, s.Close()) })
	want := tracker.Occurrence{
		Record: tracker.Record{ID: 1, CreatedAt: 5, UpdatedAt: 6, Version: 7}, ClaimID: 1, ArticleID: 1, ArticleVersion: 1, Start: 0, End: 3,
		Exact: "It.", Prefix: "<", Suffix: ">", FirstSentenceID: 1, LastSentenceID: 1,
		OccurrenceInput: tracker.OccurrenceInput{Stance: tracker.StanceDenies, IsOrigin: true},
	}
	l := must(s.Occurrences.List(bg, store.OccurrenceFilter{SourceIDs: []int64{1}, Stances: []tracker.Stance{"denies"}}, page("created_at"), nil))
	if len(l.Items) != 1 || !reflect.DeepEqual(l.Items[0], want) {
		t.Errorf("the occurrences are %+v; want %+v", l.Items, want)
	}
	claim := must(s.Claims.Create(bg, claimed("c", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: 1}})))
	if claim.Origin.ID != 3 {
		t.Errorf("the next occurrence is %d; want 3, for 2 was another's", claim.Origin.ID)
	}
}

func TestTheDatabaseItselfKeepsOccurrencesOnSentencesOfTheirVersion(t *testing.T) {
	s := open(t)
	article, other := newArticle(s, "It was rigged. It was not."), newArticle(s, "Nobody knows.")
	claim := must(s.Claims.Create(bg, claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}})))
	const copied = `INSERT INTO occurrences (created_at, updated_at, version, claim_id, article_id, article_version, span_start, span_end, exact, prefix, suffix,
		first_sentence_id, last_sentence_id, stance, is_origin, source_id, published_at, words)
		SELECT created_at, updated_at, version, claim_id, article_id, article_version, 1, 2, exact, prefix, suffix, ?, ?, stance, FALSE, source_id, published_at, words
		FROM occurrences`
	first, second, elsewhere := article.Latest.Sentences[0].ID, article.Latest.Sentences[1].ID, other.Latest.Sentences[0].ID
	refused := func(what, statement string, values ...any) {
		t.Helper()
		if err := s.Write(bg, func(tx *gorm.DB) error { return tx.Exec(statement, values...).Error }); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	refused("a first sentence that is not there", copied, 99, second)
	refused("a last sentence that is not there", copied, first, 99)
	refused("another first sentence that is not there", "UPDATE occurrences SET first_sentence_id = 99 WHERE id = ?", claim.Origin.ID)
	refused("the move of a sentence to another article", "UPDATE sentences SET article_id = ? WHERE id = ?", other.ID, first)
	stays := func() {
		t.Helper()
		refused("the deletion of a sentence", "DELETE FROM sentences WHERE id = ?", first)
		refused("the deletion of a version", "DELETE FROM article_versions WHERE article_id = ?", article.ID)
	}
	stays()
	at := tracker.Instant(7)
	must(s.Articles.Update(bg, article.ID, anyVersion, func(in *tracker.ArticleInput) error { in.PublishedAt = &at; return nil }))
	stays()
	if onSQLite() { // which finds what stands in an article by its time, too
		must(0, s.Write(bg, func(tx *gorm.DB) error {
			return tx.Exec("UPDATE articles SET published_at = NULL WHERE id = ?", article.ID).Error
		}))
		stays()
	}
	if onSQLite() {
		refused("a first sentence of another article", copied, elsewhere, second)
		refused("a last sentence of another article", copied, first, elsewhere)
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec(copied, first, second).Error }))
}

func TestPartsThatAreMovedToATableAnewHoldTheirActors(t *testing.T) {
	if !onSQLite() {
		return
	}
	path := filepath.Join(t.TempDir(), "claims.db")
	db := must(sql.Open("sqlite3", path))
	must(0, store.MigrateTo(bg, db, 11))
	for _, statement := range []string{
		`INSERT INTO actors (created_at, updated_at, version, name, kind, country, aliases, wikidata_id, description)
			VALUES (1, 1, 1, 'a', 'other', '', '[]', '', ''), (1, 1, 1, 'b', 'other', '', '[]', '', ''), (1, 1, 1, 'c', 'other', '', '[]', '', '')`,
		`INSERT INTO claims (created_at, updated_at, version, text, kind, status, claimed_on, language)
			VALUES (1, 1, 1, 'a', 'other', 'logged', '', ''), (1, 1, 1, 'b', 'other', 'logged', '', '')`,
		"INSERT INTO claim_actors (claim_id, ordinal, actor_id, role) VALUES (1, 0, 2, 'target'), (1, 1, 1, 'speaker'), (1, 2, 2, 'speaker'), (2, 0, 1, 'accused')",
	} {
		must(db.Exec(statement))
	}
	must(0, db.Close())
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), time.Now))
	t.Cleanup(func() { must(0, s.Close()) })
	var parts, counts string
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		all := tx.Raw("SELECT group_concat(claim_id || ' ' || ordinal || ' ' || actor_id || ' ' || role, ', ') FROM (SELECT * FROM claim_actors ORDER BY claim_id, ordinal)")
		if err := all.Scan(&parts).Error; err != nil {
			return err
		}
		return tx.Raw("SELECT group_concat(actor_id || ' ' || n, ', ') FROM (SELECT * FROM actor_parts ORDER BY actor_id)").Scan(&counts).Error
	}))
	if want := "1 0 2 target, 1 1 1 speaker, 1 2 2 speaker, 2 0 1 accused"; parts != want {
		t.Errorf("the parts are %s; want %s", parts, want)
	}
	if want := "1 2, 2 2"; counts != want {
		t.Errorf("the actors have parts %s; want %s", counts, want)
	}
}

func TestTheDatabaseItselfKeepsTheActorsOfClaims(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged. It was not.")
	at := tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}}
	var actors []int64
	for _, name := range []string{"a", "b", "c"} {
		actors = append(actors, newActor(s, name).ID)
	}
	acts := func(all ...int64) (parts []tracker.ActorRole) {
		for _, id := range all {
			parts = append(parts, tracker.ActorRole{ActorID: id, Role: tracker.RoleSpeaker})
		}
		return parts
	}
	in, again := claimed("a", at), claimed("b", at)
	in.Actors, again.Actors = append(acts(actors[0], actors[1]), tracker.ActorRole{ActorID: actors[0], Role: tracker.RoleTarget}), acts(actors[1])
	claim := must(s.Claims.Create(bg, in))
	other := must(s.Claims.Create(bg, again))

	kept := func(what string, want ...bool) {
		t.Helper()
		for i, id := range actors {
			undone := errors.New("undone")
			err := s.Write(bg, func(tx *gorm.DB) error {
				if err := tx.Exec("DELETE FROM actors WHERE id = ?", id).Error; err != nil {
					return err
				}
				return undone
			})
			if errors.Is(err, undone) == want[i] {
				t.Errorf("%s: the deletion of actor %d: %v; want it refused: %t", what, id, err, want[i])
			}
		}
	}
	kept("two claims", true, true, false)
	must(s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Actors = acts(actors[1], actors[2]); return nil }))
	kept("another actor in one", false, true, true)
	must(0, s.Claims.Delete(bg, claim.ID, anyVersion))
	kept("one claim", false, true, false)
	must(0, s.Claims.Delete(bg, other.ID, anyVersion))
	kept("no claims", false, false, false)

	claim = must(s.Claims.Create(bg, in))
	for what, statement := range map[string]string{
		"a part of no actor":         "INSERT INTO claim_actors (claim_id, ordinal, actor_id, role) VALUES (?, 9, 99, 'speaker')",
		"a part that becomes nobody": "UPDATE claim_actors SET actor_id = 99 WHERE claim_id = ?",
	} {
		if err := s.Write(bg, func(tx *gorm.DB) error { return tx.Exec(statement, claim.ID).Error }); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}

// How many claims hold an actor is told as they are within the transaction, whatever came before in it.
func TestAnActorIsHeldByTheClaimsThatItActsIn(t *testing.T) {
	s := open(t)
	article, actor := newArticle(s, "It was rigged."), newActor(s, "a")
	in := claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}})
	in.Actors = []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}, {ActorID: actor.ID, Role: tracker.RoleTarget}}
	must(s.Claims.Create(bg, in))
	held := func(err error, want int64) {
		t.Helper()
		known, ok := errors.AsType[*tracker.Error](err)
		if !ok || known.Code != tracker.Conflict || known.References["claims"] != want {
			t.Errorf("the deletion of an actor: %v; want %d claims that hold it", err, want)
		}
	}
	held(s.Actors.Delete(bg, actor.ID, anyVersion), 1)
	undone := s.Together(bg, func(ctx context.Context) error {
		second := must(s.Claims.Create(ctx, in))
		held(s.Actors.Delete(ctx, actor.ID, anyVersion), 2)
		must(0, s.Claims.Delete(ctx, second.ID, anyVersion))
		return errors.New("undone")
	})
	if undone == nil {
		t.Error("a transaction in which a deletion failed was kept")
	}
	must(0, s.Claims.Delete(bg, 1, anyVersion))
	must(0, s.Actors.Delete(bg, actor.ID, anyVersion))
}
