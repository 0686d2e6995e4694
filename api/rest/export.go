package rest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// format is a way to write a list.
type format string

// The formats, the one that is taken where nothing else is asked for first.
const (
	formatJSON   format = "json"
	formatCSV    format = "csv"
	formatNDJSON format = "ndjson"
)

var formats = []format{formatJSON, formatCSV, formatNDJSON}

// mediaTypes are the formats' media types, without parameters.
var mediaTypes = map[format]string{formatJSON: echo.MIMEApplicationJSON, formatCSV: "text/csv", formatNDJSON: "application/x-ndjson"}

// form is how the records of a list are to be written.
type form[T any] struct {
	resource[T]
	format format
	fields []string // their members; none are all of them
}

// formOf reads format and fields. Relations that are expanded have columns of their own in CSV.
func formOf[T any](c echo.Context, q *query, r resource[T], expand store.Expand) form[T] {
	f := form[T]{resource: r, format: accepted(c.Request().Header.Values("Accept")), fields: q.fields(r.members)}
	if v := q.one("format"); v != "" {
		if !slices.Contains(formats, format(v)) {
			q.problems.AddParameter("format", "not_in_vocabulary", "must be one of %s", tracker.Listed(formats))
		}
		f.format = format(v)
	}
	if f.format == formatJSON {
		return f
	}
	if q.values.Get("total") == "true" {
		q.problems.AddParameter("total", "conflict", "has no place in CSV and NDJSON, only in JSON")
	}
	if f.columns = columnsFor(r.columns, f.fields, expand); f.format == formatCSV && len(f.columns) == 0 {
		q.problems.AddParameter("fields", "conflict", "names nothing that CSV has a column for, unless it is expanded")
	}
	return f
}

// ready is the same form of records that are written already. CSV is not: it needs the records themselves.
func (f form[T]) ready() form[store.Document] {
	return form[store.Document]{resource: resource[store.Document]{name: f.name, members: f.members}, format: f.format, fields: f.fields}
}

// accepted is the format that a request's Accept likes best (RFC 9110, section 12.5.1). JSON comes before those that it
// likes as much, and is also what a client gets that likes none of them: it may make something of that, but not of a 406.
func accepted(lines []string) format {
	best, most := formatJSON, 0.0
	for _, f := range formats {
		if q := quality(lines, mediaTypes[f]); q > most {
			best, most = f, q
		}
	}
	return best
}

// quality is how much an Accept likes a media type, from 0 to 1: as the most specific of its ranges that match says. What
// cannot be read is passed over.
func quality(lines []string, mediaType string) (q float64) {
	kind, _, _ := strings.Cut(mediaType, "/")
	specific := 0
	for one := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		one, parameters, _ := strings.Cut(one, ";")
		rank := slices.Index([]string{"", "*/*", kind + "/*", mediaType}, strings.ToLower(strings.TrimSpace(one)))
		if rank <= specific {
			continue
		}
		weight := 1.0
		for parameter := range strings.SplitSeq(parameters, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if n, err := strconv.ParseFloat(value, 64); strings.EqualFold(name, "q") && (err != nil || n < 0 || n > 1) {
				weight = 0
			} else if strings.EqualFold(name, "q") {
				weight = n
			}
		}
		specific, q = rank, weight
	}
	return q
}

// begin says what is answered, of CSV and NDJSON.
func (f form[T]) begin(c echo.Context) {
	mediaType := mediaTypes[f.format]
	if f.format == formatCSV {
		mediaType += "; charset=utf-8; header=present"
	}
	c.Response().Header().Set(echo.HeaderContentType, mediaType)
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s.%s"`, f.name, f.format))
	c.Response().Header().Set("Cache-Control", "no-cache")
}

// head is what comes before the records: the names of CSV's columns.
func (f form[T]) head() []byte {
	if f.format == formatCSV {
		return appendHeader(nil, f.columns)
	}
	return nil
}

// append appends a record's line.
func (f form[T]) append(b []byte, record *T) ([]byte, error) {
	if f.format == formatCSV {
		return appendRow(b, f.columns, record), nil
	}
	b, err := appendWritten(b, record, f.fields)
	return append(b, '\n'), err
}

// lister reads a page of a list.
type lister[T any] func(context.Context, store.Page) (store.List[T], error)

