package store_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/search"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// multitude is how many articles and claims the tests of plans have: far more than a list may read for a page.
const multitude = 30_000

// mass fills a store with so many articles and claims that reading a table whole shows. Most records are alike; one in a
// thousand, spread evenly, differs in what lists are filtered by.
func mass(t *testing.T) *store.Store {
	t.Helper()
	s := open(t)
	numbers := fmt.Sprintf("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", multitude)
	rare := func(rare, common string) string {
		return "CASE WHEN i % 1000 = 0 THEN " + rare + " ELSE " + common + " END"
	}
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		for _, statement := range []string{
			`INSERT INTO sources (id, created_at, updated_at, version, name, kind, domain, url, country, language, aliases, description)
				VALUES (1, 1, 1, 1, 'a', 'news_outlet', '', '', 'GB', '', '[]', ''), (2, 1, 1, 1, 'b', 'academic', '', '', 'FR', '', '[]', '')`,
			`INSERT INTO elections (id, created_at, updated_at, version, name, country, level, kind, date)
				VALUES (1, 1, 1, 1, 'a', 'GB', 'national', 'other', ''), (2, 1, 1, 1, 'b', 'FR', 'national', 'other', ''), (3, 1, 1, 1, 'c', 'FR', 'national', 'other', '')`,
			`INSERT INTO sources (id, created_at, updated_at, version, name, kind, domain, url, country, language, aliases, description) ` + numbers +
				`SELECT i, 1, 1, 1, 'c', 'news_outlet', '', '', 'GB', '', '[]', '' FROM n WHERE i BETWEEN 3 AND 202`,
			`INSERT INTO articles (id, created_at, updated_at, version, source_id, url, title, authors, published_at, published_text, language, archive_url, host) ` + numbers +
				`SELECT i, i, i, 1, ` + rare("2", "CASE WHEN i % 2 = 0 THEN 1 ELSE 3 + i % 200 END") + `, 'https://a.example/' || i, 'a', '[]', ` + rare("NULL", "i * 7") + `, '', ` + rare("'de'", "'en'") +
				`, ` + rare("'https://b.example/'", "''") + `, ` + rare("'b.example'", "'a.example'") + ` FROM n`,
			`INSERT INTO article_versions (article_id, n, language, sha256, length, captured_at, text) ` + numbers + `SELECT i, 1, 'en', 'sum' || i, 1, 1, 'a' FROM n`,
			`INSERT INTO sentences (id, article_id, article_version, ordinal, span_start, span_end, text) ` + numbers + `SELECT i, i, 1, 1, 0, 1, 'a' FROM n`,
			`INSERT INTO claims (id, created_at, updated_at, version, text, kind, status, election_id, claimed_on, language) ` + numbers +
				`SELECT i, i, i, 1, 'a', 'other', 'logged', ` + rare("2", "1") + `, '', '' FROM n`,
			`INSERT INTO occurrences (id, created_at, updated_at, version, claim_id, article_id, article_version, span_start, span_end, exact, prefix, suffix,
				first_sentence_id, last_sentence_id, stance, is_origin, source_id, published_at, election_id, words) ` + numbers +
				`SELECT i, i, i, 1, ` + rare("i - 1", "i") + `, i, 1, 0, 1, 'a', '', '', i, i, ` + rare("'rebuts'", "'reports'") + `, ` + rare("FALSE", "TRUE") +
				`, ` + rare("2", "1") + `, ` + rare("-62135596800000000", "i * 7") + `, ` + rare("2", "1") + `, ` + rare(fmt.Sprint(store.WordsOf("rare")), fmt.Sprint(store.WordsOf("common"))) + ` FROM n`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		if pgtest.Now == pgtest.Postgres {
			return tx.Exec("ANALYZE").Error
		}
		term := func(quote string) string { return "'" + search.Numbers([]int64{store.WordsOf(quote)}) + "'" }
		return tx.Exec("INSERT INTO claims_search (rowid, text, exact) " + numbers + "SELECT i, 'a', " + rare(term("rare"), term("common")) + " FROM n").Error
	}))
	return s
}

// planned is how an engine would run a statement, and whether it would read much of a large table for it.
func planned(t *testing.T, s *store.Store, sql string, vars []any) (steps string, much bool) {
	t.Helper()
	must(0, s.Read(bg, func(tx *gorm.DB) error {
		if pgtest.Now == pgtest.SQLite {
			steps, much = planOfSQLite(tx, sql, vars)
		} else {
			steps, much = planOfPostgres(tx, sql, vars)
		}
		return nil
	}))
	return steps, much
}

// wholeTable is SQLite's step that reads a large table whole. The index of repeats has no more than what is asked for.
var wholeTable = regexp.MustCompile(`^SCAN (articles|occurrences|o)\b`)

