package store

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Spliced tells whether all relations are ones that can be put into a claim's JSON as it is kept.
func (e Expand) Spliced() bool { return !e.has("occurrences") }

// spliced are claims' JSON with what is expanded. What fillClaims does is what it must come to, to the byte.
//
// Within quotes, JSON has no quotation mark without a backslash before it: `,"origin":{` is a member of the claim and nothing
// else. The actors and the origin are the last members, in that order.
func spliced(tx *gorm.DB, documents []string, expand Expand) ([]Document, error) {
	all := make([]Document, len(documents))
	if len(expand) == 0 || len(documents) == 0 {
		for i := range all {
			all[i].pieces = documents[i : i+1]
		}
		return all, nil
	}
	parts, n := make([]parted, len(documents)), 0
	for i, d := range documents {
		var err error
		if parts[i], err = partsOf(d, expand); err != nil {
			return nil, err
		}
		n += mostPieces + 3*len(parts[i].actorIDs) + 2*int(parts[i].last-parts[i].first)
	}
	with, err := expansionsOf(tx, parts, expand)
	if err != nil {
		return nil, err
	}
	pieces := make([]string, 0, n)
	for i := range parts {
		begin := len(pieces)
		if pieces, err = with.appendClaim(pieces, &parts[i]); err != nil {
			return nil, err
		}
		all[i].pieces = pieces[begin:len(pieces):len(pieces)]
	}
	return all, nil
}

// mostPieces is how many pieces a claim has at the most, beside those of its actors and of all sentences but one.
const mostPieces = 17

// parted is a claim's JSON, cut where something may be put in, and what it points at, of what is expanded.
type parted struct {
	head, actors, origin string // up to the actors; them; the origin and the end

	actorIDs                       []int64
	election, article, first, last int64 // of election 0 for none
	techniques                     []string
}

const beforeActors, beforeActor, beforeFirst = `,"actors":[`, `{"actor_id":`, `,"first_sentence_id":`

func partsOf(document string, expand Expand) (p parted, err error) {
	origin := strings.Index(document, `,"origin":{`)
	actors := strings.LastIndex(document[:origin], beforeActors)
	p.head, p.actors, p.origin = document[:actors], document[actors:origin], document[origin:]
	if expand.has("actors") {
		for one := range strings.SplitSeq(p.actors[len(beforeActors):], beforeActor) {
			if id := leading(one); id > 0 {
				p.actorIDs = append(p.actorIDs, id)
			}
		}
	}
	if expand.has("election") {
		p.election = numberAfter(p.head, `,"election_id":`)
	}
	if expand.has("article") || expand.has("source") {
		p.article = numberAfter(p.origin, `,"article_id":`)
	}
	if expand.has("sentences") {
		end := p.origin[strings.LastIndex(p.origin, beforeFirst):] // from the end: the quote may be long
		p.first, p.last = numberAfter(end, beforeFirst), numberAfter(end, `,"last_sentence_id":`)
	}
	if expand.has("techniques") {
		_, codes, _ := strings.Cut(p.head, `,"techniques":`)
		err = json.Unmarshal([]byte(codes[:strings.IndexByte(codes, ']')+1]), &p.techniques)
	}
	return p, err
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

	techniques map[string]tracker.Technique
}

// expansionsOf reads them, all but the techniques in one statement.
func expansionsOf(tx *gorm.DB, parts []parted, expand Expand) (with expansions, err error) {
	var actors, elections, articles, sentences []int64
	var techniques []string
	for _, p := range parts {
		actors, articles, techniques = append(actors, p.actorIDs...), append(articles, p.article), append(techniques, p.techniques...)
		if p.election > 0 {
			elections = append(elections, p.election)
		}
		for id := p.first; id <= p.last; id++ {
			sentences = append(sentences, id) // those of a version have ids in their order, and nothing is between them
		}
	}
	speech := speechOf(tx)
	var columns []string
	var lists, texts []any
	var into []*map[int64]string
	read := func(all *map[int64]string, from string, ids []int64) {
		columns = append(columns, "COALESCE((SELECT "+speech.joined+" FROM "+from+"), '')")
		lists, texts, into = append(lists, listOf(distinct(ids))), append(texts, new(string)), append(into, all)
	}
	if expand.has("actors") {
		read(&with.actors, actorDocuments+" WHERE id "+speech.among, actors)
	}
	if expand.has("election") {
		read(&with.elections, electionDocuments+" WHERE id "+speech.among, elections)
	}
	if expand.has("article") || expand.has("source") {
		read(&with.articles, articleDocuments+" WHERE id "+speech.among, articles)
	}
	if expand.has("source") {
		read(&with.sources, sourceDocuments+" WHERE id IN (SELECT source_id FROM articles WHERE id "+speech.among+")", articles)
	}
	if expand.has("sentences") {
		read(&with.sentences, "(SELECT "+speech.sentence+" AS document FROM sentences WHERE id "+speech.among+") AS found", sentences)
	}
	if len(columns) > 0 {
		if err := readRow(tx, "SELECT "+strings.Join(columns, ", "), lists, texts...); err != nil {
			return with, err
		}
	}
	for i, all := range into {
		*all = byLeadingID(*texts[i].(*string))
	}
	if expand.has("techniques") {
		with.techniques, err = techniquesByCode(tx, techniques)
	}
	return with, err
}

// byLeadingID are records, one a line, by the id with which each begins.
func byLeadingID(lines string) map[int64]string {
	all := make(map[int64]string, 1+strings.Count(lines, "\n"))
	for line := range strings.Lines(lines) {
		all[numberAfter(line, `{"id":`)] = strings.TrimSuffix(line, "\n")
	}
	return all
}

// appendClaim appends the pieces of a claim with what is expanded.
func (with *expansions) appendClaim(b []string, p *parted) ([]string, error) {
	b = append(b, p.head)
	rest := p.actors
	for _, id := range p.actorIDs {
		end := 1 + strings.IndexByte(rest[1:], '}') // the bracket of the one before is still there
		b = append(b, rest[:end], `,"actor":`, with.actors[id])
		rest = rest[end:]
	}
	b = append(b, rest, p.origin[:len(p.origin)-len("}}")])
	b = append(with.appendPlace(b, p), "}")
	if election, ok := with.elections[p.election]; ok {
		b = append(b, `,"election":`, election)
	}
	if with.techniques != nil {
		records, err := with.techniqueRecords(p)
		if err != nil {
			return nil, err
		}
		b = append(b, `,"technique_records":`, records)
	}
	return append(b, "}"), nil
}

// appendPlace appends the pieces of what is expanded of the origin.
func (with *expansions) appendPlace(b []string, p *parted) []string {
	if with.sentences != nil {
		b = append(b, `,"sentences":[`)
		for id := p.first; id <= p.last; id++ {
			if id > p.first {
				b = append(b, ",")
			}
			b = append(b, with.sentences[id])
		}
		b = append(b, "]")
	}
	if article, ok := with.articles[p.article]; ok {
		b = append(b, `,"article":`, article[:len(article)-1])
		if source, ok := with.sources[numberAfter(article, `,"source_id":`)]; ok {
			b = append(b, `,"source":`, source)
		}
		b = append(b, "}")
	}
	return b
}

func (with *expansions) techniqueRecords(p *parted) (string, error) {
	all := []tracker.Technique{}
	for _, code := range p.techniques {
		all = append(all, with.techniques[code])
	}
	records, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("writing the techniques of a claim: %w", err)
	}
	return string(records), nil
}
