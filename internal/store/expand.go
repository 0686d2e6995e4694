package store

import (
	"slices"

	"github.com/go-json-experiment/json"
)

// Expand names the relations whose records are to be put in place.
type Expand []string

func (e Expand) has(relation string) bool { return slices.Contains(e, relation) }

// ids gathers what id gives for each item, without the nils.
func ids[T any](items []T, id func(*T) *int64) []int64 {
	var all []int64
	for i := range items {
		if v := id(&items[i]); v != nil {
			all = append(all, *v)
		}
	}
	return all
}

// asJSON is a list as a JSON array, by which it is handed to a statement as one value.
func asJSON(values any) string {
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // numbers and words can always be written
	}
	return string(b)
}