// planOfSQLite looks for a table that is read whole and then sorted. One that is read in the order of the list ends with
// the page.
func planOfSQLite(tx *gorm.DB, sql string, vars []any) (steps string, much bool) {
	var rows []struct{ Detail string }
	raw(tx, "EXPLAIN QUERY PLAN "+sql, vars).Scan(&rows)
	scans, sorts := false, false
	for _, row := range rows {
		steps += row.Detail + "\n"
		scans = scans || wholeTable.MatchString(row.Detail) && !strings.HasSuffix(row.Detail, "occurrences_repeats")
		sorts = sorts || strings.Contains(row.Detail, "TEMP B-TREE FOR ORDER BY")
	}
	return steps, scans && sorts
}

// planOfPostgres runs the statement and counts the rows that it reads.
func planOfPostgres(tx *gorm.DB, sql string, vars []any) (steps string, much bool) {
	raw(tx, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+sql, vars).Scan(&steps)
	type node struct {
		Read    float64 `json:"Actual Rows"`
		Loops   float64 `json:"Actual Loops"`
		Removed float64 `json:"Rows Removed by Filter"`
		Plans   []node
	}
	var plans []struct{ Plan node }
	must(0, json.Unmarshal([]byte(steps), &plans))
	var rows func(node) float64
	rows = func(n node) float64 {
		sum := n.Removed * n.Loops
		if len(n.Plans) == 0 {
			sum += n.Read * n.Loops
		}
		for _, child := range n.Plans {
			sum += rows(child)
		}
		return sum
	}
	return steps, rows(plans[0].Plan) > multitude/2
}

// raw is a statement as it was run, its parameters as the engine writes them.
func raw(tx *gorm.DB, sql string, vars []any) *gorm.DB {
	if pgtest.Now == pgtest.Postgres {
		for i := len(vars); i > 0; i-- {
			sql = strings.ReplaceAll(sql, fmt.Sprintf("$%d", i), fmt.Sprintf("@v%d ", i))
		}
		named := map[string]any{}
		for i, v := range vars {
			named[fmt.Sprintf("v%d", i+1)] = v
		}
		return tx.Raw(sql, named)
	}
	return tx.Raw(sql, vars...)
}

