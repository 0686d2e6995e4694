package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/intake"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// ArticleList is a page of articles.
type ArticleList struct {
	Items []tracker.Article `json:"items" validate:"required"`
	Paging
} // @name ArticleList

// listArticles lists articles.
//
//	@Summary	List articles
//	@Description	Without texts and sentences. Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, source_id, url, title, authors, published_at, published_text, language, archive_url, latest_n, latest_sha256, latest_length, latest_captured_at. What is expanded adds source_name, source_kind, source_country.
//	@Tags		articles
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		source_id	query	[]int	false	"Source that published it"	collectionFormat(multi)
//	@Param		language	query	[]string	false	"Language, BCP 47"	collectionFormat(multi)
//	@Param		url	query	[]string	false	"URL; put into canonical form first"	collectionFormat(multi)
//	@Param		sha256	query	[]string	false	"Digest of the text of a version"	collectionFormat(multi)
//	@Param		host	query	[]string	false	"Host of its URL, without port"	collectionFormat(multi)
//	@Param		source_kind	query	[]string	false	"Kind of source that published it"	collectionFormat(multi)	Enums(news_outlet,wire_agency,broadcaster,government_body,intelligence_agency,law_enforcement,think_tank,academic,civil_society,technology_company,private_consultancy,individual,social_account,anonymous,other)
//	@Param		source_country	query	[]string	false	"Country of the source that published it, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		election_id	query	[]int	false	"Election that a claim is about which stands in it"	collectionFormat(multi)
//	@Param		archived	query	bool	false	"Whether it has the URL of a lasting copy"
//	@Param		published_from	query	string	false	"Published at this time or later, RFC 3339"	Format(date-time)
//	@Param		published_to	query	string	false	"Published before this time, RFC 3339"	Format(date-time)
//	@Param		created_from	query	string	false	"Logged here at this time or later, RFC 3339"	Format(date-time)
//	@Param		created_to	query	string	false	"Logged here before this time, RFC 3339"	Format(date-time)
//	@Param		updated_from	query	string	false	"Last changed at this time or later, RFC 3339"	Format(date-time)
//	@Param		updated_to	query	string	false	"Last changed before this time, RFC 3339"	Format(date-time)
//	@Param		q	query	string	false	"Search: words, phrases in quotation marks, beginnings*, one OR another, -without; GET /api/v1/search says more"	maxLength(1000)
//	@Param		highlight	query	bool	false	"Say in matches of each record where q was found"	default(false)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending; relevance, with q, is one page of the best of the newest 1000"	Enums(created_at,-created_at,published_at,-published_at,updated_at,-updated_at,relevance)	default(-created_at)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(source)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,source_id,url,title,authors,published_at,published_text,language,archive_url,latest,same_text_as,source,claims,more_claims,matches)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ArticleList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles [get]
func (s *Server) listArticles(c echo.Context) error {
	q := newQuery(c)
	filter := store.ArticleFilter{
		SourceIDs:       q.ids("source_id"),
		Languages:       q.words("language", (*tracker.Problems).Language),
		URLs:            q.words("url", (*tracker.Problems).Link),
		SHA256s:         q.words("sha256", (*tracker.Problems).Digest),
		Hosts:           q.words("host", (*tracker.Problems).Host),
		SourceKinds:     vocabulary(q, "source_kind", tracker.SourceKinds),
		SourceCountries: q.words("source_country", (*tracker.Problems).Country),
		ElectionIDs:     q.ids("election_id"),
		Archived:        q.truth("archived"),
		Published:       q.period("published"),
		Created:         q.period("created"),
		Updated:         q.period("updated"),
		Search:          q.search(),
	}
	expand := q.expand(store.ArticleListExpands)
	page := q.searchedPage(s.store.Articles.Sorts(), filter.Search)
	form := formOf(c, q, articles, expand)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Article], error) {
		return s.store.Articles.List(ctx, filter, p, expand)
	})
}

// createArticle keeps a new article.
//
//	@Summary	Paste an article
//	@Description	Give its text, or its HTML of which the main text is kept. The answer has the text and its sentences, each with its offsets in Unicode code points, and in same_text_as the articles that have the same text under another URL.
//	@Tags		articles
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		body	body		tracker.NewArticle	true	"The article with its text"
//	@Success	201		{object}	tracker.Article
//	@Header		201		{string}	Location	"Where the article is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	409		{object}	Problem	"There is an article with this URL already: existing names it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The article is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles [post]
func (s *Server) createArticle(c echo.Context) error {
	if err := newQuery(c).err(); err != nil {
		return err
	}
	if err := checkMedia(c, echo.MIMEApplicationJSON); err != nil {
		return err
	}
	return s.keepArticle(c, func(body []byte) (tracker.ArticleInput, intake.Material, error) {
		in, err := decode[tracker.NewArticle](body)
		if err != nil {
			return in.ArticleInput, intake.Material{}, err
		}
		material, err := intake.Pasted(in.NewArticleText)
		return in.ArticleInput, material, withRest(err, in.ArticleInput)
	})
}

