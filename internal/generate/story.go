package generate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"claimtracker/internal/intake"
	"claimtracker/internal/tracker"
)

// begin is the first day, and days is how many there are: three years, long enough ago that a server's clock is past them.
var begin = time.Date(2022, time.January, 1, 0, 0, 0, 0, time.UTC)

const days = 1096

// A day is what a newsroom logs on one day: the stories with their claims, and how it went on with earlier claims.
type day struct {
	date    time.Time
	stories []story
	claims  int // of all stories
	moves   []move
}

// A story is a text that one or more sources published, and the claims that stand in it.
type story struct {
	prints  []tracker.ArticleInput // the first is the original
	text    tracker.ArticleVersion
	later   *tracker.ArticleVersion // the text after a correction, if there was one
	claims  []planned
	quoting *quotation // an earlier claim that stands here too
}

// planned is a claim on a sentence of a story.
type planned struct {
	input    tracker.ClaimInput
	sentence int    // its place among the text's sentences, from 0
	exact    string // the part of the sentence that it stands on, where that is not all of it
	stance   tracker.Stance
	copies   []int // the other prints in which it is logged too
}

// quotation is one more place of an earlier claim.
type quotation struct {
	number   int // of the claim, from 0
	sentence int
	stance   tracker.Stance
}

// move is the next step of the work on a claim.
type move struct {
	number int // of the claim, from 0
	to     tracker.ClaimStatus
}

// quotable is a sentence with a claim that a later story may repeat.
type quotable struct {
	number   int
	sentence string
}

// recent is how many sentences of a language are kept to be repeated.
const recent = 400

// planner makes up the days, one after another.
type planner struct {
	r       *rand.Rand
	cast    *cast
	tongues map[string]*tongue
	claims  int // to be made

	made     int
	due      [days + 1][]move // by the day that they are due on; those that come after the last day are never made
	lately   map[string][]quotable
	sources  *rand.Zipf
	codes    *rand.Zipf
	labels   *rand.Zipf
	acting   map[tracker.Role]*rand.Zipf
	articles int
	progress []int // claims that are to be made by the end of each day
}

func newPlanner(r *rand.Rand, c *cast, tongues map[string]*tongue, claims int) *planner {
	p := &planner{r: r, cast: c, tongues: tongues, claims: claims, lately: map[string][]quotable{}, acting: map[tracker.Role]*rand.Zipf{}}
	p.sources = zipf(r, len(c.sources))
	p.codes = zipf(r, len(c.techniques))
	p.labels = zipf(r, len(tags))
	for _, role := range tracker.Roles {
		p.acting[role] = zipf(r, len(c.able[role]))
	}
	weights := make([]int, days)
	all := 0
	for d := range days {
		weights[d] = p.weight(d)
		all += weights[d]
	}
	sum := 0
	for d := range days {
		sum += weights[d]
		p.progress = append(p.progress, sum*claims/all)
	}
	return p
}

// zipf draws places from 0 to n-1, the first ones far oftener than the others.
func zipf(r *rand.Rand, n int) *rand.Zipf { return rand.NewZipf(r, 1.2, 4, uint64(n-1)) } //nolint:gosec // n is a length

// weight is how much is logged on a day, compared with others: ever more over the years, less at weekends, and most in
// the three weeks around an election. Whole numbers, because they are the same on every machine.
func (p *planner) weight(d int) int {
	date := begin.AddDate(0, 0, d)
	weight := 600 + 900*d/days
	if date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		weight = weight * 2 / 5
	}
	peak := 20
	for _, e := range p.cast.elections {
		at, err := time.Parse(time.DateOnly, string(e.Date))
		if err != nil {
			continue
		}
		away := max(int(at.Sub(date).Hours()/24), int(date.Sub(at).Hours()/24))
		peak += max(0, 12-away)
	}
	return weight * peak
}

// next makes up a day.
func (p *planner) next(d int) (day, error) {
	made := day{date: begin.AddDate(0, 0, d), moves: p.due[d]}
	p.due[d] = nil
	// A story may have more claims than the day has left; the next days have fewer then.
	for p.made < p.progress[d] {
		s, err := p.story(d, p.claims-p.made)
		if err != nil {
			return made, err
		}
		for i := range s.claims {
			p.follow(d, p.made+i)
		}
		p.made += len(s.claims)
		made.claims += len(s.claims)
		made.stories = append(made.stories, s)
	}
	return made, nil
}

