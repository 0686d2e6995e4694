package rest_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"

	"claimtracker/api/rest"
)

// fill gives a value members at random.
func fill(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, member := range v.Fields() {
			fill(r, member)
		}
	case reflect.Slice:
		if r.IntN(4) > 0 {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		}
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int64:
		v.SetInt(r.Int64N(1<<50) * r.Int64N(2))
	case reflect.String:
		v.SetString([]string{"", "a", `"b" \ c`, "d\n\t\x01\x7f", "<e>&'f'", "сведения 選挙 🗳", "\u2028\u2029\ufffd", "/api/v1/claims?tag=b%26c"}[r.IntN(8)])
	default:
		panic("what is counted has no " + v.Kind().String())
	}
}

func TestWhatIsCountedIsWrittenAsItsTypesSay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, counted := range []interface{ AppendTo(b []byte) []byte }{
		&rest.ClaimFacets{}, &rest.Timeline{}, &rest.Crosstab{}, &rest.SeenList{},
	} {
		for range 200 {
			fill(r, reflect.ValueOf(counted).Elem())
			want, err := json.Marshal(counted)
			if err != nil {
				t.Fatal(err)
			}
			if is := counted.AppendTo([]byte("before ")); string(is) != "before "+string(want) {
				t.Fatalf("%+v is written as\n%s\nwant\n%s", counted, is, want)
			}
		}
	}
}
