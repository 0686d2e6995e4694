package rest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"claimtracker/internal/tracker"
)

// maxBulk is how many claims one request may log.
const maxBulk = 1000

// The modes of a bulk request: what becomes of its other claims where one of them cannot be kept.
const (
	modeAll  = "all"
	modeEach = "each"
)

// BulkResult is what became of one claim of a bulk request.
type BulkResult struct {
	// Index is the claim's place in the request, from 0.
	Index int `json:"index" validate:"required" minimum:"0" example:"0"`
	// Status is what the claim alone would have been answered with: 201, 400 or 422.
	Status int `json:"status" validate:"required" example:"201"`
	// ID is the new claim's.
	ID int64 `json:"id,omitzero" minimum:"1" example:"13"`
	// Href is the new claim's path.
	Href string `json:"href,omitempty" example:"/api/v1/claims/13"`
	// Detail is a sentence about why it was not kept.
	Detail string `json:"detail,omitempty" example:"The input is not valid"`
	// Errors are all wrong fields of the claim.
	Errors []tracker.FieldError `json:"errors,omitempty"`
} // @name BulkResult

// BulkResults are what became of the claims of a bulk request, in its order.
type BulkResults struct {
	Items []BulkResult `json:"items" validate:"required"`
	// Created is how many were kept.
	Created int `json:"created" validate:"required" example:"1"`
	// Refused is how many were not.
	Refused int `json:"refused" validate:"required" example:"0"`
} // @name BulkResults

// createClaims keeps many new claims.
//
//	@Summary	Log many claims
//	@Description	Up to 1,000, each as POST /api/v1/claims takes it, as a JSON array or as NDJSON, a claim a line. All are kept or none; with mode=each, those that can be kept are, whatever the others are like. What was kept was kept in one transaction. The body may be as large as one with an article's text. Where it is NDJSON, so is the answer: a BulkResult a line.
//	@ID			createClaims
//	@Tags		claims
//	@Accept		json,application/x-ndjson
//	@Produce	json,application/x-ndjson,application/problem+json
//	@Param		mode	query	string	false	"Whether all are kept or none, or each by itself"	Enums(all,each)	default(all)
//	@Param		body	body		[]tracker.NewClaim	true	"The claims, each with the words it comes from"
//	@Success	200		{object}	BulkResults	"With mode=each, also where some or all were refused"
//	@Success	201		{object}	BulkResults	"All were kept"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named, after the place of its claim"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"A claim is not valid, and none was kept: every wrong field is named, after the place of its claim"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/bulk [post]
func (s *Server) createClaims(c echo.Context) error {
	q := newQuery(c)
	mode := q.one("mode")
	if mode != "" && mode != modeAll && mode != modeEach {
		q.problems.AddParameter("mode", "not_in_vocabulary", "must be one of all, each")
	}
	if err := q.err(); err != nil {
		return err
	}
	if err := checkMedia(c, echo.MIMEApplicationJSON, mediaTypes[formatNDJSON]); err != nil {
		return err
	}
	body, leave, err := s.takeIn(c)
	if err != nil {
		return err
	}
	defer leave()
	split := splitArray
	if isNDJSON(c.Request()) {
		split = splitLines
	}
	inputs, err := split(body)
	if err != nil {
		return err
	}
	results, err := s.logMany(c, inputs, mode == modeEach)
	if err != nil {
		return err
	}
	return respondBulk(c, results, mode == modeEach)
}

func isNDJSON(r *http.Request) bool {
	given, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	return err == nil && given == mediaTypes[formatNDJSON]
}

// splitArray are the members of a JSON array, each as it is written.
func splitArray(body []byte) (items []jsontext.Value, err error) {
	// That each member has its names once is for the member's own reading to say.
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	_, err = d.ReadToken()
	for err == nil && d.PeekKind() != ']' {
		var item jsontext.Value
		item, err = d.ReadValue()
		end := d.InputOffset()
		items = append(items, body[end-int64(len(item)):end])
	}
	if err == nil {
		_, err = d.ReadToken()
	}
	if err == nil {
		_, err = d.ReadToken() // there is nothing after it
	}
	if !errors.Is(err, io.EOF) || jsontext.Value(body).Kind() != '[' {
		return nil, tracker.Errorf(tracker.Malformed, "The body must be a JSON array of claims, or NDJSON with a claim a line")
	}
	return items, checkNumber(len(items))
}

// splitLines are the lines of NDJSON, without those that are blank.
func splitLines(body []byte) (items []jsontext.Value, err error) {
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			items = append(items, line)
		}
	}
	return items, checkNumber(len(items))
}

func checkNumber(claims int) error {
	var p tracker.Problems
	switch {
	case claims == 0:
		p.Add("", "required", "must hold a claim at least")
	case claims > maxBulk:
		p.Add("", "too_many", "must hold %d claims at most; these are %d", maxBulk, claims)
	}
	return p.Err()
}

// logMany keeps the claims that are written in inputs and tells of each what became of it. Where not each is to be kept by
// itself, it is all of them, or an error that tells everything that is wrong.
func (s *Server) logMany(c echo.Context, inputs []jsontext.Value, each bool) ([]BulkResult, error) {
	results := make([]BulkResult, len(inputs))
	var claims []tracker.NewClaim
	var places []int // of claims, in inputs
	wrong := make([]error, len(inputs))
	for i, input := range inputs {
		claim, err := decode[tracker.NewClaim](input)
		if err != nil {
			wrong[i] = err
			continue
		}
		claims, places = append(claims, claim), append(places, i)
	}
	if err := allWrong(wrong); err != nil && !each {
		return nil, err
	}
	kept, errs, err := s.store.Claims.CreateMany(c.Request().Context(), claims, !each)
	if err != nil {
		return nil, err
	}
	for k, err := range errs {
		wrong[places[k]] = err
		if err == nil {
			id := kept[k].ID
			results[places[k]] = BulkResult{Status: http.StatusCreated, ID: id, Href: path("claims", id)}
		}
	}
	if err := allWrong(wrong); err != nil && !each {
		return nil, err
	}
	for i, err := range wrong {
		results[i].Index = i
		if known := domainError(err); known != nil {
			results[i].Status, results[i].Detail, results[i].Errors = statuses[known.Code], known.Detail, known.Fields
		} else if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// allWrong is nil where nothing is wrong with any claim, else an error with all wrong fields, each after its claim's place.
func allWrong(wrong []error) error {
	var all tracker.Problems
	for i, err := range wrong {
		known := domainError(err)
		switch {
		case err == nil:
		case known == nil:
			return err
		default:
			all.Join(known.Problems().Under("/" + strconv.Itoa(i)))
		}
	}
	return all.Err()
}

func respondBulk(c echo.Context, results []BulkResult, each bool) error {
	answer, status := BulkResults{Items: results}, http.StatusCreated
	for _, r := range results {
		if r.Status == http.StatusCreated {
			answer.Created++
		} else {
			answer.Refused++
		}
	}
	if each {
		status = http.StatusOK
	}
	if !isNDJSON(c.Request()) {
		body, err := written(answer, nil)
		if err != nil {
			return err
		}
		return c.Blob(status, echo.MIMEApplicationJSON, body)
	}
	var lines []byte
	for _, r := range results {
		line, err := written(r, nil)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return c.Blob(status, mediaTypes[formatNDJSON], lines)
}
