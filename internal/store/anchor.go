package store

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"claimtracker/internal/text"
	"claimtracker/internal/tracker"
)

// maxCandidates is how many places of an ambiguous quote are told to the client.
const maxCandidates = 20

// maxRun is how many sentences the words of one occurrence may touch.
const maxRun = 100

// locator finds the words that anchors point at. It has the sentences that they name, each with its text and what stands
// around that in the version.
type locator struct {
	tx        *gorm.DB
	sentences map[int64]namedSentence
	known     bool // some of them were there a while ago
}

// namedSentence is a sentence without its text, and that text with text.ContextLength code points around it, unless it is long.
type namedSentence struct {
	tracker.Sentence
	around string
}

// longSentence is from how many code points on a sentence is read by itself: many of them would take up much memory.
const longSentence = 1000

// namedSentences reads sentences that anchors name.
var namedSentences = fmt.Sprintf(`SELECT s.id, s.article_id, s.article_version, s.ordinal, s.span_start, s.span_end,
	CASE WHEN s.span_end - s.span_start < %[1]d THEN substr(v.text,
		CAST(CASE WHEN s.span_start < %[2]d THEN 1 ELSE s.span_start - %[2]d + 1 END AS integer),
		CAST(s.span_end - s.span_start + 2 * %[2]d AS integer))
	ELSE '' END
	FROM sentences s JOIN article_versions v ON v.article_id = s.article_id AND v.n = s.article_version WHERE s.id `,
	longSentence, text.ContextLength)

// locator reads, in one query, the sentences that anchors name.
func (s *Store) locator(tx *gorm.DB, anchors ...tracker.Anchor) (locator, error) {
	l := locator{tx: tx, sentences: map[int64]namedSentence{}}
	return l, l.read(namedBy(anchors))
}

// namedBy are the sentences that anchors name.
func namedBy(anchors []tracker.Anchor) (sentences []int64) {
	for _, a := range anchors {
		if a.SentenceID != 0 {
			sentences = append(sentences, a.SentenceID, cmp.Or(a.LastSentenceID, a.SentenceID))
		}
	}
	return distinct(sentences)
}

func (l locator) read(wanted []int64) error {
	if len(wanted) == 0 {
		return nil
	}
	return readRows(l.tx, namedSentences+speechOf(l.tx).among, []any{listOf(wanted)}, func(scan scanFunc) error {
		var o namedSentence
		err := scan(&o.ID, &o.ArticleID, &o.ArticleVersion, &o.Ordinal, &o.Start, &o.End, &o.around)
		l.sentences[o.ID] = o
		return err
	})
}

// locate finds the words that a new occurrence points at and gives it what it leaves out. What is wrong with it is noted in
// p, under the pointer at.
func (l locator) locate(p *tracker.Problems, at string, in *tracker.NewOccurrence) (tracker.Occurrence, error) {
	var mine tracker.Problems
	in.OccurrenceInput.Check(&mine)
	p.Join(mine.Under(at))
	in.Begin()
	return l.anchor(p, at, in.Anchor)
}

// anchor finds the words that a points at and returns an occurrence with its place filled in. What is wrong with the
// anchor is noted in p, under the pointer at; then, the occurrence means nothing.
//
// Texts never change, so the words need not be looked for in the transaction that keeps the occurrence: nobody has to
// wait with a write until a long text is searched.
func (l locator) anchor(p *tracker.Problems, at string, a tracker.Anchor) (o tracker.Occurrence, err error) {
	var mine tracker.Problems
	a.Check(&mine, at)
	if mine.Err() != nil {
		p.Join(mine)
		return o, nil //nolint:nilerr // p has it, and is told together with what else is wrong
	}
	e, err := l.excerptFor(p, at, a)
	if err != nil || e.n == 0 {
		return o, err
	}
	span, ok, err := l.anchorSpan(p, at, a, e)
	if err != nil || !ok {
		return o, err
	}
	if length := span.End - span.Start; length > tracker.MaxLongText {
		p.Add(at+"/exact", "too_long", "the words must be at most %d characters; these are %d", tracker.MaxLongText, length)
		return o, nil
	}
	touched, err := l.touched(a, e, span)
	switch {
	case err != nil:
		return o, err
	case len(touched) == 0:
		p.Add(at+"/exact", "no_words", "must be words of a sentence; what stands there is white space between sentences")
		return o, nil
	case len(touched) > maxRun:
		p.Add(at+"/last_sentence_id", "too_long", "a claim can stand on at most %d sentences; these are more", maxRun)
		return o, nil
	}
	quote := e.quoteAt(span)
	return tracker.Occurrence{
		ArticleID: e.article, ArticleVersion: e.n, Start: span.Start, End: span.End,
		Exact: quote.Exact, Prefix: quote.Prefix, Suffix: quote.Suffix,
		FirstSentenceID: touched[0].ID, LastSentenceID: touched[len(touched)-1].ID,
	}, nil
}

