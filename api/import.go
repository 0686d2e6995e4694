package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"claimtracker/internal/tracker"
)

// importCommand imports articles from files.
type importCommand struct {
	Server        string   `help:"A running server to import into, instead of the database file." env:"CLAIMTRACKER_SERVER" placeholder:"URL"`
	Source        string   `help:"The source that published the articles: its name, domain or id."`
	URL           string   `name:"url" help:"Where the article was published."`
	Title         string   `help:"The headline."`
	Author        []string `help:"Somebody in the byline. May be repeated." sep:"none" placeholder:"NAME"`
	PublishedAt   string   `help:"When it was published, RFC 3339." placeholder:"TIME"`
	PublishedText string   `help:"The time of publication as printed."`
	Language      string   `help:"The language, BCP 47."`
	ArchiveURL    string   `name:"archive-url" help:"Where a lasting copy is kept."`
	Timeout       string   `help:"How long a request to the server may take." default:"5m" placeholder:"TIME"`
	Files         []string `arg:"" name:"file" help:"Files of text or HTML, each with a front-matter block of the same settings where it has its own (source, url, title, authors, published_at, published_text, language, archive_url)."`
}

// check is nil when the settings of an import make sense, else every mistake.
func (c *importCommand) check() error {
	var mistakes []error
	if _, err := duration(c.Timeout); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--timeout: %w", err))
	}
	ofOne := []struct{ flag, value string }{{"url", c.URL}, {"title", c.Title}, {"published-at", c.PublishedAt},
		{"published-text", c.PublishedText}, {"archive-url", c.ArchiveURL}}
	for _, of := range ofOne {
		if of.value != "" && len(c.Files) > 1 {
			mistakes = append(mistakes, fmt.Errorf("--%s: is of one article, and there are %d files: say it in their front matter", of.flag, len(c.Files)))
		}
	}
	return errors.Join(mistakes...)
}

// errThere says that an article is there already, which is no failure of an import.
type errThere struct{ id int64 }

func (e errThere) Error() string { return fmt.Sprintf("already there as article %d", e.id) }

// keeper is where imported articles go: a database file or a running server. Where there is one with this URL already,
// keep fails with errThere.
type keeper interface {
	keep(ctx context.Context, f articleFile) (tracker.Article, error)
}

// Run imports each file and says what became of it. It fails, at the end, if a file failed.
func (c *importCommand) Run(all *commands, at *surroundings) (err error) {
	settings, err := all.Serve.settings()
	if err != nil {
		return err
	}
	timeout, err := duration(c.Timeout)
	if err != nil {
		return err
	}
	var to keeper = remote{c.Server, &http.Client{Timeout: timeout}}
	if c.Server == "" {
		s, _, err := all.open(at)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		if settings.seeds {
			if err := seedEmpty(at.ctx, s); err != nil {
				return err
			}
		}
		to = local{s}
	}
	failed := 0
	bar := progress(at.stderr, len(c.Files))
	for _, name := range c.Files {
		article, err := c.importFile(at.ctx, to, name, settings.rest.MaxArticle)
		there, isThere := errors.AsType[errThere](err)
		var said string
		switch {
		case isThere:
			said = fmt.Sprintf("%s: skipped, %v", name, there)
		case err != nil && at.ctx.Err() != nil: // what was kept in time is said to be kept
			return fmt.Errorf("stopped before %s: %w", name, at.ctx.Err())
		case err != nil:
			failed++
			said = fmt.Sprintf("%s: FAILED: %s", name, strings.ReplaceAll(err.Error(), "\n", "; "))
		default:
			said = fmt.Sprintf("%s: article %d, %d sentences", name, article.ID, len(article.Latest.Sentences))
		}
		if err := errors.Join(bar.Clear(), say(at.stdout, said), bar.Add(1)); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files failed", failed, len(c.Files))
	}
	return nil
}

func say(w io.Writer, line string) error {
	_, err := fmt.Fprintln(w, line)
	return err
}

// progress is a bar that shows on a terminal, when there is more than one file.
func progress(w io.Writer, files int) *progressbar.ProgressBar {
	terminal, ok := w.(*os.File)
	return progressbar.NewOptions(files, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("importing"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(files > 1 && ok && term.IsTerminal(int(terminal.Fd()))))
}

func (c *importCommand) importFile(ctx context.Context, to keeper, name string, limit int64) (tracker.Article, error) {
	f, err := c.read(name, limit)
	if err != nil {
		return tracker.Article{}, err
	}
	return to.keep(ctx, f)
}
