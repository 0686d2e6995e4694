package rest

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// Tally is how many records there are of a kind.
type Tally struct {
	// Count is how many.
	Count int64 `json:"count" validate:"required" example:"12"`
	// Href lists exactly these, where there is a list of them.
	Href string `json:"href,omitempty" example:"/api/v1/claims"`
} // @name Tally

// Totals are how many records there are.
type Totals struct {
	Claims      Tally `json:"claims" validate:"required"`
	Occurrences Tally `json:"occurrences" validate:"required"`
	Articles    Tally `json:"articles" validate:"required"`
	Sentences   Tally `json:"sentences" validate:"required"`
	Sources     Tally `json:"sources" validate:"required"`
	Actors      Tally `json:"actors" validate:"required"`
	Elections   Tally `json:"elections" validate:"required"`
	Techniques  Tally `json:"techniques" validate:"required"`
	Tactics     Tally `json:"tactics" validate:"required"`
} // @name Totals

// getTotals counts all records.
//
//	@Summary	Count all records
//	@Description	Of each resource, at any size at the same cost.
//	@ID			getTotals
//	@Tags		statistics
//	@Produce	json,application/problem+json
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	Totals
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/stats/totals [get]
func (s *Server) getTotals(c echo.Context) error {
	if err := newQuery(c).err(); err != nil {
		return err
	}
	n, err := s.store.Totals(c.Request().Context())
	if err != nil {
		return err
	}
	tally := func(resource string) Tally { return Tally{n[resource], "/api/v1/" + resource} }
	return respond(c, Totals{
		Claims: tally("claims"), Occurrences: tally("occurrences"), Articles: tally("articles"), Sentences: Tally{Count: n["sentences"]},
		Sources: tally("sources"), Actors: tally("actors"), Elections: tally("elections"), Techniques: tally("techniques"), Tactics: tally("tactics"),
	})
}

// Timeline is how many claims there are by periods of time.
type Timeline struct {
	// Periods are in their order. Those without claims, also in their split, are left out.
	Periods []Period `json:"periods" validate:"required"`
	// More says that there are later periods: ask for them with claimed_from or created_from.
	More bool `json:"more" validate:"required"`
	// MoreSplit says that there are more values of the field to split by.
	MoreSplit bool `json:"more_split,omitzero"`
} // @name Timeline

// Period is how many claims there are in a period of time. Its value is its first day or, of a month, the month.
type Period struct {
	Bucket
	// Split are the claims of the period by the values of the field to split by: those that the most claims have, in all
	// periods together, first. Values that none has in the period are left out. There where a field to split by is named.
	Split []Bucket `json:"split,omitzero"`
} // @name Period

