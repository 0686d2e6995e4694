// Package intake turns what an analyst pastes or uploads into an article that is ready to be kept: the main text of a
// page, normalised, hashed, and split into sentences by the rules of its language.
package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"claimtracker/internal/text"
	"claimtracker/internal/tracker"
	"claimtracker/internal/webpage"
)

// Material is an article's text as it came in: plain text, or an HTML page.
type Material struct {
	body        []byte
	contentType string
	page        bool
	wrong       func(code, format string, args ...any) error
}

// Pasted is material from a JSON body, where either of text and html must be given.
func Pasted(in tracker.NewArticleText) (Material, error) {
	var p tracker.Problems
	if in.Check(&p); p.Err() != nil {
		return Material{}, p.Err()
	}
	if in.HTML != "" {
		return Material{[]byte(in.HTML), "text/html; charset=utf-8", true, wrongAt("/html")}, nil
	}
	return Material{[]byte(in.Text), "text/plain; charset=utf-8", false, wrongAt("/text")}, nil
}

func wrongAt(pointer string) func(string, string, ...any) error {
	return func(code, format string, args ...any) error {
		var p tracker.Problems
		p.Add(pointer, code, format, args...)
		return p.Err()
	}
}

// File is material from a file. What it is, its content type says, or else its name's ending, or else its first bytes.
func File(name, contentType string, body []byte) (Material, error) {
	wrong := func(code, format string, args ...any) error {
		var p tracker.Problems
		p.AddInvalidParameter("file", code, format, args...)
		return p.Err()
	}
	given, _, _ := mime.ParseMediaType(contentType)
	if given == "" || given == "application/octet-stream" {
		contentType = mime.TypeByExtension(filepath.Ext(name))
		if contentType == "" || strings.HasPrefix(contentType, "text/markdown") {
			contentType = http.DetectContentType(body)
		}
		// What the name or a guess says of the charset is worth less than what the file says.
		contentType, _, _ = strings.Cut(contentType, ";")
		given = contentType
	}
	switch given {
	case "text/html", "application/xhtml+xml":
		return Material{body, contentType, true, wrong}, nil
	case "text/plain":
		if len(bytes.TrimSpace(body)) == 0 {
			return Material{}, wrong("required", "must not be empty")
		}
		return Material{body, contentType, false, wrong}, nil
	default:
		return Material{}, wrong("format", "must be plain text or HTML, not %s", given)
	}
}

// Article reads material as a new article. Whatever in leaves out of the title, URL, authors, time of publication and
// language is taken from the page, where there is one; a language that nobody says is detected. The error names what
// cannot be read.
func Article(in tracker.ArticleInput, m Material) (tracker.ArticleInput, tracker.ArticleVersion, error) {
	var read string
	var err error
	if m.page {
		page, pageErr := webpage.Read(m.body, m.contentType, in.URL)
		if pageErr != nil {
			return in, tracker.ArticleVersion{}, m.wrong("unreadable", "%s", pageErr)
		}
		in, read = fill(in, page), page.Text
	} else if read, err = plain(m); err != nil {
		return in, tracker.ArticleVersion{}, err
	}
	version, err := split(read, in.Language, m)
	if in.Language == "" {
		in.Language = version.Language
	}
	return in, version, err
}

// Version reads material as a new text of an article in a language.
func Version(language string, m Material) (tracker.ArticleVersion, error) {
	_, version, err := Article(tracker.ArticleInput{Language: language}, m)
	return version, err
}

// fill takes from the page what the client left out.
func fill(in tracker.ArticleInput, page webpage.Page) tracker.ArticleInput {
	take := func(field *string, from string) {
		if *field == "" {
			*field = from
		}
	}
	take(&in.URL, page.URL)
	take(&in.Title, page.Title)
	if in.PublishedAt == nil && in.PublishedText == "" {
		in.PublishedText = page.PublishedText
		if page.PublishedAt != nil {
			at := tracker.InstantOf(*page.PublishedAt)
			in.PublishedAt = &at
		}
	}
	if canonical, ok := tracker.CanonicalLanguage(page.Language); ok {
		take(&in.Language, canonical)
	}
	if len(in.Authors) == 0 {
		in.Authors = page.Authors
	}
	return in
}

// plain decodes and normalises plain text. It is UTF-8 unless its content type or a byte order mark says otherwise: a
// guess could put words into a text that were never there.
func plain(m Material) (string, error) {
	body := m.body
	if encoding, name, certain := charset.DetermineEncoding(body, m.contentType); certain && name != "utf-8" {
		decoded, err := encoding.NewDecoder().Bytes(body)
		if err != nil {
			return "", m.wrong("charset", "cannot be read as %s", name)
		}
		body = decoded
	}
	normal, err := text.Normalise(string(body))
	if notText, ok := errors.AsType[*text.NotTextError](err); ok {
		return "", m.wrong("not_text", "%s", notText)
	}
	return normal, err
}

// maxSentences is how many sentences an article may have: a long book has some ten thousand.
const maxSentences = 100_000

// split makes a version of a normalised text.
func split(s, language string, m Material) (tracker.ArticleVersion, error) {
	if canonical, ok := tracker.CanonicalLanguage(language); ok {
		language = canonical
	} else {
		language = text.DetectLanguage(s)
	}
	spans := text.Split(s, language)
	if len(spans) == 0 {
		return tracker.ArticleVersion{}, m.wrong("required", "has no words in it")
	}
	if len(spans) > maxSentences {
		return tracker.ArticleVersion{}, m.wrong("too_long", "must have at most %d sentences; it has %d", maxSentences, len(spans))
	}
	digest := sha256.Sum256([]byte(s))
	index := text.NewIndex(s)
	version := tracker.ArticleVersion{
		Language: language, SHA256: hex.EncodeToString(digest[:]), Length: utf8.RuneCountInString(s), Text: s,
		Sentences: make([]tracker.Sentence, len(spans)),
	}
	for i, span := range spans {
		version.Sentences[i] = tracker.Sentence{Ordinal: i + 1, Start: span.Start, End: span.End, Text: index.Slice(span)}
	}
	return version, nil
}