// follow plans how the work on a claim goes on.
func (p *planner) follow(d, number int) {
	steps := []weighted[int]{{0, 90}, {1, 4}, {2, 4}, {3, 2}}
	for _, to := range []tracker.ClaimStatus{tracker.StatusInReview, tracker.StatusReviewed, tracker.StatusArchived}[:choose(p.r, steps)] {
		if d += 1 + p.r.IntN(40); d >= days {
			return
		}
		p.due[d] = append(p.due[d], move{number, to})
	}
}

// sentence is one of a text: a claim stands on it, or an earlier claim is quoted by it, or neither.
type sentence struct {
	text   string
	claim  *planned
	quotes *quotation
}

// story makes up a story of at most so many claims.
func (p *planner) story(d, most int) (story, error) {
	source := p.cast.sources[p.sources.Uint64()]
	t := p.tongues[source.Language]
	published := begin.AddDate(0, 0, d).Add(-time.Duration(p.r.IntN(3*24*60)) * time.Minute)
	words := p.words(t, published)
	acting := p.actors(words)
	headline := fill(pick(p.r, t.lines["headline"]), words)

	wanted := min(most, choose(p.r, []weighted[int]{{1, 20}, {2, 22}, {3, 20}, {4, 14}, {5, 10}, {6, 7}, {8, 5}, {12, 2}}))
	var sentences []sentence
	var election *int64
	if percent(p.r, 80) {
		election = &p.electionNear(published).ID
	}
	for range wanted {
		s := p.claim(t, words, acting, published)
		s.claim.input.ElectionID = election
		sentences = append(sentences, s)
		for percent(p.r, 55) {
			sentences = append(sentences, sentence{text: fill(pick(p.r, t.lines["filler"]), p.vary(t, words))})
		}
	}
	if percent(p.r, 30) {
		sentences = append(sentences, p.quote(t)...)
	}
	return p.print(t, source, published, headline, sentences, words)
}

// words are what the slots of a story's lines are filled with.
func (p *planner) words(t *tongue, published time.Time) map[string]string {
	words := p.vary(t, map[string]string{
		"place": pick(p.r, t.lines["place"]), "topic": pick(p.r, t.lines["topic"]), "platform": pick(p.r, platforms),
		"month": t.lines["month"][published.Month()-1], "weekday": t.lines["weekday"][published.Weekday()],
	})
	if (t.code == "en" || t.code == "de") && percent(p.r, 20) { // places that are seldom named
		words["place"] = pick(p.r, nameBeginnings) + pick(p.r, nameEndings)
	}
	return words
}

// vary are the same words with other numbers and means.
func (p *planner) vary(t *tongue, words map[string]string) map[string]string {
	varied := maps.Clone(words)
	varied["means"] = pick(p.r, t.lines["means"])
	size := choose(p.r, []weighted[int]{{10, 3}, {100, 4}, {1000, 2}, {10000, 1}})
	varied["number"] = strconv.Itoa(size + p.r.IntN(9*size))
	varied["percent"] = strconv.Itoa(1 + p.r.IntN(89))
	return varied
}

// actors chooses who plays which role in a story, and puts their names into the words.
func (p *planner) actors(words map[string]string) map[tracker.Role]int64 {
	acting := map[tracker.Role]int64{}
	for _, role := range tracker.Roles {
		able := p.cast.able[role]
		actor := p.cast.actors[able[p.acting[role].Uint64()]]
		acting[role], words[string(role)] = actor.ID, actor.Name
	}
	return acting
}

// electionNear is one of the elections that are nearest to a day.
func (p *planner) electionNear(at time.Time) *tracker.Election {
	next, _ := slices.BinarySearchFunc(p.cast.elections, dateOf(at), func(e tracker.Election, day tracker.Date) int {
		return strings.Compare(string(e.Date), string(day))
	})
	return &p.cast.elections[max(0, min(next+choose(p.r, []weighted[int]{{0, 60}, {-1, 20}, {1, 12}, {2, 8}}), len(p.cast.elections)-1))]
}

