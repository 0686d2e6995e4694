// Claimtracker keeps the record of who claimed what about interference in an election, on whose word, and in exactly which
// sentence.
//
//	@title			Election-interference claim tracker
//	@version		1.0
//	@description	Who claimed what about interference in an election, on whose word, and in exactly which sentence.
//	@description
//	@description	Errors are Problem Details (RFC 9457) and name every wrong field at once. Offsets count Unicode code points of an article's normalised text (W3C Web Annotation). Every record and list has an ETag: send it back as If-None-Match for 304, or, to change a record, as If-Match. Where the database has replicas, a list may be a moment old; with Cache-Control: no-cache it has what was written last. Any request may be answered 421 where the server knows the hosts that it answers for, 503 with Retry-After where it is too busy or a read takes too long, and 500.
//	@basePath		/
//	@accept			json
//	@produce		json
package main

//go:generate go tool swag init --quiet --parseDependency=false -d ./,./rest,../internal/tracker -g main.go -o ../docs
//go:generate go run ../internal/openapi/derive ../docs/swagger.json ../docs/openapi.json

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"claimtracker/internal/store"
)

// commands are what the program can be told to do, and the settings that all of it shares.
type commands struct {
	Database  string `help:"The database: a file, or the postgres:// URL of a PostgreSQL database (14 or newer)." default:"claimtracker.db" env:"CLAIMTRACKER_DATABASE" placeholder:"FILE|URL"`
	LogLevel  string `help:"The least that is logged: debug, info, warn or error." default:"info" env:"CLAIMTRACKER_LOG_LEVEL" placeholder:"LEVEL"`
	LogFormat string `help:"How the log is written: text or json." default:"text" env:"CLAIMTRACKER_LOG_FORMAT" placeholder:"FORMAT"`

	Serve    serveCommand    `cmd:"" default:"withargs" help:"Serve the API and the Swagger UI (what is done when no command is named)."`
	Import   importCommand   `cmd:"" help:"Import articles from files of text or HTML."`
	Seed     seedCommand     `cmd:"" help:"Load what of the seeds is not there yet."`
	Copy     copyCommand     `cmd:"" help:"Copy a whole tracker from one database into another, of either kind, that holds no record."`
	Generate generateCommand `cmd:"" help:"Fill an empty database with invented claims, to measure with."`
	Health   healthCommand   `cmd:"" help:"Ask a running server whether it can write; for container health checks."`
}

// surroundings are what a command meets besides its arguments.
type surroundings struct {
	ctx            context.Context
	stdout, stderr io.Writer
}

// open opens the database that the settings name, with these replicas of it, and the log that they ask for.
func (c *commands) open(at *surroundings, replicas ...string) (*store.Store, *slog.Logger, error) {
	log, err := c.logger(at.stderr)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(at.ctx, c.Database, log, time.Now, replicas...)
	return s, log, err
}

func main() {
	giveRoom()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal lets what is under way finish; a second one ends the process as it always would.
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "claimtracker:", err)
		os.Exit(1)
	}
}

// run does what the arguments and the environment say, until it is done or ctx ends. It is main without the process.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var c commands
	helped := errors.New("help was given")
	parser, err := kong.New(&c, kong.Name("claimtracker"), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Description("The record of who claimed what about interference in an election, on whose word, and in exactly which sentence.\n\n"+
			"A setting may be given as its flag or, where one stands beside it, as its environment variable; the flag goes first."),
		kong.ValueFormatter(withDefault),
		// Kong ends the process after --help; this makes it an ordinary return.
		kong.Exit(func(int) { panic(helped) }))
	if err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	defer func() {
		if r := recover(); r == helped { //nolint:errorlint // the very value that was panicked with
			err = nil
		} else if r != nil {
			panic(r)
		}
	}()
	command, err := parser.Parse(args)
	if err == nil {
		err = c.check() // only what was parsed has values to look at
	}
	if err := errors.Join(err, strangers(parser.Model, os.Environ())); err != nil {
		return err
	}
	return command.Run(&c, &surroundings{ctx, stdout, stderr})
}
