package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// destinations are the two places that articles are imported into: a database file, and a running server. Each gives the
// flags that name it, and what its articles, whole, say of the newest one.
func destinations(t *testing.T, do func(t *testing.T, name string, flags []string, newest func() article)) {
	t.Helper()
	t.Run("into a database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a.db")
		do(t, "database", []string{"--database", path}, func() article {
			p, stop := running(t, serveArgs(path)...)
			defer stop()
			return newestArticle(t, p.serving(t).base)
		})
	})
	t.Run("into a server", func(t *testing.T) {
		p, _ := running(t, serveArgs(filepath.Join(t.TempDir(), "a.db"))...)
		p.serving(t)
		do(t, "server", []string{"--server", p.base + "/"}, func() article { return newestArticle(t, p.base) })
	})
}

// article is what is looked at of an imported one.
type article struct {
	ID            int64    `json:"id"`
	URL           string   `json:"url"`
	Title         string   `json:"title"`
	Authors       []string `json:"authors"`
	PublishedAt   string   `json:"published_at"`
	PublishedText string   `json:"published_text"`
	Language      string   `json:"language"`
	ArchiveURL    string   `json:"archive_url"`
	Source        struct {
		Name string `json:"name"`
	} `json:"source"`
	Latest struct {
		Text      string `json:"text"`
		Sentences []any  `json:"sentences"`
	} `json:"latest"`
}

