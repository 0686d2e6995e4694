package rest_test

import (
	"fmt"
	"strings"
	"testing"
)

// The second line's words are also in the third, and the third has them twice.
var lines = []string{"The vote is safe.", "They said that the vote is fair.", "Yes, the vote is fair, the vote is fair indeed.", "👩‍🚀 שלום: the end."}

// anchored is what a place in the text of lines must be answered with.
type anchored struct {
	start, end, first, last int // sentences from 0
	exact                   string
}

func TestAClaimIsLoggedOnASentenceARunOfThemOrAQuote(t *testing.T) {
	all := open(t)
	article := all.article(all.source("Ledger"), "https://a.example/", lines...)
	for name, row := range map[string]struct {
		anchor object
		want   anchored
	}{
		"a sentence":                             {object{"sentence_id": 2}, anchored{18, 50, 1, 1, lines[1]}},
		"a run of sentences":                     {object{"sentence_id": 1, "last_sentence_id": 2}, anchored{0, 50, 0, 1, lines[0] + "\n" + lines[1]}},
		"a run of one":                           {object{"sentence_id": 2, "last_sentence_id": 2}, anchored{18, 50, 1, 1, lines[1]}},
		"a quote that is part of a sentence":     {object{"article_id": 1, "exact": "vote is safe"}, anchored{4, 16, 0, 0, "vote is safe"}},
		"a quote over two sentences":             {object{"article_id": 1, "exact": "safe.\nThey"}, anchored{12, 22, 0, 1, "safe.\nThey"}},
		"a quote told apart by its prefix":       {object{"article_id": 1, "exact": "the vote is fair", "prefix": "said that "}, anchored{33, 49, 1, 1, "the vote is fair"}},
		"a quote told apart by its suffix":       {object{"article_id": 1, "exact": "the vote is fair", "suffix": " indeed"}, anchored{74, 90, 2, 2, "the vote is fair"}},
		"a quote told apart by both":             {object{"article_id": 1, "exact": "the vote is fair", "prefix": "Yes, ", "suffix": ","}, anchored{56, 72, 2, 2, "the vote is fair"}},
		"a quote told apart by its place":        {object{"article_id": 1, "exact": "the vote is fair", "start": 56, "end": 72}, anchored{56, 72, 2, 2, "the vote is fair"}},
		"a quote in the sentence that it is in":  {object{"sentence_id": 2, "exact": "the vote is fair"}, anchored{33, 49, 1, 1, "the vote is fair"}},
		"a quote in a run of sentences":          {object{"sentence_id": 1, "last_sentence_id": 2, "exact": "the vote is fair"}, anchored{33, 49, 1, 1, "the vote is fair"}},
		"a quote whose prefix is outside of it":  {object{"sentence_id": 2, "exact": "They", "prefix": "safe.\n"}, anchored{18, 22, 1, 1, "They"}},
		"a quote of a version":                   {object{"article_id": 1, "article_version": 1, "exact": "safe"}, anchored{12, 16, 0, 0, "safe"}},
		"a quote with other line ends":           {object{"article_id": 1, "exact": "safe.\r\nThey"}, anchored{12, 22, 0, 1, "safe.\nThey"}},
		"a quote behind an emoji":                {object{"article_id": 1, "exact": "the end."}, anchored{109, 117, 3, 3, "the end."}},
		"a quote from right to left":             {object{"article_id": 1, "exact": "שלום"}, anchored{103, 107, 3, 3, "שלום"}},
		"an emoji":                               {object{"article_id": 1, "exact": "👩‍🚀"}, anchored{99, 102, 3, 3, "👩‍🚀"}},
		"one character out of a joined sequence": {object{"article_id": 1, "exact": "🚀"}, anchored{101, 102, 3, 3, "🚀"}},
		"the whole text":                         {object{"article_id": 1, "exact": strings.Join(lines, "\n")}, anchored{0, 117, 0, 3, strings.Join(lines, "\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			a := all.on(t)
			got := a.post("/api/v1/claims", object{"text": "It is so.", "kind": "other", "occurrence": row.anchor}).wants(201)
			got.has("/origin/start", row.want.start, "/origin/end", row.want.end, "/origin/exact", row.want.exact,
				"/origin/first_sentence_id", article.sentence(row.want.first), "/origin/last_sentence_id", article.sentence(row.want.last))
			again := a.claim("Other.", article.sentence(3))
			a.post(path("claims", again.id())+"/occurrences", changed(row.anchor, "stance", "denies")).wants(201).
				has("/start", row.want.start, "/end", row.want.end, "/exact", row.want.exact, "/stance", "denies", "/is_origin", false)
		})
	}
}

func TestAQuoteThatHasNoOnePlaceIsRefusedWithTheCandidates(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", lines...)
	other := a.article(1, "https://b.example/", "Elsewhere.")
	a.post("/api/v1/articles/1/versions", object{"text": strings.Join(append(lines[:3:3], "A fourth."), "\n")}).wants(201)
	claim := a.claim("It is so.", article.sentence(0))
	before := a.contents()
	fair := []int{33, 56, 74}
	for name, row := range map[string]struct {
		anchor     object
		wrong      []string
		candidates []int // where they start
	}{
		"stands there more than once":           {object{"article_id": 1, "article_version": 1, "exact": "the vote is fair"}, []string{"exact quote_ambiguous"}, fair},
		"and in the latest version too":         {object{"article_id": 1, "exact": "the vote is fair"}, []string{"exact quote_ambiguous"}, fair},
		"twice within one sentence":             {object{"sentence_id": 3, "exact": "the vote is fair"}, []string{"exact quote_ambiguous"}, fair[1:]},
		"its prefix tells nothing":              {object{"article_id": 1, "exact": "the vote is fair", "prefix": ", "}, []string{"exact quote_ambiguous"}, fair[1:]},
		"is not in the text":                    {object{"article_id": 1, "exact": "The vote is unsafe."}, []string{"exact quote_not_found"}, nil},
		"is not in the text in that case":       {object{"article_id": 1, "exact": "the vote is safe"}, []string{"exact quote_not_found"}, nil},
		"is not in that sentence":               {object{"sentence_id": 1, "exact": "the vote is fair"}, []string{"exact quote_not_found"}, fair},
		"reaches out of that sentence":          {object{"sentence_id": 1, "exact": "safe.\nThey"}, []string{"exact quote_not_found"}, []int{12}},
		"does not stand after that":             {object{"article_id": 1, "exact": "the vote is fair", "prefix": "nobody said "}, []string{"exact quote_not_found"}, fair},
		"does not stand at that place":          {object{"article_id": 1, "exact": "the vote is fair", "start": 0, "end": 16}, []string{"start quote_not_found"}, fair},
		"stands at a place that is longer":      {object{"article_id": 1, "exact": "the vote is fair", "start": 33, "end": 51}, []string{"start quote_not_found"}, fair},
		"at a place out of the text":            {object{"article_id": 1, "exact": "vote is safe", "start": 12, "end": 9223372036854775807}, []string{"start quote_not_found"}, []int{4}},
		"at a place before the text":            {object{"article_id": 1, "exact": "vote is safe", "start": -4, "end": 8}, []string{"start quote_not_found"}, []int{4}},
		"at a place that ends before it starts": {object{"article_id": 1, "exact": "vote is safe", "start": 16, "end": 4}, []string{"start quote_not_found"}, []int{4}},
		"is in an earlier version only":         {object{"article_id": 1, "exact": "the end."}, []string{"exact quote_not_found"}, nil},
		"is no text":                            {object{"article_id": 1, "exact": "a\x00b"}, []string{"exact quote_not_found"}, nil},
		"nothing at all":                        {object{}, []string{"sentence_id required"}, nil},
		"an article alone":                      {object{"article_id": 1}, []string{"exact required"}, nil},
		"words alone":                           {object{"exact": "vote"}, []string{"sentence_id required"}, nil},
		"a place without words":                 {object{"article_id": 1, "start": 0, "end": 4}, []string{"exact required"}, nil},
		"a start alone":                         {object{"article_id": 1, "exact": "safe", "start": 12}, []string{"start required"}, nil},
		"a place in a sentence":                 {object{"sentence_id": 1, "start": 0, "end": 4}, []string{"start conflict"}, nil},
		"a prefix without words":                {object{"sentence_id": 1, "prefix": "x"}, []string{"exact required"}, nil},
		"a sentence and an article":             {object{"sentence_id": 1, "article_id": 1}, []string{"article_id conflict"}, nil},
		"a sentence and a version":              {object{"sentence_id": 1, "article_version": 1}, []string{"article_version conflict"}, nil},
		"no such sentence":                      {object{"sentence_id": 999}, []string{"sentence_id not_found"}, nil},
		"a sentence below zero":                 {object{"sentence_id": -1}, []string{"sentence_id not_found"}, nil},
		"no such last sentence":                 {object{"sentence_id": 1, "last_sentence_id": 999}, []string{"last_sentence_id not_found"}, nil},
		"a last sentence before the first":      {object{"sentence_id": 2, "last_sentence_id": 1}, []string{"last_sentence_id order"}, nil},
		"a last sentence of another article":    {object{"sentence_id": 1, "last_sentence_id": other.sentence(0)}, []string{"last_sentence_id conflict"}, nil},
		"a last sentence of another version":    {object{"sentence_id": 1, "last_sentence_id": other.sentence(0) + 1}, []string{"last_sentence_id conflict"}, nil},
		"a last sentence without a first":       {object{"last_sentence_id": 1}, []string{"sentence_id required", "last_sentence_id conflict"}, nil},
		"no such article":                       {object{"article_id": 999, "exact": "vote"}, []string{"article_id not_found"}, nil},
		"no such version":                       {object{"article_id": 1, "article_version": 3, "exact": "vote"}, []string{"article_version not_found"}, nil},
		"no such version of no such article":    {object{"article_id": 999, "article_version": 1, "exact": "vote"}, []string{"article_version not_found"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := a.on(t)
			for prefix, got := range map[string]answer{
				"#/occurrence/": a.post("/api/v1/claims", object{"text": "It is so.", "kind": "other", "occurrence": row.anchor}),
				"#/":            a.post(path("claims", claim.id())+"/occurrences", row.anchor),
			} {
				wrong := []string{}
				for _, w := range row.wrong {
					wrong = append(wrong, prefix+w)
				}
				got.wants(422).names(wrong...)
				starts := []int{}
				candidates, _ := got.at("/errors/0/candidates").(list)
				for i := range candidates {
					at := fmt.Sprintf("/errors/0/candidates/%d", i)
					starts = append(starts, got.number(at+"/start"))
					sentence := a.get(path("sentences", got.number(at+"/sentence_id"))).wants(200)
					if start := got.number(at + "/start"); start < sentence.number("/start") || start >= sentence.number("/end") {
						t.Errorf("%s: the candidate at %d is not in the sentence that it names, %s", got.asked, start, sentence.raw)
					}
					if got.text(at+"/prefix") == "" && got.text(at+"/suffix") == "" {
						t.Errorf("%s: the candidate at %d has nothing around it", got.asked, starts[i])
					}
				}
				if fmt.Sprint(starts) != fmt.Sprint(row.candidates) && len(starts)+len(row.candidates) > 0 {
					t.Errorf("%s: the candidates start at %v; want %v", got.asked, starts, row.candidates)
				}
			}
		})
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
}

func TestAQuoteThatStandsEverywhereNamesTwentyCandidates(t *testing.T) {
	a := open(t)
	a.article(a.source("Ledger"), "https://a.example/", strings.Repeat("no ", 10_000))
	got := a.post("/api/v1/claims", object{"text": "It is so.", "kind": "other", "occurrence": object{"article_id": 1, "exact": "no"}}).wants(422)
	if n := len(got.at("/errors/0/candidates").(list)); n != 20 {
		t.Errorf("there are %d candidates; want 20", n)
	}
}

func TestACombinedAndAComposedCharacterAreOneAndTheSame(t *testing.T) {
	a := open(t)
	a.article(a.source("Ledger"), "https://a.example/", "Le cafe\u0301 a ferme\u0301, dit-on.")
	for i, quote := range []string{"caf\u00e9", "cafe\u0301"} {
		a.post("/api/v1/claims", object{"text": "It is so.", "kind": "other", "occurrence": object{"article_id": 1, "exact": quote}}).wants(201).
			has("/origin/start", 3, "/origin/end", 7, "/origin/exact", "caf\u00e9", "/id", i+1)
	}
}

func TestAClaimStandsInMoreArticlesEachWithItsStance(t *testing.T) {
	a := open(t)
	one := a.article(a.source("Ledger"), "https://a.example/", "One.", "Uno.")
	two := a.article(a.source("Agence"), "https://b.example/", "Two.")
	claim := a.claim("It is so.", one.sentence(0))
	here := path("claims", claim.id())
	for i, stance := range []string{"asserts", "reports", "denies", "questions", "rebuts"} {
		got := a.post(here+"/occurrences", object{"article_id": two.id(), "exact": "Two."[:i%4+1], "stance": stance})
		if i == 4 { // the same words as the first
			got.wants(409).has("/existing", object{"id": 2, "href": "/api/v1/occurrences/2"})
			continue
		}
		got.wants(201).has("/stance", stance, "/claim_id", claim.id(), "/article_id", two.id(), "/is_origin", false, "/version", 1)
		if location := got.header.Get("Location"); location != path("occurrences", got.id()) {
			t.Errorf("Location = %q; want %q", location, path("occurrences", got.id()))
		}
		a.get(path("occurrences", got.id())+"?expand=sentences,article,source,claim").wants(200).
			has("/sentences/0/text", "Two.", "/article/id", two.id(), "/article/source/name", "Agence", "/claim/text", "It is so.")
	}
	a.post(here+"/occurrences", object{"sentence_id": one.sentence(0)}).wants(409).has("/existing/id", 1)
	a.post("/api/v1/claims/99/occurrences", object{"sentence_id": one.sentence(0)}).wants(404)
	a.post("/api/v1/claims", object{"text": "Another on the same words.", "kind": "other", "occurrence": object{"sentence_id": one.sentence(0)}}).wants(201)

	// A claim that gets or loses an occurrence is no longer what was read.
	version := a.get(here).wants(200).number("/version")
	if version != 5 {
		t.Errorf("the claim's version = %d after 4 more occurrences; want 5", version)
	}
	a.patch(here, claim.etag(), object{"text": "Other."}).wants(412)
	a.delete("/api/v1/occurrences/3").wants(204)
	a.get(here+"?expand=occurrences").wants(200).has("/version", 6, "/occurrences/2/id", 4, "/occurrences/4", nil)
}

func TestAClaimAlwaysHasJustOneOrigin(t *testing.T) {
	a := open(t)
	article := a.article(a.source("Ledger"), "https://a.example/", "One.", "Two.", "Three.")
	claim := a.claim("It is so.", article.sentence(0))
	here := path("claims", claim.id())
	origins := func(want ...int) {
		t.Helper()
		all := a.get(here + "?expand=occurrences").wants(200)
		for i, id := range want {
			all.has(fmt.Sprintf("/occurrences/%d/is_origin", i), id == all.number("/origin/id"))
			if all.at(fmt.Sprintf("/occurrences/%d/is_origin", i)) == true {
				all.has("/origin/id", id)
			}
		}
		all.has(fmt.Sprintf("/occurrences/%d", len(want)), nil)
	}
	second := a.post(here+"/occurrences", object{"sentence_id": article.sentence(1)}).wants(201)
	origins(1, 2)
	a.delete("/api/v1/occurrences/1").wants(409)
	a.patch("/api/v1/occurrences/1", "*", object{"is_origin": false}).wants(409)
	a.patch("/api/v1/occurrences/1", "*", object{"is_origin": nil}).wants(409)
	a.put("/api/v1/occurrences/1", "*", object{"stance": "denies"}).wants(409)

	a.patch("/api/v1/occurrences/2", second.etag(), object{"is_origin": true}).wants(200).has("/is_origin", true, "/version", 2)
	a.get("/api/v1/occurrences/1").wants(200).has("/is_origin", false, "/version", 2)
	a.get(here).wants(200).has("/origin/id", 2, "/origin/exact", "Two.", "/version", 3)
	origins(1, 2)
	a.delete("/api/v1/occurrences/2").wants(409)
	third := a.post(here+"/occurrences", object{"sentence_id": article.sentence(2), "is_origin": true}).wants(201).has("/is_origin", true)
	origins(1, 2, third.id())
	a.get(here).wants(200).has("/origin/id", third.id())
	a.delete("/api/v1/occurrences/1").wants(204)
	a.delete("/api/v1/occurrences/2").wants(204)
	a.delete(path("occurrences", third.id())).wants(409)
	a.delete(here).wants(204)
}

func TestWhereAnOccurrenceStandsIsNotChanged(t *testing.T) {
	a := openWorld(t)
	for field, value := range (object{"exact": "x", "start": 0, "end": 1, "prefix": "x", "suffix": "x", "article_id": 1, "article_version": 1,
		"sentence_id": 1, "last_sentence_id": 1, "claim_id": 2, "first_sentence_id": 1}) {
		a.patch("/api/v1/occurrences/5", "*", object{field: value}).wants(400).names("#/" + field + " unknown_field")
		a.put("/api/v1/occurrences/5", "*", object{"stance": "denies", field: value}).wants(400).names("#/" + field + " unknown_field")
	}
	a.put("/api/v1/occurrences/5", "*", object{}).wants(200).has("/stance", "rebuts")
	a.put("/api/v1/occurrences/5", "*", object{"stance": "likes"}).wants(422).names("#/stance not_in_vocabulary")
	a.lenient = true // null, which the document has no code for
	a.patch("/api/v1/occurrences/5", "*", object{"stance": nil}).wants(200).has("/stance", "rebuts")
}
