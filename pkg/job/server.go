package job

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	defaultGrace  = 20 * time.Second
	republish     = 5 * time.Second        // how often the queue's name is put back where tools look for it
	graceMargin   = 100 * time.Millisecond // asynq first requeues what it gives up, then handlers are cancelled
	deadMargin    = 4 * time.Second        // after the grace: Redis is given up
	leavePatience = 2 * time.Second        // for cancelled handlers to return
)

// ServerConfig says what a server works on. Bell, Logger, Tracer, Registerer and Previous may be nil.
type ServerConfig struct {
	Redis       Redis
	Queue       string
	Concurrency int  // handlers at once; zero: one
	Bell        Bell // nil: look once a second
	Logger      *slog.Logger
	Tracer      trace.Tracer
	Registerer  prometheus.Registerer
	Grace       time.Duration // how long handlers may take to finish once the server is to stop; zero: 20 s
	Name        string        // of the server, in logs; empty: the queue

	// Previous names the task that was the attempt before the one with this ID, or "": their
	// spans are linked.
	Previous func(id string) string
}

// Server works on the tasks of one queue. Unlike asynq's own it never has more than Concurrency
// handlers at work, cancels none because the server is to stop until its grace has passed, and
// stops in bounded time even without Redis.
type Server struct {
	cfg     ServerConfig
	handler func(context.Context, Delivery) error
	log     *slog.Logger
	tracer  trace.Tracer
	bell    Bell
	metrics *metrics
	redis   *redis.Client
	inspect *asynq.Inspector
	hook    *doorbell

	slots chan struct{} // one for each handler that runs
	stop  chan struct{} // closed when the server is to stop
	dead  chan struct{} // closed when Redis is given up
	force context.Context
	end   context.CancelFunc // of force, which ends when the grace has passed

	started  sync.Once
	mu       sync.Mutex
	handed   map[string]bool // tasks that were handed back while stopping
	cleaning sync.WaitGroup
}

// NewServer returns a server that gives tasks to handler. The handler's error decides what
// becomes of the task: nil, it is done; fault.Unavailable, it is retried after 0.2 s, 0.4 s and so on up to
// 30 s, as often as it may be; ErrHandBack, it is queued again, uncounted; any other, and a panic, it is archived
// with the error's text. The handler's context ends with the task's time, when the
// task is deleted, when its lease is lost, and when the server's grace has passed.
func NewServer(cfg ServerConfig, handler func(ctx context.Context, t Delivery) error) (*Server, error) {
	if cfg.Queue == "" {
		return nil, fault.New(fault.Invalid, "a job server needs the name of a queue")
	}
	if handler == nil {
		return nil, fault.New(fault.Invalid, "the job server of queue %s has no handler", cfg.Queue)
	}
	rc, err := newRedis(cfg.Redis)
	if err != nil {
		return nil, err
	}
	cfg.Concurrency = max(cfg.Concurrency, 1)
	if cfg.Grace <= 0 {
		cfg.Grace = defaultGrace
	}
	if cfg.Name == "" {
		cfg.Name = cfg.Queue
	}
	s := &Server{
		cfg: cfg, handler: handler, log: cfg.Logger, tracer: cfg.Tracer, bell: orSilent(cfg.Bell),
		metrics: newMetrics(cfg.Registerer), redis: rc, inspect: asynq.NewInspectorFromRedisClient(rc),
		slots: make(chan struct{}, cfg.Concurrency), stop: make(chan struct{}), dead: make(chan struct{}),
		handed: map[string]bool{},
	}
	s.force, s.end = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.log = s.log.With("queue", cfg.Queue, "server", cfg.Name)
	if s.tracer == nil {
		s.tracer = noop.NewTracerProvider().Tracer("")
	}
	s.hook = &doorbell{
		redis: rc, local: make(chan struct{}, 1), due: make(chan struct{}, 1),
		slots: s.slots, stop: s.stop, dead: s.dead,
	}
	return s, nil
}

// Run works until ctx ends. Then it takes no more tasks, closes the Drain of those in hand, waits for
// their handlers up to Grace, gives the rest back to the queue, and returns nil: some five seconds
// after the grace at the latest, which happens when Redis hangs. A server runs once.
func (s *Server) Run(ctx context.Context) error {
	first := false
	s.started.Do(func() { first = true })
	if !first {
		return errors.New("the job server has run already")
	}
	bell, unlisten := s.bell.Listen(s.cfg.Queue)
	defer unlisten()
	s.hook.bell = bell
	s.redis.AddHook(s.hook)
	defer s.redis.Close() //nolint:errcheck // nothing is buffered in it
	defer s.end()

	srv := s.newAsynq()
	s.publish() // so that tools find the queue before its first task
	if err := srv.Start(asynq.HandlerFunc(s.process)); err != nil {
		return err
	}
	<-ctx.Done()
	close(s.stop)
	force := time.AfterFunc(s.cfg.Grace+graceMargin, s.end)
	dead := time.AfterFunc(s.cfg.Grace+deadMargin, func() { close(s.dead) })
	srv.Shutdown()
	force.Stop()
	s.end()
	s.leave()
	s.cleaning.Wait()
	s.returnHanded()
	dead.Stop()
	return nil
}

func (s *Server) newAsynq() *asynq.Server {
	return asynq.NewServerFromRedisClient(s.redis, asynq.Config{
		Concurrency:              s.cfg.Concurrency,
		Queues:                   map[string]int{s.cfg.Queue: 1},
		TaskCheckInterval:        time.Millisecond,      // the doorbell waits
		DelayedTaskCheckInterval: 10 * time.Millisecond, // the doorbell waits
		RetryDelayFunc:           s.delay,
		IsFailure:                counts,
		ErrorHandler:             asynq.ErrorHandlerFunc(s.failed),
		Logger:                   newAsynqLog(s.log),
		LogLevel:                 asynq.DebugLevel,
		ShutdownTimeout:          s.cfg.Grace,
		HealthCheckInterval:      republish,
		HealthCheckFunc: func(err error) {
			if err == nil {
				s.publish()
			}
		},
	})
}

func (s *Server) publish() {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := publish(ctx, s.redis, s.cfg.Queue); err != nil {
		s.log.Debug("queue not published", "err", err)
	}
}

// leave waits for handlers that were cancelled.
func (s *Server) leave() {
	patience := time.NewTimer(leavePatience)
	defer patience.Stop()
	for left := range cap(s.slots) {
		select {
		case s.slots <- struct{}{}:
		case <-patience.C:
			s.log.Warn("handlers ignore that they were cancelled", "handlers", cap(s.slots)-left)
			return
		}
	}
}

// returnHanded makes tasks that were handed back pending at once: asynq puts them where retries
// wait, and this server no longer looks there.
func (s *Server) returnHanded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.handed {
		if err := s.inspect.RunTask(s.cfg.Queue, id); err != nil {
			s.log.Debug("task waits among the retries", "task", id, "err", err)
		}
	}
	if len(s.handed) > 0 {
		s.bell.Ring(s.cfg.Queue)
	}
}
