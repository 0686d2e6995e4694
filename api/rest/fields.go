package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"claimtracker/internal/tracker"
)

// membersOf are the names of the members that a record of that type may have in JSON, in the order of its fields.
func membersOf[T any]() (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// fields are the members that an answer's records are to have, of those that there are: a list with commas, or repeated.
// None are all of them.
func (q *query) fields(members []string) (wanted []string) {
	for _, v := range q.all("fields") {
		wanted = append(wanted, strings.Split(v, ",")...)
	}
	if slices.ContainsFunc(wanted, func(name string) bool { return !slices.Contains(members, name) }) {
		q.problems.AddParameter("fields", "not_in_vocabulary", "must be of %s", tracker.Listed(members))
	}
	return wanted
}

// ready is a record whose JSON is there already.
type ready interface{ AppendTo(b []byte) []byte }

// appendWritten appends what written is.
func appendWritten(b []byte, record any, fields []string) ([]byte, error) {
	if r, ok := record.(ready); ok && len(fields) == 0 {
		return r.AppendTo(b), nil
	}
	whole, err := written(record, fields)
	return append(b, whole...), err
}

// written is a record as JSON with the named members alone; with all of them where none are named. What a record does not
// have, it does not have here either.
func written(record any, fields []string) (jsontext.Value, error) {
	var whole jsontext.Value
	var err error
	if r, ok := record.(ready); ok {
		whole = r.AppendTo(nil)
	} else {
		whole, err = json.Marshal(record)
	}
	if err == nil && len(fields) > 0 {
		whole, err = sparse(whole, fields)
	}
	if err != nil {
		return nil, fmt.Errorf("writing a record: %w", err)
	}
	return whole, nil
}

// sparse is an object with the named members alone.
func sparse(object jsontext.Value, fields []string) (jsontext.Value, error) {
	var out bytes.Buffer
	from, to := jsontext.NewDecoder(bytes.NewReader(object)), jsontext.NewEncoder(&out)
	for {
		token, err := from.ReadToken()
		if errors.Is(err, io.EOF) {
			return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
		}
		if err != nil {
			return nil, err
		}
		if token.Kind() == '"' && !slices.Contains(fields, token.String()) {
			err = from.SkipValue()
		} else if err = to.WriteToken(token); err == nil && token.Kind() == '"' {
			err = copyValue(from, to)
		}
		if err != nil {
			return nil, err
		}
	}
}

func copyValue(from *jsontext.Decoder, to *jsontext.Encoder) error {
	value, err := from.ReadValue()
	if err != nil {
		return err
	}
	return to.WriteValue(value)
}
