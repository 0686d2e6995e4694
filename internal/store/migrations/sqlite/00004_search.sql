-- +goose Up

-- What is searched, a table for each kind of record: the terms of its texts (internal/search), which have nothing in them that
-- the tokeniser would change. A rowid is the id of a record. The texts themselves are in the records only.
CREATE VIRTUAL TABLE sources_search USING fts5 (name, aliases, domain, description, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE VIRTUAL TABLE actors_search USING fts5 (name, aliases, description, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE VIRTUAL TABLE articles_search USING fts5 (title, authors, text, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE VIRTUAL TABLE sentences_search USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE VIRTUAL TABLE claims_search USING fts5 (text, exact, content = '', contentless_delete = 1, tokenize = 'ascii');
