-- +goose Up

-- In the order of time, occurrences are those of one article after another.
DROP INDEX occurrences_published;
CREATE INDEX occurrences_published ON occurrences (published_at, article_id, id);
