// Package pgtest starts throw-away PostgreSQL servers for tests: real ones, in temporary folders, on free ports of
// 127.0.0.1, stopped by their own process ids.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled says that this machine has no PostgreSQL server to start.
var ErrNotInstalled = errors.New("PostgreSQL's initdb and postgres are not installed")

// Server is a PostgreSQL server of a test's own.
type Server struct {
	Port    int
	folder  string
	bin     string
	as      *syscall.Credential
	process *exec.Cmd
	exited  chan error
}

// Start makes an empty server and starts it. Its superuser is "claims", who needs no password.
func Start(options ...string) (*Server, error) {
	s, err := prepare()
	if err != nil {
		return nil, err
	}
	// A server whose databases sort as a newsroom's may: by a language's rules where it can (15 and newer, built with ICU).
	initdb := []string{"-D", s.data(), "-A", "trust", "-U", "claims", "-E", "UTF8", "--no-locale", "--no-sync"}
	err = s.command("initdb", append(initdb, "--locale-provider=icu", "--icu-locale=en-US")...).Run()
	if err != nil {
		err = s.command("initdb", initdb...).Run()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w", err), s.Remove())
	}
	return s, s.Up(options...)
}

// Standby makes a streaming replica of a running server and starts it.
func (s *Server) Standby(options ...string) (*Server, error) {
	replica, err := prepare()
	if err != nil {
		return nil, err
	}
	backup := replica.command("pg_basebackup", "-D", replica.data(), "-R", "-X", "stream", "-c", "fast", "--no-sync",
		"-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "claims")
	if err := backup.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("pg_basebackup: %w", err), replica.Remove())
	}
	return replica, replica.Up(options...)
}

// prepare makes a folder for a server, finds its programs, and a port that is free.
func prepare() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.folder, err = os.MkdirTemp("", "pgtest"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		// PostgreSQL refuses to run as root.
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return nil, err
		}
		uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.folder, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	return s, listener.Close()
}

// Installed is nil where Start finds a PostgreSQL server to start, else ErrNotInstalled.
func Installed() error {
	_, err := programs()
	return err
}

// programs is the folder with PostgreSQL's server programs, the newest where there are several.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path)
		return filepath.Dir(path), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrNotInstalled
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// command is one of PostgreSQL's programs, run as a user that it accepts.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(context.Background(), filepath.Join(s.bin, name), args...)
	c.Dir = s.folder
	c.Env = []string{"PATH=" + s.bin + ":/usr/bin:/bin", "LC_ALL=C", "HOME=" + s.folder}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	return c
}

// Up starts the server, which is down, and waits until it answers.
func (s *Server) Up(options ...string) error {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.Port), "-k", s.folder, "-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=200", "-c", "max_wal_senders=8"}
	for _, o := range options {
		args = append(args, "-c", o)
	}
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	s.process = s.command("postgres", args...)
	s.process.Stdout, s.process.Stderr = log, log
	if err := errors.Join(s.process.Start(), log.Close()); err != nil {
		return err
	}
	process, exited := s.process, make(chan error, 1)
	s.exited = exited
	go func() {
		exited <- process.Wait()
		close(exited) // a server may be stopped more than once
	}()
	for range 600 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		connection, err := pgx.Connect(ctx, s.DSN("postgres"))
		cancel()
		if err == nil {
			return connection.Close(context.Background())
		}
		select {
		case err := <-exited:
			said, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("postgres ended at once: %w\n%s", err, said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("postgres did not answer within half a minute")
}

// Stop shuts the server down, cutting off its clients ("fast"), and waits for it to end.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Kill ends the server as a crash of the machine would: every process of it at once, nothing written any more.
func (s *Server) Kill() error {
	if err := s.Freeze(); err != nil {
		return err
	}
	if err := s.signal(syscall.SIGKILL); err != nil {
		return err
	}
	return s.end(syscall.SIGKILL)
}

// Freeze holds all of the server still, as a machine that hangs or a network that is cut would; Thaw lets it go on.
func (s *Server) Freeze() error {
	// Held still, the first process can start no more of the others.
	if err := s.process.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	return s.signal(syscall.SIGSTOP)
}

// Thaw undoes Freeze.
func (s *Server) Thaw() error {
	return errors.Join(s.signal(syscall.SIGCONT), s.process.Process.Signal(syscall.SIGCONT))
}

// signal sends a signal to each process that the server's first process has started. They are no process group.
func (s *Server) signal(signal syscall.Signal) error {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return err
	}
	for _, path := range stats {
		// After its name, in parentheses, stand a process's state and its parent. It may be gone by now.
		stat, err := os.ReadFile(path)
		if _, rest, ok := strings.Cut(string(stat), ") "); err == nil && ok {
			if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(s.process.Process.Pid) {
				id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
				if err != nil {
					return err
				}
				if err := syscall.Kill(id, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Server) end(signal os.Signal) error {
	if err := s.process.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.exited //nolint:errcheck // it was told to end, and says so
	return nil
}

// Remove stops the server, if it runs, and removes its folder.
func (s *Server) Remove() error {
	if s.process != nil {
		if err := s.Stop(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
	}
	return os.RemoveAll(s.folder)
}

// DSN is the address of one of the server's databases.
func (s *Server) DSN(database string) string {
	return fmt.Sprintf("postgres://claims@127.0.0.1:%d/%s?sslmode=disable", s.Port, database)
}

var databases atomic.Int64

// Database makes a database with a name of its own, empty or a copy of a template that nobody is connected to, and returns
// its name and address.
func Database(ctx context.Context, server, template string) (name, address string, err error) {
	name = fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	address, err = withDatabase(server, name)
	if err != nil {
		return "", "", err
	}
	return name, address, administer(ctx, server, func(c *pgx.Conn) error {
		create := "CREATE DATABASE " + name
		if template != "" {
			create += " TEMPLATE " + template
		}
		var version string
		if err := c.QueryRow(ctx, "SHOW server_version_num").Scan(&version); err != nil {
			return err
		}
		// A small database is copied faster file by file than block by block through the log; before 15 there was no choice.
		if version >= "150000" {
			create += " STRATEGY file_copy"
		}
		_, err := c.Exec(ctx, create)
		return err
	})
}

// Drop removes a database, cutting off whoever is still connected to it.
func Drop(ctx context.Context, server, name string) error {
	return administer(ctx, server, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	})
}

// administration is the connection on which databases are made and dropped: a new one each time costs as much as the making.
var administration struct {
	sync.Mutex
	server     string
	connection *pgx.Conn
}

// administer does something on the connection for that, one at a time.
func administer(ctx context.Context, server string, do func(*pgx.Conn) error) error {
	a := &administration
	a.Lock()
	defer a.Unlock()
	if a.server != server || a.connection == nil || a.connection.IsClosed() {
		connection, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		a.server, a.connection = server, connection
	}
	return do(a.connection)
}

// withDatabase is a server's address with another database in it.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
