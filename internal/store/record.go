package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"

	"claimtracker/internal/tracker"
)

// Guard says which versions of a record a change may be made from (RFC 9110, If-Match).
type Guard struct {
	Any      bool
	Versions []int64
}

// check is nil when the record is at a version that the guard allows, else Stale.
func (g Guard) check(r tracker.Record) error {
	if g.Any || slices.Contains(g.Versions, r.Version) {
		return nil
	}
	return tracker.Errorf(tracker.Stale, "The record has changed since you read it: it is at version %d now", r.Version)
}

// get reads one record by its id; NotFound when there is none.
func get[T any](tx *gorm.DB, noun string, id int64) (T, error) {
	var record T
	err := tx.Take(&record, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return record, tracker.Errorf(tracker.NotFound, "There is no %s %d", noun, id)
	}
	return record, err
}

// byID reads the records with these ids, in one query; those that do not exist are left out.
func byID[T interface{ Meta() tracker.Record }](tx *gorm.DB, ids []int64) (map[int64]T, error) {
	return filledByID(tx, ids, func([]T) error { return nil })
}

// filledByID is byID with what fill puts in place.
func filledByID[T interface{ Meta() tracker.Record }](tx *gorm.DB, ids []int64, fill func([]T) error) (map[int64]T, error) {
	found := map[int64]T{}
	if len(ids) == 0 {
		return found, nil
	}
	var records []T
	if err := tx.Find(&records, "id IN ?", distinct(ids)).Error; err != nil {
		return nil, err
	}
	err := fill(records)
	for _, r := range records {
		found[r.Meta().ID] = r
	}
	return found, err
}

func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// create inserts a record whose meta is part of it, as version 1.
func (s *Store) create(tx *gorm.DB, record any, meta *tracker.Record) error {
	*meta = s.newRecord(tx)
	return tx.Create(record).Error
}

// newRecord is the meta of a record that is about to be inserted.
func (s *Store) newRecord(tx *gorm.DB) tracker.Record {
	now := s.moment(tx)
	return tracker.Record{CreatedAt: now, UpdatedAt: now, Version: 1}
}

// save writes a record whose meta is part of it over the version that it was read at, and counts that up.
func (s *Store) save(tx *gorm.DB, record any, meta *tracker.Record) error {
	was := meta.Version
	meta.Version, meta.UpdatedAt = was+1, s.moment(tx)
	done := tx.Model(record).Where("version = ?", was).Select("*").Omit("id", "created_at").Updates(record)
	if done.Error == nil && done.RowsAffected != 1 {
		return tracker.Errorf(tracker.Stale, "The record was changed by somebody else just now")
	}
	return done.Error
}

// update changes a record's input, where the guard allows it, and saves the record if that made a difference: check runs
// on the changed input, in the same transaction. change replaces lists rather than writing into them.
func update[I any](s *Store, tx *gorm.DB, g Guard, record any, meta *tracker.Record, in *I, change func(*I) error, check func() error) (differs bool, err error) {
	if err := g.check(*meta); err != nil {
		return false, err
	}
	was := *in
	if err := change(in); err != nil {
		return false, err
	}
	if err := check(); err != nil || reflect.DeepEqual(was, *in) {
		return false, err
	}
	return true, s.save(tx, record, meta)
}

// reference is how a resource may point at a record.
type reference struct {
	resource string
	count    func(tx *gorm.DB, id int64) (int64, error) // how many do that point at the record with a given id
}

// counted counts by a query.
func counted(query string) func(tx *gorm.DB, id int64) (int64, error) {
	return func(tx *gorm.DB, id int64) (n int64, err error) {
		err = tx.Raw(query, id).Scan(&n).Error
		return n, err
	}
}

// unreferenced is nil when nothing points at the record, else a Conflict with the counts.
func unreferenced(tx *gorm.DB, noun string, id int64, references ...reference) error {
	counts, said := map[string]int64{}, []string{}
	for _, r := range references {
		n, err := r.count(tx, id)
		if err != nil {
			return err
		}
		if n > 0 {
			counts[r.resource] = n
			said = append(said, fmt.Sprintf("%d %s", n, r.resource))
		}
	}
	if len(counts) == 0 {
		return nil
	}
	err := tracker.Errorf(tracker.Conflict, "The %s %d is still pointed at by %s", noun, id, strings.Join(said, " and "))
	err.References = counts
	return err
}

// remove deletes one row by its id.
func remove[T any](tx *gorm.DB, id int64) error {
	return tx.Delete(new(T), "id = ?", id).Error
}

// pointsAt notes a field whose id names no record. That an id is none at all, the domain's check has noted.
func pointsAt[T interface{ Meta() tracker.Record }](tx *gorm.DB, p *tracker.Problems, pointer, noun string, id *int64) error {
	if id == nil || *id < 1 {
		return nil
	}
	found, err := byID[T](tx, []int64{*id})
	if _, ok := found[*id]; err == nil && !ok {
		p.Add(pointer, "not_found", "there is no %s %d", noun, *id)
	}
	return err
}

// unique is nil when q finds no record, else a Conflict that names the one that is there.
func unique[T interface{ Meta() tracker.Record }](q *gorm.DB, resource, detail string) error {
	var there []T
	if err := q.Limit(1).Find(&there).Error; err != nil || len(there) == 0 {
		return err
	}
	err := tracker.Errorf(tracker.Conflict, "%s", detail)
	err.Existing = &tracker.Existing{Resource: resource, ID: there[0].Meta().ID}
	return err
}
