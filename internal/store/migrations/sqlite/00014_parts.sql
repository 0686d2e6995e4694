-- +goose Up

-- How many parts each actor has in claims; one that has none has no row. It stands between claims and actors: that the actor of
-- a part is there, and stays, is for its foreign key to see to. A foreign key of each part would need an index of them all by
-- their actors, which nothing else asks, and of which each new claim changes a page for each of its actors. That an actor has a
-- role in a claim only once is for the check of claims to see to. SQLite takes a foreign key from a table only by making the
-- table anew.
CREATE TABLE actor_parts (
    actor_id INTEGER PRIMARY KEY REFERENCES actors (id),
    n        INTEGER NOT NULL
) STRICT;
INSERT INTO actor_parts (actor_id, n) SELECT actor_id, count(*) FROM claim_actors GROUP BY actor_id;

CREATE TABLE claim_actors_anew (
    claim_id INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    actor_id INTEGER NOT NULL,
    role     TEXT NOT NULL,
    PRIMARY KEY (claim_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO claim_actors_anew SELECT claim_id, ordinal, actor_id, role FROM claim_actors ORDER BY claim_id, ordinal;
DROP TABLE claim_actors;
ALTER TABLE claim_actors_anew RENAME TO claim_actors;

-- +goose StatementBegin
CREATE TRIGGER claim_actors_in AFTER INSERT ON claim_actors BEGIN
    INSERT INTO actor_parts (actor_id, n) VALUES (NEW.actor_id, 1) ON CONFLICT (actor_id) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_actors_out AFTER DELETE ON claim_actors BEGIN
    UPDATE actor_parts SET n = n - 1 WHERE actor_id = OLD.actor_id;
    DELETE FROM actor_parts WHERE actor_id = OLD.actor_id AND n = 0;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claim_actors_stay BEFORE UPDATE OF actor_id ON claim_actors
BEGIN SELECT RAISE(ABORT, 'a part stays its actor''s'); END;
-- +goose StatementEnd
