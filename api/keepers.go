package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"claimtracker/api/rest"
	"claimtracker/internal/intake"
	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

// errSource says why a source that was named cannot be taken.
func errSource(name string, found int) error {
	switch {
	case name == "":
		return errors.New("no source is named: say --source, or source in the front matter")
	case found == 0:
		return fmt.Errorf("there is no source %q, by name, domain or id: create it first", name)
	default:
		return fmt.Errorf("more than one source is %q: name it by its id", name)
	}
}

// domainOf is the domain that a source's name is, where it is one.
func domainOf(name string) (domain string, ok bool) {
	var p tracker.Problems
	p.Domain("", &name)
	return name, name != "" && p.Err() == nil
}

// local keeps articles in a database file.
type local struct{ store *store.Store }

func (l local) keep(ctx context.Context, f articleFile) (tracker.Article, error) {
	var err error
	if f.article.SourceID, err = l.source(ctx, f.source); err != nil {
		return tracker.Article{}, err
	}
	material, err := intake.File(f.name, "", f.body)
	if err != nil {
		return tracker.Article{}, err
	}
	in, version, err := intake.Article(f.article, material)
	if err != nil {
		return tracker.Article{}, err
	}
	article, err := l.store.Articles.Create(ctx, in, version)
	if known, ok := errors.AsType[*tracker.Error](err); ok && known.Existing != nil {
		return article, errThere{known.Existing.ID}
	}
	return article, err
}

func (l local) source(ctx context.Context, name string) (int64, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return id, nil
	}
	two := store.Page{Limit: 2, Sort: "created_at"}
	filters := []store.SourceFilter{{Names: []string{name}}}
	if domain, ok := domainOf(name); ok {
		filters = append(filters, store.SourceFilter{Domains: []string{domain}})
	}
	for _, filter := range filters {
		found, err := l.store.Sources.List(ctx, filter, two)
		switch {
		case err != nil:
			return 0, err
		case len(found.Items) == 1:
			return found.Items[0].ID, nil
		case len(found.Items) > 1:
			return 0, errSource(name, len(found.Items))
		}
	}
	return 0, errSource(name, 0)
}

// remote keeps articles in a running server.
type remote struct {
	server string
	client *http.Client
}

func (r remote) keep(ctx context.Context, f articleFile) (article tracker.Article, err error) {
	source, err := r.source(ctx, f.source)
	if err != nil {
		return article, err
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	a := f.article
	fields := url.Values{"source_id": {strconv.FormatInt(source, 10)}, "url": {a.URL}, "title": {a.Title},
		"authors": a.Authors, "published_text": {a.PublishedText}, "language": {a.Language}, "archive_url": {a.ArchiveURL}}
	if a.PublishedAt != nil {
		fields.Set("published_at", a.PublishedAt.String())
	}
	for name, values := range fields {
		for _, value := range values {
			if err := parts.WriteField(name, value); err != nil {
				return article, err
			}
		}
	}
	file, err := parts.CreateFormFile("file", f.name)
	if err != nil {
		return article, err
	}
	if _, err := file.Write(f.body); err != nil {
		return article, err
	}
	if err := parts.Close(); err != nil {
		return article, err
	}
	err = r.call(ctx, http.MethodPost, "/api/v1/articles/upload", parts.FormDataContentType(), &form, &article)
	return article, err
}

func (r remote) source(ctx context.Context, name string) (int64, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return id, nil
	}
	parameters := []string{"name"}
	if _, ok := domainOf(name); ok {
		parameters = append(parameters, "domain")
	}
	for _, parameter := range parameters {
		if name == "" {
			break
		}
		var found rest.SourceList
		query := url.Values{parameter: {name}, "limit": {"2"}}
		if err := r.call(ctx, http.MethodGet, "/api/v1/sources?"+query.Encode(), "", nil, &found); err != nil {
			return 0, err
		}
		switch len(found.Items) {
		case 0:
		case 1:
			return found.Items[0].ID, nil
		default:
			return 0, errSource(name, len(found.Items))
		}
	}
	return 0, errSource(name, 0)
}

// call sends a request and reads its answer into v. A problem comes back as the error it describes.
func (r remote) call(ctx context.Context, method, path, contentType string, body io.Reader, v any) error {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(r.server, "/")+path, body)
	if err != nil {
		return fmt.Errorf("--server: %w", err)
	}
	request.Header.Set("Content-Type", contentType)
	response, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the server's answer broke off: %w", err)
	}
	if response.StatusCode < 300 {
		return json.Unmarshal(answer, v)
	}
	var problem rest.Problem
	if err := json.Unmarshal(answer, &problem); err != nil {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	if problem.Existing != nil {
		return errThere{problem.Existing.ID}
	}
	return &tracker.Error{Detail: problem.Detail, Fields: problem.Errors}
}
