package tracker

// OccurrenceInput is all that a client may write of an occurrence once it is there. The words that it points at are not
// among it: links are evidence; delete it and make another to point elsewhere.
type OccurrenceInput struct {
	// Stance is what the article does with the claim there; "reports" when left out of a new one.
	Stance Stance `json:"stance,omitempty" example:"reports"`
	// IsOrigin marks the place that the claim was logged from. A claim has exactly one: marking another unmarks it.
	IsOrigin bool `json:"is_origin" example:"true"`
} // @name OccurrenceInput

// Anchor points at words of an article, in one of three ways: a sentence (sentence_id), a run of sentences (sentence_id
// and last_sentence_id), or a quote (article_id and exact, with as much of prefix and suffix as tells its place from
// others, or with start and end). A quote may also be looked for in a sentence or a run of them only.
type Anchor struct {
	// SentenceID is the sentence, or the first one of a run.
	SentenceID int64 `json:"sentence_id,omitzero" minimum:"1" example:"1"`
	// LastSentenceID is the last sentence of a run, in the same version of the same article.
	LastSentenceID int64 `json:"last_sentence_id,omitzero" minimum:"1"`
	// ArticleID is the article in which the quote stands, where no sentence is named.
	ArticleID int64 `json:"article_id,omitzero" minimum:"1"`
	// ArticleVersion is the version of the article; the latest when left out.
	ArticleVersion int64 `json:"article_version,omitzero" minimum:"1"`
	// Exact are the quoted words (W3C Web Annotation, TextQuoteSelector), in the article's own spelling.
	Exact string `json:"exact,omitempty" maxLength:"10000"`
	// Prefix is text right before the words.
	Prefix string `json:"prefix,omitempty" maxLength:"10000"`
	// Suffix is text right after the words.
	Suffix string `json:"suffix,omitempty" maxLength:"10000"`
	// Start is the code point at which the words start (TextPositionSelector); given together with end.
	Start *int `json:"start,omitzero" minimum:"0"`
	// End is the code point after the words.
	End *int `json:"end,omitzero" minimum:"1"`
} // @name Anchor

// NewOccurrence is what makes an occurrence: where it stands, and its Input.
type NewOccurrence struct {
	Anchor
	OccurrenceInput
} // @name NewOccurrence

// Occurrence is a place where a claim stands in an article.
type Occurrence struct {
	Record
	// ClaimID is the claim that stands there.
	ClaimID int64 `json:"claim_id" validate:"required" example:"1"`
	// ArticleID is the article in which it stands.
	ArticleID int64 `json:"article_id" validate:"required" example:"1"`
	// ArticleVersion is the version of the article whose text it points into.
	ArticleVersion int64 `json:"article_version" validate:"required" example:"1"`
	// Start is the first code point of the words.
	Start int `json:"start" gorm:"column:span_start" validate:"required" example:"0"`
	// End is the code point after the words.
	End int `json:"end" gorm:"column:span_end" validate:"required" example:"93"`
	// Exact are the words themselves.
	Exact string `json:"exact" validate:"required" example:"A leader assured another that his country would stay out of the vote"`
	// Prefix is what stands right before them, up to 32 code points.
	Prefix string `json:"prefix" validate:"required" example:""`
	// Suffix is what stands right after them, up to 32 code points.
	Suffix string `json:"suffix" validate:"required" example:", a broadcaster reported."`
	// FirstSentenceID is the sentence in which the words start.
	FirstSentenceID int64 `json:"first_sentence_id" validate:"required" example:"1"`
	// LastSentenceID is the sentence in which the words end.
	LastSentenceID int64 `json:"last_sentence_id" validate:"required" example:"1"`
	OccurrenceInput
	// Sentences are the sentences that the words touch, in order; with expand=sentences.
	Sentences []Sentence `json:"sentences,omitzero" gorm:"-"`
	// Article is the record that article_id names; with expand=article, and with its source with expand=source.
	Article *Article `json:"article,omitempty" gorm:"-"`
	// Claim is the record that claim_id names; with expand=claim.
	Claim *Claim `json:"claim,omitempty" gorm:"-"`
} // @name Occurrence

// Check notes everything that is wrong with the input. A stance left out stays what it was.
func (in *OccurrenceInput) Check(p *Problems) {
	oneOf(p, "/stance", in.Stance, Stances)
}

// Begin gives the input of a new occurrence what it leaves out.
func (in *OccurrenceInput) Begin() {
	if in.Stance == "" {
		in.Stance = StanceReports
	}
}

// Follow gives the input what it leaves out of what was, and is a Conflict where the claim would lose its origin.
func (in *OccurrenceInput) Follow(was OccurrenceInput) error {
	if in.Stance == "" {
		in.Stance = was.Stance
	}
	if was.IsOrigin && !in.IsOrigin {
		return Errorf(Conflict, "A claim always has an origin: mark another occurrence as the origin instead")
	}
	return nil
}

// Check notes everything that is wrong with the anchor's form, under the pointer "at". Whether the words stand there is
// for the store to say.
func (a *Anchor) Check(p *Problems, at string) {
	p.length(at+"/exact", a.Exact, MaxLongText)
	p.length(at+"/prefix", a.Prefix, MaxLongText)
	p.length(at+"/suffix", a.Suffix, MaxLongText)
	switch {
	case a.SentenceID == 0 && a.ArticleID == 0:
		p.Add(at+"/sentence_id", "required", "must be given, or else article_id and exact")
	case a.SentenceID != 0 && a.ArticleID != 0:
		p.Add(at+"/article_id", "conflict", "must be left out when sentence_id says where the claim stands")
	}
	if a.SentenceID == 0 {
		if a.ArticleID != 0 && a.Exact == "" {
			p.Add(at+"/exact", "required", "must be given with article_id: the quoted words")
		}
		if a.LastSentenceID != 0 {
			p.Add(at+"/last_sentence_id", "conflict", "must be left out without sentence_id, the first of the run")
		}
	} else {
		if a.ArticleVersion != 0 {
			p.Add(at+"/article_version", "conflict", "must be left out with sentence_id: a sentence belongs to one version")
		}
		if a.Start != nil || a.End != nil {
			p.Add(at+"/start", "conflict", "must be left out with sentence_id, as must end")
		}
	}
	if (a.Start == nil) != (a.End == nil) {
		p.Add(at+"/start", "required", "start and end must be given together")
	}
	if a.SentenceID != 0 && a.Exact == "" && (a.Prefix != "" || a.Suffix != "") {
		p.Add(at+"/exact", "required", "must be given with prefix or suffix: the quoted words")
	}
}
