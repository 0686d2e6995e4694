package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the folder of the built program, if any test has asked for it.
var built string

// program is the program, built once for all tests that run it as a process of its own.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "claimtracker")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // one test runs it as another user
		return "", err
	}
	built = folder
	path := filepath.Join(folder, "claimtracker")
	if said, err := exec.Command("go", "build", "-tags", "sqlite_fts5", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, said)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	// The tests say what is set.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, variables) {
			os.Unsetenv(name)
		}
	}
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// lines is what a process or run has written so far.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// process is a claimtracker that runs, as a process or within this one.
type process struct {
	stdout, stderr lines
	base           string // http://127.0.0.1:port, once it serves
	cmd            *exec.Cmd
	done           chan struct{}
	err            error // how it ended, once done is closed
}

// ended waits for the end and gives the error.
func (p *process) ended(t *testing.T) error {
	t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(time.Minute):
		t.Fatalf("the program does not end; it has said\n%s%s", &p.stdout, &p.stderr)
		return nil
	}
}

// exitCode waits for the end of a process.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	_ = p.ended(t)
	return p.cmd.ProcessState.ExitCode()
}

var listening = regexp.MustCompile(`listens on (http://\S+)\n`)

// serving waits until the program says where it listens.
func (p *process) serving(t *testing.T) *process {
	t.Helper()
	for range 6000 {
		if at := listening.FindStringSubmatch(p.stdout.String()); at != nil {
			p.base = at[1]
			return p
		}
		select {
		case <-p.done:
			t.Fatalf("the program ended with %v before it served; it has said\n%s%s", p.err, &p.stdout, &p.stderr)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("the program does not serve; it has said\n%s%s", &p.stdout, &p.stderr)
	return nil
}

// launch starts the built program.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return command(t, exec.Command(path, args...))
}

func command(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.err = cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.done
	})
	return p
}

// running runs the program within this process, until the test ends or stop is called.
func running(t *testing.T, args ...string) (p *process, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p = &process{done: make(chan struct{})}
	go func() { p.err = run(ctx, args, &p.stdout, &p.stderr); close(p.done) }()
	stop = func() { cancel(); <-p.done }
	t.Cleanup(stop)
	return p, stop
}

// told runs a command within this process and gives what it says on both outputs.
func told(args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = run(context.Background(), args, &out, &errs)
	return out.String(), errs.String(), err
}

// serveArgs serve a database on a free port.
func serveArgs(database string, more ...string) []string {
	return append([]string{"serve", "--addr", "127.0.0.1:0", "--database", database, "--log-level", "warn"}, more...)
}

// answer is an HTTP answer, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func ask(method, url, contentType, body string) (answer, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(b)}, err
}

// get is the answer to a GET, which must be 200.
func get(t *testing.T, url string) string {
	t.Helper()
	a, err := ask(http.MethodGet, url, "", "")
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("GET %s = %d, %v: %s; want 200", url, a.status, err, a.body)
	}
	return a.body
}

func TestHelpNamesEverySettingWithItsVariable(t *testing.T) {
	settings := map[string][]string{
		"serve":  {"database", "log-level", "log-format", "addr", "max-body", "max-article", "cache", "timeout", "query-timeout", "drain", "cors-origin", "host", "write-batch", "seeds"},
		"import": {"database", "log-level", "log-format", "server"},
		"seed":   {"database"},
		"health": {"server"},
	}
	for command, flags := range settings {
		stdout, stderr, err := told(command, "--help")
		if err != nil || stderr != "" {
			t.Errorf("%s --help: %v, and %q on the standard error; want neither", command, err, stderr)
		}
		for _, flag := range flags {
			variable := "$" + variables + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
			if !strings.Contains(stdout, "--"+flag) || !strings.Contains(stdout, variable) {
				t.Errorf("%s --help does not name --%s and %s:\n%s", command, flag, variable, stdout)
			}
		}
	}
	stdout, _, err := told("--help")
	if err != nil {
		t.Errorf("--help: %v; want no error", err)
	}
	for _, command := range []string{"serve", "import", "seed", "copy", "health"} {
		if !strings.Contains(stdout, "\n  "+command+" ") {
			t.Errorf("--help does not name the command %s:\n%s", command, stdout)
		}
	}
}

func TestHelpSaysEveryDefault(t *testing.T) {
	for command, defaults := range map[string][]string{
		"serve": {"--database claimtracker.db", "--log-level info", "--log-format text", "--addr 127.0.0.1:8080", "--max-body 1MiB",
			"--max-article 10MiB", "--cache 20MiB", "--timeout 30s", "--query-timeout 10s", "--drain 30s", "--write-batch 256", "--seeds true"},
		"import": {"--database claimtracker.db", "--log-level info", "--log-format text", "--timeout 5m"},
		"seed":   {"--database claimtracker.db"},
		"health": {"--server http://127.0.0.1:8080"},
	} {
		stdout, _, err := told(command, "--help")
		if err != nil {
			t.Errorf("%s --help: %v", command, err)
		}
		_, flags, _ := strings.Cut(strings.Join(strings.Fields(stdout), " "), "Flags:")
		for _, setting := range defaults {
			flag, value, _ := strings.Cut(setting, " ")
			_, help, _ := strings.Cut(flags, flag+"=")
			help, _, _ = strings.Cut(help, " --")
			if !strings.Contains(help+" ", "Default: "+value+" ") {
				t.Errorf("%s --help says of %s %q; want its default, %s", command, flag, help, value)
			}
		}
	}
}

