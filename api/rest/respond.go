package rest

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/go-json-experiment/json"
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
	if status == http.StatusOK && a.isKnown(c.Request().Header["If-None-Match"]) {
		return c.NoContent(http.StatusNotModified)
	}
	// The length is said here, so that HEAD says it too.
	header["Content-Type"], header["Content-Length"] = a.mediaType, a.length
	return c.Blob(status, a.mediaType[0], a.body)
}

// isKnown tells whether the lines of an If-None-Match name the answer.
func (a *answer) isKnown(lines []string) bool {
	if len(lines) == 1 && lines[0] == a.etag[0] {
		return true // as almost all send it
	}
	return anyTag(lines, func(tag string) bool { return tag == a.etag[0] })
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

// linkNext names the next page in the Link header, if there is one, and returns its cursor.
func linkNext(c echo.Context, q *query, next *store.Cursor) *string {
	if next == nil {
		return nil
	}
	cursor := q.encode(*next)
	values := maps.Clone(q.values)
	values.Set("cursor", cursor)
	c.Response().Header().Set("Link", "<"+c.Request().URL.EscapedPath()+"?"+values.Encode()+`>; rel="next"`)
	return &cursor
}

// drafts are buffers that answers are put together in.
var drafts = sync.Pool{New: func() any { return new([]byte) }}

// largestDraft is how large a buffer may be, in bytes, that is used again.
const largestDraft = 1 << 20

// respondPage answers with a page as JSON, as SourceList and its like document it.
func respondPage[T any](c echo.Context, fields []string, l store.List[T], next *string) error {
	end, err := json.Marshal(Paging{Next: next, Total: l.Total})
	if err != nil {
		return fmt.Errorf("writing a page's end: %w", err)
	}
	draft := drafts.Get().(*[]byte)
	body := append((*draft)[:0], `{"items":[`...)
	defer func() {
		if cap(body) <= largestDraft {
			*draft = body
			drafts.Put(draft)
		}
	}()
	for i := range l.Items {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = appendWritten(body, &l.Items[i], fields); err != nil {
			return err
		}
	}
	body = append(append(body, "],"...), end[1:]...)
	if keeps(c.Request().Context()) {
		return respondBody(c, http.StatusOK, "", bytes.Clone(body))
	}
	return respondBody(c, http.StatusOK, "", body)
}
