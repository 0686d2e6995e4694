package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"claimtracker/api/rest"
	"claimtracker/internal/store"
	"claimtracker/seeds"
)

// readmeBlock is a block of commands in the README, and the block of answers that follows it.
var readmeBlock = regexp.MustCompile("(?s)```sh\n(.*?)```\n\n```json\n(.*?)```")

func TestTheReadmesCommandsGiveTheReadmesAnswers(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Logf("not run: the README's commands need %s, which is not installed", tool)
			return
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := readmeBlock.FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 8 {
		t.Fatalf("the README has %d blocks of commands with answers; want at least 8", len(blocks))
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "claimtracker.db"), log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := seeds.Load(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(rest.New(s, log, rest.Options{MaxBody: 1 << 20, MaxArticle: 10 << 20, Timeout: 30 * time.Second}))
	defer server.Close()
	for _, block := range blocks {
		commands := strings.ReplaceAll(block[1], "http://127.0.0.1:8080", server.URL)
		command := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", commands)
		var complaints bytes.Buffer
		command.Stderr = &complaints
		got, err := command.Output()
		if err != nil {
			t.Fatalf("%s\n%v\n%s", block[1], err, complaints.String())
		}
		if string(got) != block[2] {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", block[1], got, block[2])
		}
	}
}