func TestAllMistakesInTheConfigurationAreReportedTogether(t *testing.T) {
	t.Setenv("CLAIMTRACKER_TIMEOUT", "soon")
	t.Setenv("CLAIMTRACKER_DRAIN", "-1s")
	t.Setenv("CLAIMTRACKER_CORS_ORIGIN", "https://dash.example,dash.example/")
	t.Setenv("CLAIMTRACKER_HOST", "tracker.example,https://tracker.example")
	t.Setenv("CLAIMTRACKER_DATABSE", "typo.db")
	_, _, err := told("serve", "--addr=nowhere", "--max-body=big", "--max-article=0", "--cache=-1", "--query-timeout=0s", "--seeds=perhaps", "--write-batch=0", "--log-level=loud", "--log-format=xml", "--database= ")
	if err == nil {
		t.Fatal("a configuration of mistakes was accepted")
	}
	for _, want := range []string{"--addr:", "--max-body:", "--max-article:", "--cache:", "--timeout:", "--query-timeout:", "--drain:", "--cors-origin:", "--host:", "--seeds:", "--write-batch:",
		"--log-level:", "--log-format:", "--database:", "CLAIMTRACKER_DATABSE:"} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("%s is reported %d times in\n%v\nwant once", want, strings.Count(err.Error(), want), err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 15 {
		t.Errorf("there are %d lines of mistakes; want 15, one each:\n%v", n, err)
	}
}

func TestOneMistakeIsReportedAlone(t *testing.T) {
	folder := t.TempDir()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"an unknown command":         {[]string{"frobnicate"}, "frobnicate"},
		"an unknown flag":            {[]string{"serve", "--frobnicate"}, "--frobnicate"},
		"a flag without its value":   {[]string{"serve", "--addr"}, "--addr"},
		"an argument too many":       {[]string{"seed", "frobnicate"}, "frobnicate"},
		"an import of nothing":       {[]string{"import"}, "file"},
		"a port that is none":        {[]string{"serve", "--addr", "127.0.0.1:65536"}, "--addr"},
		"an address without a port":  {[]string{"serve", "--addr", "127.0.0.1"}, "--addr"},
		"a size with another unit":   {[]string{"serve", "--max-body", "1MB"}, "--max-body"},
		"a negative size":            {[]string{"serve", "--max-body", "-1"}, "--max-body"},
		"a time without a unit":      {[]string{"serve", "--timeout", "30"}, "--timeout"},
		"an origin with a path":      {[]string{"serve", "--cors-origin", "https://dash.example/"}, "--cors-origin"},
		"a host with a port":         {[]string{"serve", "--host", "tracker.example:80"}, "--host"},
		"a folder that is not there": {[]string{"serve", "--addr", "127.0.0.1:0", "--database", filepath.Join(folder, "no", "x.db")}, "does not exist"},
		"a folder as a database":     {[]string{"serve", "--addr", "127.0.0.1:0", "--database", folder}, "is a folder"},
		"a copy of no database":      {[]string{"copy", "--from", "mysql://db.example/claims", "--to", "b.db"}, "--from"},
		"a copy into no database":    {[]string{"copy", "--from", "a.db", "--to", "mysql://db.example/claims"}, "--to"},
		"a server that is no URL":    {[]string{"health", "--server", "http://[::1"}, "--server"},
	} {
		_, _, err := told(test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: claimtracker %s: %v; want one line that names %s", name, strings.Join(test.args, " "), err, test.want)
		}
	}
}

func TestAnAddressThatIsTakenIsAPlainError(t *testing.T) {
	first, _ := running(t, serveArgs(filepath.Join(t.TempDir(), "a.db"), "--seeds=false")...)
	first.serving(t)
	second := filepath.Join(t.TempDir(), "b.db")
	_, _, err := told("serve", "--addr", strings.TrimPrefix(first.base, "http://"), "--database", second, "--seeds=false")
	if err == nil || !strings.Contains(err.Error(), "cannot listen") {
		t.Errorf("listening where somebody listens: %v; want that it cannot listen", err)
	}
	if _, err := os.Stat(second + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the database was not closed: its write-ahead log is there, %v", err)
	}
}

