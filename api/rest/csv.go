package rest

import (
	"slices"
	"strconv"
	"strings"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// cell is what stands in one cell of a table.
type cell struct {
	text string
	own  bool // whether it is ours, such as a number, and cannot be a formula
}

func words[T ~string](s T) cell        { return cell{text: string(s)} }
func number[T ~int | ~int64](n T) cell { return cell{strconv.FormatInt(int64(n), 10), true} }
func truth(b bool) cell                { return cell{strconv.FormatBool(b), true} }
func instant(i tracker.Instant) cell   { return cell{i.String(), true} }
func joined[T ~string](list []T) cell {
	return cell{text: joinEach(list, func(s T) string { return string(s) })}
}
func maybeNumber(n *int64) cell            { return maybe(n, number[int64]) }
func maybeInstant(i *tracker.Instant) cell { return maybe(i, instant) }

// maybe is an empty cell where there is no value.
func maybe[T any](v *T, written func(T) cell) cell {
	if v == nil {
		return cell{}
	}
	return written(*v)
}

// joinEach is a list in one cell.
func joinEach[T any](list []T, written func(T) string) string {
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = written(item)
	}
	return strings.Join(parts, "; ")
}

// column is a column of a table of records.
type column[T any] struct {
	name   string
	member string // the member of the record that it is taken from
	value  func(*T) cell
	// The relations of which one must be expanded for the column to be there; none: it always is.
	expands []string
}

// columnsFor are the columns of an answer that shows these members, and in which these relations are in place.
func columnsFor[T any](all []column[T], fields []string, expand store.Expand) []column[T] {
	return slices.DeleteFunc(slices.Clone(all), func(c column[T]) bool {
		hidden := len(fields) > 0 && !slices.Contains(fields, c.member)
		absent := len(c.expands) > 0 && !slices.ContainsFunc(c.expands, func(e string) bool { return slices.Contains(expand, e) })
		return hidden || absent
	})
}

// appendHeader appends the line that names the columns.
func appendHeader[T any](b []byte, columns []column[T]) []byte {
	return appendLine(b, columns, func(c column[T]) cell { return cell{c.name, true} })
}

// appendRow appends the line of a record.
func appendRow[T any](b []byte, columns []column[T], record *T) []byte {
	return appendLine(b, columns, func(c column[T]) cell { return c.value(record) })
}

// appendLine appends a line of CSV (RFC 4180), with CR LF at its end.
func appendLine[T any](b []byte, columns []column[T], value func(column[T]) cell) []byte {
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, value(c))
	}
	return append(b, '\r', '\n')
}

// appendCell appends a cell, in quotation marks where it must be or where a program that splits lines at semicolons or tabs
// could break it. A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV Injection).
func appendCell(b []byte, c cell) []byte {
	if !c.own && c.text != "" && strings.IndexByte("=+-@\t\r", c.text[0]) >= 0 {
		c.text = "'" + c.text
	}
	if !strings.ContainsAny(c.text, "\",;\t\r\n") && strings.TrimSpace(c.text) == c.text {
		return append(b, c.text...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(c.text, `"`, `""`)...)
	return append(b, '"')
}
