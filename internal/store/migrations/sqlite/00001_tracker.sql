-- +goose Up

-- Instants are microseconds since 1970-01-01T00:00:00Z. Days are YYYY-MM-DD. Absent words are ''. Offsets count Unicode
-- code points. AUTOINCREMENT, so that the id of a deleted record never names another one.

CREATE TABLE sources (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    domain      TEXT NOT NULL,
    url         TEXT NOT NULL,
    country     TEXT NOT NULL,
    language    TEXT NOT NULL,
    aliases     TEXT NOT NULL,
    description TEXT NOT NULL
) STRICT;
CREATE INDEX sources_created ON sources (created_at, id);
CREATE INDEX sources_updated ON sources (updated_at, id);
CREATE INDEX sources_name    ON sources (name, id);
CREATE INDEX sources_domain  ON sources (domain, id);

CREATE TABLE actors (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    country     TEXT NOT NULL,
    aliases     TEXT NOT NULL,
    parent_id   INTEGER REFERENCES actors (id),
    wikidata_id TEXT NOT NULL,
    description TEXT NOT NULL
) STRICT;
CREATE INDEX actors_created ON actors (created_at, id);
CREATE INDEX actors_updated ON actors (updated_at, id);
CREATE INDEX actors_name    ON actors (name, id);
CREATE INDEX actors_parent  ON actors (parent_id, id);
CREATE UNIQUE INDEX actors_wikidata ON actors (wikidata_id) WHERE wikidata_id <> '';

CREATE TABLE elections (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL,
    level      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    date       TEXT NOT NULL
) STRICT;
CREATE INDEX elections_created ON elections (created_at, id);
CREATE INDEX elections_updated ON elections (updated_at, id);
CREATE INDEX elections_name    ON elections (name, id);
CREATE INDEX elections_date    ON elections (date, id);

CREATE TABLE tactics (
    code TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE techniques (
    code              TEXT PRIMARY KEY NOT NULL,
    name              TEXT NOT NULL,
    tactic            TEXT NOT NULL REFERENCES tactics (code),
    parent            TEXT NOT NULL,
    framework_version TEXT NOT NULL
) STRICT;

CREATE TABLE articles (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    source_id      INTEGER NOT NULL REFERENCES sources (id),
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    authors        TEXT NOT NULL,
    published_at   INTEGER,
    published_text TEXT NOT NULL,
    language       TEXT NOT NULL,
    archive_url    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX articles_url ON articles (url);
CREATE INDEX articles_created   ON articles (created_at, id);
CREATE INDEX articles_updated   ON articles (updated_at, id);
CREATE INDEX articles_published ON articles (COALESCE(published_at, -62135596800000000), id);
CREATE INDEX articles_source    ON articles (source_id, id);

CREATE TABLE article_versions (
    article_id  INTEGER NOT NULL REFERENCES articles (id),
    n           INTEGER NOT NULL,
    language    TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    length      INTEGER NOT NULL,
    captured_at INTEGER NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (article_id, n)
) STRICT;
CREATE INDEX article_versions_sha256 ON article_versions (sha256, article_id);

CREATE TABLE sentences (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id      INTEGER NOT NULL,
    article_version INTEGER NOT NULL,
    ordinal         INTEGER NOT NULL,
    span_start      INTEGER NOT NULL,
    span_end        INTEGER NOT NULL CHECK (span_end > span_start),
    text            TEXT NOT NULL,
    FOREIGN KEY (article_id, article_version) REFERENCES article_versions (article_id, n)
) STRICT;
CREATE UNIQUE INDEX sentences_ordinal ON sentences (article_id, article_version, ordinal);
CREATE UNIQUE INDEX sentences_start   ON sentences (article_id, article_version, span_start);

CREATE TABLE claims (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    text        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    status      TEXT NOT NULL,
    election_id INTEGER REFERENCES elections (id),
    claimed_on  TEXT NOT NULL,
    language    TEXT NOT NULL
) STRICT;
CREATE INDEX claims_created  ON claims (created_at, id);
CREATE INDEX claims_updated  ON claims (updated_at, id);
CREATE INDEX claims_claimed  ON claims (claimed_on, id);
CREATE INDEX claims_election ON claims (election_id, id);

CREATE TABLE claim_tags (
    claim_id INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    tag      TEXT NOT NULL,
    PRIMARY KEY (claim_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_tags_tag ON claim_tags (tag, claim_id);

CREATE TABLE claim_techniques (
    claim_id  INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    ordinal   INTEGER NOT NULL,
    technique TEXT NOT NULL REFERENCES techniques (code),
    PRIMARY KEY (claim_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_techniques_technique ON claim_techniques (technique, claim_id);

CREATE TABLE claim_actors (
    claim_id INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    actor_id INTEGER NOT NULL REFERENCES actors (id),
    role     TEXT NOT NULL,
    PRIMARY KEY (claim_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX claim_actors_actor ON claim_actors (actor_id, role, claim_id);

CREATE TABLE occurrences (
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
    first_sentence_id INTEGER NOT NULL REFERENCES sentences (id),
    last_sentence_id  INTEGER NOT NULL REFERENCES sentences (id),
    stance            TEXT NOT NULL,
    is_origin         INTEGER NOT NULL CHECK (is_origin IN (0, 1)),
    FOREIGN KEY (article_id, article_version) REFERENCES article_versions (article_id, n)
) STRICT;
CREATE UNIQUE INDEX occurrences_place  ON occurrences (claim_id, article_id, article_version, span_start, span_end);
CREATE UNIQUE INDEX occurrences_origin ON occurrences (claim_id) WHERE is_origin = 1;
CREATE INDEX occurrences_article       ON occurrences (article_id, article_version, span_start);
CREATE INDEX occurrences_created       ON occurrences (created_at, id);
CREATE INDEX occurrences_updated       ON occurrences (updated_at, id);
CREATE INDEX occurrences_first         ON occurrences (first_sentence_id);
CREATE INDEX occurrences_last          ON occurrences (last_sentence_id);

-- Text is immutable: the database itself refuses to change a version or a sentence.
-- +goose StatementBegin
CREATE TRIGGER article_versions_immutable BEFORE UPDATE ON article_versions
BEGIN SELECT RAISE(ABORT, 'a version of an article never changes'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sentences_immutable BEFORE UPDATE ON sentences
BEGIN SELECT RAISE(ABORT, 'a sentence never changes'); END;
-- +goose StatementEnd
-- INSERT OR REPLACE would change them without an UPDATE.
-- +goose StatementBegin
CREATE TRIGGER article_versions_once BEFORE INSERT ON article_versions
WHEN EXISTS (SELECT 1 FROM article_versions WHERE article_id = NEW.article_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'a version of an article never changes'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sentences_once BEFORE INSERT ON sentences
WHEN EXISTS (SELECT 1 FROM sentences WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM sentences WHERE article_id = NEW.article_id AND article_version = NEW.article_version AND ordinal = NEW.ordinal)
BEGIN SELECT RAISE(ABORT, 'a sentence never changes'); END;
-- +goose StatementEnd
