package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows on a terminal how far a long command is, and nothing where there is no terminal.
type bar struct{ bar *progressbar.ProgressBar }

func newBar(w io.Writer) bar {
	terminal, ok := w.(*os.File)
	return bar{progressbar.NewOptions64(1, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetVisibility(ok && term.IsTerminal(int(terminal.Fd()))))}
}

// show says what is being done and how much of all is done. A terminal that cannot be written to stops nothing.
func (b bar) show(doing string, done, of int64) {
	b.bar.ChangeMax64(of + 1) // it ends with the command
	b.bar.Describe(doing)
	_ = b.bar.Set64(done)
}

func (b bar) end() { _ = b.bar.Clear() }
