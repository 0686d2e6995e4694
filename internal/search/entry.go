package search

import (
	"slices"
	"strings"
)

// maxDistinct is how many bytes of terms, each counted once, a field is indexed by. PostgreSQL's tsvector takes a mebibyte of
// all fields; no text in a language comes near it.
const maxDistinct = 250_000

// Column is what is indexed of a field that has these texts: their terms, with spaces between them and the Gap after each
// text. Where there are more different terms than an engine takes, the last ones are left out.
func Column(texts ...string) string {
	var b []byte
	for _, text := range texts {
		b = slices.Grow(b, len(text)+len(Gap)+1)
		scan(text, func(term []byte, _, _ int) bool {
			b = append(append(b, term...), ' ')
			return true
		})
		b = append(b, Gap+" "...)
	}
	column := strings.TrimSuffix(string(b), " ")
	if len(column) > maxDistinct {
		return shortened(column)
	}
	return column
}

// shortened leaves terms out once those before them are all that is taken.
func shortened(column string) string {
	seen, left := map[string]bool{}, maxDistinct
	terms := slices.DeleteFunc(strings.Split(column, " "), func(t string) bool {
		if !seen[t] && left >= len(t) {
			seen[t] = true
			left -= len(t)
		}
		return !seen[t] && t != Gap
	})
	return strings.Join(terms, " ")
}
