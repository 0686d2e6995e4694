package rest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/search"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// search reads q and highlight.
func (q *query) search() store.Search {
	s := store.Search{Query: q.searched()}
	s.Highlight = q.highlighted(s)
	return s
}

// searched reads q; nil where it is not given, or cannot be read.
func (q *query) searched() *search.Query {
	text := q.one("q")
	if text == "" {
		return nil
	}
	parsed, err := search.Parse(text)
	if err != nil {
		q.problems.AddParameter("q", "too_long", "%s", err)
	}
	if strings.TrimSpace(text) == "" {
		q.problems.AddParameter("q", "required", "must not be blank")
	}
	return &parsed
}

// highlighted reads highlight, which needs a search.
func (q *query) highlighted(s store.Search) bool {
	wanted := q.isTrue("highlight")
	if wanted && s.Query == nil {
		q.problems.AddParameter("highlight", "conflict", "needs a search: give q too")
	}
	return wanted
}

// searchedPage is page for a list that can be searched, and then sorted by relevance.
func (q *query) searchedPage(sorts []string, s store.Search) store.Page {
	p := q.page(append(slices.Clone(sorts), store.Relevance))
	if p.Sort == store.Relevance && s.Query == nil {
		q.problems.AddParameter("sort", "conflict", "relevance needs a search: give q too")
	}
	if p.Sort == store.Relevance && p.After != nil {
		q.problems.AddParameter("cursor", "conflict", "a list by relevance has one page only")
	}
	return p
}

// ResultList is a page of what a search over all kinds of records found.
type ResultList struct {
	Items []tracker.Result `json:"items" validate:"required"`
	// Counts are how many records of each kind there are; with total=true.
	Counts []ResultCount `json:"counts,omitzero"`
	Paging
} // @name ResultList

// ResultCount is how many records of a kind a search found.
type ResultCount struct {
	// Value is the kind.
	Value tracker.ResultType `json:"value" validate:"required" enums:"actor,source,claim,article,sentence" example:"claim"`
	// Count is how many there are.
	Count int64 `json:"count" validate:"required" example:"12"`
	// Href lists them.
	Href string `json:"href" validate:"required" example:"/api/v1/claims?q=vote"`
} // @name ResultCount

// resources are the paths of the kinds of records that are searched.
var resources = map[tracker.ResultType]string{
	tracker.ResultActor: "actors", tracker.ResultSource: "sources", tracker.ResultClaim: "claims",
	tracker.ResultArticle: "articles", tracker.ResultSentence: "sentences",
}

// listResults searches all kinds of records.
//
//	@Summary	Search everything
//	@Description	Actors (names, aliases, descriptions), sources (these, and domains), claims (texts, and the exact words of their occurrences), articles (titles, authors, and the text of the latest version) and sentences (of all versions), in this order and the newest of each first; or the best first.
//	@Description	In q, words are all to be found, in any order and text of the record; "words in quotation marks" in a row; vot* is all that begins so, from two letters; OR in capitals between two of these lets one be enough; -word leaves out what has it. Case and diacritics make no difference, and signs separate words. Where a script has no spaces, as Chinese, Japanese and Thai, any part of a text is found. What cannot be read as that is searched for as it stands.
//	@ID			search
//	@Tags		search
//	@Produce	json,application/problem+json
//	@Param		q	query	string	true	"What to search for"	maxLength(1000)
//	@Param		type	query	[]string	false	"Kinds of records; all where none is named"	collectionFormat(multi)	Enums(actor,source,claim,article,sentence)
//	@Param		highlight	query	bool	false	"Say where in each text it was found"	default(false)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order; relevance is one page of the best of the newest 1000 of each kind"	Enums(-created_at,relevance)	default(-created_at)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count all of them too, and those of each kind"	default(false)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ResultList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/search [get]
func (s *Server) listResults(c echo.Context) error {
	q := newQuery(c)
	filter := store.ResultFilter{Types: vocabulary(q, "type", tracker.ResultTypes), Search: q.search()}
	if !q.values.Has("q") {
		q.problems.AddParameter("q", "required", "must be given: what to search for")
	}
	page := q.page(s.store.Results.Sorts())
	if page.Sort == store.Relevance && page.After != nil {
		q.problems.AddParameter("cursor", "conflict", "a list by relevance has one page only")
	}
	if err := q.err(); err != nil {
		return err
	}
	l, counts, err := s.store.Results.List(c.Request().Context(), filter, page)
	if err != nil {
		return err
	}
	answer := ResultList{Items: l.Items, Paging: Paging{Total: l.Total}}
	for i, r := range answer.Items {
		answer.Items[i].Href = path(resources[r.Type], r.ID)
	}
	for _, kind := range tracker.ResultTypes {
		if n, ok := counts[kind]; ok {
			href := "/api/v1/" + resources[kind] + "?" + url.Values{"q": {q.values.Get("q")}}.Encode()
			answer.Counts = append(answer.Counts, ResultCount{kind, n, href})
		}
	}
	answer.Next = linkNext(c, q, l.Next)
	return respond(c, answer)
}
