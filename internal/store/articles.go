package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// Articles are the published pieces, with their versions.
type Articles struct{ s *Store }

// ArticleExpands are the relations that an article can be read with, and ArticleListExpands those of a list of articles.
var (
	ArticleExpands     = Expand{"source", "claims"}
	ArticleListExpands = Expand{"source"}
)

// ArticleFilter narrows a list of articles: within a field any value may match, and each given field must.
type ArticleFilter struct {
	SourceIDs       []int64
	Languages, URLs []string
	SHA256s         []string
	Hosts           []string
	SourceKinds     []tracker.SourceKind
	SourceCountries []string
	ElectionIDs     []int64 // of claims that stand in it
	Archived        *bool   // whether it has an archive's URL
	Published       Between
	Created         Between
	Updated         Between
	Search          Search
}

// unpublished is where an article without a time of publication stands in the order of time: before all others.
var unpublished = tracker.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))

var articleOrders = recordOrders(orders[tracker.Article]{
	"created_at":   inOrderOfIDs[tracker.Article](),
	"published_at": {expression: publishedAt, number: func(r *tracker.Article) int64 { return int64(published(r.ArticleInput)) }},
})

// Sorts are the ways in which List sorts.
func (Articles) Sorts() []string { return articleOrders.names() }

// Get is the article with that id and the whole of its latest version, or NotFound.
func (c Articles) Get(ctx context.Context, id int64, expand Expand) (article tracker.Article, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		if article, err = articleHead(tx, id, expand); err != nil {
			return err
		}
		if article.Latest, err = wholeVersion(tx, id, article.Latest.N); err != nil {
			return err
		}
		if expand.has("claims") {
			return fillClaimsOfArticle(tx, &article)
		}
		return nil
	})
	return article, err
}

// Head is the article with that id without its text, or NotFound.
func (c Articles) Head(ctx context.Context, id int64) (article tracker.Article, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		article, err = articleHead(tx, id, nil)
		return err
	})
	return article, err
}

// articleHead reads an article without its text, and which others have the same.
func articleHead(tx *gorm.DB, id int64, expand Expand) (tracker.Article, error) {
	article, err := get[tracker.Article](tx, "article", id)
	if err != nil {
		return article, err
	}
	one := []tracker.Article{article}
	if err := fillArticles(tx, one, expand); err != nil {
		return article, err
	}
	return one[0], sameText(tx, &one[0])
}

// sameText puts in place the first articles of which a version has the text that an article has now.
func sameText(tx *gorm.DB, a *tracker.Article) error {
	a.SameTextAs = []int64{}
	return tx.Raw("SELECT DISTINCT article_id FROM article_versions WHERE sha256 = ? AND article_id <> ? ORDER BY article_id LIMIT 100",
		a.Latest.SHA256, a.ID).Scan(&a.SameTextAs).Error
}

// publishedAt is where an article stands in the order of time, as it is indexed.
const publishedAt = "COALESCE(published_at, -62135596800000000)"

func (f ArticleFilter) conditions(e engine, sql *speech) (all conditions) {
	in(&all, "source_id", f.SourceIDs, "created_at", "published_at")
	in(&all, "language", f.Languages, "created_at")
	in(&all, "url", f.URLs)
	in(&all, "host", f.Hosts, "created_at")
	among(&all, "id IN (SELECT article_id FROM article_versions WHERE sha256 IN ?)", f.SHA256s)
	ofSources(&all, e, "kind", f.SourceKinds)
	ofSources(&all, e, "country", f.SourceCountries)
	if len(f.ElectionIDs) > 0 {
		all = append(all, condition{values: []any{f.ElectionIDs},
			sql:     "id IN (SELECT o.article_id FROM occurrences o WHERE o.election_id IN ?)",
			test:    "EXISTS (SELECT 1 FROM " + sql.places + " WHERE a.id = articles.id AND o.election_id IN ?)",
			matches: "SELECT 1 FROM occurrences WHERE election_id IN ?"})
	}
	if f.Archived != nil {
		all = append(all, condition{sql: "(archive_url <> '') = ?", values: []any{*f.Archived}, sorts: []string{"created_at"}})
	}
	if f.Published.From != nil || f.Published.To != nil {
		all.within("articles", publishedAt, f.Published, "published_at")
		all[len(all)-1].sql += " AND published_at IS NOT NULL"
	}
	all.created("articles", f.Created)
	all.within("articles", "updated_at", f.Updated, "updated_at")
	return all
}

// ofSources adds that the source has one of the values in a column, if there are any.
func ofSources[T cmp.Ordered](all *conditions, e engine, column string, values []T) {
	if len(values) > 0 {
		*all = append(*all, condition{values: []any{values}, sql: "source_id " + e.anyOf("SELECT s.id FROM sources s WHERE s."+column+" IN ?"),
			matches: "SELECT 1 FROM sources s JOIN articles a ON a.source_id = s.id WHERE s." + column + " IN ?"})
	}
}

