package rest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"
)

var pledge = object{
	"source_id": 1, "url": "https://harbour-ledger.example/pledge", "title": "Leader pledged to stay out of the vote",
	"authors": list{"A. Writer", "B. Writer"}, "published_at": "2024-01-31T14:04:00.5+05:30", "published_text": "Updated: Jan 31, 2024 14:04 IST",
	"language": "en", "archive_url": "https://archive.example/abc", "text": "A leader pledged to stay out.\nOfficials doubt it.",
}

func TestAnArticleIsCreatedWithItsSentencesAndReadAgain(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	created := a.post("/api/v1/articles", pledge).wants(201)
	for field, value := range changed(pledge, "text", gone, "published_at", "2024-01-31T08:34:00.500000Z") {
		created.has("/"+field, value)
	}
	digest := sha256.Sum256([]byte(pledge["text"].(string)))
	created.has("/latest/n", 1, "/latest/text", pledge["text"], "/latest/length", 49, "/latest/sha256", hex.EncodeToString(digest[:]),
		"/latest/language", "en", "/same_text_as", list{}, "/source", nil,
		"/latest/sentences/0", object{"id": 1, "article_id": 1, "article_version": 1, "ordinal": 1, "start": 0, "end": 29, "text": "A leader pledged to stay out."},
		"/latest/sentences/1", object{"id": 2, "article_id": 1, "article_version": 1, "ordinal": 2, "start": 30, "end": 49, "text": "Officials doubt it."},
		"/latest/sentences/2", nil)
	read := a.get("/api/v1/articles/1").wants(200)
	if string(read.raw) != string(created.raw) || read.etag() != created.etag() {
		t.Errorf("GET = %s; want what POST answered, %s", read.raw, created.raw)
	}
	a.get("/api/v1/articles/1?expand=source").wants(200).has("/source/name", "Ledger", "/latest/sentences/0/claims", nil)
	a.get("/api/v1/articles?expand=source").wants(200).has("/items/0/source/name", "Ledger", "/items/0/latest/n", 1,
		"/items/0/latest/text", nil, "/items/0/latest/sentences", nil)
	a.claim("It is so.", created.sentence(1))
	a.get("/api/v1/articles/1?expand=claims").wants(200).has("/claims/0/text", "It is so.", "/claims/1", nil, "/latest/sentences/1/claim_ids", list{1}, "/latest/sentences/0/claim_ids", list{})
}

func TestAnArticlesInputIsReplacedAndItsTextIsNot(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	other := a.source("Other")
	created := a.post("/api/v1/articles", pledge).wants(201)
	a.put("/api/v1/articles/1", created.etag(), object{"source_id": other, "url": "https://other.example", "title": "T"}).wants(200).
		has("/source_id", other, "/url", "https://other.example/", "/title", "T", "/authors", list{}, "/published_at", nil,
			"/published_text", nil, "/archive_url", nil, "/version", 2, "/latest/text", pledge["text"])
	for _, field := range []string{"text", "html", "latest", "same_text_as"} {
		a.patch("/api/v1/articles/1", "*", object{field: "x"}).wants(400).names("#/" + field + " unknown_field")
		a.put("/api/v1/articles/1", "*", changed(pledge, "text", gone, field, "x")).wants(400).names("#/" + field + " unknown_field")
	}
}

func TestTheSameUrlTwiceIsAConflictThatNamesTheArticle(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	first := a.post("/api/v1/articles", pledge).wants(201)
	before := a.contents()
	for _, url := range []string{"https://harbour-ledger.example/pledge", "HTTPS://Harbour-Ledger.example:443/pledge?utm_source=x&fbclid=y#top",
		" https://harbour-ledger.example./pledge "} {
		a.post("/api/v1/articles", changed(pledge, "url", url, "text", "Another text.")).wants(409).
			has("/existing", object{"id": first.id(), "href": "/api/v1/articles/1"}, "/type", "urn:claimtracker:problem:conflict")
	}
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
	second := a.post("/api/v1/articles", changed(pledge, "url", "https://harbour-ledger.example/Pledge")).wants(201)
	a.patch(path("articles", second.id()), "*", object{"url": "https://harbour-ledger.example/pledge"}).wants(409).has("/existing/id", first.id())
	a.put(path("articles", first.id()), "*", changed(pledge, "text", gone)).wants(200).has("/version", 1)
}

