package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Spliced tells whether all relations are ones that can be put into a claim's JSON as it is kept.
func (e Expand) Spliced() bool { return !e.has("occurrences") }

// spliced are claims' JSON with what is expanded. What fillClaims does is what it must come to, to the byte.
func spliced(tx *gorm.DB, documents []string, expand Expand, records recordsOf) ([]Document, error) {
	all := make([]Document, len(documents))
	for i, d := range documents {
		all[i].json = d
	}
	if len(expand) == 0 || len(documents) == 0 {
		return all, nil
	}
	for i := range all {
		all[i].cut()
	}
	with, err := expansionsOf(tx, all, expand, records)
	for i := range all {
		all[i].with = with
	}
	return all, err
}

// cut finds where something may be put into a claim's JSON, of which the actors and the origin are the last members, in that
// order, and what the origin points at.
//
// Within quotes, JSON has no quotation mark without a backslash before it: `"origin":{` is a member of the claim and nothing
// else. To look for the brackets first takes a fraction of the time, as words have few of them.
func (d *Document) cut() {
	d.actorsAt = -1
	for at := 1; ; at++ {
		at += strings.IndexByte(d.json[at:], '{')
		if before := d.json[:at]; strings.HasSuffix(before, beforeOrigin) {
			d.originAt = at - len(beforeOrigin)
			break
		} else if d.actorsAt < 0 && strings.HasSuffix(before, beforeActors) {
			d.actorsAt = at - len(beforeActors)
		}
	}
	if d.actorsAt < 0 { // an empty list
		d.actorsAt = d.originAt - len(beforeActors+"]")
	}
	d.article = numberAfter(d.origin(), `,"article_id":`)
	end := d.json[strings.LastIndex(d.json, beforeFirst):] // from the end: the quote may be long
	d.first, d.last = numberAfter(end, beforeFirst), numberAfter(end, `,"last_sentence_id":`)
}

const (
	beforeOrigin = `,"origin":`
	beforeActors = `,"actors":[`
	beforeActor  = `{"actor_id":`
	beforeFirst  = `,"first_sentence_id":`
)

func (d *Document) head() string   { return d.json[:d.actorsAt] }
func (d *Document) actors() string { return d.json[d.actorsAt:d.originAt] }
func (d *Document) origin() string { return d.json[d.originAt:] } // and the end

// actorIDs appends the ids of the claim's actors.
func (d *Document) actorIDs(ids []int64) []int64 {
	for _, rest, ok := strings.Cut(d.actors(), beforeActor); ok; _, rest, ok = strings.Cut(rest, beforeActor) {
		ids = append(ids, leading(rest))
	}
	return ids
}

// sentenceIDs appends those of the origin: the sentences of a version have ids in their order, and nothing is between them.
func (d *Document) sentenceIDs(ids []int64) []int64 {
	for id := d.first; id <= d.last; id++ {
		ids = append(ids, id)
	}
	return ids
}

// electionID appends that of the claim's election, if it has one.
func (d *Document) electionID(ids []int64) []int64 {
	if id := d.election(); id > 0 {
		ids = append(ids, id)
	}
	return ids
}

func (d *Document) election() int64 { return numberAfter(d.head(), `,"election_id":`) }

func (d *Document) articleID(ids []int64) []int64 { return append(ids, d.article) }

// techniques are the codes of the claim's techniques.
func (d *Document) techniques() (codes []string, err error) {
	_, list, _ := strings.Cut(d.head(), `,"techniques":`)
	err = json.Unmarshal([]byte(list[:strings.IndexByte(list, ']')+1]), &codes)
	return codes, err
}

// numberAfter is the number that comes after a part of a text, or 0 where there is none.
func numberAfter(text, part string) int64 {
	_, rest, _ := strings.Cut(text, part)
	return leading(rest)
}

// textAfter is what comes after a part of a text, up to a quotation mark.
func textAfter(text, part string) string {
	_, rest, _ := strings.Cut(text, part)
	it, _, _ := strings.Cut(rest, `"`)
	return it
}