// answerList answers with a list: with one page of it, or with all of it from the cursor on where it is wanted in another
// format than JSON and no limit is given.
func answerList[T any](s *Server, c echo.Context, q *query, f form[T], p store.Page, list lister[T]) error {
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	if f.format != formatJSON && !q.values.Has("limit") {
		return export(s, c, f, p, list)
	}
	l, err := list(c.Request().Context(), p)
	if err != nil {
		return err
	}
	next := linkNext(c, q, l.Next)
	if f.format == formatJSON {
		return respondPage(c, f.fields, l, next)
	}
	lines := f.head()
	for i := range l.Items {
		if lines, err = f.append(lines, &l.Items[i]); err != nil {
			return err
		}
	}
	f.begin(c)
	keep(c.Request().Context(), nil) // who waits for the same is not to wait until this client has it
	return newAnswer(c.Response().Header()["Content-Type"], "", lines).send(c, http.StatusOK)
}

// exportPage is how many records an export reads at once, and so how many it has in memory.
const exportPage = 200

// export answers with a whole list as it is read, page by page, each on a snapshot and within a time of its own: nothing in
// the database waits for a slow client. Once it has begun, what fails is a brokenOff.
func export[T any](s *Server, c echo.Context, f form[T], p store.Page, list lister[T]) error {
	keep(c.Request().Context(), nil)
	whole := unhurried(c.Request().Context())
	p.Limit = exportPage
	page := func() (store.List[T], error) {
		ctx, cancel := context.WithTimeout(whole, s.queryTime())
		defer cancel()
		return list(ctx, p)
	}
	l, err := page()
	if err != nil {
		return err
	}
	f.begin(c)
	end := showCut(c)
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	to := &taker{c: c, timeout: s.options.Timeout}
	if err := f.writeAll(to, l, func(after *store.Cursor) (store.List[T], error) { p.After = after; return page() }); err != nil {
		return &brokenOff{err, to.gone || whole.Err() != nil}
	}
	end.isWhole()
	return nil
}

// writeAll writes a list from its first page on.
func (f form[T]) writeAll(to io.Writer, l store.List[T], page func(after *store.Cursor) (store.List[T], error)) error {
	out := bufio.NewWriterSize(to, 64<<10)
	line := f.head()
	for {
		for i := range l.Items {
			var err error
			if line, err = f.append(line, &l.Items[i]); err != nil {
				return err
			}
			if _, err := out.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
		if l.Next == nil {
			break
		}
		var err error
		if l, err = page(l.Next); err != nil {
			return err
		}
	}
	if _, err := out.Write(line); err != nil { // the head, where there are no records
		return err
	}
	return out.Flush()
}

// taker hands an answer to the client, who has as long as a request may take for each part of it.
type taker struct {
	c       echo.Context
	timeout time.Duration
	gone    bool // whether the client did not take a part
}

func (t *taker) Write(b []byte) (int, error) {
	control := http.NewResponseController(t.c.Response().Writer)
	_ = control.SetWriteDeadline(time.Now().Add(t.timeout)) // not every connection can be told that
	n, err := t.c.Response().Write(b)
	if err == nil {
		err = control.Flush()
	}
	t.gone = err != nil
	return n, err
}

// brokenOff is why an answer ended before its end, once its beginning was sent.
type brokenOff struct {
	why  error
	gone bool // whether it is because the client did not take it
}

func (b *brokenOff) Error() string { return "the answer broke off: " + b.why.Error() }

func (b *brokenOff) Unwrap() error { return b.why }

// connection is the key under which a request's context carries the connection that it came over.
type connection struct{}

// KeepConnection is the ConnContext of the http.Server that serves the handler. Without it, clients that speak HTTP/1.0
// cannot tell an answer that broke off from a whole one.
func KeepConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connection{}, conn)
}

// cut is a connection whose answer ends where the connection does.
type cut struct {
	conn interface{ SetLinger(seconds int) error }
}

// showCut makes the end of a connection look like a failure until the answer is whole, also where the process is killed: it
// is reset, not closed. In HTTP/1.1, where the last chunk tells the end, that is not needed.
func showCut(c echo.Context) cut {
	conn, ok := c.Request().Context().Value(connection{}).(interface{ SetLinger(seconds int) error })
	if c.Request().ProtoAtLeast(1, 1) || !ok {
		return cut{}
	}
	_ = conn.SetLinger(0) // one that is gone already cannot look whole
	return cut{conn}
}

// isWhole lets the connection be closed as any other.
func (c cut) isWhole() {
	if c.conn != nil {
		_ = c.conn.SetLinger(-1) // one that is gone already has told the client so
	}
}
