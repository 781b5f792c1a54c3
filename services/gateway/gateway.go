// Package gateway is the system's HTTP door: predictions, runs and models as JSON, a page that shows
// what is there, metrics, and a receiver of traces that keeps the last of them. Except for keeping
// traces it decides nothing: each request becomes calls over NATS, which any NATS client can make.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/services/gateway/keeper"
)

const (
	headerTimeout = 5 * time.Second
	readTimeout   = 60 * time.Second
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	closeLimit    = 5 * time.Second // for connections after the drain
	flushLimit    = time.Second     // for the gateway's own spans before the drain
	checkEvery    = 5 * time.Second // how often readiness is looked at
)

// Gateway is the service.
type Gateway struct {
	cfg      Config
	env      service.Env
	log      *slog.Logger
	nats     *rpc.Conn
	store    artifact.Store // for series too long for a message
	keeper   *keeper.Keeper
	listener net.Listener
	metrics  metrics
	bodies   *semaphore.Weighted // bytes of large request bodies in memory
	close    func(context.Context) error
}

// New connects a gateway and binds its address; Run starts answering.
func New(ctx context.Context, cfg Config, env service.Env) (*Gateway, error) {
	conns, err := connect.Open(ctx, "gateway", cfg.Servers, env)
	if err != nil {
		return nil, err
	}
	g, err := open(ctx, cfg, env, conns.NATS, conns.Store)
	if err != nil {
		return nil, errors.Join(err, conns.Close(ctx))
	}
	g.close = conns.Close
	return g, nil
}

// open makes a gateway on connections that the caller closes.
func open(ctx context.Context, cfg Config, env service.Env, nats *rpc.Conn, store artifact.Store) (*Gateway, error) {
	g := &Gateway{
		cfg: cfg, env: env, log: env.Logger, nats: nats, store: store,
		bodies: semaphore.NewWeighted(maxBodies),
		close:  func(context.Context) error { return nil },
	}
	var err error
	if g.metrics, err = newMetrics(env.Registerer); err != nil {
		return nil, err
	}
	if g.keeper, err = keeper.Open(keeper.Config{Dir: cfg.TraceDir, Logger: env.Logger}); err != nil {
		return nil, fmt.Errorf("trace_dir: %w", err)
	}
	var lc net.ListenConfig
	if g.listener, err = lc.Listen(ctx, "tcp", cfg.Listen); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on %s: %w (another address: --listen, HURST_LISTEN)", cfg.Listen, err), g.keeper.Close())
	}
	return g, nil
}

// Addr returns the host:port that the gateway listens on.
func (g *Gateway) Addr() string { return g.listener.Addr().String() }

// Run answers requests until ctx ends, and then those that have come already.
func (g *Gateway) Run(ctx context.Context) error {
	err := g.serve(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	return errors.Join(err, g.keeper.Close(), g.close(closing))
}

func (g *Gateway) serve(ctx context.Context) error {
	defer func() { _ = g.listener.Close() }() // once more where the server has closed it already
	svc, err := rpc.NewService(g.nats, "hurst-gateway", "0.1.0", "traces of the last while", 8)
	if err != nil {
		return err
	}
	if err := errors.Join(rpc.Handle(svc, wire.SubjectTrace, g.trace), g.nats.Flush(ctx)); err != nil {
		return errors.Join(err, g.drain(ctx, svc.Drain))
	}
	server := &http.Server{
		Handler:           g.handler(),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
		// A request in progress outlives the signal to stop: it is answered.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(g.listener) }()
	g.log.InfoContext(ctx, "gateway listens", "addr", g.Addr())
	err = g.wait(ctx, ended)
	g.flush(ctx)
	return errors.Join(err, g.drain(ctx, server.Shutdown), g.drain(ctx, svc.Drain))
}

// wait keeps readiness up to date until the gateway is to stop, or the server has failed.
func (g *Gateway) wait(ctx context.Context, ended <-chan error) error {
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		var trouble error
		if !g.nats.Raw().IsConnected() {
			trouble = errors.New("no connection to NATS")
		}
		g.env.Ready.Set("gateway", trouble)
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return fmt.Errorf("serve HTTP: %w", err)
		case <-ticker.C:
		}
	}
}

// flush sends the gateway's own spans while there is still somebody, perhaps itself, to receive them.
func (g *Gateway) flush(ctx context.Context) {
	if g.env.Telemetry == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushLimit)
	defer cancel()
	_ = g.env.Telemetry.Flush(ctx) // what is lost is counted and logged there
}

// drain calls stop with the time that the configuration gives to draining, less what closing needs.
func (g *Gateway) drain(ctx context.Context, stop func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.cfg.Grace*8/10)
	defer cancel()
	if err := stop(ctx); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// traced gives the gateway's tracer to what is done in ctx.
func (g *Gateway) traced(ctx context.Context) context.Context {
	if g.env.Tracer == nil {
		return ctx
	}
	return telemetry.WithTracer(ctx, g.env.Tracer)
}
