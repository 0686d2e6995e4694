-- +goose Up

-- What lists are filtered and sorted by, where the records do not have it in one column: the host of an article's URL, the
-- aliases one by one, and with an occurrence what its article, its claim and its words say. Go fills in the hosts, the
-- aliases and the words: see lists.go.

ALTER TABLE articles ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_host             ON articles (host, id);
CREATE INDEX articles_language         ON articles (language, id);
CREATE INDEX articles_archived         ON articles ((archive_url <> ''), id);
CREATE INDEX articles_source_published ON articles (source_id, COALESCE(published_at, -62135596800000000), id);

ALTER TABLE occurrences ADD COLUMN source_id    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrences ADD COLUMN published_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrences ADD COLUMN election_id  INTEGER;
ALTER TABLE occurrences ADD COLUMN words        INTEGER NOT NULL DEFAULT 0;
UPDATE occurrences SET
    source_id    = (SELECT a.source_id FROM articles a WHERE a.id = article_id),
    published_at = (SELECT COALESCE(a.published_at, -62135596800000000) FROM articles a WHERE a.id = article_id),
    election_id  = (SELECT c.election_id FROM claims c WHERE c.id = claim_id);
CREATE INDEX occurrences_source    ON occurrences (source_id, id);
CREATE INDEX occurrences_published ON occurrences (published_at, id);
CREATE INDEX occurrences_election  ON occurrences (election_id, id, article_id) WHERE election_id IS NOT NULL;
CREATE INDEX occurrences_words     ON occurrences (words, id);
CREATE INDEX occurrences_stance    ON occurrences (stance, id);
CREATE INDEX occurrences_repeats   ON occurrences (id) WHERE is_origin = FALSE;

CREATE TABLE source_aliases (
    alias     TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    PRIMARY KEY (alias, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_aliases_source ON source_aliases (source_id);

CREATE TABLE actor_aliases (
    alias    TEXT NOT NULL,
    actor_id INTEGER NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    PRIMARY KEY (alias, actor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX actor_aliases_actor ON actor_aliases (actor_id);
