package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// ActorList is a page of actors.
type ActorList struct {
	Items []tracker.Actor `json:"items" validate:"required"`
	Paging
} // @name ActorList

// listActors lists actors.
//
//	@Summary	List actors
//	@Description	Every filter may be repeated: within a filter any value may match, and each filter given must.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, name, kind, country, aliases, parent_id, wikidata_id, description.
//	@Tags		actors
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		kind	query	[]string	false	"Kind of actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		name	query	[]string	false	"Name, to the letter"	collectionFormat(multi)
//	@Param		country	query	[]string	false	"Country, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		wikidata_id	query	[]string	false	"Wikidata item"	collectionFormat(multi)
//	@Param		parent_id	query	[]int	false	"Actor that it is a part of"	collectionFormat(multi)
//	@Param		alias	query	[]string	false	"Another name of it, to the letter"	collectionFormat(multi)
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
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,kind,country,aliases,parent_id,wikidata_id,description,matches)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ActorList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors [get]
func (s *Server) listActors(c echo.Context) error {
	q := newQuery(c)
	filter := store.ActorFilter{
		Kinds:       vocabulary(q, "kind", tracker.ActorKinds),
		Names:       q.words("name", (*tracker.Problems).Name),
		Countries:   q.words("country", (*tracker.Problems).Country),
		WikidataIDs: q.words("wikidata_id", (*tracker.Problems).Wikidata),
		ParentIDs:   q.ids("parent_id"),
		Search:      q.search(),
		Aliases:     q.words("alias", (*tracker.Problems).Name),
		Created:     q.period("created"),
		Updated:     q.period("updated"),
	}
	page := q.searchedPage(s.store.Actors.Sorts(), filter.Search)
	form := formOf(c, q, actors, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Actor], error) {
		return s.store.Actors.List(ctx, filter, p)
	})
}

// createActor keeps a new actor.
//
//	@Summary	Create an actor
//	@Description	Many may share a name; a Wikidata item belongs to one actor only.
//	@Tags		actors
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		body	body		tracker.ActorInput	true	"The actor"
//	@Success	201		{object}	tracker.Actor
//	@Header		201		{string}	Location	"Where the actor is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	409		{object}	Problem	"Another actor has this Wikidata item: existing names it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The actor is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors [post]
func (s *Server) createActor(c echo.Context) error {
	in, err := input[tracker.ActorInput](c, s.options.MaxBody)
	if err != nil {
		return err
	}
	actor, err := s.store.Actors.Create(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return respondCreated(c, "actors", actor)
}

// getActor reads an actor.
//
//	@Summary	Read an actor
//	@Description	Its ETag is what a change of it sends back as If-Match.
//	@Tags		actors
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the actor"	minimum(1)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,name,kind,country,aliases,parent_id,wikidata_id,description,matches)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Actor
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such actor"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors/{id} [get]
func (s *Server) getActor(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	fields := q.fields(actors.members)
	if err := q.err(); err != nil {
		return err
	}
	actor, err := s.store.Actors.Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return respondRecord(c, actor, fields...)
}

// putActor replaces what can be written of an actor.
//
//	@Summary	Replace an actor
//	@Description	As a whole: what the body leaves out is emptied.
//	@Tags		actors
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the actor"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ActorInput	true	"The actor; what is left out is emptied"
//	@Success	200		{object}	tracker.Actor
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such actor"
//	@Failure	409		{object}	Problem	"Another actor has this Wikidata item: existing names it"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The actor is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors/{id} [put]
func (s *Server) putActor(c echo.Context) error { return s.changeActor(c) }

// patchActor merges into what can be written of an actor.
//
//	@Summary	Change an actor
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		actors
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the actor"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ActorInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Actor
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such actor"
//	@Failure	409		{object}	Problem	"Another actor has this Wikidata item: existing names it"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The actor is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors/{id} [patch]
func (s *Server) patchActor(c echo.Context) error { return s.changeActor(c) }

func (s *Server) changeActor(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Actors.Update)
}

// deleteActor removes an actor.
//
//	@Summary	Delete an actor
//	@Description	Refused while something points at it.
//	@Tags		actors
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the actor"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such actor"
//	@Failure	409		{object}	Problem	"Something points at it: references has the counts"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/actors/{id} [delete]
func (s *Server) deleteActor(c echo.Context) error {
	return deleted(c, s.store.Actors.Delete)
}
