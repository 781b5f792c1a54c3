package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/service"
)

// Settings are what every worker service can be configured with.
type Settings struct {
	config.Servers `koanf:",squash"`

	Concurrency int `koanf:"concurrency" help:"tasks at once; 0: one for each core"`
}

// DefaultSettings returns what holds where nothing is configured.
func DefaultSettings() Settings {
	return Settings{Servers: config.DefaultServers()}
}

// Validate names the first setting that cannot work.
func (s *Settings) Validate() error {
	if s.Concurrency < 0 || s.Concurrency > 1024 {
		return fmt.Errorf("concurrency: %d; allowed: 0 (one for each core) to 1024", s.Concurrency)
	}
	return s.Servers.Validate()
}

// Service is a worker with its connections.
type Service struct {
	worker *Worker
	conns  *connect.Connections
	ready  func()
}

// Open connects a worker service that performs tasks of the kinds that are the keys of funcs.
func Open(ctx context.Context, name, queue string, s Settings, env service.Env, funcs map[string]Func) (*Service, error) {
	conns, err := connect.Open(ctx, name, s.Servers, env)
	if err != nil {
		return nil, err
	}
	if err := conns.AwaitRedis(ctx); err != nil {
		return nil, errors.Join(err, conns.Close(ctx))
	}
	concurrency := s.Concurrency
	if concurrency == 0 {
		concurrency = runtime.GOMAXPROCS(0)
	}
	w := New(Config{
		Service: name, Queue: queue, Concurrency: concurrency,
		Store: conns.Store, Conn: conns.NATS, Redis: conns.Redis,
		Logger: env.Logger, Tracer: env.Tracer, Registerer: env.Registerer,
		Grace: s.Grace * 8 / 10, // the rest is for telling what became of tasks, and for closing
	}, funcs)
	return &Service{worker: w, conns: conns, ready: func() { env.Ready.Set(name, nil) }}, nil
}

// Run works until ctx ends, then finishes or hands back what is in hand.
func (s *Service) Run(ctx context.Context) error {
	s.ready()
	err := s.worker.Run(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, s.conns.Close(closing))
}
