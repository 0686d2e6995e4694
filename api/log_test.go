package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"claimtracker/api/rest"
)

func TestALineOfTheLogWaitsForOthersUnlessItIsUrgent(t *testing.T) {
	var to lines
	late := &lateLog{to: &to}
	log, err := (&commands{LogLevel: "info", LogFormat: "text"}).logger(late)
	if err != nil {
		t.Fatal(err)
	}
	for _, urgent := range []func(string, ...any){log.Warn, log.With("a", 1).Error, log.WithGroup("g").Warn} {
		before := strings.Count(to.String(), "\n")
		log.Info("one")
		urgent("two")
		if after := strings.Count(to.String(), "\n"); after != before+2 {
			t.Errorf("after a line and an urgent one, %d more lines are written; want both", after-before)
		}
	}
	log.Info("last")
	for range 600 { // it comes without anybody's doing
		if strings.Contains(to.String(), "last") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if said := to.String(); !strings.HasSuffix(said, "msg=last\n") {
		t.Errorf("the log ends with %q; want the last line", said[max(0, len(said)-100):])
	}
	written := to.String()
	log.Info(strings.Repeat("x", logRoom))
	if said := to.String(); len(said) < len(written)+logRoom {
		t.Error("a line longer than the room is not written at once")
	}
}

func TestLinesOfManyAreWholeAndAllThere(t *testing.T) {
	var to lines
	late := &lateLog{to: &to}
	log := slog.New(slog.NewTextHandler(late, nil))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for k := range 500 {
				log.Info("request", "from", i, "n", k)
			}
		})
	}
	all.Wait()
	late.flush()
	seen := map[string]bool{}
	for line := range strings.Lines(to.String()) {
		_, after, _ := strings.Cut(line, "msg=request ")
		seen[after] = true
	}
	for i := range 8 {
		for k := range 500 {
			if !seen[fmt.Sprintf("from=%d n=%d\n", i, k)] {
				t.Fatalf("the line %d of %d is not there, or not whole", k, i)
			}
		}
	}
}

func TestNothingThatWasLoggedIsLostWhenTheProgramStops(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := launch(t, serveArgs(t.TempDir()+"/a.db", "--seeds=false", "--log-level=info")...).serving(t)
		for range 50 {
			get(t, p.base+"/healthz")
		}
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := p.exitCode(t); code != 0 {
			t.Errorf("the process exits with %d; want 0", code)
		}
		if n := strings.Count(p.stderr.String(), "path=/healthz"); n != 50 {
			t.Errorf("after %v the log has %d of 50 requests", signal, n)
		}
	}
}

func TestTheLineOfARequestIsWrittenAsTheTextHandlerWouldWriteIt(t *testing.T) {
	var is, want lines
	late := &lateLog{to: &is}
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	ours, theirs := plainText{slog.NewTextHandler(late, options), late, new(stamp)}, slog.NewTextHandler(&want, options)
	texts := []string{"x", "", "a b", "a=b", `a"b`, `a\b`, "\n", "\x7f", "é", "/api/v1/claims", "127.0.0.1", "::1", "null", "<&>", "\xff"}
	at := []time.Time{time.Unix(1_700_000_000, 0), time.Unix(1_700_000_000, 999_999_999).UTC(), time.Unix(0, 1_000_000).In(time.FixedZone("", -5400)), {}}
	plain := rest.RequestLine{ID: "A1", Method: "GET", Path: "/", Status: 200, Took: 1234567 * time.Nanosecond, Bytes: 5, Remote: "::1"}
	for i, text := range texts {
		id, method, path, remote := plain, plain, plain, plain
		id.ID, method.Method, path.Path, remote.Remote = text, text, text, text
		path.Took, path.Status, remote.Bytes = 0, -1, 1<<40
		for k, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelError + 1} {
			for _, attrs := range [][]slog.Attr{
				{}, {slog.Any("", &plain)}, {slog.Any("", &id)}, {slog.Any("", &method)}, {slog.Any("", &path)}, {slog.Any("", &remote)},
				{slog.Any("key", &plain)}, {slog.Any("", &plain), slog.Int("n", i)}, {slog.String("key", text)}, {slog.String("", text)},
			} {
				for _, message := range []string{"request", text} {
					r := slog.NewRecord(at[(i+k)%len(at)], level, message, 0)
					r.AddAttrs(attrs...)
					for _, handler := range []slog.Handler{ours, theirs} {
						if err := handler.Handle(t.Context(), r.Clone()); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	}
	late.flush()
	ourLines, theirLines := strings.Split(is.String(), "\n"), strings.Split(want.String(), "\n")
	for i := range min(len(ourLines), len(theirLines)) {
		if ourLines[i] != theirLines[i] {
			t.Errorf("%q; want %q", ourLines[i], theirLines[i])
		}
	}
	if len(ourLines) != len(theirLines) {
		t.Errorf("%d lines; want %d", len(ourLines), len(theirLines))
	}
}
