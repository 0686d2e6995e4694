-- +goose Up

-- When the claim came to be in the state that it is in.
ALTER TABLE claims ADD status_since INTEGER NOT NULL DEFAULT 0;
UPDATE claims SET status_since = updated_at;
CREATE INDEX claims_status ON claims (status, status_since);

-- What claims have, and which claims have it: see facets.go. Entries of facets stay for ever, so that their ids do.
CREATE TABLE facets (
    id     INTEGER PRIMARY KEY,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    claims INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX facets_value ON facets (field, value);
CREATE INDEX facets_claims       ON facets (field, claims DESC, value);

-- The id is that of the facet, shifted left by 24 bits, and the number of the chunk: a claim's id, shifted right by 14. A
-- table with rowids, and no WITHOUT ROWID: those keep no more than two rows of this size in a page, whatever the page's use.
CREATE TABLE postings (
    id     INTEGER PRIMARY KEY,
    claims BLOB NOT NULL
) STRICT;

-- How many records there are of the kinds of which there are too many to count each time.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY NOT NULL,
    n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tallies (name, n) VALUES
    ('articles', (SELECT count(*) FROM articles)),
    ('unarchived', (SELECT count(*) FROM articles WHERE archive_url = '')),
    ('sentences', (SELECT count(*) FROM sentences)),
    ('occurrences', (SELECT count(*) FROM occurrences));
-- +goose StatementBegin
CREATE TRIGGER articles_in AFTER INSERT ON articles BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'articles';
    UPDATE tallies SET n = n + 1 WHERE name = 'unarchived' AND NEW.archive_url = '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER articles_changed AFTER UPDATE OF archive_url ON articles WHEN (NEW.archive_url = '') <> (OLD.archive_url = '') BEGIN
    UPDATE tallies SET n = n + (NEW.archive_url = '') - (OLD.archive_url = '') WHERE name = 'unarchived';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER articles_out AFTER DELETE ON articles BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'articles';
    UPDATE tallies SET n = n - 1 WHERE name = 'unarchived' AND OLD.archive_url = '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sentences_in AFTER INSERT ON sentences BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'sentences';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sentences_out AFTER DELETE ON sentences BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'sentences';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER occurrences_in AFTER INSERT ON occurrences BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'occurrences';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER occurrences_out AFTER DELETE ON occurrences BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'occurrences';
END;
-- +goose StatementEnd
