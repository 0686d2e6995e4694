-- +goose Up

-- Each record that a claim can be shown with, as it is shown there: derived from the records, see record_documents.go.
CREATE TABLE actor_documents (
    id       INTEGER PRIMARY KEY REFERENCES actors (id) ON DELETE CASCADE,
    document TEXT NOT NULL
) STRICT;
CREATE TABLE article_documents (
    id       INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    document TEXT NOT NULL
) STRICT;
CREATE TABLE election_documents (
    id       INTEGER PRIMARY KEY REFERENCES elections (id) ON DELETE CASCADE,
    document TEXT NOT NULL
) STRICT;
CREATE TABLE source_documents (
    id       INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
    document TEXT NOT NULL
) STRICT;
