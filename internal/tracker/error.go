package tracker

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code says what kind of failure an Error is. Each has one HTTP status, in api/rest's table.
type Code string

// The kinds of failure that callers can act on.
const (
	Malformed   Code = "malformed"    // the input cannot be read as what it should be
	Invalid     Code = "invalid"      // the input was read, and says something that cannot be
	NotFound    Code = "not_found"    // there is no such record
	Conflict    Code = "conflict"     // the record's state, or another record, stands against it
	Stale       Code = "stale"        // the record has changed since the caller read it
	Unguarded   Code = "unguarded"    // a change did not say which version it was made from
	TooLarge    Code = "too_large"    // the input is larger than what is accepted
	WrongMedia  Code = "wrong_media"  // the input's media type is not one that is read here
	Unavailable Code = "unavailable"  // the store cannot answer now, and may soon
	Forbidden   Code = "forbidden"    // whoever asks may not
	Misdirected Code = "misdirected"  // the request is for a host that is not this one
	WrongMethod Code = "wrong_method" // the path is there, the method is not
)

// Error is a failure with words for the caller. Detail is one sentence that a person can act on; it never holds SQL, a Go
// type or a path of the server.
type Error struct {
	Code   Code
	Detail string
	Fields []FieldError // every wrong field, for Malformed and Invalid

	Existing   *Existing        // the record that stands against it, for Conflict
	References map[string]int64 // what still points at the record, for Conflict: counts by resource
	Allowed    []string         // what would be accepted instead, for Conflict
}

// FieldError is what is wrong with one field.
type FieldError struct {
	// Pointer is the field's place in the body as a URI fragment (RFC 6901), such as "#/actors/0/role".
	Pointer string `json:"pointer,omitempty" example:"#/actors/0/role"`
	// Parameter names the wrong query, path or form parameter, where it is not the body that is wrong.
	Parameter string `json:"parameter,omitempty" example:"limit"`
	// Code is a stable word for programs: required, unknown_field, wrong_type, format, not_in_vocabulary, too_long...
	Code string `json:"code" validate:"required" example:"not_in_vocabulary"`
	// Detail is a sentence for people.
	Detail string `json:"detail" validate:"required" example:"must be one of speaker, accused, target, beneficiary, attributor"`
	// Candidates are the places where an ambiguous quote stands.
	Candidates []Candidate `json:"candidates,omitempty"`
} // @name FieldError

// Candidate is one place where an ambiguous quote stands, with enough around it to tell the places apart.
type Candidate struct {
	Start      int    `json:"start" validate:"required" example:"17"`
	End        int    `json:"end" validate:"required" example:"42"`
	Prefix     string `json:"prefix" validate:"required" example:"the minister said that "`
	Suffix     string `json:"suffix" validate:"required" example:", a claim the embassy"`
	SentenceID int64  `json:"sentence_id" validate:"required" example:"12"`
} // @name Candidate

// Existing is a record that is there already.
type Existing struct {
	Resource string `json:"-"`
	ID       int64  `json:"id" validate:"required" example:"7"`
	// Href is the record's path.
	Href string `json:"href" validate:"required" example:"/api/v1/articles/7"`
} // @name Existing

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Detail
	}
	var b strings.Builder
	b.WriteString(e.Detail)
	for i, f := range e.Fields {
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		b.WriteString(strings.TrimPrefix(f.Pointer+f.Parameter, "#/") + " " + f.Detail)
	}
	return b.String()
}

// Problems are the wrong fields of an error, and where it names none, its detail as that of the whole.
func (e *Error) Problems() Problems {
	p := Problems{fields: e.Fields, malformed: e.Code == Malformed}
	if len(e.Fields) == 0 {
		p.Add("", string(e.Code), "%s", e.Detail)
	}
	return p
}

// Errorf makes an Error of a code with a sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of the Error in err's chain, or "" where there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Problems gathers everything that is wrong with one input, so that all of it can be told at once. The zero value is
// ready for use.
type Problems struct {
	fields    []FieldError
	malformed bool
}

// Add notes that the field at pointer ("/actors/0/role") is wrong.
func (p *Problems) Add(pointer, code, format string, args ...any) {
	p.AddField(FieldError{Pointer: "#" + pointer, Code: code, Detail: fmt.Sprintf(format, args...)})
}

// maxFields is how many wrong fields are told: a body can hold a hundred thousand, and no answer should be a multiple of
// what was asked.
const maxFields = 200

// AddField notes a wrong field that has more to say.
func (p *Problems) AddField(f FieldError) {
	if len(p.fields) < maxFields {
		p.fields = append(p.fields, f)
	}
}

// AddMalformed notes that the field at pointer cannot be read at all.
func (p *Problems) AddMalformed(pointer, code, format string, args ...any) {
	p.malformed = true
	p.Add(pointer, code, format, args...)
}

// AddParameter notes that a query, path or form parameter cannot be read.
func (p *Problems) AddParameter(name, code, format string, args ...any) {
	p.malformed = true
	p.AddInvalidParameter(name, code, format, args...)
}

// AddInvalidParameter notes that a query, path or form parameter can be read, and says something that cannot be.
func (p *Problems) AddInvalidParameter(name, code, format string, args ...any) {
	p.AddField(FieldError{Parameter: name, Code: code, Detail: fmt.Sprintf(format, args...)})
}

// Join notes all that others has noted too.
func (p *Problems) Join(others Problems) {
	p.fields, p.malformed = append(p.fields, others.fields...), p.malformed || others.malformed
}

// Under is p for an input that is the member at pointer ("/occurrence") of a larger one.
func (p Problems) Under(pointer string) Problems {
	p.fields = slices.Clone(p.fields)
	for i := range p.fields {
		p.fields[i].Pointer = "#" + pointer + strings.TrimPrefix(p.fields[i].Pointer, "#")
	}
	return p
}

// OfParameter is p for a query parameter that was checked as a field is.
func (p Problems) OfParameter(name string) Problems {
	q := Problems{malformed: p.malformed}
	for _, f := range p.fields {
		q.AddParameter(name, f.Code, "%s", f.Detail)
	}
	return q
}

// Malformed tells whether something could not be read at all, so that looking closer makes no sense.
func (p *Problems) Malformed() bool { return p.malformed }

// Err is nil when nothing was noted, else an Error with every noted field.
func (p *Problems) Err() error {
	switch {
	case len(p.fields) == 0:
		return nil
	case p.malformed:
		return &Error{Code: Malformed, Detail: "The input cannot be read", Fields: p.fields}
	default:
		return &Error{Code: Invalid, Detail: "The input is not valid", Fields: p.fields}
	}
}
