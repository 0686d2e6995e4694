-- +goose Up

-- The epochs of the postings: see epochs.go. Chunk -1 stands for all of them, together with the counters of facets.
CREATE TABLE facet_chunks (
    chunk BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL
);
INSERT INTO facet_chunks (chunk, epoch) VALUES (-1, 1);
INSERT INTO facet_chunks (chunk, epoch) SELECT DISTINCT id & 16777215, 1 FROM postings;
