// Package dps stands in for github.com/markusmobius/go-dateparser, by a replace in the program's go.mod. That library reads
// dates in 200 languages, and makes tables for it whenever a program that has it starts: 80 MB are allocated, a quarter of a
// second is spent, and 45 MiB are never given back. It comes with go-trafilatura, by go-htmldate, which package webpage does
// not ask for dates: it reads them itself. This has what go-htmldate names, and finds no date.
package dps

import (
	"errors"
	"time"
)

// ParserType, as in the library.
type ParserType uint8

// The parsers that are named.
const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

// PreferredDateSource, as in the library.
type PreferredDateSource uint8

// Past prefers dates in the past.
const Past PreferredDateSource = 1

// Configuration, as in the library, is ignored.
type Configuration struct {
	PreferredDateSource PreferredDateSource
	StrictParsing       bool
}

// Parser, as in the library.
type Parser struct{ ParserTypes []ParserType }

// Date is what was read.
type Date struct{ Time time.Time }

// Parse reads nothing.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) {
	return Date{}, errors.New("dates are not read here")
}