// keepArticle keeps what read finds in the body as a new article.
func (s *Server) keepArticle(c echo.Context, read func(body []byte) (tracker.ArticleInput, intake.Material, error)) error {
	var in tracker.ArticleInput
	var version tracker.ArticleVersion
	err := s.oneOfFew(c, func(body []byte) error {
		given, material, err := read(body)
		if err != nil {
			return err
		}
		in, version, err = intake.Article(given, material)
		return withRest(err, given)
	})
	if err != nil {
		return err
	}
	article, err := s.store.Articles.Create(c.Request().Context(), in, version)
	if err != nil {
		return err
	}
	return respondCreated(c, "articles", article)
}

// maxReceived is how many bodies with an article's text are in memory at once: each may take MaxArticle.
const maxReceived = 16

// oneOfFew receives a body with an article's text and has it read. Reading takes a multiple of the body in memory, and of a
// page made to be slow it takes seconds of a processor: so few are read at once, one processor fewer than there are, and a
// body is received whole before it takes a place there, or clients that send slowly would hold those. The bodies that are
// received or wait are limited too, to many more; who finds no place in the time that a request may take is told to come
// back.
func (s *Server) oneOfFew(c echo.Context, read func(body []byte) error) error {
	body, leave, err := s.takeIn(c)
	if err != nil {
		return err
	}
	defer leave()
	done, err := enter(c, s.reading)
	if err != nil {
		return err
	}
	defer done()
	return read(body)
}

// takeIn receives a large body, which is one of a limited number until leave.
func (s *Server) takeIn(c echo.Context) (body []byte, leave func(), err error) {
	if leave, err = enter(c, s.received); err != nil {
		return nil, nil, err
	}
	if deadline, ok := c.Request().Context().Deadline(); ok {
		// Who sends too slowly for the request to be answered loses the place. Not every connection can be told that.
		_ = http.NewResponseController(c.Response().Writer).SetReadDeadline(deadline)
	}
	if body, err = whole(c, c.Request().ContentLength, s.options.MaxArticle); err != nil {
		leave()
		return nil, nil, err
	}
	return body, leave, nil
}

// enter takes one of the places that a channel has, once there is one.
func enter(c echo.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-c.Request().Context().Done():
		return nil, tracker.Errorf(tracker.Unavailable, "Too much is being read just now; nothing was kept")
	}
}

// withRest adds to what is wrong with an article's text what is wrong with the rest of it, so that all is told at once.
func withRest(err error, in tracker.ArticleInput) error {
	text, ok := errors.AsType[*tracker.Error](err)
	if !ok || text.Code != tracker.Invalid {
		return err
	}
	var p tracker.Problems
	in.Check(&p)
	for _, field := range text.Fields {
		p.AddField(field)
	}
	return p.Err()
}

// getArticle reads an article.
//
//	@Summary	Read an article
//	@Description	With the text and the sentences of its latest version. expand=claims puts in place the claims that stand on it, and beside each sentence which of them do.
//	@Tags		articles
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(source,claims)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,source_id,url,title,authors,published_at,published_text,language,archive_url,latest,same_text_as,source,claims,more_claims,matches)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Article
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id} [get]
func (s *Server) getArticle(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	expand := q.expand(store.ArticleExpands)
	fields := q.fields(articles.members)
	if err := q.err(); err != nil {
		return err
	}
	article, err := s.store.Articles.Get(c.Request().Context(), id, expand)
	if err != nil {
		return err
	}
	return respondRecord(c, article, fields...)
}

// putArticle replaces what can be written of an article.
//
//	@Summary	Replace an article
//	@Description	All but its text, which only a new version changes: what the body leaves out is emptied.
//	@Tags		articles
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ArticleInput	true	"The article; what is left out is emptied"
//	@Success	200		{object}	tracker.Article
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	409		{object}	Problem	"There is an article with this URL already: existing names it"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The article is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id} [put]
func (s *Server) putArticle(c echo.Context) error { return s.changeArticle(c) }

// patchArticle merges into what can be written of an article.
//
//	@Summary	Change an article
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		articles
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ArticleInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Article
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	409		{object}	Problem	"There is an article with this URL already: existing names it"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The article is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id} [patch]
func (s *Server) patchArticle(c echo.Context) error { return s.changeArticle(c) }

func (s *Server) changeArticle(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Articles.Update)
}

// deleteArticle removes an article.
//
//	@Summary	Delete an article
//	@Description	Refused while something points at it.
//	@Tags		articles
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	409		{object}	Problem	"Something points at it: references has the counts"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id} [delete]
func (s *Server) deleteArticle(c echo.Context) error {
	return deleted(c, s.store.Articles.Delete)
}