// leading is the number with which a text begins, or 0.
func leading(text string) (n int64) {
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// expansions are the JSON of the records that some claims point at, by their ids. What is not expanded is nil.
type expansions struct {
	actors, elections, articles, sources, sentences map[int64]string

	techniques map[int64]string // the records of each claim's techniques, by its id
}

// expansionsOf takes them from what is remembered, and reads the others.
func expansionsOf(tx *gorm.DB, claims []Document, expand Expand, records recordsOf) (*expansions, error) {
	with, read := &expansions{}, reading{tx: tx, records: records}
	ids := func(of func(d *Document, ids []int64) []int64) (all []int64) {
		for i := range claims {
			all = of(&claims[i], all)
		}
		return distinct(all)
	}
	if expand.has("actors") {
		with.actors = read.remembered(actorDocuments, ids((*Document).actorIDs))
	}
	if expand.has("election") {
		with.elections = read.remembered(electionDocuments, ids((*Document).electionID))
	}
	if expand.has("article") || expand.has("source") {
		articles := ids((*Document).articleID)
		with.articles = read.these(articleDocuments, articles)
		if expand.has("source") && records.memory == nil {
			with.sources = read.these(sourcesOfArticles, articles)
		}
	}
	if expand.has("sentences") {
		with.sentences = read.these("(SELECT id, "+speechOf(tx).sentence+" AS document FROM sentences) AS found", ids((*Document).sentenceIDs))
	}
	if err := read.run(); err != nil {
		return nil, err
	}
	if expand.has("source") && records.memory != nil {
		var sources []int64
		for _, article := range with.articles {
			sources = append(sources, sourceOf(article))
		}
		with.sources = read.remembered(sourceDocuments, distinct(sources))
	}
	if err := read.run(); err != nil {
		return nil, err
	}
	if expand.has("techniques") {
		return with, with.readTechniques(tx, claims)
	}
	return with, nil
}

// reading is of documents of several tables, in one statement.
type reading struct {
	tx      *gorm.DB
	records recordsOf

	columns      []string
	lists, texts []any
	found        []func(id int64, document string)
}

// remembered are the documents with these ids: those that are remembered, and once it is run also the others.
func (r *reading) remembered(table string, ids []int64) map[int64]string {
	all, missing := r.records.recall(table, ids)
	r.add(table, missing, func(id int64, document string) {
		all[id] = document
		r.records.keep(table, id, document)
	})
	return all
}

// these are the documents with these ids, once it is run.
func (r *reading) these(table string, ids []int64) map[int64]string {
	all := make(map[int64]string, len(ids))
	r.add(table, ids, func(id int64, document string) { all[id] = document })
	return all
}

func (r *reading) add(table string, ids []int64, found func(id int64, document string)) {
	if len(ids) == 0 {
		return
	}
	speech := speechOf(r.tx)
	r.columns = append(r.columns, "COALESCE((SELECT "+speech.joined+" FROM "+table+" WHERE id "+speech.among+"), '')")
	r.lists, r.texts, r.found = append(r.lists, listOf(ids)), append(r.texts, new(string)), append(r.found, found)
}

// run reads what was asked for since it was run last.
func (r *reading) run() error {
	if len(r.columns) == 0 {
		return nil
	}
	if err := readRow(r.tx, "SELECT "+strings.Join(r.columns, ", "), r.lists, r.texts...); err != nil {
		return err
	}
	for i, found := range r.found {
		for line := range strings.Lines(*r.texts[i].(*string)) {
			found(numberAfter(line, `{"id":`), strings.TrimSuffix(line, "\n"))
		}
	}
	*r = reading{tx: r.tx, records: r.records}
	return nil
}

// readTechniques reads the records of the claims' techniques.
func (with *expansions) readTechniques(tx *gorm.DB, claims []Document) error {
	codes := make([][]string, len(claims))
	for i := range claims {
		var err error
		if codes[i], err = claims[i].techniques(); err != nil {
			return err
		}
	}
	found, err := techniquesByCode(tx, slices.Concat(codes...))
	if err != nil {
		return err
	}
	with.techniques = make(map[int64]string, len(claims))
	for i := range claims {
		all := []tracker.Technique{}
		for _, code := range codes[i] {
			all = append(all, found[code])
		}
		records, err := json.Marshal(all)
		if err != nil {
			return fmt.Errorf("writing the techniques of a claim: %w", err)
		}
		with.techniques[claims[i].Meta().ID] = string(records)
	}
	return nil
}

// append appends the JSON of a claim with what is expanded.
func (with *expansions) append(b []byte, d *Document) []byte {
	b = append(b, d.head()...)
	b = with.appendActors(b, d.actors())
	b = append(b, strings.TrimSuffix(d.origin(), "}}")...)
	b = append(with.appendPlace(b, d), '}')
	if election, ok := with.elections[d.election()]; ok {
		b = append(append(b, `,"election":`...), election...)
	}
	if with.techniques != nil {
		b = append(append(b, `,"technique_records":`...), with.techniques[d.Meta().ID]...)
	}
	return append(b, '}')
}

// appendActors appends the member that has the actors, which is a list of objects without others in them.
func (with *expansions) appendActors(b []byte, list string) []byte {
	for with.actors != nil {
		end := strings.IndexByte(list, '}')
		if end < 0 {
			break
		}
		b = append(append(b, list[:end]...), `,"actor":`...)
		b = append(append(b, with.actors[numberAfter(list, beforeActor)]...), '}')
		list = list[end+1:]
	}
	return append(b, list...)
}

// appendPlace appends what is expanded of the origin.
func (with *expansions) appendPlace(b []byte, d *Document) []byte {
	if with.sentences != nil {
		b = append(b, `,"sentences":[`...)
		for id := d.first; id <= d.last; id++ {
			if id > d.first {
				b = append(b, ',')
			}
			b = append(b, with.sentences[id]...)
		}
		b = append(b, ']')
	}
	if article, ok := with.articles[d.article]; ok {
		b = append(append(b, `,"article":`...), strings.TrimSuffix(article, "}")...)
		if source, ok := with.sources[sourceOf(article)]; ok {
			b = append(append(b, `,"source":`...), source...)
		}
		b = append(b, '}')
	}
	return b
}

// sourcesOfArticles are the documents of sources by the ids of their articles.
const sourcesOfArticles = "(SELECT a.id, s.document FROM articles AS a JOIN " + sourceDocuments + " AS s ON s.id = a.source_id) AS found"

// sourceOf is the id of an article's source.
func sourceOf(article string) int64 { return numberAfter(article, `,"source_id":`) }
