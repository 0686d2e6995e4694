package main

import (
	"errors"
	"io"
	"math"
	"net"
	"os"
	"testing"
	"time"
)

// lateConns are both ends of a connection, the first of which learns its deadlines late.
func lateConns(t *testing.T, step time.Duration) (net.Conn, net.Conn) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	theirs, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := lateDeadlines{listener, step}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	if _, late := ours.(*lateConn); !late {
		t.Fatalf("it accepts a %T", ours)
	}
	return ours, theirs
}

const (
	moment = 20 * time.Millisecond
	while  = 5 * moment
)

func after(d time.Duration) time.Time { return time.Now().Add(d) }

// read reads a byte of a connection, in the background.
func read(conn net.Conn) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(conn, make([]byte, 1))
		ended <- err
	}()
	return ended
}

func isOver(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func TestAReadEndsAtItsDeadlineHoweverOftenThatWasMoved(t *testing.T) {
	for name, moves := range map[string][]time.Duration{
		"at once": {moment}, "sooner": {time.Hour, moment}, "later": {moment, while}, "no more, and again": {while, 0, moment},
		"past, and again": {-time.Hour, moment}, "over": {time.Hour, -time.Hour}, "long over": {time.Hour, math.MinInt64},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []time.Duration{time.Millisecond, time.Minute} {
				ours, _ := lateConns(t, step)
				for _, by := range moves {
					deadline := after(by)
					if by == 0 {
						deadline = time.Time{}
					}
					if err := ours.SetReadDeadline(deadline); err != nil {
						t.Fatal(err)
					}
				}
				if err := <-read(ours); !isOver(err) {
					t.Errorf("with steps of %v, it ends with %v", step, err)
				}
			}
		})
	}
}

func TestAReadUnderWayEndsAsItsDeadlineIsSet(t *testing.T) {
	for _, deadline := range []time.Time{time.Unix(1, 0), time.Now(), after(moment)} {
		ours, _ := lateConns(t, time.Minute)
		if err := ours.SetDeadline(after(time.Hour)); err != nil {
			t.Fatal(err)
		}
		ended := read(ours)
		time.Sleep(moment)
		if err := ours.SetReadDeadline(deadline); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !isOver(err) {
			t.Errorf("set to %v, it ends with %v", deadline, err)
		}
	}
}

func TestAReadWhoseDeadlineIsPutOffGoesOn(t *testing.T) {
	for name, then := range map[string]time.Time{"for good": {}, "for long": after(time.Hour)} {
		for _, first := range []time.Time{after(moment), time.Unix(1, 0)} {
			ours, theirs := lateConns(t, 2*moment)
			for _, deadline := range []time.Time{first, then} {
				if err := ours.SetReadDeadline(deadline); err != nil {
					t.Fatal(err)
				}
			}
			ended := read(ours)
			time.Sleep(while) // the first deadline is over, and so is the time after which it is looked at anew
			if _, err := theirs.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Errorf("put off %s from %v, it ends with %v", name, first, err)
			}
		}
	}
}

// A read may be ended and begun again: so net/http does with each request.
func TestAReadThatWasEndedCanBeBegunAgain(t *testing.T) {
	ours, theirs := lateConns(t, time.Minute)
	for range 3 {
		ended := read(ours)
		time.Sleep(moment)
		if err := ours.SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !isOver(err) {
			t.Fatalf("it ends with %v", err)
		}
		if err := ours.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		if _, err := theirs.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := <-read(ours); err != nil {
			t.Errorf("begun again, it ends with %v", err)
		}
	}
}

func TestAWriteEndsAtItsDeadlineOrGoesOnWhereItIsPutOff(t *testing.T) {
	long := make([]byte, 32<<20) // more than the system takes before anybody reads
	ours, _ := lateConns(t, time.Millisecond)
	if err := ours.SetWriteDeadline(after(moment)); err != nil {
		t.Fatal(err)
	}
	if n, err := ours.Write(long); !isOver(err) || n == len(long) {
		t.Errorf("nobody reads, and a write ends with %d bytes and %v", n, err)
	}

	ours, theirs := lateConns(t, moment)
	for _, deadline := range []time.Time{after(moment), after(time.Hour)} {
		if err := ours.SetWriteDeadline(deadline); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		time.Sleep(while)
		_, _ = io.CopyN(io.Discard, theirs, int64(len(long))) // the write tells how much there was
	}()
	if n, err := ours.Write(long); err != nil || n != len(long) {
		t.Errorf("put off, a write ends with %d bytes and %v", n, err)
	}
}
