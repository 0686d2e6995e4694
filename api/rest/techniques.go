package rest

import (
	"github.com/labstack/echo/v4"

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
//	@Tags		techniques
//	@Produce	json,application/problem+json
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	TacticList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/tactics [get]
func (s *Server) listTactics(c echo.Context) error {
	if err := newQuery(c).err(); err != nil {
		return err
	}
	tactics, err := s.store.Techniques.Tactics(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, TacticList{Items: tactics})
}

// listTechniques lists DISARM Red's techniques.
//
//	@Summary	List techniques
//	@Description	The techniques of DISARM Red, by code, on one page.
//	@Tags		techniques
//	@Produce	json,application/problem+json
//	@Param		tactic	query	[]string	false	"Code of a tactic, such as TA06"	collectionFormat(multi)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	TechniqueList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/techniques [get]
func (s *Server) listTechniques(c echo.Context) error {
	q := newQuery(c)
	tactics := q.words("tactic", (*tracker.Problems).Tactic)
	if err := q.err(); err != nil {
		return err
	}
	techniques, err := s.store.Techniques.List(c.Request().Context(), tactics)
	if err != nil {
		return err
	}
	return respond(c, TechniqueList{Items: techniques})
}

// getTechnique reads a technique.
//
//	@Summary	Read a technique
//	@Description	By its DISARM code; that of a sub-technique goes on after a dot.
//	@Tags		techniques
//	@Produce	json,application/problem+json
//	@Param		code	path	string	true	"DISARM code, such as T0085.001"
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Technique
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown"
//	@Failure	404		{object}	Problem	"There is no such technique"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/techniques/{code} [get]
func (s *Server) getTechnique(c echo.Context) error {
	if err := newQuery(c).err(); err != nil {
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
	return respond(c, technique)
}
