package store

import (
	"context"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Occurrences are the places where claims stand in articles.
type Occurrences struct{ s *Store }

// OccurrenceExpands are the relations that an occurrence can be read with.
var OccurrenceExpands = Expand{"sentences", "article", "source", "claim"}

// OccurrenceFilter narrows a list of occurrences: within a field any value may match, and each given field must.
type OccurrenceFilter struct {
	ClaimIDs, ArticleIDs, SentenceIDs, SourceIDs []int64
	Stances                                      []tracker.Stance
	ElectionIDs                                  []int64  // of the claim
	Quotes                                       []string // the words, however they are punctuated and written
	IsOrigin                                     *bool
	Created, Updated                             Between
}

var occurrenceOrders = recordOrders(orders[occurrenceRow]{
	"created_at": inOrderOfIDs[occurrenceRow](),
	"published_at": {expression: "published_at", number: func(o *occurrenceRow) int64 { return int64(o.PublishedAt) },
		then: &order[occurrenceRow]{expression: "article_id", number: func(o *occurrenceRow) int64 { return o.ArticleID }}},
})

// Sorts are the ways in which List sorts.
func (Occurrences) Sorts() []string { return occurrenceOrders.names() }

// Get is the occurrence with that id, or NotFound.
func (c Occurrences) Get(ctx context.Context, id int64, expand Expand) (occurrence tracker.Occurrence, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		occurrence, err = wholeOccurrence(tx, id, expand)
		return err
	})
	return occurrence, err
}

func wholeOccurrence(tx *gorm.DB, id int64, expand Expand) (tracker.Occurrence, error) {
	occurrence, err := get[tracker.Occurrence](tx, "occurrence", id)
	if err != nil {
		return occurrence, err
	}
	one := []*tracker.Occurrence{&occurrence}
	return occurrence, fillOccurrences(tx, one, expand)
}

// List is a page of the occurrences that the filter leaves.
func (c Occurrences) List(ctx context.Context, f OccurrenceFilter, p Page, expand Expand) (l List[tracker.Occurrence], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		rows, err := listNarrowed(c.s, tx, "occurrences", f.conditions(speechOf(tx)), p, occurrenceOrders, nil, Search{})
		if err != nil {
			return err
		}
		l = List[tracker.Occurrence]{Items: []tracker.Occurrence{}, Next: rows.Next, Total: rows.Total}
		for _, row := range rows.Items {
			l.Items = append(l.Items, row.Occurrence)
		}
		return fillOccurrences(tx, pointers(l.Items), expand)
	})
	return l, err
}

func (f OccurrenceFilter) conditions(sql *speech) (all conditions) {
	in(&all, "claim_id", f.ClaimIDs)
	if len(f.ArticleIDs) > 0 {
		all = append(all, condition{values: []any{f.ArticleIDs}, test: "article_id IN ?",
			sql: "(published_at, article_id) IN (SELECT " + publishedAt + ", id FROM articles WHERE id IN ?)"})
	}
	in(&all, "source_id", f.SourceIDs, "created_at")
	in(&all, "election_id", f.ElectionIDs, "created_at")
	among(&all, "occurrences.id IN "+onSentences(sql), f.SentenceIDs)
	in(&all, "stance", f.Stances, "created_at")
	if len(f.Quotes) > 0 {
		var quotes []int64
		for _, quote := range f.Quotes {
			quotes = append(quotes, wordsOf(quote))
		}
		if sql.quotes != "" {
			all = append(all, condition{values: []any{listOf(distinct(quotes))}, sql: sql.quotes, test: "words " + sql.among, matches: sql.quoting, gathers: true})
		} else {
			in(&all, "words", quotes, "created_at")
		}
	}
	if f.IsOrigin != nil && *f.IsOrigin {
		// Of a claim's places, one is: there is always one near.
		all = append(all, condition{sql: "is_origin = TRUE", matches: "SELECT 1 FROM claims"})
	} else if f.IsOrigin != nil {
		all = append(all, condition{sql: "is_origin = FALSE", sorts: []string{"created_at"}})
	}
	all.created("occurrences", f.Created)
	all.within("occurrences", "updated_at", f.Updated, "updated_at")
	return all
}

// onSentences are the occurrences whose words touch one of the sentences.
func onSentences(sql *speech) string {
	return `(SELECT o.id FROM ` + sql.places + ` JOIN sentences s ON s.article_id = o.article_id
		AND o.article_version = s.article_version AND s.id BETWEEN o.first_sentence_id AND o.last_sentence_id WHERE s.id IN ?)`
}

func pointers[T any](items []T) []*T {
	all := make([]*T, len(items))
	for i := range items {
		all[i] = &items[i]
	}
	return all
}

