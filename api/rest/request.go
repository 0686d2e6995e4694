package rest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// notAnID says what an id must be.
const notAnID = "must be a whole number from 1 to 9223372036854775807"

// pathID reads a positive whole number from the path.
func pathID(c echo.Context, name string) (int64, error) {
	if rest := c.Param(name); rest == "" || strings.Contains(rest, "/") {
		// The router gives all that is left of a path to its last parameter.
		return 0, tracker.Errorf(tracker.NotFound, "There is nothing at this path")
	}
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id < 1 || c.Param(name)[0] == '+' {
		if allow := methodsOf(c); len(allow) > 0 {
			c.Response().Header().Set(echo.HeaderAllow, strings.Join(append([]string{http.MethodOptions}, allow...), ", "))
			return 0, echo.ErrMethodNotAllowed
		}
		var p tracker.Problems
		p.AddParameter(name, "wrong_type", notAnID)
		return 0, p.Err()
	}
	return id, nil
}

// methodsOf are the methods of a path that is another route as it stands, in order. A method that it does not have leads to the
// route that has an id where such a path has a word, as in claims/bulk. Where the word is ":id" the path is that route's own.
func methodsOf(c echo.Context) (methods []string) {
	for _, r := range c.Echo().Routes() {
		if r.Path == c.Request().URL.Path && r.Path != c.Path() {
			methods = append(methods, r.Method)
		}
	}
	slices.Sort(methods)
	return methods
}

// body reads a JSON body of at most limit bytes.
func body(c echo.Context, limit int64, types ...string) ([]byte, error) {
	if err := checkMedia(c, types...); err != nil {
		return nil, err
	}
	return whole(c, 0, limit) // what a header says costs nothing to say
}

// checkMedia refuses what does not say that it is JSON of one of the types, as it is.
func checkMedia(c echo.Context, types ...string) error {
	given, parameters, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(types, given) {
		return tracker.Errorf(tracker.WrongMedia, "The Content-Type must be %s", strings.Join(types, " or "))
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return tracker.Errorf(tracker.WrongMedia, "JSON is read as UTF-8 only")
	}
	if c.Request().Header.Get(echo.HeaderContentEncoding) != "" {
		return tracker.Errorf(tracker.WrongMedia, "The body must not be compressed: leave Content-Encoding out")
	}
	return nil
}

// whole reads a body of at most limit bytes into room for as many as are expected: a buffer that grows is copied as it does.
func whole(c echo.Context, expected, limit int64) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, min(max(expected, 0), limit)+bytes.MinRead))
	_, err := b.ReadFrom(http.MaxBytesReader(c.Response(), c.Request().Body, limit))
	return b.Bytes(), bodyError(err)
}

// bodyError is what reading a request's body ended with, in the domain's words.
func bodyError(err error) error {
	if err == nil {
		return nil
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tracker.Errorf(tracker.TooLarge, "The body must be at most %d bytes long", large.Limit)
	}
	return errors.Join(tracker.Errorf(tracker.Malformed, "The body did not arrive whole"), err)
}

// input reads a JSON body as an Input or New type.
func input[T any](c echo.Context, limit int64) (in T, err error) {
	if err := newQuery(c).err(); err != nil {
		return in, err
	}
	b, err := body(c, limit, echo.MIMEApplicationJSON)
	if err != nil {
		return in, err
	}
	return decode[T](b)
}

