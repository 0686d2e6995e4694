// Package house_test holds the walls of the house up: which package may know which. Whoever adds a package says here what
// it may import; whoever finds this test red has taken a wall down.
package house_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "claimtracker"

// may says which packages of ours each package imports, no more and no less. Data flows one way: request, rest, store.
var may = map[string][]string{
	"api":      {"api/rest", "internal/generate", "internal/intake", "internal/store", "internal/tracker", "seeds"}, // it wires all, and nobody imports it
	"api/rest": {"docs", "internal/intake", "internal/search", "internal/store", "internal/tracker"},                // HTTP only
	"docs":     {},                                                                                                  // generated
	"seeds":    {"internal/intake", "internal/store", "internal/tracker"},

	"internal/tracker": {}, // the domain knows nobody
	"internal/text":    {},
	"internal/search":  {},
	"internal/webpage": {"internal/text"},
	"internal/intake":  {"internal/text", "internal/tracker", "internal/webpage"},
	"internal/bitset":  {},
	"internal/store":   {"internal/bitset", "internal/search", "internal/text", "internal/tracker"}, // SQL only

	"internal/benchmark": {}, // it meets the program from outside
	"internal/generate":  {"internal/intake", "internal/store", "internal/tracker", "seeds"},

	"internal/openapi":        {},
	"internal/openapi/derive": {"internal/openapi"},
	"internal/disktest":       {},
	"internal/house":          {},
	"internal/pgtest":         {},
}

// outside says which packages may import what is not ours and shapes all it touches.
var outside = map[string][]string{
	"github.com/labstack/echo":      {"api/rest"},
	"net/http":                      {"api", "api/rest", "internal/benchmark", "internal/intake", "internal/openapi", "internal/webpage"},
	"gorm.io/":                      {"internal/store"},
	"database/sql":                  {"internal/store", "internal/tracker"}, // the domain's small values say how they are written to a column
	"github.com/mattn/go-sqlite3":   {"internal/store"},
	"github.com/pressly/goose":      {"internal/store"},
	"github.com/gofrs/flock":        {"internal/store"},
	"github.com/alecthomas/kong":    {"api"},
	"github.com/markusmobius/":      {"internal/webpage"},
	"github.com/getkin/kin-openapi": {"internal/openapi"},
	"github.com/maypok86/otter":     {"api/rest"},
}

// imports are the imports of each package of the module, without those of its tests.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.Command("go", "list", "-tags", "sqlite_fts5", "-json=ImportPath,Imports", "./...")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(p.ImportPath, module+"/")] = p.Imports
	}
}

func TestEachPackageKnowsOnlyThoseThatItMay(t *testing.T) {
	found := imports(t)
	for name, imported := range found {
		allowed, ok := may[name]
		if !ok {
			t.Errorf("%s is new: say in this test what it may import", name)
			continue
		}
		for _, other := range imported {
			if other, ours := strings.CutPrefix(other, module+"/"); ours && !slices.Contains(allowed, other) {
				t.Errorf("%s imports %s; it may import %q only", name, other, allowed)
			}
		}
		for _, other := range allowed {
			if !slices.Contains(imported, module+"/"+other) {
				t.Errorf("%s may import %s and does not: take that out of this test", name, other)
			}
		}
	}
	for name := range may {
		if _, ok := found[name]; !ok {
			t.Errorf("%s is no package: take it out of this test", name)
		}
	}
}

func TestWhatShapesAllItTouchesStaysInItsRoom(t *testing.T) {
	for name, imported := range imports(t) {
		for _, library := range slices.Sorted(maps.Keys(outside)) {
			at := slices.IndexFunc(imported, func(path string) bool { return strings.HasPrefix(path, library) })
			if at >= 0 && !slices.Contains(outside[library], name) {
				t.Errorf("%s imports %s; that is for %q only", name, imported[at], outside[library])
			}
		}
	}
}

// The store has more files than one finds one's way through without a map: its package comment.
func TestTheMapOfTheStoreNamesEachFile(t *testing.T) {
	doc, err := os.ReadFile("../store/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../store/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the store has no files: %v", err)
	}
	there := map[string]bool{}
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasSuffix(name, "_test.go") && name != "doc.go" {
			there[name] = true
		}
	}
	for _, name := range regexp.MustCompile(`\w+\.go\b`).FindAllString(string(doc), -1) {
		if !there[name] {
			t.Errorf("%s is on it twice, or is not there", name)
		}
		delete(there, name)
	}
	for name := range there {
		t.Errorf("%s is not on it", name)
	}
}
