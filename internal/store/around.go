package store

import (
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// lookAround makes claims ready as far as the records around them say what they are: the article that each stands in, its source,
// and the actors. That changes, unlike what they are made of themselves: it holds for a transaction that sees the same records, or
// for as long as none of these was changed.
func lookAround(tx *gorm.DB, claims []*tracker.Claim, ready []*readyClaim) error {
	if len(claims) == 0 {
		return nil
	}
	var articles, actors []int64
	for _, c := range claims {
		articles = append(articles, c.Origin.ArticleID)
		actors = append(actors, ids(c.Actors, func(a *tracker.ClaimActor) *int64 { return &a.ActorID })...)
	}
	article, err := articlesOf(tx, articles)
	if err != nil {
		return err
	}
	actor, err := actorsOf(tx, actors)
	if err != nil {
		return err
	}
	for i, c := range claims {
		ready[i].article = article[c.Origin.ArticleID]
		ready[i].facets = newFacetsOf(c, ready[i].article, actor)
	}
	return nil
}

// actorOf is what an actor says of the claims that it acts in.
type actorOf struct{ kind, country string }

// actorsOf reads what actors say of their claims.
func actorsOf(tx *gorm.DB, actors []int64) (map[int64]actorOf, error) {
	of := map[int64]actorOf{}
	query := "SELECT id, kind, country FROM actors WHERE id " + speechOf(tx).among
	return of, readRows(tx, query, []any{listOf(distinct(actors))}, func(scan scanFunc) error {
		var id int64
		var a actorOf
		err := scan(&id, &a.kind, &a.country)
		of[id] = a
		return err
	})
}

// newFacetsOf are the facets of a new claim that stands in an article, some of them more than once, save for when it is created,
// which is not known before it is written. There is room for that behind them.
func newFacetsOf(c *tracker.Claim, article articleOf, actors map[int64]actorOf) []facet {
	const claim = 0 // it has no id yet
	f := facts{of: map[int64][]facet{}, sources: map[int64][]int64{}}
	election := int64(0)
	if c.ElectionID != nil {
		election = *c.ElectionID
	}
	f.row(claim, string(c.Kind), string(c.Status), election, string(c.ClaimedOn), c.Language)
	for _, tag := range c.Tags {
		f.add(claim, fieldTag, tag)
	}
	for _, code := range c.Techniques {
		f.add(claim, fieldTechnique, code)
	}
	for _, a := range c.Actors {
		f.act(claim, string(a.Role), a.ActorID, actors[a.ActorID].kind, actors[a.ActorID].country)
	}
	f.stand(claim, string(c.Origin.Stance), article.source, article.kind, article.country, article.url)
	return slices.Grow(f.whole()[claim], 2)
}
