package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"claimtracker/internal/store"
	"claimtracker/internal/text"
	"claimtracker/internal/tracker"
)

func TestAnAnchorFindsTheWordsThatItPointsAt(t *testing.T) {
	s := open(t)
	const words = "He said no. Она сказала нет. He said no 🗳 again.\nCafe\u0301 votes. He said no."
	article := newArticle(s, words)
	normal := []rune(article.Latest.Text)
	ids := make([]int64, len(article.Latest.Sentences))
	for i, sentence := range article.Latest.Sentences {
		ids[i] = sentence.ID
	}
	if len(ids) != 5 {
		t.Fatalf("the text has %d sentences; want 5", len(ids))
	}
	n := func(i int) *int { return &i }
	type a = tracker.Anchor
	for _, test := range []struct {
		name        string
		anchor      a
		start, end  int
		first, last int
	}{
		{"a sentence", a{SentenceID: ids[1]}, 12, 28, 2, 2},
		{"a run of one", a{SentenceID: ids[1], LastSentenceID: ids[1]}, 12, 28, 2, 2},
		{"a run", a{SentenceID: ids[0], LastSentenceID: ids[2]}, 0, 48, 1, 3},
		{"a run over a line end", a{SentenceID: ids[2], LastSentenceID: ids[3]}, 29, 60, 3, 4},
		{"words that stand once", a{ArticleID: article.ID, Exact: "нет"}, 24, 27, 2, 2},
		{"words over a sentence's end", a{ArticleID: article.ID, Exact: "нет. He"}, 24, 31, 2, 3},
		{"words beyond the basic plane", a{ArticleID: article.ID, Exact: "🗳 again"}, 40, 47, 3, 3},
		{"words composed otherwise", a{ArticleID: article.ID, Exact: "Cafe\u0301"}, 49, 53, 4, 4},
		{"words with another line end", a{ArticleID: article.ID, Exact: "again.\r\nCafé"}, 42, 53, 3, 4},
		{"the whole text", a{ArticleID: article.ID, Exact: words}, 0, len(normal), 1, 5},
		{"words told apart by a prefix", a{ArticleID: article.ID, Exact: "He said no", Prefix: "votes. "}, 61, 71, 5, 5},
		{"words told apart by a suffix", a{ArticleID: article.ID, Exact: "He said no", Suffix: " 🗳"}, 29, 39, 3, 3},
		{"words told apart by both", a{ArticleID: article.ID, Exact: "no", Prefix: "said ", Suffix: ". Она"}, 8, 10, 1, 1},
		{"words told apart by their place", a{ArticleID: article.ID, Exact: "He said no", Start: n(29), End: n(39)}, 29, 39, 3, 3},
		{"words at the end by their place", a{ArticleID: article.ID, Exact: "no.", Start: n(69), End: n(72)}, 69, 72, 5, 5},
		{"words in a sentence", a{SentenceID: ids[2], Exact: "He said no"}, 29, 39, 3, 3},
		{"words in a run", a{SentenceID: ids[1], LastSentenceID: ids[3], Exact: "He said no"}, 29, 39, 3, 3},
		{"words in a sentence, told by what stands outside of it", a{SentenceID: ids[0], Exact: "no.", Suffix: " Она"}, 8, 11, 1, 1},
		{"words in a version", a{ArticleID: article.ID, ArticleVersion: 1, Exact: "нет"}, 24, 27, 2, 2},
	} {
		claim, err := s.Claims.Create(bg, claimed(test.name, tracker.NewOccurrence{Anchor: test.anchor}))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		o := claim.Origin
		if o.Start != test.start || o.End != test.end || o.Exact != string(normal[test.start:test.end]) ||
			o.FirstSentenceID != ids[test.first-1] || o.LastSentenceID != ids[test.last-1] || o.ArticleID != article.ID || o.ArticleVersion != 1 {
			t.Errorf("%s: the origin = %+v; want [%d,%d) in sentences %d to %d", test.name, o, test.start, test.end, test.first, test.last)
		}
		if o.Prefix != string(normal[max(0, o.Start-32):o.Start]) || o.Suffix != string(normal[o.End:min(len(normal), o.End+32)]) {
			t.Errorf("%s: the words stand between %q and %q; want 32 code points of the text on each side", test.name, o.Prefix, o.Suffix)
		}
	}
}

