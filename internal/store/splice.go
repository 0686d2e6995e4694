package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Spliced tells whether all relations are ones that can be put into a claim's JSON as it is kept.
func (e Expand) Spliced() bool { return !e.has("occurrences") }

// splice puts what is expanded into claims' JSON. What fillClaims does is what it must come to, to the byte.
//
// Within quotes, JSON has no quotation mark without a backslash before it: `,"origin":{` is a member of the claim and nothing
// else. The actors and the origin are the last members, in that order.
func (s *Store) splice(tx *gorm.DB, documents []jsontext.Value, expand Expand) error {
	if len(expand) == 0 || len(documents) == 0 {
		return nil
	}
	kept := &s.fragments
	if _, ok := tx.Statement.Context.Value(together{}).(*joint); ok {
		kept = &fragments{} // what was not committed is not to be remembered
	}
	parts := make([]parted, len(documents))
	for i, d := range documents {
		parts[i] = partsOf(d)
	}
	with, err := expansionsOf(tx, kept, parts, expand)
	if err != nil {
		return err
	}
	for i := range parts {
		if documents[i], err = with.appendTo(nil, parts[i], expand); err != nil {
			return err
		}
	}
	return nil
}

// parted is a claim's JSON, cut where something may be put in, and what it points at.
type parted struct {
	head, actors, origin jsontext.Value // up to the actors; them; the origin and the end

	actorIDs                       []int64
	election, article, first, last int64 // of election 0 for none
}

var (
	beforeActors, beforeActor = []byte(`,"actors":[`), []byte(`{"actor_id":`)
	beforeOrigin              = []byte(`,"origin":{`)
	beforeElection            = []byte(`,"election_id":`)
	beforeArticle             = []byte(`,"article_id":`)
	beforeFirst, beforeLast   = []byte(`,"first_sentence_id":`), []byte(`,"last_sentence_id":`)
	beforeSource              = []byte(`,"source_id":`)
	beforeTechniques          = []byte(`,"techniques":`)
)

func partsOf(document jsontext.Value) (p parted) {
	origin := bytes.Index(document, beforeOrigin)
	actors := bytes.Index(document[:origin], beforeActors)
	p.head, p.actors, p.origin = document[:actors], document[actors:origin], document[origin:]
	for one := range bytes.SplitSeq(p.actors[len(beforeActors):], beforeActor) {
		if id := leading(one); id > 0 {
			p.actorIDs = append(p.actorIDs, id)
		}
	}
	p.election, p.article = after(p.head, beforeElection), after(p.origin, beforeArticle)
	p.first, p.last = after(p.origin, beforeFirst), after(p.origin, beforeLast)
	return p
}

// after is the number that a member has, or 0 where there is no such member.
func after(object, member []byte) int64 {
	_, rest, _ := bytes.Cut(object, member)
	return leading(rest)
}

