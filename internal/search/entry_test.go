package search

import (
	"fmt"
	"strings"
	"testing"
)

func TestAColumnHasAGapAfterEachText(t *testing.T) {
	for want, texts := range map[string][]string{
		"":                 nil,
		"¶":                {"!"},
		"the vote ¶ 选 举 ¶": {"The vote.", "选举"},
		"a ¶ ¶ b ¶":        {"a¶", "", "b"},
	} {
		if got := Column(texts...); got != want {
			t.Errorf("Column(%q) = %q; want %q", texts, got, want)
		}
	}
}

func TestAColumnHasOnlySoManyTerms(t *testing.T) {
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "w%d ", i)
	}
	column := Column(b.String()+"w7 last", "w8")
	distinct, size := map[string]bool{}, 0
	for term := range strings.FieldsSeq(column) {
		if !distinct[term] {
			distinct[term] = true
			size += len(term)
		}
	}
	if size > maxDistinct+len(Gap) || size < maxDistinct-10 || distinct["last"] || !strings.HasSuffix(column, " w7 ¶ w8 ¶") {
		t.Errorf("%d bytes of terms, ending with %q; want at most %d, ending with what was there before", size, column[len(column)-20:], maxDistinct)
	}
	common := strings.Repeat("the vote was rigged ", 100_000)
	if got := Column(common); got != common+Gap {
		t.Errorf("a long text of few terms has %d bytes; want all of its %d", len(got), len(common)+len(Gap))
	}
}
