package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// ElectionList is a page of elections.
type ElectionList struct {
	Items []tracker.Election `json:"items" validate:"required"`
	Paging
} // @name ElectionList

// listElections lists elections.
//
//	@Summary	List elections
//	@Description	Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, name, country, level, kind, date.
//	@Tags		elections
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		kind	query	[]string	false	"Kind of election"	collectionFormat(multi)	Enums(presidential,parliamentary,municipal,referendum,primary,other)
//	@Param		level	query	[]string	false	"Level of election"	collectionFormat(multi)	Enums(national,regional,local,supranational)
//	@Param		name	query	[]string	false	"Name, to the letter"	collectionFormat(multi)
//	@Param		country	query	[]string	false	"Country, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		created_from	query	string	false	"Logged here at this time or later, RFC 3339"	Format(date-time)
//	@Param		created_to	query	string	false	"Logged here before this time, RFC 3339"	Format(date-time)
//	@Param		updated_from	query	string	false	"Last changed at this time or later, RFC 3339"	Format(date-time)
//	@Param		updated_to	query	string	false	"Last changed before this time, RFC 3339"	Format(date-time)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending"	Enums(created_at,-created_at,date,-date,name,-name,updated_at,-updated_at)	default(-created_at)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,country,level,kind,date)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ElectionList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections [get]
func (s *Server) listElections(c echo.Context) error {
	q := newQuery(c)
	filter := store.ElectionFilter{
		Kinds:     vocabulary(q, "kind", tracker.ElectionKinds),
		Levels:    vocabulary(q, "level", tracker.ElectionLevels),
		Names:     q.words("name", (*tracker.Problems).Name),
		Countries: q.words("country", (*tracker.Problems).Country),
		Created:   q.period("created"),
		Updated:   q.period("updated"),
	}
	page := q.page(s.store.Elections.Sorts())
	form := formOf(c, q, elections, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Election], error) {
		return s.store.Elections.List(ctx, filter, p)
	})
}

// createElection keeps a new election.
//
//	@Summary	Create an election
//	@Description	A vote that claims are about; they name it by its id.
//	@Tags		elections
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		body	body		tracker.ElectionInput	true	"The election"
//	@Success	201		{object}	tracker.Election
//	@Header		201		{string}	Location	"Where the election is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The election is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections [post]
func (s *Server) createElection(c echo.Context) error {
	in, err := input[tracker.ElectionInput](c, s.options.MaxBody)
	if err != nil {
		return err
	}
	election, err := s.store.Elections.Create(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return respondCreated(c, "elections", election)
}

// getElection reads an election.
//
//	@Summary	Read an election
//	@Description	Its ETag is what a change of it sends back as If-Match.
//	@Tags		elections
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the election"	minimum(1)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,country,level,kind,date)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Election
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such election"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections/{id} [get]
func (s *Server) getElection(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	fields := q.fields(elections.members)
	if err := q.err(); err != nil {
		return err
	}
	election, err := s.store.Elections.Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return respondRecord(c, election, fields...)
}

// putElection replaces what can be written of an election.
//
//	@Summary	Replace an election
//	@Description	As a whole: what the body leaves out is emptied.
//	@Tags		elections
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the election"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ElectionInput	true	"The election; what is left out is emptied"
//	@Success	200		{object}	tracker.Election
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such election"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The election is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections/{id} [put]
func (s *Server) putElection(c echo.Context) error { return s.changeElection(c) }

// patchElection merges into what can be written of an election.
//
//	@Summary	Change an election
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		elections
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the election"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ElectionInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Election
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such election"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The election is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections/{id} [patch]
func (s *Server) patchElection(c echo.Context) error { return s.changeElection(c) }

func (s *Server) changeElection(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Elections.Update)
}

// deleteElection removes an election.
//
//	@Summary	Delete an election
//	@Description	Refused while something points at it.
//	@Tags		elections
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the election"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such election"
//	@Failure	409		{object}	Problem	"Something points at it: references has the counts"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/elections/{id} [delete]
func (s *Server) deleteElection(c echo.Context) error {
	return deleted(c, s.store.Elections.Delete)
}