func TestAnAnchorThatPointsAtNothingSaysWhatIsWrong(t *testing.T) {
	s := open(t)
	article, other := newArticle(s, "He said no. She said no.\n\nNobody knows."), newArticle(s, "He said no. Another one.")
	must(s.Articles.AddVersion(bg, article.ID, read("He said yes. She said no.")))
	first := must(s.Articles.Version(bg, article.ID, 1)).Sentences
	second := must(s.Articles.Version(bg, article.ID, 2)).Sentences
	n := func(i int) *int { return &i }
	type a = tracker.Anchor
	for name, test := range map[string]struct {
		anchor a
		want   string
	}{
		"no sentence":                   {a{SentenceID: 999}, "/sentence_id not_found"},
		"a negative sentence":           {a{SentenceID: -1}, "/sentence_id not_found"},
		"no last sentence":              {a{SentenceID: first[0].ID, LastSentenceID: 999}, "/last_sentence_id not_found"},
		"a run backwards":               {a{SentenceID: first[1].ID, LastSentenceID: first[0].ID}, "/last_sentence_id order"},
		"a run into another version":    {a{SentenceID: first[0].ID, LastSentenceID: second[0].ID}, "/last_sentence_id conflict"},
		"a run into another article":    {a{SentenceID: first[0].ID, LastSentenceID: other.Latest.Sentences[0].ID}, "/last_sentence_id conflict"},
		"no article":                    {a{ArticleID: 999, Exact: "a"}, "/article_id not_found"},
		"no version":                    {a{ArticleID: article.ID, ArticleVersion: 3, Exact: "a"}, "/article_version not_found"},
		"a negative version":            {a{ArticleID: article.ID, ArticleVersion: -1, Exact: "a"}, "/article_version not_found"},
		"a version of no article":       {a{ArticleID: 999, ArticleVersion: 1, Exact: "a"}, "/article_version not_found"},
		"words of an older version":     {a{ArticleID: article.ID, Exact: "He said no"}, "/exact quote_not_found"},
		"words in another case":         {a{ArticleID: article.ID, Exact: "he said yes"}, "/exact quote_not_found"},
		"words of another sentence":     {a{SentenceID: first[0].ID, Exact: "She"}, "/exact quote_not_found"},
		"words over a sentence's end":   {a{SentenceID: first[0].ID, Exact: "no. She"}, "/exact quote_not_found"},
		"words after another prefix":    {a{ArticleID: article.ID, Exact: "no", Prefix: "they said "}, "/exact quote_not_found"},
		"words that are no text":        {a{ArticleID: article.ID, Exact: "He\x00"}, "/exact quote_not_found"},
		"words that stand twice":        {a{ArticleID: article.ID, Exact: "said"}, "/exact quote_ambiguous"},
		"words that overlap each other": {a{ArticleID: article.ID, ArticleVersion: 1, Exact: "o"}, "/exact quote_ambiguous"},
		"a place of other words":        {a{ArticleID: article.ID, Exact: "said", Start: n(0), End: n(4)}, "/start quote_not_found"},
		"a place that is too long":      {a{ArticleID: article.ID, Exact: "said", Start: n(3), End: n(8)}, "/start quote_not_found"},
		"a place with another prefix":   {a{ArticleID: article.ID, Exact: "said", Prefix: "She ", Start: n(3), End: n(7)}, "/start quote_not_found"},
		"a place outside of the text":   {a{ArticleID: article.ID, Exact: "said", Start: n(999), End: n(1003)}, "/start quote_not_found"},
		"a place before the text":       {a{ArticleID: article.ID, Exact: "said", Start: n(-4), End: n(0)}, "/start quote_not_found"},
		"a place the wrong way round":   {a{ArticleID: article.ID, Exact: "said", Start: n(7), End: n(3)}, "/start quote_not_found"},
		"a line end between sentences":  {a{ArticleID: article.ID, ArticleVersion: 1, Exact: "\n\n"}, "/exact no_words"},
		"a blank at a place":            {a{ArticleID: article.ID, ArticleVersion: 1, Exact: " ", Start: n(11), End: n(12)}, "/exact no_words"},
		"no form":                       {a{SentenceID: first[0].ID, Start: n(1)}, "/start conflict, /start required"},
	} {
		unchanged(t, s, name, func() {
			_, err := s.Claims.Create(bg, claimed("a", tracker.NewOccurrence{Anchor: test.anchor}))
			want := strings.ReplaceAll("/occurrence"+test.want, ", ", ", /occurrence")
			if got := wrongFields(err); got != want {
				t.Errorf("%s: %s; want %s", name, got, want)
			}
		})
	}
}

