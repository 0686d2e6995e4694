package store

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// derivation is something that is kept in tables of its own and made of the records alone: it is faster to ask, and never
// the truth. It is brought up to date in the transactions that change the records, and made anew where its form changed.
type derivation struct {
	name string
	// format is the number of its form. Whoever changes what is derived, or how it is kept, counts it up.
	format int64
	// rebuild makes it anew from all records.
	rebuild func(tx *gorm.DB) error
	// remember notes, in the transaction, what claims are like before they change. Nil where renew needs no such thing.
	remember func(tx *gorm.DB, claims []int64) error
	// renew brings what is derived from these claims up to date, some of which may be there no more. Nil where whoever changes a
	// record does it.
	renew func(tx *gorm.DB, claims []int64) error
}

// derivations are all that there are.
var derivations = []derivation{listsDerivation, facetDerivation, searchDerivation, claimSearchDerivation, documentDerivation, recordDerivation}

// changing says that claims, or what is derived from them, are about to change. It comes before the change.
func changing(tx *gorm.DB, claims ...int64) error {
	t := transactionOf(tx)
	for _, id := range claims {
		delete(t.fresh, id)
	}
	unchanged := slices.DeleteFunc(slices.Clone(claims), func(id int64) bool { _, ok := t.touched[id]; return ok })
	if len(unchanged) == 0 {
		return nil
	}
	for _, id := range unchanged {
		t.touched[id] = struct{}{}
	}
	for _, d := range derivations {
		if d.remember == nil {
			continue
		}
		if err := d.remember(tx, unchanged); err != nil {
			return err
		}
	}
	return nil
}

// created says that a claim is new, and all of it known.
func created(tx *gorm.DB, claim *tracker.Claim, ready *readyClaim) {
	t := transactionOf(tx)
	t.touched[claim.ID], t.fresh[claim.ID], t.ready[claim.ID] = struct{}{}, claim, ready
}

// derive brings up to date what is derived from the claims that a transaction touched.
func derive(tx *gorm.DB, t *transaction) error {
	if len(t.touched) == 0 {
		return nil
	}
	claims := t.claims()
	for _, d := range derivations {
		if d.renew == nil {
			continue
		}
		if err := d.renew(tx, claims); err != nil {
			return err
		}
	}
	return nil
}

// claims are the claims that were touched so far.
func (t *transaction) claims() []int64 { return slices.Sorted(maps.Keys(t.touched)) }

// rebuild makes anew what is derived in another form than this program's, or not at all, and logs that: it takes minutes where
// there are a million claims.
func (s *Store) rebuild(ctx context.Context, log *slog.Logger) error {
	empty, err := s.Empty(ctx)
	if err != nil {
		return err
	}
	if empty {
		log = slog.New(slog.DiscardHandler) // there is nothing that takes time
	}
	counted := empty
	for _, d := range derivations {
		var format int64
		err := s.write.WithContext(ctx).Raw("SELECT COALESCE(max(format), 0) FROM derived WHERE name = ?", d.name).Scan(&format).Error
		if err != nil || format == d.format {
			if err != nil {
				return err
			}
			continue
		}
		began := time.Now()
		log.InfoContext(ctx, "making anew what is derived from the records", "what", d.name)
		err = s.alone(ctx, func(tx *gorm.DB) error {
			if err := s.engine.unhurried(tx); err != nil {
				return err
			}
			if !counted {
				if err := s.engine.recount(tx); err != nil {
					return err
				}
			}
			return d.remake(tx)
		})
		if err != nil {
			return err
		}
		counted = true
		log.InfoContext(ctx, "made anew what is derived from the records", "what", d.name, "took", time.Since(began))
	}
	return nil
}

// remake makes a derivation anew and notes its form.
func (d derivation) remake(tx *gorm.DB) error {
	if err := d.rebuild(tx); err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM derived WHERE name = ?", d.name).Error; err != nil {
		return err
	}
	return tx.Exec("INSERT INTO derived (name, format) VALUES (?, ?)", d.name, d.format).Error
}