func TestTheSameTextUnderAnotherUrlIsKeptAndSaysSo(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	a.post("/api/v1/articles", pledge).wants(201)
	a.post("/api/v1/articles", changed(pledge, "url", "https://b.example/", "text", strings.ReplaceAll(pledge["text"].(string), "\n", "\r\n"))).
		wants(201).has("/same_text_as", list{1})
	a.post("/api/v1/articles", changed(pledge, "url", "https://c.example/")).wants(201).has("/same_text_as", list{1, 2})
	a.get("/api/v1/articles/1").wants(200).has("/same_text_as", list{2, 3})
	a.get("/api/v1/articles?sort=created_at").wants(200).has("/items/1/same_text_as", nil)
	a.post("/api/v1/articles/3/versions", object{"text": "It is other now."}).wants(201)
	a.get("/api/v1/articles/3").wants(200).has("/same_text_as", list{})
	a.get("/api/v1/articles/1").wants(200).has("/same_text_as", list{2, 3})
}

func TestEveryWrongFieldOfAnArticleIsTold(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	for field, rows := range map[string][][2]any{
		"source_id":    {{99, "not_found"}, {0, "required"}, {-1, "out_of_range"}, {gone, "required"}},
		"url":          {{gone, "required"}, {"mailto:a@b.example", "format"}, {"https://a.example/" + strings.Repeat("x", 2048), "format"}, {"https://a.example/" + strings.Repeat("€", 2000), "format"}},
		"title":        {{gone, "required"}, {strings.Repeat("x", 301), "too_long"}},
		"published_at": {{"2024-01-31", "format"}, {"2024-13-01T00:00:00Z", "format"}, {"31 Jan 2024", "format"}, {"2024-01-31T08:34:00", "format"}},
		"language":     {{"klingon language", "format"}},
		"archive_url":  {{"archive", "format"}},
		"text":         {{gone, "required"}, {"", "required"}, {" \n\t ", "required"}, {"a\x00b", "not_text"}},
	} {
		for _, row := range rows {
			a.post("/api/v1/articles", changed(pledge, field, row[0])).wants(422).names("#/" + field + " " + row[1].(string))
		}
	}
	a.post("/api/v1/articles", changed(pledge, "html", "<p>x</p>")).wants(422).names("#/html conflict")
	a.post("/api/v1/articles", object{"published_at": "yesterday", "language": "-", "archive_url": "x", "authors": list{""}, "text": ""}).wants(422).
		names("#/source_id required", "#/url required", "#/title required", "#/published_at format", "#/language format",
			"#/archive_url format", "#/authors/0 required", "#/text required")
	a.post("/api/v1/articles", object{"authors": list{""}}).wants(422).
		names("#/source_id required", "#/url required", "#/title required", "#/authors/0 required", "#/text required")
	a.post("/api/v1/articles", object{"url": "x", "html": "<p>x</p>", "text": "x"}).wants(422).
		names("#/source_id required", "#/url format", "#/title required", "#/html conflict")
	a.patch("/api/v1/articles/1", "*", object{"url": "x"}).wants(404)
}

func TestAnArticleKeepsAllItsVersions(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	created := a.post("/api/v1/articles", pledge).wants(201)
	claim := a.claim("It is so.", created.sentence(1))

	second := a.post("/api/v1/articles/1/versions", object{"text": "A leader pledged to stay out.\nOfficials no longer doubt it."}).wants(201)
	second.has("/n", 2, "/article_id", 1, "/language", "en", "/sentences/0/id", 3, "/sentences/0/article_version", 2)
	if location := second.header.Get("Location"); location != "/api/v1/articles/1/versions/2" {
		t.Errorf("Location = %q; want /api/v1/articles/1/versions/2", location)
	}
	a.get("/api/v1/articles/1").wants(200).has("/latest/n", 2, "/version", 2)
	a.put("/api/v1/articles/1", created.etag(), changed(pledge, "text", gone)).wants(412)
	a.get("/api/v1/articles/1/versions/1").wants(200).has("/text", pledge["text"], "/sentences/1/id", 2)
	a.get("/api/v1/articles/1/versions/2").wants(200).has("/text", second.at("/text"))
	a.get("/api/v1/articles/1/versions").wants(200).has("/items/0/n", 1, "/items/1/n", 2, "/items/1/text", nil, "/items/1/sentences", nil, "/next", nil)

	// What was logged on the first version stays on it.
	a.get(path("claims", claim.id())).wants(200).has("/origin/article_version", 1, "/origin/exact", "Officials doubt it.")
	a.post("/api/v1/articles/1/versions", object{"text": "A leader pledged to stay out.\r\nOfficials no longer doubt it."}).wants(409)
	a.post("/api/v1/articles/1/versions", object{"text": pledge["text"]}).wants(201).has("/n", 3)
	a.post("/api/v1/articles/1/versions", object{}).wants(422).names("#/text required")
	a.post("/api/v1/articles/1/versions", object{"text": "x", "html": "<p>x</p>"}).wants(422).names("#/html conflict")
	a.post("/api/v1/articles/9/versions", object{"text": "x"}).wants(404)
	a.get("/api/v1/articles/1/versions/4").wants(404)
	a.get("/api/v1/articles/9/versions/1").wants(404)
	a.get("/api/v1/articles/9/versions").wants(404)
	a.do("PUT", "/api/v1/articles/1/versions/1", object{}).wants(405)
	a.do("DELETE", "/api/v1/articles/1/versions/1", nil).wants(405)
}

