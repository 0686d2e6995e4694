package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Document is one claim as its JSON. It is put together only where it goes, and so copied once.
type Document struct {
	json string      // as it is kept
	with *expansions // nil where nothing is expanded

	actorsAt, originAt   int // see cut
	article, first, last int64
}

// AppendTo appends the JSON.
func (d Document) AppendTo(b []byte) []byte {
	if d.with == nil {
		return append(b, d.json...)
	}
	return d.with.append(b, &d)
}

// Meta is what can be said of the record without reading all of its JSON: its id and its version.
func (d Document) Meta() tracker.Record {
	return tracker.Record{ID: numberAfter(d.json, `{"id":`), Version: numberAfter(d.json, `,"version":`)}
}

// claimDocument is a row of claim_documents.
type claimDocument struct {
	ClaimID  int64
	Version  int64
	Document string
}

// documentDerivation keeps the documents of claims. Whoever changes what a claim is in JSON counts its format up.
var documentDerivation = derivation{name: "documents", format: 1, rebuild: rebuildDocuments, renew: renewDocuments}

// renewDocuments writes the documents of claims anew. Those of claims that are there no more went with them.
func renewDocuments(tx *gorm.DB, claims []int64) error {
	t := transactionOf(tx)
	var changed []int64
	var rows []claimDocument
	for _, id := range claims {
		if claim, ok := t.fresh[id]; ok {
			rows = append(rows, claimDocument{id, claim.Version, t.ready[id].draft.of(claim)})
		} else {
			changed = append(changed, id)
		}
	}
	for page := range slices.Chunk(changed, factsAtOnce) {
		if err := execute(tx, "DELETE FROM claim_documents WHERE claim_id "+speechOf(tx).among, listOf(page)); err != nil {
			return err
		}
		more, err := documentsOf(tx, page)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	return insert(tx, rows)
}

// rebuildDocuments writes all documents anew.
func rebuildDocuments(tx *gorm.DB) error {
	if err := tx.Exec("DELETE FROM claim_documents").Error; err != nil {
		return err
	}
	return eachPage(tx, func(page []tracker.Claim) error {
		if err := fillClaims(tx, page, nil); err != nil {
			return err
		}
		rows := make([]claimDocument, len(page))
		for i := range page {
			var err error
			if rows[i], err = documentOf(&page[i]); err != nil {
				return err
			}
		}
		return insert(tx, rows)
	})
}

func documentsOf(tx *gorm.DB, ids []int64) (rows []claimDocument, err error) {
	claims, err := claimsByID(tx, slices.Clone(ids))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if claim, ok := claims[id]; ok {
			row, err := documentOf(&claim)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func documentOf(claim *tracker.Claim) (claimDocument, error) {
	document, err := json.Marshal(claim)
	if err != nil {
		err = fmt.Errorf("writing claim %d: %w", claim.ID, err)
	}
	return claimDocument{claim.ID, claim.Version, string(document)}, err
}

// Document is the claim with that id as Get has it, or NotFound. What is Spliced may be expanded.
func (c Claims) Document(ctx context.Context, id int64, expand Expand) (d Document, err error) {
	read := c.s.look
	if len(expand) > 0 {
		read = c.s.inspect
	}
	records := c.s.recordsBefore(ctx)
	err = read(ctx, func(tx *gorm.DB) error {
		found := make([]string, 1)
		err := readRow(tx, "SELECT document FROM claim_documents WHERE claim_id = ?", []any{id}, &found[0])
		if errors.Is(err, sql.ErrNoRows) {
			return tracker.Errorf(tracker.NotFound, "There is no claim %d", id)
		} else if err != nil {
			return err
		}
		one, err := spliced(tx, found, expand, records)
		if err == nil {
			d = one[0]
		}
		return err
	})
	return d, err
}

// Documents is List without matches: each claim as its JSON. What is Spliced may be expanded.
func (c Claims) Documents(ctx context.Context, f ClaimFilter, p Page, expand Expand) (l List[Document], err error) {
	read, page := c.s.Browse, func(tx *gorm.DB) (List[string], error) { return pageOfDocuments(tx, f, p) }
	if f.whole() && !p.Total {
		read, page = c.s.glance, func(tx *gorm.DB) (List[string], error) { return pageOfAll(tx, p) }
		if len(expand) == 0 {
			read = c.s.glanceOnce
		}
	}
	records := c.s.recordsBefore(ctx)
	err = read(ctx, func(tx *gorm.DB) error {
		found, err := page(tx)
		if err != nil {
			return err
		}
		l.Next, l.Total = found.Next, found.Total
		l.Items, err = spliced(tx, found.Items, expand, records)
		return err
	})
	return l, err
}

// pageOfDocuments reads a page of claims as they are kept.
func pageOfDocuments(tx *gorm.DB, f ClaimFilter, p Page) (l List[string], err error) {
	page, err := pageOfClaims(tx, f, p)
	l.Next, l.Total = page.Next, page.Total
	if err != nil || len(page.Items) == 0 {
		return l, err
	}
	l.Items, err = joinedDocuments(tx, speechOf(tx).inTurn, listOf(page.Items))
	return l, err
}

// pageOfAll reads a page of all claims, in one statement. By creation they are in the order of their ids.
func pageOfAll(tx *gorm.DB, p Page) (l List[string], err error) {
	by, descending, err := sortOf(p.Sort, claimOrders)
	if err != nil {
		return l, err
	}
	direction, beyond := ways(descending)
	key, query := by.expression+", id", "SELECT (SELECT document FROM claim_documents WHERE claim_id = claims.id) AS document FROM claims"
	byID := by.expression == "created_at"
	if byID {
		key, query = "claim_id", "SELECT document FROM claim_documents"
	}
	var values []any
	if p.After != nil && byID {
		query, values = query+" WHERE claim_id "+beyond+" ?", []any{p.After.ID}
	} else if p.After != nil {
		query, values = query+" WHERE ("+key+") "+beyond+" (?, ?)", []any{by.keyOf(p.After), p.After.ID}
	}
	query += " ORDER BY " + strings.ReplaceAll(key, ",", direction+",") + direction + upTo
	l.Items, err = joinedDocuments(tx, query, append(values, p.Limit+1)...)
	if err != nil || len(l.Items) <= p.Limit {
		return l, err
	}
	l.Items = l.Items[:p.Limit]
	l.Next, err = cursorAt(l.Items[p.Limit-1], by)
	return l, err
}

// cursorAt is the place right after a claim.
func cursorAt(document string, by order[tracker.Claim]) (*Cursor, error) {
	at := &Cursor{ID: numberAfter(document, `{"id":`)}
	key := textAfter(document, `,"`+by.expression+`":"`)
	if by.number == nil {
		at.Text = key
		return at, nil
	}
	var moment tracker.Instant
	if err := moment.UnmarshalText([]byte(key)); err != nil {
		return nil, fmt.Errorf("reading a claim's document: %w", err)
	}
	at.Number = int64(moment)
	return at, nil
}

// joinedDocuments are the documents that a query finds, in its order. The database joins them to one text, which costs a
// fraction of what rows do; no line ends in JSON as it is kept.
func joinedDocuments(tx *gorm.DB, query string, parameters ...any) ([]string, error) {
	var joined string
	err := readRow(tx, "SELECT COALESCE("+speechOf(tx).joined+", '') FROM ("+query+") AS found", parameters, &joined)
	if err != nil || joined == "" {
		return nil, err
	}
	return strings.Split(joined, "\n"), nil
}