func TestAnAmbiguousQuoteNamesItsPlaces(t *testing.T) {
	s := open(t)
	article := newArticle(s, "He said no. She said no. "+strings.Repeat("No, no. ", 30))
	claim := must(s.Claims.Create(bg, claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID}})))
	candidates := func(a tracker.Anchor) []tracker.Candidate {
		_, err := s.Occurrences.Create(bg, claim.ID, tracker.NewOccurrence{Anchor: a})
		e, ok := errors.AsType[*tracker.Error](err)
		if !ok || len(e.Fields) != 1 {
			t.Fatalf("anchoring %+v: %v; want one wrong field", a, err)
		}
		return e.Fields[0].Candidates
	}
	said := candidates(tracker.Anchor{ArticleID: article.ID, Exact: "said"})
	if len(said) != 2 || said[0].Start != 3 || said[1].Start != 16 || said[1].Prefix != "He said no. She " || said[0].SentenceID != article.Latest.Sentences[0].ID {
		t.Errorf("the places of \"said\" = %+v; want those at 3 and 16", said)
	}
	// Each of them can be sent back as it is.
	for i, c := range said {
		a := tracker.Anchor{ArticleID: article.ID, Exact: "said", Prefix: c.Prefix, Suffix: c.Suffix}
		o, err := s.Occurrences.Create(bg, claim.ID, tracker.NewOccurrence{Anchor: a})
		if err != nil || o.Start != c.Start || o.End != c.End {
			t.Errorf("place %d sent back gives [%d,%d), %v; want [%d,%d)", i, o.Start, o.End, err, c.Start, c.End)
		}
	}
	if many := candidates(tracker.Anchor{ArticleID: article.ID, Exact: "no"}); len(many) != 20 {
		t.Errorf("of very many places %d are named; want 20", len(many))
	}
	elsewhere := candidates(tracker.Anchor{SentenceID: article.Latest.Sentences[0].ID, Exact: "She said"})
	if len(elsewhere) != 1 || elsewhere[0].Start != 12 || elsewhere[0].SentenceID != article.Latest.Sentences[1].ID {
		t.Errorf("the places of words that stand in another sentence = %+v; want the one at 12", elsewhere)
	}
}