func TestNoFilterOrSortReadsALargeTableWhole(t *testing.T) {
	t.Parallel()
	s := mass(t)
	yes, no := true, false
	at := func(i tracker.Instant) *tracker.Instant { return &i }
	early, late, between := store.Between{To: at(500)}, store.Between{From: at(multitude - 500)}, store.Between{From: at(10_000), To: at(20_000)}
	type (
		af = store.ArticleFilter
		of = store.OccurrenceFilter
	)
	articles := map[string]af{
		"nothing": {}, "a common source": {SourceIDs: []int64{1}}, "a rare source": {SourceIDs: []int64{2}}, "no source": {SourceIDs: []int64{9}}, "two sources": {SourceIDs: []int64{1, 2}},
		"a common language": {Languages: []string{"en"}}, "a rare language": {Languages: []string{"de"}}, "no language": {Languages: []string{"fr"}}, "two languages": {Languages: []string{"de", "en"}},
		"a URL": {URLs: []string{"https://a.example/77"}}, "a text": {SHA256s: []string{"sum77"}},
		"a common host": {Hosts: []string{"a.example"}}, "a rare host": {Hosts: []string{"b.example"}}, "no host": {Hosts: []string{"c.example"}},
		"a common kind": {SourceKinds: []tracker.SourceKind{"news_outlet"}}, "a rare kind": {SourceKinds: []tracker.SourceKind{"academic"}}, "no kind": {SourceKinds: []tracker.SourceKind{"other"}},
		"a common country": {SourceCountries: []string{"GB"}}, "a rare country": {SourceCountries: []string{"FR"}},
		"a common election": {ElectionIDs: []int64{1}}, "a rare election": {ElectionIDs: []int64{2}}, "no election": {ElectionIDs: []int64{3}},
		"archived": {Archived: &yes}, "not archived": {Archived: &no}, "published early": {Published: early}, "published late": {Published: late}, "published between": {Published: between},
		"created early": {Created: early}, "created late": {Created: late}, "created between": {Created: between},
		"updated early": {Updated: early}, "updated late": {Updated: late}, "updated between": {Updated: between},
		"a source on an election": {SourceIDs: []int64{1}, ElectionIDs: []int64{2}}, "a rare source on an election": {SourceIDs: []int64{2}, ElectionIDs: []int64{1}},
		"a common and a rare": {Languages: []string{"en"}, Hosts: []string{"b.example"}}, "two that are common": {Languages: []string{"en"}, Hosts: []string{"a.example"}},
	}
	occurrences := map[string]of{
		"nothing": {}, "a claim": {ClaimIDs: []int64{77}}, "an article": {ArticleIDs: []int64{77}}, "a sentence": {SentenceIDs: []int64{77}},
		"a common source": {SourceIDs: []int64{1}}, "a rare source": {SourceIDs: []int64{2}}, "no source": {SourceIDs: []int64{9}}, "two sources": {SourceIDs: []int64{1, 2}},
		"a common stance": {Stances: []tracker.Stance{"reports"}}, "a rare stance": {Stances: []tracker.Stance{"rebuts"}}, "no stance": {Stances: []tracker.Stance{"denies"}},
		"a common election": {ElectionIDs: []int64{1}}, "a rare election": {ElectionIDs: []int64{2}}, "no election": {ElectionIDs: []int64{3}},
		"a common quote": {Quotes: []string{"Common!"}}, "a rare quote": {Quotes: []string{"“Rare”"}}, "no quote": {Quotes: []string{"x"}},
		"origins": {IsOrigin: &yes}, "no origins": {IsOrigin: &no}, "created early": {Created: early}, "created late": {Created: late}, "created between": {Created: between},
		"updated early": {Updated: early}, "updated late": {Updated: late}, "updated between": {Updated: between},
		"a common and a rare": {Stances: []tracker.Stance{"reports"}, SourceIDs: []int64{2}}, "two that are common": {Stances: []tracker.Stance{"reports"}, ElectionIDs: []int64{1}, IsOrigin: &yes},
	}
	var asked string
	type statement struct {
		of   string
		sql  string
		vars []any
	}
	var ran []statement
	s.Watch(func(sql string, vars []any) { ran = append(ran, statement{asked, sql, vars}) })
	// The one exception: of many records of one time, sorted by another, those that come before the first are read too.
	excepted := func(name, sort string) bool {
		time, between := strings.CutSuffix(name, " between")
		return between && !strings.Contains(sort, time)
	}
	for _, sort := range s.Articles.Sorts() {
		for name, f := range articles {
			if excepted(name, sort) {
				continue
			}
			asked = fmt.Sprintf("articles of %s by %s", name, sort)
			l := must(s.Articles.List(bg, f, store.Page{Limit: 20, Sort: sort}, nil))
			if l.Next != nil {
				must(s.Articles.List(bg, f, store.Page{Limit: 20, Sort: sort, After: l.Next}, nil))
			}
		}
	}
	for _, sort := range s.Occurrences.Sorts() {
		for name, f := range occurrences {
			if excepted(name, sort) {
				continue
			}
			asked = fmt.Sprintf("occurrences of %s by %s", name, sort)
			l := must(s.Occurrences.List(bg, f, store.Page{Limit: 20, Sort: sort}, nil))
			if l.Next != nil {
				must(s.Occurrences.List(bg, f, store.Page{Limit: 20, Sort: sort, After: l.Next}, nil))
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range ran {
		if key := fmt.Sprint(r.sql, r.vars); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		steps, much := planned(t, s, r.sql, r.vars)
		if much {
			t.Errorf("%s\n%s\n%s", r.of, r.sql, steps)
		}
		// All that carry a common quote may be at the end of any order.
		if pgtest.Now == pgtest.SQLite && strings.HasPrefix(r.of, "occurrences of a common quote") && !strings.Contains(steps, "SCAN f VIRTUAL TABLE") {
			t.Errorf("%s\n%s\n%s does not look for the quote", r.of, r.sql, steps)
		}
	}
}

func TestAPageOfASearchReadsNoMoreTheDeeperItIs(t *testing.T) {
	t.Parallel()
	s := mass(t)
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		statements := []string{"INSERT INTO articles_search (rowid, title) SELECT id, 'a' FROM articles", "INSERT INTO sentences_search (rowid, text) SELECT id, 'a' FROM sentences"}
		if pgtest.Now == pgtest.Postgres {
			statements = nil
			for _, table := range []string{"articles", "sentences", "claims"} {
				statements = append(statements, "INSERT INTO "+table+"_search (id, terms, words) SELECT id, '''a'':1A', '' FROM "+table, "ANALYZE "+table+"_search")
			}
		}
		for _, statement := range statements {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}))
	query := must(search.Parse("a"))
	found := store.Search{Query: &query}
	type statement struct {
		sql  string
		vars []any
	}
	var ran []statement
	s.Watch(func(sql string, vars []any) { ran = append(ran, statement{sql, vars}) })
	for sort, after := range map[string]int64{"created_at": multitude - 1000, "-created_at": 1000} {
		page := store.Page{Limit: 20, Sort: sort, After: &store.Cursor{ID: after}}
		first := map[string]int64{
			"article":  must(s.Articles.List(bg, store.ArticleFilter{Search: found}, page, nil)).Items[0].ID,
			"sentence": must(s.Sentences.List(bg, store.SentenceFilter{Search: found}, page, nil)).Items[0].ID,
			"claim":    must(s.Claims.List(bg, store.ClaimFilter{Search: found}, page, nil)).Items[0].ID,
		}
		next := map[string]int64{"created_at": after + 1, "-created_at": after - 1}[sort]
		for what, id := range first {
			if id != next {
				t.Errorf("after %d by %s comes the %s %d; want %d", after, sort, what, id, next)
			}
		}
	}
	searches := 0
	for _, r := range slices.Clone(ran) {
		if !strings.Contains(r.sql, "_search") || !strings.Contains(r.sql, "LIMIT") {
			continue
		}
		searches++
		if steps, much := planned(t, s, r.sql, r.vars); much {
			t.Errorf("%s %v\n%s", r.sql, r.vars, steps)
		}
	}
	if searches < 6 {
		t.Errorf("%d statements searched; want one of each list, each way", searches)
	}
}
