-- +goose Up

-- Each chunk has the epoch that all postings had when one of it changed last: see epochs.go.
INSERT INTO facet_chunks (chunk, epoch) SELECT DISTINCT id & 0xFFFFFF, 1 FROM postings;

-- Sources, actors and elections are counted as what there is more of is.
INSERT INTO tallies (name, n) VALUES
    ('sources', (SELECT count(*) FROM sources)),
    ('actors', (SELECT count(*) FROM actors)),
    ('elections', (SELECT count(*) FROM elections));
-- +goose StatementBegin
CREATE TRIGGER sources_in AFTER INSERT ON sources BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'sources';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sources_out AFTER DELETE ON sources BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'sources';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER actors_in AFTER INSERT ON actors BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'actors';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER actors_out AFTER DELETE ON actors BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'actors';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER elections_in AFTER INSERT ON elections BEGIN
    UPDATE tallies SET n = n + 1 WHERE name = 'elections';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER elections_out AFTER DELETE ON elections BEGIN
    UPDATE tallies SET n = n - 1 WHERE name = 'elections';
END;
-- +goose StatementEnd
