-- +goose Up

-- One index has the occurrences in the order of time and, with when an article was published, those that stand in it: each new
-- claim changes one page of these where it changed two. Quotes are found by the index of what is searched (internal/search), which
-- appends what it is given. That there is the version which an occurrence stands in follows from its sentence, which has a foreign
-- key to it. SQLite takes a foreign key from a table only by making the table anew.
DROP TRIGGER sentences_stay;
CREATE TABLE occurrences_anew (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    claim_id          INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    article_id        INTEGER NOT NULL,
    article_version   INTEGER NOT NULL,
    span_start        INTEGER NOT NULL,
    span_end          INTEGER NOT NULL CHECK (span_end > span_start),
    exact             TEXT NOT NULL,
    prefix            TEXT NOT NULL,
    suffix            TEXT NOT NULL,
    first_sentence_id INTEGER NOT NULL,
    last_sentence_id  INTEGER NOT NULL,
    stance            TEXT NOT NULL,
    is_origin         INTEGER NOT NULL CHECK (is_origin IN (0, 1)),
    source_id         INTEGER NOT NULL,
    published_at      INTEGER NOT NULL,
    election_id       INTEGER,
    words             INTEGER NOT NULL
) STRICT;
INSERT INTO occurrences_anew SELECT id, created_at, updated_at, version, claim_id, article_id, article_version, span_start, span_end,
    exact, prefix, suffix, first_sentence_id, last_sentence_id, stance, is_origin, source_id,
    (SELECT COALESCE(a.published_at, -62135596800000000) FROM articles a WHERE a.id = article_id), election_id, words
FROM occurrences ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'occurrences_anew';
INSERT INTO sqlite_sequence (name, seq) SELECT 'occurrences_anew', seq FROM sqlite_sequence WHERE name = 'occurrences';
DROP TABLE occurrences;
ALTER TABLE occurrences_anew RENAME TO occurrences;

CREATE UNIQUE INDEX occurrences_place  ON occurrences (claim_id, article_id, article_version, span_start, span_end);
CREATE UNIQUE INDEX occurrences_origin ON occurrences (claim_id) WHERE is_origin = 1;
CREATE INDEX occurrences_created   ON occurrences (created_at, id);
CREATE INDEX occurrences_updated   ON occurrences (updated_at, id);
CREATE INDEX occurrences_source    ON occurrences (source_id, id);
CREATE INDEX occurrences_published ON occurrences (published_at, article_id, id);
CREATE INDEX occurrences_election  ON occurrences (election_id, id, article_id) WHERE election_id IS NOT NULL;
CREATE INDEX occurrences_stance    ON occurrences (stance, id);
CREATE INDEX occurrences_repeats   ON occurrences (id) WHERE is_origin = FALSE;

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

-- +goose StatementBegin
CREATE TRIGGER occurrences_stand BEFORE INSERT ON occurrences
WHEN NOT EXISTS (SELECT 1 FROM sentences WHERE id = NEW.first_sentence_id AND article_id = NEW.article_id AND article_version = NEW.article_version)
    OR NEW.last_sentence_id <> NEW.first_sentence_id
    AND NOT EXISTS (SELECT 1 FROM sentences WHERE id = NEW.last_sentence_id AND article_id = NEW.article_id AND article_version = NEW.article_version)
BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: an occurrence stands on sentences of its version'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER occurrences_stay BEFORE UPDATE ON occurrences
WHEN (NEW.article_id, NEW.article_version, NEW.first_sentence_id, NEW.last_sentence_id)
    <> (OLD.article_id, OLD.article_version, OLD.first_sentence_id, OLD.last_sentence_id)
BEGIN SELECT RAISE(ABORT, 'an occurrence stays where it stands'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER articles_moved AFTER UPDATE OF published_at ON articles WHEN NEW.published_at IS NOT OLD.published_at BEGIN
    UPDATE occurrences SET published_at = COALESCE(NEW.published_at, -62135596800000000)
    WHERE published_at = COALESCE(OLD.published_at, -62135596800000000) AND article_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sentences_stay BEFORE DELETE ON sentences
WHEN EXISTS (SELECT 1 FROM occurrences
    WHERE published_at = (SELECT COALESCE(published_at, -62135596800000000) FROM articles WHERE id = OLD.article_id)
    AND article_id = OLD.article_id AND article_version = OLD.article_version
    AND OLD.id BETWEEN first_sentence_id AND last_sentence_id)
BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: a sentence that a claim stands on stays'); END;
-- +goose StatementEnd
