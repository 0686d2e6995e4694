package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"claimtracker/api/rest"
	"claimtracker/internal/store"
	"claimtracker/seeds"
)

// serveCommand serves the API. Its settings are kept as they were written until check has looked at all of them.
type serveCommand struct {
	Addr         string   `help:"The address to listen on." default:"127.0.0.1:8080" env:"CLAIMTRACKER_ADDR" placeholder:"HOST:PORT"`
	Replicas     []string `help:"The URLs of streaming replicas of the PostgreSQL database, separated by commas, from which lists are read." env:"CLAIMTRACKER_REPLICAS" placeholder:"URL"`
	MaxBody      string   `help:"The largest request body." default:"1MiB" env:"CLAIMTRACKER_MAX_BODY" placeholder:"SIZE"`
	MaxArticle   string   `help:"The largest request body with an article's text." default:"10MiB" env:"CLAIMTRACKER_MAX_ARTICLE" placeholder:"SIZE"`
	Cache        string   `help:"How much of answers is kept ready for those who ask again; 0 for none." default:"20MiB" env:"CLAIMTRACKER_CACHE" placeholder:"SIZE"`
	Timeout      string   `help:"How long a request may take." default:"30s" env:"CLAIMTRACKER_TIMEOUT" placeholder:"TIME"`
	QueryTimeout string   `help:"How long the queries of a read may take." default:"10s" env:"CLAIMTRACKER_QUERY_TIMEOUT" placeholder:"TIME"`
	Drain        string   `help:"How long requests under way may go on after SIGTERM." default:"30s" env:"CLAIMTRACKER_DRAIN" placeholder:"TIME"`
	CORSOrigin   []string `name:"cors-origin" help:"An origin whose pages a browser lets read the answers and write, such as https://dash.example; * lets any read, and none write. May be repeated." env:"CLAIMTRACKER_CORS_ORIGIN" placeholder:"ORIGIN"`
	Host         []string `help:"A name by which the server is called, such as tracker.example, where a proxy stands before it. Once one is given, and on a loopback address always, others are refused, save localhost. May be repeated." env:"CLAIMTRACKER_HOST" placeholder:"NAME"`
	WriteBatch   string   `help:"How many writes that wait are committed in one transaction, at the most." default:"256" env:"CLAIMTRACKER_WRITE_BATCH" placeholder:"NUMBER"`
	Seeds        string   `help:"Whether an empty database is given the seeds: true or false." default:"true" env:"CLAIMTRACKER_SEEDS" placeholder:"BOOL"`
}

// serveSettings are a serveCommand's settings as what they mean.
type serveSettings struct {
	rest       rest.Options
	drain      time.Duration
	writeBatch int
	seeds      bool
}

func (c *serveCommand) check() error {
	_, err := c.settings()
	return err
}

// settings reads the settings and reports every mistake in them at once.
func (c *serveCommand) settings() (s serveSettings, err error) {
	var mistakes []error
	note := func(flag string, err error) {
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	note("addr", checkAddress(c.Addr))
	s.rest.MaxBody, err = size(c.MaxBody)
	note("max-body", err)
	s.rest.MaxArticle, err = size(c.MaxArticle)
	note("max-article", err)
	s.rest.Cache, err = sizeOrNone(c.Cache)
	note("cache", err)
	s.rest.Timeout, err = duration(c.Timeout)
	note("timeout", err)
	s.rest.QueryTimeout, err = duration(c.QueryTimeout)
	note("query-timeout", err)
	s.drain, err = duration(c.Drain)
	note("drain", err)
	for _, origin := range c.CORSOrigin {
		note("cors-origin", checkOrigin(origin))
	}
	s.rest.Origins = c.CORSOrigin
	for _, host := range c.Host {
		note("host", checkHost(host))
	}
	s.rest.Hosts = c.Host
	if s.writeBatch, err = strconv.Atoi(c.WriteBatch); err != nil || s.writeBatch < 1 || s.writeBatch > 10_000 {
		note("write-batch", fmt.Errorf("must be a whole number from 1 to 10000, not %q", c.WriteBatch))
	}
	if s.seeds, err = strconv.ParseBool(c.Seeds); err != nil {
		note("seeds", fmt.Errorf("must be true or false, not %q", c.Seeds))
	}
	return s, errors.Join(mistakes...)
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return fmt.Errorf("must be a host and a port such as 127.0.0.1:8080, not %q", address)
	}
	return nil
}

