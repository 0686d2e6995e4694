// Package seeds is what a new tracker starts with: DISARM's techniques, an election, the sources and actors of a typical
// interference story, and a demonstration article with claims logged on its sentences. README.md says where each is from.
package seeds

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"claimtracker/internal/intake"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

//go:embed *.json *.txt
var files embed.FS

// Load keeps in s what of the seeds is not there yet, all of it or nothing. What is there already, it leaves as it is:
// sources and actors by name and kind, actors by Wikidata item too, elections by name, and articles by URL, with the
// claims on them.
func Load(ctx context.Context, s *store.Store) error {
	return s.Together(ctx, func(ctx context.Context) error {
		l := loader{store: s, sources: map[string]int64{}, actors: map[string]int64{}, elections: map[string]int64{}}
		for _, step := range []func(context.Context) error{l.techniques, l.loadElections, l.loadSources, l.loadActors, l.loadArticles} {
			if err := step(ctx); err != nil {
				return fmt.Errorf("loading the seeds: %w", err)
			}
		}
		return nil
	})
}

// LoadTechniques keeps in s DISARM's tactics and techniques, and nothing else of the seeds.
func LoadTechniques(ctx context.Context, s *store.Store) error {
	return (&loader{store: s}).techniques(ctx)
}

// loader knows the ids of the named records that the others point at.
type loader struct {
	store                      *store.Store
	sources, actors, elections map[string]int64
}

