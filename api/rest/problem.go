package rest

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"claimtracker/internal/tracker"
)

// Problem is how every failure is told: Problem Details for HTTP APIs (RFC 9457), application/problem+json.
type Problem struct {
	// Type names the kind of problem: urn:claimtracker:problem: and a code that stays the same.
	Type string `json:"type" validate:"required" example:"urn:claimtracker:problem:invalid"`
	// Title is the status in words.
	Title string `json:"title" validate:"required" example:"Unprocessable Entity"`
	// Status is the HTTP status.
	Status int `json:"status" validate:"required" example:"422"`
	// Detail is a sentence about this very failure.
	Detail string `json:"detail" validate:"required" example:"The input is not valid"`
	// RequestID is what the server's log calls the request.
	RequestID string `json:"request_id" validate:"required" example:"Q7ZC4N2JYH3GQ5N7VZLSU2M6RA"`
	// Errors are all wrong fields of the input.
	Errors []tracker.FieldError `json:"errors,omitempty"`
	// Existing is the record that is there already.
	Existing *tracker.Existing `json:"existing,omitempty"`
	// References counts what still points at the record, by resource.
	References map[string]int64 `json:"references,omitempty" example:"articles:3"`
	// Allowed are the values that would have been accepted.
	Allowed []string `json:"allowed,omitempty" example:"in_review"`
} // @name Problem

// statuses is the one table that turns the domain's failures into HTTP's.
var statuses = map[tracker.Code]int{
	tracker.Malformed:   http.StatusBadRequest,
	tracker.Invalid:     http.StatusUnprocessableEntity,
	tracker.NotFound:    http.StatusNotFound,
	tracker.Conflict:    http.StatusConflict,
	tracker.Stale:       http.StatusPreconditionFailed,
	tracker.Unguarded:   http.StatusPreconditionRequired,
	tracker.TooLarge:    http.StatusRequestEntityTooLarge,
	tracker.WrongMedia:  http.StatusUnsupportedMediaType,
	tracker.WrongMethod: http.StatusMethodNotAllowed,
	tracker.Forbidden:   http.StatusForbidden,
	tracker.Misdirected: http.StatusMisdirectedRequest,
	tracker.Unavailable: http.StatusServiceUnavailable,
}

// retryAfter is how many seconds a client is asked to wait when the store cannot answer.
const retryAfter = 1

// fail is the one exit for errors: it answers with a Problem, and logs what is not the client's doing. What is not a
// failure of the domain is a plain 500, without a word of what it was.
func (s *Server) fail(err error, c echo.Context) {
	if cut, ok := errors.AsType[*brokenOff](err); ok {
		s.logCut(c, cut)
		return
	}
	if c.Response().Committed {
		return
	}
	known := domainError(err)
	if known == nil {
		s.log.Error("failed", "request_id", requestID(c), "error", err)
		known = tracker.Errorf("internal", "Something went wrong on our side; the log has it under the request's id")
	}
	status := cmp.Or(statuses[known.Code], http.StatusInternalServerError)
	if known.Code == tracker.Unavailable {
		s.log.Warn("unavailable", "request_id", requestID(c), "error", err)
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(retryAfter))
	}
	if known.Existing != nil {
		known.Existing.Href = path(known.Existing.Resource, known.Existing.ID)
	}
	body, err := json.Marshal(Problem{
		Type: "urn:claimtracker:problem:" + string(known.Code), Title: http.StatusText(status), Status: status,
		Detail: known.Detail, RequestID: requestID(c), Errors: known.Fields,
		Existing: known.Existing, References: known.References, Allowed: known.Allowed,
	}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)) // a client's own words may stand in a detail
	if err != nil {
		s.log.Error("cannot write a problem", "request_id", requestID(c), "error", err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	if err := c.Blob(status, "application/problem+json", body); err != nil {
		s.log.Info("the client went away", "request_id", requestID(c), "error", err)
	}
}

// logCut logs why an answer broke off: the client's going away is not a failure of ours.
func (s *Server) logCut(c echo.Context, cut *brokenOff) {
	level, message := slog.LevelError, "an answer broke off"
	if cut.gone {
		level, message = slog.LevelInfo, "the client went away"
	}
	s.log.LogAttrs(c.Request().Context(), level, message, slog.String("request_id", requestID(c)), slog.Int64("bytes", c.Response().Size), slog.Any("error", cut.why))
}

// domainError is err as the domain's, or nil where it means nothing to a client.
func domainError(err error) *tracker.Error {
	if known, ok := errors.AsType[*tracker.Error](err); ok {
		return known
	}
	if wrong, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch wrong.Code {
		case http.StatusNotFound:
			return tracker.Errorf(tracker.NotFound, "There is nothing at this path")
		case http.StatusMethodNotAllowed:
			return tracker.Errorf(tracker.WrongMethod, "This path does not take this method; the Allow header has those that it takes")
		}
	}
	return nil
}
