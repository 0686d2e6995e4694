package search

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// marked are the fragments with what was found in square brackets and an ellipsis where the text goes on.
func marked(t *testing.T, query, text string, most int) string {
	t.Helper()
	q, err := Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	runes := []rune(text)
	for _, f := range q.Fragments(text, most) {
		if string(runes[f.Start:f.End]) != f.Text {
			t.Errorf("the fragment [%d %d) of %q is %q; want %q", f.Start, f.End, text, f.Text, string(runes[f.Start:f.End]))
		}
		var b strings.Builder
		if f.Start > 0 {
			b.WriteString("…")
		}
		at := f.Start
		for _, s := range f.Found {
			b.WriteString(string(runes[at:s.Start]) + "[" + string(runes[s.Start:s.End]) + "]")
			at = s.End
		}
		b.WriteString(string(runes[at:f.End]))
		if f.End < len(runes) {
			b.WriteString("…")
		}
		all = append(all, b.String())
	}
	return strings.Join(all, " / ")
}

func TestFragmentsShowWhatWasFound(t *testing.T) {
	for _, c := range []struct{ query, text, want string }{
		{"vote", "The vote was rigged.", "The [vote] was rigged."},
		{"ORBAN", "« Orba\u0301n’s » men", "« [Orba\u0301n]’s » men"},
		{`"was rigged" vote`, "It was. The Vote was rigged", "It was. The [Vote] [was rigged]"},
		{"rig*", "rigging, rigged, trig", "[rigging], [rigged], trig"},
		{`"the rig"*`, "the rigging of the trig", "[the rigging] of the trig"},
		{"a OR b", "b c a", "[b] c [a]"},
		{"a -b", "a b", "[a] b"},
		{"-b", "a b", ""},
		{"!!!", "a!!!", ""},
		{"b \"a b c\"", "a b c b", "[a b c] [b]"},
		{"b c \"a b c d\"", "a b c d", "[a b c d]"},
		{"\"a b\" \"b c\"", "a b c", "[a b c]"},
		{"选举", "美国选举舞弊", "美国[选举]舞弊"},
		{"国选 举舞", "美国选举舞弊", "美[国选][举舞]弊"},
		{"ตั้ง", "เลือกตั้ง", "เลือก[ตั้ง]"},
		{"strasse", "Straße!", "[Straße]!"},
		{"vote", "nothing", ""},
		{"vote", "", ""},
	} {
		if got := marked(t, c.query, c.text, 3); got != c.want {
			t.Errorf("%s in %q: %q; want %q", c.query, c.text, got, c.want)
		}
	}
}

func TestFragmentsOfALongTextAreShortAndApart(t *testing.T) {
	filler := strings.Repeat("é filler ", 40) // 360 code points
	text := filler + "one vote " + filler + "vote two vote " + filler + "three vote"
	q, _ := Parse("vote")
	fragments := q.Fragments(text, 2)
	if len(fragments) != 2 || len(fragments[0].Found) != 1 || len(fragments[1].Found) != 2 {
		t.Fatalf("%+v; want 2 fragments of 3", fragments)
	}
	last := 0
	for _, f := range q.Fragments(text, 9) {
		if n := utf8.RuneCountInString(f.Text); n != f.End-f.Start || n > fragmentLength || f.Start < last {
			t.Errorf("the fragment [%d %d) has %d code points; want at most %d, after %d", f.Start, f.End, n, fragmentLength, last)
		}
		if strings.TrimSpace(f.Text) != f.Text {
			t.Errorf("%q does not begin and end with a word", f.Text)
		}
		last = f.End
	}
	if got := marked(t, "vote", "vote"+strings.Repeat(" !", 5000), 3); got != "[vote]…" {
		t.Errorf("signs after a word make %d bytes of fragment", len(got))
	}
}

// A phrase that is longer than a fragment, or that begins in one that is closed, is whole in one.
func TestAPhraseIsNeverTorn(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 90))
	if got, want := marked(t, `"`+long+`"`, "x "+long+" y", 3), "x ["+long+"]…"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	text := "a " + strings.Repeat("word ", 39) + "b c d" // b begins at 197, d ends after 200
	if got, want := marked(t, `a "b c d"`, text, 3), "[a] "+strings.Repeat("word ", 39)+"[b c d]"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// FuzzFragments: fragments are in order and apart, what they found is in order, apart and within them.
func FuzzFragments(f *testing.F) {
	f.Add("a b", "x a y b")
	f.Add(`"a b" b* -c`, strings.Repeat("a b ", 200))
	f.Add("选举", strings.Repeat("选举が ", 200))
	f.Fuzz(func(t *testing.T, query, text string) {
		q, err := Parse(query)
		if err != nil || !utf8.ValidString(text) {
			return
		}
		runes, last := []rune(text), 0
		for _, fragment := range q.Fragments(text, 4) {
			at := fmt.Sprintf("%q in %q: %+v", query, text, fragment)
			if fragment.Start < last || fragment.End <= fragment.Start || string(runes[fragment.Start:fragment.End]) != fragment.Text || len(fragment.Found) == 0 {
				t.Fatal(at)
			}
			within := fragment.Start
			for _, s := range fragment.Found {
				if s.Start < within || s.End <= s.Start || s.End > fragment.End {
					t.Fatal(at)
				}
				within = s.End
			}
			last = fragment.End
		}
	})
}
