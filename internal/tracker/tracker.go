// Package tracker is the domain of the claim tracker: its records, vocabularies, rules and errors.
//
// One principle carries it: text is immutable, links are evidence, judgements are append-only. The package knows
// nothing of HTTP or of SQL beyond how its small value types are written to a column.
//
// For each resource there is one Input type, all that a client may write, and one record that embeds it. Where making a
// record takes more than changing it (an article's text, a claim's origin), a New type embeds the Input once more.
package tracker

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// Record is what every stored record carries.
type Record struct {
	// ID names the record; it is never used again after the record is deleted.
	ID int64 `json:"id" gorm:"primaryKey" validate:"required" minimum:"1" example:"1"`
	// CreatedAt is when the record was made (UTC, RFC 3339, microseconds).
	CreatedAt Instant `json:"created_at" gorm:"autoCreateTime:false" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
	// UpdatedAt is when the record last changed (UTC, RFC 3339, microseconds).
	UpdatedAt Instant `json:"updated_at" gorm:"autoUpdateTime:false" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
	// Version counts the record's changes, from 1. The ETag begins with it and If-Match compares it.
	Version int64 `json:"version" validate:"required" minimum:"1" example:"1"`
}

// Meta is what every stored record carries; types that embed Record have it too.
func (r Record) Meta() Record { return r }

// Instant is a moment in microseconds since 1970-01-01T00:00:00Z; zero means that none is known. In JSON it is RFC 3339
// in UTC with six fractional digits, so that instants sort as text too.
type Instant int64

const instantLayout = "2006-01-02T15:04:05.000000Z"

// InstantOf is the Instant at t, cut down to whole microseconds.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time is the moment in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// String is the moment as it stands in JSON.
func (i Instant) String() string { return string(i.append(make([]byte, 0, len(instantLayout)))) }

// MarshalText writes the moment as String does.
func (i Instant) MarshalText() ([]byte, error) { return i.append(nil), nil }

// AppendText appends the moment as String has it.
func (i Instant) AppendText(b []byte) ([]byte, error) { return i.append(b), nil }

// append writes the digits of years that have four by itself: package time would read the layout anew each time.
func (i Instant) append(b []byte) []byte {
	t := i.Time()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(b, instantLayout)
	}
	hour, minute, second := t.Clock()
	b = append(appendDigits(b, year, 4), '-')
	b = append(appendDigits(b, int(month), 2), '-')
	b = append(appendDigits(b, day, 2), 'T')
	b = append(appendDigits(b, hour, 2), ':')
	b = append(appendDigits(b, minute, 2), ':')
	b = append(appendDigits(b, second, 2), '.')
	return append(appendDigits(b, t.Nanosecond()/int(time.Microsecond), 6), 'Z')
}

// appendDigits appends a number as so many digits.
func appendDigits(b []byte, n, digits int) []byte {
	for range digits {
		b = append(b, '0')
	}
	for at := len(b) - 1; n > 0; at, n = at-1, n/10 {
		b[at] = byte('0' + n%10)
	}
	return b
}

// instantForm is what RFC 3339 asks for and package time lets go: two digits of the hour, a point before the fraction,
// and an offset of less than a day.
var instantForm = regexp.MustCompile(`^.{10}T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// UnmarshalText reads an RFC 3339 time with any offset, between the years 1 and 9999.
func (i *Instant) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil || !instantForm.Match(b) || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return fmt.Errorf("must be an RFC 3339 time such as 2024-01-31T08:34:00Z")
	}
	*i = InstantOf(t)
	return nil
}

// Date is a calendar day, YYYY-MM-DD (RFC 3339 full-date); empty means that none is known.
type Date string

// Start is the moment at which the day begins, in UTC.
func (d Date) Start() Instant {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0
	}
	return InstantOf(t)
}

// Day is how much later the next day begins.
const Day = Instant(24 * time.Hour / time.Microsecond)

// Strings is a list of words that is kept in one column as a JSON array.
type Strings []string

// Value writes the list as a JSON array; an absent list is [].
func (s Strings) Value() (driver.Value, error) {
	if s == nil {
		return "[]", nil
	}
	b, err := json.Marshal([]string(s))
	return string(b), err
}

// Scan reads the JSON array that Value wrote.
func (s *Strings) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), (*[]string)(s))
	case []byte:
		return json.Unmarshal(v, (*[]string)(s))
	default:
		return fmt.Errorf("a list of words was stored as %T", v)
	}
}
