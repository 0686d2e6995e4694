package tracker

import "strings"

// ArticleInput is all that a client may write of an article once it is there. Its text is not among it: texts are
// immutable and live in versions.
type ArticleInput struct {
	// SourceID is the source that published the article.
	SourceID int64 `json:"source_id" validate:"required" minimum:"1" example:"1"`
	// URL is where it was published. It is kept in canonical form and is unique.
	URL string `json:"url" validate:"required" maxLength:"2048" format:"uri" example:"https://harbour-ledger.example/2024/01/31/pledge"`
	// Title is its headline.
	Title string `json:"title" validate:"required" maxLength:"300" example:"Leader pledged to stay out of the vote"`
	// Authors are the people in its byline.
	Authors Strings `json:"authors" swaggertype:"array,string" maxItems:"100" example:"A. Writer"`
	// PublishedAt is when it was published (RFC 3339, kept in UTC with microseconds).
	PublishedAt *Instant `json:"published_at,omitzero" swaggertype:"string" format:"date-time" example:"2024-01-31T08:34:00.000000Z"`
	// PublishedText is the time of publication as printed, for when it is vaguer than an instant.
	PublishedText string `json:"published_text,omitempty" maxLength:"300" example:"Updated: Jan 31, 2024 08:34 IST"`
	// Language is the language it is written in, BCP 47; "und" when it could not be told.
	Language string `json:"language,omitempty" maxLength:"35" example:"en"`
	// ArchiveURL is where a lasting copy is kept.
	ArchiveURL string `json:"archive_url,omitempty" maxLength:"2048" format:"uri" example:"https://archive.example/abc"`
} // @name ArticleInput

// NewArticleText is the text that comes with a new article or a new version of one: plain text, or HTML of which the
// main text is kept and nothing else.
type NewArticleText struct {
	// Text is the article as plain text; headings, datelines and paragraphs stand on lines of their own.
	Text string `json:"text,omitempty" gorm:"-" example:"A leader assured another that his country would stay out of the vote, a broadcaster reported.\nOfficials doubt it."`
	// HTML is the article's page. Its main text is kept by paragraph, the HTML itself is not.
	HTML string `json:"html,omitempty" gorm:"-"`
} // @name NewArticleText

// NewArticle is what makes an article: its Input and its first text. Where the text is HTML, whatever of the title, URL,
// authors, time of publication and language is left out is read from the page.
type NewArticle struct {
	ArticleInput
	NewArticleText
} // @name NewArticle

// Article is one piece published at a URL.
type Article struct {
	Record
	ArticleInput
	// Latest is the newest version of its text. Lists leave the text and the sentences out of it.
	Latest ArticleVersion `json:"latest" gorm:"-" validate:"required"`
	// SameTextAs are the ids of the first 100 other articles of which a version has the same text, to the letter, as the
	// latest version. Lists leave it out.
	SameTextAs []int64 `json:"same_text_as,omitzero" gorm:"-" example:"4"`
	// Source is the record that source_id names; with expand=source.
	Source *Source `json:"source,omitempty" gorm:"-"`
	// Claims are the first 200 claims that stand on the latest version; claim_ids of its sentences say which on which. With
	// expand=claims.
	Claims []Claim `json:"claims,omitzero" gorm:"-"`
	// MoreClaims says that there are more: GET /api/v1/claims?article_id= lists them all.
	MoreClaims bool `json:"more_claims,omitzero" gorm:"-"`
	// Matches are the texts in which stands what a list was searched for; with highlight=true.
	Matches []Match `json:"matches,omitzero" gorm:"-"`
} // @name Article