// leading is the number with which a text begins, or 0.
func leading[T string | []byte](b T) (n int64) {
	for i := range len(b) {
		c := b[i]
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// expansions are the JSON of the records that some claims point at, by their ids.
type expansions struct {
	actors, elections, articles, sources, sentences map[int64][]byte

	techniques map[string]tracker.Technique
}

func expansionsOf(tx *gorm.DB, kept *fragments, parts []parted, expand Expand) (with expansions, err error) {
	var actors, elections, articles, sources, sentences []int64
	for _, p := range parts {
		actors, articles = append(actors, p.actorIDs...), append(articles, p.article)
		if p.election > 0 {
			elections = append(elections, p.election)
		}
		for id := p.first; id <= p.last; id++ {
			sentences = append(sentences, id) // those of a version have ids in their order, and nothing is between them
		}
	}
	if expand.has("actors") {
		if with.actors, err = kept.of(tx, "actors", actors, marshalled(byID[tracker.Actor])); err != nil {
			return with, err
		}
	}
	if expand.has("election") {
		if with.elections, err = kept.of(tx, "elections", elections, marshalled(byID[tracker.Election])); err != nil {
			return with, err
		}
	}
	if expand.has("article") || expand.has("source") {
		if with.articles, err = articleHeads(tx, articles); err != nil {
			return with, err
		}
	}
	if expand.has("source") {
		for _, article := range with.articles {
			sources = append(sources, after(article, beforeSource))
		}
		if with.sources, err = kept.of(tx, "sources", sources, marshalled(byID[tracker.Source])); err != nil {
			return with, err
		}
	}
	if expand.has("sentences") {
		if with.sentences, err = sentencesByID(tx, sentences); err != nil {
			return with, err
		}
	}
	if expand.has("techniques") {
		with.techniques, err = techniquesOf(tx, parts)
	}
	return with, err
}

// techniquesOf are the techniques that claims name.
func techniquesOf(tx *gorm.DB, parts []parted) (map[string]tracker.Technique, error) {
	var wanted []string
	for _, p := range parts {
		codes, err := p.techniques()
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, codes...)
	}
	return techniquesByCode(tx, wanted)
}

// techniques are the codes that a claim names.
func (p parted) techniques() (codes []string, err error) {
	its := p.head[bytes.Index(p.head, beforeTechniques)+len(beforeTechniques):]
	err = json.Unmarshal(its[:bytes.IndexByte(its, ']')+1], &codes)
	return codes, err
}

// appendTo appends a claim with what is expanded.
func (with *expansions) appendTo(b []byte, p parted, expand Expand) (jsontext.Value, error) {
	b = slices.Grow(b, len(p.head)+len(p.actors)+len(p.origin)+with.size(p))
	b = append(b, p.head...)
	if with.actors == nil || len(p.actorIDs) == 0 {
		b = append(b, p.actors...)
	} else {
		rest := p.actors
		for _, id := range p.actorIDs {
			end := bytes.IndexByte(rest, '}')
			b = append(append(append(b, rest[:end]...), `,"actor":`...), with.actors[id]...)
			b, rest = append(b, '}'), rest[end+1:]
		}
		b = append(b, rest...)
	}
	b = append(b, p.origin[:len(p.origin)-len("}}")]...)
	b = with.appendPlace(b, p)
	b = append(b, '}')
	if election := with.elections[p.election]; election != nil {
		b = append(append(b, `,"election":`...), election...)
	}
	if expand.has("techniques") {
		records, err := with.techniqueRecords(p)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"technique_records":`...), records...)
	}
	return append(b, '}'), nil
}

// size is about how much is put into a claim.
func (with *expansions) size(p parted) int {
	article := with.articles[p.article]
	n := len(article) + len(with.sources[after(article, beforeSource)]) + len(with.elections[p.election]) + 64
	for _, id := range p.actorIDs {
		n += len(with.actors[id]) + len(`,"actor":`)
	}
	for id := p.first; id <= p.last; id++ {
		n += len(with.sentences[id]) + len(",")
	}
	return n
}

// appendPlace appends what is expanded of the origin.
func (with *expansions) appendPlace(b []byte, p parted) []byte {
	if with.sentences != nil {
		b = append(b, `,"sentences":[`...)
		for id := p.first; id <= p.last; id++ {
			if id > p.first {
				b = append(b, ',')
			}
			b = append(b, with.sentences[id]...)
		}
		b = append(b, ']')
	}
	if article := with.articles[p.article]; article != nil {
		b = append(append(b, `,"article":`...), article[:len(article)-1]...)
		if source := with.sources[after(article, beforeSource)]; source != nil {
			b = append(append(b, `,"source":`...), source...)
		}
		b = append(b, '}')
	}
	return b
}

func (with *expansions) techniqueRecords(p parted) (jsontext.Value, error) {
	codes, err := p.techniques()
	if err != nil {
		return nil, fmt.Errorf("reading the techniques of a claim: %w", err)
	}
	all := []tracker.Technique{}
	for _, code := range codes {
		all = append(all, with.techniques[code])
	}
	return json.Marshal(all)
}

// articleHeads are the JSON of articles without their texts. There are too many of them to be remembered, so that they are
// read each time, and written by hand.
func articleHeads(tx *gorm.DB, wanted []int64) (map[int64][]byte, error) {
	all := make(map[int64][]byte, len(wanted))
	joined := make([]byte, 0, len(wanted)*640) // about as much as they take
	err := eachRow(tx, articleHeadQuery+speechOf(tx).among, []any{listOf(distinct(wanted))}, func(scan scanFunc) error {
		var a tracker.Article
		v := &a.Latest
		if err := scan(&a.ID, &a.CreatedAt, &a.UpdatedAt, &a.Version, &a.SourceID, &a.URL, &a.Title, &a.Authors, &a.PublishedAt, &a.PublishedText,
			&a.Language, &a.ArchiveURL, &v.N, &v.Language, &v.SHA256, &v.Length, &v.CapturedAt); err != nil {
			return err
		}
		begin := len(joined)
		joined = appendArticle(joined, &a)
		all[a.ID] = joined[begin:len(joined):len(joined)]
		return nil
	})
	return all, err
}

const articleHeadQuery = `SELECT a.id, a.created_at, a.updated_at, a.version, a.source_id, a.url, a.title, a.authors, a.published_at, a.published_text,
	a.language, a.archive_url, v.n, v.language, v.sha256, v.length, v.captured_at
	FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.n = (SELECT max(w.n) FROM article_versions w WHERE w.article_id = a.id)
	WHERE a.id `

// appendArticle appends an article, of which nothing is expanded, as JSON.
func appendArticle(b []byte, a *tracker.Article) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), a.ID, 10)
	b = appendInstant(append(b, `,"created_at":`...), a.CreatedAt)
	b = appendInstant(append(b, `,"updated_at":`...), a.UpdatedAt)
	b = strconv.AppendInt(append(b, `,"version":`...), a.Version, 10)
	b = strconv.AppendInt(append(b, beforeSource...), a.SourceID, 10)
	b = appendText(append(b, `,"url":`...), a.URL)
	b = appendText(append(b, `,"title":`...), a.Title)
	b = append(b, `,"authors":[`...)
	for i, author := range a.Authors {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, author)
	}
	b = append(b, ']')
	if a.PublishedAt != nil {
		b = appendInstant(append(b, `,"published_at":`...), *a.PublishedAt)
	}
	for _, member := range [][2]string{{`,"published_text":`, a.PublishedText}, {`,"language":`, a.Language}, {`,"archive_url":`, a.ArchiveURL}} {
		if member[1] != "" {
			b = appendText(append(b, member[0]...), member[1])
		}
	}
	b = strconv.AppendInt(append(b, `,"latest":{"article_id":`...), a.ID, 10)
	b = strconv.AppendInt(append(b, `,"n":`...), a.Latest.N, 10)
	b = appendText(append(b, `,"language":`...), a.Latest.Language)
	b = appendText(append(b, `,"sha256":`...), a.Latest.SHA256)
	b = strconv.AppendInt(append(b, `,"length":`...), int64(a.Latest.Length), 10)
	return append(appendInstant(append(b, `,"captured_at":`...), a.Latest.CapturedAt), "}}"...)
}

func appendInstant(b []byte, at tracker.Instant) []byte {
	return append(append(append(b, '"'), at.String()...), '"')
}

// appendText appends a text as JSON. What is kept is UTF-8, in which all can be written.
func appendText(b []byte, text string) []byte {
	b, err := jsontext.AppendQuote(b, text)
	if err != nil {
		panic(err)
	}
	return b
}

// sentencesByID are the JSON of sentences.
func sentencesByID(tx *gorm.DB, wanted []int64) (map[int64][]byte, error) {
	all := make(map[int64][]byte, len(wanted))
	var head, words sql.RawBytes
	var id int64
	err := eachRow(tx, sentenceHeads+speechOf(tx).among, []any{listOf(wanted)}, func(scan scanFunc) error {
		if err := scan(&id, &head, &words); err != nil {
			return err
		}
		b, err := jsontext.AppendQuote(append(make([]byte, 0, len(head)+len(words)+8), head...), words)
		all[id] = append(b, '}')
		return err
	})
	return all, err
}

// sentenceHeads reads the beginning of sentences' JSON: all of it but the words, which come last.
const sentenceHeads = `SELECT id, '{"id":' || id || ',"article_id":' || article_id || ',"article_version":' || article_version ||
	',"ordinal":' || ordinal || ',"start":' || span_start || ',"end":' || span_end || ',"text":', text FROM sentences WHERE id `

// marshalled makes JSON of the records that a query reads.
func marshalled[T any](read func(tx *gorm.DB, ids []int64) (map[int64]T, error)) func(tx *gorm.DB, ids []int64) (map[int64][]byte, error) {
	return func(tx *gorm.DB, ids []int64) (map[int64][]byte, error) {
		records, err := read(tx, ids)
		if err != nil {
			return nil, err
		}
		all := make(map[int64][]byte, len(records))
		for id, record := range records {
			if all[id], err = json.Marshal(record); err != nil {
				return nil, fmt.Errorf("writing a record: %w", err)
			}
		}
		return all, nil
	}
}
