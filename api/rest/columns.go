package rest

import (
	"cmp"
	"slices"
	"strconv"

	"claimtracker/internal/tracker"
)

// The tables as which records are exported: each column is named after the record's member, and what is nested after the
// members on the way to it. Lists are joined with "; ".

// resource is how records of a kind are answered with.
type resource[T any] struct {
	name    string // as in its path, and of the file that it is exported to
	members []string
	columns []column[T]
}

func resourceOf[T any](name string, columns ...[]column[T]) resource[T] {
	return resource[T]{name, membersOf[T](), slices.Concat(columns...)}
}

// recordColumns are those of what every record carries.
func recordColumns[T interface{ Meta() tracker.Record }]() []column[T] {
	return []column[T]{
		{name: "id", member: "id", value: func(r *T) cell { return number((*r).Meta().ID) }},
		{name: "created_at", member: "created_at", value: func(r *T) cell { return instant((*r).Meta().CreatedAt) }},
		{name: "updated_at", member: "updated_at", value: func(r *T) cell { return instant((*r).Meta().UpdatedAt) }},
		{name: "version", member: "version", value: func(r *T) cell { return number((*r).Meta().Version) }},
	}
}

var sources = resourceOf("sources", recordColumns[tracker.Source](), []column[tracker.Source]{
	{name: "name", member: "name", value: func(s *tracker.Source) cell { return words(s.Name) }},
	{name: "kind", member: "kind", value: func(s *tracker.Source) cell { return words(s.Kind) }},
	{name: "domain", member: "domain", value: func(s *tracker.Source) cell { return words(s.Domain) }},
	{name: "url", member: "url", value: func(s *tracker.Source) cell { return words(s.URL) }},
	{name: "country", member: "country", value: func(s *tracker.Source) cell { return words(s.Country) }},
	{name: "language", member: "language", value: func(s *tracker.Source) cell { return words(s.Language) }},
	{name: "aliases", member: "aliases", value: func(s *tracker.Source) cell { return joined(s.Aliases) }},
	{name: "description", member: "description", value: func(s *tracker.Source) cell { return words(s.Description) }},
})

var actors = resourceOf("actors", recordColumns[tracker.Actor](), []column[tracker.Actor]{
	{name: "name", member: "name", value: func(a *tracker.Actor) cell { return words(a.Name) }},
	{name: "kind", member: "kind", value: func(a *tracker.Actor) cell { return words(a.Kind) }},
	{name: "country", member: "country", value: func(a *tracker.Actor) cell { return words(a.Country) }},
	{name: "aliases", member: "aliases", value: func(a *tracker.Actor) cell { return joined(a.Aliases) }},
	{name: "parent_id", member: "parent_id", value: func(a *tracker.Actor) cell { return maybeNumber(a.ParentID) }},
	{name: "wikidata_id", member: "wikidata_id", value: func(a *tracker.Actor) cell { return words(a.WikidataID) }},
	{name: "description", member: "description", value: func(a *tracker.Actor) cell { return words(a.Description) }},
})

var elections = resourceOf("elections", recordColumns[tracker.Election](), []column[tracker.Election]{
	{name: "name", member: "name", value: func(e *tracker.Election) cell { return words(e.Name) }},
	{name: "country", member: "country", value: func(e *tracker.Election) cell { return words(e.Country) }},
	{name: "level", member: "level", value: func(e *tracker.Election) cell { return words(e.Level) }},
	{name: "kind", member: "kind", value: func(e *tracker.Election) cell { return words(e.Kind) }},
	{name: "date", member: "date", value: func(e *tracker.Election) cell { return words(e.Date) }},
})

var articles = resourceOf("articles", recordColumns[tracker.Article](), []column[tracker.Article]{
	{name: "source_id", member: "source_id", value: func(a *tracker.Article) cell { return number(a.SourceID) }},
	{name: "url", member: "url", value: func(a *tracker.Article) cell { return words(a.URL) }},
	{name: "title", member: "title", value: func(a *tracker.Article) cell { return words(a.Title) }},
	{name: "authors", member: "authors", value: func(a *tracker.Article) cell { return joined(a.Authors) }},
	{name: "published_at", member: "published_at", value: func(a *tracker.Article) cell { return maybeInstant(a.PublishedAt) }},
	{name: "published_text", member: "published_text", value: func(a *tracker.Article) cell { return words(a.PublishedText) }},
	{name: "language", member: "language", value: func(a *tracker.Article) cell { return words(a.Language) }},
	{name: "archive_url", member: "archive_url", value: func(a *tracker.Article) cell { return words(a.ArchiveURL) }},
	{name: "latest_n", member: "latest", value: func(a *tracker.Article) cell { return number(a.Latest.N) }},
	{name: "latest_sha256", member: "latest", value: func(a *tracker.Article) cell { return words(a.Latest.SHA256) }},
	{name: "latest_length", member: "latest", value: func(a *tracker.Article) cell { return number(a.Latest.Length) }},
	{name: "latest_captured_at", member: "latest", value: func(a *tracker.Article) cell { return instant(a.Latest.CapturedAt) }},
	{name: "source_name", member: "source", expands: []string{"source"}, value: func(a *tracker.Article) cell { return words(a.Source.Name) }},
	{name: "source_kind", member: "source", expands: []string{"source"}, value: func(a *tracker.Article) cell { return words(a.Source.Kind) }},
	{name: "source_country", member: "source", expands: []string{"source"}, value: func(a *tracker.Article) cell { return words(a.Source.Country) }},
})