// ArticleVersion is one text of an article. It never changes.
type ArticleVersion struct {
	// ArticleID is the article whose text it is.
	ArticleID int64 `json:"article_id" gorm:"primaryKey" validate:"required" example:"1"`
	// N counts the article's versions, from 1.
	N int64 `json:"n" gorm:"primaryKey" validate:"required" minimum:"1" example:"1"`
	// Language is the language by whose rules the text was split into sentences, BCP 47.
	Language string `json:"language" validate:"required" example:"en"`
	// SHA256 is the digest of the text's UTF-8, in hexadecimal.
	SHA256 string `json:"sha256" gorm:"column:sha256" validate:"required" minLength:"64" maxLength:"64" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	// Length is how long the text is, in Unicode code points.
	Length int `json:"length" validate:"required" example:"120"`
	// CapturedAt is when the text came in (UTC, RFC 3339, microseconds).
	CapturedAt Instant `json:"captured_at" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
	// Text is the normalised text: UTF-8, NFC, LF line ends.
	Text string `json:"text,omitempty" example:"A leader assured another that his country would stay out of the vote, a broadcaster reported.\nOfficials doubt it."`
	// Sentences are its sentences in order.
	Sentences []Sentence `json:"sentences,omitempty" gorm:"-"`
} // @name ArticleVersion

// Sentence is a span of a version of an article. Start and End count Unicode code points of the normalised text, the unit
// of the W3C Web Annotation Data Model's TextPositionSelector.
type Sentence struct {
	// ID names the sentence; it never changes.
	ID int64 `json:"id" gorm:"primaryKey" validate:"required" example:"1"`
	// ArticleID is the article in which it stands.
	ArticleID int64 `json:"article_id" validate:"required" example:"1"`
	// ArticleVersion is the version of the article in which it stands.
	ArticleVersion int64 `json:"article_version" validate:"required" example:"1"`
	// Ordinal is its place among the version's sentences, from 1.
	Ordinal int `json:"ordinal" validate:"required" example:"1"`
	// Start is its first code point.
	Start int `json:"start" gorm:"column:span_start" validate:"required" example:"0"`
	// End is the code point after its last one.
	End int `json:"end" gorm:"column:span_end" validate:"required" example:"93"`
	// Text is the sentence.
	Text string `json:"text" validate:"required" example:"A leader assured another that his country would stay out of the vote, a broadcaster reported."`
	// ClaimIDs are the claims that stand on it, wholly or in part, of those that are put in place; with expand=claims.
	ClaimIDs []int64 `json:"claim_ids,omitzero" gorm:"-" example:"1"`
	// Claims are the first 200 claims that stand on it, where a sentence is read by itself; with expand=claims.
	Claims []Claim `json:"claims,omitzero" gorm:"-"`
	// MoreClaims says that there are more: GET /api/v1/claims?sentence_id= lists them all.
	MoreClaims bool `json:"more_claims,omitzero" gorm:"-"`
	// Article is the record that article_id names; with expand=article.
	Article *Article `json:"article,omitempty" gorm:"-"`
	// Matches are the texts in which stands what a list was searched for; with highlight=true.
	Matches []Match `json:"matches,omitzero" gorm:"-"`
} // @name Sentence

// Meta has a sentence's id alone: nothing else of it ever changes.
func (s Sentence) Meta() Record { return Record{ID: s.ID} }

// Check notes everything that is wrong with the article, unless a page may still fill it in.
func (in *NewArticle) Check(p *Problems) {
	if in.HTML == "" {
		in.ArticleInput.Check(p)
	}
	in.NewArticleText.Check(p)
}

// Check notes whether there is not just one of text and HTML.
func (in *NewArticleText) Check(p *Problems) {
	switch {
	case in.Text != "" && in.HTML != "":
		p.Add("/html", "conflict", "must be left out when text is given")
	case in.HTML == "" && strings.TrimSpace(in.Text) == "":
		p.Add("/text", "required", "must be given and not be blank, or else html")
	}
}

// Check puts the input into canonical form and notes everything that is wrong with it.
func (in *ArticleInput) Check(p *Problems) {
	if in.SourceID == 0 {
		p.Add("/source_id", "required", "must be given: the id of the source that published the article")
	} else {
		p.id("/source_id", &in.SourceID)
	}
	if p.required("/url", in.URL) {
		p.Link("/url", &in.URL)
	}
	p.line("/title", &in.Title, MaxName)
	p.required("/title", in.Title)
	p.lines("/authors", &in.Authors)
	p.line("/published_text", &in.PublishedText, MaxName)
	p.Language("/language", &in.Language)
	p.Link("/archive_url", &in.ArchiveURL)
}
