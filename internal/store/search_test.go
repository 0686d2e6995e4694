package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// searched is a search for a query.
func searched(text string) store.Search { return store.Search{Query: new(must(search.Parse(text)))} }

func idsOf[T interface{ Meta() tracker.Record }](l store.List[T]) (ids []int64) {
	for _, item := range l.Items {
		ids = append(ids, item.Meta().ID)
	}
	return ids
}

// Whoever changes a record changes what finds it, at once.
func TestAnIndexFollowsItsRecords(t *testing.T) {
	s := open(t)
	want := func(what string, got []int64, want ...int64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v; want %v", what, got, want)
		}
	}
	sources := func(q string) []int64 {
		return idsOf(must(s.Sources.List(bg, store.SourceFilter{Search: searched(q)}, page("-created_at"))))
	}
	actors := func(q string) []int64 {
		return idsOf(must(s.Actors.List(bg, store.ActorFilter{Search: searched(q)}, page("-created_at"))))
	}
	articles := func(q string) []int64 {
		return idsOf(must(s.Articles.List(bg, store.ArticleFilter{Search: searched(q)}, page("-created_at"), nil)))
	}
	sentences := func(q string) []int64 {
		return idsOf(must(s.Sentences.List(bg, store.SentenceFilter{Search: searched(q)}, page("-created_at"), nil)))
	}
	claims := func(q string) []int64 {
		return idsOf(must(s.Claims.List(bg, store.ClaimFilter{Search: searched(q)}, page("-created_at"), nil)))
	}

	source := newSource(s, "Harbour Ledger")
	want("a new source", sources("harbour"), source.ID)
	must(s.Sources.Update(bg, source.ID, anyVersion, func(in *tracker.SourceInput) error { in.Name = "Port Gazette"; return nil }))
	want("its old name", sources("harbour"))
	want("its new name", sources("gazette"), source.ID)
	must(0, s.Sources.Delete(bg, source.ID, anyVersion))
	want("a source that is gone", sources("gazette"))

	actor := newActor(s, "Somebody")
	must(s.Actors.Update(bg, actor.ID, anyVersion, func(in *tracker.ActorInput) error { in.Aliases = []string{"Nobody"}; return nil }))
	want("an alias", actors("nobody"), actor.ID)
	must(0, s.Actors.Delete(bg, actor.ID, anyVersion))
	want("an actor that is gone", actors("somebody OR nobody"))

	article := newArticle(s, "The vote was rigged. He said so.")
	first := article.Latest.Sentences
	want("an article's text", articles("vote"), article.ID)
	want("an article's title", articles("pledge"), article.ID)
	want("a sentence", sentences("rigged"), first[0].ID)
	must(s.Articles.Update(bg, article.ID, anyVersion, func(in *tracker.ArticleInput) error { in.Title = "A denial"; return nil }))
	want("its old title", articles("pledge"))
	want("its new title, and its text", articles("denial rigged"), article.ID)
	second := must(s.Articles.AddVersion(bg, article.ID, read("The count was rigged."))).Sentences
	want("the text of an older version", articles("vote"))
	want("the text of the latest version", articles("count"), article.ID)
	want("the sentences of all versions", sentences("rigged"), second[0].ID, first[0].ID)

	claim := must(s.Claims.Create(bg, claimed("The count was wrong", quoted(article.ID, "was rigged"))))
	want("a claim's text", claims("wrong"), claim.ID)
	want("a claim's quote", claims("rigged"), claim.ID)
	want("a phrase that goes from one into the other", claims(`"wrong was"`))
	occurrence := must(s.Occurrences.Create(bg, claim.ID, quoted(article.ID, "The count")))
	want("another quote", claims(`"the count was"`), claim.ID)
	must(0, s.Occurrences.Delete(bg, occurrence.ID, anyVersion))
	must(s.Claims.Update(bg, claim.ID, anyVersion, func(in *tracker.ClaimInput) error { in.Text = "The tally was wrong"; return nil }))
	want("a quote and a text that are gone", claims("count"))
	want("a new text", claims("tally"), claim.ID)
	must(0, s.Claims.Delete(bg, claim.ID, anyVersion))
	want("a claim that is gone", claims("tally OR rigged"))
	must(0, s.Articles.Delete(bg, article.ID, anyVersion))
	want("an article that is gone", articles("count OR denial"))
	want("sentences that are gone", sentences("rigged"))

	results, _ := must2(s.Results.List(bg, store.ResultFilter{Search: searched("-nothing")}, store.Page{Limit: 200, Sort: "-created_at", Total: true}))
	if len(results.Items) != 1 || *results.Total != 1 {
		t.Errorf("all that is left: %+v; want the source of the article", results.Items)
	}
}

func must2[A, B any](a A, b B, err error) (A, B) { return must(a, err), b }

// vocabulary is few words, so that random texts and queries meet; some of them are written in other ways.
var vocabulary = []string{"vote", "VÖTE", "count", "counted", "Łódź", "lodz", "选举", "选", "举选", "เลือก", "a", "b-c", "don't", "انتخابات", "выборы", "№5", "x*", "OR", "!"}