// fillOccurrences puts in place what is to be expanded.
func fillOccurrences(tx *gorm.DB, occurrences []*tracker.Occurrence, expand Expand) error {
	if len(occurrences) == 0 {
		return nil
	}
	if expand.has("sentences") {
		all := ids(occurrences, func(o **tracker.Occurrence) *int64 { return &(*o).ID })
		var touched []struct {
			OccurrenceID int64
			tracker.Sentence
		}
		err := tx.Raw(`SELECT o.id AS occurrence_id, s.*
			FROM occurrences o JOIN sentences s ON s.article_id = o.article_id AND s.article_version = o.article_version
				AND s.id BETWEEN o.first_sentence_id AND o.last_sentence_id
			WHERE o.id IN ? ORDER BY s.id`, all).Scan(&touched).Error
		if err != nil {
			return err
		}
		of := map[int64][]tracker.Sentence{}
		for _, t := range touched {
			of[t.OccurrenceID] = append(of[t.OccurrenceID], t.Sentence)
		}
		for _, o := range occurrences {
			o.Sentences = of[o.ID]
		}
	}
	if expand.has("article") || expand.has("source") {
		articles, err := articlesByID(tx, ids(occurrences, func(o **tracker.Occurrence) *int64 { return &(*o).ArticleID }), expand)
		if err != nil {
			return err
		}
		for _, o := range occurrences {
			a := articles[o.ArticleID]
			o.Article = &a
		}
	}
	if expand.has("claim") {
		claims, err := claimsByID(tx, ids(occurrences, func(o **tracker.Occurrence) *int64 { return &(*o).ClaimID }))
		if err != nil {
			return err
		}
		for _, o := range occurrences {
			claim := claims[o.ClaimID]
			o.Claim = &claim
		}
	}
	return nil
}

// Create keeps one more place where a claim stands.
func (c Occurrences) Create(ctx context.Context, claimID int64, in tracker.NewOccurrence) (occurrence tracker.Occurrence, err error) {
	var p tracker.Problems
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		words, err := c.s.locator(tx, in.Anchor)
		if err != nil {
			return err
		}
		p = tracker.Problems{}
		occurrence, err = words.locate(&p, "", &in)
		return err
	})
	if err != nil {
		return occurrence, err
	}
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		claim, err := get[tracker.Claim](tx, "claim", claimID)
		if err != nil {
			return err
		}
		if err := p.Err(); err != nil {
			return err
		}
		if err := changing(tx, claimID); err != nil {
			return err
		}
		occurrence.ClaimID, occurrence.OccurrenceInput = claimID, in.OccurrenceInput
		if err := c.s.addOccurrence(tx, &occurrence, claim.ClaimInput); err != nil {
			return err
		}
		return c.s.save(tx, &claim, &claim.Record)
	})
	return occurrence, err
}

// addOccurrence inserts an occurrence of a claim that has its place. Marked as the origin, it takes that from the one that was.
func (s *Store) addOccurrence(tx *gorm.DB, o *tracker.Occurrence, claim tracker.ClaimInput) error {
	there := tx.Where("claim_id = ? AND article_id = ? AND article_version = ? AND span_start = ? AND span_end = ?",
		o.ClaimID, o.ArticleID, o.ArticleVersion, o.Start, o.End)
	if err := unique[tracker.Occurrence](there, "occurrences", "The claim stands on these words already"); err != nil {
		return err
	}
	if o.IsOrigin {
		if err := s.unmarkOrigin(tx, o.ClaimID); err != nil {
			return err
		}
	}
	of, err := articlesOf(tx, []int64{o.ArticleID})
	if err != nil {
		return err
	}
	row := of[o.ArticleID].row(*o, claim.ElectionID, wordsOf(o.Exact))
	err = s.create(tx, &row, &row.Record)
	*o = row.Occurrence
	return err
}

// unmarkOrigin makes the origin of a claim, if it has one, an occurrence like any other.
func (s *Store) unmarkOrigin(tx *gorm.DB, claimID int64) error {
	return tx.Exec("UPDATE occurrences SET is_origin = ?, version = version + 1, updated_at = ? WHERE claim_id = ? AND is_origin = ?",
		false, s.moment(tx), claimID, true).Error
}

// Update changes an occurrence that is at a version the guard allows. What changes nothing leaves the version as it is.
func (c Occurrences) Update(ctx context.Context, id int64, g Guard, change func(*tracker.OccurrenceInput) error) (occurrence tracker.Occurrence, err error) {
	err = c.s.Write(ctx, func(tx *gorm.DB) error {
		if occurrence, err = get[tracker.Occurrence](tx, "occurrence", id); err != nil {
			return err
		}
		claim, err := get[tracker.Claim](tx, "claim", occurrence.ClaimID)
		if err != nil {
			return err
		}
		if err := changing(tx, claim.ID); err != nil {
			return err
		}
		was := occurrence.OccurrenceInput
		differs, err := update(c.s, tx, g, &occurrence, &occurrence.Record, &occurrence.OccurrenceInput, change, func() error {
			var p tracker.Problems
			occurrence.OccurrenceInput.Check(&p)
			if err := p.Err(); err != nil {
				return err
			}
			if err := occurrence.Follow(was); err != nil {
				return err
			}
			if occurrence.IsOrigin && !was.IsOrigin {
				return c.s.unmarkOrigin(tx, occurrence.ClaimID)
			}
			return nil
		})
		if err != nil || !differs {
			return err
		}
		return c.s.save(tx, &claim, &claim.Record)
	})
	return occurrence, err
}

// Delete removes an occurrence, unless it is its claim's origin.
func (c Occurrences) Delete(ctx context.Context, id int64, g Guard) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		occurrence, err := get[tracker.Occurrence](tx, "occurrence", id)
		if err != nil {
			return err
		}
		if err := g.check(occurrence.Record); err != nil {
			return err
		}
		if occurrence.IsOrigin {
			return tracker.Errorf(tracker.Conflict, "The claim %d never stands without the words it came from: "+
				"mark another occurrence as its origin first, or delete the claim", occurrence.ClaimID)
		}
		claim, err := get[tracker.Claim](tx, "claim", occurrence.ClaimID)
		if err != nil {
			return err
		}
		if err := changing(tx, claim.ID); err != nil {
			return err
		}
		if err := remove[tracker.Occurrence](tx, id); err != nil {
			return err
		}
		return c.s.save(tx, &claim, &claim.Record)
	})
}
