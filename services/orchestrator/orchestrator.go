// Package orchestrator owns runs: it takes specs, plans their tasks, gives attempts to the workers'
// queues, looks after what became of them, and ends runs. Everything it decides is written to the
// object store before it is acted on, so that it can be killed at any moment, and so that several
// orchestrators do no harm.
package orchestrator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

const (
	tick       = time.Second     // between looks at a run that nothing happens to
	memoCache  = 100_000         // results kept in memory
	drainAfter = 5 * time.Second // that requests in progress have when the service stops
)

// Orchestrator is the service.
type Orchestrator struct {
	cfg     Config
	env     service.Env
	log     *slog.Logger
	tracer  trace.Tracer
	id      string // smaller ones keep a run when two drive it
	conns   *connect.Connections
	store   artifact.Store
	jobs    *job.Client
	runs    *rpc.KV
	results *lru.Cache[pipeline.Key, *pipeline.Result]

	mu      sync.Mutex
	drivers map[string]*driver
	others  map[string]time.Time // runs that other orchestrators drive, and when they last said so
	work    sync.WaitGroup       // drivers
	ctx     context.Context      //nolint:containedctx // of Run, for the drivers that requests start
}

// New connects an orchestrator. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*Orchestrator, error) {
	conns, err := connect.Open(ctx, "orchestrator", cfg.Servers, env)
	if err != nil {
		return nil, err
	}
	o, err := newOrchestrator(ctx, cfg, env, conns)
	if err != nil {
		return nil, errors.Join(err, conns.Close(ctx))
	}
	return o, nil
}

func newOrchestrator(ctx context.Context, cfg Config, env service.Env, conns *connect.Connections) (*Orchestrator, error) {
	if err := conns.AwaitRedis(ctx); err != nil {
		return nil, err
	}
	jobs, err := job.NewClient(job.ClientConfig{Redis: conns.Redis, Bell: job.NewBell(conns.NATS)})
	if err != nil {
		return nil, err
	}
	if env.Registerer != nil {
		env.Registerer.MustRegister(job.NewCollector(jobs))
	}
	runs, err := conns.NATS.KV(ctx, wire.BucketRuns)
	if err != nil {
		return nil, err
	}
	results, err := lru.New[pipeline.Key, *pipeline.Result](memoCache)
	if err != nil {
		return nil, err
	}
	return &Orchestrator{
		cfg: cfg, env: env, log: env.Logger, tracer: env.Tracer, id: rand.Text(),
		conns: conns, store: conns.Store, jobs: jobs, runs: runs, results: results,
		drivers: map[string]*driver{}, others: map[string]time.Time{},
	}, nil
}

// Run works until ctx ends. Runs in progress are left as they are: their state is in the store.
func (o *Orchestrator) Run(ctx context.Context) error {
	driving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	o.ctx = driving
	err := o.serve(ctx)
	stop()
	o.work.Wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainAfter)
	defer cancel()
	return errors.Join(err, o.jobs.Close(), o.conns.Close(closing))
}

// serve answers requests and adopts runs until ctx ends.
func (o *Orchestrator) serve(ctx context.Context) error {
	listeners, err := o.listen()
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range listeners {
			_ = l.Unsubscribe()
		}
	}()
	svc, err := o.endpoints()
	if err != nil {
		return err
	}
	if err := o.adoptAll(ctx); err != nil {
		o.log.WarnContext(ctx, "look for unfinished runs", "err", err)
	}
	if err := o.conns.NATS.Flush(ctx); err != nil {
		return errors.Join(err, svc.Drain(ctx))
	}
	o.env.Ready.Set("orchestrator", nil)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainAfter)
			defer cancel()
			return svc.Drain(draining)
		case <-ticker.C:
			o.adoptOrphans(ctx)
		}
	}
}

// endpoints opens the request-reply side.
func (o *Orchestrator) endpoints() (*rpc.Service, error) {
	svc, err := rpc.NewService(o.conns.NATS, "hurst-orchestrator", "0.1.0", "runs: submit, look, steer", 64)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		rpc.Handle(svc, wire.SubjectSubmit, o.submit),
		rpc.Handle(svc, wire.SubjectGet, o.get),
		rpc.Handle(svc, wire.SubjectList, o.list),
		rpc.Handle(svc, wire.SubjectCancel, o.cancel),
		rpc.Handle(svc, wire.SubjectResume, o.resume),
		rpc.Handle(svc, wire.SubjectExplain, o.explain),
		rpc.Handle(svc, wire.SubjectProve, o.prove),
	)
	return svc, err
}

// listen opens the event side.
func (o *Orchestrator) listen() ([]*rpc.Subscription, error) {
	events, err1 := rpc.Subscribe(o.conns.NATS, wire.SubjectTaskEvents+".*", o.onTaskEvent)
	beats, err2 := rpc.Subscribe(o.conns.NATS, wire.SubjectHeartbeats+".*", o.onHeartbeat)
	runs, err3 := rpc.Subscribe(o.conns.NATS, wire.SubjectRunEvents+".*", o.onRunEvent)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("listen to events: %w", err)
	}
	return []*rpc.Subscription{events, beats, runs}, nil
}

// driver returns the driver of a run, or nil.
func (o *Orchestrator) driver(run string) *driver {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.drivers[run]
}

// drive starts a driver for a run, unless there is one.
func (o *Orchestrator) drive(run string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drivers[run] != nil || o.ctx.Err() != nil {
		return
	}
	d := newDriver(o, run)
	o.drivers[run] = d
	o.work.Go(func() {
		for d.run(o.ctx); !o.leave(d); {
			d.run(o.ctx)
		}
	})
}

// leave forgets a driver that has nothing more to do. It tells false when a person has changed the
// run's state meanwhile, and the driver must go on.
func (o *Orchestrator) leave(d *driver) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d.isStale() && o.ctx.Err() == nil {
		return false
	}
	delete(o.drivers, d.id)
	return true
}

// onRunEvent notes which runs other orchestrators drive, and yields to the smaller id.
func (o *Orchestrator) onRunEvent(_ context.Context, _ string, r *pipelinev1.Run) {
	if r.GetOrchestrator() == o.id {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if pipeline.Status(r.GetStatus()).Ended() {
		delete(o.others, r.GetId())
		return
	}
	o.others[r.GetId()] = time.Now()
	if d := o.drivers[r.GetId()]; d != nil && r.GetOrchestrator() < o.id {
		d.yield()
	}
}

// adoptOrphans takes over the runs whose orchestrator has fallen silent.
func (o *Orchestrator) adoptOrphans(ctx context.Context) {
	o.mu.Lock()
	var orphans []string
	for run, heard := range o.others {
		if time.Since(heard) > o.cfg.LostAfter {
			orphans = append(orphans, run)
			delete(o.others, run)
		}
	}
	o.mu.Unlock()
	for _, run := range orphans {
		o.log.InfoContext(ctx, "run adopted from an orchestrator that fell silent", "run", run)
		o.drive(run)
	}
}