func TestAnArticleThatClaimsStandInIsNotDeleted(t *testing.T) {
	a := openWorld(t)
	a.delete("/api/v1/articles/2").wants(409).has("/references", object{"claims": 2, "occurrences": 2})
	a.delete("/api/v1/occurrences/5").wants(204)
	a.delete("/api/v1/articles/2").wants(409).has("/references", object{"claims": 1, "occurrences": 1})
	a.delete("/api/v1/claims/3").wants(204)
	a.get("/api/v1/occurrences/3").wants(404)
	a.delete("/api/v1/articles/2").wants(204)
	for _, gone := range []string{"/api/v1/articles/2", "/api/v1/articles/2/versions", "/api/v1/articles/2/versions/1", "/api/v1/sentences/5"} {
		a.get(gone).wants(404)
	}
	// A URL that is free again can be used again.
	a.article(1, "https://a.example/2", "Anew.")
}

const page = `<!DOCTYPE html><html lang="en-GB"><head><title>Leader pledged to stay out of the vote</title>
<link rel="canonical" href="https://harbour-ledger.example/page"><meta name="author" content="A. Writer">
<meta property="article:published_time" content="2024-01-31T08:34:00Z"><style>p { color: red }</style><script>alert("script words")</script></head>
<body><nav><a href="/">Home words</a></nav><article><h1>Leader pledged to stay out of the vote</h1>
<p>A leader assured another that his country would stay out of the vote &amp; its count, a broadcaster reported on Wednesday morning.</p>
<p>Officials in the capital doubt it, and they said so at length to the reporters who had gathered outside of the ministry.</p>
<p>The café owner shrugged: “we have heard that one before”, she said, and went back to serving her customers their breakfast.</p>
</article><footer>Footer words</footer></body></html>`

func TestAnHtmlPageGivesItsMainTextAndWhatItSaysOfItself(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	got := a.post("/api/v1/articles", object{"source_id": 1, "html": page}).wants(201)
	got.has("/title", "Leader pledged to stay out of the vote", "/url", "https://harbour-ledger.example/page", "/language", "en-GB",
		"/published_at", "2024-01-31T08:34:00.000000Z")
	text := got.text("/latest/text")
	for _, words := range []string{"stay out of the vote & its count", "Officials in the capital doubt it", "The café owner shrugged: “we have"} {
		if !strings.Contains(text, words) {
			t.Errorf("the text is %q; want %q in it", text, words)
		}
	}
	for _, words := range []string{"script words", "color", "Home words", "Footer words", "<p>", "&amp;"} {
		if strings.Contains(text, words) {
			t.Errorf("the text is %q; want no %q in it", text, words)
		}
	}
	a.post("/api/v1/articles", object{"source_id": 1, "html": page}).wants(409).has("/existing/id", got.id())
	// What the client says, it knows better than the page.
	a.post("/api/v1/articles", object{"source_id": 1, "html": page, "url": "https://b.example/", "title": "Mine", "language": "fr"}).wants(201).
		has("/url", "https://b.example/", "/title", "Mine", "/language", "fr")
	a.post("/api/v1/articles", object{"source_id": 1, "html": "<html><body></body></html>", "url": "https://c.example/", "title": "T"}).wants(422)
}

// form is a multipart/form-data body and its media type; each field is a name, a value, and for a file its name and type.
func form(t testing.TB, fields ...[]string) (body []byte, mediaType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + f[0] + `"`}}
		if len(f) > 2 {
			header.Set("Content-Disposition", `form-data; name="`+f[0]+`"; filename="`+f[2]+`"`)
			if f[3] != "" {
				header.Set("Content-Type", f[3])
			}
		}
		part, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func (a *api) upload(fields ...[]string) answer {
	a.Helper()
	body, mediaType := form(a, fields...)
	return a.post("/api/v1/articles/upload", body, "Content-Type", mediaType)
}