func TestTheEnvironmentSaysWhatFlagsSayAndFlagsComeFirst(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("CLAIMTRACKER_ADDR", "127.0.0.1:0")
	t.Setenv("CLAIMTRACKER_DATABASE", filepath.Join(folder, "environment.db"))
	t.Setenv("CLAIMTRACKER_SEEDS", "false")
	t.Setenv("CLAIMTRACKER_MAX_BODY", "10")
	t.Setenv("CLAIMTRACKER_CORS_ORIGIN", "https://a.example,https://b.example")
	t.Setenv("CLAIMTRACKER_LOG_FORMAT", "json")
	p, stop := running(t) // no command is serve
	p.serving(t)
	if got := get(t, p.base+"/api/v1/sources"); !strings.Contains(got, `"items":[]`) {
		t.Errorf("with CLAIMTRACKER_SEEDS=false the sources are %s; want none", got)
	}
	if a, err := ask(http.MethodPost, p.base+"/api/v1/sources", "application/json", `{"name":"a","kind":"other"}`); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("with CLAIMTRACKER_MAX_BODY=10 a longer body gives %d, %v; want 413", a.status, err)
	}
	for _, origin := range []string{"https://a.example", "https://b.example", "https://c.example"} {
		request, _ := http.NewRequest(http.MethodGet, p.base+"/healthz", nil)
		request.Header.Set("Origin", origin)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		want := map[bool]string{true: origin}[origin != "https://c.example"]
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("a page of %s is allowed as %q; want %q", origin, got, want)
		}
	}
	stop()
	if !strings.Contains(p.stderr.String(), `"msg":"request"`) || p.err != nil {
		t.Errorf("with CLAIMTRACKER_LOG_FORMAT=json the log is %s (ended with %v); want JSON", &p.stderr, p.err)
	}
	if _, err := os.Stat(filepath.Join(folder, "environment.db")); err != nil {
		t.Errorf("the database of CLAIMTRACKER_DATABASE: %v", err)
	}
	if stdout, _, err := told("seed", "--database", filepath.Join(folder, "flag.db")); err != nil || !strings.Contains(stdout, "flag.db") {
		t.Errorf("with a flag against the environment: %s, %v; want the flag's database", stdout, err)
	}
}

func TestServeOnAnEmptyFolderAnswersWithTheSeeds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	p, stop := running(t, serveArgs(path)...)
	p.serving(t)
	want := fmt.Sprintf("claimtracker listens on %s\nSwagger UI: %s/docs/\nDatabase: %s\n", p.base, p.base, path)
	if got := p.stdout.String(); got != want {
		t.Errorf("serve says %q; want %q", got, want)
	}
	if got := get(t, p.base+"/readyz"); !strings.Contains(got, `"ok"`) {
		t.Errorf("/readyz = %s; want ok", got)
	}
	if got := get(t, p.base+"/docs/"); !strings.Contains(got, "swagger-ui") {
		t.Errorf("/docs/ is no Swagger UI: %.200s", got)
	}
	for path, want := range map[string]string{"sources": `"total":28`, "actors": `"total":34`, "claims": `"total":12`, "articles": `"total":1`} {
		if got := get(t, p.base+"/api/v1/"+path+"?limit=1&total=true"); !strings.Contains(got, want) {
			t.Errorf("%s of a new database: %.300s; want %s", path, got, want)
		}
	}
	stop()
	if p.err != nil {
		t.Errorf("serve ended with %v; want no error", p.err)
	}
}

func TestOnALoopbackAddressOnlyKnownHostsAreAnswered(t *testing.T) {
	p, _ := running(t, serveArgs(filepath.Join(t.TempDir(), "a.db"), "--seeds=false", "--host=Tracker.example")...)
	p.serving(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.base, "http://"), ":")
	for host, want := range map[string]int{"127.0.0.1:" + port: 200, "LOCALHOST:" + port: 200, "[::1]": 200, "tracker.example": 200, "tracker.example:443": 200,
		"evil.example:" + port: 421, "192.0.2.1": 421, "localhost.evil.example": 421} {
		request, _ := http.NewRequest(http.MethodGet, p.base+"/api/v1/sources", nil)
		request.Host = host
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("Host: %s is answered %d; want %d", host, response.StatusCode, want)
		}
	}
}

func TestHealthAsksARunningServer(t *testing.T) {
	p, stop := running(t, serveArgs(filepath.Join(t.TempDir(), "a.db"), "--seeds=false")...)
	p.serving(t)
	for _, server := range []string{p.base, p.base + "/"} {
		if stdout, _, err := told("health", "--server", server); err != nil || stdout != "ready\n" {
			t.Errorf("health of %s = %q, %v; want ready", server, stdout, err)
		}
	}
	t.Setenv("CLAIMTRACKER_SERVER", p.base)
	if _, _, err := told("health"); err != nil {
		t.Errorf("health of CLAIMTRACKER_SERVER: %v", err)
	}
	if _, _, err := told("health", "--server", p.base+"/api"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("health of what is no server of ours: %v; want that it is not ready", err)
	}
	stop()
	if _, _, err := told("health"); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("health of a server that is stopped: %v; want that it does not answer", err)
	}
}