// change reads what a PUT or PATCH asks for, and returns it as a function on the current input: PUT replaces it, PATCH
// merges into it (RFC 7396). Both end in decode.
func change[T any](c echo.Context, limit int64) (func(*T) error, error) {
	if c.Request().Method == http.MethodPut {
		in, err := input[T](c, limit)
		return func(current *T) error { *current = in; return nil }, err
	}
	patch, err := body(c, limit, "application/merge-patch+json", echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	if err := checkPatch[T](patch); err != nil {
		return nil, err
	}
	return func(current *T) error {
		was, err := json.Marshal(*current)
		if err != nil {
			return fmt.Errorf("writing the current input: %w", err)
		}
		merged, err := jsonpatch.MergePatch(was, patch)
		if err != nil {
			return errors.Join(tracker.Errorf(tracker.Malformed, "The body is not a JSON merge patch (RFC 7396)"), err)
		}
		*current, err = decode[T](merged)
		return err
	}, nil
}

// ifMatch reads which version of the record a change is made from. A change without that could undo another's unseen, so
// it is refused (RFC 6585, 428); "*" says that any version will do.
func ifMatch(c echo.Context) (store.Guard, error) {
	lines := c.Request().Header.Values("If-Match")
	if len(lines) == 0 {
		return store.Guard{}, tracker.Errorf(tracker.Unguarded,
			"Say which version you change: send the ETag that you read as If-Match, or If-Match: * to change whatever is there")
	}
	return guardOf(lines), nil
}

// ifMatchGiven is ifMatch for deleting, which may leave it out.
func ifMatchGiven(c echo.Context) store.Guard {
	lines := c.Request().Header.Values("If-Match")
	if len(lines) == 0 {
		return store.Guard{Any: true}
	}
	return guardOf(lines)
}

// guardOf takes the versions from the ETags of records: "7-0f..." and plain "7" both stand for version 7.
func guardOf(lines []string) (g store.Guard) {
	g.Any = anyTag(lines, func(tag string) bool {
		number, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
		if version, err := strconv.ParseInt(number, 10, 64); err == nil {
			g.Versions = append(g.Versions, version)
		}
		return false
	})
	return g
}

// query reads a request's query parameters. What is wrong with them is gathered; err tells all of it, and also which
// parameters nobody asked for.
type query struct {
	values   url.Values
	known    []string // the parameters that were given and asked for
	problems tracker.Problems
	path     string
	list     uint64 // see listOf
}

func newQuery(c echo.Context) *query {
	q := &query{path: c.Request().URL.Path}
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		q.problems.AddParameter("query", "format", "the query string is not well formed")
	}
	q.values = values
	for name, given := range values {
		for _, v := range given {
			if !utf8.ValidString(name+v) || strings.ContainsFunc(name+v, unicode.IsControl) {
				q.problems.AddParameter(strings.ToValidUTF8(name, "\uFFFD"), "control_character", "must be UTF-8 without control characters")
			}
		}
	}
	return q
}

// err is everything that is wrong with the query; to be called once every parameter was asked for.
func (q *query) err() error {
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			q.problems.AddParameter(strings.ToValidUTF8(name, "\uFFFD"), "unknown_parameter", "is not a parameter of this path")
		}
	}
	return q.problems.Err()
}

// maxValues is how often a parameter may be repeated: each value is one more in a statement.
const maxValues = 200

// all are the values of a parameter that may be repeated.
func (q *query) all(name string) []string {
	given, ok := q.values[name]
	if ok {
		q.known = append(q.known, name)
	}
	if n := len(given); n > maxValues {
		q.problems.AddParameter(name, "too_many", "must be given %d times at most; it is given %d times", maxValues, n)
		return nil
	}
	return given
}

// one is the value of a parameter that may stand once.
func (q *query) one(name string) string {
	given := q.all(name)
	switch {
	case len(given) > 1:
		q.problems.AddParameter(name, "duplicate", "must be given once only")
	case len(given) == 1 && given[0] == "":
		q.problems.AddParameter(name, "required", "must not be blank")
	}
	return q.values.Get(name)
}

// words are the values of a parameter in the form in which records keep them. What checks an input's field checks them
// too, so that what no record can have is refused, and what one has in other letters is found.
func (q *query) words(name string, check func(p *tracker.Problems, pointer string, value *string)) []string {
	words := slices.Clone(q.all(name))
	var p tracker.Problems
	for i := range words {
		check(&p, "", &words[i])
	}
	if slices.Contains(words, "") {
		p.Add("", "required", "must not be blank")
	}
	q.problems.Join(p.OfParameter(name))
	return words
}

// vocabulary are the values of a parameter that must be of a vocabulary.
func vocabulary[T ~string](q *query, name string, known []T) []T {
	var values []T
	for _, v := range q.all(name) {
		if !slices.Contains(known, T(v)) {
			q.problems.AddParameter(name, "not_in_vocabulary", "must be one of %s", tracker.Listed(known))
		}
		values = append(values, T(v))
	}
	return values
}

// ids are the values of a parameter that must be ids.
func (q *query) ids(name string) []int64 {
	var ids []int64
	for _, v := range q.all(name) {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil || id < 1 {
			q.problems.AddParameter(name, "wrong_type", notAnID)
		}
		ids = append(ids, id)
	}
	return ids
}

// instant is the value of a parameter that must be a time.
func (q *query) instant(name string) *tracker.Instant {
	v := q.one(name)
	if v == "" {
		return nil
	}
	var i tracker.Instant
	if err := i.UnmarshalText([]byte(v)); err != nil {
		q.problems.AddParameter(name, "format", "%s", err)
	}
	return &i
}

// period is what name_from and name_to bound.
func (q *query) period(name string) store.Between {
	return store.Between{From: q.instant(name + "_from"), To: q.instant(name + "_to")}
}

