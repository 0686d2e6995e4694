package rest

import (
	"context"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// ClaimList is a page of claims.
type ClaimList struct {
	Items []tracker.Claim `json:"items" validate:"required"`
	Paging
} // @name ClaimList

// listClaims lists claims.
//
//	@Summary	List claims
//	@Description	Every filter may be repeated: within a filter any value may match, and each filter given must. What is said of actors (actor_id, actor_kind, actor_country, role) holds of one and the same actor, and what is said of a place (source, article, sentence, stance) of one and the same occurrence.
//	@Description
//	@Description	CSV has the columns id, created_at, updated_at, version, text, kind, status, election_id, claimed_on, language, tags, techniques, status_since, actors, origin_id, origin_article_id, origin_article_version, origin_start, origin_end, origin_exact, origin_prefix, origin_suffix, origin_first_sentence_id, origin_last_sentence_id, origin_stance. What is expanded adds election_name, technique_names, actor_names, origin_sentences, origin_article_url, origin_article_title, origin_article_published_at, origin_source_id, origin_source_name, occurrences, more_occurrences.
//	@Tags		claims
//	@Produce	json,text/csv,application/x-ndjson,application/problem+json
//	@Param		kind	query	[]string	false	"Kind of claim"	collectionFormat(multi)	Enums(allegation,attribution,denial,pledge,assessment,prediction,warning,statistic,other)
//	@Param		status	query	[]string	false	"How far the work on it has come"	collectionFormat(multi)	Enums(logged,in_review,reviewed,archived)
//	@Param		status_before	query	string	false	"Has been in its state since before this time (RFC 3339)"	Format(date-time)
//	@Param		election_id	query	[]int	false	"Election that it is about"	collectionFormat(multi)
//	@Param		language	query	[]string	false	"Language, BCP 47"	collectionFormat(multi)
//	@Param		tag	query	[]string	false	"Tag, in lower case"	collectionFormat(multi)
//	@Param		technique	query	[]string	false	"Code of DISARM Red: a technique, without its sub-techniques, or a tactic, with all of its techniques"	collectionFormat(multi)
//	@Param		actor_id	query	[]int	false	"Actor who acts in it"	collectionFormat(multi)
//	@Param		actor_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		actor_country	query	[]string	false	"Country of that actor, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		role	query	[]string	false	"Role of that actor, or of any where none is named"	collectionFormat(multi)	Enums(speaker,accused,target,beneficiary,attributor)
//	@Param		speaker_id	query	[]int	false	"Actor who is a speaker in it"	collectionFormat(multi)
//	@Param		speaker_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		speaker_country	query	[]string	false	"Country of that actor"	collectionFormat(multi)
//	@Param		accused_id	query	[]int	false	"Actor who is accused in it"	collectionFormat(multi)
//	@Param		accused_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		accused_country	query	[]string	false	"Country of that actor"	collectionFormat(multi)
//	@Param		target_id	query	[]int	false	"Actor who is a target in it"	collectionFormat(multi)
//	@Param		target_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		target_country	query	[]string	false	"Country of that actor"	collectionFormat(multi)
//	@Param		beneficiary_id	query	[]int	false	"Actor who is a beneficiary in it"	collectionFormat(multi)
//	@Param		beneficiary_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		beneficiary_country	query	[]string	false	"Country of that actor"	collectionFormat(multi)
//	@Param		attributor_id	query	[]int	false	"Actor who is an attributor in it"	collectionFormat(multi)
//	@Param		attributor_kind	query	[]string	false	"Kind of that actor"	collectionFormat(multi)	Enums(state,government_body,security_service,political_party,organization,company,person,network,online_persona,unknown)
//	@Param		attributor_country	query	[]string	false	"Country of that actor"	collectionFormat(multi)
//	@Param		source_id	query	[]int	false	"Source of an article in which it stands"	collectionFormat(multi)
//	@Param		source_kind	query	[]string	false	"Kind of that source"	collectionFormat(multi)	Enums(news_outlet,wire_agency,broadcaster,government_body,intelligence_agency,law_enforcement,think_tank,academic,civil_society,technology_company,private_consultancy,individual,social_account,anonymous,other)
//	@Param		source_country	query	[]string	false	"Country of that source, ISO 3166-1 alpha-2"	collectionFormat(multi)
//	@Param		stance	query	[]string	false	"Stance of an article in which it stands"	collectionFormat(multi)	Enums(asserts,reports,denies,questions,rebuts)
//	@Param		article_id	query	[]int	false	"Article in which it stands"	collectionFormat(multi)
//	@Param		article_url	query	[]string	false	"URL of an article in which it stands"	collectionFormat(multi)
//	@Param		article_host	query	[]string	false	"Host of the URL of any article in which it stands"	collectionFormat(multi)
//	@Param		sentence_id	query	[]int	false	"Sentence that it stands on, wholly or in part"	collectionFormat(multi)
//	@Param		min_sources	query	int	false	"Different sources in which it stands, at the least"	minimum(1)
//	@Param		max_sources	query	int	false	"Different sources in which it stands, at the most"	minimum(1)
//	@Param		claimed_from	query	string	false	"First day on which it was claimed"	Format(date)
//	@Param		claimed_to	query	string	false	"Last day on which it was claimed"	Format(date)
//	@Param		created_from	query	string	false	"When it was logged: this time (RFC 3339) or later"	Format(date-time)
//	@Param		created_to	query	string	false	"When it was logged: before this time"	Format(date-time)
//	@Param		updated_from	query	string	false	"When it last changed: this time (RFC 3339) or later"	Format(date-time)
//	@Param		updated_to	query	string	false	"When it last changed: before this time"	Format(date-time)
//	@Param		q	query	string	false	"Search: words, phrases in quotation marks, beginnings*, one OR another, -without; GET /api/v1/search says more"	maxLength(1000)
//	@Param		highlight	query	bool	false	"Say in matches of each record where q was found"	default(false)
//	@Param		limit	query	int		false	"Records on a page"	minimum(1)	maximum(200)	default(50)
//	@Param		sort	query	string	false	"Order, with - before it for descending; relevance, with q, is one page of the best of the newest 1000"	Enums(claimed_on,-claimed_on,created_at,-created_at,updated_at,-updated_at,relevance)	default(-created_at)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(actors,election,techniques,occurrences,sentences,article,source)
//	@Param		cursor	query	string	false	"next of the page before"
//	@Param		total	query	bool	false	"Count the whole list too"	default(false)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,text,kind,status,election_id,claimed_on,language,tags,techniques,status_since,actors,origin,election,technique_records,occurrences,more_occurrences,matches)
//	@Param		format	query	string	false	"How to write the list; else as Accept says. CSV and NDJSON are the whole list, unless limit is given"	Enums(json,csv,ndjson)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ClaimList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Header		200		{string}	Link	"The next page, rel=next"
//	@Header		200		{string}	Content-Disposition	"The name of the file, of CSV and NDJSON"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims [get]
func (s *Server) listClaims(c echo.Context) error {
	q := newQuery(c)
	filter := claimFilter(q)
	filter.Search.Highlight = q.highlighted(filter.Search)
	expand := q.expand(store.ClaimExpands)
	page := q.searchedPage(s.store.Claims.Sorts(), filter.Search)
	form := formOf(c, q, claims, expand)
	if err := q.err(); err != nil {
		return err
	}
	if form.format != formatCSV && expand.Spliced() && !filter.Search.Highlight {
		return answerList(s, c, q, form.ready(), page, func(ctx context.Context, p store.Page) (store.List[store.Document], error) {
			return s.store.Claims.Documents(ctx, filter, p, expand)
		})
	}
	return answerList(s, c, q, form, page, func(ctx context.Context, p store.Page) (store.List[tracker.Claim], error) {
		return s.store.Claims.List(ctx, filter, p, expand)
	})
}

// createClaim keeps a new claim.
//
//	@Summary	Log a claim
//	@Description	Together with its origin: a sentence, a run of sentences, or a quote that may be a part of a sentence. Neither is kept without the other.
//	@Tags		claims
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		body	body		tracker.NewClaim	true	"The claim and the words it comes from"
//	@Success	201		{object}	tracker.Claim
//	@Header		201		{string}	Location	"Where the claim is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The claim is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims [post]
func (s *Server) createClaim(c echo.Context) error {
	in, err := input[tracker.NewClaim](c, s.options.MaxBody)
	if err != nil {
		return err
	}
	claim, err := s.store.Claims.CreateDocument(c.Request().Context(), in)
	if err != nil {
		return err
	}
	return respondCreated(c, "claims", claim)
}

// getClaim reads a claim.
//
//	@Summary	Read a claim
//	@Description	With its origin, the words that it was logged from. Its ETag is what a change of it sends back as If-Match.
//	@Tags		claims
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the claim"	minimum(1)
//	@Param		expand	query	[]string	false	"Records to put in place"	collectionFormat(csv)	Enums(actors,election,techniques,occurrences,sentences,article,source)
//	@Param		fields	query	[]string	false	"Members to answer with; the others are left out, also required ones"	collectionFormat(csv)	Enums(id,created_at,updated_at,version,text,kind,status,election_id,claimed_on,language,tags,techniques,status_since,actors,origin,election,technique_records,occurrences,more_occurrences,matches)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	tracker.Claim
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	404		{object}	Problem	"There is no such claim"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/{id} [get]
func (s *Server) getClaim(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	q := newQuery(c)
	expand := q.expand(store.ClaimExpands)
	fields := q.fields(claims.members)
	if err := q.err(); err != nil {
		return err
	}
	if expand.Spliced() {
		document, err := s.store.Claims.Document(c.Request().Context(), id, expand)
		if err != nil {
			return err
		}
		return respondRecord(c, document, fields...)
	}
	claim, err := s.store.Claims.Get(c.Request().Context(), id, expand)
	if err != nil {
		return err
	}
	return respondRecord(c, claim, fields...)
}

// putClaim replaces what can be written of a claim.
//
//	@Summary	Replace a claim
//	@Description	As a whole: what the body leaves out is emptied, save the status, which stays. Its occurrences are resources of their own.
//	@Tags		claims
//	@Accept		json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the claim"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ClaimInput	true	"The claim; what is left out is emptied"
//	@Success	200		{object}	tracker.Claim
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such claim"
//	@Failure	409		{object}	Problem	"Its status cannot become that one: allowed has those that it can become"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The claim is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/{id} [put]
func (s *Server) putClaim(c echo.Context) error { return s.changeClaim(c) }

// patchClaim merges into what can be written of a claim.
//
//	@Summary	Change a claim
//	@Description	JSON Merge Patch (RFC 7396): a member replaces what is there, null empties it, what is left out stays.
//	@Tags		claims
//	@Accept		application/merge-patch+json,json
//	@Produce	json,application/problem+json
//	@Param		id	path	int	true	"Id of the claim"	minimum(1)
//	@Param		If-Match	header	string	true	"ETag of the version that you change; * for any"
//	@Param		body	body	tracker.ClaimInput	true	"The fields to change"
//	@Success	200		{object}	tracker.Claim
//	@Header		200		{string}	ETag	"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The body cannot be read: every wrong field is named"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such claim"
//	@Failure	409		{object}	Problem	"Its status cannot become that one: allowed has those that it can become"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not one that is read here"
//	@Failure	422		{object}	Problem	"The claim is not valid: every wrong field is named"
//	@Failure	428		{object}	Problem	"If-Match is missing"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/{id} [patch]
func (s *Server) patchClaim(c echo.Context) error { return s.changeClaim(c) }

func (s *Server) changeClaim(c echo.Context) error {
	return changed(c, s.options.MaxBody, s.store.Claims.Update)
}

// deleteClaim removes a claim.
//
//	@Summary	Delete a claim
//	@Description	With all its occurrences.
//	@Tags		claims
//	@Produce	application/problem+json
//	@Param		id	path	int	true	"Id of the claim"	minimum(1)
//	@Param		If-Match	header	string	false	"ETag of the version to delete"
//	@Success	204		"It is gone"
//	@Failure	400		{object}	Problem	"The id cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	404		{object}	Problem	"There is no such claim"
//	@Failure	412		{object}	Problem	"It has changed since you read it"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/{id} [delete]
func (s *Server) deleteClaim(c echo.Context) error {
	return deleted(c, s.store.Claims.Delete)
}
