package rest

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"claimtracker/internal/tracker"
)

// decode reads JSON as a T, strictly: one object of valid UTF-8, each member known, in its right case, of its right type
// and given once, and nothing after it. What is wrong is told by field, all of it at once.
func decode[T any](b []byte) (in T, err error) {
	// What can be read as an object is one, by the same rules that the check has; so it comes only where something is wrong.
	if jsontext.Value(b).Kind() == '{' && json.Unmarshal(b, &in, json.RejectUnknownMembers(true)) == nil {
		return in, nil
	}
	if err := checkJSON(b); err != nil {
		return in, err
	}
	var e explainer
	e.decoder = jsontext.NewDecoder(strings.NewReader(string(b)))
	e.value(reflect.TypeFor[T](), "")
	if checked, ok := any(&in).(interface{ Check(*tracker.Problems) }); ok && !e.problems.Malformed() {
		// All fields can be read, and some of them mean nothing: the rest is checked too, so that all is told at once.
		if err := json.Unmarshal(b, &in, json.WithUnmarshalers(json.UnmarshalFromFunc(leaveOutUnreadable))); err != nil {
			return in, err
		}
		checked.Check(&e.problems)
	}
	return in, e.problems.Err()
}

// checkPatch refuses a patch of a T that is not one JSON object, or that has members which no T has: also where their value
// is null, which the merged T would not show any more.
func checkPatch[T any](b []byte) error {
	if err := checkJSON(b); err != nil {
		return err
	}
	var e explainer
	e.decoder = jsontext.NewDecoder(strings.NewReader(string(b)))
	if e.value(reflect.TypeFor[T](), ""); e.problems.Malformed() {
		return e.problems.Err()
	}
	return nil // what else is wrong, the merged T will show, all of it at once
}

// leaveOutUnreadable reads a value that has a format of its own, and leaves it empty where it does not keep that.
func leaveOutUnreadable(d *jsontext.Decoder, v encoding.TextUnmarshaler) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	_ = v.UnmarshalText([]byte(s)) // the explainer has said what is wrong with it
	return nil
}

// checkJSON refuses what is not one JSON object (RFC 8259) of valid UTF-8 without names given twice (RFC 7493).
func checkJSON(b []byte) error {
	var p tracker.Problems
	trimmed := strings.TrimLeft(string(b), " \t\r\n")
	switch {
	case trimmed == "":
		return tracker.Errorf(tracker.Malformed, "The body is empty; it must be a JSON object")
	case trimmed[0] != '{' && jsontext.Value(b).IsValid():
		return tracker.Errorf(tracker.Malformed, "The body must be a JSON object")
	}
	var raw jsontext.Value
	err := json.Unmarshal(b, &raw)
	wrong, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return errors.Join(tracker.Errorf(tracker.Malformed, "The body is not valid JSON"), err)
	case errors.Is(err, jsontext.ErrDuplicateName):
		p.AddMalformed(string(wrong.JSONPointer), "duplicate_field", "is given twice")
		return p.Err()
	default:
		return tracker.Errorf(tracker.Malformed, "The body is not valid JSON in UTF-8; what is wrong begins at byte %d", wrong.ByteOffset)
	}
}

// explainer finds out everything that is wrong with JSON that does not fit a Go type, without ever naming the type.
type explainer struct {
	decoder  *jsontext.Decoder
	problems tracker.Problems
}

var textual = reflect.TypeFor[encoding.TextUnmarshaler]()

// value reads the next value as a t. The JSON as such was found to be valid before.
func (e *explainer) value(t reflect.Type, at string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind := e.decoder.PeekKind()
	switch {
	case kind == 'n':
		e.skip()
	case reflect.PointerTo(t).Implements(textual):
		e.scalar(t, at, kind, '"', "a text")
	case t.Kind() == reflect.String:
		e.scalar(t, at, kind, '"', "a text")
	case t.Kind() == reflect.Bool && kind == 'f':
		e.skip()
	case t.Kind() == reflect.Bool:
		e.scalar(t, at, kind, 't', "true or false")
	case t.Kind() == reflect.Int64 || t.Kind() == reflect.Int:
		e.scalar(t, at, kind, '0', "a whole number")
	case t.Kind() == reflect.Struct && kind == '{':
		e.object(t, at)
	case t.Kind() == reflect.Slice && kind == '[':
		e.token()
		for i := 0; e.decoder.PeekKind() != ']'; i++ {
			e.value(t.Elem(), at+"/"+strconv.Itoa(i))
		}
		e.token()
	default:
		e.problems.AddMalformed(at, "wrong_type", "must be %s", map[reflect.Kind]string{reflect.Struct: "an object", reflect.Slice: "a list"}[t.Kind()])
		e.skip()
	}
}

// scalar reads a value that must be of one kind and then fit t.
func (e *explainer) scalar(t reflect.Type, at string, kind, want jsontext.Kind, name string) {
	raw, err := e.decoder.ReadValue()
	if err != nil || kind != want {
		e.problems.AddMalformed(at, "wrong_type", "must be %s", name)
		return
	}
	value := reflect.New(t).Interface()
	if err := json.Unmarshal(raw, value); err == nil {
		return
	}
	text, isText := value.(encoding.TextUnmarshaler)
	if !isText {
		e.problems.AddMalformed(at, "out_of_range", "must be %s from -9223372036854775808 to 9223372036854775807", name)
		return
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		panic("JSON that was valid no longer is: " + err.Error())
	}
	e.problems.Add(at, "format", "%s", text.UnmarshalText([]byte(s)))
}

// object reads an object as a struct.
func (e *explainer) object(t reflect.Type, at string) {
	fields := map[string]reflect.Type{}
	members(t, fields)
	e.token()
	for e.decoder.PeekKind() == '"' {
		name := e.token().String()
		pointer := at + "/" + string(jsontext.Pointer("").AppendToken(name))[1:]
		if field, ok := fields[name]; ok {
			e.value(field, pointer)
			continue
		}
		detail := "is not a field that can be written here"
		for known := range fields {
			if strings.EqualFold(known, name) {
				detail = "must be written " + known
			}
		}
		e.problems.AddMalformed(pointer, "unknown_field", "%s", detail)
		e.skip()
	}
	e.token()
}

// members gathers the JSON members of a struct, those of embedded structs too.
func members(t reflect.Type, into map[string]reflect.Type) {
	for f := range t.Fields() {
		if f.Anonymous {
			members(f.Type, into)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		into[name] = f.Type
	}
}

func (e *explainer) token() jsontext.Token {
	token, err := e.decoder.ReadToken()
	if err != nil {
		panic("JSON that was valid no longer is: " + err.Error())
	}
	return token
}

func (e *explainer) skip() {
	if err := e.decoder.SkipValue(); err != nil {
		panic("JSON that was valid no longer is: " + err.Error())
	}
}
