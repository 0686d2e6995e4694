package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"claimtracker/internal/disktest"
)

// A full disk, as clients meet it.
func TestAServerWhoseDiskIsFullReadsOnAndWritesOnceThereIsRoom(t *testing.T) {
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.db")
	disk, ok := disktest.New(t, binary, path)
	if !ok {
		return
	}
	cmd := exec.Command(binary, serveArgs(path)...)
	cmd.Env = append(os.Environ(), disk.Environment()...)
	p := command(t, cmd).serving(t)
	acknowledged := map[string]string{} // location to name
	create := func() answer {
		t.Helper()
		name := fmt.Sprintf("source %d", len(acknowledged))
		a, err := ask(http.MethodPost, p.base+"/api/v1/sources", "application/json", fmt.Sprintf(`{"name": %q, "kind": "other"}`, name))
		if err != nil {
			t.Fatal(err)
		}
		if a.status == http.StatusCreated {
			acknowledged[a.header.Get("Location")] = name
		}
		return a
	}
	for range 2 {
		disk.Fill(true)
		var a answer
		for range 100 { // the log may have room for some
			if a = create(); a.status != http.StatusCreated {
				break
			}
		}
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" ||
			a.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(a.body, "nothing was changed") {
			t.Errorf("a write to a full disk = %d %v: %s; want a problem with status 503 and Retry-After", a.status, a.header, a.body)
		}
		if a, err := ask(http.MethodGet, p.base+"/readyz", "", ""); err != nil || a.status != http.StatusServiceUnavailable {
			t.Errorf("/readyz with a full disk = %d, %v: %s; want 503", a.status, err, a.body)
		}
		for _, path := range []string{"/healthz", "/api/v1/sources?total=true", "/api/v1/claims?q=election&sort=relevance", "/api/v1/claims?format=csv",
			"/api/v1/claims/facets?field=kind"} {
			get(t, p.base+path)
		}
		disk.Fill(false)
		if a := create(); a.status != http.StatusCreated {
			t.Errorf("a write once there is room = %d: %s; want 201", a.status, a.body)
		}
		get(t, p.base+"/readyz")
	}
	for location, name := range acknowledged {
		if got := get(t, p.base+location); !strings.Contains(got, fmt.Sprintf("%q", name)) {
			t.Errorf("%s was acknowledged as %q, and is %s", location, name, got)
		}
	}
	if strings.Contains(p.stderr.String(), "level=ERROR") {
		t.Errorf("the log has errors:\n%s", &p.stderr)
	}
}