// read reads one of the files, strictly.
func read[T any](name string) (v T, err error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(b, &v, json.RejectUnknownMembers(true)); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

func (l *loader) techniques(ctx context.Context) error {
	red, err := read[struct {
		Framework        string              `json:"framework"`
		FrameworkVersion string              `json:"framework_version"`
		Tactics          []tracker.Tactic    `json:"tactics"`
		Techniques       []tracker.Technique `json:"techniques"`
	}]("techniques.json")
	if err != nil {
		return err
	}
	for i := range red.Techniques {
		red.Techniques[i].FrameworkVersion = red.FrameworkVersion
	}
	return l.store.Techniques.Put(ctx, red.Tactics, red.Techniques)
}

var one = store.Page{Limit: 1, Sort: "created_at"}

func (l *loader) loadElections(ctx context.Context) error {
	inputs, err := read[[]tracker.ElectionInput]("elections.json")
	if err != nil {
		return err
	}
	for _, in := range inputs {
		there, err := l.store.Elections.List(ctx, store.ElectionFilter{Names: []string{in.Name}}, one)
		if err != nil {
			return err
		}
		if len(there.Items) == 0 {
			election, err := l.store.Elections.Create(ctx, in)
			if err != nil {
				return fmt.Errorf("election %q: %w", in.Name, err)
			}
			there.Items = append(there.Items, election)
		}
		l.elections[in.Name] = there.Items[0].ID
	}
	return nil
}

func (l *loader) loadSources(ctx context.Context) error {
	inputs, err := read[[]tracker.SourceInput]("sources.json")
	if err != nil {
		return err
	}
	for _, in := range inputs {
		there, err := l.store.Sources.List(ctx, store.SourceFilter{Names: []string{in.Name}, Kinds: []tracker.SourceKind{in.Kind}}, one)
		if err != nil {
			return err
		}
		if len(there.Items) == 0 {
			source, err := l.store.Sources.Create(ctx, in)
			if err != nil {
				return fmt.Errorf("source %q: %w", in.Name, err)
			}
			there.Items = append(there.Items, source)
		}
		l.sources[in.Name] = there.Items[0].ID
	}
	return nil
}

func (l *loader) loadActors(ctx context.Context) error {
	inputs, err := read[[]struct {
		tracker.ActorInput
		Parent string `json:"parent"`
	}]("actors.json")
	if err != nil {
		return err
	}
	for _, in := range inputs {
		there, err := l.store.Actors.List(ctx, store.ActorFilter{Names: []string{in.Name}, Kinds: []tracker.ActorKind{in.Kind}}, one)
		if err == nil && len(there.Items) == 0 && in.WikidataID != "" {
			// No two actors share an item: the one that has it is this one, whatever it is called by now.
			there, err = l.store.Actors.List(ctx, store.ActorFilter{WikidataIDs: []string{in.WikidataID}}, one)
		}
		if err != nil {
			return err
		}
		if len(there.Items) == 0 {
			if in.Parent != "" {
				parent, err := idOf(l.actors, "actor", in.Parent)
				if err != nil {
					return err
				}
				in.ParentID = &parent
			}
			actor, err := l.store.Actors.Create(ctx, in.ActorInput)
			if err != nil {
				return fmt.Errorf("actor %q: %w", in.Name, err)
			}
			there.Items = append(there.Items, actor)
		}
		l.actors[in.Name] = there.Items[0].ID
	}
	return nil
}

func idOf(ids map[string]int64, noun, name string) (int64, error) {
	id, ok := ids[name]
	if !ok {
		return 0, fmt.Errorf("the seeds name %s %q and do not have it", noun, name)
	}
	return id, nil
}

// articleSeed is an article whose source is named and whose text is in a file.
type articleSeed struct {
	tracker.ArticleInput
	Source   string `json:"source"`
	TextFile string `json:"text_file"`
}

// claimSeed is a claim on the words of an article, whose election and actors are named.
type claimSeed struct {
	ArticleURL string `json:"article_url"`
	place
	Claim struct {
		Text       string            `json:"text"`
		Kind       tracker.ClaimKind `json:"kind"`
		Election   string            `json:"election"`
		ClaimedOn  tracker.Date      `json:"claimed_on"`
		Language   string            `json:"language"`
		Tags       []string          `json:"tags"`
		Techniques []string          `json:"techniques"`
		Actors     []struct {
			Actor string       `json:"actor"`
			Role  tracker.Role `json:"role"`
		} `json:"actors"`
	} `json:"claim"`
	Also []place `json:"also"`
}

type place struct {
	Exact  string         `json:"exact"`
	Stance tracker.Stance `json:"stance"`
}

func (p place) in(article int64) tracker.NewOccurrence {
	return tracker.NewOccurrence{
		Anchor:          tracker.Anchor{ArticleID: article, Exact: p.Exact},
		OccurrenceInput: tracker.OccurrenceInput{Stance: p.Stance},
	}
}

func (l *loader) loadArticles(ctx context.Context) error {
	articles, err := read[[]articleSeed]("articles.json")
	if err != nil {
		return err
	}
	claims, err := read[[]claimSeed]("claims.json")
	if err != nil {
		return err
	}
	for _, seed := range articles {
		there, err := l.store.Articles.List(ctx, store.ArticleFilter{URLs: []string{seed.URL}}, one, nil)
		if err != nil {
			return err
		}
		if len(there.Items) > 0 {
			continue
		}
		id, err := l.loadArticle(ctx, seed)
		if err != nil {
			return fmt.Errorf("article %q: %w", seed.Title, err)
		}
		for _, claim := range slices.DeleteFunc(slices.Clone(claims), func(c claimSeed) bool { return c.ArticleURL != seed.URL }) {
			if err := l.loadClaim(ctx, id, claim); err != nil {
				return fmt.Errorf("claim %q: %w", claim.Claim.Text, err)
			}
		}
	}
	return nil
}

func (l *loader) loadArticle(ctx context.Context, seed articleSeed) (int64, error) {
	source, err := idOf(l.sources, "source", seed.Source)
	if err != nil {
		return 0, err
	}
	body, err := files.ReadFile(seed.TextFile)
	if err != nil {
		return 0, err
	}
	material, err := intake.Pasted(tracker.NewArticleText{Text: string(body)})
	if err != nil {
		return 0, err
	}
	seed.SourceID = source
	in, version, err := intake.Article(seed.ArticleInput, material)
	if err != nil {
		return 0, err
	}
	article, err := l.store.Articles.Create(ctx, in, version)
	return article.ID, err
}

func (l *loader) loadClaim(ctx context.Context, article int64, seed claimSeed) error {
	c := seed.Claim
	in := tracker.NewClaim{Occurrence: seed.place.in(article), ClaimInput: tracker.ClaimInput{
		Text: c.Text, Kind: c.Kind, ClaimedOn: c.ClaimedOn, Language: c.Language, Tags: c.Tags, Techniques: c.Techniques,
	}}
	if c.Election != "" {
		election, err := idOf(l.elections, "election", c.Election)
		if err != nil {
			return err
		}
		in.ElectionID = &election
	}
	for _, a := range c.Actors {
		actor, err := idOf(l.actors, "actor", a.Actor)
		if err != nil {
			return err
		}
		in.Actors = append(in.Actors, tracker.ActorRole{ActorID: actor, Role: a.Role})
	}
	claim, err := l.store.Claims.Create(ctx, in)
	if err != nil {
		return err
	}
	for _, also := range seed.Also {
		if _, err := l.store.Occurrences.Create(ctx, claim.ID, also.in(article)); err != nil {
			return err
		}
	}
	return nil
}
