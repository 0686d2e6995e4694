package store

import (
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

// anchor finds the words that a points at and returns an occurrence with its place filled in. What is wrong with the
// anchor is noted in p, under the pointer at; then, the occurrence means nothing.
func anchor(tx *gorm.DB, p *tracker.Problems, at string, a tracker.Anchor) (o tracker.Occurrence, err error) {
	var mine tracker.Problems
	a.Check(&mine, at)
	if mine.Err() != nil {
		p.Join(mine)
		return o, nil //nolint:nilerr // p has it, and is told together with what else is wrong
	}
	version, within, err := anchorRange(tx, p, at, a)
	if err != nil || version.N == 0 {
		return o, err
	}
	span, ok := anchorSpan(p, at, a, version, within)
	if !ok {
		return o, nil
	}
	quote := text.QuoteAt(version.Text, span)
	first, last := sentencesAt(version.Sentences, span)
	if first == 0 {
		p.Add(at+"/exact", "no_words", "must be words of a sentence; what stands there is white space between sentences")
		return o, nil
	}
	return tracker.Occurrence{
		ArticleID: version.ArticleID, ArticleVersion: version.N, Start: span.Start, End: span.End,
		Exact: quote.Exact, Prefix: quote.Prefix, Suffix: quote.Suffix,
		FirstSentenceID: first, LastSentenceID: last,
	}, nil
}

// anchorRange reads the version that a points into, and the part of it in which the words must stand. Where a names
// nothing that exists, that is noted in p and the version is the zero one.
func anchorRange(tx *gorm.DB, p *tracker.Problems, at string, a tracker.Anchor) (v tracker.ArticleVersion, within text.Span, err error) {
	article, n := a.ArticleID, a.ArticleVersion
	if a.SentenceID != 0 {
		first, last := a.SentenceID, max(a.LastSentenceID, a.SentenceID)
		var ends []tracker.Sentence
		if err := tx.Order("id").Find(&ends, "id IN ?", distinct([]int64{first, last})).Error; err != nil {
			return v, within, err
		}
		switch {
		case len(ends) == 0 || ends[0].ID != first:
			p.Add(at+"/sentence_id", "not_found", "there is no sentence %d", first)
			return v, within, nil
		case ends[len(ends)-1].ID != last:
			p.Add(at+"/last_sentence_id", "not_found", "there is no sentence %d", last)
			return v, within, nil
		case a.LastSentenceID != 0 && a.LastSentenceID < a.SentenceID:
			p.Add(at+"/last_sentence_id", "order", "must not come before sentence_id")
			return v, within, nil
		case ends[0].ArticleID != ends[len(ends)-1].ArticleID || ends[0].ArticleVersion != ends[len(ends)-1].ArticleVersion:
			p.Add(at+"/last_sentence_id", "conflict", "must be in the same version of the same article as sentence_id")
			return v, within, nil
		}
		article, n = ends[0].ArticleID, ends[0].ArticleVersion
		within = text.Span{Start: ends[0].Start, End: ends[len(ends)-1].End}
	}
	if n == 0 {
		if err := tx.Raw("SELECT COALESCE(max(n), 0) FROM article_versions WHERE article_id = ?", article).Scan(&n).Error; err != nil {
			return v, within, err
		}
		if n == 0 {
			p.Add(at+"/article_id", "not_found", "there is no article %d", article)
			return v, within, nil
		}
	}
	v, err = wholeVersion(tx, article, n)
	if tracker.CodeOf(err) == tracker.NotFound {
		p.Add(at+"/article_version", "not_found", "there is no version %d of an article %d", n, article)
		return tracker.ArticleVersion{}, within, nil
	}
	if a.SentenceID == 0 {
		within = text.Span{Start: 0, End: v.Length}
	}
	return v, within, err
}

// anchorSpan finds the one place in the range where the words of a stand, and says whether there is exactly one.
func anchorSpan(p *tracker.Problems, at string, a tracker.Anchor, v tracker.ArticleVersion, within text.Span) (text.Span, bool) {
	if a.Exact == "" {
		return within, true
	}
	quote := text.Quote{Exact: canonical(a.Exact), Prefix: canonical(a.Prefix), Suffix: canonical(a.Suffix)}
	places := find(quote, v.Text, within)
	if a.Start != nil {
		given := text.Span{Start: *a.Start, End: *a.End}
		if slices.Contains(find(quote, v.Text, given), given) {
			return given, true
		}
		p.AddField(tracker.FieldError{Pointer: "#" + at + "/start", Code: "quote_not_found", Candidates: candidates(v, places),
			Detail: fmt.Sprintf("the words do not stand at %d to %d of version %d of article %d", given.Start, given.End, v.N, v.ArticleID)})
		return text.Span{}, false
	}
	switch len(places) {
	case 1:
		return places[0], true
	case 0:
		detail := fmt.Sprintf("the words do not stand in version %d of article %d", v.N, v.ArticleID)
		if a.SentenceID != 0 {
			detail = "the words do not stand in the sentences named"
		}
		elsewhere := find(text.Quote{Exact: quote.Exact}, v.Text, text.Span{End: v.Length})
		if len(elsewhere) > 0 && (quote.Prefix != "" || quote.Suffix != "") {
			detail += " with that prefix and suffix"
		}
		p.AddField(tracker.FieldError{Pointer: "#" + at + "/exact", Code: "quote_not_found", Detail: detail, Candidates: candidates(v, elsewhere)})
	default:
		p.AddField(tracker.FieldError{Pointer: "#" + at + "/exact", Code: "quote_ambiguous", Candidates: candidates(v, places),
			Detail: "the words stand in more than one place there: tell them apart by prefix and suffix, or by start and end"})
	}
	return text.Span{}, false
}

// find returns the first places of a quote that lie in a range of s, at most maxCandidates of them. What stands around
// them may lie outside of it.
func find(q text.Quote, s string, within text.Span) []text.Span {
	index := text.NewIndex(s)
	if !index.Has(within) {
		return nil
	}
	from := max(0, within.Start-utf8.RuneCountInString(q.Prefix))
	to := min(index.Len(), within.End+utf8.RuneCountInString(q.Suffix))
	places := q.Find(index.Slice(text.Span{Start: from, End: to}), maxCandidates)
	for i := range places {
		places[i].Start += from
		places[i].End += from
	}
	return places
}

// canonical brings a quote to the form that texts are kept in; what is no text at all stands nowhere as it is.
func canonical(s string) string {
	if normal, err := text.Normalise(s); err == nil {
		return normal
	}
	return norm.NFC.String(s)
}

func candidates(v tracker.ArticleVersion, places []text.Span) []tracker.Candidate {
	var all []tracker.Candidate
	for _, s := range places {
		q := text.QuoteAt(v.Text, s)
		first, _ := sentencesAt(v.Sentences, s)
		all = append(all, tracker.Candidate{Start: s.Start, End: s.End, Prefix: q.Prefix, Suffix: q.Suffix, SentenceID: first})
	}
	return all
}

// sentencesAt are the ids of the first and the last sentence that a span touches.
func sentencesAt(sentences []tracker.Sentence, span text.Span) (first, last int64) {
	for _, s := range sentences {
		if s.Start < span.End && s.End > span.Start {
			if first == 0 {
				first = s.ID
			}
			last = s.ID
		}
	}
	return first, last
}
