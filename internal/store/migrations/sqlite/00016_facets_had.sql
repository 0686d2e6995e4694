-- +goose Up

-- A facet that is entered has no claim until what the log holds is put into the postings. It goes into the index only then.
DROP INDEX facets_claims;
CREATE INDEX facets_claims ON facets (field, claims DESC, value) WHERE claims > 0;
