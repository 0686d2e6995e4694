-- +goose Up

-- In the order of time, occurrences are those of one article after another.
DROP INDEX occurrences_published;
CREATE INDEX occurrences_published ON occurrences (published_at, article_id, id);

-- The index of claims that are searched has what SQLite finds quotes by, and here what it had.
INSERT INTO derived (name, format) SELECT 'claims_search', 4295032833 FROM derived WHERE name = 'search' AND format = 1;
