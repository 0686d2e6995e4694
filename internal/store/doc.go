// Package store keeps the tracker's records in a database. It speaks SQL and nothing else: the rules that it runs inside
// its transactions are the domain's, in internal/tracker, and what it answers with are the domain's records and errors.
//
// All writes pass Store.Write, one at a time; all reads pass Store.Read or, for lists, Store.Browse, each on one snapshot,
// on a pool that cannot write. Counts are answered from memory where that is as good: see Store.survey.
//
// The files, by what they are about:
//
//   - Records, a file each: actors, articles, claims, elections, occurrences, sentences, sources, techniques. What they have in
//     common is in record, page (lists by cursors), filter, expand and lists (what lists are filtered and sorted by).
//   - A claim comes in: newclaims (checked, made ready), anchor (the words that it stands on), known and known_sentences (what need
//     not be looked up again), draft (its JSON), insert, and derive (what is made of it).
//   - The transaction: queue (who writes with whom), transaction, store, migrate, copy (into another database).
//   - What a claim has, as an index that all filters and counts read: facets (what it has), dictionary (their numbers), postings,
//     stored (as they are kept), facetlog (what was changed last) and overlay (that log over them), entries (both as one).
//   - What is remembered of that index: epochs (when it is right), folded, memory, settled, moments (of creation).
//   - A filter of claims: claim_filter, claim_plan (it as sets), claim_set, claim_list, and ruled (what facets alone decide).
//   - Counts: counts, column (in which claims), candidates (by which values), stats; sheet, tally, cross and extent count by all
//     values of a field at once.
//   - Search: search (in one kind of records), results (in all), claim_search (under a filter), passages (what was found).
//   - Answers that are kept as JSON: documents (of claims), record_documents and record_memory (of the others), splice (these
//     put into those).
//   - The engines: sqlite and postgres, and nobody else knows which it is but for speech (what they write otherwise) and sql (how a
//     statement is run); checkpoint (SQLite's log), server and replicas (PostgreSQL's), log.
package store
