package text

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A sample is one text of a shared set with its sentences, in code points.
type sample struct {
	ID    string   `json:"id"`
	Lang  string   `json:"lang"`
	Text  string   `json:"text"`
	Spans [][2]int `json:"spans"`
}

// The sets stand in shared/corpora beside the repository, one JSON record a line, and are not part of it.
func TestSplitReachesItsGoalOnTheSharedSets(t *testing.T) {
	goals := map[string]float64{
		"sentences-en-dev.jsonl": 0.97,
		"sentences-es-dev.jsonl": 0.985,
		"sentences-fr-dev.jsonl": 0.985,
	}
	sets, err := filepath.Glob("../../../shared/corpora/sentences-*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) == 0 {
		t.Log("the shared sets are not there: nothing measured")
	}
	for _, path := range sets {
		precision, recall := measure(readSamples(t, path))
		f1 := 2 * precision * recall / (precision + recall)
		name := filepath.Base(path)
		t.Logf("%s: F1 %.4f (precision %.4f, recall %.4f)", name, f1, precision, recall)
		if f1 < goals[name] {
			t.Errorf("F1 of Split on %s = %.4f; want at least %.3f", name, f1, goals[name])
		}
	}
}

// measure compares Split with the sentences of the samples: one is right when both of its ends are.
func measure(samples []sample) (precision, recall float64) {
	var right, found, wanted float64
	for _, sample := range samples {
		want := map[Span]bool{}
		for _, span := range sample.Spans {
			want[Span{Start: span[0], End: span[1]}] = true
		}
		got := Split(sample.Text, sample.Lang)
		for _, span := range got {
			if want[span] {
				right++
			}
		}
		found += float64(len(got))
		wanted += float64(len(want))
	}
	return right / found, right / wanted
}

func readSamples(t *testing.T, path string) []sample {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var samples []sample
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("reading %s: %v", path, err)
		}
		samples = append(samples, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	return samples
}
