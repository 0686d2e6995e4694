-- +goose Up

-- What is derived from the records, and in which form: see derive.go.
CREATE TABLE derived (
    name   TEXT COLLATE "C" PRIMARY KEY,
    format BIGINT NOT NULL
);

-- The turn counts the commits, so that every instance knows whether anything was written since it last looked, and has the
-- latest moment that any record carries, so that time does not go back from one instance's clock to another's.
ALTER TABLE write_turn ADD commits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE write_turn ADD latest BIGINT NOT NULL DEFAULT 0;
