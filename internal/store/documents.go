package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Document is a record as its JSON, ready to be sent.
type Document struct {
	ID, Version int64
	JSON        jsontext.Value
}

// Meta is what can be said of the record without reading its JSON: its id and its version.
func (d Document) Meta() tracker.Record { return tracker.Record{ID: d.ID, Version: d.Version} }

// Written is the record's JSON.
func (d Document) Written() jsontext.Value { return d.JSON }

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
	fresh := transactionOf(tx).fresh
	var changed []int64
	var rows []claimDocument
	for _, id := range claims {
		if claim, ok := fresh[id]; ok {
			row, err := documentOf(claim)
			if err != nil {
				return err
			}
			rows = append(rows, row)
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
	for last := int64(0); ; {
		var page []int64
		if err := tx.Raw("SELECT id FROM claims WHERE id > ? ORDER BY id LIMIT ?", last, factsAtOnce).Scan(&page).Error; err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		last = page[len(page)-1]
		rows, err := documentsOf(tx, page)
		if err != nil {
			return err
		}
		if err := insert(tx, rows); err != nil {
			return err
		}
	}
}

func documentsOf(tx *gorm.DB, ids []int64) (rows []claimDocument, err error) {
	claims, err := claimsByID(tx, slices.Clone(ids), nil)
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

// Document is the claim with that id as Get has it without anything expanded, or NotFound.
func (c Claims) Document(ctx context.Context, id int64) (d Document, err error) {
	d.ID = id
	err = c.s.look(ctx, func(tx *gorm.DB) error {
		row := tx.Raw("SELECT version, document FROM claim_documents WHERE claim_id = ?", id).Row()
		if err := row.Scan(&d.Version, (*[]byte)(&d.JSON)); errors.Is(err, sql.ErrNoRows) {
			return tracker.Errorf(tracker.NotFound, "There is no claim %d", id)
		} else if err != nil {
			return err
		}
		return nil
	})
	return d, err
}

// Documents is List without anything expanded, and without matches.
func (c Claims) Documents(ctx context.Context, f ClaimFilter, p Page) (l List[Document], err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		page, err := pageOfIDs(tx, f, p)
		if err != nil {
			return err
		}
		ids := page.Items
		l = List[Document]{Items: make([]Document, len(ids)), Next: page.Next, Total: page.Total}
		if len(ids) == 0 {
			return nil
		}
		at := make(map[int64]*Document, len(ids))
		for i, id := range ids {
			at[id] = &l.Items[i]
		}
		query := "SELECT claim_id, version, document FROM claim_documents WHERE claim_id " + speechOf(tx).among
		return eachRow(tx, query, []any{listOf(ids)}, func(scan scanFunc) error {
			var d Document
			err := scan(&d.ID, &d.Version, (*[]byte)(&d.JSON))
			*at[d.ID] = d
			return err
		})
	})
	return l, err
}

// pageOfIDs reads the ids of a page of claims, also of a search.
func pageOfIDs(tx *gorm.DB, f ClaimFilter, p Page) (List[int64], error) {
	if f.Search.Query == nil {
		return pageOfClaims(tx, f, p)
	}
	l, err := searchClaims(tx, f, p)
	return List[int64]{Items: ids(l.Items, func(c *tracker.Claim) *int64 { return &c.ID }), Next: l.Next, Total: l.Total}, err
}
