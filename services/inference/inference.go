// Package inference answers what the Hurst exponent of a series is, and how sure that is: it serves
// the champions of some models over NATS, as one of any number of equal replicas. A newly promoted
// champion takes over between two answers, without a gap.
//
// The way of a request:
//
//	predict ── check ── admit ── cache ──► queue ──► workers, in batches ──► answer
//	                      │        └── known: answered at once
//	                      └── too much in hand: refused
package inference

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

const closeLimit = 3 * time.Second // for connections after the drain

// Inference is the service.
type Inference struct {
	cfg     Config
	env     service.Env
	log     *slog.Logger
	replica string
	nats    *rpc.Conn
	store   artifact.Store
	metrics metrics
	catalog *catalog
	cache   *cache
	pool    *pool
	close   func(context.Context) error
}

// New connects a replica. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*Inference, error) {
	conns, err := connect.Open(ctx, "inference", cfg.Servers, env)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, cfg, env, conns.NATS, conns.Store)
	if err != nil {
		return nil, errors.Join(err, conns.Close(ctx))
	}
	s.close = conns.Close
	return s, nil
}

// open makes a replica on connections that the caller closes.
func open(ctx context.Context, cfg Config, env service.Env, nats *rpc.Conn, store artifact.Store) (*Inference, error) {
	s := &Inference{
		cfg: cfg, env: env, log: env.Logger, replica: rand.Text()[:8], nats: nats, store: store,
		close: func(context.Context) error { return nil },
	}
	var err error
	if s.metrics, err = newMetrics(env.Registerer); err != nil {
		return nil, err
	}
	if s.cache, err = newCache(cfg.CacheEntries); err != nil {
		return nil, err
	}
	pointers, err := nats.KV(ctx, wire.BucketModels)
	if err != nil {
		return nil, err
	}
	s.catalog = newCatalog(cfg, env, store, pointers, s.metrics)
	engines, err := engine.Of(cfg.FrameworkPriority...)
	if err != nil {
		return nil, fault.New(fault.Invalid, "framework_priority: %w", err)
	}
	s.pool = newPool(cfg, engines, s.metrics, s.cache)
	return s, nil
}

// Run answers requests until ctx ends, and then those that have come already.
func (s *Inference) Run(ctx context.Context) error {
	s.env.Ready.Set("inference", errors.New("starting"))
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() { s.catalog.run(background) })
	s.pool.start()

	err := s.serve(ctx)

	s.pool.stop()
	stop()
	work.Wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	return errors.Join(err, s.close(closing))
}

func (s *Inference) serve(ctx context.Context) error {
	// As many requests in hand as series: what is too much is refused, not left in the client's buffer.
	svc, err := rpc.NewService(s.nats, "hurst-inference", "0.1.0", "predictions", s.cfg.Queue+64)
	if err != nil {
		return err
	}
	err = errors.Join(
		rpc.Handle(svc, wire.SubjectPredict, s.predict),
		rpc.HandleEach(svc, wire.SubjectPredictors, s.info),
	)
	if err == nil {
		err = s.nats.Flush(ctx) // from here on the server sends requests
	}
	if err == nil {
		s.env.Ready.Set("inference", nil)
		<-ctx.Done()
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Grace*8/10)
	defer cancel()
	return errors.Join(err, svc.Drain(draining))
}

// info tells which version this replica serves, of the first of its models.
func (s *Inference) info(context.Context, *predictv1.InfoRequest) (*predictv1.Info, error) {
	name := s.cfg.Models[0]
	v := s.catalog.slots[name].current.Load()
	if v == nil {
		return &predictv1.Info{Replica: s.replica, Model: name}, nil
	}
	return &predictv1.Info{Replica: s.replica, Model: name, Version: int32(v.version), Bundle: string(v.bundle), Ready: true}, nil
}