func newestArticle(t *testing.T, base string) (a article) {
	t.Helper()
	var l struct {
		Items []article `json:"items"`
	}
	if err := json.Unmarshal([]byte(get(t, base+"/api/v1/articles?sort=-created_at&limit=1")), &l); err != nil || len(l.Items) == 0 {
		t.Fatalf("the newest article: %+v, %v", l, err)
	}
	if err := json.Unmarshal([]byte(get(t, fmt.Sprintf("%s/api/v1/articles/%d?expand=source", base, l.Items[0].ID))), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// file writes a file to import.
func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const russianPage = `<!DOCTYPE html><html lang="ru"><head><meta charset="windows-1251"><title>Голоса</title>
<link rel="canonical" href="https://gazeta.example/golosa"><meta name="author" content="А. Писатель"></head>
<body><article><h1>Голоса пересчитали</h1>
<p>Центральная избирательная комиссия сообщила, что голоса пересчитали дважды и результат не изменился. Наблюдатели были на месте.</p>
<p>Представитель наблюдателей сказал, что жалоб не поступало, и назвал слухи о подмене бюллетеней выдумкой без единого доказательства.</p>
<p>Комиссия опубликует протоколы всех участков до конца недели, чтобы каждый мог проверить подсчёт своими глазами и без посредников.</p>
</article></body></html>`

func TestImportKeepsTextPagesAndFrontMatter(t *testing.T) {
	windows, err := charmap.Windows1251.NewEncoder().String(russianPage)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("It was rigged, he said. Nobody — «nobody» — saw it.")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		file    string
		content string
		flags   []string
		want    article
		text    string
	}{
		{"a text, and all settings", "a.txt", "It was rigged, he said.\r\nNobody saw it.",
			[]string{"--source=CNN", "--url=https://CNN.example/a?utm_source=x", "--title=A pledge", "--author=Writer, A.", "--author=B. Writer",
				"--published-at=2024-01-31T08:34:00+05:30", "--published-text=Jan 31", "--language=EN-us", "--archive-url=https://archive.example/a"},
			article{URL: "https://cnn.example/a", Title: "A pledge", Authors: []string{"Writer, A.", "B. Writer"}, PublishedAt: "2024-01-31T03:04:00.000000Z",
				PublishedText: "Jan 31", Language: "en-US", ArchiveURL: "https://archive.example/a"},
			"It was rigged, he said.\nNobody saw it."},
		{"a page in windows-1251", "golosa.html", windows, []string{"--source=CNN"},
			article{URL: "https://gazeta.example/golosa", Title: "Голоса пересчитали", Authors: []string{"А. Писатель"}, Language: "ru"},
			"результат не изменился"},
		{"a page, and settings that go before it", "golosa.htm", windows, []string{"--source=CNN", "--url=https://gazeta.example/b", "--title=Votes", "--language=uk"},
			article{URL: "https://gazeta.example/b", Title: "Votes", Authors: []string{"А. Писатель"}, Language: "uk"}, "результат не изменился"},
		{"YAML front matter", "a.md", "---\nsource: CNN\nurl: https://cnn.example/yaml\ntitle: 2024\nauthors: [A. Writer, B. Writer]\n" +
			"published_at: 2024-01-31T08:34:00Z\npublished_text: Jan 31\nlanguage: en\narchive_url: https://archive.example/b\n---\nIt was rigged.\n",
			nil, article{URL: "https://cnn.example/yaml", Title: "2024", Authors: []string{"A. Writer", "B. Writer"}, PublishedAt: "2024-01-31T08:34:00.000000Z",
				PublishedText: "Jan 31", Language: "en", ArchiveURL: "https://archive.example/b"}, "It was rigged.\n"},
		{"TOML front matter", "b.txt", "+++\nsource = \"CNN\"\nurl = \"https://cnn.example/toml\"\ntitle = \"A pledge\"\nauthors = \"A. Writer\"\n" +
			"published_at = 2024-01-31T08:34:00+01:00\nlanguage = \"en\"\n+++\nIt was rigged.",
			nil, article{URL: "https://cnn.example/toml", Title: "A pledge", Authors: []string{"A. Writer"}, PublishedAt: "2024-01-31T07:34:00.000000Z", Language: "en"}, "It was rigged."},
		{"front matter goes before the settings, what it leaves empty does not", "c.txt",
			"---\nurl: https://cnn.example/front\ntitle:\nauthors: []\nlanguage: ''\n---\nIt was rigged.",
			[]string{"--source=CNN", "--url=https://cnn.example/flag", "--title=A pledge", "--author=A. Writer", "--language=en"},
			article{URL: "https://cnn.example/front", Title: "A pledge", Authors: []string{"A. Writer"}, Language: "en"}, "It was rigged."},
		{"front matter with CR LF and a byte order mark", "d.txt",
			"\uFEFF---\r\nurl: https://cnn.example/crlf\r\ntitle: A pledge\r\nlanguage: en\r\n---\r\nIt was rigged.\r\n", []string{"--source=CNN"},
			article{URL: "https://cnn.example/crlf", Title: "A pledge", Language: "en"}, "It was rigged.\n"},
		{"front matter over a page", "e.html", "---\ntitle: Votes\nurl: https://cnn.example/page\n---\n" + strings.ReplaceAll(russianPage, "windows-1251", "utf-8"), []string{"--source=CNN"},
			article{URL: "https://cnn.example/page", Title: "Votes", Authors: []string{"А. Писатель"}, Language: "ru"}, "результат не изменился"},
		{"a text in UTF-16", "f.txt", wide, []string{"--source=CNN", "--url=https://cnn.example/wide", "--title=Wide", "--language=en"},
			article{URL: "https://cnn.example/wide", Title: "Wide", Language: "en"}, "It was rigged, he said. Nobody — «nobody» — saw it."},
		{"a source by its domain, and a language that is detected", "g.txt", "Der Minister sagte, die Stimmen seien zweimal gezählt worden. Niemand habe etwas anderes behauptet.",
			[]string{"--source=cnn.com", "--url=https://cnn.example/domain", "--title=Stimmen"}, article{URL: "https://cnn.example/domain", Title: "Stimmen", Language: "de"}, "Der Minister"},
		{"a source by its id", "h, and i.txt", "It was rigged.", []string{"--source=1", "--url=https://cnn.example/id", "--title=Id", "--language=en"},
			article{URL: "https://cnn.example/id", Title: "Id", Language: "en"}, "It was rigged."},
	}
	destinations(t, func(t *testing.T, _ string, flags []string, newest func() article) {
		for _, test := range tests {
			path := file(t, test.file, []byte(test.content))
			stdout, stderr, err := told(append(append([]string{"import", path}, flags...), test.flags...)...)
			if err != nil || stderr != "" || !regexp.MustCompile(`^`+regexp.QuoteMeta(path)+`: article \d+, [1-9]\d* sentences\n$`).MatchString(stdout) {
				t.Errorf("%s: import says %q and %q, %v; want one line with the article's id and sentences", test.name, stdout, stderr, err)
				continue
			}
			got := newest()
			if !strings.Contains(got.Latest.Text, test.text) || len(got.Latest.Sentences) == 0 || got.Source.Name == "" {
				t.Errorf("%s: the text is %q in %d sentences by %q; want %q in it", test.name, got.Latest.Text, len(got.Latest.Sentences), got.Source.Name, test.text)
			}
			got.ID, got.Source.Name, got.Latest.Text, got.Latest.Sentences = 0, "", "", nil
			if test.want.Authors == nil {
				test.want.Authors = []string{}
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s: the article is\n%+v; want\n%+v", test.name, got, test.want)
			}
		}
	})
}

func TestImportGoesOnAfterAFileThatFailsAndSaysWhichAndWhy(t *testing.T) {
	front := func(more string) []byte {
		return []byte("---\nsource: CNN\ntitle: A pledge\nlanguage: en\n" + more + "\n---\nIt was rigged.")
	}
	folder := t.TempDir()
	files := []struct{ path, want string }{
		{file(t, "first.txt", front("url: https://cnn.example/first")), "article"},
		{file(t, "again.txt", front("url: https://CNN.example:443/first#top")), "skipped, already there as article"},
		{file(t, "unknown.txt", front("url: https://cnn.example/2\nauthor: A. Writer\nsubtitle: x")), `FAILED: the front matter has an unknown entry "author"; the front matter has an unknown entry "subtitle"`},
		{file(t, "yaml.txt", []byte("---\ntitle: [\n---\nIt was rigged.")), "FAILED: the front matter cannot be read"},
		{file(t, "open.txt", []byte("---\nsource: CNN\ntitle: A pledge\nurl: https://cnn.example/open\n\nIt was rigged.")), "FAILED: the front matter that --- opens is never closed"},
		{file(t, "toml.txt", []byte("+++\r\nsource = 'CNN'\r\nIt was rigged.")), "FAILED: the front matter that +++ opens is never closed"},
		{file(t, "map.txt", front("url: {a: b}")), `FAILED: the entry "url" of the front matter must be text`},
		{file(t, "list.txt", front("url: [https://cnn.example/a, https://cnn.example/b]")), `FAILED: the entry "url" of the front matter must be text`},
		{file(t, "time.txt", front("url: https://cnn.example/3\npublished_at: yesterday")), "FAILED: published_at must be an RFC 3339 time"},
		{file(t, "nosource.txt", []byte("---\nurl: https://cnn.example/4\ntitle: A\n---\nIt was rigged.")), "FAILED: no source is named"},
		{file(t, "nobody.txt", []byte("---\nsource: The Nobody Times\nurl: https://cnn.example/5\ntitle: A\n---\nIt was rigged.")), `FAILED: there is no source "The Nobody Times"`},
		{file(t, "noid.txt", []byte("---\nsource: 999\nurl: https://cnn.example/5\ntitle: A\n---\nIt was rigged.")), "FAILED: The input is not valid: source_id there is no source 999"},
		{file(t, "bare.txt", []byte("---\nsource: CNN\n---\nIt was rigged.")), "FAILED: The input is not valid: url must be given, and not be blank; title must be given"},
		{file(t, "empty.txt", front("url: https://cnn.example/6")[:len(front("url: https://cnn.example/6"))-len("It was rigged.")]), "FAILED: The input is not valid: file must not be empty"},
		{file(t, "picture.png", []byte("\x89PNG\r\n\x1a\n----")), "FAILED"},
		{file(t, "latin1.txt", append(front("url: https://cnn.example/7"), 0xE9)), "FAILED: The input is not valid: file not text: invalid UTF-8"},
		{filepath.Join(folder, "missing.txt"), "FAILED: "},
		{folder, "FAILED: is not a file"},
		{file(t, "last.txt", front("url: https://cnn.example/last")), "article"},
	}
	destinations(t, func(t *testing.T, _ string, flags []string, newest func() article) {
		args := append([]string{"import"}, flags...)
		for _, f := range files {
			args = append(args, f.path)
		}
		stdout, _, err := told(args...)
		if err == nil || err.Error() != "16 of 19 files failed" {
			t.Errorf("import ends with %v; want 16 of 19 files failed", err)
		}
		said := strings.SplitAfter(stdout, "\n")
		for i, f := range files {
			if i >= len(said) || !strings.HasPrefix(said[i], f.path+": ") || !strings.Contains(said[i], f.want) {
				t.Errorf("of %s it says %q; want %q", f.path, said[min(i, len(said)-1)], f.want)
			}
		}
		if got := newest(); got.URL != "https://cnn.example/last" {
			t.Errorf("the newest article is %s; want the last one", got.URL)
		}
	})
}

func TestWhatIsOfOneArticleIsRefusedForSeveralFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a, b := file(t, "a.txt", []byte("It was rigged.")), file(t, "b.txt", []byte("It was not."))
	ofOne := []string{"--url=https://cnn.example/a", "--title=A", "--published-at=2024-01-31T08:34:00Z", "--published-text=Jan 31", "--archive-url=https://archive.example/a"}
	args := append([]string{"import", "--database", path, "--source=CNN", "--language=en", "--timeout=soon", "--log-format=xml", a, b}, ofOne...)
	stdout, _, err := told(args...)
	if err == nil || stdout != "" {
		t.Fatalf("import of two files with one URL says %q, %v; want it refused", stdout, err)
	}
	for _, flag := range append(ofOne, "--timeout", "--log-format") {
		flag, _, _ = strings.Cut(flag, "=")
		if strings.Count(err.Error(), flag+": ") != 1 {
			t.Errorf("%s is not reported once in\n%v", flag, err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a refused import has made a database")
	}
	if stdout, _, err := told(append([]string{"import", "--database", path, "--source=CNN", a}, ofOne...)...); err != nil {
		t.Errorf("import of one file with these flags says %q, %v; want it kept", stdout, err)
	}
}

func TestAFileIsAsLongAsTheServersArticlesMayBe(t *testing.T) {
	long := file(t, "long.txt", bytes.Repeat([]byte("It was rigged. "), (10<<20)/15+1))
	short := file(t, "short.txt", []byte("It was rigged."))
	destinations(t, func(t *testing.T, name string, flags []string, _ func() article) {
		args := append([]string{"import", "--source=CNN", "--url=https://cnn.example/" + name, "--title=A", "--language=en"}, flags...)
		stdout, _, err := told(append(args, long)...)
		if err == nil || !strings.Contains(stdout, "is not a file of at most 10485760 bytes") {
			t.Errorf("import of more than 10 MiB says %q, %v; want it refused", stdout, err)
		}
		t.Setenv("CLAIMTRACKER_MAX_ARTICLE", "13")
		stdout, _, err = told(append(args, short)...)
		if err == nil || !strings.Contains(stdout, "is not a file of at most 13 bytes") {
			t.Errorf("with CLAIMTRACKER_MAX_ARTICLE=13, import of 14 bytes says %q, %v; want it refused", stdout, err)
		}
		t.Setenv("CLAIMTRACKER_MAX_ARTICLE", "10KiB")
		if stdout, _, err = told(append(args, short)...); err != nil {
			t.Errorf("with CLAIMTRACKER_MAX_ARTICLE=10KiB, import of 14 bytes says %q, %v; want it kept", stdout, err)
		}
	})
}

func TestImportOfManyFilesIsWrittenOneLineAFile(t *testing.T) {
	args := []string{"import", "--database", filepath.Join(t.TempDir(), "a.db"), "--source", "CNN", "--language", "en"}
	for i := range 60 {
		args = append(args, file(t, fmt.Sprintf("%d.txt", i), fmt.Appendf(nil, "---\nurl: https://cnn.example/%d\ntitle: A\n---\nIt was rigged %d times.", i, i)))
	}
	stdout, stderr, err := told(args...)
	if err != nil || strings.Count(stdout, "\n") != 60 || strings.Count(stdout, ", 1 sentences") != 60 || strings.ContainsAny(stdout, "\r\x1b") || stderr != "" {
		t.Errorf("importing 60 files says %q and %q, %v; want 60 plain lines and nothing else", stdout, stderr, err)
	}
}

func TestAnImportThatIsCancelledStopsAndKeepsWhatItHasSaid(t *testing.T) {
	destinations(t, func(t *testing.T, _ string, flags []string, newest func() article) {
		ctx, cancel := context.WithCancel(context.Background())
		args := append([]string{"import", "--source", "CNN", "--language", "en"}, flags...)
		for i := range 50 {
			args = append(args, file(t, fmt.Sprintf("%d.txt", i), fmt.Appendf(nil, "---\nurl: https://cnn.example/%d\ntitle: A\n---\nIt was rigged.", i)))
		}
		said := &cancelling{cancel: cancel, after: 5}
		err := run(ctx, args, said, &lines{})
		if err == nil || !strings.HasPrefix(err.Error(), "stopped before "+args[len(args)-45]) {
			t.Errorf("a cancelled import ends with %v; want that it stopped before the sixth file", err)
		}
		if n := strings.Count(said.all.String(), "article"); n != 5 {
			t.Errorf("it says that it kept %d articles; want 5:\n%s", n, &said.all)
		}
		if got := newest(); got.URL != "https://cnn.example/4" {
			t.Errorf("the newest article is %s; want the fifth", got.URL)
		}
	})
}

// cancelling cancels after so many lines.
type cancelling struct {
	all    bytes.Buffer
	cancel context.CancelFunc
	after  int
}

func (c *cancelling) Write(b []byte) (int, error) {
	if c.after -= bytes.Count(b, []byte("\n")); c.after == 0 {
		c.cancel()
	}
	return c.all.Write(b)
}

func TestASourceThatIsNamedTwiceIsNotGuessed(t *testing.T) {
	destinations(t, func(t *testing.T, name string, flags []string, _ func() article) {
		p, stop := &process{base: strings.TrimSuffix(flags[1], "/")}, func() {}
		if name == "database" {
			p, stop = running(t, serveArgs(flags[1])...)
			p.serving(t)
		}
		for range 2 {
			if a, err := ask(http.MethodPost, p.base+"/api/v1/sources", "application/json", `{"name": "The Twin", "kind": "other"}`); a.status != http.StatusCreated {
				t.Fatalf("%d, %v: %s", a.status, err, a.body)
			}
		}
		stop()
		stdout, _, err := told(append([]string{"import", "--source=The Twin", "--url=https://a.example/", "--title=A", file(t, "a.txt", []byte("It was rigged."))}, flags...)...)
		if err == nil || !strings.Contains(stdout, `more than one source is "The Twin"`) {
			t.Errorf("import of a source that is there twice says %q, %v; want it refused", stdout, err)
		}
	})
}

func TestAnImportIntoAServerThatIsNotThereFails(t *testing.T) {
	stdout, _, err := told("import", "--server", "http://127.0.0.1:1", "--source=CNN", file(t, "a.txt", []byte("It was rigged.")))
	if err == nil || !strings.Contains(stdout, "the server does not answer") {
		t.Errorf("import into no server says %q, %v; want that it does not answer", stdout, err)
	}
}

func TestAnImportDoesNotWaitForEverForAServer(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var said lines
	err := run(ctx, []string{"import", "--server", silent.URL, "--timeout=50ms", "--source=CNN", file(t, "a.txt", []byte("It was rigged."))}, &said, &lines{})
	if err == nil || ctx.Err() != nil || !strings.Contains(said.String(), "the server does not answer") {
		t.Errorf("import into a silent server says %q, %v; want that it does not answer, after 50 ms", &said, err)
	}
}

func TestAnImportSeedsAnEmptyDatabaseUnlessItIsNotTo(t *testing.T) {
	for setting, want := range map[string]bool{"true": true, "false": false} {
		t.Setenv("CLAIMTRACKER_SEEDS", setting)
		path := filepath.Join(t.TempDir(), "a.db")
		_, _, err := told("import", "--database", path, "--source=CNN", "--url=https://cnn.example/a", "--title=A", file(t, "a.txt", []byte("It was rigged.")))
		if (err == nil) != want {
			t.Errorf("with CLAIMTRACKER_SEEDS=%s the import ends with %v; want the source of the seeds to be there: %t", setting, err, want)
		}
		if got := table(t, path, "claims"); (got != "") != want {
			t.Errorf("with CLAIMTRACKER_SEEDS=%s the claims are %q; want any: %t", setting, got, want)
		}
	}
}

// table is every row of a table of a closed database.
func table(t *testing.T, path, name string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT * FROM " + name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, name, values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}