var claimKinds = []weighted[tracker.ClaimKind]{
	{tracker.ClaimAllegation, 34}, {tracker.ClaimAttribution, 15}, {tracker.ClaimDenial, 14}, {tracker.ClaimAssessment, 11}, {tracker.ClaimStatistic, 9},
	{tracker.ClaimWarning, 7}, {tracker.ClaimPrediction, 4}, {tracker.ClaimPledge, 4}, {tracker.ClaimOther, 2},
}

// parts are the roles that claims of a kind have.
var parts = map[tracker.ClaimKind][]tracker.Role{
	tracker.ClaimAllegation:  {tracker.RoleSpeaker, tracker.RoleAccused, tracker.RoleTarget},
	tracker.ClaimAttribution: {tracker.RoleAttributor, tracker.RoleAccused},
	tracker.ClaimDenial:      {tracker.RoleSpeaker, tracker.RoleAccused},
	tracker.ClaimPledge:      {tracker.RoleSpeaker},
	tracker.ClaimAssessment:  {tracker.RoleAttributor, tracker.RoleAccused, tracker.RoleBeneficiary},
	tracker.ClaimPrediction:  {tracker.RoleSpeaker, tracker.RoleAccused},
	tracker.ClaimWarning:     {tracker.RoleSpeaker, tracker.RoleTarget},
	tracker.ClaimStatistic:   {tracker.RoleAttributor, tracker.RoleAccused},
	tracker.ClaimOther:       {tracker.RoleSpeaker, tracker.RoleBeneficiary},
}

var stances = []weighted[tracker.Stance]{
	{tracker.StanceReports, 62}, {tracker.StanceAsserts, 20}, {tracker.StanceDenies, 7}, {tracker.StanceQuestions, 7}, {tracker.StanceRebuts, 4},
}

// claim makes up a claim and the sentence that it stands on.
func (p *planner) claim(t *tongue, words map[string]string, acting map[tracker.Role]int64, published time.Time) sentence {
	words = p.vary(t, words)
	kind := choose(p.r, claimKinds)
	assertion := fill(pick(p.r, t.lines[string(kind)]), words)
	c := &planned{stance: choose(p.r, stances), input: tracker.ClaimInput{Text: assertion, Kind: kind, Language: t.code}}
	said := assertion
	if percent(p.r, 60) {
		words["bare"] = strings.TrimSuffix(assertion, t.fullStop)
		said = fill(pick(p.r, t.lines["said"]), words)
		if percent(p.r, 40) {
			c.exact = words["bare"]
		}
	}
	if percent(p.r, 85) {
		c.input.ClaimedOn = dateOf(published.AddDate(0, 0, -p.r.IntN(4)))
	}
	for range choose(p.r, []weighted[int]{{0, 10}, {1, 30}, {2, 35}, {3, 20}, {5, 5}}) {
		c.input.Tags = add(c.input.Tags, tags[p.labels.Uint64()])
	}
	for range choose(p.r, []weighted[int]{{0, 35}, {1, 35}, {2, 20}, {3, 10}}) {
		c.input.Techniques = add(c.input.Techniques, p.cast.techniques[p.codes.Uint64()])
	}
	for _, role := range parts[kind] {
		c.input.Actors = append(c.input.Actors, tracker.ActorRole{ActorID: acting[role], Role: role})
	}
	return sentence{text: said, claim: c}
}