func TestAFileIsReadInTheCharsetThatItSays(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	const want = "Le café a fermé."
	latin1 := "Le caf\xe9 a ferm\xe9."
	utf16 := "\xff\xfe"
	for _, r := range want {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	filler := strings.Repeat("<p>Un paragraphe assez long pour que la page soit bien reconnue comme un article de presse.</p>", 5)
	for name, file := range map[string][]string{
		"UTF-8":                        {want, "a.txt", "text/plain"},
		"UTF-8 with a byte order mark": {"\ufeff" + want, "a.txt", "text/plain"},
		"Latin-1 by content type":      {latin1, "a.txt", "text/plain; charset=iso-8859-1"},
		"UTF-16 by byte order mark":    {utf16, "a.txt", "text/plain"},
		"by name alone":                {want, "a.txt", ""},
		"octets with a name":           {want, "a.txt", "application/octet-stream"},
		"HTML that says so itself":     {`<html lang="fr"><head><meta charset="windows-1252"></head><body><article><p>` + latin1 + "</p>" + filler + "</article></body></html>", "a.html", "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			a := a.on(t)
			url := "https://a.example/" + strings.ReplaceAll(name, " ", "-")
			got := a.upload([]string{"file", file[0], file[1], file[2]}, []string{"source_id", "1"}, []string{"url", url}, []string{"title", "T"},
				[]string{"authors", "A"}, []string{"authors", "B"}, []string{"language", "fr"}, []string{"published_at", "2024-01-31T08:34:00Z"}).wants(201)
			if text := got.text("/latest/text"); !strings.HasPrefix(text, want) {
				t.Errorf("the text = %q; want %q", text, want)
			}
			got.has("/url", url, "/authors", list{"A", "B"}, "/published_at", "2024-01-31T08:34:00.000000Z", "/language", "fr")
		})
	}
}

func TestEverythingWrongWithAnUploadIsTold(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	text := []string{"file", "Words.", "a.txt", "text/plain"}
	rest := [][]string{{"source_id", "1"}, {"url", "https://a.example/"}, {"title", "T"}}
	before := a.contents()
	a.upload(rest...).wants(400).names("file required")
	a.upload(text, []string{"source_id", "x"}, []string{"zzz", "1"}, []string{"title", "T"}, []string{"title", "U"}).wants(400).
		names("source_id wrong_type", "zzz unknown_field", "title duplicate")
	a.upload(append(rest, text, text)...).wants(400).names("file duplicate")
	a.upload(append(rest, text, []string{"published_at", "yesterday"})...).wants(422).names("published_at format")
	a.upload(append(rest, []string{"file", "", "a.txt", "text/plain"})...).wants(422).names("file required")
	a.upload(append(rest, []string{"file", "a\x00b", "a.txt", "text/plain"})...).wants(422).names("file not_text")
	a.upload(append(rest, []string{"file", "caf\xe9", "a.txt", "text/plain"})...).wants(422).names("file not_text")
	a.upload(append(rest, []string{"file", "\x89PNG\r\n\x1a\n", "a.png", "image/png"})...).wants(422).names("file format")
	a.upload(append(rest, []string{"file", "%PDF-1.7", "", "application/octet-stream"})...).wants(422).names("file format")
	a.upload(text).wants(422).names("source_id required", "url required", "title required")
	a.upload([]string{"file", "", "a.txt", "text/plain"}, []string{"source_id", "9"}, []string{"url", "x"}, []string{"authors", ""}).wants(422).
		names("file required", "url format", "title required", "authors required")
	a.upload(append(rest, []string{"file", strings.Repeat("x", int(limits.MaxArticle)), "a.txt", "text/plain"})...).wants(413)
	body, mediaType := form(t, append(rest, text)...)
	a.post("/api/v1/articles/upload", body[:len(body)-10], "Content-Type", mediaType).wants(400)
	a.post("/api/v1/articles/upload", body, "Content-Type", "multipart/form-data").wants(415)
	a.post("/api/v1/articles/upload", body, "Content-Type", "multipart/mixed; boundary=x").wants(415)
	if after := a.contents(); after != before {
		t.Errorf("what is kept has changed from\n%s to\n%s", before, after)
	}
	a.post("/api/v1/articles/upload", body, "Content-Type", mediaType).wants(201)
	a.post("/api/v1/articles/upload", body, "Content-Type", mediaType).wants(409).has("/existing/href", "/api/v1/articles/1")
}

func TestAnArticleMayBeTenMebibytesLongAndNothingElseMore(t *testing.T) {
	a := open(t)
	a.source("Ledger")
	long := strings.Repeat("A sentence of forty characters, no more.\n", int(limits.MaxBody)/40)
	got := a.post("/api/v1/articles", changed(pledge, "text", long)).wants(201)
	last := len(got.at("/latest/sentences").(list)) - 1
	a.claim("It is so.", got.sentence(last))
	a.post("/api/v1/sources", changed(ledger, "description", long)).wants(413)
}
