package tracker

import (
	"slices"
	"strings"
	"testing"
)

// checked is what an Input's Check notes.
func checked(in interface{ Check(*Problems) }) []string {
	var p Problems
	in.Check(&p)
	return told(p)
}

func TestEveryWrongFieldOfAnInputIsToldAtOnce(t *testing.T) {
	long := strings.Repeat("a", MaxLongText+1)
	for name, test := range map[string]struct {
		in   interface{ Check(*Problems) }
		want string
	}{
		"an empty source":   {&SourceInput{}, "/name required, /kind required"},
		"an empty actor":    {&ActorInput{}, "/name required, /kind required"},
		"an empty election": {&ElectionInput{}, "/name required, /country required, /level required, /kind required"},
		"an empty article":  {&ArticleInput{}, "/source_id required, /url required, /title required"},
		"an empty claim":    {&ClaimInput{}, "/text required, /kind required"},
		"a source": {&SourceInput{Name: "\x00", Kind: "x", Domain: "x", URL: "x", Country: "x", Language: "x", Aliases: Strings{""}, Description: long},
			"/name control_character, /kind not_in_vocabulary, /domain format, /url format, /country not_in_vocabulary, /language format," +
				" /aliases/0 required, /description too_long"},
		"an actor": {&ActorInput{Name: long, Kind: "x", Country: "x", Aliases: Strings{"a", "a"}, WikidataID: "x", Description: "\x01"},
			"/name too_long, /kind not_in_vocabulary, /country not_in_vocabulary, /aliases/1 duplicate, /wikidata_id format, /description control_character"},
		"an election": {&ElectionInput{Name: " ", Country: "UK", Level: "x", Kind: "x", Date: "x"},
			"/name required, /country not_in_vocabulary, /level not_in_vocabulary, /kind not_in_vocabulary, /date format"},
		"an article": {&ArticleInput{URL: "x", Title: long, Authors: Strings{" "}, PublishedText: "\x00", Language: "x", ArchiveURL: "ftp://x/"},
			"/source_id required, /url format, /title too_long, /authors/0 required, /published_text control_character, /language format, /archive_url format"},
		"a claim": {&ClaimInput{Text: long, Kind: "x", Status: "x", ClaimedOn: "x", Language: "x", Tags: []string{"A", "a"}, Techniques: []string{""},
			Actors: []ActorRole{{}, {1, "x"}, {1, RoleSpeaker}, {1, RoleSpeaker}}},
			"/text too_long, /kind not_in_vocabulary, /status not_in_vocabulary, /claimed_on format, /language format, /tags/1 duplicate," +
				" /techniques/0 required, /actors/0/actor_id required, /actors/0/role required, /actors/1/role not_in_vocabulary, /actors/3 duplicate"},
		"a claim of very many actors": {&ClaimInput{Text: "a", Kind: ClaimOther, Actors: actors(MaxListEntries + 1)}, "/actors too_long"},
		"an occurrence":               {&OccurrenceInput{Stance: "x"}, "/stance not_in_vocabulary"},
	} {
		if got := strings.Join(checked(test.in), ", "); got != test.want {
			t.Errorf("%s: Check noted\n%s; want\n%s", name, got, test.want)
		}
	}
}

func actors(n int) (all []ActorRole) {
	for i := range n {
		all = append(all, ActorRole{int64(i + 1), RoleSpeaker})
	}
	return all
}

func TestARightInputIsPutIntoItsCanonicalForm(t *testing.T) {
	source := SourceInput{Name: " The  Ledger ", Kind: SourceNewsOutlet, Domain: "Ledger.Example", URL: "https://Ledger.example:443",
		Country: "GB", Language: "EN-gb", Description: " a\r\nb "}
	if got := checked(&source); len(got) > 0 {
		t.Fatalf("Check noted %q; want nothing", got)
	}
	want := SourceInput{Name: "The Ledger", Kind: SourceNewsOutlet, Domain: "ledger.example", URL: "https://ledger.example/",
		Country: "GB", Language: "en-GB", Description: "a\nb"}
	if source.Name != want.Name || source.Domain != want.Domain || source.URL != want.URL || source.Language != want.Language ||
		source.Description != want.Description || source.Aliases == nil {
		t.Errorf("Check made %+v; want %+v", source, want)
	}
	claim := ClaimInput{Text: " It was rigged. ", Kind: ClaimAllegation, Tags: []string{" Rigged ", "VOTES"}, Actors: []ActorRole{{1, RoleSpeaker}, {1, RoleAccused}}}
	if got := checked(&claim); len(got) > 0 || claim.Text != "It was rigged." || !slices.Equal(claim.Tags, []string{"rigged", "votes"}) {
		t.Errorf("Check made %+v and noted %q", claim, got)
	}
}

