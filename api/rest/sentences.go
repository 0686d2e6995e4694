package rest

import (
	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

var sentenceMembers = membersOf[tracker.Sentence]()

// getSentence reads a sentence.
//
//	@Summary	Read a sentence
//	@Description	expand=claims puts in place the claims that stand on it, wholly or in part; article and source, where it stands.
//	@Tags		sentences
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the sentence"	minimum(1)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(claims,article,source)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,article_id,article_version,ordinal,start,end,text,claim_ids,claims,more_claims,article)
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
	fields := q.fields(sentenceMembers)
	if err := q.err(); err != nil {
		return err
	}
	sentence, err := s.store.Sentences.Get(c.Request().Context(), id, expand)
	if err != nil {
		return err
	}
	return respond(c, sentence, fields...)
}
