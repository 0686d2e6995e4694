package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// shown is a query as FTS5 has it, which says all of it.
func shown(t *testing.T, text string) string {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q) = %v", text, err)
	}
	return q.MATCH("")
}

func TestQueriesAreReadAsTheyAreMeant(t *testing.T) {
	for text, want := range map[string]string{
		"vote":                  `("vote")`,
		"  Vote\tRIGGED ":       `("vote") AND ("rigged")`,
		`"the vote" rigged`:     `("the vote") AND ("rigged")`,
		"“the vote” «a b» „c“":  `("the vote") AND ("a b") AND ("c")`,
		"elect*":                `("elect" *)`,
		`"the elect"* x`:        `("the elect" *) AND ("x")`,
		"well-known e-mai*":     `("well known") AND ("e mai" *)`,
		"don't":                 `("don t")`,
		"a OR b":                `("a" OR "b")`,
		`a b OR "c d" OR e* f`:  `("a") AND ("b" OR "c d" OR "e") AND ("f")`,
		"vote -rigged":          `(("vote")) NOT ("rigged")`,
		`a -"b c" -d* -dd*`:     `(("a")) NOT ("b c" OR "d" OR "dd" *)`,
		"-a":                    `("¶") NOT ("a")`,
		"--a":                   `("¶") NOT ("a")`,
		"选举":                    `("选 举")`,
		"美国选举 OR 舞弊 -总统":        `(("美 国 选 举" OR "舞 弊")) NOT ("总 统")`,
		"เลือก":                 `("เ ล ื อ ก")`,
		"orbán ŁUKASZ":          `("orban") AND ("lukasz")`,
		"https://a.example/x_y": `("https a example x y")`,
		"or and not near":       `("or") AND ("and") AND ("not") AND ("near")`,
		"NOT a AND b NEAR":      `("not") AND ("a") AND ("and") AND ("b") AND ("near")`,
		"(a OR b) c":            `("a" OR "b") AND ("c")`,
		"text:a ^b {c} d+e":     `("text a") AND ("b") AND ("c") AND ("d e")`,

		// What makes no sense is searched for as it stands, and signs are not.
		"":                      ``,
		"!!! ... 🗳":             ``,
		"OR":                    ``,
		"OR OR - * -* \" \"\"":  ``,
		"-!!!":                  ``,
		"OR a":                  `("a")`,
		"a OR":                  `("a")`,
		"a OR OR b":             `("a" OR "b")`,
		"a OR !!! b":            `("a" OR "b")`,
		"a OR -b":               `(("a")) NOT ("b")`,
		"-a OR b":               `(("b")) NOT ("a")`,
		"a -OR":                 `(("a")) NOT ("or")`,
		`say "the vote`:         `("say") AND ("the") AND ("vote")`,
		`say" the vote`:         `("say") AND ("the") AND ("vote")`,
		`5" nail`:               `("5") AND ("nail")`,
		`a"b c"d`:               `("a") AND ("b c") AND ("d")`,
		`"" a`:                  `("a")`,
		"* a *b c** d-* -*":     `("a") AND ("b") AND ("c") AND ("d")`,
		"ab** 选举*":              `("ab" *) AND ("选 举")`,
		"a - b":                 `("a") AND ("b")`,
		`'); DROP TABLE x; --`:  `("drop") AND ("table") AND ("x")`,
		"a\\ 'b' & | ! <-> :*A": `("a") AND ("b") AND ("a")`,
	} {
		if got := shown(t, text); got != want {
			t.Errorf("Parse(%q) is %s; want %s", text, got, want)
		}
	}
}

func TestAQueryHasAnEnd(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("x", MaxQuery):           "<nil>",
		strings.Repeat("选", MaxQuery):           "<nil>",
		strings.Repeat("x", MaxQuery+1):         "must be 1000 characters at most; it is 1001",
		strings.Repeat("a ", MaxPhrases):        "<nil>",
		strings.Repeat("a ", MaxPhrases) + "-b": "must have 50 words and phrases at most",
		strings.Repeat("! ", MaxPhrases) + "b":  "<nil>",
	} {
		if _, err := Parse(text); fmt.Sprint(err) != want {
			t.Errorf("Parse of %d bytes: %v; want %v", len(text), err, want)
		}
	}
}

func TestAQueryIsWrittenForEachEngine(t *testing.T) {
	q, err := Parse(`a "b c"* OR d -"e f" -gg*`)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		q.MATCH(""):         `(("a") AND ("b c" OR "d")) NOT ("e f" OR "gg" *)`,
		q.MATCH("text"):     `({text} : (("a") AND ("b c" OR "d"))) NOT ("e f" OR "gg" *)`,
		q.TSQuery(""):       `(('a')) & (('b' <-> 'c') | ('d')) & !(('e' <-> 'f') | ('gg':*))`,
		q.TSQuery("A"):      `(('a':A)) & (('b':A <-> 'c':A) | ('d':A)) & !(('e' <-> 'f') | ('gg':*))`,
		q.Words().MATCH(""): `(("a") AND ("c" OR "d")) NOT ("gg" *)`,
		Query{}.MATCH(""):   "",
		Query{}.TSQuery(""): "",
	} {
		if got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
	q, _ = Parse(`"a b cc"* -d`)
	if got, want := q.TSQuery("A"), `(('a':A <-> 'b':A <-> 'cc':*A)) & !(('d'))`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if got, want := q.Words().TSQuery(""), `(('a')) & (('b')) & (('cc':*)) & !(('d'))`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// FuzzParse: whatever is asked for, nothing of it but its terms reaches an engine: all else of what is written for one is
// the program's own.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`a "b c"* OR d -"e f"`, "'\"\\¶:*&|!()<->{}+^", `-"`, `"-`, "OR OR", "选举*", `""""`, "-*OR*-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			if utf8.RuneCountInString(text) <= MaxPhrases {
				t.Fatalf("Parse(%q) = %v", text, err)
			}
			return
		}
		all := slices.Concat(append(q.Groups, q.Without)...)
		if len(all) > MaxPhrases {
			t.Fatalf("Parse(%q) has %d phrases", text, len(all))
		}
		for _, p := range all {
			for i, term := range p.Terms {
				if strings.ContainsFunc(term, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
					t.Fatalf("Parse(%q) has the term %q", text, term)
				}
				if len(p.Terms[i]) > maxTerm {
					t.Fatalf("Parse(%q) has a term of %d bytes", text, len(term))
				}
			}
		}
		for _, group := range q.Groups {
			if len(group) == 0 {
				t.Fatalf("Parse(%q) has an empty group", text)
			}
		}
		if q.None() != (q.MATCH("") == "") || q.None() != (q.TSQuery("") == "") {
			t.Fatalf("Parse(%q) = %+v, %q, %q", text, q, q.MATCH(""), q.TSQuery(""))
		}
	})
}