func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if origin != "*" && (err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin) {
		return fmt.Errorf("must be an origin such as https://dash.example, or *, not %q", origin)
	}
	return nil
}

func checkHost(host string) error {
	u, err := url.Parse("http://" + host)
	if _, bad := netip.ParseAddr(host); bad != nil && (err != nil || host == "" || u.Hostname() != host) {
		return fmt.Errorf("must be a host name such as tracker.example, without scheme or port, not %q", host)
	}
	return nil
}

// size reads a number of bytes such as 512KiB, 10MiB or 4096.
func size(s string) (int64, error) {
	digits, unit := s, int64(1)
	for suffix, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if number, ok := strings.CutSuffix(s, suffix); ok {
			digits, unit = number, bytes
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("must be a size such as 4096, 512KiB or 10MiB, not %q", s)
	}
	return n * unit, nil
}

// sizeOrNone is size, which may be 0.
func sizeOrNone(s string) (int64, error) {
	if s == "0" {
		return 0, nil
	}
	return size(s)
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("must be a time such as 500ms, 30s or 2m, not %q", s)
	}
	return d, nil
}

// Run serves until the context ends, then lets what is under way finish and closes the database clean.
func (c *serveCommand) Run(all *commands, at *surroundings) (err error) {
	settings, err := c.settings()
	if err != nil {
		return err
	}
	late := &lateLog{to: at.stderr}
	defer late.flush() // after all else: closing may have something to say
	s, log, err := all.open(&surroundings{at.ctx, at.stdout, late}, c.Replicas...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	s.CommitTogether(settings.writeBatch)
	if settings.seeds {
		if err := seedEmpty(at.ctx, s); err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(at.ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	if ip, err := netip.ParseAddrPort(listener.Addr().String()); err == nil && ip.Addr().IsLoopback() {
		// What listens for this machine alone is meant for it alone, whatever name a web page has given it.
		settings.rest.Hosts = append(settings.rest.Hosts, "localhost")
	}
	base := "http://" + listener.Addr().String()
	// Serving does not depend on anybody reading this.
	_, _ = fmt.Fprintf(at.stdout, "claimtracker listens on %s\nSwagger UI: %s/docs/\nDatabase: %s\n", base, base, store.Shown(all.Database))
	handler := rest.New(s, log, settings.rest)
	if s.Embedded() {
		giveThreads()
	}
	return serve(at.ctx, listener, handler, log, settings.drain)
}

// seedEmpty loads the seeds where nothing was ever kept. Of several instances that start at once, one does.
func seedEmpty(ctx context.Context, s *store.Store) error {
	empty, err := s.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	return s.Together(ctx, func(ctx context.Context) error {
		// Another may have done it while this one waited for its turn.
		if empty, err := s.Empty(ctx); err != nil || !empty {
			return err
		}
		return seeds.Load(ctx, s)
	})
}

// serve answers on the listener until ctx ends, and then for as long as drain lets what is under way go on.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger, drain time.Duration) error {
	server := &http.Server{
		Handler: handler, ConnContext: rest.KeepConnection, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelInfo),
		// A client that dawdles must not hold a connection for ever, neither in asking nor in taking the answer: for that it
		// has what rest gives it once the answer begins, and this until then.
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(lateDeadlines{listener, server.ReadHeaderTimeout}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: requests under way may finish", "within", drain)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return errors.Join(fmt.Errorf("some requests did not finish in time: %w", err), server.Close())
	}
	return nil
}