// Whatever words of a text are quoted with what stands around them, they are found again where they were, or, where the
// text repeats itself on both sides too, told to be ambiguous with that place among the candidates.
func TestAnyWordsOfAnyTextAreFoundAgainWhereTheyWereQuoted(t *testing.T) {
	s := open(t)
	random := rand.New(rand.NewPCG(20240131, 1)) //nolint:gosec // the same texts every time
	words := []string{"vote", "да", "no", "No", "🗳", "é", "e\u0301", "選挙", "fraud,", "said", "«так»", "U.S.", "3.5", "\u200f", "ñandú"}
	breaks := []string{" ", " ", " ", ". ", "\n", "? ", "\r\n", "\u00a0", "。", "\n\n"}
	for range 40 {
		var b strings.Builder
		for range 1 + random.IntN(60) {
			b.WriteString(words[random.IntN(len(words))] + breaks[random.IntN(len(breaks))])
		}
		article := newArticle(s, b.String())
		v := article.Latest
		runes := []rune(v.Text)
		claim := must(s.Claims.Create(bg, claimed("a", tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: v.Sentences[0].ID}})))
		for i := range 8 {
			start := random.IntN(len(runes))
			span := text.Span{Start: start, End: start + 1 + random.IntN(len(runes)-start)}
			quote := text.QuoteAt(v.Text, span)
			a := tracker.Anchor{ArticleID: article.ID, Exact: quote.Exact, Prefix: quote.Prefix, Suffix: quote.Suffix}
			if i%2 == 0 {
				a.Start, a.End = &span.Start, &span.End
			}
			o, err := s.Occurrences.Create(bg, claim.ID, tracker.NewOccurrence{Anchor: a})
			what := fmt.Sprintf("%q at [%d,%d) of %q", quote.Exact, span.Start, span.End, v.Text)
			switch known, _ := errors.AsType[*tracker.Error](err); {
			case err == nil:
				read := must(s.Occurrences.Get(bg, o.ID, store.Expand{"sentences"}))
				if read.Start != span.Start || read.End != span.End || string(runes[read.Start:read.End]) != read.Exact {
					t.Errorf("%s was anchored at [%d,%d) as %q", what, read.Start, read.End, read.Exact)
				}
				for k, sentence := range read.Sentences {
					if sentence.Start >= read.End || sentence.End <= read.Start || k > 0 && sentence.Ordinal != read.Sentences[k-1].Ordinal+1 {
						t.Errorf("%s touches, it is said, the sentence %+v", what, sentence)
					}
				}
				if len(read.Sentences) == 0 {
					t.Errorf("%s touches no sentence", what)
				}
			case known != nil && known.Existing != nil: // the same span was drawn twice
			case wrongFields(err) == "/exact no_words":
				for _, sentence := range v.Sentences {
					if sentence.Start < span.End && sentence.End > span.Start {
						t.Errorf("%s: %v; want it found in sentence %+v", what, err, sentence)
					}
				}
			case wrongFields(err) == "/exact quote_ambiguous" && i%2 == 1:
				found := false
				for _, c := range known.Fields[0].Candidates {
					found = found || c.Start == span.Start && c.End == span.End
				}
				if !found {
					t.Errorf("%s is ambiguous, and its own place is not among the candidates", what)
				}
			default:
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

func TestExpandPutsTheRecordsThatAreNamedInPlace(t *testing.T) {
	s := open(t)
	must(0, s.Techniques.Put(bg, []tracker.Tactic{{Code: "TA01", Name: "a"}}, []tracker.Technique{{Code: "T0001", Name: "b", Tactic: "TA01"}}))
	article := newArticle(s, "It was rigged. It was not. Nobody knows.")
	actor, election := newActor(s, "a"), newElection(s, "Vote")
	in := claimed("a", quoted(article.ID, "rigged. It"))
	in.ElectionID, in.Techniques, in.Actors = &election.ID, []string{"T0001"}, []tracker.ActorRole{{ActorID: actor.ID, Role: tracker.RoleSpeaker}}
	made := must(s.Claims.Create(bg, in))
	other := must(s.Occurrences.Create(bg, made.ID, quoted(article.ID, "Nobody knows.")))

	bare := must(s.Claims.Get(bg, made.ID, nil))
	if bare.Election != nil || bare.Actors[0].Actor != nil || bare.TechniqueRecords != nil || bare.Occurrences != nil || bare.Origin.Sentences != nil || bare.Origin.Article != nil {
		t.Errorf("without expand, a claim = %+v; want nothing in place", bare)
	}
	full := must(s.Claims.Get(bg, made.ID, store.ClaimExpands))
	if full.Election == nil || full.Election.ID != election.ID || full.Actors[0].Actor == nil || full.Actors[0].Actor.Name != "a" ||
		len(full.TechniqueRecords) != 1 || full.TechniqueRecords[0].Name != "b" || len(full.Occurrences) != 2 || full.Occurrences[1].ID != other.ID {
		t.Errorf("with all expands, a claim = %+v", full)
	}
	if o := full.Origin; len(o.Sentences) != 2 || o.Article == nil || o.Article.Source == nil || o.Article.Source.ID != article.SourceID || o.Article.Latest.Text != "" {
		t.Errorf("with all expands, a claim's origin = %+v; want two sentences, the article without its text, and the source", full.Origin)
	}
	o := must(s.Occurrences.Get(bg, other.ID, store.OccurrenceExpands))
	if len(o.Sentences) != 1 || o.Article == nil || o.Article.Source == nil || o.Claim == nil || o.Claim.ID != made.ID {
		t.Errorf("with all expands, an occurrence = %+v", o)
	}
	for i, want := range []int{1, 1, 1} {
		got := must(s.Sentences.Get(bg, article.Latest.Sentences[i].ID, store.SentenceExpands))
		if len(got.Claims) != want || got.Article == nil || got.Article.Source == nil {
			t.Errorf("with all expands, sentence %d = %+v; want %d claim, the article and its source", i+1, got, want)
		}
	}
	a := must(s.Articles.Get(bg, article.ID, store.ArticleExpands))
	if a.Source == nil || len(a.Claims) != 1 || a.Claims[0].ID != made.ID || a.MoreClaims || !slices.Equal(a.Latest.Sentences[1].ClaimIDs, []int64{made.ID}) {
		t.Errorf("with all expands, an article = %+v", a)
	}
	l := must(s.Claims.List(bg, store.ClaimFilter{}, page("created_at"), store.ClaimExpands))
	if len(l.Items) != 1 || l.Items[0].Election == nil || len(l.Items[0].Origin.Sentences) != 2 {
		t.Errorf("with all expands, a list of claims = %+v", l.Items)
	}
}

func TestAClaimStandsOnNoMoreThanCanBeReadAtAGlance(t *testing.T) {
	s := open(t)
	many := newArticle(s, strings.Repeat("It was. ", 101))
	in := tracker.NewClaim{ClaimInput: tracker.ClaimInput{Text: "a", Kind: tracker.ClaimOther}}
	in.Occurrence.SentenceID, in.Occurrence.LastSentenceID = many.Latest.Sentences[0].ID, many.Latest.Sentences[100].ID
	_, err := s.Claims.Create(bg, in)
	if got := wrongFields(err); got != "/occurrence/last_sentence_id too_long" {
		t.Errorf("101 sentences: %s; want too_long", got)
	}
	in.Occurrence.LastSentenceID = many.Latest.Sentences[99].ID
	must(s.Claims.Create(bg, in))
	long := newArticle(s, "It was "+strings.Repeat("x", tracker.MaxLongText)+".")
	in.Occurrence = tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: long.Latest.Sentences[0].ID}}
	_, err = s.Claims.Create(bg, in)
	if got := wrongFields(err); got != "/occurrence/exact too_long" {
		t.Errorf("10,008 characters: %s; want too_long", got)
	}
}

