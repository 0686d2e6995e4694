package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/adrg/frontmatter"

	"claimtracker/internal/tracker"
)

// articleFile is a file to import: what the settings and its front matter say of it, and the rest.
type articleFile struct {
	article tracker.ArticleInput // all but the source's id
	source  string               // the source's name, domain or id
	name    string
	body    []byte
}

// neverClosed matches what begins as front matter does. Where no front matter was found, it has no end.
var neverClosed = regexp.MustCompile(`^\s*(---(?:yaml|toml|json)?|\+\+\+|;;;)[ \t\r]*(?:\n|$)`)

// read reads a file of at most limit bytes. Its front matter goes before the command's settings.
func (c *importCommand) read(name string, limit int64) (f articleFile, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return f, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return f, fmt.Errorf("is not a file of at most %d bytes", limit)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return f, err
	}
	f.name, f.source = filepath.Base(name), c.Source
	f.article = tracker.ArticleInput{URL: c.URL, Title: c.Title, Authors: c.Author, PublishedText: c.PublishedText,
		Language: c.Language, ArchiveURL: c.ArchiveURL}
	front := map[string]any{}
	// A byte order mark before the front matter says nothing that is not assumed of it.
	plain := bytes.TrimPrefix(content, []byte("\uFEFF"))
	if f.body, err = frontmatter.Parse(bytes.NewReader(plain), &front); err != nil {
		return f, fmt.Errorf("the front matter cannot be read: %w", err)
	}
	if len(f.body) == len(plain) {
		if opening := neverClosed.FindSubmatch(plain); opening != nil {
			return f, fmt.Errorf("the front matter that %s opens is never closed", opening[1])
		}
		f.body = content // without front matter, the file is as it is
	}
	mistakes := []error{setInstant(&f.article, c.PublishedAt)}
	for _, key := range slices.Sorted(maps.Keys(front)) {
		mistakes = append(mistakes, f.set(key, front[key]))
	}
	return f, errors.Join(mistakes...)
}

// set takes one entry of the front matter.
func (f *articleFile) set(key string, value any) error {
	a := &f.article
	texts := map[string]*string{"source": &f.source, "url": &a.URL, "title": &a.Title,
		"published_text": &a.PublishedText, "language": &a.Language, "archive_url": &a.ArchiveURL}
	if texts[key] == nil && key != "authors" && key != "published_at" {
		return fmt.Errorf("the front matter has an unknown entry %q", key)
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var words []string
	for _, entry := range list {
		word, ok := written(entry)
		if !ok || isList && key != "authors" {
			return fmt.Errorf("the entry %q of the front matter must be text", key)
		}
		if word != "" {
			words = append(words, word)
		}
	}
	switch {
	case len(words) == 0: // an entry that is left empty says as much as one that is left out
	case key == "authors":
		a.Authors = words
	case key == "published_at":
		return setInstant(a, words[0])
	default:
		*texts[key] = words[0]
	}
	return nil
}

// written is a front-matter value as text, and whether it is one; a time is one in TOML, and a number may be a title.
func written(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(v), true
	case time.Time:
		return v.Format(time.RFC3339Nano), true
	case int, int64, uint64, float64, bool:
		return fmt.Sprint(v), true
	default:
		return "", false
	}
}

func setInstant(a *tracker.ArticleInput, s string) error {
	if s == "" {
		return nil
	}
	a.PublishedAt = new(tracker.Instant)
	if err := a.PublishedAt.UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("published_at %w", err)
	}
	return nil
}
