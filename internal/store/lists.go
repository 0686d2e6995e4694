package store

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/text"
	"claimtracker/internal/tracker"
)

// listsFormat counts the forms of what lists are filtered and sorted by. It is to be counted up with every change of it.
const listsFormat = 1

// What lists are filtered and sorted by is kept with the records where they do not have it in one column. It is written in
// the transactions that change what it is made of, and here made anew from all records where its form changed.
var listsDerivation = derivation{name: "lists", format: listsFormat, rebuild: rebuildLists}

// articleRow is an article as it is kept.
type articleRow struct {
	tracker.Article
	Host string // of its URL
}

func (articleRow) TableName() string { return "articles" }

// occurrenceRow is an occurrence as it is kept, with what its article, its claim and its words say.
type occurrenceRow struct {
	tracker.Occurrence
	SourceID    int64
	PublishedAt tracker.Instant // unpublished where nobody knows
	ElectionID  *int64
	Words       int64
}

func (occurrenceRow) TableName() string { return "occurrences" }

// articleOf is what an article says of the claims that stand in it.
type articleOf struct {
	url           string
	published     tracker.Instant // unpublished where nobody knows
	source        int64
	kind, country string // of the source
}

// row is an occurrence in the article as it is kept, of a claim about an election, with the number of its words.
func (a articleOf) row(o tracker.Occurrence, election *int64, words int64) occurrenceRow {
	return occurrenceRow{o, a.source, a.published, election, words}
}

// articlesOf reads what articles say of their claims.
func articlesOf(tx *gorm.DB, articles []int64) (map[int64]articleOf, error) {
	of := make(map[int64]articleOf, len(articles))
	query := `SELECT a.id, a.url, COALESCE(a.published_at, ` + strconv.FormatInt(int64(unpublished), 10) + `), s.id, s.kind, s.country
		FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id ` + speechOf(tx).among
	return of, readRows(tx, query, []any{listOf(distinct(articles))}, func(scan scanFunc) error {
		var id int64
		var a articleOf
		err := scan(&id, &a.url, &a.published, &a.source, &a.kind, &a.country)
		of[id] = a
		return err
	})
}

// wordsOf is a number for the words of a quote, the same for all in which text.Words sees the same.
func wordsOf(exact string) int64 {
	sum := sha256.Sum256([]byte(text.Words(exact)))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// writeAliases writes the aliases of a source or an actor, as of says, over those that it has.
func writeAliases(tx *gorm.DB, of string, id int64, aliases []string) error {
	if err := execute(tx, "DELETE FROM "+of+"_aliases WHERE "+of+"_id = ?", id); err != nil || len(aliases) == 0 {
		return err
	}
	var values []any
	for _, alias := range aliases {
		values = append(values, alias, id)
	}
	rows := "(?, ?)" + strings.Repeat(", (?, ?)", len(aliases)-1)
	return execute(tx, "INSERT INTO "+of+"_aliases (alias, "+of+"_id) VALUES "+rows, values...)
}

// articleMoved keeps with an article and its occurrences what they say of it, once it was changed.
func articleMoved(tx *gorm.DB, id int64, was, is tracker.ArticleInput) error {
	t := transactionOf(tx)
	t.records = t.records || was.URL != is.URL || was.SourceID != is.SourceID || published(was) != published(is)
	if was.URL != is.URL {
		if err := tx.Exec("UPDATE articles SET host = ? WHERE id = ?", tracker.HostOf(is.URL), id).Error; err != nil {
			return err
		}
	}
	if was.SourceID == is.SourceID && published(was) == published(is) {
		return nil
	}
	// In SQLite, a trigger has moved them to their time already.
	return tx.Exec("UPDATE occurrences SET source_id = ?, published_at = ? WHERE published_at IN (?, ?) AND article_id = ?",
		is.SourceID, published(is), published(was), published(is), id).Error
}

// published is where an article stands in the order of time.
func published(a tracker.ArticleInput) tracker.Instant {
	if a.PublishedAt == nil {
		return unpublished
	}
	return *a.PublishedAt
}

// same tells whether two ids that may be left out are.
func same(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// rebuildLists makes anew what SQL alone cannot make: the hosts of articles, the words of occurrences, the aliases.
func rebuildLists(tx *gorm.DB) error {
	if err := tx.Exec("DELETE FROM source_aliases").Error; err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM actor_aliases").Error; err != nil {
		return err
	}
	if err := each(tx, func(s *tracker.Source) error { return writeAliases(tx, "source", s.ID, s.Aliases) }); err != nil {
		return err
	}
	if err := each(tx, func(a *tracker.Actor) error { return writeAliases(tx, "actor", a.ID, a.Aliases) }); err != nil {
		return err
	}
	err := each(tx, func(a *articleRow) error {
		if host := tracker.HostOf(a.URL); host != a.Host {
			return tx.Exec("UPDATE articles SET host = ? WHERE id = ?", host, a.ID).Error
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(tx, func(o *occurrenceRow) error {
		if words := wordsOf(o.Exact); words != o.Words {
			return tx.Exec("UPDATE occurrences SET words = ? WHERE id = ?", words, o.ID).Error
		}
		return nil
	})
}

// each calls fn for every record of a kind in the order of their ids, a few hundred of which are in memory at a time.
func each[T interface{ Meta() tracker.Record }](tx *gorm.DB, fn func(*T) error) error {
	return eachPage(tx, func(page []T) error {
		for i := range page {
			if err := fn(&page[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachPage is each for as many records at once as are in memory.
func eachPage[T interface{ Meta() tracker.Record }](tx *gorm.DB, fn func([]T) error) error {
	for after := int64(0); ; {
		var page []T
		if err := tx.Where("id > ?", after).Order("id").Limit(500).Find(&page).Error; err != nil || len(page) == 0 {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
		after = page[len(page)-1].Meta().ID
	}
}
