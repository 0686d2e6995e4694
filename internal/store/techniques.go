package store

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"claimtracker/internal/tracker"
)

// Techniques are DISARM Red's tactics and techniques. They come with the seeds and are only read.
type Techniques struct{ s *Store }

// Get is the technique with that code, or NotFound.
func (c Techniques) Get(ctx context.Context, code string) (technique tracker.Technique, err error) {
	err = c.s.Read(ctx, func(tx *gorm.DB) error {
		err := tx.Take(&technique, "code = ?", code).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return tracker.Errorf(tracker.NotFound, "There is no such technique")
		}
		return err
	})
	return technique, err
}

// List is the techniques of these tactics, or all of them, by code.
func (c Techniques) List(ctx context.Context, tactics []string) (techniques []tracker.Technique, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error {
		return where(tx, "tactic IN ?", tactics).Order("code").Find(&techniques).Error
	})
	return techniques, err
}

// Tactics are all tactics, by code.
func (c Techniques) Tactics(ctx context.Context) (tactics []tracker.Tactic, err error) {
	err = c.s.Browse(ctx, func(tx *gorm.DB) error { return tx.Order("code").Find(&tactics).Error })
	return tactics, err
}

// Put keeps a framework's tactics and techniques, over those of the same code.
func (c Techniques) Put(ctx context.Context, tactics []tracker.Tactic, techniques []tracker.Technique) error {
	return c.s.Write(ctx, func(tx *gorm.DB) error {
		tactics, techniques := slices.Clone(tactics), slices.Clone(techniques) // GORM writes into what it is given
		over := tx.Clauses(clause.OnConflict{UpdateAll: true}).Session(&gorm.Session{CreateBatchSize: 200})
		if err := over.Create(&tactics).Error; err != nil {
			return err
		}
		return over.Create(&techniques).Error
	})
}

// techniquesByCode reads the techniques with these codes, in one query; those that do not exist are left out. What does not
// look like a code is not asked for: it may hold what a database does not take as text, such as NUL in PostgreSQL.
func techniquesByCode(tx *gorm.DB, wanted []string) (map[string]tracker.Technique, error) {
	found := map[string]tracker.Technique{}
	var codes []string
	for _, code := range wanted {
		if tracker.IsTechniqueCode(code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return found, nil
	}
	var techniques []tracker.Technique
	err := tx.Find(&techniques, "code IN ?", codes).Error
	for _, t := range techniques {
		found[t.Code] = t
	}
	return found, err
}
