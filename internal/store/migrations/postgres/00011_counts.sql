-- +goose Up

-- Each chunk has the epoch that all postings had when one of it changed last: see epochs.go.
INSERT INTO facet_chunks (chunk, epoch) SELECT DISTINCT id & 16777215, 1 FROM postings;

-- Sources, actors and elections are counted as what there is more of is.
INSERT INTO tallies (name, n) VALUES
    ('sources', (SELECT count(*) FROM sources)),
    ('actors', (SELECT count(*) FROM actors)),
    ('elections', (SELECT count(*) FROM elections));
CREATE TRIGGER sources_in AFTER INSERT ON sources REFERENCING NEW TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
CREATE TRIGGER sources_out AFTER DELETE ON sources REFERENCING OLD TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
CREATE TRIGGER actors_in AFTER INSERT ON actors REFERENCING NEW TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
CREATE TRIGGER actors_out AFTER DELETE ON actors REFERENCING OLD TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
CREATE TRIGGER elections_in AFTER INSERT ON elections REFERENCING NEW TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
CREATE TRIGGER elections_out AFTER DELETE ON elections REFERENCING OLD TABLE AS affected FOR EACH STATEMENT EXECUTE FUNCTION tally_rows();