// add puts a word at the end of a list that does not have it.
func add(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

// quote is an earlier sentence of the language, repeated, and what is said against it.
func (p *planner) quote(t *tongue) []sentence {
	lately := p.lately[t.code]
	if len(lately) == 0 {
		return nil
	}
	q := lately[len(lately)-1-p.r.IntN(1+p.r.IntN(len(lately)))] // rather one of the last
	stance := choose(p.r, []weighted[tracker.Stance]{{tracker.StanceRebuts, 35}, {tracker.StanceQuestions, 25}, {tracker.StanceDenies, 20}, {tracker.StanceReports, 20}})
	return []sentence{
		{text: q.sentence, quotes: &quotation{number: q.number, stance: stance}},
		{text: fill(pick(p.r, t.lines["rebuttal"]), map[string]string{"attributor": p.cast.actors[p.cast.able[tracker.RoleAttributor][0]].Name})},
	}
}

// print makes the sentences a text, finds them in it again, and says who published it where.
func (p *planner) print(t *tongue, source tracker.Source, published time.Time, headline string, sentences []sentence, words map[string]string) (s story, err error) {
	var text strings.Builder
	text.WriteString(headline + "\n" + strings.ToUpper(words["place"]) + "\n")
	seen := map[string]bool{headline: true}
	for i, one := range sentences {
		if seen[one.text] {
			continue // a claim that stands twice would be ambiguous
		}
		seen[one.text] = true
		text.WriteString(one.text)
		// A sentence with a claim ends its paragraph: no rule of any language can take the next one for a part of it.
		if last := i == len(sentences)-1; last || one.claim != nil || one.quotes != nil || percent(p.r, 30) {
			text.WriteString("\n")
		} else {
			text.WriteString(t.space)
		}
	}
	if s.text, err = read(text.String(), t.code); err != nil {
		return s, err
	}
	if percent(p.r, 2) {
		later, err := read(text.String()+fill(pick(p.r, t.lines["rebuttal"]), map[string]string{"attributor": headline})+"\n", t.code)
		if err != nil {
			return s, err
		}
		s.later = &later
	}
	if err := p.place(&s, t, sentences); err != nil {
		return s, err
	}
	s.prints = []tracker.ArticleInput{p.article(source, published, headline)}
	if percent(p.r, 10) {
		for range 1 + p.r.IntN(1+p.r.IntN(6)) {
			p.syndicate(&s, t, published, headline)
		}
	}
	return s, nil
}

// read makes a text a version of an article.
func read(text, language string) (tracker.ArticleVersion, error) {
	material, err := intake.Pasted(tracker.NewArticleText{Text: text})
	if err != nil {
		return tracker.ArticleVersion{}, err
	}
	return intake.Version(language, material)
}

// place finds the sentences with claims in the story's text, and remembers them to be quoted.
func (p *planner) place(s *story, t *tongue, sentences []sentence) error {
	at := map[string]int{}
	for i, one := range s.text.Sentences {
		at[one.Text] = i
	}
	for _, one := range sentences {
		i, ok := at[one.text]
		switch {
		case one.claim == nil && one.quotes == nil:
			continue
		case !ok:
			return fmt.Errorf("%q is not one sentence of %q", one.text, s.text.Text)
		case one.quotes != nil:
			if s.quoting == nil && !slices.ContainsFunc(s.claims, func(c planned) bool { return c.sentence == i }) {
				one.quotes.sentence = i
				s.quoting = one.quotes
			}
			continue
		case slices.ContainsFunc(s.claims, func(c planned) bool { return c.sentence == i }):
			continue
		}
		one.claim.sentence = i
		lately := append(p.lately[t.code], quotable{p.made + len(s.claims), one.text})
		p.lately[t.code] = lately[max(0, len(lately)-recent):]
		s.claims = append(s.claims, *one.claim)
	}
	return nil
}

// syndicate has another source of the language publish the story, to the letter.
func (p *planner) syndicate(s *story, t *tongue, published time.Time, headline string) {
	others := p.cast.speaking[t.code]
	source := p.cast.sources[others[p.r.IntN(1+p.r.IntN(len(others)))]]
	if slices.ContainsFunc(s.prints, func(a tracker.ArticleInput) bool { return a.SourceID == source.ID }) {
		return
	}
	for i := range s.claims {
		if percent(p.r, 75) {
			s.claims[i].copies = append(s.claims[i].copies, len(s.prints))
		}
	}
	s.prints = append(s.prints, p.article(source, published.Add(time.Duration(10+p.r.IntN(600))*time.Minute), headline))
}

// article is what is known of a print besides its text.
func (p *planner) article(source tracker.Source, published time.Time, headline string) tracker.ArticleInput {
	p.articles++
	in := tracker.ArticleInput{
		SourceID: source.ID, Title: headline, Language: source.Language, Authors: []string{},
		URL: fmt.Sprintf("https://%s/%s/story-%d", source.Domain, published.Format("2006/01/02"), p.articles),
	}
	if percent(p.r, 60) {
		in.Authors = append(in.Authors, pick(p.r, forenames)+" "+pick(p.r, nameBeginnings)+pick(p.r, surnameEndings))
	}
	switch at := tracker.InstantOf(published); {
	case percent(p.r, 92):
		in.PublishedAt = &at
	case percent(p.r, 70):
		in.PublishedText = published.Format("January 2006")
	}
	if percent(p.r, 40) {
		in.ArchiveURL = fmt.Sprintf("https://archive.example/%d", p.articles)
	}
	return in
}