// getTimeline counts claims by periods of time.
//
//	@Summary	Count claims by time
//	@Description	By the day on which they were claimed, or logged (in UTC), and in each period by a field, if one is named. Weeks begin on Monday. Claims without a day, and periods without claims, are left out; at most 1,000 periods are given, the earliest ones. What the filters say of the field that periods are split by is left out where it is counted, as in /claims/facets: a period may have claims there and none of its own. Each count has the link that lists exactly its claims.
//	@ID			getTimeline
//	@Tags		statistics
//	@Produce	json,application/problem+json
//	@Param		interval	query	string	false	"Length of the periods"	Enums(day,week,month)	default(month)
//	@Param		by	query	string	false	"What puts a claim in a period"	Enums(claimed_on,created_at)	default(claimed_on)
//	@Param		split	query	string	false	"Field to split each period by"	Enums(kind,status,election_id,language,tag,technique,tactic,actor_id,actor_kind,actor_country,role,speaker_id,speaker_kind,speaker_country,accused_id,accused_kind,accused_country,target_id,target_kind,target_country,beneficiary_id,beneficiary_kind,beneficiary_country,attributor_id,attributor_kind,attributor_country,source_id,source_kind,source_country,stance,article_host,sources)
//	@Param		limit	query	int	false	"Values of that field"	minimum(1)	maximum(50)	default(10)
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
//	@Success	200		{object}	Timeline
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/stats/timeline [get]
func (s *Server) getTimeline(c echo.Context) error {
	q := newQuery(c)
	interval := q.choice("interval", store.IntervalMonth, store.IntervalDay, store.IntervalWeek)
	by := q.choice("by", "claimed_on", "created_at")
	split := q.field("split", false)
	limit := q.limit(10, 50)
	filter := claimFilter(q)
	if err := q.err(); err != nil {
		return err
	}
	created := by == "created_at"
	t, err := s.store.Claims.Timeline(c.Request().Context(), filter, created, interval, split, limit)
	if err != nil {
		return err
	}
	answer, links := Timeline{Periods: make([]Period, 0, len(t.Periods)), More: t.More, MoreSplit: t.Split.More}, q.links()
	for _, p := range t.Periods {
		value, within := string(p.First), claimedIn(filter, p)
		if interval == store.IntervalMonth {
			value = value[:len("2006-01")]
		}
		if created {
			within = createdIn(filter, p)
		}
		period := Period{Bucket: Bucket{Value: value, Count: p.Claims, Href: links.to(within...)}}
		if split != "" {
			period.Split = []Bucket{}
		}
		for i, n := range p.Split {
			if v := t.Split.Buckets[i]; n > 0 {
				period.Split = append(period.Split, Bucket{v.Value, v.Label, n, links.to(append(parametersOf(split, v.Value), within...)...)})
			}
		}
		answer.Periods = append(answer.Periods, period)
	}
	return respondCounted(c, answer)
}

// claimedIn are the parameters that list the claims of a period within what the filter says.
func claimedIn(f store.ClaimFilter, p store.Period) []parameter {
	from, to := max(f.ClaimedFrom, p.First), p.Last
	if f.ClaimedTo != "" {
		to = min(f.ClaimedTo, p.Last)
	}
	return []parameter{{"claimed_from", string(from)}, {"claimed_to", string(to)}}
}

// createdIn is claimedIn for the time at which claims were logged.
func createdIn(f store.ClaimFilter, p store.Period) []parameter {
	from, to := p.First.Start(), p.Last.Start()+tracker.Day
	if f.CreatedFrom != nil {
		from = max(from, *f.CreatedFrom)
	}
	if f.CreatedTo != nil {
		to = min(to, *f.CreatedTo)
	}
	return []parameter{{"created_from", from.String()}, {"created_to", to.String()}}
}

// choice is the value of a parameter that must be one of a few; the first where it is left out.
func (q *query) choice(name string, values ...string) string {
	v := q.one(name)
	if v == "" {
		return values[0]
	}
	vocabulary(q, name, values)
	return v
}

// Crosstab is how many claims there are by two fields at once.
type Crosstab struct {
	// Columns are the values of one field, each with all of its claims.
	Columns []Bucket `json:"columns" validate:"required"`
	// Rows are the values of the other one.
	Rows []CrosstabRow `json:"rows" validate:"required"`
	// MoreColumns says that there are more values of the one field.
	MoreColumns bool `json:"more_columns" validate:"required"`
	// MoreRows says that there are more values of the other one.
	MoreRows bool `json:"more_rows" validate:"required"`
} // @name Crosstab

// CrosstabRow is a value with all of its claims.
type CrosstabRow struct {
	Bucket
	// Cells are those of its claims that have each column's value too, in the order of the columns.
	Cells []Bucket `json:"cells" validate:"required"`
} // @name CrosstabRow

