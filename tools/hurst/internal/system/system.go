// Package system runs all of hurst on this machine: the embedded servers and the eight services, as
// goroutines or as processes of their own.
package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/telemetry"
)

const (
	startLimit = 20 * time.Second // for all services to be ready
	closeLimit = 5 * time.Second  // for the servers to stop
)

// Config says how to run the system.
type Config struct {
	Dir           string // data directory
	Listen        string // host:port of the gateway; port 0: any free one
	NATSPort      int    // 0: any free one
	RedisAddr     string // a real Redis; empty: the embedded one
	RedisPassword string
	Processes     bool      // each service in a process of its own
	Executable    string    // what is started for them: a program with the subcommand "service NAME"
	Receivers     string    // of traces besides the gateway, comma-separated
	LogLevel      string    // empty: warn
	Log           io.Writer // nil: standard error
	Version       string
	Grace         time.Duration // for a service to drain; zero: 10 s
}

// System is running until Stop.
type System struct {
	cfg       Config
	log       *slog.Logger
	servers   *embedded.Servers
	endpoints embedded.Endpoints
	settings  settings
	host      host
	keepers   []*keeper
}

// host is where services run.
type host interface {
	// run runs the service until ctx ends or it fails, and returns when nothing is left of it.
	// It calls ready once the service can do its work.
	run(ctx context.Context, p part, ready func()) error
	close()
}

// Start starts everything and returns when all services are ready. After an error nothing runs.
func Start(ctx context.Context, cfg Config) (_ *System, err error) {
	if cfg.LogLevel == "" {
		cfg.LogLevel = "warn"
	}
	if cfg.Grace == 0 {
		cfg.Grace = 10 * time.Second
	}
	log, err := telemetry.NewLogger(telemetry.Config{Service: "hurst", LogLevel: cfg.LogLevel, LogOutput: cfg.Log})
	if err != nil {
		return nil, err
	}
	if cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if cfg.Listen, err = reserve(cfg.Listen); err != nil {
		return nil, err
	}
	s := &System{cfg: cfg, log: log}
	if err := s.startServers(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	s.settings = settings{servers: s.common(), listen: cfg.Listen, traceDir: filepath.Join(cfg.Dir, "traces")}
	if cfg.Processes {
		s.host = newChildren(s)
	} else {
		s.host = newGoroutines(s)
	}
	if err := s.startServices(ctx); err != nil {
		return nil, err
	}
	return s, embedded.WriteEndpoints(cfg.Dir, s.endpoints)
}

func (s *System) startServers(ctx context.Context) error {
	cfg := embedded.Config{Dir: s.cfg.Dir, NATSPort: s.cfg.NATSPort, Logger: s.log}
	cfg.Redis.Addr, cfg.Redis.Password = s.cfg.RedisAddr, s.cfg.RedisPassword
	servers, err := embedded.Start(ctx, cfg)
	if err != nil {
		return err
	}
	s.servers = servers
	s.endpoints = servers.Endpoints()
	s.endpoints.GatewayURL = "http://" + reachable(s.cfg.Listen)
	s.endpoints.OTLP = s.endpoints.GatewayURL
	return nil
}

// common is what every service is told about the servers.
func (s *System) common() config.Servers {
	e := s.endpoints
	c := config.DefaultServers()
	c.NATSURL, c.NATSUser, c.NATSPassword = e.NATS.URL, e.NATS.User, config.Secret(e.NATS.Password)
	c.RedisAddr, c.RedisPassword = e.Redis.Addr, config.Secret(e.Redis.Password)
	c.S3 = config.S3{
		Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region,
		AccessKey: e.S3.AccessKey, SecretKey: config.Secret(e.S3.SecretKey),
	}
	c.OTLPEndpoint = e.OTLP
	if s.cfg.Receivers != "" {
		c.OTLPEndpoint += "," + s.cfg.Receivers
	}
	c.LogLevel, c.Grace = s.cfg.LogLevel, s.cfg.Grace
	return c
}

// startServices starts them all at once and waits until they are ready. A service that ends before
// that is an error; afterwards it is started again.
func (s *System) startServices(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for _, p := range parts() {
		s.keepers = append(s.keepers, keep(s.host, p, s.log))
	}
	for _, k := range s.keepers {
		select {
		case <-k.ready:
		case <-k.failed:
			return fmt.Errorf("start %s: %w", k.part.name, k.err)
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("the %s service is not ready after %s; --log-level debug shows more", k.part.name, startLimit)
			}
			return ctx.Err()
		}
	}
	return nil
}

// Endpoints says how to reach the system.
func (s *System) Endpoints() embedded.Endpoints { return s.endpoints }

// Failed receives an error when one of the embedded servers ends by itself: the system is then of no
// use any more.
func (s *System) Failed() <-chan error { return s.servers.Err() }

// Stop stops the services in order, each draining first, and then the servers.
func (s *System) Stop() error {
	var errs []error
	for r := range ranks {
		var these []*keeper
		for _, k := range s.keepers {
			if k.part.rank == r {
				these = append(these, k)
				k.stop()
			}
		}
		for _, k := range these {
			if err := k.wait(s.cfg.Grace + 3*time.Second); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if s.host != nil {
		s.host.close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return errors.Join(append(errs, s.servers.Close(ctx))...)
}

// reserve checks that addr can be listened on, and chooses a port if it has none.
func reserve(addr string) (string, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("the gateway cannot listen on %s: %w; choose another address with --listen", addr, err)
	}
	defer l.Close()
	host, port, err := net.SplitHostPort(addr)
	if err == nil && port == "0" {
		_, port, err = net.SplitHostPort(l.Addr().String())
	}
	if err != nil {
		return "", fmt.Errorf("address %s: %w", addr, err)
	}
	return net.JoinHostPort(host, port), nil
}

// reachable is where what listens on addr is reached from this machine.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