func randomText(r *rand.Rand, words int) string {
	var all []string
	for range words {
		all = append(all, vocabulary[r.IntN(len(vocabulary))])
	}
	return strings.Join(all, " ")
}

func randomQuery(r *rand.Rand) string {
	var all []string
	for range 1 + r.IntN(4) {
		part := randomText(r, 1)
		switch r.IntN(6) {
		case 0:
			part = `"` + randomText(r, 2) + `"`
		case 1:
			part = part[:max(1, len(part)/2)] + "*"
		case 2:
			part = "OR " + part
		}
		if r.IntN(5) == 0 {
			part = "-" + part
		}
		all = append(all, part)
	}
	return strings.ToValidUTF8(strings.Join(all, " "), "")
}

// finds tells whether a query finds a record with these texts: what it says, word by word.
func finds(q search.Query, texts []string) bool {
	has := func(p search.Phrase) bool {
		for _, text := range texts {
			var terms []string
			for t := range search.Terms(text) {
				terms = append(terms, t.Text)
			}
			for i := 0; i+len(p.Terms) <= len(terms); i++ {
				last := len(p.Terms) - 1
				ends := terms[i+last] == p.Terms[last] || p.Prefix && strings.HasPrefix(terms[i+last], p.Terms[last])
				if ends && slices.Equal(terms[i:i+last], p.Terms[:last]) {
					return true
				}
			}
		}
		return false
	}
	for _, group := range q.Groups {
		if !slices.ContainsFunc(group, has) {
			return false
		}
	}
	return !q.None() && !slices.ContainsFunc(q.Without, has)
}

