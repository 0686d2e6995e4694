-- +goose Up

-- Each claim as it is answered where nothing is expanded: derived from the records, see documents.go.
CREATE TABLE claim_documents (
    claim_id BIGINT PRIMARY KEY REFERENCES claims (id) ON DELETE CASCADE,
    version  BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL
);
