package store

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// derivation is something that is kept in tables of its own and made of the records alone: it is faster to ask, and never
// the truth. It is brought up to date in the transactions that change the records, and made anew where its form changed.
type derivation struct {
	name string
	// format is the number of its form. Whoever changes what is derived, or how it is kept, counts it up.
	format int64
	// rebuild makes it anew from all records.
	rebuild func(tx *gorm.DB) error
	// renew brings what is derived from these claims up to date, some of which may be there no more.
	renew func(tx *gorm.DB, claims []int64) error
}

// derivations are all that there are.
var derivations = []derivation{listsDerivation}

// changing says that claims, or what is derived from them, are about to change. It comes before the change.
func changing(tx *gorm.DB, claims ...int64) error {
	t := transactionOf(tx)
	for _, id := range claims {
		t.touched[id] = struct{}{}
	}
	return nil
}

// created says that a claim is new.
func created(tx *gorm.DB, claim int64) { transactionOf(tx).touched[claim] = struct{}{} }

// derive brings up to date what is derived from the claims that a transaction touched.
func derive(tx *gorm.DB, t *transaction) error {
	if len(t.touched) == 0 {
		return nil
	}
	claims := slices.Sorted(maps.Keys(t.touched))
	for _, d := range derivations {
		if err := d.renew(tx, claims); err != nil {
			return err
		}
	}
	return nil
}

// rebuild makes anew what is derived in another form than this program's, or not at all.
func (s *Store) rebuild(ctx context.Context) error {
	for _, d := range derivations {
		var format int64
		err := s.write.WithContext(ctx).Raw("SELECT COALESCE(max(format), 0) FROM derived WHERE name = ?", d.name).Scan(&format).Error
		if err != nil || format == d.format {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.alone(ctx, d.remake); err != nil {
			return err
		}
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
