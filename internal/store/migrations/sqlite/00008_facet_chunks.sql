-- +goose Up

-- The epochs of the postings: see epochs.go. Chunk -1 stands for all of them, together with the counters of facets.
CREATE TABLE facet_chunks (
    chunk INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO facet_chunks (chunk, epoch) VALUES (-1, 1);
INSERT INTO facet_chunks (chunk, epoch) SELECT DISTINCT id & 0xFFFFFF, 1 FROM postings;
