package store

import (
	"slices"
	"strconv"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// ClaimFilter narrows claims: within a field any value may match, and each given field must.
//
// What is said of actors holds of one actor of the claim: with ActorKinds and ActorCountries, one that is of the kind and of
// the country, and with Roles in that role. What is said of a place (source, article, sentence, stance) holds of one
// occurrence, save ArticleHosts, which hold of any.
type ClaimFilter struct {
	Kinds           []tracker.ClaimKind
	Statuses        []tracker.ClaimStatus
	ElectionIDs     []int64
	Languages, Tags []string
	Techniques      []string // codes of techniques; that code, and not those of its sub-techniques
	Tactics         []string // codes of the techniques' tactics: one of Techniques or of Tactics must match

	ActorIDs       []int64
	ActorKinds     []tracker.ActorKind
	ActorCountries []string
	Roles          []tracker.Role         // of those actors, or of any actor
	InRole         map[tracker.Role]Actor // an actor in a role, for each role by itself

	SourceIDs       []int64
	SourceKinds     []tracker.SourceKind
	SourceCountries []string
	Stances         []tracker.Stance
	ArticleIDs      []int64
	ArticleURLs     []string
	ArticleHosts    []string
	SentenceIDs     []int64

	MinSources, MaxSources int // distinct sources in which it stands; 0 for no limit

	ClaimedFrom, ClaimedTo   tracker.Date     // days, both included; "" for no limit
	CreatedFrom, UpdatedFrom *tracker.Instant // at this instant or later
	CreatedTo, UpdatedTo     *tracker.Instant // before this instant
	StatusBefore             *tracker.Instant // has been in its state since before this instant

	Search Search
}

// Actor is what an actor may be asked to be.
type Actor struct {
	IDs       []int64
	Kinds     []tracker.ActorKind
	Countries []string
}

// ClaimFields are the fields by which claims can be counted. That of a technique's tactic is filtered by as techniques are,
// and sources by the least and the most of them; the others are filters of their own name.
var ClaimFields = slices.Concat(
	[]string{"kind", "status", "election_id", "language", "tag", "technique", "tactic", "actor_id", "actor_kind", "actor_country", "role"},
	fieldsOfRoles(), []string{"source_id", "source_kind", "source_country", "stance", "article_host", "sources"})

func fieldsOfRoles() (all []string) {
	for _, role := range names(tracker.Roles) {
		all = append(all, role+suffixID, role+suffixKind, role+suffixCountry)
	}
	return all
}

// varied is a field whose values are told apart: these values, or nil for all.
type varied struct {
	field  string
	values []string
}

// cell is a combination of values of up to two varied fields.
type cell [2]string

// group is a part of a filter: fields of which one and the same thing must match.
type group interface {
	// has tells whether a field is of the group.
	has(field string) bool
	// narrows tells whether the group leaves out any claim, but for what is said of these fields.
	narrows(but ...varied) bool
	// pick tells which facets claims have that match: any of them. What is said of fields that vary does not count; for each
	// combination of their values there are facets of its own. All values of a field that is kept as such are not picked:
	// plain tells which that are.
	pick(tx *gorm.DB, vary ...varied) (map[cell][]facet, error)
	// plain is the one field of facets whose entries are the values of a field, where there is just one.
	plain(field string) (name string, ok bool)
}

// groups are all groups of a filter, whether they narrow or not.
func (f ClaimFilter) groups() []group {
	all := []group{
		simple{fieldKind, names(f.Kinds)}, simple{fieldStatus, names(f.Statuses)}, simple{fieldElection, numbers(f.ElectionIDs)},
		simple{fieldLanguage, f.Languages}, simple{fieldTag, f.Tags}, simple{fieldHost, f.ArticleHosts},
		schemes{f.Techniques, f.Tactics}, spread{f.MinSources, f.MaxSources},
		people{party: actorParty, prefix: prefixActor, part: fieldRole, parts: names(f.Roles), all: actorParty.prefixes[1:],
			ids: numbers(f.ActorIDs), kinds: names(f.ActorKinds), countries: f.ActorCountries},
	}
	for _, role := range tracker.Roles {
		in := f.InRole[role]
		all = append(all, people{party: actorParty, prefix: string(role), ids: numbers(in.IDs), kinds: names(in.Kinds), countries: in.Countries})
	}
	return append(all, f.places())
}

// whole tells whether the filter leaves every claim.
func (f ClaimFilter) whole() bool {
	return !slices.ContainsFunc(f.groups(), func(g group) bool { return g.narrows() }) && !f.inOccurrences() &&
		f.ClaimedFrom == "" && f.ClaimedTo == "" && f.CreatedFrom == nil && f.CreatedTo == nil && f.UpdatedFrom == nil && f.UpdatedTo == nil &&
		f.StatusBefore == nil && f.Search.Query == nil
}

// places is the group of what is said of the places where a claim stands.
func (f ClaimFilter) places() people {
	return people{party: sourceParty, prefix: prefixSource, part: fieldStance, parts: names(f.Stances), all: sourceParty.prefixes[1:],
		ids: numbers(f.SourceIDs), kinds: names(f.SourceKinds), countries: f.SourceCountries}
}

// numberOf is the number that numbers wrote.
func numberOf(value string) int64 {
	n, _ := strconv.ParseInt(value, 10, 64) // what is no number is no id: 0
	return n
}

func numbers(ids []int64) (all []string) {
	for _, id := range ids {
		all = append(all, strconv.FormatInt(id, 10))
	}
	return all
}

// groupOf is the group of a field, of those that there are.
func groupOf(groups []group, field string) group {
	return groups[slices.IndexFunc(groups, func(g group) bool { return g.has(field) })]
}

// simple is a field that is kept as it is.
type simple struct {
	field  string
	values []string
}

func (g simple) has(field string) bool { return field == g.field }

func (g simple) narrows(but ...varied) bool { return len(g.values) > 0 && len(but) == 0 }

func (g simple) plain(string) (string, bool) { return g.field, true }

func (g simple) pick(_ *gorm.DB, vary ...varied) (map[cell][]facet, error) {
	return pickValues(g.field, g.values, vary), nil
}

// pickValues are the facets of values of a field, or those of the values that vary, each by itself.
func pickValues(field string, values []string, vary []varied) map[cell][]facet {
	picked := map[cell][]facet{}
	for _, v := range values {
		if len(vary) == 0 {
			picked[cell{}] = append(picked[cell{}], facet{field, v})
		}
	}
	for _, one := range vary {
		for _, v := range one.values {
			picked[cell{v}] = []facet{{field, v}}
		}
	}
	return picked
}

// schemes are the techniques of a claim, and their tactics. Both are filtered by as one, so that only one of them varies.
type schemes struct{ techniques, tactics []string }

const fieldTactic = "tactic"

func (g schemes) has(field string) bool { return field == fieldTechnique || field == fieldTactic }

func (g schemes) narrows(but ...varied) bool {
	return len(g.techniques)+len(g.tactics) > 0 && len(but) == 0
}

func (g schemes) plain(field string) (string, bool) { return fieldTechnique, field == fieldTechnique }

func (g schemes) pick(tx *gorm.DB, vary ...varied) (map[cell][]facet, error) {
	if len(vary) > 0 && vary[0].field == fieldTechnique {
		return pickValues(fieldTechnique, nil, vary), nil
	}
	picked := pickValues(fieldTechnique, g.techniques, nil)
	if len(vary) > 0 {
		picked = map[cell][]facet{}
	} else if len(g.tactics) == 0 {
		return picked, nil
	}
	var all []tracker.Technique
	if err := tx.Find(&all).Error; err != nil { // a few hundred, which come with the program
		return nil, err
	}
	for _, t := range all {
		if len(vary) > 0 {
			if wanted := vary[0].values; wanted == nil || slices.Contains(wanted, t.Tactic) {
				picked[cell{t.Tactic}] = append(picked[cell{t.Tactic}], facet{fieldTechnique, t.Code})
			}
		} else if slices.Contains(g.tactics, t.Tactic) {
			picked[cell{}] = append(picked[cell{}], facet{fieldTechnique, t.Code})
		}
	}
	return picked, nil
}

// spread is in how many sources a claim stands.
type spread struct{ least, most int }

func (g spread) has(field string) bool { return field == fieldSources }

func (g spread) narrows(but ...varied) bool { return (g.least > 1 || g.most > 0) && len(but) == 0 }

func (g spread) plain(string) (string, bool) { return fieldSources, true }

func (g spread) pick(tx *gorm.DB, vary ...varied) (map[cell][]facet, error) {
	if len(vary) > 0 {
		return pickValues(fieldSources, nil, vary), nil
	}
	there, err := entriesOf(tx, fieldSources, "", "~") // as many as there are different numbers, which are few
	picked := map[cell][]facet{}
	for _, e := range there {
		if n, err := strconv.Atoi(e.value); err == nil && n >= g.least && (g.most == 0 || n <= g.most) {
			picked[cell{}] = append(picked[cell{}], e.facet)
		}
	}
	return picked, err
}

// people are the actors of a claim, or the sources in which it stands: who they are, what they are and, where the group has
// parts, in what part they are there.
type people struct {
	party
	prefix                string
	part                  string // the field of the parts, or "" where the prefix is of one part
	parts, all            []string
	ids, kinds, countries []string
}

func (g people) has(field string) bool {
	return field == g.prefix+suffixID || field == g.prefix+suffixKind || field == g.prefix+suffixCountry || g.part != "" && field == g.part
}

// given are the values that are asked for, by the column of the table.
func (g people) given() map[string][]string {
	return map[string][]string{"id": g.ids, "kind": g.kinds, "country": g.countries}
}

func (g people) narrows(but ...varied) bool {
	_, left := g.without(but)
	return len(left.parts)+len(left.ids)+len(left.kinds)+len(left.countries) > 0
}

// without is the group without what is said of fields that vary, and the columns that vary, in their order; "" stands for
// the part.
func (g people) without(vary []varied) (columns []string, left people) {
	left = g
	for _, v := range vary {
		switch v.field {
		case g.part:
			columns, left.parts = append(columns, ""), nil
		case g.prefix + suffixID:
			columns, left.ids = append(columns, "id"), nil
		case g.prefix + suffixKind:
			columns, left.kinds = append(columns, "kind"), nil
		default:
			columns, left.countries = append(columns, "country"), nil
		}
	}
	return columns, left
}

func (g people) plain(field string) (string, bool) {
	_, left := g.without([]varied{{field: field}})
	if field == g.part {
		return field, !left.narrows()
	}
	if len(left.ids)+len(left.kinds)+len(left.countries) > 0 || len(g.parts) > 1 {
		return "", false
	}
	if len(g.parts) == 1 {
		return g.parts[0] + field[len(g.prefix):], true
	}
	return field, true
}

func (g people) pick(tx *gorm.DB, vary ...varied) (map[cell][]facet, error) {
	columns, left := g.without(vary)
	prefixes := left.prefixes(vary)
	asked := left.given() // columns with values: asked for, or that vary
	for i, column := range columns {
		if column != "" {
			asked[column] = vary[i].values
		}
	}
	var needed []string
	for _, column := range []string{"id", "kind", "country"} {
		if len(asked[column]) > 0 || slices.Contains(columns, column) {
			needed = append(needed, column)
		}
	}
	switch {
	case len(needed) == 0:
		return left.pickParts(prefixes, columns), nil
	case len(needed) == 1 && asked[needed[0]] != nil:
		return pickColumn(needed[0], asked[needed[0]], prefixes, columns), nil
	default:
		return left.pickByID(tx, asked, prefixes, columns)
	}
}

// prefixes are those of the fields to look into: of the parts, or of all together.
func (g people) prefixes(vary []varied) []string {
	for _, v := range vary {
		if v.field == g.part && v.values != nil {
			return v.values
		}
		if v.field == g.part {
			return g.all
		}
	}
	if len(g.parts) > 0 {
		return g.parts
	}
	return []string{g.prefix}
}

// pickParts are the facets of the parts themselves.
func (g people) pickParts(prefixes, columns []string) map[cell][]facet {
	picked := map[cell][]facet{}
	for _, part := range prefixes {
		at := cellOf(columns, part, nil)
		picked[at] = append(picked[at], facet{g.part, part})
	}
	return picked
}

// pickColumn are the facets of one column's values, in each part.
func pickColumn(column string, values, prefixes, columns []string) map[cell][]facet {
	picked := map[cell][]facet{}
	for _, prefix := range prefixes {
		for _, value := range values {
			at := cellOf(columns, prefix, map[string]string{column: value})
			picked[at] = append(picked[at], facet{prefix + "_" + column, value})
		}
	}
	return picked
}

// pickByID are the facets of those who are all that is asked for, by their ids.
func (g people) pickByID(tx *gorm.DB, asked map[string][]string, prefixes, columns []string) (map[cell][]facet, error) {
	q := tx.Table(g.table).Select("id", "kind", "country")
	for column, values := range asked {
		if column == "id" && len(values) > 0 {
			q = q.Where("id "+speechOf(tx).among, listOf(numbersIn(values)))
		} else {
			q = where(q, column+" IN ?", values)
		}
	}
	var found []struct {
		ID            int64
		Kind, Country string
	}
	if err := q.Find(&found).Error; err != nil {
		return nil, err
	}
	picked := map[cell][]facet{}
	for _, one := range found {
		id := strconv.FormatInt(one.ID, 10)
		is := map[string]string{"id": id, "kind": one.Kind, "country": one.Country}
		if slices.ContainsFunc(columns, func(column string) bool { return column != "" && is[column] == "" }) {
			continue
		}
		for _, prefix := range prefixes {
			at := cellOf(columns, prefix, is)
			picked[at] = append(picked[at], facet{prefix + suffixID, id})
		}
	}
	return picked, nil
}

// numbersIn are the numbers that are written in values.
func numbersIn(values []string) []int64 {
	all := make([]int64, len(values))
	for i, v := range values {
		all[i] = numberOf(v)
	}
	return all
}

// cellOf is where somebody in a part belongs, by the columns that vary.
func cellOf(columns []string, part string, is map[string]string) (at cell) {
	for i, column := range columns {
		if at[i] = is[column]; column == "" {
			at[i] = part
		}
	}
	return at
}
