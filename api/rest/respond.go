package rest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// Paging is what every list carries beside its items.
type Paging struct {
	// Next is the cursor of the next page, or null on the last one. The Link header has the whole URL.
	Next *string `json:"next" validate:"required" extensions:"x-nullable" example:"eyJzIjoiLWNyZWF0ZWRfYXQifQ"`
	// Total is how many records the whole list has; with total=true.
	Total *int64 `json:"total,omitzero" example:"12"`
}

// record is a stored record of any type.
type record interface{ Meta() tracker.Record }

// path is where a record, or something of it, is found.
func path(resource string, id any) string { return fmt.Sprintf("/api/v1/%s/%v", resource, id) }

// respond answers with v, or with the named members of it, as JSON and an ETag over its bytes, or with 304 where the client
// has these bytes already.
func respond(c echo.Context, v any, fields ...string) error {
	return respondTagged(c, http.StatusOK, "", v, fields...)
}

// respondRecord answers with a record, or with the named members of it. Its ETag begins with the record's version, which is
// what If-Match compares.
func respondRecord(c echo.Context, r record, fields ...string) error {
	return respondTagged(c, http.StatusOK, versionTag(r), r, fields...)
}

// respondCreated answers 201 with a record and where it is.
func respondCreated(c echo.Context, resource string, r record) error {
	c.Response().Header().Set(echo.HeaderLocation, path(resource, r.Meta().ID))
	return respondTagged(c, http.StatusCreated, versionTag(r), r)
}

func versionTag(r record) string { return strconv.FormatInt(r.Meta().Version, 10) + "-" }

func respondTagged(c echo.Context, status int, prefix string, v any, fields ...string) error {
	body, err := written(v, fields)
	if err != nil {
		return err
	}
	return respondBody(c, status, prefix, body)
}

func respondBody(c echo.Context, status int, prefix string, body []byte) error {
	a := newAnswer(jsonType, prefix, body)
	a.link, a.varies = c.Response().Header()["Link"], slices.Contains(c.Response().Header()["Vary"], "Accept")
	if status == http.StatusOK {
		keep(c.Request().Context(), a)
	}
	return a.send(c, status)
}

func newAnswer(mediaType []string, prefix string, body []byte) *answer {
	return &answer{mediaType: mediaType, body: body, etag: []string{tagOf(prefix, body)}, length: []string{strconv.Itoa(len(body))}}
}

// tagOf is the ETag of a body: the prefix and a hash of it.
func tagOf(prefix string, body []byte) string {
	return fmt.Sprintf(`"%s%016x"`, prefix, xxhash.Sum64(body))
}

// Headers of all such answers.
var (
	jsonType = []string{echo.MIMEApplicationJSON}
	// Caches may keep the answer, and ask each time whether it still holds.
	askAgain = []string{"no-cache"}
)

// send answers with a, or with 304 where the client has it already.
func (a *answer) send(c echo.Context, status int) error {
	header := c.Response().Header() // the names are as net/http keeps them
	header["Etag"], header["Cache-Control"] = a.etag, askAgain
	if a.link != nil {
		header["Link"] = a.link
	}
	if a.varies && !slices.Contains(header["Vary"], "Accept") {
		header.Add("Vary", "Accept")
	}
	if status == http.StatusOK && anyTag(c.Request().Header["If-None-Match"], func(tag string) bool { return tag == a.etag[0] }) {
		return c.NoContent(http.StatusNotModified)
	}
	// The length is said here, so that HEAD says it too.
	header["Content-Type"], header["Content-Length"] = a.mediaType, a.length
	return c.Blob(status, a.mediaType[0], a.body)
}

// anyTag tells whether the lines of an If-None-Match or If-Match header hold "*" or a tag that matches; a weak tag is
// compared as the strong one.
func anyTag(lines []string, matches func(tag string) bool) bool {
	if len(lines) == 0 {
		return false
	}
	for tag := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag != "" && matches(tag) {
			return true
		}
	}
	return false
}

// linkNext names the next page in the Link header.
func linkNext(c echo.Context, q *query, next store.Cursor) {
	values := url.Values{}
	maps.Copy(values, c.QueryParams())
	values.Set("cursor", q.encode(next))
	c.Response().Header().Set("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, c.Request().URL.EscapedPath(), values.Encode()))
}

// respondPage answers with a page as JSON, as SourceList and its like document it.
func respondPage[T any](c echo.Context, q *query, fields []string, l store.List[T]) error {
	paging := Paging{Total: l.Total}
	if l.Next != nil {
		cursor := q.encode(*l.Next)
		paging.Next = &cursor
	}
	end, err := json.Marshal(paging)
	if err != nil {
		return fmt.Errorf("writing a page's end: %w", err)
	}
	items, size := make([]jsontext.Value, len(l.Items)), len(end)+len(`{"items":[],`)
	for i := range l.Items {
		if items[i], err = written(&l.Items[i], fields); err != nil {
			return err
		}
		size += len(items[i]) + len(",")
	}
	body := append(make([]byte, 0, size), `{"items":[`...)
	for i, item := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, item...)
	}
	body = append(append(body, "],"...), end[1:]...)
	return respondBody(c, http.StatusOK, "", body)
}
