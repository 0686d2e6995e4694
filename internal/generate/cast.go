package generate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// cast is who and what the claims are about, kept in the store before the first of them.
type cast struct {
	sources    []tracker.Source
	actors     []tracker.Actor
	elections  []tracker.Election
	techniques []string

	speaking map[string][]int       // the sources of a language, by their place in sources
	able     map[tracker.Role][]int // the actors that a role is for, by their place in actors
}

// sizes are how many sources and actors a number of claims has: ten times as many with a hundred times the claims.
func sizes(claims int) (sources, actors int) {
	root := 1
	for root*root*1000 < claims {
		root++
	}
	return 40 * root, 60 * root
}

const elections = 24

// weighted is a choice of which some are taken more often than others.
type weighted[T any] struct {
	value  T
	weight int
}

func choose[T any](r *rand.Rand, of []weighted[T]) T {
	all := 0
	for _, o := range of {
		all += o.weight
	}
	n := r.IntN(all)
	for _, o := range of {
		if n -= o.weight; n < 0 {
			return o.value
		}
	}
	panic("a choice beyond the last one")
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// percent is true so many times of a hundred.
func percent(r *rand.Rand, n int) bool { return r.IntN(100) < n }

// baptist gives names, none of them twice.
type baptist struct {
	r     *rand.Rand
	given map[string]bool
}

func (b *baptist) place() string { return pick(b.r, nameBeginnings) + pick(b.r, nameEndings) }

func (b *baptist) person() string {
	return pick(b.r, forenames) + " " + pick(b.r, nameBeginnings) + pick(b.r, surnameEndings)
}

// name fills a pattern until that gives a name that nobody has; the place in it grows when there are none left.
func (b *baptist) name(pattern, place string) string {
	for {
		name := fill(pattern, map[string]string{"place": place, "name": place, "person": b.person()})
		if !b.given[name] {
			b.given[name] = true
			return name
		}
		place = b.place()
		for percent(b.r, 30) {
			place += " " + b.place()
		}
	}
}

var sourceKinds = []weighted[tracker.SourceKind]{
	{tracker.SourceNewsOutlet, 46}, {tracker.SourceWireAgency, 5}, {tracker.SourceBroadcaster, 12}, {tracker.SourceGovernmentBody, 6},
	{tracker.SourceIntelligenceAgency, 2}, {tracker.SourceLawEnforcement, 2}, {tracker.SourceThinkTank, 5}, {tracker.SourceAcademic, 3},
	{tracker.SourceCivilSociety, 4}, {tracker.SourceTechnologyCompany, 3}, {tracker.SourcePrivateConsultancy, 2}, {tracker.SourceIndividual, 3},
	{tracker.SourceSocialAccount, 5}, {tracker.SourceAnonymous, 1}, {tracker.SourceOther, 1},
}

var actorKinds = []weighted[tracker.ActorKind]{
	{tracker.ActorState, 3}, {tracker.ActorGovernmentBody, 9}, {tracker.ActorSecurityService, 8}, {tracker.ActorPoliticalParty, 11},
	{tracker.ActorOrganization, 10}, {tracker.ActorCompany, 6}, {tracker.ActorPerson, 33}, {tracker.ActorNetwork, 13},
	{tracker.ActorOnlinePersona, 6}, {tracker.ActorUnknown, 1},
}

// roles say which kinds of actor play which role.
var roles = map[tracker.Role][]tracker.ActorKind{
	tracker.RoleSpeaker:     {tracker.ActorPerson, tracker.ActorGovernmentBody, tracker.ActorPoliticalParty, tracker.ActorOnlinePersona},
	tracker.RoleAccused:     {tracker.ActorState, tracker.ActorSecurityService, tracker.ActorNetwork, tracker.ActorCompany, tracker.ActorUnknown, tracker.ActorPerson},
	tracker.RoleTarget:      {tracker.ActorPoliticalParty, tracker.ActorPerson, tracker.ActorGovernmentBody, tracker.ActorState},
	tracker.RoleBeneficiary: {tracker.ActorPoliticalParty, tracker.ActorPerson, tracker.ActorOrganization},
	tracker.RoleAttributor:  {tracker.ActorGovernmentBody, tracker.ActorSecurityService, tracker.ActorOrganization, tracker.ActorCompany},
}

// keepCast makes a cast for so many claims and keeps it in the store.
func keepCast(ctx context.Context, s *store.Store, clock *Clock, r *rand.Rand, tongues map[string]*tongue, claims int) (*cast, error) {
	techniques, err := s.Techniques.List(ctx, nil)
	if err != nil {
		return nil, err
	}
	var c *cast
	seed := r.Uint64()
	err = s.Together(ctx, func(ctx context.Context) error {
		// A transaction may be run again: then the same is drawn again.
		draw := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // names that are the same each time, not secrets
		c = &cast{speaking: map[string][]int{}, able: map[tracker.Role][]int{}}
		for _, t := range techniques {
			c.techniques = append(c.techniques, t.Code)
		}
		draw.Shuffle(len(c.techniques), func(i, k int) { c.techniques[i], c.techniques[k] = c.techniques[k], c.techniques[i] })
		b := &baptist{draw, map[string]bool{}}
		sources, actors := sizes(claims)
		if err := c.keepSources(ctx, s, clock, b, tongues, sources); err != nil {
			return err
		}
		if err := c.keepActors(ctx, s, clock, b, actors); err != nil {
			return err
		}
		return c.keepElections(ctx, s, clock, b)
	})
	return c, err
}

func (c *cast) keepSources(ctx context.Context, s *store.Store, clock *Clock, b *baptist, tongues map[string]*tongue, n int) error {
	var languages []weighted[string]
	for i, code := range codes {
		languages = append(languages, weighted[string]{code, shares[i]})
	}
	for i := range n {
		language := choose(b.r, languages)
		if i < 2*len(codes) { // the sources that most is from write English, and each language has some
			language = codes[max(0, i-len(codes))]
		}
		kind := choose(b.r, sourceKinds)
		var name string
		if outlet := patterns[kind]; outlet == nil || language != "en" {
			name = b.name(pick(b.r, tongues[language].lines["outlet"]), pick(b.r, tongues[language].lines["place"]))
		} else {
			name = b.name(pick(b.r, outlet), b.place())
		}
		domain := fmt.Sprintf("%s-%d.example", slug(name), i+1)
		in := tracker.SourceInput{Name: name, Kind: kind, Domain: domain, URL: "https://" + domain + "/", Language: language,
			Country: countryOf(b.r, language), Aliases: []string{}, Description: "Invented, for measuring."}
		if percent(b.r, 20) {
			in.Aliases = append(in.Aliases, b.name("{place} Desk", b.place()))
		}
		clock.forward(time.Second)
		source, err := s.Sources.Create(ctx, in)
		if err != nil {
			return fmt.Errorf("source %q: %w", in.Name, err)
		}
		c.sources = append(c.sources, source)
		c.speaking[language] = append(c.speaking[language], i)
	}
	return nil
}

func (c *cast) keepActors(ctx context.Context, s *store.Store, clock *Clock, b *baptist, n int) error {
	for i := range n {
		kind := choose(b.r, actorKinds)
		if i < len(tracker.ActorKinds) { // each kind has one at least, so that each role has
			kind = tracker.ActorKinds[i]
		}
		in := tracker.ActorInput{Name: b.name(pick(b.r, called[kind]), b.place()), Kind: kind, Aliases: []string{}, Description: "Invented, for measuring."}
		if kind != tracker.ActorUnknown && kind != tracker.ActorOnlinePersona {
			in.Country = countryOf(b.r, pick(b.r, codes))
		}
		if percent(b.r, 25) {
			in.Aliases = append(in.Aliases, b.name("{place} group", b.place()))
		}
		if i > 20 && kind != tracker.ActorState && percent(b.r, 30) {
			parent := pick(b.r, c.actors).ID
			in.ParentID = &parent
		}
		clock.forward(time.Second)
		actor, err := s.Actors.Create(ctx, in)
		if err != nil {
			return fmt.Errorf("actor %q: %w", in.Name, err)
		}
		c.actors = append(c.actors, actor)
		for _, role := range tracker.Roles {
			if slices.Contains(roles[role], kind) {
				c.able[role] = append(c.able[role], i)
			}
		}
	}
	return nil
}

func (c *cast) keepElections(ctx context.Context, s *store.Store, clock *Clock, b *baptist) error {
	for i := range elections {
		// They are spread over the years that claims are logged in, and a little beyond.
		day := begin.AddDate(0, 0, 40+i*(days+120)/elections+b.r.IntN(20))
		kind := pick(b.r, tracker.ElectionKinds)
		in := tracker.ElectionInput{
			Name:    b.name(fmt.Sprintf("%d {place} %s election", day.Year(), kind), b.place()),
			Country: pick(b.r, countries), Level: pick(b.r, tracker.ElectionLevels), Kind: kind, Date: dateOf(day),
		}
		clock.forward(time.Second)
		election, err := s.Elections.Create(ctx, in)
		if err != nil {
			return fmt.Errorf("election %q: %w", in.Name, err)
		}
		c.elections = append(c.elections, election)
	}
	return nil
}

func dateOf(t time.Time) tracker.Date { return tracker.Date(t.Format(time.DateOnly)) }

// countryOf is a country, oftenest one whose language it is.
func countryOf(r *rand.Rand, language string) string {
	home := map[string]string{"en": "US GB CA AU KE", "es": "ES MX AR CL", "fr": "FR TN", "de": "DE", "ru": "RU", "zh": "CN TW", "ar": "EG MA"}
	if percent(r, 80) {
		return pick(r, strings.Fields(home[language]))
	}
	return countries[r.IntN(len(countries))]
}

// slug is what of a name may stand in a domain.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r == ' ' && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); len(s) > 2 {
		return s[:min(len(s), 40)]
	}
	return "desk"
}
