package rest

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"
)

// What is counted is written as JSON here, and not by reflection: there is much of it, and it costs more than counting. Each
// type is written as its members' tags say.

// respondCounted answers with what was counted.
func respondCounted(c echo.Context, counted ready) error {
	draft := drafts.Get().(*[]byte)
	body := counted.AppendTo((*draft)[:0])
	defer func() {
		if cap(body) <= largestDraft {
			*draft = body
			drafts.Put(draft)
		}
	}()
	if keeps(c.Request().Context()) {
		return respondBody(c, http.StatusOK, "", bytes.Clone(body))
	}
	return respondBody(c, http.StatusOK, "", body)
}

// AppendTo appends the JSON.
func (f ClaimFacets) AppendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"total":`...), f.Total, 10)
	return append(appendList(append(b, `,"facets":`...), f.Facets), '}')
}

// AppendTo appends the JSON.
func (f Facet) AppendTo(b []byte) []byte {
	b = appendText(append(b, `{"field":`...), f.Field)
	b = appendList(append(b, `,"buckets":`...), f.Buckets)
	return append(strconv.AppendBool(append(b, `,"more":`...), f.More), '}')
}

// AppendTo appends the JSON.
func (t Timeline) AppendTo(b []byte) []byte {
	b = appendList(append(b, `{"periods":`...), t.Periods)
	b = strconv.AppendBool(append(b, `,"more":`...), t.More)
	if t.MoreSplit {
		b = append(b, `,"more_split":true`...)
	}
	return append(b, '}')
}

// AppendTo appends the JSON.
func (p Period) AppendTo(b []byte) []byte {
	b = p.Bucket.appendOpen(b)
	if p.Split != nil {
		b = appendList(append(b, `,"split":`...), p.Split)
	}
	return append(b, '}')
}

// AppendTo appends the JSON.
func (t Crosstab) AppendTo(b []byte) []byte {
	b = appendList(append(b, `{"columns":`...), t.Columns)
	b = appendList(append(b, `,"rows":`...), t.Rows)
	b = strconv.AppendBool(append(b, `,"more_columns":`...), t.MoreColumns)
	return append(strconv.AppendBool(append(b, `,"more_rows":`...), t.MoreRows), '}')
}

// AppendTo appends the JSON.
func (r CrosstabRow) AppendTo(b []byte) []byte {
	return append(appendList(append(r.Bucket.appendOpen(b), `,"cells":`...), r.Cells), '}')
}

// AppendTo appends the JSON.
func (l SeenList) AppendTo(b []byte) []byte {
	b = appendList(append(b, `{"buckets":`...), l.Buckets)
	return append(strconv.AppendBool(append(b, `,"more":`...), l.More), '}')
}

// AppendTo appends the JSON.
func (s Seen) AppendTo(b []byte) []byte {
	b = s.Bucket.appendOpen(b)
	if s.FirstClaimedOn != "" {
		b = appendText(append(b, `,"first_claimed_on":`...), string(s.FirstClaimedOn))
	}
	if s.LastClaimedOn != "" {
		b = appendText(append(b, `,"last_claimed_on":`...), string(s.LastClaimedOn))
	}
	b = appendText(append(b, `,"first_created_at":`...), s.FirstCreatedAt.String())
	return append(appendText(append(b, `,"last_created_at":`...), s.LastCreatedAt.String()), '}')
}

// AppendTo appends the JSON.
func (v Bucket) AppendTo(b []byte) []byte { return append(v.appendOpen(b), '}') }

// appendOpen appends the JSON without its end, for further members.
func (v *Bucket) appendOpen(b []byte) []byte {
	b = appendText(append(b, `{"value":`...), v.Value)
	if v.Label != "" {
		b = appendText(append(b, `,"label":`...), v.Label)
	}
	b = strconv.AppendInt(append(b, `,"count":`...), v.Count, 10)
	return appendText(append(b, `,"href":`...), v.Href)
}

// appendList appends a list of what is ready.
func appendList[T ready](b []byte, all []T) []byte {
	b = append(b, '[')
	for i := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = all[i].AppendTo(b)
	}
	return append(b, ']')
}

// appendText appends a text, of which what is no UTF-8 is replaced: the database has none.
func appendText(b []byte, text string) []byte {
	b, _ = jsontext.AppendQuote(b, text)
	return b
}
