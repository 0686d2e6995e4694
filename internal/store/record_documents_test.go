package store_test

import (
	"math/rand/v2"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/store"
)

func TestWhatClaimsAreShownWithIsMadeAnew(t *testing.T) {
	address := empty(t)
	s, r := newScene(openAt(t, address)), rand.New(rand.NewPCG(5, 6))
	if err := s.grow(r, 25); err != nil {
		t.Fatal(err)
	}
	addHostile(s)
	must(0, s.Write(bg, func(tx *gorm.DB) error {
		for _, statement := range []string{"UPDATE actor_documents SET document = '{}'", "DELETE FROM article_documents", "DELETE FROM election_documents",
			"UPDATE source_documents SET document = '{\"id\":1}'", "DELETE FROM derived"} {
			must(0, tx.Exec(statement).Error)
		}
		return nil
	}))
	must(0, s.Close())
	splicedMatch(bg, t, openAt(t, address), store.ClaimFilter{})
}
