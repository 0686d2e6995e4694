package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// OccurrenceList is a page of occurrences.
type OccurrenceList struct {
	Items []tracker.Occurrence `json:"items" validate:"required"`
	Paging
} // @name OccurrenceList

// listOccurrences lists occurrences.
//
//	@Summary	List occurrences
//	@Description	Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	By published_at they come in the order in which their articles were published, one article after another; of those that nobody knows the time of first.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, claim_id, article_id, article_version, start, end, exact, prefix, suffix, first_sentence_id, last_sentence_id, stance, is_origin. What is expanded adds sentences, article_url, article_title, article_published_at, source_id, source_name, claim_kind, claim_status, claim_text.
//	@Tags		occurrences
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		claim_id	query	[]int	false	"Claim that stands there"	collectionFormat(multi)
//	@Param		article_id	query	[]int	false	"Article in which it stands"	collectionFormat(multi)
//	@Param		source_id	query	[]int	false	"Source of that article"	collectionFormat(multi)
//	@Param		sentence_id	query	[]int	false	"Sentence that its words touch"	collectionFormat(multi)
//	@Param		stance	query	[]string	false	"What the article does with the claim there"	collectionFormat(multi)	Enums(asserts,reports,denies,questions,rebuts)
//	@Param		election_id	query	[]int	false	"Election that the claim is about"	collectionFormat(multi)
//	@Param		exact	query	[]string	false	"Words that it quotes: the same letters and digits, whatever their case, punctuation and line ends"	collectionFormat(multi)
//	@Param		is_origin	query	bool	false	"Whether the claim was logged from there"
//	@Param		created_from	query	string	false	"Logged here at this time or later, RFC 3339"	Format(date-time)
//	@Param		created_to	query	string	false	"Logged here before this time, RFC 3339"	Format(date-time)
//	@Param		updated_from	query	string	false	"Last changed at this time or later, RFC 3339"	Format(date-time)
//	@Param		updated_to	query	string	false	"Last changed before this time, RFC 3339"	Format(date-time)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending"	Enums(created_at,-created_at,published_at,-published_at,updated_at,-updated_at)	default(-created_at)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(sentences,article,source,claim)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,claim_id,article_id,article_version,start,end,exact,prefix,suffix,first_sentence_id,last_sentence_id,stance,is_origin,sentences,article,claim)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	OccurrenceList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/occurrences [get]
func (s *Server) listOccurrences(c echo.Context) error {
	q := newQuery(c)
	filter := store.OccurrenceFilter{
		ClaimIDs:    q.ids("claim_id"),
		ArticleIDs:  q.ids("article_id"),
		SourceIDs:   q.ids("source_id"),
		SentenceIDs: q.ids("sentence_id"),
		Stances:     vocabulary(q, "stance", tracker.Stances),
		ElectionIDs: q.ids("election_id"),
		Quotes:      q.words("exact", (*tracker.Problems).Quote),
		IsOrigin:    q.truth("is_origin"),
		Created:     q.period("created"),
		Updated:     q.period("updated"),
	}
	expand := q.expand(store.OccurrenceExpands)
	page := q.page(s.store.Occurrences.Sorts())
	form := formOf(c, q, occurrences, expand)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Occurrence], error) {
		return s.store.Occurrences.List(ctx, filter, p, expand)
	})
}

// createOccurrence keeps a new occurrence.
//
//	@Summary	Log one more place where a claim stands
//	@Description	In the same article or in another one, by sentence, by a run of sentences or by quote. With is_origin it takes the place of the origin.
//	@Tags		occurrences
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the claim"	minimum(1)
//	@Param		body	body		tracker.NewOccurrence	true	"Where it stands"
//	@Success	201		{object}	tracker.Occurrence
//	@Header		201		{string}	Location	"Where the occurrence is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	409		{object}	Problem	"The claim stands on these words already, or would lose its origin"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The occurrence is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Failure	404		{object}	Problem	"There is no such claim"
//	@Router		/api/v1/claims/{id}/occurrences [post]
func (s *Server) createOccurrence(c echo.Context) error {
	claim, err := pathID(c, "id")
	if err != nil {
		return err
	}
	in, err := input[tracker.NewOccurrence](c, s.options.MaxBody)
	if err != nil {
		return err
	}
	occurrence, err := s.store.Occurrences.Create(c.Request().Context(), claim, in)
	if err != nil {
		return err
	}
	return respondCreated(c, "occurrences", occurrence)
}

// getOccurrence reads an occurrence.
//
//	@Summary	Read an occurrence
//	@Description	With the words, what stands around them, and the span in Unicode code points. Its ETag is what a change of it sends back as If-Match.
//	@Tags		occurrences
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the occurrence"	minimum(1)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(sentences,article,source,claim)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,claim_id,article_id,article_version,start,end,exact,prefix,suffix,first_sentence_id,last_sentence_id,stance,is_origin,sentences,article,claim)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Occurrence
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such occurrence"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/occurrences/{id} [get]
func (s *Server) getOccurrence(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	expand := q.expand(store.OccurrenceExpands)
	fields := q.fields(occurrences.members)
	if err := q.err(); err != nil {
		return err
	}
	occurrence, err := s.store.Occurrences.Get(c.Request().Context(), id, expand)
	if err != nil {
		return err
	}
	return respondRecord(c, occurrence, fields...)
}

// putOccurrence replaces what can be written of an occurrence.
//
//	@Summary	Replace an occurrence
//	@Description	Its stance, and whether it is the origin. The words that it points at never change: delete it and log another instead.
//	@Tags		occurrences
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the occurrence"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.OccurrenceInput	true	"The occurrence; what is left out is emptied"
//	@Success	200		{object}	tracker.Occurrence
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such occurrence"
//	@Failure	409		{object}	Problem	"The claim stands on these words already, or would lose its origin"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The occurrence is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/occurrences/{id} [put]
func (s *Server) putOccurrence(c echo.Context) error { return s.changeOccurrence(c) }

// patchOccurrence merges into what can be written of an occurrence.
//
//	@Summary	Change an occurrence
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		occurrences
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the occurrence"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.OccurrenceInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Occurrence
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such occurrence"
//	@Failure	409		{object}	Problem	"The claim stands on these words already, or would lose its origin"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The occurrence is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/occurrences/{id} [patch]
func (s *Server) patchOccurrence(c echo.Context) error { return s.changeOccurrence(c) }

func (s *Server) changeOccurrence(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Occurrences.Update)
}

// deleteOccurrence removes an occurrence.
//
//	@Summary	Delete an occurrence
//	@Description	Refused for the origin of a claim: a claim never stands without the words it came from.
//	@Tags		occurrences
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the occurrence"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such occurrence"
//	@Failure	409		{object}	Problem	"It is the origin of its claim"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/occurrences/{id} [delete]
func (s *Server) deleteOccurrence(c echo.Context) error {
	return deleted(c, s.store.Occurrences.Delete)
}