func TestWhatIsPutInPlaceHasAnEndAndSaysSo(t *testing.T) {
	s := open(t)
	article := newArticle(s, strings.Repeat("It was. ", store.MaxOccurrences+1))
	in := tracker.NewClaim{ClaimInput: tracker.ClaimInput{Text: "a", Kind: tracker.ClaimOther}}
	in.Occurrence.SentenceID = article.Latest.Sentences[0].ID
	claim := must(s.Claims.Create(bg, in))
	for _, sentence := range article.Latest.Sentences[1:] {
		if got := must(s.Claims.Get(bg, claim.ID, store.Expand{"occurrences"})); got.MoreOccurrences {
			t.Fatalf("%d occurrences are said to be more than are shown", len(got.Occurrences))
		}
		must(s.Occurrences.Create(bg, claim.ID, tracker.NewOccurrence{Anchor: tracker.Anchor{SentenceID: sentence.ID}}))
	}
	if got := must(s.Claims.Get(bg, claim.ID, store.Expand{"occurrences"})); !got.MoreOccurrences || len(got.Occurrences) != store.MaxOccurrences {
		t.Errorf("of %d occurrences, %d are shown, more: %t; want %d, true", store.MaxOccurrences+1, len(got.Occurrences), got.MoreOccurrences, store.MaxOccurrences)
	}
	for range store.MaxClaims - 1 {
		must(s.Claims.Create(bg, in))
	}
	first := article.Latest.Sentences[0].ID
	if got := must(s.Sentences.Get(bg, first, store.Expand{"claims"})); got.MoreClaims || len(got.Claims) != store.MaxClaims {
		t.Errorf("of %d claims, %d are shown, more: %t; want all", store.MaxClaims, len(got.Claims), got.MoreClaims)
	}
	must(s.Claims.Create(bg, in))
	if got := must(s.Sentences.Get(bg, first, store.Expand{"claims"})); !got.MoreClaims || len(got.Claims) != store.MaxClaims {
		t.Errorf("of %d claims, %d are shown, more: %t; want %d, true", store.MaxClaims+1, len(got.Claims), got.MoreClaims, store.MaxClaims)
	}
	if got := must(s.Articles.Get(bg, article.ID, store.Expand{"claims"})); !got.MoreClaims || len(got.Claims) != store.MaxClaims {
		t.Errorf("of an article's %d claims, %d are shown, more: %t; want %d, true", store.MaxClaims+1, len(got.Claims), got.MoreClaims, store.MaxClaims)
	}
}

func TestASentenceIsQuotedWithWhatStandsAroundIt(t *testing.T) {
	s := open(t)
	article := newArticle(s, "Öl. It was rigged, he said. Nobody else knows of that 🙂 today. "+strings.Repeat("And on it went, ", 100)+
		"to the end. Niemand weiß es. Nobody else at all knows anything of that yet. Yes.")
	for _, sentence := range article.Latest.Sentences {
		want := text.QuoteAt(article.Latest.Text, text.Span{Start: sentence.Start, End: sentence.End})
		for what, anchor := range map[string]tracker.Anchor{
			"by itself": {SentenceID: sentence.ID}, "as a run of one": {SentenceID: sentence.ID, LastSentenceID: sentence.ID},
			"with its words": {SentenceID: sentence.ID, Exact: want.Exact}, "with words before it": {SentenceID: sentence.ID, Exact: want.Exact, Prefix: want.Prefix},
		} {
			o := must(s.Claims.Create(bg, claimed("a", tracker.NewOccurrence{Anchor: anchor}))).Origin
			if got := (text.Quote{Exact: o.Exact, Prefix: o.Prefix, Suffix: o.Suffix}); got != want || o.Start != sentence.Start || o.End != sentence.End {
				t.Errorf("%q %s is quoted as %+v at %d to %d; want %+v at %d to %d", sentence.Text, what, got, o.Start, o.End, want, sentence.Start, sentence.End)
			}
		}
	}
}