// getCrosstab counts claims by two fields at once.
//
//	@Summary	Count claims by two fields at once
//	@Description	Actors by technique, sources by kind, countries of the accused by countries of the target: the most frequent values of each. Fields of one and the same actor or source are counted as such: actor_id by role counts each actor in its own roles. Two fields that one parameter filters, such as technique and tactic, do not go together. A claim may be counted in several rows and columns. Each count has the link that lists exactly its claims.
//	@ID			getCrosstab
//	@Tags		statistics
//	@Produce	json,application/problem+json
//	@Param		rows	query	string	true	"Field of the rows"	Enums(kind,status,election_id,language,tag,technique,tactic,actor_id,actor_kind,actor_country,role,speaker_id,speaker_kind,speaker_country,accused_id,accused_kind,accused_country,target_id,target_kind,target_country,beneficiary_id,beneficiary_kind,beneficiary_country,attributor_id,attributor_kind,attributor_country,source_id,source_kind,source_country,stance,article_host,sources)
//	@Param		columns	query	string	true	"Field of the columns"	Enums(kind,status,election_id,language,tag,technique,tactic,actor_id,actor_kind,actor_country,role,speaker_id,speaker_kind,speaker_country,accused_id,accused_kind,accused_country,target_id,target_kind,target_country,beneficiary_id,beneficiary_kind,beneficiary_country,attributor_id,attributor_kind,attributor_country,source_id,source_kind,source_country,stance,article_host,sources)
//	@Param		limit	query	int	false	"Rows, and columns"	minimum(1)	maximum(50)	default(10)
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
//	@Success	200		{object}	Crosstab
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/stats/crosstab [get]
func (s *Server) getCrosstab(c echo.Context) error {
	q := newQuery(c)
	rows, columns := q.field("rows", true), q.field("columns", true)
	limit := q.limit(10, 50)
	filter := claimFilter(q)
	if parametersOf(columns, "")[0] == parametersOf(rows, "")[0] && rows != "" {
		q.problems.AddParameter("columns", "conflict", "must be a field that is filtered by another parameter than that of the rows")
	}
	if err := q.err(); err != nil {
		return err
	}
	t, err := s.store.Claims.Crosstab(c.Request().Context(), filter, rows, columns, limit)
	if err != nil {
		return err
	}
	links := q.links()
	answer := Crosstab{Columns: links.buckets(t.Columns), Rows: []CrosstabRow{}, MoreColumns: t.Columns.More, MoreRows: t.Rows.More}
	for i, row := range links.buckets(t.Rows) {
		one := CrosstabRow{Bucket: row, Cells: make([]Bucket, 0, len(t.Columns.Buckets))}
		for k, column := range t.Columns.Buckets {
			one.Cells = append(one.Cells, Bucket{column.Value, column.Label, t.Cells[i][k],
				links.to(append(parametersOf(rows, row.Value), parametersOf(columns, column.Value)...)...)})
		}
		answer.Rows = append(answer.Rows, one)
	}
	return respondCounted(c, answer)
}

// SeenList is when values were first and last seen.
type SeenList struct {
	// Buckets are the values that the most claims have, those first.
	Buckets []Seen `json:"buckets" validate:"required"`
	// More says that there are more values.
	More bool `json:"more" validate:"required"`
} // @name SeenList

// Seen is when a value was first and last seen.
type Seen struct {
	Bucket
	// FirstClaimedOn is the first day on which one of its claims was claimed.
	FirstClaimedOn tracker.Date `json:"first_claimed_on,omitempty" swaggertype:"string" format:"date" example:"2023-11-15"`
	// LastClaimedOn is the last such day.
	LastClaimedOn tracker.Date `json:"last_claimed_on,omitempty" swaggertype:"string" format:"date" example:"2024-11-05"`
	// FirstCreatedAt is when the first of its claims was logged (UTC, RFC 3339, microseconds).
	FirstCreatedAt tracker.Instant `json:"first_created_at" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
	// LastCreatedAt is when the last one was.
	LastCreatedAt tracker.Instant `json:"last_created_at" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
} // @name Seen

