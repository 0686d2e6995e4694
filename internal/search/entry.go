package search

import (
	"slices"
	"strconv"
	"strings"
)

// NumberSign is what the term of a number begins with. It is no letter, so that no text and no query has such a term.
const NumberSign = "§"

// Numbers are terms for numbers by which a record is to be found, too, with spaces between them: of the lowest 32 bits of each,
// which are all but enough to tell them apart, in hexadecimal digits.
func Numbers(numbers []int64) string {
	var b []byte
	for _, n := range numbers {
		b = strconv.AppendUint(append(b, " "+NumberSign...), uint64(uint32(n)), 16)
	}
	return strings.TrimPrefix(string(b), " ")
}

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
