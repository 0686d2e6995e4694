package benchmark

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a server that runs as a process of its own.
type Process struct {
	// URL is where it listens, without a slash at the end.
	URL string
	// Began is how long it took from its start until it said where it listens.
	Began time.Duration
	// Log is the file that it writes its stderr to.
	Log string

	cmd *exec.Cmd
}

var listens = regexp.MustCompile(`listens on (http://\S+)`)

// Start starts a server that says "listens on http://..." on its stdout, and waits until it does. Its stderr goes to a
// file.
func Start(ctx context.Context, log string, environment []string, name string, arguments ...string) (*Process, error) {
	stderr, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer stderr.Close() //nolint:errcheck // the process has its own
	p := &Process{cmd: exec.CommandContext(ctx, name, arguments...), Log: log}
	p.cmd.Stderr = stderr
	p.cmd.Env = append(os.Environ(), environment...)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if at := listens.FindStringSubmatch(lines.Text()); at != nil {
			p.URL, p.Began = at[1], time.Since(began)
			return p, nil
		}
	}
	err = p.cmd.Wait()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("%s ended before it listened (%w): %s", name, errors.Join(lines.Err(), err), said)
}

// Stop has the process end as it should, and waits for that. Once it has ended there is nothing to do.
func (p *Process) Stop() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// ticks are how many units of time Linux counts in a second of CPU (USER_HZ).
const ticks = 100

// CPU is the time that the process has spent on the processors so far, for itself and in the kernel, by hundredths of a
// second (proc_pid_stat(5)).
func (p *Process) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The second field is the program's name, which may hold anything: what counts comes after its last bracket.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields after the name", p.cmd.Process.Pid, len(fields))
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks, err
}

// Memory is how much memory the process has in RAM now, and the most that it ever had, in bytes (proc_pid_status(5)).
func (p *Process) Memory() (now, most int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kilobytes, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		switch name {
		case "VmRSS":
			now, err = strconv.ParseInt(kilobytes, 10, 64)
		case "VmHWM":
			most, err = strconv.ParseInt(kilobytes, 10, 64)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return now << 10, most << 10, nil
}

var tookForm = regexp.MustCompile(` took=(\S+)`)

// Took is how long each request took by the process's own log, from the place of the log that is given on. It is the time
// within the handler: without the network and without waiting for a processor to read the request.
func (p *Process) Took(from int64) ([]time.Duration, error) {
	log, err := os.ReadFile(p.Log)
	if err != nil {
		return nil, err
	}
	var all []time.Duration
	for _, at := range tookForm.FindAllSubmatch(log[from:], -1) {
		took, err := time.ParseDuration(string(at[1]))
		if err != nil {
			return nil, err
		}
		all = append(all, took)
	}
	return all, nil
}

// Logged is how long the log is so far, in bytes.
func (p *Process) Logged() (int64, error) {
	info, err := os.Stat(p.Log)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
