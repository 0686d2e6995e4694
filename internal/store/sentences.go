package store

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Sentences are the sentences of all versions of all articles. They come with an article and are only read.
type Sentences struct{ s *Store }

// SentenceExpands are the relations that a sentence can be read with.
var SentenceExpands = Expand{"claims", "article", "source"}

// Get is the sentence with that id, or NotFound.
func (c Sentences) Get(ctx context.Context, id int64, expand Expand) (sentence tracker.Sentence, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		if sentence, err = get[tracker.Sentence](tx, "sentence", id); err != nil {
			return err
		}
		one := []tracker.Sentence{sentence}
		err := fillSentences(tx, one, expand)
		sentence = one[0]
		return err
	})
	return sentence, err
}

// fillSentences puts in place what is to be expanded.
func fillSentences(tx *gorm.DB, sentences []tracker.Sentence, expand Expand) error {
	if expand.has("claims") {
		if err := fillClaimsOfSentences(tx, sentences); err != nil {
			return err
		}
	}
	if expand.has("article") || expand.has("source") {
		articles, err := articlesByID(tx, ids(sentences, func(s *tracker.Sentence) *int64 { return &s.ArticleID }), expand)
		if err != nil {
			return err
		}
		for i := range sentences {
			a := articles[sentences[i].ArticleID]
			sentences[i].Article = &a
		}
	}
	return nil
}

// fillClaimsOfSentences puts beside each sentence the claims of which an occurrence touches it, by id.
func fillClaimsOfSentences(tx *gorm.DB, sentences []tracker.Sentence) error {
	if len(sentences) == 0 {
		return nil
	}
	byID := func(a, b tracker.Sentence) int { return cmp.Compare(a.ID, b.ID) }
	// Sentences of a version have ids in their order and all of its own, so a run is a range of ids.
	var links []struct{ SentenceID, ClaimID int64 }
	err := tx.Raw(`SELECT DISTINCT s.id AS sentence_id, o.claim_id
		FROM sentences s JOIN occurrences o ON o.article_id = s.article_id AND o.article_version = s.article_version
			AND s.id BETWEEN o.first_sentence_id AND o.last_sentence_id
		WHERE s.article_id IN ? AND s.id BETWEEN ? AND ? ORDER BY s.id, o.claim_id`,
		distinct(ids(sentences, func(s *tracker.Sentence) *int64 { return &s.ArticleID })),
		slices.MinFunc(sentences, byID).ID, slices.MaxFunc(sentences, byID).ID).Scan(&links).Error
	if err != nil {
		return err
	}
	var wanted []int64
	for _, l := range links {
		wanted = append(wanted, l.ClaimID)
	}
	claims, err := claimsByID(tx, wanted, nil)
	if err != nil {
		return err
	}
	of := map[int64][]tracker.Claim{}
	for _, l := range links {
		of[l.SentenceID] = append(of[l.SentenceID], claims[l.ClaimID])
	}
	for i := range sentences {
		sentences[i].Claims = of[sentences[i].ID]
	}
	return nil
}
