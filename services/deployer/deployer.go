// Package deployer decides which version of a model answers predictions: it registers candidates,
// lets them through the gate or not, moves aliases by compare-and-set, and keeps the pointers that
// the inference replicas watch in step with the registry.
package deployer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
)

const drainAfter = 5 * time.Second // that requests in progress have when the service stops

// Deployer is the service.
type Deployer struct {
	cfg      Config
	env      service.Env
	log      *slog.Logger
	conns    *connect.Connections
	registry registry.Registry
	pointers *rpc.KV
}

// New connects a deployer. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*Deployer, error) {
	conns, err := connect.Open(ctx, "deployer", cfg.Servers, env)
	if err != nil {
		return nil, err
	}
	pointers, err := conns.NATS.KV(ctx, wire.BucketModels)
	if err != nil {
		return nil, errors.Join(err, conns.Close(ctx))
	}
	return &Deployer{
		cfg: cfg, env: env, log: env.Logger, conns: conns,
		registry: registry.Registry{Store: conns.Store}, pointers: pointers,
	}, nil
}

// Run answers requests until ctx ends.
func (d *Deployer) Run(ctx context.Context) error {
	err := d.serve(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainAfter)
	defer cancel()
	return errors.Join(err, d.conns.Close(closing))
}

func (d *Deployer) serve(ctx context.Context) error {
	svc, err := rpc.NewService(d.conns.NATS, "hurst-deployer", "0.1.0", "versions, aliases, promotions", 16)
	if err != nil {
		return err
	}
	err = errors.Join(
		rpc.Handle(svc, wire.SubjectPromote, d.promote),
		rpc.Handle(svc, wire.SubjectRollback, d.rollback),
		rpc.Handle(svc, wire.SubjectModels, d.list),
		rpc.Handle(svc, wire.SubjectModel, d.show),
	)
	if err != nil {
		return err
	}
	if err := d.conns.NATS.Flush(ctx); err != nil {
		return errors.Join(err, svc.Drain(ctx))
	}
	d.env.Ready.Set("deployer", nil)
	ticker := time.NewTicker(d.cfg.Refresh)
	defer ticker.Stop()
	for {
		if err := d.refresh(ctx); err != nil && ctx.Err() == nil {
			d.log.WarnContext(ctx, "pointers not compared with the registry", "err", err)
		}
		select {
		case <-ctx.Done():
			draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainAfter)
			defer cancel()
			return svc.Drain(draining)
		case <-ticker.C:
		}
	}
}
