package benchmark_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"claimtracker/internal/benchmark"
)

var (
	claims  = flag.Int("claims", 100_000, "how many claims the benchmarks are run on")
	clients = flag.Int("clients", 16, "how many clients ask at once, where the benchmark does not say")
	rounds  = flag.Int("rounds", 5, "how often each side of a comparison has its turn; what counts is the median")
	round   = flag.Duration("round", time.Second, "how long a turn is")
	data    = flag.String("data", filepath.Join(os.TempDir(), "claimtracker-benchmark"), "the folder where generated databases are kept")
	other   = flag.String("program", "", "a built program to measure instead of the one in this tree")
)

// staticSize is the variable that makes this program Echo's static handler, with bodies of so many bytes.
const staticSize = "BENCHMARK_STATIC_SIZE"

func TestMain(m *testing.M) {
	if size, err := strconv.Atoi(os.Getenv(staticSize)); err == nil {
		if err := serveStatic(size); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// serveStatic is what all is compared with: the least that Echo can do for an answer of that size.
func serveStatic(size int) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := []byte(strings.Repeat("x", size))
	e := echo.New()
	e.GET("/*", func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body) })
	if size == 0 {
		e = echo.New()
		e.GET("/*", func(c echo.Context) error { return c.NoContent(http.StatusNotModified) })
	}
	fmt.Printf("listens on http://%s\n", listener.Addr())
	return http.Serve(listener, e) //nolint:gosec // it serves this test alone, and ends with it
}

// static starts Echo's static handler as a process that ends with the test. A size of 0 stands for 304 without a body.
func static(tb testing.TB, size int) *benchmark.Process {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return started(tb, []string{fmt.Sprintf("%s=%d", staticSize, size)}, self)
}

func started(tb testing.TB, environment []string, name string, arguments ...string) *benchmark.Process {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	p, err := benchmark.Start(ctx, filepath.Join(tb.TempDir(), "log"), environment, name, arguments...)
	if err != nil {
		cancel()
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		defer cancel()
		if err := p.Stop(); err != nil && environment == nil { // the static handler knows nothing of ending well
			tb.Errorf("the server ended with %v", err)
		}
	})
	return p
}

// built is the folder of the built program, if a benchmark has asked for it.
var built string

// program is the program that is measured, built once.
var program = sync.OnceValues(func() (string, error) {
	if *other != "" {
		return filepath.Abs(*other)
	}
	folder, err := os.MkdirTemp("", "claimtracker")
	if err != nil {
		return "", err
	}
	built = folder
	path := filepath.Join(folder, "claimtracker")
	said, err := exec.Command("go", "build", "-tags", "sqlite_fts5", "-o", path, "../../api").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, said)
	}
	return path, nil
})

// known is the program's help on serving, which tells the settings that it has.
var known = sync.OnceValues(func() (string, error) {
	path, err := program()
	if err != nil {
		return "", err
	}
	help, err := exec.Command(path, "serve", "--help").Output()
	return string(help), err
})

// current are the datasets that this process has brought up to date.
var current = map[int]bool{}

// dataset is the file of a generated database, made where it is not there yet. It is not to be written to, save that an
// older one is first brought up to date, which would else be done at the start of each copy of it.
func dataset(tb testing.TB, claims int) string {
	tb.Helper()
	file := generated(tb, claims)
	if !current[claims] {
		if err := servingFile(tb, file).Stop(); err != nil {
			tb.Fatal(err)
		}
		current[claims] = true
	}
	return file
}

func generated(tb testing.TB, claims int) string {
	tb.Helper()
	path, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll(*data, 0o755); err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(*data, fmt.Sprintf("%d.db", claims))
	if _, err := os.Stat(file); err == nil {
		return file
	}
	// Under another name until it is whole.
	unfinished := filepath.Join(tb.TempDir(), "unfinished.db")
	tb.Logf("generating %d claims into %s", claims, file)
	said, err := exec.Command(path, "generate", "--claims", strconv.Itoa(claims), "--seed", "1", "--database", unfinished).CombinedOutput()
	if err != nil {
		tb.Fatalf("generating: %v\n%s", err, said)
	}
	if err := copyFile(unfinished, file+".part"); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(file+".part", file); err != nil {
		tb.Fatal(err)
	}
	return file
}

// copyFile copies a file onto the disk: the kernel would else write the copy there while commits wait for the same disk.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err = io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}

// serving starts the program on a copy of a dataset. Settings that it does not have, because it is an older one, are left out.
func serving(tb testing.TB, claims int, settings ...string) *benchmark.Process {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "claims.db")
	if err := copyFile(dataset(tb, claims), file); err != nil {
		tb.Fatal(err)
	}
	return servingFile(tb, file, settings...)
}

func servingFile(tb testing.TB, file string, settings ...string) *benchmark.Process {
	tb.Helper()
	path, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	help, err := known()
	if err != nil {
		tb.Fatal(err)
	}
	arguments := []string{"serve", "--addr", "127.0.0.1:0", "--database", file}
	for _, setting := range settings {
		if name, _, _ := strings.Cut(setting, "="); strings.Contains(help, name+"=") {
			arguments = append(arguments, setting)
		} else {
			tb.Logf("the program has no setting %s", name)
		}
	}
	return started(tb, nil, path, arguments...)
}
