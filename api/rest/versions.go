package rest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/intake"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// VersionList is all versions of an article; it has one page only.
type VersionList struct {
	Items []tracker.ArticleVersion `json:"items" validate:"required"`
	Paging
} // @name ArticleVersionList

// listVersions lists an article's versions.
//
//	@Summary	List an article's versions
//	@Description	From the first, without texts and sentences.
//	@Description
//	@Description	CSV has the columns article_id, n, language, sha256, length, captured_at.
//	@Tags		articles
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(article_id,n,language,sha256,length,captured_at,text,sentences)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	VersionList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id}/versions [get]
func (s *Server) listVersions(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	form := formOf(c, q, versions, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, store.Page{}, func(ctx context.Context, _ store.Page) (store.List[tracker.ArticleVersion], error) {
		items, err := s.store.Articles.Versions(ctx, id)
		return store.List[tracker.ArticleVersion]{Items: items}, err
	})
}

// createVersion keeps the text that an article has now.
//
//	@Summary	Add the text that an article has now
//	@Description	What was logged on earlier versions stays on them. The language is the article's.
//	@Tags		articles
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		body	body	tracker.NewArticleText	true	"The text, or the HTML"
//	@Success	201		{object}	tracker.ArticleVersion
//	@Header		201		{string}	Location	"Where the version is"
//	@Header		201		{string}	ETag	"Stays the same: a version never changes"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such article"
//	@Failure	409		{object}	Problem	"The latest version has this text already"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The text cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id}/versions [post]
func (s *Server) createVersion(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := newQuery(c).err(); err != nil {
		return err
	}
	if err := checkMedia(c, echo.MIMEApplicationJSON); err != nil {
		return err
	}
	var version tracker.ArticleVersion
	err = s.oneOfFew(c, func(body []byte) error {
		in, err := decode[tracker.NewArticleText](body)
		if err != nil {
			return err
		}
		article, err := s.store.Articles.Head(c.Request().Context(), id)
		if err != nil {
			return err
		}
		material, err := intake.Pasted(in)
		if err != nil {
			return err
		}
		version, err = intake.Version(article.Language, material)
		return err
	})
	if err != nil {
		return err
	}
	version, err = s.store.Articles.AddVersion(c.Request().Context(), id, version)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, fmt.Sprintf("%s/versions/%d", path("articles", id), version.N))
	return respondTagged(c, http.StatusCreated, "", version)
}

// getVersion reads a version of an article.
//
//	@Summary	Read a version of an article
//	@Description	With its text and sentences.
//	@Tags		articles
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the article"	minimum(1)
//	@Param		n	path	int	true	"Number of the version, from 1"	minimum(1)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(article_id,n,language,sha256,length,captured_at,text,sentences)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.ArticleVersion
//	@Header		200		{string}	ETag	"Stays the same: a version never changes"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id or the number cannot be read"
//	@Failure	404		{object}	Problem	"There is no such version"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/{id}/versions/{n} [get]
func (s *Server) getVersion(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	n, err := pathID(c, "n")
	if err != nil {
		return err
	}
	q := newQuery(c)
	fields := q.fields(versions.members)
	if err := q.err(); err != nil {
		return err
	}
	version, err := s.store.Articles.Version(c.Request().Context(), id, n)
	if err != nil {
		return err
	}
	return respond(c, version, fields...)
}
