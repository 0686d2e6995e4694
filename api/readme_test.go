package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// readmeBlock is a fenced block of the README: its language, and what is in it.
var readmeBlock = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// readmeBuild is the command that a test has run already, for all that run the program.
const readmeBuild = "go build -tags sqlite_fts5 -o claimtracker ./api\n"

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
	built, err := program()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	server := launch(t, "--addr", "127.0.0.1:0", "--database", filepath.Join(folder, "claimtracker.db"), "--log-level", "error").serving(t)
	builds, commands, answers := 0, 0, 0
	var said, last string // what the last block of commands said, which is to be answered for at once
	for _, block := range readmeBlock.FindAllStringSubmatch(string(readme), -1) {
		language, text := block[1], block[2]
		if language != "json" && language != "text" && said != "" {
			t.Errorf("%s\nsays %q; want the README to say so", last, said)
		}
		switch language {
		case "sh":
			commands++
			builds += strings.Count(text, readmeBuild)
			script := strings.ReplaceAll(text, readmeBuild, "ln -s '"+built+"' claimtracker\n")
			script = strings.ReplaceAll(script, "http://127.0.0.1:8080", server.base)
			command := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", script)
			command.Dir = folder
			var complaints bytes.Buffer
			command.Stderr = &complaints
			got, err := command.Output()
			if err != nil {
				t.Fatalf("%s\n%v\n%s%s", text, err, got, complaints.String())
			}
			said, last = string(got), text
		case "json", "text":
			answers++
			if said != text {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", last, said, text)
			}
			said = ""
		default:
			for line := range strings.Lines(text) {
				if !regexp.MustCompile(`^(go run|go test|docker|createdb) |postgres://`).MatchString(line) {
					t.Errorf("the README has %q in a block that is not run; want none but what needs a container engine or a PostgreSQL server, or never ends", line)
				}
			}
		}
	}
	if said != "" {
		t.Errorf("%s\nsays %q; want the README to say so", last, said)
	}
	if builds != 1 || commands < 10 || answers != commands {
		t.Errorf("the README builds the program %d times and has %d blocks of commands with %d of answers; want once, and at least 10 with as many", builds, commands, answers)
	}
}