// Both engines find just what the query says, of short texts and of those that are too long for the places of a tsvector,
// page by page, in each order, and count as many.
func TestASearchFindsWhatItSays(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	texts := map[int64][]string{}
	for i := range 60 {
		words := 1 + r.IntN(6)
		if i%20 == 0 {
			words = 3000 // more than 255 of one term
		}
		actor := tracker.ActorInput{Name: "N " + randomText(r, 1+r.IntN(3)), Kind: tracker.ActorPerson, Aliases: []string{"N" + randomText(r, 2), "M " + randomText(r, 1)}}
		if words < 1000 {
			actor.Description = randomText(r, words)
		} else {
			actor.Description = randomText(r, 500) // as long as it may be
			for range 50 {
				actor.Aliases = append(actor.Aliases, fmt.Sprint(len(actor.Aliases), " ", randomText(r, 12)))
			}
		}
		kept := must(s.Actors.Create(bg, actor))
		texts[kept.ID] = append([]string{kept.Name, kept.Description}, kept.Aliases...)
	}
	queries := []string{"!!!", "-vote", "-a -vote", `-"a a"`, "选举", `"vote count"`, "co*"}
	for range 300 {
		queries = append(queries, randomQuery(r))
	}
	found := 0
	for _, text := range queries {
		q := must(search.Parse(text))
		var want []int64
		for id := int64(1); id <= int64(len(texts)); id++ {
			if finds(q, texts[id]) {
				want = append(want, id)
			}
		}
		found += len(want)
		f := store.ActorFilter{Search: store.Search{Query: &q}}
		for _, sort := range []string{"created_at", "-created_at", "name"} {
			var got []int64
			for p := (store.Page{Limit: 7, Sort: sort, Total: true}); ; {
				l := must(s.Actors.List(bg, f, p))
				if *l.Total != int64(len(want)) {
					t.Errorf("q=%s has %d; want %d", text, *l.Total, len(want))
				}
				if got = append(got, idsOf(l)...); l.Next == nil {
					break
				}
				p.After = l.Next
			}
			switch sort {
			case "-created_at":
				slices.Reverse(got)
			case "name":
				slices.Sort(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("q=%s by %s finds %v; want %v", text, sort, got, want)
			}
		}
		ranked := idsOf(must(s.Actors.List(bg, f, page(store.Relevance))))
		if slices.Sort(ranked); !slices.Equal(ranked, want) {
			t.Errorf("q=%s by relevance finds %v; want %v", text, ranked, want)
		}
		f.Kinds = []tracker.ActorKind{tracker.ActorState}
		if others := must(s.Actors.List(bg, f, page("-created_at"))); len(others.Items) > 0 {
			t.Errorf("q=%s finds %v of another kind", text, idsOf(others))
		}
	}
	if found < 1000 {
		t.Errorf("the queries find %d records in all; want more, or they prove nothing", found)
	}
}

func TestALongTextIsFoundToItsEnd(t *testing.T) {
	s := open(t)
	article := newArticle(s, strings.Repeat("The vote was free. ", 6000)+"At last the count was rigged by nobody. 选举"+strings.Repeat("的", 300)+"舞弊。")
	other := newArticle(s, "The vote was rigged at last.")
	for q, want := range map[string][]int64{
		`"count was rigged"`: {article.ID}, `"was rigged"`: {other.ID, article.ID}, `"rigged at last"`: {other.ID}, `"rigged was"`: nil,
		"nobody": {article.ID}, "nob*": {article.ID}, `"rigged by nob"*`: {article.ID}, `was -"free the"`: {other.ID}, `pledge -"at last"`: nil, "的舞弊": {article.ID}, "舞弊的": nil,
		`"rigged at" OR "was rigged"`: {other.ID, article.ID}, "-nobody": {other.ID}, `-"by nobody"`: {other.ID},
	} {
		if got := idsOf(must(s.Articles.List(bg, store.ArticleFilter{Search: searched(q)}, page("-created_at"), nil))); !slices.Equal(got, want) {
			t.Errorf("q=%s finds %v; want %v", q, got, want)
		}
	}
	search := searched(`"by nobody"`)
	search.Highlight = true
	l := must(s.Articles.List(bg, store.ArticleFilter{Search: search}, page("-created_at"), nil))
	m := l.Items[0].Matches
	text := []rune(must(s.Articles.Get(bg, article.ID, nil)).Latest.Text)
	if len(m) != 1 || m[0].Field != "text" || m[0].Version != 1 || string(text[m[0].Fragments[0].Found[0].Start:m[0].Fragments[0].Found[0].End]) != "by nobody" {
		t.Errorf("matches = %+v; want where it says so", m)
	}
}

func TestTheBestComesFirst(t *testing.T) {
	s := open(t)
	for _, in := range []tracker.ActorInput{
		{Name: "1 a long name with the two words vote and count in it"},
		{Name: "2 vote count"},
		{Name: "3 the vote, and the count"},
		{Name: "4 of them only the vote", Description: "count"},
		{Name: "5", Description: "vote count"},
		{Name: "6", Aliases: []string{"count vote"}},
		{Name: "7 vote, count"},
		{Name: "8 vote"},
	} {
		in.Kind = tracker.ActorPerson
		must(s.Actors.Create(bg, in))
	}
	for q, want := range map[string][]int64{
		"vote count":       {2, 7, 3, 1, 6, 5, 4}, // 7 is longer than 2 by a comma
		`"vote count"`:     {2, 7, 5},
		"vote OR nothing":  {8, 2, 7, 4, 3, 1, 6, 5},
		"vote count -only": {2, 7, 3, 1, 6, 5},
		"count vo*":        {2, 7, 3, 1, 6, 5, 4},
		"-vote":            nil,
	} {
		got := idsOf(must(s.Actors.List(bg, store.ActorFilter{Search: searched(q)}, page(store.Relevance))))
		if !slices.Equal(got, want) {
			t.Errorf("q=%s by relevance is %v; want %v", q, got, want)
		}
	}
}

// An index that is missing, or of another form, is made anew when the store is opened, and is in a copy.
func TestAnIndexIsMadeAnew(t *testing.T) {
	address := empty(t)
	from := func() (answers []string) {
		s := openAt(t, address)
		defer s.Close()
		for _, q := range []string{"rigged", "vote", "somebody", "-nothing", "ledger"} {
			l, counts := must2(s.Results.List(bg, store.ResultFilter{Search: searched(q)}, store.Page{Limit: 200, Sort: "-created_at", Total: true}))
			answers = append(answers, fmt.Sprint(q, l.Items, counts))
		}
		return answers
	}
	s := must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
	for i := range 12 {
		article := newArticle(s, fmt.Sprintf("The vote %d was rigged. He said so.", i))
		newActor(s, "Somebody")
		must(s.Claims.Create(bg, claimed("It was rigged", quoted(article.ID, "was rigged"))))
	}
	must(0, s.Close())
	want := from()
	s = must(store.Open(bg, address, slog.New(slog.DiscardHandler), clock()))
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		for _, spoil := range []string{"DELETE FROM derived", "DELETE FROM claims_search WHERE " + store.SearchKey(tx) + " < 5", "DELETE FROM articles_search WHERE " + store.SearchKey(tx) + " = 3"} {
			if err := tx.Exec(spoil).Error; err != nil {
				return err
			}
		}
		return nil
	}))
	must(0, s.Close())
	if got := from(); !slices.Equal(got, want) {
		t.Errorf("made anew, the indexes answer\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	copied := empty(t)
	must(store.Copy(bg, address, copied, slog.New(slog.DiscardHandler), clock(), func(string, int64, int64) {}))
	address = copied
	if got := from(); !slices.Equal(got, want) {
		t.Errorf("a copy's indexes answer\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// No search reads a whole table: the index says which records there are, in the order of their ids, and each is read by
// its id.
func TestASearchReadsNoWholeTable(t *testing.T) {
	s := open(t)
	newActor(s, "Somebody")
	for what, plan := range must(s.SearchPlans(must(search.Parse(`some* "some body" -nobody`)))) {
		for _, bad := range []string{"SCAN actors\n", "SCAN claims\n", "SCAN sentences\n", "USE TEMP B-TREE FOR ORDER BY\n", "Seq Scan"} {
			if strings.Contains(plan+"\n", bad) {
				t.Errorf("%s:\n%s", what, plan)
			}
		}
		if !strings.Contains(plan, "VIRTUAL TABLE INDEX") && !strings.Contains(plan, "_search_terms") && !strings.Contains(plan, "_search_pkey") {
			t.Errorf("%s uses no index:\n%s", what, plan)
		}
	}
}