var versions = resourceOf("versions", []column[tracker.ArticleVersion]{
	{name: "article_id", member: "article_id", value: func(v *tracker.ArticleVersion) cell { return number(v.ArticleID) }},
	{name: "n", member: "n", value: func(v *tracker.ArticleVersion) cell { return number(v.N) }},
	{name: "language", member: "language", value: func(v *tracker.ArticleVersion) cell { return words(v.Language) }},
	{name: "sha256", member: "sha256", value: func(v *tracker.ArticleVersion) cell { return words(v.SHA256) }},
	{name: "length", member: "length", value: func(v *tracker.ArticleVersion) cell { return number(v.Length) }},
	{name: "captured_at", member: "captured_at", value: func(v *tracker.ArticleVersion) cell { return instant(v.CapturedAt) }},
})

var techniques = resourceOf("techniques", []column[tracker.Technique]{
	{name: "code", member: "code", value: func(t *tracker.Technique) cell { return words(t.Code) }},
	{name: "name", member: "name", value: func(t *tracker.Technique) cell { return words(t.Name) }},
	{name: "tactic", member: "tactic", value: func(t *tracker.Technique) cell { return words(t.Tactic) }},
	{name: "parent", member: "parent", value: func(t *tracker.Technique) cell { return words(t.Parent) }},
	{name: "framework_version", member: "framework_version", value: func(t *tracker.Technique) cell { return words(t.FrameworkVersion) }},
})

var tactics = resourceOf("tactics", []column[tracker.Tactic]{
	{name: "code", member: "code", value: func(t *tracker.Tactic) cell { return words(t.Code) }},
	{name: "name", member: "name", value: func(t *tracker.Tactic) cell { return words(t.Name) }},
})

var occurrences = resourceOf("occurrences", recordColumns[tracker.Occurrence](), []column[tracker.Occurrence]{
	{name: "claim_id", member: "claim_id", value: func(o *tracker.Occurrence) cell { return number(o.ClaimID) }},
}, placeColumns("", "", func(o *tracker.Occurrence) *tracker.Occurrence { return o }), []column[tracker.Occurrence]{
	{name: "is_origin", member: "is_origin", value: func(o *tracker.Occurrence) cell { return truth(o.IsOrigin) }},
	{name: "claim_kind", member: "claim", expands: []string{"claim"}, value: func(o *tracker.Occurrence) cell { return words(o.Claim.Kind) }},
	{name: "claim_status", member: "claim", expands: []string{"claim"}, value: func(o *tracker.Occurrence) cell { return words(o.Claim.Status) }},
	{name: "claim_text", member: "claim", expands: []string{"claim"}, value: func(o *tracker.Occurrence) cell { return words(o.Claim.Text) }},
})

var claims = resourceOf("claims", recordColumns[tracker.Claim](), []column[tracker.Claim]{
	{name: "text", member: "text", value: func(c *tracker.Claim) cell { return words(c.Text) }},
	{name: "kind", member: "kind", value: func(c *tracker.Claim) cell { return words(c.Kind) }},
	{name: "status", member: "status", value: func(c *tracker.Claim) cell { return words(c.Status) }},
	{name: "election_id", member: "election_id", value: func(c *tracker.Claim) cell { return maybeNumber(c.ElectionID) }},
	{name: "election_name", member: "election", expands: []string{"election"}, value: func(c *tracker.Claim) cell {
		return maybe(c.Election, func(e tracker.Election) cell { return words(e.Name) })
	}},
	{name: "claimed_on", member: "claimed_on", value: func(c *tracker.Claim) cell { return words(c.ClaimedOn) }},
	{name: "language", member: "language", value: func(c *tracker.Claim) cell { return words(c.Language) }},
	{name: "tags", member: "tags", value: func(c *tracker.Claim) cell { return joined(c.Tags) }},
	{name: "techniques", member: "techniques", value: func(c *tracker.Claim) cell { return joined(c.Techniques) }},
	{name: "status_since", member: "status_since", value: func(c *tracker.Claim) cell { return instant(c.StatusSince) }},
	{name: "technique_names", member: "technique_records", expands: []string{"techniques"}, value: func(c *tracker.Claim) cell {
		return cell{text: joinEach(c.TechniqueRecords, func(t tracker.Technique) string { return t.Name })}
	}},
	{name: "actors", member: "actors", value: func(c *tracker.Claim) cell {
		return cell{text: joinEach(c.Actors, func(a tracker.ClaimActor) string {
			return strconv.FormatInt(a.ActorID, 10) + " " + string(a.Role)
		})}
	}},
	{name: "actor_names", member: "actors", expands: []string{"actors"}, value: func(c *tracker.Claim) cell {
		return cell{text: joinEach(c.Actors, func(a tracker.ClaimActor) string { return a.Actor.Name })}
	}},
	{name: "origin_id", member: "origin", value: func(c *tracker.Claim) cell { return number(c.Origin.ID) }},
}, placeColumns("origin_", "origin", func(c *tracker.Claim) *tracker.Occurrence { return &c.Origin }), []column[tracker.Claim]{
	{name: "occurrences", member: "occurrences", expands: []string{"occurrences"}, value: func(c *tracker.Claim) cell {
		return cell{text: joinEach(c.Occurrences, func(o tracker.Occurrence) string { return strconv.FormatInt(o.ID, 10) })}
	}},
	{name: "more_occurrences", member: "more_occurrences", expands: []string{"occurrences"}, value: func(c *tracker.Claim) cell { return truth(c.MoreOccurrences) }},
})

