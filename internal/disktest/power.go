package disktest

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
)

// sector is how many bytes of a disk are written in one piece.
const sector = 512

// change is what a process did to a file, and has not synced.
type change struct {
	at     int64 // where it stands in the record
	offset int64
	bytes  []byte // nil where the file was cut at the offset
}

// Power is what a process did to its database and log, one thing after another, up to where the power fails. Both are on the
// disk as they were last synced, and of what was done since, anything may be.
type Power struct {
	record []byte
	at     int64
	synced [2][]byte // the database, and its log
	since  [2][]change
}

// Recording are the variables by which a process gets this disk, and what it does is recorded.
func (d *Disk) Recording() []string { return append(d.Environment(), recorded+"="+d.record) }

const recorded = "DISKTEST_RECORD"

// Recorded is how long the record of this process is by now, and 0 where there is none.
func Recorded() int64 {
	info, err := os.Stat(os.Getenv(recorded))
	if err != nil {
		return 0
	}
	return info.Size()
}

// Power begins with the database as it was before, without a log.
func (d *Disk) Power(before []byte) *Power {
	d.Helper()
	record, err := os.ReadFile(d.record)
	if err != nil {
		d.Fatal(err)
	}
	return &Power{record: record, synced: [2][]byte{slices.Clone(before), nil}}
}

// The kinds of entries of a record, as in testdata/disk.c.
const (
	written = iota
	cut
	synced
)

// Next goes on by one entry, and is false at the end.
func (p *Power) Next() bool {
	const head = 4 * 8
	if p.at+head > int64(len(p.record)) {
		return false
	}
	var entry [4]int64 // what, to which file, where, and how many bytes
	for i := range entry {
		entry[i] = int64(binary.NativeEndian.Uint64(p.record[p.at+8*int64(i):])) //nolint:gosec // so it was written
	}
	what, file, at, size := entry[0], entry[1], entry[2], entry[3]
	if p.at+head+size > int64(len(p.record)) {
		return false // the process was killed as it wrote this
	}
	switch what {
	case written:
		p.since[file] = append(p.since[file], change{p.at, at, p.record[p.at+head:][:size]})
	case cut:
		p.since[file] = append(p.since[file], change{p.at, at, nil})
	case synced: // all that was done before it began
		i := 0
		for ; i < len(p.since[file]) && p.since[file][i].at < at; i++ {
			p.synced[file] = p.since[file][i].in(p.synced[file])
		}
		p.since[file] = p.since[file][i:]
	}
	p.at += head + size
	return true
}

// At is how much of the record has been done.
func (p *Power) At() int64 { return p.at }

// Fail is what may be found after a failure of the power right now: of what was not synced each part or none of it.
func (p *Power) Fail(r *rand.Rand) (database, log []byte) {
	var files [2][]byte
	for i, likely := range []int{r.IntN(5), r.IntN(5)} { // from none to all of it
		files[i] = slices.Clone(p.synced[i])
		for _, c := range p.since[i] {
			if c.bytes == nil && r.IntN(4) < likely {
				files[i] = c.in(files[i])
			}
			for n := 0; n < len(c.bytes); n += sector {
				if r.IntN(4) < likely {
					files[i] = change{c.at, c.offset + int64(n), c.bytes[n:min(n+sector, len(c.bytes))]}.in(files[i])
				}
			}
		}
	}
	return files[0], files[1]
}

// in is a file once that was done to it. Where nothing was ever written, there are zeros.
func (c change) in(file []byte) []byte {
	end := c.offset + int64(len(c.bytes))
	if c.bytes == nil && end <= int64(len(file)) {
		return file[:end]
	}
	if grow := end - int64(len(file)); grow > 0 {
		file = append(file, make([]byte, grow)...)
	}
	copy(file[c.offset:], c.bytes)
	return file
}
