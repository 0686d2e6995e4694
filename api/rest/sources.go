package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// SourceList is a page of sources.
type SourceList struct {
	Items []tracker.Source `json:"items" validate:"required"`
	Paging
} // @name SourceList

// listSources lists sources.
//
//	@Summary	List sources
//	@Description	Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, name, kind, domain, url, country, language, aliases, description.
//	@Tags		sources
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		kind	query	[]string	false	"Kind of source"	collectionFormat(multi)	Enums(news_outlet,wire_agency,broadcaster,government_body,intelligence_agency,law_enforcement,think_tank,academic,civil_society,technology_company,private_consultancy,individual,social_account,anonymous,other)
//	@Param		name	query	[]string	false	"Name, to the letter"	collectionFormat(multi)
//	@Param		domain	query	[]string	false	"Domain, such as example.org"	collectionFormat(multi)
//	@Param		country	query	[]string	false	"Country, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		language	query	[]string	false	"Language, BCP 47"	collectionFormat(multi)
//	@Param		alias	query	[]string	false	"Another name of it, to the letter"	collectionFormat(multi)
//	@Param		cited	query	bool	false	"Whether a claim stands in an article of it"
//	@Param		created_from	query	string	false	"Logged here at this time or later, RFC 3339"	Format(date-time)
//	@Param		created_to	query	string	false	"Logged here before this time, RFC 3339"	Format(date-time)
//	@Param		updated_from	query	string	false	"Last changed at this time or later, RFC 3339"	Format(date-time)
//	@Param		updated_to	query	string	false	"Last changed before this time, RFC 3339"	Format(date-time)
//	@Param		q	query	string	false	"Search: words, phrases in quotation marks, beginnings*, one OR another, -without; GET /api/v1/search says more"	maxLength(1000)
//	@Param		highlight	query	bool	false	"Say in matches of each record where q was found"	default(false)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending; relevance, with q, is one page of the best of the newest 1000"	Enums(created_at,-created_at,name,-name,updated_at,-updated_at,relevance)	default(-created_at)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,kind,domain,url,country,language,aliases,description,matches)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	SourceList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources [get]
func (s *Server) listSources(c echo.Context) error {
	q := newQuery(c)
	filter := store.SourceFilter{
		Kinds:     vocabulary(q, "kind", tracker.SourceKinds),
		Names:     q.words("name", (*tracker.Problems).Name),
		Domains:   q.words("domain", (*tracker.Problems).Domain),
		Countries: q.words("country", (*tracker.Problems).Country),
		Languages: q.words("language", (*tracker.Problems).Language),
		Search:    q.search(),
		Aliases:   q.words("alias", (*tracker.Problems).Name),
		Cited:     q.truth("cited"),
		Created:   q.period("created"),
		Updated:   q.period("updated"),
	}
	page := q.searchedPage(s.store.Sources.Sorts(), filter.Search)
	form := formOf(c, q, sources, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Source], error) {
		return s.store.Sources.List(ctx, filter, p)
	})
}

// createSource keeps a new source.
//
//	@Summary	Create a source
//	@Description	Whoever published or originated a report; articles name it by its id.
//	@Tags		sources
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		body	body		tracker.SourceInput	true	"The source"
//	@Success	201		{object}	tracker.Source
//	@Header		201		{string}	Location	"Where the source is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The source is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources [post]
func (s *Server) createSource(c echo.Context) error {
	in, err := input[tracker.SourceInput](c, s.options.MaxBody)
	if err != nil {
		return err
	}
	source, err := s.store.Sources.Create(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return respondCreated(c, "sources", source)
}

// getSource reads a source.
//
//	@Summary	Read a source
//	@Description	Its ETag is what a change of it sends back as If-Match.
//	@Tags		sources
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the source"	minimum(1)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,kind,domain,url,country,language,aliases,description,matches)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Source
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such source"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources/{id} [get]
func (s *Server) getSource(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	fields := q.fields(sources.members)
	if err := q.err(); err != nil {
		return err
	}
	source, err := s.store.Sources.Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return respondRecord(c, source, fields...)
}

// putSource replaces what can be written of a source.
//
//	@Summary	Replace a source
//	@Description	As a whole: what the body leaves out is emptied.
//	@Tags		sources
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the source"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.SourceInput	true	"The source; what is left out is emptied"
//	@Success	200		{object}	tracker.Source
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such source"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The source is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources/{id} [put]
func (s *Server) putSource(c echo.Context) error { return s.changeSource(c) }

// patchSource merges into what can be written of a source.
//
//	@Summary	Change a source
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		sources
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the source"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.SourceInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Source
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such source"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The source is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources/{id} [patch]
func (s *Server) patchSource(c echo.Context) error { return s.changeSource(c) }

func (s *Server) changeSource(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Sources.Update)
}

// deleteSource removes a source.
//
//	@Summary	Delete a source
//	@Description	Refused while something points at it.
//	@Tags		sources
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the source"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such source"
//	@Failure	409		{object}	Problem	"Something points at it: references has the counts"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/sources/{id} [delete]
func (s *Server) deleteSource(c echo.Context) error {
	return deleted(c, s.store.Sources.Delete)
}
