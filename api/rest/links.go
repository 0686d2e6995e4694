package rest

import (
	"net/url"
	"slices"
	"strings"
)

// parameter is a query parameter with one value.
type parameter struct{ name, value string }

// parametersOf are the parameters by which claims with a value of a field are listed, in the order of their names.
func parametersOf(field, value string) []parameter {
	switch field {
	case "tactic":
		return []parameter{{"technique", value}}
	case "sources":
		return []parameter{{"max_sources", value}, {"min_sources", value}}
	default:
		return []parameter{{field, value}}
	}
}

// notFilters are the parameters that say how claims are counted, and not which.
var notFilters = []string{"field", "limit", "by", "interval", "split", "rows", "columns"}

// links writes the paths that list the claims that a query's filters leave.
type links struct {
	filters []parameter // in the order of their names; a value is written as a path has it, with the name before each
	path    []byte      // room for one
}

// links are those of the query's filters.
func (q *query) links() *links {
	l := &links{}
	for name, given := range q.values {
		if !slices.Contains(notFilters, name) {
			l.filters = append(l.filters, parameter{name, url.Values{name: given}.Encode()})
		}
	}
	slices.SortFunc(l.filters, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return l
}

// to is the path that lists the claims that the filters leave, with these parameters in place of those of the same name.
func (l *links) to(places ...parameter) string {
	slices.SortFunc(places, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	path, kept := append(l.path[:0], "/api/v1/claims?"...), l.filters
	for _, p := range places {
		for len(kept) > 0 && kept[0].name <= p.name {
			if kept[0].name < p.name {
				path = append(append(path, kept[0].value...), '&')
			}
			kept = kept[1:]
		}
		path = append(append(append(append(path, p.name...), '='), url.QueryEscape(p.value)...), '&')
	}
	for _, p := range kept {
		path = append(append(path, p.value...), '&')
	}
	l.path = path
	return string(path[:len(path)-1]) // without what would join another parameter
}