func TestASupranationalElectionHasNoCountryAndTheOthersDo(t *testing.T) {
	for _, level := range ElectionLevels {
		in := ElectionInput{Name: "A vote", Kind: ElectionOther, Level: level}
		if got := checked(&in); (len(got) == 0) != (level == LevelSupranational) {
			t.Errorf("a %s election without a country: Check noted %q", level, got)
		}
	}
}

func TestAnArticleFromHTMLMayLeaveOutWhatItsPageSays(t *testing.T) {
	in := NewArticle{NewArticleText: NewArticleText{HTML: "<p>"}}
	if got := checked(&in); len(got) > 0 {
		t.Errorf("with html, Check noted %q; want nothing", got)
	}
	in = NewArticle{NewArticleText: NewArticleText{Text: "a"}}
	if got := checked(&in); len(got) != 3 {
		t.Errorf("with text, Check noted %q; want source_id, url and title", got)
	}
}

func TestAnAnchorPointsInOneWayOnly(t *testing.T) {
	n := func(i int) *int { return &i }
	long := strings.Repeat("é", MaxLongText)
	for name, test := range map[string]struct {
		anchor Anchor
		want   string
	}{
		"a sentence":                  {Anchor{SentenceID: 1}, ""},
		"a run":                       {Anchor{SentenceID: 1, LastSentenceID: 2}, ""},
		"a quote in a sentence":       {Anchor{SentenceID: 1, Exact: "a", Prefix: "b", Suffix: "c"}, ""},
		"a quote in an article":       {Anchor{ArticleID: 1, Exact: "a"}, ""},
		"a quote in a version":        {Anchor{ArticleID: 1, ArticleVersion: 2, Exact: "a", Prefix: "b", Suffix: "c"}, ""},
		"a quote at a place":          {Anchor{ArticleID: 1, Exact: "a", Start: n(0), End: n(1)}, ""},
		"nothing":                     {Anchor{}, "/at/sentence_id required"},
		"words of nothing":            {Anchor{Exact: "a"}, "/at/sentence_id required"},
		"both":                        {Anchor{SentenceID: 1, ArticleID: 1}, "/at/article_id conflict"},
		"an article without words":    {Anchor{ArticleID: 1}, "/at/exact required"},
		"a place without words":       {Anchor{ArticleID: 1, Start: n(0), End: n(1)}, "/at/exact required"},
		"a last sentence alone":       {Anchor{LastSentenceID: 1}, "/at/sentence_id required, /at/last_sentence_id conflict"},
		"a last sentence of a quote":  {Anchor{ArticleID: 1, Exact: "a", LastSentenceID: 1}, "/at/last_sentence_id conflict"},
		"a version of a sentence":     {Anchor{SentenceID: 1, ArticleVersion: 1}, "/at/article_version conflict"},
		"a place in a sentence":       {Anchor{SentenceID: 1, Exact: "a", Start: n(0), End: n(1)}, "/at/start conflict"},
		"a start without an end":      {Anchor{ArticleID: 1, Exact: "a", Start: n(0)}, "/at/start required"},
		"an end without a start":      {Anchor{ArticleID: 1, Exact: "a", End: n(1)}, "/at/start required"},
		"what stands around nothing":  {Anchor{SentenceID: 1, Suffix: "b"}, "/at/exact required"},
		"words as long as may be":     {Anchor{ArticleID: 1, Exact: long, Prefix: long, Suffix: long}, ""},
		"too long words":              {Anchor{ArticleID: 1, Exact: long + "x"}, "/at/exact too_long"},
		"too long a prefix":           {Anchor{ArticleID: 1, Exact: "a", Prefix: long + "x"}, "/at/prefix too_long"},
		"too long a suffix":           {Anchor{ArticleID: 1, Exact: "a", Suffix: long + "x"}, "/at/suffix too_long"},
		"a prefix of an article only": {Anchor{ArticleID: 1, Prefix: "b"}, "/at/exact required"},
	} {
		var p Problems
		if test.anchor.Check(&p, "/at"); strings.Join(told(p), ", ") != test.want {
			t.Errorf("%s: Check noted %q; want %q", name, strings.Join(told(p), ", "), test.want)
		}
	}
}
