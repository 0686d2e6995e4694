package rest

import (
	"slices"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// Bucket is how many records have a value.
type Bucket struct {
	// Value is the value, as filters take it.
	Value string `json:"value" validate:"required" example:"denial"`
	// Label is the name of the record that the value names, if it names one.
	Label string `json:"label,omitempty" example:"Directorate Nine"`
	// Count is how many records have it.
	Count int64 `json:"count" validate:"required" example:"3"`
	// Href lists exactly these records.
	Href string `json:"href" validate:"required" example:"/api/v1/claims?kind=denial"`
} // @name Bucket

// Facet is how many claims have each value of a field.
type Facet struct {
	// Field is the field.
	Field string `json:"field" validate:"required" example:"kind"`
	// Buckets are its values: those that the most claims have first, and those that as many have by value.
	Buckets []Bucket `json:"buckets" validate:"required"`
	// More says that there are more values.
	More bool `json:"more" validate:"required"`
} // @name Facet

// ClaimFacets are how many claims there are, and how many have which values.
type ClaimFacets struct {
	// Total is how many claims the filters leave.
	Total int64 `json:"total" validate:"required" example:"12"`
	// Facets are the fields that were asked for, in that order.
	Facets []Facet `json:"facets" validate:"required"`
} // @name ClaimFacets

// countClaims counts claims by fields.
//
//	@Summary	Count claims by fields
//	@Description	Under the same filters as the list of claims. What the filters say of a field itself is left out where that field is counted: a bucket has its value in place of it, so that one sees what else there is to choose. Each bucket has the link that lists exactly its claims.
//	@ID			countClaims
//	@Tags		claims
//	@Produce	json,application/problem+json
//	@Param		field	query	[]string	true	"Field to count by"	collectionFormat(multi)	Enums(kind,status,election_id,language,tag,technique,tactic,actor_id,actor_kind,actor_country,role,speaker_id,speaker_kind,speaker_country,accused_id,accused_kind,accused_country,target_id,target_kind,target_country,beneficiary_id,beneficiary_kind,beneficiary_country,attributor_id,attributor_kind,attributor_country,source_id,source_kind,source_country,stance,article_host,sources)
//	@Param		limit	query	int	false	"Values of each field"	minimum(1)	maximum(100)	default(20)
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
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	ClaimFacets
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/claims/facets [get]
func (s *Server) countClaims(c echo.Context) error {
	q := newQuery(c)
	fields := q.countedBy("field")
	limit := q.limit(20, 100)
	filter := claimFilter(q)
	if err := q.err(); err != nil {
		return err
	}
	total, counts, err := s.store.Claims.Count(c.Request().Context(), filter, fields, limit)
	if err != nil {
		return err
	}
	answer, links := ClaimFacets{Total: total, Facets: []Facet{}}, q.links()
	for _, one := range counts {
		answer.Facets = append(answer.Facets, Facet{Field: one.Field, Buckets: links.buckets(one), More: one.More})
	}
	return respondCounted(c, answer)
}

// countedBy are the values of a parameter that must be fields by which claims are counted, and be given.
func (q *query) countedBy(name string) []string {
	fields := vocabulary(q, name, store.ClaimFields)
	if len(fields) == 0 {
		q.problems.AddParameter(name, "required", "must be given: of %s", tracker.Listed(store.ClaimFields))
	}
	return fields
}

// field is countedBy for a parameter that may stand once. It may be left out where it is not required: then it is "".
func (q *query) field(name string, required bool) string {
	v := q.one(name)
	if v == "" && required && !q.values.Has(name) {
		q.problems.AddParameter(name, "required", "must be given: one of %s", tracker.Listed(store.ClaimFields))
	}
	if v != "" && !slices.Contains(store.ClaimFields, v) {
		q.problems.AddParameter(name, "not_in_vocabulary", "must be one of %s", tracker.Listed(store.ClaimFields))
	}
	return v
}

// buckets are counts with the links that list what was counted.
func (l *links) buckets(counts store.Counts) []Bucket {
	buckets := make([]Bucket, len(counts.Buckets))
	for i, one := range counts.Buckets {
		buckets[i] = Bucket{one.Value, one.Label, one.Claims, l.to(parametersOf(counts.Field, one.Value)...)}
	}
	return buckets
}
