package rest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/intake"
	"claimtracker/internal/tracker"
)

// uploadArticle keeps a new article from a file.
//
//	@Summary	Upload an article as a file
//	@Description	Plain text or HTML, in whatever charset its Content-Type, its byte order mark or its HTML says. Whatever of the title, URL, authors, time of publication and language is left out is read from an HTML page.
//	@Tags		articles
//	@Accept		mpfd
//	@Produce	json,application/problem+json
//	@Param		file			formData	file	true	"The article, as plain text or HTML"
//	@Param		source_id		formData	int		true	"Source that published it"	minimum(1)
//	@Param		url				formData	string	false	"Where it was published"
//	@Param		title			formData	string	false	"Its headline"
//	@Param		authors			formData	[]string	false	"The people in its byline"	collectionFormat(multi)
//	@Param		published_at	formData	string	false	"When it was published, RFC 3339"	Format(date-time)
//	@Param		published_text	formData	string	false	"The time of publication as printed"
//	@Param		language		formData	string	false	"Language, BCP 47"
//	@Param		archive_url		formData	string	false	"Where a lasting copy is kept"
//	@Success	201		{object}	tracker.Article
//	@Header		201		{string}	Location	"Where the article is"
//	@Header		201		{string}	ETag		"Begins with the record's version"
//	@Failure	400		{object}	Problem	"The form cannot be read"
//	@Failure	403		{object}	Problem	"A browser sent it for a page of an origin that is not trusted"
//	@Failure	409		{object}	Problem	"There is an article with this URL already: existing names it"
//	@Failure	413		{object}	Problem	"The body is too large"
//	@Failure	415		{object}	Problem	"The Content-Type is not multipart/form-data"
//	@Failure	422		{object}	Problem	"The article is not valid: every wrong field is named"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/api/v1/articles/upload [post]
func (s *Server) uploadArticle(c echo.Context) error {
	if err := newQuery(c).err(); err != nil {
		return err
	}
	given, parameters, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || given != echo.MIMEMultipartForm || parameters["boundary"] == "" {
		return tracker.Errorf(tracker.WrongMedia, "The Content-Type must be multipart/form-data")
	}
	return ofForm(s.keepArticle(c, func(body []byte) (tracker.ArticleInput, intake.Material, error) {
		form := upload{seen: map[string]bool{}}
		if err := form.read(multipart.NewReader(bytes.NewReader(body), parameters["boundary"])); err != nil {
			return form.article, intake.Material{}, err
		}
		material, err := intake.File(form.fileName, form.fileType, form.file)
		return form.article, material, withRest(err, form.article)
	}))
}

// ofForm names what is wrong as fields of a form, which has no JSON to point into.
func ofForm(err error) error {
	if wrong, ok := errors.AsType[*tracker.Error](err); ok {
		for i := range wrong.Fields {
			if f := &wrong.Fields[i]; f.Pointer != "" {
				f.Parameter, _, _ = strings.Cut(strings.TrimPrefix(f.Pointer, "#/"), "/")
				f.Pointer = ""
			}
		}
	}
	return err
}

// upload is what the form of an uploaded article holds.
type upload struct {
	article            tracker.ArticleInput
	fileName, fileType string
	file               []byte
	seen               map[string]bool
}

// read reads the parts of the form, and tells everything that is wrong with them at once.
func (u *upload) read(parts *multipart.Reader) error {
	var p tracker.Problems
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return bodyError(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return bodyError(err)
		}
		u.take(&p, part, content)
	}
	if !u.seen["file"] {
		p.AddParameter("file", "required", "must be given: the article, as plain text or HTML")
	}
	return p.Err()
}

func (u *upload) take(p *tracker.Problems, part *multipart.Part, content []byte) {
	name, value, a := part.FormName(), string(content), &u.article
	texts := map[string]*string{"url": &a.URL, "title": &a.Title, "published_text": &a.PublishedText,
		"language": &a.Language, "archive_url": &a.ArchiveURL}
	if name != "authors" && u.seen[name] {
		p.AddParameter(name, "duplicate", "must be given once only")
	}
	u.seen[name] = true
	switch {
	case name != "file" && !utf8.ValidString(name+value):
		p.AddParameter(name, "format", "must be UTF-8")
	case texts[name] != nil:
		*texts[name] = value
	case name == "file":
		u.fileName, u.fileType, u.file = part.FileName(), part.Header.Get(echo.HeaderContentType), content
	case name == "authors":
		a.Authors = append(a.Authors, value)
	case name == "source_id":
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil || id < 1 {
			p.AddParameter(name, "wrong_type", notAnID)
		}
		a.SourceID = id
	case name == "published_at" && value != "":
		a.PublishedAt = new(tracker.Instant)
		if err := a.PublishedAt.UnmarshalText(content); err != nil {
			p.AddInvalidParameter(name, "format", "%s", err)
		}
	case name == "published_at":
	default:
		p.AddParameter(name, "unknown_field", "is not a field of this form")
	}
}