// excerpt is a part of a version's text, and the range within which words are looked for. What stands around the range is
// there too, as far as prefix and suffix reach.
type excerpt struct {
	article, n int64
	text       string
	from       int       // where text begins in the whole, in code points
	within     text.Span // in the whole
}

// find returns the first places of a quote that lie in a range of the whole, at most maxCandidates of them. What stands
// around them may lie outside of it.
func (e excerpt) find(q text.Quote, within text.Span) []text.Span {
	index := text.NewIndex(e.text)
	within.Start, within.End = within.Start-e.from, within.End-e.from
	if !index.Has(within) {
		return nil
	}
	from := max(0, within.Start-utf8.RuneCountInString(q.Prefix))
	to := min(index.Len(), within.End+utf8.RuneCountInString(q.Suffix))
	places := q.Find(index.Slice(text.Span{Start: from, End: to}), maxCandidates)
	for i := range places {
		places[i].Start += from + e.from
		places[i].End += from + e.from
	}
	return places
}

// quoteAt is the quote of a span of the whole.
func (e excerpt) quoteAt(span text.Span) text.Quote {
	return text.QuoteAt(e.text, text.Span{Start: span.Start - e.from, End: span.End - e.from})
}

// excerptFor reads as much of a version as a needs: the sentences that it names with what stands around them, or all of
// the text where it names an article. Where a names nothing that exists, that is noted in p and the excerpt is empty.
func (l locator) excerptFor(p *tracker.Problems, at string, a tracker.Anchor) (e excerpt, err error) {
	if a.SentenceID != 0 {
		if e, err = l.excerptOfSentences(p, at, a); err != nil || e.n == 0 {
			return e, err
		}
		around := max(text.ContextLength, utf8.RuneCountInString(a.Prefix), utf8.RuneCountInString(a.Suffix))
		return l.excerptAround(p, at, e, a.SentenceID, around)
	}
	var found []tracker.ArticleVersion
	q := l.tx.Where("article_id = ?", a.ArticleID)
	if a.ArticleVersion != 0 {
		q = q.Where("n = ?", a.ArticleVersion)
	}
	if err := q.Order("n DESC").Limit(1).Find(&found).Error; err != nil {
		return e, err
	}
	switch {
	case len(found) == 1:
		v := found[0]
		return excerpt{article: v.ArticleID, n: v.N, text: v.Text, within: text.Span{End: v.Length}}, nil
	case a.ArticleVersion != 0:
		p.Add(at+"/article_version", "not_found", "there is no version %d of an article %d", a.ArticleVersion, a.ArticleID)
	default:
		p.Add(at+"/article_id", "not_found", "there is no article %d", a.ArticleID)
	}
	return e, nil
}

// excerptAround reads the text of an excerpt of sentences, and so many code points around it. The article may have gone since
// the sentences were read: then they are there no more.
func (l locator) excerptAround(p *tracker.Problems, at string, e excerpt, sentence int64, around int) (excerpt, error) {
	e.from = max(0, e.within.Start-around)
	if named := l.sentences[sentence]; around == text.ContextLength && named.around != "" && e.within.End == named.End {
		e.text = named.around
		return e, nil
	}
	there := false
	query := "SELECT substr(text, ?, ?) FROM article_versions WHERE article_id = ? AND n = ?" // counts characters from 1
	err := readRows(l.tx, query, []any{e.from + 1, e.within.End + around - e.from, e.article, e.n}, func(scan scanFunc) error {
		there = true
		return scan(&e.text)
	})
	if err == nil && !there {
		p.Add(at+"/sentence_id", "not_found", "there is no sentence %d", sentence)
		return excerpt{}, nil
	}
	return e, err
}

