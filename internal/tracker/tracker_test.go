package tracker

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInstantsAreReadFromRFC3339AndWrittenInUTCWithMicroseconds(t *testing.T) {
	for in, want := range map[string]string{
		"2024-01-31T08:34:00Z":                "2024-01-31T08:34:00.000000Z",
		"2024-01-31T08:34:00.5Z":              "2024-01-31T08:34:00.500000Z",
		"2024-01-31T08:34:00.123456789Z":      "2024-01-31T08:34:00.123456Z",
		"2024-01-31T08:34:00+05:30":           "2024-01-31T03:04:00.000000Z",
		"2024-01-31T23:30:00-01:00":           "2024-02-01T00:30:00.000000Z",
		"2024-02-29T00:00:00-00:00":           "2024-02-29T00:00:00.000000Z",
		"1969-12-31T23:59:59.9999999Z":        "1969-12-31T23:59:59.999999Z",
		"0001-01-01T00:00:00Z":                "0001-01-01T00:00:00.000000Z",
		"9999-12-31T23:59:59.999999999-00:00": "9999-12-31T23:59:59.999999Z",
	} {
		var got Instant
		if err := got.UnmarshalText([]byte(in)); err != nil || got.String() != want {
			t.Errorf("UnmarshalText(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestWhatIsNoRFC3339TimeIsRefused(t *testing.T) {
	for _, in := range []string{
		"", "2024-01-31", "2024-01-31 08:34:00Z", "2024-01-31T08:34:00", "2024-01-31T08:34Z", "1706690040",
		"2024-02-30T08:34:00Z", "2023-02-29T08:34:00Z", "2024-13-01T08:34:00Z", "2024-01-31T24:00:00Z", "2024-01-31T08:60:00Z",
		"2024-01-31T8:34:00Z", "2024-01-31T08:34:00,5Z", "2024-01-31T08:34:00.Z", "2024-01-31T08:34:00+24:00",
		"2024-01-31T08:34:00+05", "2024-01-31T08:34:00Z ", " 2024-01-31T08:34:00Z", "02024-01-31T08:34:00Z", "-2024-01-31T08:34:00Z",
		"0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "0000-12-31T23:59:59Z",
	} {
		got := Instant(7)
		if err := got.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("UnmarshalText(%q) = %s; want an error", in, got)
		}
		if got != 7 {
			t.Errorf("UnmarshalText(%q) left %d behind; want 7, what was there before", in, got)
		}
	}
}

func TestInstantsSortAsText(t *testing.T) {
	instants := []Instant{-62135596800000000, -1, 0, 1, 999_999, 1_000_000, 253402300799999999}
	var texts []string
	for _, i := range instants {
		texts = append(texts, i.String())
	}
	if !slices.IsSorted(texts) {
		t.Errorf("the texts of ascending instants are %q; want them ascending", texts)
	}
}

// The digits are those of package time, in the years that RFC 3339 can write and beyond them.
func TestInstantsAreWrittenAsTheirLayoutSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	first, last := time.Date(-1, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC)
	instants := []Instant{0, 1, -1, InstantOf(first), InstantOf(last), InstantOf(time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC))}
	for range 10_000 {
		instants = append(instants, InstantOf(first)+Instant(r.Int64N(int64(InstantOf(last)-InstantOf(first)))))
	}
	for _, i := range instants {
		want := i.Time().Format("2006-01-02T15:04:05.000000Z")
		appended, _ := i.AppendText([]byte("at "))
		marshalled, _ := i.MarshalText()
		if i.String() != want || string(appended) != "at "+want || string(marshalled) != want {
			t.Errorf("%d is written %s, %s and %s; want %s", i, i, appended, marshalled, want)
		}
	}
}

