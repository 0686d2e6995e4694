-- +goose Up

-- Nothing asks the rows for the claims of a tag or a technique any more: the postings have them.
DROP INDEX claim_tags_tag;
DROP INDEX claim_techniques_technique;
