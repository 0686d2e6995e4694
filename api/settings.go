package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"claimtracker/internal/store"
)

const variables = "CLAIMTRACKER_"

// check is nil when the settings that all commands share make sense, else every mistake.
func (c *commands) check() error {
	var mistakes []error
	if strings.TrimSpace(c.Database) == "" {
		mistakes = append(mistakes, fmt.Errorf("--database: must name a file or a PostgreSQL database"))
	}
	if err := store.CheckAddress(c.Database); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--database: %w", err))
	}
	for i, replica := range c.Serve.Replicas {
		if err := store.CheckReplica(c.Database, replica); err != nil {
			mistakes = append(mistakes, fmt.Errorf("--replicas, number %d: %w", i+1, err))
		}
	}
	if _, err := c.logger(io.Discard); err != nil {
		mistakes = append(mistakes, err)
	}
	return errors.Join(append(mistakes, c.Serve.check(), c.Import.check(), c.Copy.check(), c.Generate.check())...)
}

// strangers names the environment variables that look like settings of ours and are none.
func strangers(model *kong.Application, environment []string) error {
	var known []string
	nodes := append([]*kong.Node{model.Node}, model.Children...)
	for _, node := range nodes {
		for _, flag := range node.Flags {
			known = append(known, flag.Envs...)
		}
	}
	var mistakes []error
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, variables) && !slices.Contains(known, name) {
			mistakes = append(mistakes, fmt.Errorf("%s: there is no such setting", name))
		}
	}
	return errors.Join(mistakes...)
}

// withDefault is the help of a setting, with its variable and its default.
func withDefault(setting *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(setting)
	if setting.Default != "" {
		help += " Default: " + setting.Default
	}
	return help
}

// logger is the log that the settings ask for.
func (c *commands) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	var mistakes []error
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--log-level: must be debug, info, warn or error, not %q", c.LogLevel))
	}
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler
	switch c.LogFormat {
	case "text":
		handler = slog.NewTextHandler(w, options)
	case "json":
		handler = slog.NewJSONHandler(w, options)
	default:
		return nil, errors.Join(append(mistakes, fmt.Errorf("--log-format: must be text or json, not %q", c.LogFormat))...)
	}
	if late, ok := w.(*lateLog); ok {
		if c.LogFormat == "text" {
			handler = plainText{handler, late, new(stamp)}
		}
		handler = urgent{handler, late}
	}
	return slog.New(handler), errors.Join(mistakes...)
}
