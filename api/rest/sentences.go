package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// SentenceList is a page of sentences.
type SentenceList struct {
	Items []tracker.Sentence `json:"items" validate:"required"`
	Paging
} // @name SentenceList

// listSentences lists sentences.
//
//	@Summary	List sentences
//	@Description	Of all versions of articles; article_version says of which one each is. Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	CSV has the columns id, article_id, article_version, ordinal, start, end, text. What is expanded adds article_url, article_title, article_published_at, source_id, source_name.
//	@Tags		sentences
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		article_id	query	[]int	false	"Article in which it stands"	collectionFormat(multi)
//	@Param		source_id	query	[]int	false	"Source of the article in which it stands"	collectionFormat(multi)
//	@Param		language	query	[]string	false	"Language of the article, BCP 47; without q, sentences of a rare one take long to find"	collectionFormat(multi)
//	@Param		q	query	string	false	"Search: words, phrases in quotation marks, beginnings*, one OR another, -without; GET /api/v1/search says more"	maxLength(1000)
//	@Param		highlight	query	bool	false	"Say in matches of each record where q was found"	default(false)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending; relevance, with q, is one page of the best of the newest 1000. created_at is that of the version"	Enums(created_at,-created_at,relevance)	default(-created_at)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(article,source)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,article_id,article_version,ordinal,start,end,text,claim_ids,claims,more_claims,article,matches)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	SentenceList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sentences [get]
func (s *Server) listSentences(c echo.Context) error {
	q := newQuery(c)
	filter := store.SentenceFilter{
		ArticleIDs: q.ids("article_id"),
		SourceIDs:  q.ids("source_id"),
		Languages:  q.words("language", (*tracker.Problems).Language),
		Search:     q.search(),
	}
	expand := q.expand(store.SentenceListExpands)
	page := q.searchedPage(s.store.Sentences.Sorts(), filter.Search)
	form := formOf(c, q, sentences, expand)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Sentence], error) {
		return s.store.Sentences.List(ctx, filter, p, expand)
	})
}

// getSentence reads a sentence.
//
//	@Summary	Read a sentence
//	@Description	expand=claims puts in place the claims that stand on it, wholly or in part; article and source, where it stands.
//	@Tags		sentences
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the sentence"	minimum(1)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(claims,article,source)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,article_id,article_version,ordinal,start,end,text,claim_ids,claims,more_claims,article,matches)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Sentence
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id or a parameter cannot be read"
//	@Failure	404		{object}	Problem	"There is no such sentence"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sentences/{id} [get]
func (s *Server) getSentence(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	expand := q.expand(store.SentenceExpands)
	fields := q.fields(sentences.members)
	if err := q.err(); err != nil {
		return err
	}
	sentence, err := s.store.Sentences.Get(c.Request().Context(), id, expand)
	if err != nil {
		return err
	}
	return respond(c, sentence, fields...)
}
