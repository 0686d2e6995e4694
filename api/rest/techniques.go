package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// TechniqueList is all techniques that were asked for; it has one page only.
type TechniqueList struct {
	Items []tracker.Technique `json:"items" validate:"required"`
	Paging
} // @name TechniqueList

// TacticList is all tactics; it has one page only.
type TacticList struct {
	Items []tracker.Tactic `json:"items" validate:"required"`
	Paging
} // @name TacticList

// listTactics lists DISARM Red's tactics.
//
//	@Summary	List tactics
//	@Description	All tactics of DISARM Red, by code.
//	@Description
//	@Description	CSV has the columns code, name.
//	@Tags		techniques
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(code,name)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	TacticList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/tactics [get]
func (s *Server) listTactics(c echo.Context) error {
	q := newQuery(c)
	form := formOf(c, q, tactics, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, store.Page{}, func(ctx context.Context, _ store.Page) (store.List[tracker.Tactic], error) {
		items, err := s.store.Techniques.Tactics(ctx)
		return store.List[tracker.Tactic]{Items: items}, err
	})
}

// listTechniques lists DISARM Red's techniques.
//
//	@Summary	List techniques
//	@Description	The techniques of DISARM Red, by code, on one page.
//	@Description
//	@Description	CSV has the columns code, name, tactic, parent, framework_version.
//	@Tags		techniques
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		tactic	query	[]string	false	"Code of a tactic, such as TA06"	collectionFormat(multi)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(code,name,tactic,parent,framework_version)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	TechniqueList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/techniques [get]
func (s *Server) listTechniques(c echo.Context) error {
	q := newQuery(c)
	of := q.words("tactic", (*tracker.Problems).Tactic)
	form := formOf(c, q, techniques, nil)
	if err := q.err(); err != nil {
		return err
	}
	return answerList(s, c, q, form, store.Page{}, func(ctx context.Context, _ store.Page) (store.List[tracker.Technique], error) {
		items, err := s.store.Techniques.List(ctx, of)
		return store.List[tracker.Technique]{Items: items}, err
	})
}

// getTechnique reads a technique.
//
//	@Summary	Read a technique
//	@Description	By its DISARM code; that of a sub-technique goes on after a dot.
//	@Tags		techniques
//	@Produce	json,application/problem+json
//	@Param		code	path	string	true	"DISARM code, such as T0085.001"
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(code,name,tactic,parent,framework_version)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Technique
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	404		{object}	Problem	"There is no such technique"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/techniques/{code} [get]
func (s *Server) getTechnique(c echo.Context) error {
	q := newQuery(c)
	fields := q.fields(techniques.members)
	if err := q.err(); err != nil {
		return err
	}
	code := c.Param("code")
	if !tracker.IsTechniqueCode(code) {
		return tracker.Errorf(tracker.NotFound, "There is no such technique: a code is like T0085 or T0085.001")
	}
	technique, err := s.store.Techniques.Get(c.Request().Context(), code)
	if err != nil {
		return err
	}
	return respond(c, technique, fields...)
}
