package main

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// lateDeadlines are connections that learn their deadlines late, if at all. net/http sets half a dozen for each request, nearly
// all of which are put off before they are over, and each would move a timer: together a thirtieth of a short request.
type lateDeadlines struct {
	net.Listener
	step time.Duration // the longest that a connection goes without looking whether a deadline was put off
}

// Accept implements net.Listener.
func (l lateDeadlines) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(tcpConn)
	if !ok {
		return conn, nil
	}
	return &lateConn{tcp, deadline{tell: conn.SetReadDeadline, step: l.step}, deadline{tell: conn.SetWriteDeadline, step: l.step}}, nil
}

// tcpConn is what is asked of a TCP connection.
type tcpConn interface {
	net.Conn
	CloseWrite() error
	SetLinger(seconds int) error
}

// lateConn is one of lateDeadlines.
type lateConn struct {
	tcpConn
	reading, writing deadline
}

// Read implements net.Conn.
func (c *lateConn) Read(p []byte) (n int, err error) {
	if !c.reading.begin() {
		return 0, os.ErrDeadlineExceeded
	}
	defer c.reading.end()
	for {
		n, err = c.tcpConn.Read(p)
		if err == nil || !c.reading.goesOn(err) {
			return n, err
		}
	}
}

// Write implements net.Conn.
func (c *lateConn) Write(p []byte) (n int, err error) {
	if !c.writing.begin() {
		return 0, os.ErrDeadlineExceeded
	}
	defer c.writing.end()
	for {
		var part int
		part, err = c.tcpConn.Write(p[n:])
		n += part
		if err == nil || !c.writing.goesOn(err) {
			return n, err
		}
	}
}

// SetReadDeadline implements net.Conn.
func (c *lateConn) SetReadDeadline(t time.Time) error { return c.reading.put(t) }

// SetWriteDeadline implements net.Conn.
func (c *lateConn) SetWriteDeadline(t time.Time) error { return c.writing.put(t) }

// SetDeadline implements net.Conn.
func (c *lateConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// deadline is when the reads or the writes of a connection are to end.
//
// What makes it right: while one is under way, the connection knows a moment that is no later than the deadline, so that it ends
// in time; and where it ends because of that moment before the deadline is over, it goes on, with another such moment.
type deadline struct {
	tell func(time.Time) error // tells the connection
	step time.Duration

	mutex    sync.Mutex
	is, told time.Time // zero for none; told is no later than is, unless that is long ago and nothing is under way
	underWay int
}

// longAgo is before any moment that anybody waits for. net/http ends a read by a deadline that is as long ago.
var longAgo = time.Unix(1, 0)

func (d *deadline) isLongAgo() bool { return !d.is.IsZero() && !d.is.After(longAgo) }

// put makes t the deadline, or none where it is zero.
func (d *deadline) put(t time.Time) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.is = t
	if t.IsZero() || !d.told.IsZero() && !t.Before(d.told) || d.isLongAgo() && d.underWay == 0 {
		return nil
	}
	return d.tellNow()
}

// tellNow tells the connection the deadline, or an earlier moment where that is far away; the mutex is held.
func (d *deadline) tellNow() error {
	d.told = d.is
	if soon := time.Now().Add(d.step); d.told.After(soon) {
		d.told = soon
	}
	return d.tell(d.told)
}

// begin is before a read or write, and false where there is no use in it.
func (d *deadline) begin() bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.isLongAgo() {
		return false
	}
	d.underWay++
	return true
}

func (d *deadline) end() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.underWay--
}

// goesOn tells whether a read or write that ended with an error did so before the deadline.
func (d *deadline) goesOn(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return (d.is.IsZero() || time.Now().Before(d.is)) && d.tellNow() == nil
}
