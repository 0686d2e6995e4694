-- +goose Up

-- SQLite's step of this number spares it two indexes that its foreign keys need. Here they are the cheaper way.
SELECT 1;