func TestInstantOfCutsDownToWholeMicroseconds(t *testing.T) {
	for _, test := range []struct {
		in   time.Time
		want Instant
	}{
		{time.Unix(0, 0), 0},
		{time.Unix(0, 1999), 1},
		{time.Unix(-1, 999_999_999), -1},
		{time.Unix(1, 0).In(time.FixedZone("", 3600)), 1_000_000},
	} {
		if got := InstantOf(test.in); got != test.want {
			t.Errorf("InstantOf(%v) = %d; want %d", test.in, got, test.want)
		}
	}
}

func FuzzInstant(f *testing.F) {
	for _, seed := range []int64{0, 1, -1, -62135596800000000, 253402300799999999, math.MaxInt64, math.MinInt64} {
		f.Add(seed, "2024-01-31T08:34:00.5+05:30")
	}
	f.Fuzz(func(t *testing.T, micros int64, s string) {
		// Every instant that can be written can be read again as the same.
		if i := Instant(micros); i.Time().Year() >= 1 && i.Time().Year() <= 9999 {
			var again Instant
			if err := again.UnmarshalText([]byte(i.String())); err != nil || again != i {
				t.Errorf("%d was written as %s and read as %d, %v", i, i, again, err)
			}
		}
		// Whatever can be read is written in the one form, and stays what it is.
		var read, again Instant
		if read.UnmarshalText([]byte(s)) == nil {
			if err := again.UnmarshalText([]byte(read.String())); err != nil || again != read || len(read.String()) != len(instantLayout) {
				t.Errorf("%q was read as %s, and that as %s, %v", s, read, again, err)
			}
		}
	})
}

func TestListsOfWordsKeepTheirWordsInAColumn(t *testing.T) {
	for _, words := range []Strings{{}, {"a"}, {"", " "}, {`"quoted"`, `back\slash`, "line\nend", "да", "𝔘", "</script>"}} {
		column, err := words.Value()
		if err != nil {
			t.Fatal(err)
		}
		for _, stored := range []any{column, []byte(column.(string))} {
			var got Strings
			if err := got.Scan(stored); err != nil || !slices.Equal(got, words) {
				t.Errorf("Scan(%q) = %q, %v; want %q", stored, got, err, words)
			}
		}
	}
}

func TestAnAbsentListOfWordsIsStoredAsAnEmptyOne(t *testing.T) {
	if got, err := Strings(nil).Value(); got != "[]" || err != nil {
		t.Errorf("Strings(nil).Value() = %v, %v; want []", got, err)
	}
}

func TestAColumnThatIsNoListOfWordsIsAnError(t *testing.T) {
	for _, stored := range []any{nil, int64(1), "", "{}", `[1]`, []byte(`["a"`)} {
		var got Strings
		if err := got.Scan(stored); err == nil {
			t.Errorf("Scan(%v) = %q; want an error", stored, got)
		}
	}
}

func TestEveryRecordCarriesItsMeta(t *testing.T) {
	meta := Record{ID: 7, CreatedAt: 1, UpdatedAt: 2, Version: 3}
	for name, got := range map[string]Record{
		"source": Source{Record: meta}.Meta(), "actor": Actor{Record: meta}.Meta(), "election": Election{Record: meta}.Meta(),
		"article": Article{Record: meta}.Meta(), "claim": Claim{Record: meta}.Meta(), "occurrence": Occurrence{Record: meta}.Meta(),
	} {
		if got != meta {
			t.Errorf("the meta of a %s = %+v; want %+v", name, got, meta)
		}
	}
	b, err := json.Marshal(meta)
	want := `{"id":7,"created_at":"1970-01-01T00:00:00.000001Z","updated_at":"1970-01-01T00:00:00.000002Z","version":3}`
	if err != nil || string(b) != want {
		t.Errorf("a record's JSON = %s, %v; want %s", b, err, want)
	}
}

// told is what a check notes, one "pointer code" a field.
func told(p Problems) []string {
	all := []string{}
	for _, f := range p.fields {
		all = append(all, strings.TrimPrefix(f.Pointer, "#")+f.Parameter+" "+f.Code)
	}
	return all
}
