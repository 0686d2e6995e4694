package store

import "slices"

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
