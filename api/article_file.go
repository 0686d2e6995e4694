package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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

// maxFile is the largest file that is read, in bytes.
const maxFile = 64 << 20

// read reads a file. Its front matter goes before the command's settings.
func (c *importCommand) read(name string) (f articleFile, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return f, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return f, fmt.Errorf("is not a file of at most %d bytes", maxFile)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return f, err
	}
	f.name, f.source = filepath.Base(name), c.Source
	f.article = tracker.ArticleInput{URL: c.URL, Title: c.Title, Authors: c.Author, PublishedText: c.PublishedText,
		Language: c.Language, ArchiveURL: c.ArchiveURL}
	front := map[string]any{}
	if f.body, err = frontmatter.Parse(bytes.NewReader(content), &front); err != nil {
		return f, fmt.Errorf("the front matter cannot be read: %w", err)
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
	switch {
	case texts[key] != nil:
		*texts[key] = written(value)
	case key == "authors":
		a.Authors = nil
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, author := range list {
			a.Authors = append(a.Authors, written(author))
		}
	case key == "published_at":
		return setInstant(a, written(value))
	default:
		return fmt.Errorf("the front matter has an unknown entry %q", key)
	}
	return nil
}

// written is a front-matter value as text; a time is one in YAML and TOML.
func written(value any) string {
	if t, ok := value.(time.Time); ok {
		return t.Format(time.RFC3339Nano)
	}
	return strings.TrimSpace(fmt.Sprint(value))
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
