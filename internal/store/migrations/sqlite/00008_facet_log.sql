-- +goose Up

-- Which claims have come to which facets, and which have left them, since that was last put into postings and facets: a row
-- for each transaction that changed any, see facetlog.go.
CREATE TABLE facet_log (
    id      INTEGER PRIMARY KEY, -- from 1, each time that the log has been emptied
    mark    INTEGER NOT NULL,    -- a random number, which tells this row from one that was lost
    held    INTEGER NOT NULL,    -- how many changes the log holds up to here
    changes BLOB NOT NULL
) STRICT;

-- How many times the postings have changed: chunk -1 stands for all of them.
CREATE TABLE facet_chunks (
    chunk INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;
