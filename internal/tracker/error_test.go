package tracker

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestProblemsTellEverythingAtOnce(t *testing.T) {
	var p Problems
	if err := p.Err(); err != nil {
		t.Fatalf("Err() of no problems = %v; want nil", err)
	}
	p.Add("/name", "required", "must be given")
	p.AddInvalidParameter("limit", "too_large", "must be at most %d", 200)
	err := p.Err()
	if got, want := err.Error(), "The input is not valid: name must be given; limit must be at most 200"; got != want {
		t.Errorf("Error() = %q; want %q", got, want)
	}
	if got := CodeOf(err); got != Invalid {
		t.Errorf("CodeOf(%v) = %s; want %s", err, got, Invalid)
	}
}

func TestOneFieldThatCannotBeReadMakesTheInputMalformed(t *testing.T) {
	for name, note := range map[string]func(*Problems){
		"a field":      func(p *Problems) { p.AddMalformed("/kind", "wrong_type", "must be a string") },
		"a parameter":  func(p *Problems) { p.AddParameter("limit", "wrong_type", "must be a number") },
		"one joined":   func(p *Problems) { var q Problems; q.AddMalformed("/kind", "wrong_type", "no"); p.Join(q) },
		"one under it": func(p *Problems) { var q Problems; q.AddMalformed("/kind", "wrong_type", "no"); p.Join(q.Under("/at")) },
	} {
		var p Problems
		p.Add("/name", "required", "must be given")
		note(&p)
		if got := CodeOf(p.Err()); got != Malformed || !p.Malformed() || len(p.fields) != 2 {
			t.Errorf("%s: the code is %s with %d fields; want %s with 2", name, got, len(p.fields), Malformed)
		}
	}
}

func TestUnderPutsAnInputsProblemsUnderItsPlaceInALargerOne(t *testing.T) {
	var inner Problems
	inner.Add("/stance", "required", "must be given")
	inner.AddField(FieldError{Pointer: "#", Code: "wrong_type", Candidates: []Candidate{{Start: 1}}})
	outer := inner.Under("/occurrence")
	if got, want := told(outer), []string{"/occurrence/stance required", "/occurrence wrong_type"}; !slices.Equal(got, want) {
		t.Errorf("Under(/occurrence) = %q; want %q", got, want)
	}
	if len(outer.fields[1].Candidates) != 1 {
		t.Errorf("Under left the candidates behind")
	}
	if got, want := told(inner), []string{"/stance required", " wrong_type"}; !slices.Equal(got, want) {
		t.Errorf("after Under, the inner problems = %q; want them as they were, %q", got, want)
	}
}

func TestJoinKeepsTheOrder(t *testing.T) {
	var a, b Problems
	a.Add("/a", "x", "")
	b.Add("/b", "y", "")
	b.Add("/c", "z", "")
	a.Join(b)
	if got, want := told(a), []string{"/a x", "/b y", "/c z"}; !slices.Equal(got, want) {
		t.Errorf("Join = %q; want %q", got, want)
	}
}

func TestCodeOfLooksThroughWrapping(t *testing.T) {
	stale := Errorf(Stale, "version %d", 3)
	for _, test := range []struct {
		err  error
		want Code
	}{
		{nil, ""}, {errors.New("disk"), ""}, {stale, Stale}, {fmt.Errorf("writing: %w", stale), Stale},
		{errors.Join(errors.New("disk"), stale), Stale},
	} {
		if got := CodeOf(test.err); got != test.want {
			t.Errorf("CodeOf(%v) = %q; want %q", test.err, got, test.want)
		}
	}
}