// List is a page of the articles that the filter leaves, without their texts.
func (c Articles) List(ctx context.Context, f ArticleFilter, p Page, expand Expand) (l List[tracker.Article], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		if l, err = listNarrowed(c.s, tx, "articles", f.conditions(c.s.engine, speechOf(tx)), p, articleOrders, articleIndex, f.Search); err != nil {
			return err
		}
		if err := mark(tx, articleIndex, f.Search, l.Items, func(a *tracker.Article) (int64, *[]tracker.Match) { return a.ID, &a.Matches }); err != nil {
			return err
		}
		return fillArticles(tx, l.Items, expand)
	})
	return l, err
}

// fillArticles puts in place what every article is read with, and the source if it is to be expanded.
func fillArticles(tx *gorm.DB, articles []tracker.Article, expand Expand) error {
	all := ids(articles, func(a *tracker.Article) *int64 { return &a.ID })
	if len(all) == 0 {
		return nil
	}
	var versions []tracker.ArticleVersion
	err := tx.Omit("text").Where("article_id IN ? AND n = (SELECT max(n) FROM article_versions v WHERE v.article_id = article_versions.article_id)", all).
		Find(&versions).Error
	if err != nil {
		return err
	}
	latest := map[int64]tracker.ArticleVersion{}
	for _, v := range versions {
		latest[v.ArticleID] = v
	}
	sources := map[int64]tracker.Source{}
	if expand.has("source") {
		sources, err = byID[tracker.Source](tx, ids(articles, func(a *tracker.Article) *int64 { return &a.SourceID }))
		if err != nil {
			return err
		}
	}
	for i := range articles {
		a := &articles[i]
		a.Latest = latest[a.ID]
		if s, ok := sources[a.SourceID]; ok {
			a.Source = &s
		}
	}
	return nil
}

// articlesByID reads the articles with these ids as lists show them.
func articlesByID(tx *gorm.DB, wanted []int64, expand Expand) (map[int64]tracker.Article, error) {
	return filledByID(tx, wanted, func(articles []tracker.Article) error { return fillArticles(tx, articles, expand) })
}

// Create keeps a new article with its first version, which must be read already: its text normalised, hashed and split.
func (c Articles) Create(ctx context.Context, in tracker.ArticleInput, first tracker.ArticleVersion) (article tracker.Article, err error) {
	article.ArticleInput = in
	terms := termsOf(first)
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if err := checkArticle(tx, 0, &article.ArticleInput); err != nil {
			return err
		}
		row := articleRow{article, tracker.HostOf(article.URL)}
		if err := c.s.create(tx, &row, &row.Record); err != nil {
			return err
		}
		article = row.Article
		if article.Latest, err = c.s.addVersion(tx, &article, 1, first, terms); err != nil {
			return err
		}
		if err := keepArticleDocument(tx, article); err != nil {
			return err
		}
		return sameText(tx, &article)
	})
	return article, err
}

// Update changes an article that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Articles) Update(ctx context.Context, id int64, g Guard, change func(*tracker.ArticleInput) error) (article tracker.Article, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if article, err = get[tracker.Article](tx, "article", id); err != nil {
			return err
		}
		was := article.ArticleInput
		differs, err := update(c.s, tx, g, &article, &article.Record, &article.ArticleInput, change, func() error {
			if err := checkArticle(tx, id, &article.ArticleInput); err != nil || was.SourceID == article.SourceID && was.URL == article.URL {
				return err
			}
			var claims []int64
			if err := tx.Raw("SELECT DISTINCT o.claim_id "+placesInArticle(tx), id).Scan(&claims).Error; err != nil {
				return err
			}
			return changing(tx, claims...)
		})
		if err != nil {
			return err
		}
		if was.Title != article.Title || !slices.Equal(was.Authors, article.Authors) {
			if err := articleIndex.renew(tx, id); err != nil {
				return err
			}
		}
		if err := articleMoved(tx, id, was, article.ArticleInput); err != nil {
			return err
		}
		if article, err = articleHead(tx, id, nil); err != nil || !differs {
			return err
		}
		return keepArticleDocument(tx, article)
	})
	if err != nil {
		return article, err
	}
	// The text has not changed, and may be long: nobody has to wait with a write until it is read.
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		article.Latest, err = wholeVersion(tx, id, article.Latest.N)
		return err
	})
	return article, err
}

// placesInArticle are the occurrences in the article with an id.
func placesInArticle(tx *gorm.DB) string {
	return "FROM " + speechOf(tx).places + " WHERE a.id = ?"
}

// checkArticle checks the input of the article with that id; 0 for a new one.
func checkArticle(tx *gorm.DB, id int64, in *tracker.ArticleInput) error {
	var p tracker.Problems
	in.Check(&p)
	if err := pointsAt[tracker.Source](tx, &p, "/source_id", "source", &in.SourceID); err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	return unique[tracker.Article](tx.Where("url = ? AND id <> ?", in.URL, id), "articles", "There is an article with this URL already")
}

