package tracker

// Match is a text of a record in which something that was searched for stands.
type Match struct {
	// Field is the text's field; exact is that of an occurrence of a claim, text that of an article's latest version.
	Field string `json:"field" validate:"required" enums:"name,aliases,domain,description,title,authors,text,exact" example:"text"`
	// Index is which of the field's texts it is, from 0, where the field is a list.
	Index *int `json:"index,omitzero" example:"0"`
	// OccurrenceID is the occurrence that has the text, where the record is a claim; of several that have the same, the first.
	OccurrenceID int64 `json:"occurrence_id,omitzero" example:"1"`
	// Version is the version of the article that has the text, where the record is an article.
	Version int64 `json:"article_version,omitzero" example:"1"`
	// Fragments are the first parts of the text in which it stands, 5 at the most; with highlight=true.
	Fragments []Fragment `json:"fragments,omitzero"`
} // @name Match

// Fragment is a part of a text around what was found. Start and End count Unicode code points of the whole text.
type Fragment struct {
	// Start is its first code point.
	Start int `json:"start" validate:"required" example:"0"`
	// End is the code point after its last one.
	End int `json:"end" validate:"required" example:"24"`
	// Text is what stands there.
	Text string `json:"text" validate:"required" example:"The election was rigged."`
	// Found are the words and phrases in it that were searched for, in order.
	Found []Span `json:"found" validate:"required"`
} // @name Fragment

// Span is a part of a text. Start and End count Unicode code points of the whole text, as those of the fragment do.
type Span struct {
	// Start is its first code point.
	Start int `json:"start" validate:"required" example:"4"`
	// End is the code point after its last one.
	End int `json:"end" validate:"required" example:"12"`
} // @name Span

// Result is a record that a search over all kinds of records found.
type Result struct {
	// Type is what kind of record it is.
	Type ResultType `json:"type" validate:"required" enums:"actor,source,claim,article,sentence" example:"claim"`
	// ID is the record's id.
	ID int64 `json:"id" validate:"required" minimum:"1" example:"1"`
	// Href is where the record is.
	Href string `json:"href" validate:"required" example:"/api/v1/claims/1"`
	// Text is its main text: what a claim says, the name of a source or actor, an article's title, a sentence.
	Text string `json:"text" validate:"required" example:"The election was rigged."`
	// Matches say which of its texts have what was searched for.
	Matches []Match `json:"matches" validate:"required"`
} // @name Result

// ResultType is a kind of record that is searched.
type ResultType string // @name ResultType

// The kinds of records that are searched, in the order in which a search over all of them has them.
const (
	ResultActor    ResultType = "actor"
	ResultSource   ResultType = "source"
	ResultClaim    ResultType = "claim"
	ResultArticle  ResultType = "article"
	ResultSentence ResultType = "sentence"
)

// ResultTypes are all of them.
var ResultTypes = []ResultType{ResultActor, ResultSource, ResultClaim, ResultArticle, ResultSentence}
