-- +goose Up

-- What is searched, a table for each kind of record: the terms of its texts (internal/search). Where there are more of them than
-- a tsvector can keep the places of, words has them all in order; else it is ''.
CREATE TABLE sources_search (
    id    BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sources_search_terms ON sources_search USING gin (terms);
CREATE TABLE actors_search (
    id    BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX actors_search_terms ON actors_search USING gin (terms);
CREATE TABLE articles_search (
    id    BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX articles_search_terms ON articles_search USING gin (terms);
CREATE TABLE sentences_search (
    id    BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sentences_search_terms ON sentences_search USING gin (terms);
CREATE TABLE claims_search (
    id    BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL,
    words TEXT COLLATE "C" NOT NULL
);
CREATE INDEX claims_search_terms ON claims_search USING gin (terms);
