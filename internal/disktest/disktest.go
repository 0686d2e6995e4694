// Package disktest brings about the faults of a disk for the process of a test: that it is full, that it fails, and that it
// loses power. It stands between the process and the C library, by which SQLite reads and writes, and needs no rights. What
// Go's own packages read and write is left alone.
package disktest

import (
	"bytes"
	"debug/elf"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

//go:embed testdata/disk.c
var source []byte

// The files whose faults can be told apart, as bits.
const (
	Database = 1 << iota
	Log
)

// Operation is what a process asks of a disk.
type Operation int

// The operations that can fail. Cutting a file to a length is writing.
const (
	Write Operation = iota
	Sync
	Read
)

// Where the faults stand in the file by which they are brought about: a number of 64 bits each, as in testdata/disk.c.
const (
	fullAt   = 0
	failsAt  = 8
	failedAt = 32
	faultsTo = 40
)

// Disk is that of a process which keeps a database.
type Disk struct {
	testing.TB
	database, faults, record, object string
}

// New is a disk without faults for a program that keeps a database at a path. Where none can be made on this machine, or the
// program would not use it, it says so in the test's log, and ok is false.
func New(t testing.TB, program, database string) (d *Disk, ok bool) {
	t.Helper()
	folder := t.TempDir()
	d = &Disk{TB: t, database: database, faults: filepath.Join(folder, "faults"), record: filepath.Join(folder, "record"),
		object: filepath.Join(folder, "disk.so")}
	if err := d.make(program); err != nil {
		t.Log("not run:", err)
		return nil, false
	}
	return d, true
}

func (d *Disk) make(program string) error {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return errors.New("the faults of a disk are brought about on Linux with 64 bits only")
	}
	file, err := elf.Open(program)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it is only read
	if file.Section(".interp") == nil {
		return errors.New("the program has the C library within itself")
	}
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		return err
	}
	compile := exec.CommandContext(d.Context(), compiler, "-shared", "-fPIC", "-O1", "-o", d.object, "-x", "c", "-", "-ldl", "-lpthread") //nolint:gosec // no words of others
	compile.Stdin = bytes.NewReader(source)
	if said, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("the disk cannot be compiled: %w\n%s", err, said)
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(d.database))
	if err != nil {
		return err
	}
	d.database = filepath.Join(folder, filepath.Base(d.database))
	return os.WriteFile(d.faults, make([]byte, faultsTo), 0o600)
}

// Environment are the variables by which a process gets this disk.
func (d *Disk) Environment() []string {
	return []string{"LD_PRELOAD=" + d.object, "DISKTEST_FAULTS=" + d.faults, "DISKTEST_DATABASE=" + d.database}
}

// Fill fills the disk, so that no file may grow, or makes room again.
func (d *Disk) Fill(full bool) {
	d.Helper()
	value := uint64(0)
	if full {
		value = 1
	}
	d.set(fullAt, value)
}

// Fail has an operation fail from now on, on these files and no others: 0 is none.
func (d *Disk) Fail(what Operation, files uint64) {
	d.Helper()
	d.set(failsAt+8*int64(what), files)
}

// Failed is how many operations have failed so far.
func (d *Disk) Failed() uint64 {
	d.Helper()
	all, err := os.ReadFile(d.faults)
	if err != nil || len(all) != faultsTo {
		d.Fatalf("the faults are %d bytes, %v", len(all), err)
	}
	return binary.NativeEndian.Uint64(all[failedAt:])
}

func (d *Disk) set(at int64, value uint64) {
	d.Helper()
	file, err := os.OpenFile(d.faults, os.O_WRONLY, 0)
	if err != nil {
		d.Fatal(err)
	}
	_, err = file.WriteAt(binary.NativeEndian.AppendUint64(nil, value), at)
	if err := errors.Join(err, file.Close()); err != nil {
		d.Fatal(err)
	}
}
