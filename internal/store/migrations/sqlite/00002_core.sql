-- +goose Up

-- What is derived from the records, and in which form: see derive.go.
CREATE TABLE derived (
    name   TEXT PRIMARY KEY NOT NULL,
    format INTEGER NOT NULL
) STRICT;
