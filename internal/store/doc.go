// Package store keeps the tracker's records in a database. It speaks SQL and nothing else: the rules that it runs inside
// its transactions are the domain's, in internal/tracker, and what it answers with are the domain's records and errors.
//
// All writes pass Store.Write, one at a time; all reads pass Store.Read or, for lists, Store.Browse, each on one snapshot,
// on a pool that cannot write. Counts are answered from memory where that is as good: see Store.survey.
//
// The files, by what they are about:
//
//   - Records, a file each: actors.go, articles.go, claims.go, elections.go, occurrences.go, sentences.go, sources.go, techniques.go.
//     What they have in common is in record.go, page.go (lists by cursors), filter.go, expand.go and lists.go (what lists are
//     filtered and sorted by).
//   - A claim comes in: newclaims.go (checked, made ready), around.go (what other records say of it), anchor.go (the words that it
//     stands on), known.go and known_sentences.go (what need not be looked up again), draft.go (its JSON), insert.go, and derive.go
//     (what is made of it).
//   - The transaction: queue.go (who writes with whom), transaction.go, store.go, migrate.go, copy.go (into another database).
//   - What a claim has, as an index that all filters and counts read: facets.go (what it has), dictionary.go (their numbers),
//     postings.go, stored.go (as they are kept), facetlog.go (what was changed last) and overlay.go (that log over them), entries.go
//     (both as one).
//   - What is remembered of that index: epochs.go (when it is right), folded.go, memory.go, settled.go, moments.go (of creation).
//   - A filter of claims: claim_filter.go, claim_plan.go (it as sets), claim_set.go, claim_list.go, and ruled.go (what facets alone
//     decide).
//   - Counts: counts.go, column.go (in which claims), candidates.go (by which values), stats.go; sheet.go, tally.go, cross.go and
//     extent.go count by all values of a field at once.
//   - Search: search.go (in one kind of records), results.go (in all), claim_search.go (under a filter), passages.go (what was found).
//   - Answers that are kept as JSON: documents.go (of claims), record_documents.go and record_memory.go (of the others), splice.go
//     (these put into those).
//   - The engines: sqlite.go and postgres.go, and nobody else knows which it is but for speech.go (what they write otherwise) and
//     sql.go (how a statement is run); checkpoint.go (SQLite's log), server.go and replicas.go (PostgreSQL's), log.go. Without what
//     SQLite needs to be built with, requires_cgo.go and requires_fts5.go say so.
package store
