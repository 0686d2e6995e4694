package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestGenerateFillsAnEmptyDatabaseAndSaysHowManyRowsOfEach(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made.db")
	said, _, err := told("generate", "--claims", "30", "--seed", "5", "--database", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"391 techniques\n", "40 sources\n", "60 actors\n", " 30 claims\n", "sentences\n", "Generated in "} {
		if !strings.Contains(said, want) {
			t.Errorf("generate said\n%swant %q in it", said, want)
		}
	}
	closedClean(t, path)
	_, _, err = told("generate", "--claims", "30", "--database", path)
	if err == nil || !strings.Contains(err.Error(), "made.db: the database has records already") {
		t.Errorf("generating again: %v; want it refused", err)
	}
}

func TestGenerateRefusesANumberThatMakesNoSense(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made.db")
	for _, args := range [][]string{{"--claims", "0"}, {"--claims=-1"}, {"--claims", "many"}, {}} {
		_, _, err := told(append([]string{"generate", "--database", path}, args...)...)
		if err == nil || !strings.Contains(err.Error(), "--claims") {
			t.Errorf("generate %q: %v; want it refused, naming --claims", args, err)
		}
	}
}
