package store

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"claimtracker/internal/tracker"
)

// draft is the document of a claim that has neither ids nor times yet, cut where these go: after the record of the claim,
// after the time of its status, and after the record of its origin.
type draft struct{ input, actors, place []byte }

// newDraft writes the document of a new claim as far as it is known.
func newDraft(claim *tracker.Claim) (d draft, err error) {
	document, err := json.Marshal(claim)
	if err != nil {
		return d, fmt.Errorf("writing a new claim: %w", err)
	}
	// Within quotes, JSON has no quotation mark without a backslash before it: what is cut at is nothing that a client wrote.
	rest, begins := bytes.CutPrefix(document, appendRecord(nil, claim.Record))
	input, rest, hasStatus := bytes.Cut(rest, appendStatusSince(nil, claim))
	actors, place, hasOrigin := bytes.Cut(rest, appendOrigin(nil, claim))
	if !begins || !hasStatus || !hasOrigin {
		return d, fmt.Errorf("a new claim was written in another form than documents have: %s", document)
	}
	return draft{input, actors, place}, nil
}

// of is the document of the claim once it has its ids and times.
func (d draft) of(claim *tracker.Claim) string {
	const known = 300 // bytes at the most that are added
	b := make([]byte, 0, len(d.input)+len(d.actors)+len(d.place)+known)
	b = append(appendRecord(b, claim.Record), d.input...)
	b = append(appendStatusSince(b, claim), d.actors...)
	b = append(appendOrigin(b, claim), d.place...)
	return string(b)
}

// appendRecord writes the beginning of a record, up to its own members.
func appendRecord(b []byte, r tracker.Record) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), r.ID, 10)
	b = appendInstant(append(b, `,"created_at":`...), r.CreatedAt)
	b = appendInstant(append(b, `,"updated_at":`...), r.UpdatedAt)
	return strconv.AppendInt(append(b, `,"version":`...), r.Version, 10)
}

func appendStatusSince(b []byte, claim *tracker.Claim) []byte {
	return appendInstant(append(b, `,"status_since":`...), claim.StatusSince)
}

func appendInstant(b []byte, i tracker.Instant) []byte {
	b, _ = i.AppendText(append(b, '"')) // never fails
	return append(b, '"')
}

func appendOrigin(b []byte, claim *tracker.Claim) []byte {
	b = appendRecord(append(b, `,"origin":`...), claim.Origin.Record)
	return strconv.AppendInt(append(b, `,"claim_id":`...), claim.Origin.ClaimID, 10)
}