// truth is the value of a parameter that must be true or false.
func (q *query) truth(name string) *bool {
	switch v := q.one(name); v {
	case "":
		return nil
	case "true", "false":
		return new(v == "true")
	default:
		q.problems.AddParameter(name, "wrong_type", "must be true or false")
		return nil
	}
}

// isTrue is truth of a parameter that is false where it is left out.
func (q *query) isTrue(name string) bool {
	v := q.truth(name)
	return v != nil && *v
}

// expand are the relations to expand, of those that there are: a list with commas, or repeated.
func (q *query) expand(there store.Expand) store.Expand {
	var wanted store.Expand
	for _, v := range q.all("expand") {
		wanted = append(wanted, strings.Split(v, ",")...)
	}
	for _, name := range wanted {
		if !slices.Contains(there, name) {
			q.problems.AddParameter("expand", "not_in_vocabulary", "must be of %s", tracker.Listed(there))
		}
	}
	return wanted
}

// The number of records on a page: what is given when nothing is asked for, and the most.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// limit is how many of something are wanted: usual where nothing is asked for, and most at the most.
func (q *query) limit(usual, most int) int {
	v := q.one("limit")
	if v == "" {
		return usual
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		q.problems.AddParameter("limit", "out_of_range", "must be a whole number from 1 to %d", most)
	}
	return n
}

// page reads limit, sort, cursor and total. Sort is one of sorts; the newest come first where it is left out.
func (q *query) page(sorts []string) store.Page {
	p := store.Page{Limit: q.limit(defaultLimit, maxLimit), Sort: "-created_at"}
	if v := q.one("sort"); v != "" {
		if !slices.Contains(sorts, v) {
			q.problems.AddParameter("sort", "not_in_vocabulary", "must be one of %s", tracker.Listed(sorts))
		}
		p.Sort = v
	}
	p.Total = q.isTrue("total")
	q.list = q.listOf(p.Sort)
	if v := q.one("cursor"); v != "" {
		p.After = q.decode(v)
	}
	return p
}

// cursor is what a list's opaque cursor holds: a place, and which list it is a place in.
type cursor struct {
	List   uint64 `json:"l"`
	Number int64  `json:"n,omitzero"`
	Text   string `json:"t,omitempty"`
	Then   int64  `json:"h,omitzero"`
	ID     int64  `json:"i"`
}

// listOf is a number for the list that is asked for, by its path, its sort and its filters.
func (q *query) listOf(sort string) uint64 {
	filters := url.Values{"sort": {sort}}
	for name, given := range q.values {
		if !slices.Contains([]string{"sort", "limit", "cursor", "total", "expand", "fields", "format", "highlight"}, name) {
			filters[name] = given
		}
	}
	return xxhash.Sum64String(q.path + "?" + filters.Encode())
}

func (q *query) encode(at store.Cursor) string {
	b, err := json.Marshal(cursor{q.list, at.Number, at.Text, at.Then, at.ID})
	if err != nil {
		// A cursor has nothing in it that JSON cannot hold: the text comes from a column of valid UTF-8.
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (q *query) decode(s string) *store.Cursor {
	var at cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &at, json.RejectUnknownMembers(true))
	}
	switch {
	case err != nil || at.ID < 1 || strings.ContainsFunc(at.Text, unicode.IsControl): // no name has one, and PostgreSQL takes no NUL
		q.problems.AddParameter("cursor", "format", "is not a cursor that a list gave out")
	case at.List != q.list:
		q.problems.AddParameter("cursor", "conflict", "belongs to another list, or one with other filters or another sort")
	}
	return &store.Cursor{Number: at.Number, Text: at.Text, Then: at.Then, ID: at.ID}
}

// changed answers a PUT or PATCH of a record, by the store's function that changes one.
func changed[I any, R record](c echo.Context, limit int64, update func(context.Context, int64, store.Guard, func(*I) error) (R, error)) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := newQuery(c).err(); err != nil {
		return err
	}
	apply, err := change[I](c, limit)
	if err != nil {
		return err
	}
	guard, err := ifMatch(c)
	if err != nil {
		return err
	}
	r, err := update(c.Request().Context(), id, guard, apply)
	if err != nil {
		return err
	}
	return respondRecord(c, r)
}

// deleted answers a DELETE of a record, by the store's function that deletes one.
func deleted(c echo.Context, remove func(context.Context, int64, store.Guard) error) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	if err := newQuery(c).err(); err != nil {
		return err
	}
	if err := remove(c.Request().Context(), id, ifMatchGiven(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
