package rest

import (
	"strconv"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// claimFilter reads what claims are narrowed by, wherever they are listed or counted.
func claimFilter(q *query) store.ClaimFilter {
	f := store.ClaimFilter{
		Kinds:       vocabulary(q, "kind", tracker.ClaimKinds),
		Statuses:    vocabulary(q, "status", tracker.ClaimStatuses),
		ElectionIDs: q.ids("election_id"),
		Languages:   q.words("language", (*tracker.Problems).Language),
		Tags:        q.words("tag", (*tracker.Problems).Tag),

		ActorIDs:       q.ids("actor_id"),
		ActorKinds:     vocabulary(q, "actor_kind", tracker.ActorKinds),
		ActorCountries: q.words("actor_country", (*tracker.Problems).Country),
		Roles:          vocabulary(q, "role", tracker.Roles),
		InRole:         map[tracker.Role]store.Actor{},

		SourceIDs:       q.ids("source_id"),
		SourceKinds:     vocabulary(q, "source_kind", tracker.SourceKinds),
		SourceCountries: q.words("source_country", (*tracker.Problems).Country),
		Stances:         vocabulary(q, "stance", tracker.Stances),
		ArticleIDs:      q.ids("article_id"),
		ArticleURLs:     q.words("article_url", (*tracker.Problems).Link),
		ArticleHosts:    q.words("article_host", (*tracker.Problems).Host),
		SentenceIDs:     q.ids("sentence_id"),

		MinSources: q.count("min_sources"),
		MaxSources: q.count("max_sources"),

		ClaimedFrom:  q.day("claimed_from"),
		ClaimedTo:    q.day("claimed_to"),
		CreatedFrom:  q.instant("created_from"),
		CreatedTo:    q.instant("created_to"),
		UpdatedFrom:  q.instant("updated_from"),
		UpdatedTo:    q.instant("updated_to"),
		StatusBefore: q.instant("status_before"),
		Search:       store.Search{Query: q.searched()},
	}
	for _, code := range q.words("technique", (*tracker.Problems).TechniqueOrTactic) {
		if tracker.IsTacticCode(code) {
			f.Tactics = append(f.Tactics, code)
		} else {
			f.Techniques = append(f.Techniques, code)
		}
	}
	for _, role := range tracker.Roles {
		f.InRole[role] = store.Actor{
			IDs:       q.ids(string(role) + "_id"),
			Kinds:     vocabulary(q, string(role)+"_kind", tracker.ActorKinds),
			Countries: q.words(string(role)+"_country", (*tracker.Problems).Country),
		}
	}
	return f
}

// day is the value of a parameter that must be a day.
func (q *query) day(name string) tracker.Date {
	day := tracker.Date(q.one(name))
	var p tracker.Problems
	p.Date("", day)
	q.problems.Join(p.OfParameter(name))
	return day
}

// count is the value of a parameter that must be a number of things; 0 where it is left out.
func (q *query) count(name string) int {
	v := q.one(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		q.problems.AddParameter(name, "out_of_range", "must be a whole number from 1")
	}
	return n
}
