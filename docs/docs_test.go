package docs

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What is committed here must be what "go generate ./api" writes: the test runs that file's own go:generate lines, with
// another folder to write to.
func TestTheDocumentsAreThoseThatTheCodeDescribes(t *testing.T) {
	source, err := os.ReadFile("../api/main.go")
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, "../api", "../internal/tracker", "../internal/openapi")
	fresh := filepath.Join(t.TempDir(), "docs") // swag names the package after the folder
	ran := 0
	for line := range strings.Lines(string(source)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:generate ")
		if !ok {
			continue
		}
		words := strings.Fields(strings.ReplaceAll(command, "../docs", fresh))
		generate := exec.CommandContext(t.Context(), words[0], words[1:]...)
		generate.Dir = "../api"
		if output, err := generate.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, output)
		}
		ran++
	}
	if ran != 2 {
		t.Errorf("api/main.go has %d go:generate lines that write here; want 2, for swag and for derive", ran)
	}
	for _, name := range []string{"docs.go", "swagger.json", "swagger.yaml", "openapi.json"} {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what the code describes: run go generate ./api and commit it\n%s", name, firstDifference(got, want))
		}
	}
}

// readAll reads the files in the folders: go test repeats a result from its cache for as long as the files that the test
// itself has read are the same, and does not see what the commands read that it runs.
func readAll(t *testing.T, folders ...string) {
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				_, err = os.ReadFile(filepath.Join(folder, name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "committed: " + g[i] + "\ngenerated: " + w[i]
		}
	}
	return "one is the beginning of the other"
}
