package store_test

import (
	"database/sql"
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
	refused("the deletion of a sentence", "DELETE FROM sentences WHERE id = ?", first)
	if onSQLite() {
		refused("a first sentence of another article", copied, elsewhere, second)
		refused("a last sentence of another article", copied, first, elsewhere)
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error { return tx.Exec(copied, first, second).Error }))
}
