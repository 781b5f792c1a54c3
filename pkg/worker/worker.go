// Package worker performs tasks: it takes attempts from a queue, runs the function of the task's
// kind, stores what it made, commits the memo, and tells the orchestrator. It is the part that the
// datagen, extractor, tuner and trainer services share.
package worker

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// beat is how often a worker says which attempts it holds.
const beat = time.Second

// Config is what a worker needs. All fields are required but Registerer.
type Config struct {
	Service     string // such as datagen
	Queue       string
	Concurrency int // tasks at once
	Store       artifact.Store
	Conn        *rpc.Conn
	Redis       job.Redis
	Logger      *slog.Logger
	Tracer      trace.Tracer
	Registerer  prometheus.Registerer // nil: no metrics
	Grace       time.Duration         // that a task has, when the worker stops, to end or be handed back
}

// Func performs the tasks of one kind. It must be a pure function of the task.
type Func func(ctx context.Context, w *Work) (Output, error)

// Worker takes tasks from one queue.
type Worker struct {
	cfg     Config
	name    string
	funcs   map[string]Func
	metrics metrics

	mu   sync.Mutex
	held map[string]*holding // by job ID
}

// holding is an attempt in hand.
type holding struct {
	attempt *workv1.Attempt
	cancel  context.CancelCauseFunc
}

// New makes a worker that performs tasks of the kinds that are the keys of funcs.
func New(cfg Config, funcs map[string]Func) *Worker {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Worker{
		cfg:     cfg,
		name:    fmt.Sprintf("%s-%s-%d-%s", cfg.Service, host, os.Getpid(), rand.Text()[:6]),
		funcs:   funcs,
		metrics: newMetrics(cfg.Registerer),
		held:    map[string]*holding{},
	}
}

// Run works until ctx ends, then finishes or hands back what is in hand.
func (w *Worker) Run(ctx context.Context) error {
	revokes, err := rpc.Subscribe(w.cfg.Conn, wire.SubjectRevoke, w.revoke)
	if err != nil {
		return fmt.Errorf("listen for revocations: %w", err)
	}
	defer revokes.Unsubscribe() //nolint:errcheck // the connection drains what this leaves
	server, err := job.NewServer(job.ServerConfig{
		Redis:       w.cfg.Redis,
		Queue:       w.cfg.Queue,
		Concurrency: w.cfg.Concurrency,
		Bell:        job.NewBell(w.cfg.Conn),
		Logger:      w.cfg.Logger,
		Tracer:      w.cfg.Tracer,
		Registerer:  w.cfg.Registerer,
		Grace:       w.cfg.Grace,
		Name:        w.name,
		Previous:    wire.PreviousJobID,
	}, w.handle)
	if err != nil {
		return err
	}
	// Heartbeats outlive ctx: attempts that are being finished are still held.
	beats, stop := context.WithCancel(context.WithoutCancel(ctx))
	return service.Group(beats,
		func(context.Context) error { defer stop(); return server.Run(ctx) },
		w.heartbeats,
	)
}

// heartbeats says which attempts are held, once a second while there are any.
func (w *Worker) heartbeats(ctx context.Context) error {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if holding := w.holding(); len(holding) > 0 {
			w.publish(ctx, wire.SubjectHeartbeats+"."+w.cfg.Service, &workv1.Heartbeat{
				Worker: w.name, Service: w.cfg.Service, Holding: holding,
			})
		}
	}
}

func (w *Worker) holding() []*workv1.Attempt {
	w.mu.Lock()
	defer w.mu.Unlock()
	attempts := make([]*workv1.Attempt, 0, len(w.held))
	for _, h := range w.held {
		attempts = append(attempts, h.attempt)
	}
	return attempts
}

// hold notes that an attempt is in hand until release is called. The context ends with errRevoked
// when the orchestrator no longer wants it.
func (w *Worker) hold(ctx context.Context, id string, a *workv1.Attempt) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[id] = &holding{a, cancel}
	return ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.held, id)
		cancel(nil)
	}
}

// revoke stops the attempts that the orchestrator names.
func (w *Worker) revoke(_ context.Context, _ string, r *workv1.Revoke) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.held {
		a := h.attempt
		if a.GetRun() == r.GetRun() &&
			(r.GetStage() == "" || a.GetStage() == r.GetStage()) &&
			(r.GetUnit() == "" || a.GetUnit() == r.GetUnit()) &&
			(r.GetBelowAttempt() == 0 || a.GetAttempt() < r.GetBelowAttempt()) {
			h.cancel(errRevoked)
		}
	}
}

// publish sends an event. Events are hints: one that is lost is made up for by the orchestrator's
// own looking.
func (w *Worker) publish(ctx context.Context, subject string, m proto.Message) {
	if err := rpc.Publish(ctx, w.cfg.Conn, subject, m); err != nil {
		w.cfg.Logger.WarnContext(ctx, "event not sent", "subject", subject, "err", err)
	}
}