// getSeen tells when values were first and last seen.
//
//	@Summary	First and last seen
//	@Description	When claims with each value of a field were first and last claimed, and logged: of actors, sources, techniques, tags.
//	@ID			getSeen
//	@Tags		statistics
//	@Produce	json,application/problem+json
//	@Param		field	query	string	true	"Field whose values to look for"	Enums(kind,status,election_id,language,tag,technique,tactic,actor_id,actor_kind,actor_country,role,speaker_id,speaker_kind,speaker_country,accused_id,accused_kind,accused_country,target_id,target_kind,target_country,beneficiary_id,beneficiary_kind,beneficiary_country,attributor_id,attributor_kind,attributor_country,source_id,source_kind,source_country,stance,article_host,sources)
//	@Param		limit	query	int	false	"Values"	minimum(1)	maximum(50)	default(20)
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
//	@Success	200		{object}	SeenList
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/stats/seen [get]
func (s *Server) getSeen(c echo.Context) error {
	q := newQuery(c)
	field := q.field("field", true)
	limit := q.limit(20, 50)
	filter := claimFilter(q)
	if err := q.err(); err != nil {
		return err
	}
	seen, more, err := s.store.Claims.Seen(c.Request().Context(), filter, field, limit)
	if err != nil {
		return err
	}
	answer, links := SeenList{Buckets: make([]Seen, 0, len(seen)), More: more}, q.links()
	for _, one := range seen {
		answer.Buckets = append(answer.Buckets, Seen{
			Bucket:         Bucket{one.Value, one.Label, one.Claims, links.to(parametersOf(field, one.Value)...)},
			FirstClaimedOn: one.FirstClaimedOn, LastClaimedOn: one.LastClaimedOn,
			FirstCreatedAt: one.FirstCreatedAt, LastCreatedAt: one.LastCreatedAt,
		})
	}
	return respondCounted(c, answer)
}

const gapsPath = "/api/v1/stats/gaps"

// Gaps are what is wanting in the record.
type Gaps struct {
	// OneSource are the claims that stand in one source only.
	OneSource Tally `json:"one_source" validate:"required"`
	// LongInReview are the claims that have been in review for longer than the days that were asked for.
	LongInReview Tally `json:"long_in_review" validate:"required"`
	// Unarchived are the articles without the URL of a lasting copy.
	Unarchived Tally `json:"unarchived" validate:"required"`
	// Uncited are the sources in none of whose articles a claim stands.
	Uncited Tally `json:"uncited" validate:"required"`
} // @name Gaps

// getGaps counts what is wanting.
//
//	@Summary	Count what is wanting
//	@Description	Claims with one source only, claims that have been in review for long, articles without a lasting copy, sources in which no claim stands; each with the link that lists exactly these.
//	@ID			getGaps
//	@Tags		statistics
//	@Produce	json,application/problem+json
//	@Param		days	query	int	false	"Since before the day that was so many days ago, in UTC, claims have been in review for long"	minimum(1)	maximum(36500)	default(14)
//	@Param		If-None-Match	header	string	false	"ETag of the answer that you have"
//	@Success	200		{object}	Gaps
//	@Header		200		{string}	ETag	"Changes when the answer does"
//	@Success	304		"You have this answer already"
//	@Failure	400		{object}	Problem	"A parameter is unknown or cannot be read"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/stats/gaps [get]
func (s *Server) getGaps(c echo.Context) error {
	q := newQuery(c)
	days := 14
	if v := q.one("days"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 36500 {
			q.problems.AddParameter("days", "out_of_range", "must be a whole number from 1 to 36500")
		}
		days = n
	}
	if err := q.err(); err != nil {
		return err
	}
	g, err := s.store.Gaps(c.Request().Context(), days)
	if err != nil {
		return err
	}
	inReview := url.Values{"status": {string(tracker.StatusInReview)}, "status_before": {g.InReviewBefore.String()}}
	return respond(c, Gaps{
		OneSource:    Tally{g.OneSource, "/api/v1/claims?max_sources=1"},
		LongInReview: Tally{g.LongInReview, "/api/v1/claims?" + inReview.Encode()},
		Unarchived:   Tally{g.Unarchived, "/api/v1/articles?archived=false"},
		Uncited:      Tally{g.Uncited, "/api/v1/sources?cited=false"},
	})
}
