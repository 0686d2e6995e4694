package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// connectTimeout bounds how long a request waits to learn that the server is away, and connectPause how long others
	// take its word for it: those that wait for a connection must not each find out for themselves, one after another.
	connectTimeout, connectPause = 1500 * time.Millisecond, 250 * time.Millisecond
	// A server is asked every pulseEvery whether it still answers. One from which nothing was heard for pulseWithin after
	// that is silent.
	pulseEvery, pulseWithin = 300 * time.Millisecond, 1200 * time.Millisecond
)

// errSilent is what waits for a server that does not answer any more ends with.
var errSilent = errors.New("the database server does not answer")

// server is a PostgreSQL server, as one instance sees it. A server that is gone refuses connections, and that is known at
// once. A machine that hangs, or a network that is cut, refuses nothing: there, a request would wait for as long as it
// may. So the server's pulse is felt, and when it stops, all connections are closed.
type server struct {
	settings *pgx.ConnConfig
	era      *atomic.Int64
	silent   atomic.Bool
	heard    atomic.Int64 // when a byte last came from the server, in nanoseconds since 1970
	stop     context.CancelFunc
	stopped  chan struct{}

	mutex       sync.Mutex
	connections map[*connection]bool
	refused     error // why no connection could be made
	until       time.Time
}

// newServer is the server at an address, whose pulse is felt until it is closed. Connections from before the present era
// are not used again.
func newServer(address string, era *atomic.Int64) (*server, error) {
	settings, err := postgresSettings(address)
	if err != nil {
		return nil, err
	}
	s := &server{settings: settings, era: era, connections: map[*connection]bool{}, stopped: make(chan struct{})}
	settings.ConnectTimeout = connectTimeout
	for name, value := range map[string]string{
		"application_name": "claimtracker",
		// No statement outlives the patience of its request by much, even where the cancellation gets lost.
		"statement_timeout": "60s",
		// A cancellation that comes before its statement does nothing: so the server looks whether somebody still listens.
		"client_connection_check_interval": "1s",
	} {
		setIfUnset(settings, name, value)
	}
	dial := settings.DialFunc
	settings.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := &connection{Conn: dialled, server: s}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.connections[c] = true
		return c, nil
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.feel(ctx)
	return s, nil
}

// setIfUnset sets a parameter of the sessions, unless the address does.
func setIfUnset(settings *pgx.ConnConfig, name, value string) {
	if _, set := settings.RuntimeParams[name]; !set {
		settings.RuntimeParams[name] = value
	}
}

func (s *server) close() {
	s.stop()
	<-s.stopped
}

// connection is a connection to a server, which notes when it hears from it.
type connection struct {
	net.Conn
	server *server
}

func (c *connection) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.server.heard.Store(time.Now().UnixNano())
	}
	return n, err
}

func (c *connection) Close() error {
	c.server.mutex.Lock()
	delete(c.server.connections, c)
	c.server.mutex.Unlock()
	return c.Conn.Close()
}

// feel asks the server again and again whether it is there.
func (s *server) feel(ctx context.Context) {
	defer close(s.stopped)
	var own *pgx.Conn
	for {
		select {
		case <-ctx.Done():
			if own != nil {
				leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
				defer cancel()
				_ = own.Close(leave) // there is nothing more to do about it
			}
			return
		case <-time.After(pulseEvery):
		}
		within, cancel := context.WithTimeout(ctx, pulseWithin)
		var err error
		if own == nil || own.IsClosed() {
			own, err = pgx.ConnectConfig(within, s.settings)
		}
		if err == nil {
			err = own.Ping(within)
		}
		late := errors.Is(within.Err(), context.DeadlineExceeded)
		cancel()
		// What was on its way when the server fell silent still comes in after the question, and is no answer to it.
		quiet := time.Since(time.Unix(0, s.heard.Load())) > pulseWithin-pulseEvery
		s.silent.Store(err != nil && late && quiet)
		if s.silent.Load() {
			s.hangUp()
		}
	}
}

// hangUp closes all connections, so that nobody waits on one of them.
func (s *server) hangUp() {
	s.mutex.Lock()
	var all []*connection
	for c := range s.connections {
		all = append(all, c)
	}
	s.mutex.Unlock()
	for _, c := range all {
		_ = c.Close() // whoever waits on it is told
	}
}

// pool is a bounded number of connections to the server, which are made when they are needed. A transaction in which
// nothing is done for as long as idle says is ended by the server.
func (s *server) pool(connections int, idle string) *sql.DB {
	settings := s.settings.Copy()
	setIfUnset(settings, "idle_in_transaction_session_timeout", idle)
	const era = "era"
	pool := sql.OpenDB(connector{s, stdlib.GetConnector(*settings,
		stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
			c.PgConn().CustomData()[era] = s.era.Load()
			return nil
		}),
		stdlib.OptionResetSession(func(_ context.Context, c *pgx.Conn) error {
			if c.PgConn().CustomData()[era] != s.era.Load() {
				return driver.ErrBadConn
			}
			return nil
		}))})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	return pool
}

// connector makes connections to a server; right after one could not be made, and to one that is silent, it makes none.
type connector struct {
	server *server
	driver.Connector
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	s := c.server
	s.mutex.Lock()
	refused, until := s.refused, s.until
	s.mutex.Unlock()
	switch {
	case s.silent.Load():
		return nil, errSilent
	case time.Now().Before(until):
		return nil, refused
	}
	made, err := c.Connector.Connect(ctx)
	if err != nil && !ended(ctx) {
		s.mutex.Lock()
		s.refused, s.until = err, time.Now().Add(connectPause)
		s.mutex.Unlock()
	}
	return made, err
}

// ended tells whether a context's time is over: a dialler that keeps its deadline may know so a moment before it does.
func ended(ctx context.Context) bool {
	deadline, bounded := ctx.Deadline()
	return ctx.Err() != nil || bounded && !time.Now().Before(deadline)
}

// unreachable tells whether an error says that no connection could be made.
func unreachable(err error) bool {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return connecting || errors.Is(err, errSilent)
}
