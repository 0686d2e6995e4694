package search

import "strings"

// Gap is indexed like a term, between any two texts of a record, so that no phrase reaches from one to the next. As it is
// in every record, it also finds them all. It is no letter, so that no text and no query has it as a term.
const Gap = "¶"

// MATCH is the query as FTS5 reads it; "" where it finds nothing. With a column, what is to be found must be in that one.
func (q Query) MATCH(column string) string {
	if q.None() {
		return ""
	}
	all := join(q.Groups, " AND ", " OR ", fts5)
	if all == "" {
		all = `"` + Gap + `"`
	} else if column != "" {
		all = "{" + column + "} : (" + all + ")"
	}
	if len(q.Without) > 0 {
		all = "(" + all + ") NOT " + join([][]Phrase{q.Without}, "", " OR ", fts5)
	}
	return all
}

// fts5 is a phrase in FTS5's quotation marks, within which nothing has a meaning.
func fts5(p Phrase) string {
	text := `"` + strings.Join(p.Terms, " ") + `"`
	if p.Prefix {
		text += " *"
	}
	return text
}

// TSQuery is the query as PostgreSQL's type tsquery reads it; "" where it finds nothing. With a label, what is to be found
// must have that one.
func (q Query) TSQuery(label string) string {
	if q.None() {
		return ""
	}
	all := join(q.Groups, " & ", " | ", func(p Phrase) string { return tsquery(p, label) })
	if all == "" {
		all = "'" + Gap + "'"
	}
	if len(q.Without) > 0 {
		all += " & !" + join([][]Phrase{q.Without}, "", " | ", func(p Phrase) string { return tsquery(p, "") })
	}
	return all
}

// tsquery is a phrase with each term in quotation marks, within which only these and backslashes have a meaning: no term
// has either.
func tsquery(p Phrase, label string) string {
	terms := make([]string, len(p.Terms))
	for i, t := range p.Terms {
		weights := label
		if p.Prefix && i == len(terms)-1 {
			weights = "*" + label
		}
		terms[i] = "'" + t + "'"
		if weights != "" {
			terms[i] += ":" + weights
		}
	}
	return "(" + strings.Join(terms, " <-> ") + ")"
}

// join writes groups of phrases, each in brackets.
func join(groups [][]Phrase, and, or string, write func(Phrase) string) string {
	all := make([]string, len(groups))
	for i, group := range groups {
		one := make([]string, len(group))
		for k, p := range group {
			one[k] = write(p)
		}
		all[i] = "(" + strings.Join(one, or) + ")"
	}
	return strings.Join(all, and)
}

// Words is the query without the order of words: it finds all that the query finds, and what has the words of a phrase in
// other places too.
func (q Query) Words() Query {
	var loose Query
	for _, group := range q.Groups {
		if len(group) > 1 {
			// One word of each phrase will do, so that the group stays one.
			var one []Phrase
			for _, p := range group {
				one = append(one, p.last())
			}
			loose.Groups = append(loose.Groups, one)
			continue
		}
		for _, t := range group[0].Terms[:len(group[0].Terms)-1] {
			loose.Groups = append(loose.Groups, []Phrase{{Terms: []string{t}}})
		}
		loose.Groups = append(loose.Groups, []Phrase{group[0].last()})
	}
	for _, p := range q.Without {
		if len(p.Terms) == 1 {
			loose.Without = append(loose.Without, p)
		}
	}
	return loose
}

func (p Phrase) last() Phrase { return Phrase{Terms: p.Terms[len(p.Terms)-1:], Prefix: p.Prefix} }

// Phrases tells whether the order of words matters to the query.
func (q Query) Phrases() bool {
	for _, group := range append(q.Groups[:len(q.Groups):len(q.Groups)], q.Without) {
		for _, p := range group {
			if len(p.Terms) > 1 {
				return true
			}
		}
	}
	return false
}

// InARow is a query for what is to be found as it stands in this one, one after the other. It finds nothing where there is
// only one thing to be found, or a choice.
func (q Query) InARow() Query {
	row := Phrase{}
	for _, group := range q.Groups {
		if len(group) > 1 || row.Prefix {
			return Query{}
		}
		row.Terms = append(row.Terms, group[0].Terms...)
		row.Prefix = group[0].Prefix
	}
	if len(q.Groups) < 2 {
		return Query{}
	}
	return Query{Groups: [][]Phrase{{row}}, Without: q.Without}
}
