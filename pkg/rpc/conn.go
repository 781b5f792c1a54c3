// Package rpc is the one door to NATS: request-reply between services, events, and the small
// key-value projections that quick readers watch. Messages are proto messages; errors cross as
// fault codes; trace context travels in headers.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	connectPatience = 5 * time.Second        // how long the first connection may take
	dialTimeout     = 2 * time.Second        // of one attempt
	reconnectWait   = 250 * time.Millisecond // between attempts, once connected before
	pingInterval    = 10 * time.Second       // two unanswered pings: the connection is dead
	noiseInterval   = 10 * time.Second       // at most one line about the same trouble in this time
)

// Config says how to reach NATS. Logger, Tracer and Registerer may be nil.
type Config struct {
	URL      string // nats://host:port, several separated by commas
	User     string // empty: no authentication
	Password string
	Name     string // shown by the server's monitoring; empty: hurst

	InProcess  nats.InProcessConnProvider // an embedded server; nil: dial URL
	Logger     *slog.Logger
	Tracer     trace.Tracer
	Registerer prometheus.Registerer // where request metrics are registered; nil: nowhere
}

// Conn is a connection to NATS that, once made, reconnects for ever. It is safe for concurrent use.
type Conn struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	addr    string // for messages to people: without credentials
	log     *slog.Logger
	tracer  trace.Tracer
	metrics *metrics
	closed  chan struct{}
}

// Connect makes the first connection. It tries for five seconds, or until ctx ends, and then
// gives one error that names the address.
func Connect(ctx context.Context, cfg Config) (*Conn, error) {
	addr, err := address(cfg)
	if err != nil {
		return nil, err
	}
	c := &Conn{addr: addr, log: cfg.Logger, tracer: cfg.Tracer, closed: make(chan struct{})}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.nc, err = c.dial(ctx, cfg); err != nil {
		return nil, err
	}
	if c.js, err = jetstream.New(c.nc); err != nil {
		c.nc.Close()
		return nil, fmt.Errorf("open JetStream on NATS at %s: %w", addr, err)
	}
	c.metrics = newMetrics(cfg.Registerer)
	return c, nil
}

func (c *Conn) dial(ctx context.Context, cfg Config) (*nats.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	for {
		nc, err := nats.Connect(cfg.URL, c.options(ctx, cfg)...)
		switch {
		case err == nil:
			return nc, nil
		case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
			return nil, fault.New(fault.Invalid, "connect to NATS at %s as user %q: %w: check user and password", c.addr, cfg.User, err)
		}
		select {
		case <-ctx.Done():
			return nil, fault.New(fault.Unavailable, "connect to NATS at %s: %w: is nats-server running there?", c.addr, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *Conn) options(ctx context.Context, cfg Config) []nats.Option {
	name := cfg.Name
	if name == "" {
		name = "hurst"
	}
	timeout := dialTimeout
	if end, ok := ctx.Deadline(); ok {
		timeout = max(min(timeout, time.Until(end)), 10*time.Millisecond)
	}
	noise := &rate.Sometimes{Interval: noiseInterval}
	opts := []nats.Option{
		nats.Name(name),
		nats.Timeout(timeout),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait/2, reconnectWait/2),
		nats.PingInterval(pingInterval),
		nats.MaxPingsOutstanding(2),
		nats.IgnoreAuthErrorAbort(), // a server that restarts may refuse for a moment
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.log.Warn("nats connection lost", "addr", c.addr, "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.log.Info("nats connection is back", "addr", c.addr) }),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			noise.Do(func() {
				subject := ""
				if sub != nil {
					subject = sub.Subject
				}
				c.log.Warn("nats reports an error", "subject", subject, "err", err)
			})
		}),
	}
	if cfg.User != "" {
		opts = append(opts, nats.UserInfo(cfg.User, cfg.Password))
	}
	if cfg.InProcess != nil {
		opts = append(opts, nats.InProcessServer(cfg.InProcess))
	}
	return opts
}

// address checks the URL and returns it without credentials.
func address(cfg Config) (string, error) {
	if cfg.InProcess != nil {
		return "the embedded server", nil
	}
	if strings.TrimSpace(cfg.URL) == "" {
		return "", fault.New(fault.Invalid, "no NATS address given: set one such as nats://127.0.0.1:4222")
	}
	var hosts []string
	for part := range strings.SplitSeq(cfg.URL, ",") {
		part = strings.TrimSpace(part)
		if !strings.Contains(part, "://") {
			part = "nats://" + part
		}
		u, err := url.Parse(part)
		if err != nil || u.Host == "" {
			// The text of a parse error repeats the URL, which may hold a password.
			return "", fault.New(fault.Invalid, "the NATS address is not a URL: give one such as nats://127.0.0.1:4222")
		}
		hosts = append(hosts, u.Host)
	}
	return strings.Join(hosts, ","), nil
}

// Raw returns the connection below.
func (c *Conn) Raw() *nats.Conn { return c.nc }

// JetStream returns JetStream on this connection.
func (c *Conn) JetStream() jetstream.JetStream { return c.js }

// Close drains the subscriptions, sends what is buffered and waits until the connection is
// closed, or closes it at once when ctx ends. Drain services first: see [Service.Drain].
func (c *Conn) Close(ctx context.Context) error {
	if err := c.nc.Drain(); err != nil {
		c.nc.Close() // not connected now: there is nobody to drain to
	}
	select {
	case <-c.closed:
		return nil
	case <-ctx.Done():
		c.nc.Close()
		<-c.closed
		return fmt.Errorf("drain NATS connection: %w", ctx.Err())
	}
}
