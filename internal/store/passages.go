package store

import (
	"slices"

	"gorm.io/gorm"

	"claimtracker/internal/search"
	"claimtracker/internal/tracker"
)

// The most that a record says of what was found in it: texts, and fragments of each.
const (
	maxMatches   = 20
	maxFragments = 5
)

// matches are the texts in which something stands that a query is to find, with the fragments where these are wanted.
func matches(q search.Query, passages []passage, highlight bool) []tracker.Match {
	all := []tracker.Match{}
	most := 1
	if highlight {
		most = maxFragments
	}
	for _, p := range passages {
		fragments := q.Fragments(p.text, most)
		if len(fragments) == 0 {
			continue
		}
		m := p.Match
		if highlight {
			for _, f := range fragments {
				m.Fragments = append(m.Fragments, fragmentOf(f))
			}
		}
		if all = append(all, m); len(all) == maxMatches {
			break
		}
	}
	return all
}

func fragmentOf(f search.Fragment) tracker.Fragment {
	fragment := tracker.Fragment{Start: f.Start, End: f.End, Text: f.Text}
	for _, s := range f.Found {
		fragment.Found = append(fragment.Found, tracker.Span(s))
	}
	return fragment
}

// mark gives each record what of it a search found, where that is wanted.
func mark[T any](tx *gorm.DB, ix *index, s Search, items []T, of func(*T) (id int64, matches *[]tracker.Match)) error {
	if s.Query == nil || !s.Highlight {
		return nil
	}
	at, all := map[int64]*[]tracker.Match{}, []int64{}
	for i := range items {
		id, matches := of(&items[i])
		at[id] = matches
		all = append(all, id)
	}
	return ix.eachPassages(tx, all, func(id int64, passages []passage) {
		*at[id] = matches(*s.Query, passages, true)
	})
}

// eachPassages reads the texts of records, those of a few records at once.
func (ix *index) eachPassages(tx *gorm.DB, ids []int64, fn func(id int64, passages []passage)) error {
	for len(ids) > 0 {
		batch := ids[:min(len(ids), ix.batch)]
		passages, err := ix.passages(tx, batch)
		if err != nil {
			return err
		}
		for _, id := range batch {
			fn(id, passages[id])
		}
		ids = ids[len(batch):]
	}
	return nil
}

// textOf is the text of a field that has one; none where it is empty.
func textOf(field, text string) []passage {
	if text == "" {
		return nil
	}
	return []passage{{tracker.Match{Field: field}, text}}
}

// textsOf are the texts of a field that is a list.
func textsOf(field string, texts []string) (all []passage) {
	for i, text := range texts {
		all = append(all, passage{tracker.Match{Field: field, Index: &i}, text})
	}
	return all
}

func sourcePassages(tx *gorm.DB, ids []int64) (map[int64][]passage, error) {
	sources, err := byID[tracker.Source](tx, slices.Clone(ids))
	all := map[int64][]passage{}
	for id, s := range sources {
		all[id] = passagesOfSource(s.SourceInput)
	}
	return all, err
}

func passagesOfSource(s tracker.SourceInput) []passage {
	return slices.Concat(textOf("name", s.Name), textsOf("aliases", s.Aliases), textOf("domain", s.Domain), textOf("description", s.Description))
}

func actorPassages(tx *gorm.DB, ids []int64) (map[int64][]passage, error) {
	actors, err := byID[tracker.Actor](tx, slices.Clone(ids))
	all := map[int64][]passage{}
	for id, a := range actors {
		all[id] = passagesOfActor(a.ActorInput)
	}
	return all, err
}

func passagesOfActor(a tracker.ActorInput) []passage {
	return slices.Concat(textOf("name", a.Name), textsOf("aliases", a.Aliases), textOf("description", a.Description))
}

// articlePassages has the texts of the latest versions.
func articlePassages(tx *gorm.DB, ids []int64) (map[int64][]passage, error) {
	var rows []struct {
		ID      int64
		Title   string
		Authors tracker.Strings
		N       int64
		Text    string
	}
	err := tx.Raw(`SELECT a.id, a.title, a.authors, v.n, v.text FROM articles a JOIN article_versions v ON v.article_id = a.id
		WHERE a.id IN ? AND v.n = (SELECT max(n) FROM article_versions WHERE article_id = a.id)`, listed(tx, ids)).Scan(&rows).Error
	all := map[int64][]passage{}
	for _, r := range rows {
		text := passage{tracker.Match{Field: "text", Version: r.N}, r.Text}
		all[r.ID] = slices.Concat(textOf("title", r.Title), textsOf("authors", r.Authors), []passage{text})
	}
	return all, err
}

func sentencePassages(tx *gorm.DB, ids []int64) (map[int64][]passage, error) {
	var rows []struct {
		ID   int64
		Text string
	}
	err := tx.Raw("SELECT id, text FROM sentences WHERE id IN ?", listed(tx, ids)).Scan(&rows).Error
	all := map[int64][]passage{}
	for _, r := range rows {
		all[r.ID] = textOf("text", r.Text)
	}
	return all, err
}

// claimPassages has each quote once, as that of the first occurrence that has it.
func claimPassages(tx *gorm.DB, ids []int64) (map[int64][]passage, error) {
	var claims, quotes []struct {
		ID, OccurrenceID int64
		Text             string
	}
	all := map[int64][]passage{}
	if err := tx.Raw("SELECT id, text FROM claims WHERE id IN ?", listed(tx, ids)).Scan(&claims).Error; err != nil {
		return nil, err
	}
	for _, c := range claims {
		all[c.ID] = textOf("text", c.Text)
	}
	err := tx.Raw(`SELECT claim_id AS id, min(id) AS occurrence_id, exact AS text FROM occurrences WHERE claim_id IN ?
		GROUP BY claim_id, exact ORDER BY min(id)`, listed(tx, ids)).Scan(&quotes).Error
	for _, o := range quotes {
		all[o.ID] = append(all[o.ID], passage{tracker.Match{Field: "exact", OccurrenceID: o.OccurrenceID}, o.Text})
	}
	return all, err
}
