package store

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// The records that claims are shown with are kept as their JSON, too: an article as lists show it, all others whole. They are
// written in the transactions that change the records, and here made anew from all records where their form changed. Whoever
// changes what such a record is in JSON counts the format up.
var recordDerivation = derivation{name: "records", format: 1, rebuild: rebuildRecordDocuments}

// The tables that have them.
const (
	actorDocuments    = "actor_documents"
	articleDocuments  = "article_documents"
	electionDocuments = "election_documents"
	sourceDocuments   = "source_documents"
)

// keepDocument writes a record's JSON over the one that is there. That of a record that is deleted goes with it.
func keepDocument(tx *gorm.DB, table string, record interface{ Meta() tracker.Record }) error {
	transactionOf(tx).records = true
	return writeDocument(tx, table, record)
}

func writeDocument(tx *gorm.DB, table string, record interface{ Meta() tracker.Record }) error {
	id := record.Meta().ID
	document, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("writing record %d for %s: %w", id, table, err)
	}
	return execute(tx, "INSERT INTO "+table+" (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document",
		id, string(document))
}

// keepArticleDocument is keepDocument of an article with its latest version, whose text and sentences are left out. Articles are
// too many to be remembered.
func keepArticleDocument(tx *gorm.DB, article tracker.Article) error {
	article.Latest.Text, article.Latest.Sentences, article.SameTextAs = "", nil, nil
	return writeDocument(tx, articleDocuments, article)
}

// rebuildRecordDocuments writes all of them anew.
func rebuildRecordDocuments(tx *gorm.DB) error {
	for _, table := range []string{actorDocuments, articleDocuments, electionDocuments, sourceDocuments} {
		if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
			return err
		}
	}
	if err := each(tx, func(a *tracker.Actor) error { return keepDocument(tx, actorDocuments, a) }); err != nil {
		return err
	}
	if err := each(tx, func(e *tracker.Election) error { return keepDocument(tx, electionDocuments, e) }); err != nil {
		return err
	}
	if err := each(tx, func(s *tracker.Source) error { return keepDocument(tx, sourceDocuments, s) }); err != nil {
		return err
	}
	return eachPage(tx, func(page []tracker.Article) error {
		if err := fillArticles(tx, page, nil); err != nil {
			return err
		}
		for _, a := range page {
			if err := keepArticleDocument(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}