// excerptOfSentences is the place of the sentences that a names, without their text.
func (l locator) excerptOfSentences(p *tracker.Problems, at string, a tracker.Anchor) (e excerpt, err error) {
	ids := [2]int64{a.SentenceID, cmp.Or(a.LastSentenceID, a.SentenceID)}
	first, last := l.sentences[ids[0]], l.sentences[ids[1]]
	switch {
	case first.ID == 0:
		p.Add(at+"/sentence_id", "not_found", "there is no sentence %d", ids[0])
	case last.ID == 0:
		p.Add(at+"/last_sentence_id", "not_found", "there is no sentence %d", ids[1])
	case first.ArticleID != last.ArticleID || first.ArticleVersion != last.ArticleVersion:
		p.Add(at+"/last_sentence_id", "conflict", "must be in the same version of the same article as sentence_id")
	case last.Ordinal < first.Ordinal:
		p.Add(at+"/last_sentence_id", "order", "must not come before sentence_id")
	default:
		e = excerpt{article: first.ArticleID, n: first.ArticleVersion, within: text.Span{Start: first.Start, End: last.End}}
	}
	return e, nil
}

// anchorSpan finds the one place in the range where the words of a stand, and says whether there is exactly one.
func (l locator) anchorSpan(p *tracker.Problems, at string, a tracker.Anchor, e excerpt) (span text.Span, ok bool, err error) {
	if a.Exact == "" {
		return e.within, true, nil
	}
	quote := text.Quote{Exact: canonical(a.Exact), Prefix: canonical(a.Prefix), Suffix: canonical(a.Suffix)}
	places := e.find(quote, e.within)
	wrong := tracker.FieldError{Pointer: "#" + at + "/exact", Code: "quote_not_found"}
	switch {
	case a.Start != nil:
		given := text.Span{Start: *a.Start, End: *a.End}
		if slices.Contains(e.find(quote, given), given) {
			return given, true, nil
		}
		wrong.Pointer = "#" + at + "/start"
		wrong.Detail = fmt.Sprintf("the words do not stand at %d to %d of version %d of article %d", given.Start, given.End, e.n, e.article)
	case len(places) == 1:
		return places[0], true, nil
	case len(places) > 1:
		wrong.Code = "quote_ambiguous"
		wrong.Detail = "the words stand in more than one place there: tell them apart by prefix and suffix, or by start and end"
	default:
		wrong.Detail = fmt.Sprintf("the words do not stand in version %d of article %d", e.n, e.article)
		if a.SentenceID != 0 {
			wrong.Detail = "the words do not stand in the sentences named"
		}
		// Where else they stand is worth a look into the whole text.
		if e, err = l.excerptFor(p, at, tracker.Anchor{ArticleID: e.article, ArticleVersion: e.n}); err != nil {
			return span, false, err
		}
		places = e.find(text.Quote{Exact: quote.Exact}, e.within)
		if len(places) > 0 && (quote.Prefix != "" || quote.Suffix != "") {
			wrong.Detail += " with that prefix and suffix"
		}
	}
	for _, place := range places {
		touched, err := l.sentencesAt(e, place)
		if err != nil {
			return span, false, err
		}
		q := e.quoteAt(place)
		candidate := tracker.Candidate{Start: place.Start, End: place.End, Prefix: q.Prefix, Suffix: q.Suffix}
		if len(touched) > 0 {
			candidate.SentenceID = touched[0].ID
		}
		wrong.Candidates = append(wrong.Candidates, candidate)
	}
	p.AddField(wrong)
	return span, false, nil
}

// canonical brings a quote to the form that texts are kept in; what is no text at all stands nowhere as it is.
func canonical(s string) string {
	if normal, err := text.Normalise(s); err == nil {
		return normal
	}
	return norm.NFC.String(s)
}

// touched are the sentences that the words of an anchor touch: at least the first and the last of them, and at most one more
// than an occurrence may have.
func (l locator) touched(a tracker.Anchor, e excerpt, span text.Span) ([]tracker.Sentence, error) {
	first, last := l.sentences[a.SentenceID], l.sentences[cmp.Or(a.LastSentenceID, a.SentenceID)]
	if a.SentenceID == 0 || a.Exact != "" || last.Ordinal-first.Ordinal >= maxRun {
		return l.sentencesAt(e, span)
	}
	return []tracker.Sentence{first.Sentence, last.Sentence}, nil
}

// sentencesAt are the sentences that a span touches, in order, and at most one more than an occurrence may have.
func (l locator) sentencesAt(e excerpt, span text.Span) (touched []tracker.Sentence, err error) {
	err = l.tx.Omit("text").Where("article_id = ? AND article_version = ?", e.article, e.n).
		// The sentence that begins last before the span may reach into it.
		Where("span_start >= COALESCE((SELECT max(span_start) FROM sentences WHERE article_id = ? AND article_version = ? AND span_start <= ?), 0)",
			e.article, e.n, span.Start).
		Where("span_start < ? AND span_end > ?", span.End, span.Start).
		Order("span_start").Limit(maxRun + 1).Find(&touched).Error
	return touched, err
}
