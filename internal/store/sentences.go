package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Sentences are the sentences of all versions of all articles. They come with an article and are only read.
type Sentences struct{ s *Store }

// SentenceExpands are the relations that a sentence can be read with, and SentenceListExpands those of a list of sentences.
var (
	SentenceExpands     = Expand{"claims", "article", "source"}
	SentenceListExpands = Expand{"article", "source"}
)

// SentenceFilter narrows a list of sentences: within a field any value may match, and each given field must.
type SentenceFilter struct {
	ArticleIDs, SourceIDs []int64
	Languages             []string // of the article
	Search                Search
}

// sentenceOrders are by when the version came in: in that order sentences got their ids.
var sentenceOrders = orders[tracker.Sentence]{
	"created_at": {expression: "id", isID: true, number: func(s *tracker.Sentence) int64 { return s.ID }},
}

// Sorts are the ways in which List sorts.
func (Sentences) Sorts() []string { return sentenceOrders.names() }

// List is a page of the sentences, of all versions of articles, that the filter leaves.
func (c Sentences) List(ctx context.Context, f SentenceFilter, p Page, expand Expand) (l List[tracker.Sentence], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		q := where(tx, "article_id IN ?", f.ArticleIDs)
		q = where(q, "article_id IN (SELECT id FROM articles WHERE source_id IN ?)", f.SourceIDs)
		// Sentence by sentence: a language has too many articles for a list of them.
		q = where(q, "EXISTS (SELECT 1 FROM articles WHERE articles.id = sentences.article_id AND articles.language IN ?)", f.Languages)
		if l, err = listFound(tx, q, p, sentenceOrders, sentenceIndex, f.Search); err != nil {
			return err
		}
		if err := mark(tx, sentenceIndex, f.Search, l.Items, func(s *tracker.Sentence) (int64, *[]tracker.Match) { return s.ID, &s.Matches }); err != nil {
			return err
		}
		if !expand.has("article") && !expand.has("source") {
			return nil
		}
		articles, err := articlesByID(tx, ids(l.Items, func(s *tracker.Sentence) *int64 { return &s.ArticleID }), expand)
		for i := range l.Items {
			article := articles[l.Items[i].ArticleID]
			l.Items[i].Article = &article
		}
		return err
	})
	return l, err
}

// MaxClaims is how many claims of a sentence or an article are put in place at the most; the others are in the list of
// claims.
const MaxClaims = 200

// Get is the sentence with that id, or NotFound.
func (c Sentences) Get(ctx context.Context, id int64, expand Expand) (sentence tracker.Sentence, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		if sentence, err = get[tracker.Sentence](tx, "sentence", id); err != nil {
			return err
		}
		if expand.has("claims") {
			on := tx.Raw("SELECT DISTINCT o.claim_id "+touches(tx)+" AND s.id = ? ORDER BY o.claim_id LIMIT ?",
				sentence.ArticleID, sentence.ArticleVersion, id, MaxClaims+1)
			if sentence.Claims, sentence.MoreClaims, err = claimsOn(tx, on); err != nil {
				return err
			}
			sentence.ClaimIDs = idsOf(sentence.Claims)
		}
		if expand.has("article") || expand.has("source") {
			articles, err := articlesByID(tx, []int64{sentence.ArticleID}, expand)
			if err != nil {
				return err
			}
			article := articles[sentence.ArticleID]
			sentence.Article = &article
		}
		return nil
	})
	return sentence, err
}

// touches are the occurrences in a version of an article, each with the sentences that it touches. The sentences of a version have
// ids in their order, and all that lie between two of them are its own.
func touches(tx *gorm.DB) string {
	return `FROM ` + speechOf(tx).places + ` JOIN sentences s ON s.article_id = o.article_id
		AND s.article_version = o.article_version AND s.id BETWEEN o.first_sentence_id AND o.last_sentence_id
		WHERE a.id = ? AND o.article_version = ?`
}

// claimsOn reads the claims whose ids a query gives, in its order, and tells whether there were more than MaxClaims.
func claimsOn(tx, query *gorm.DB) (claims []tracker.Claim, more bool, err error) {
	var wanted []int64
	if err := query.Scan(&wanted).Error; err != nil {
		return nil, false, err
	}
	if more = len(wanted) > MaxClaims; more {
		wanted = wanted[:MaxClaims]
	}
	found, err := claimsByID(tx, slices.Clone(wanted))
	claims = []tracker.Claim{}
	for _, id := range wanted {
		claims = append(claims, found[id])
	}
	return claims, more, err
}

func idsOf(claims []tracker.Claim) []int64 {
	all := []int64{}
	for _, c := range claims {
		all = append(all, c.ID)
	}
	return all
}

// fillClaimsOfArticle puts in place the claims that stand on the latest version of an article, and beside each of its
// sentences which of them touch it.
func fillClaimsOfArticle(tx *gorm.DB, a *tracker.Article) (err error) {
	on := tx.Raw("SELECT DISTINCT o.claim_id FROM "+speechOf(tx).places+" WHERE a.id = ? AND o.article_version = ? ORDER BY o.claim_id LIMIT ?",
		a.ID, a.Latest.N, MaxClaims+1)
	if a.Claims, a.MoreClaims, err = claimsOn(tx, on); err != nil {
		return err
	}
	var links []struct{ ID, ClaimID int64 }
	if len(a.Claims) > 0 {
		err = tx.Raw("SELECT DISTINCT s.id, o.claim_id "+touches(tx)+" AND o.claim_id IN ? ORDER BY s.id, o.claim_id",
			a.ID, a.Latest.N, idsOf(a.Claims)).Scan(&links).Error
	}
	of := map[int64][]int64{}
	for _, l := range links {
		of[l.ID] = append(of[l.ID], l.ClaimID)
	}
	for i := range a.Latest.Sentences {
		s := &a.Latest.Sentences[i]
		s.ClaimIDs = append([]int64{}, of[s.ID]...)
	}
	return err
}