var sentences = resourceOf("sentences", []column[tracker.Sentence]{
	{name: "id", member: "id", value: func(s *tracker.Sentence) cell { return number(s.ID) }},
	{name: "article_id", member: "article_id", value: func(s *tracker.Sentence) cell { return number(s.ArticleID) }},
	{name: "article_version", member: "article_version", value: func(s *tracker.Sentence) cell { return number(s.ArticleVersion) }},
	{name: "ordinal", member: "ordinal", value: func(s *tracker.Sentence) cell { return number(s.Ordinal) }},
	{name: "start", member: "start", value: func(s *tracker.Sentence) cell { return number(s.Start) }},
	{name: "end", member: "end", value: func(s *tracker.Sentence) cell { return number(s.End) }},
	{name: "text", member: "text", value: func(s *tracker.Sentence) cell { return words(s.Text) }},
	{name: "article_url", member: "article", expands: []string{"article", "source"}, value: func(s *tracker.Sentence) cell { return words(s.Article.URL) }},
	{name: "article_title", member: "article", expands: []string{"article", "source"}, value: func(s *tracker.Sentence) cell { return words(s.Article.Title) }},
	{name: "article_published_at", member: "article", expands: []string{"article", "source"}, value: func(s *tracker.Sentence) cell {
		return maybeInstant(s.Article.PublishedAt)
	}},
	{name: "source_id", member: "article", expands: []string{"article", "source"}, value: func(s *tracker.Sentence) cell { return number(s.Article.SourceID) }},
	{name: "source_name", member: "article", expands: []string{"source"}, value: func(s *tracker.Sentence) cell { return words(s.Article.Source.Name) }},
})

// placeColumns are those of where a claim stands, with a prefix before their names: of the record's member, or of those of
// the occurrence itself where member is empty.
func placeColumns[T any](prefix, member string, of func(*T) *tracker.Occurrence) []column[T] {
	inArticle, inSource := []string{"article", "source"}, []string{"source"}
	var columns []column[T]
	for _, c := range []column[tracker.Occurrence]{
		{name: "article_id", value: func(o *tracker.Occurrence) cell { return number(o.ArticleID) }},
		{name: "article_version", value: func(o *tracker.Occurrence) cell { return number(o.ArticleVersion) }},
		{name: "start", value: func(o *tracker.Occurrence) cell { return number(o.Start) }},
		{name: "end", value: func(o *tracker.Occurrence) cell { return number(o.End) }},
		{name: "exact", value: func(o *tracker.Occurrence) cell { return words(o.Exact) }},
		{name: "prefix", value: func(o *tracker.Occurrence) cell { return words(o.Prefix) }},
		{name: "suffix", value: func(o *tracker.Occurrence) cell { return words(o.Suffix) }},
		{name: "first_sentence_id", value: func(o *tracker.Occurrence) cell { return number(o.FirstSentenceID) }},
		{name: "last_sentence_id", value: func(o *tracker.Occurrence) cell { return number(o.LastSentenceID) }},
		{name: "stance", value: func(o *tracker.Occurrence) cell { return words(o.Stance) }},
		{name: "sentences", expands: []string{"sentences"}, value: func(o *tracker.Occurrence) cell {
			return cell{text: joinEach(o.Sentences, func(s tracker.Sentence) string { return s.Text })}
		}},
		{name: "article_url", member: "article", expands: inArticle, value: func(o *tracker.Occurrence) cell { return words(o.Article.URL) }},
		{name: "article_title", member: "article", expands: inArticle, value: func(o *tracker.Occurrence) cell { return words(o.Article.Title) }},
		{name: "article_published_at", member: "article", expands: inArticle, value: func(o *tracker.Occurrence) cell {
			return maybeInstant(o.Article.PublishedAt)
		}},
		{name: "source_id", member: "article", expands: inArticle, value: func(o *tracker.Occurrence) cell { return number(o.Article.SourceID) }},
		{name: "source_name", member: "article", expands: inSource, value: func(o *tracker.Occurrence) cell { return words(o.Article.Source.Name) }},
	} {
		columns = append(columns, column[T]{name: prefix + c.name, member: cmp.Or(member, c.member, c.name), expands: c.expands,
			value: func(r *T) cell { return c.value(of(r)) }})
	}
	return columns
}