// Delete removes an article with all its versions, unless a claim stands in one of them.
func (c Articles) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		article, err := get[tracker.Article](tx, "article", id)
		if err != nil {
			return err
		}
		if err := g.check(article.Record); err != nil {
			return err
		}
		if err := unreferenced(tx, "article", id,
			reference{"claims", counted("SELECT count(DISTINCT o.claim_id) " + placesInArticle(tx))},
			reference{"occurrences", counted("SELECT count(*) " + placesInArticle(tx))}); err != nil {
			return err
		}
		if err := articleIndex.remove(tx, id); err != nil {
			return err
		}
		if err := sentenceIndex.remove(tx, tx.Raw("SELECT id FROM sentences WHERE article_id = ?", id)); err != nil {
			return err
		}
		if err := tx.Delete(&tracker.Sentence{}, "article_id = ?", id).Error; err != nil {
			return err
		}
		if err := tx.Delete(&tracker.ArticleVersion{}, "article_id = ?", id).Error; err != nil {
			return err
		}
		return remove[tracker.Article](tx, id)
	})
}

// Versions are all versions of an article from the first, without their texts.
func (c Articles) Versions(ctx context.Context, id int64) (versions []tracker.ArticleVersion, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		if _, err := get[tracker.Article](tx, "article", id); err != nil {
			return err
		}
		return tx.Omit("text").Order("n").Find(&versions, "article_id = ?", id).Error
	})
	return versions, err
}

// Version is one version of an article with its text and sentences, or NotFound.
func (c Articles) Version(ctx context.Context, id, n int64) (version tracker.ArticleVersion, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		version, err = wholeVersion(tx, id, n)
		return err
	})
	return version, err
}

// AddVersion keeps the text that an article has now. The text of the latest version again is a Conflict.
func (c Articles) AddVersion(ctx context.Context, id int64, next tracker.ArticleVersion) (version tracker.ArticleVersion, err error) {
	terms := termsOf(next)
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		article, err := get[tracker.Article](tx, "article", id)
		if err != nil {
			return err
		}
		var latest tracker.ArticleVersion
		if err := tx.Omit("text").Order("n DESC").Take(&latest, "article_id = ?", id).Error; err != nil {
			return err
		}
		if latest.SHA256 == next.SHA256 {
			return tracker.Errorf(tracker.Conflict, "Version %d of the article has this text already", latest.N)
		}
		if version, err = c.s.addVersion(tx, &article, latest.N+1, next, terms); err != nil {
			return err
		}
		if err := c.s.save(tx, &article, &article.Record); err != nil {
			return err
		}
		article.Latest = version
		return keepArticleDocument(tx, article)
	})
	return version, err
}

// versionTerms are what a version is searched by: the whole text, and each sentence.
type versionTerms struct {
	text      string
	sentences []string
}

// termsOf reads a text for the search before its turn to be written comes: of a long one that takes a while.
func termsOf(v tracker.ArticleVersion) versionTerms {
	terms := versionTerms{text: search.Column(v.Text)}
	for _, s := range v.Sentences {
		terms.sentences = append(terms.sentences, search.Column(s.Text))
	}
	return terms
}

// addVersion inserts a version and its sentences, and returns them as they are kept.
func (s *Store) addVersion(tx *gorm.DB, a *tracker.Article, n int64, v tracker.ArticleVersion, terms versionTerms) (tracker.ArticleVersion, error) {
	article := a.ID
	v.ArticleID, v.N, v.CapturedAt = article, n, s.moment(tx)
	if err := tx.Create(&v).Error; err != nil {
		return v, fmt.Errorf("keeping version %d of article %d: %w", n, article, err)
	}
	// The ids are this text's: the caller's sentences stay without.
	v.Sentences = slices.Clone(v.Sentences)
	for i := range v.Sentences {
		v.Sentences[i].ArticleID, v.Sentences[i].ArticleVersion = article, n
	}
	// A thousand sentences a statement stay well below both engines' limit of bound values.
	if err := tx.CreateInBatches(&v.Sentences, 1000).Error; err != nil {
		return v, err
	}
	entries := make([]indexed, len(v.Sentences))
	for i := range entries {
		entries[i] = indexed{id: v.Sentences[i].ID, columns: []string{terms.sentences[i]}}
	}
	if err := indexerOf(tx).put(tx, sentenceIndex, entries); err != nil {
		return v, err
	}
	all := []string{search.Column(a.Title), search.Column(a.Authors...), terms.text}
	return v, indexerOf(tx).put(tx, articleIndex, []indexed{{id: article, columns: all}})
}

// wholeVersion reads a version with its text and sentences.
func wholeVersion(tx *gorm.DB, article, n int64) (v tracker.ArticleVersion, err error) {
	var found []tracker.ArticleVersion
	if err := tx.Find(&found, "article_id = ? AND n = ?", article, n).Error; err != nil {
		return v, err
	}
	if len(found) == 0 {
		return v, tracker.Errorf(tracker.NotFound, "There is no version %d of an article %d", n, article)
	}
	v = found[0]
	err = tx.Order("ordinal").Find(&v.Sentences, "article_id = ? AND article_version = ?", article, n).Error
	return v, err
}
