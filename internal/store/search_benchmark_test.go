package store_test

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/pgtest"
	"claimtracker/internal/search"
	"claimtracker/internal/store"
)

// What a search costs the store, without HTTP. CLAIMS says of how many claims (100000 unless given); a quarter of them have
// the word common, one in a hundred thousand has the word rare:
//
//	CLAIMS=1000000 go test -tags sqlite_fts5 -run '^$' -bench Search -timeout 1h ./internal/store
func BenchmarkSearch(b *testing.B) {
	claims, err := strconv.Atoi(cmp.Or(os.Getenv("CLAIMS"), "100000"))
	if err != nil {
		b.Fatal(err)
	}
	path := pgtest.Address(b)
	s := must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock()))
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		if err := tx.Exec(`INSERT INTO claims (id, created_at, updated_at, version, text, kind, status, status_since, claimed_on, language)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT i, i, i, 1, 'The minister said w' || (i % 1000) || ' and w' || (i * 7 % 20011) || ' of the vote w' || (i * 13 % 50021) ||
				CASE WHEN i * 31 % 97 < 24 THEN ' common' ELSE '' END || CASE i % 100000 WHEN 77 THEN ' rare' ELSE '' END,
				CASE i % 10 WHEN 0 THEN 'denial' ELSE 'allegation' END, 'logged', i, '', 'en' FROM n`, claims).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM derived").Error
	}))
	must(0, s.Close())
	s = must(store.Open(bg, path, slog.New(slog.DiscardHandler), clock())) // which makes the indexes
	b.Cleanup(func() { must(0, s.Close()) })
	for _, c := range []struct {
		name, q string
		page    store.Page
	}{
		{"rare", "rare", page("-created_at")},
		{"common", "common", page("-created_at")},
		{"common deep", "common", store.Page{Limit: 50, Sort: "-created_at", After: &store.Cursor{ID: int64(claims / 2)}}},
		{"common phrase", `"vote w1"* OR "the vote"`, page("-created_at")},
		{"common without", "common -w7", page("-created_at")},
		{"beginning", "w12*", page("-created_at")},
		{"rare ranked", "rare", page(store.Relevance)},
		{"common ranked", "common", page(store.Relevance)},
		{"common words ranked", "common vote", page(store.Relevance)},
		{"common counted", "common", store.Page{Limit: 50, Sort: "-created_at", Total: true}},
	} {
		c.page.Limit = 50
		q := must(search.Parse(c.q))
		b.Run(fmt.Sprintf("%s of %d", c.name, claims), func(b *testing.B) {
			for b.Loop() {
				must(s.FindClaims(bg, q, c.page))
			}
		})
		b.Run(fmt.Sprintf("%s of %d, read", c.name, claims), func(b *testing.B) {
			for b.Loop() {
				must(s.Claims.List(bg, store.ClaimFilter{Search: store.Search{Query: &q}}, c.page, nil))
			}
		})
	}
}
