package system

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// goroutines hosts services in this process.
type goroutines struct {
	sys     *System
	metrics metrics
}

func newGoroutines(s *System) *goroutines {
	return &goroutines{sys: s, metrics: metrics{of: map[string]prometheus.Gatherer{}}}
}

func (g *goroutines) close() {}

func (g *goroutines) run(ctx context.Context, p part, ready func()) (err error) {
	cfg := g.sys.settings.servers
	tel, err := telemetry.Start(ctx, telemetry.Config{
		Service: p.name, Version: g.sys.cfg.Version, OTLPEndpoint: cfg.OTLPEndpoint,
		LogLevel: cfg.LogLevel, LogFormat: cfg.LogFormat, LogOutput: g.sys.cfg.Log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tel.Shutdown(context.WithoutCancel(ctx))) }()
	if p.name == "gateway" {
		if err := tel.RegisterProcess(); err != nil {
			return err
		}
	}
	env := service.NewEnv(tel)
	env.Registerer = prometheus.WrapRegistererWith(prometheus.Labels{"service": p.name}, tel.Registry)
	env.Gatherer = &g.metrics
	env.InProcessNATS = g.sys.servers.InProcess()
	g.metrics.set(p.name, tel.Registry)

	part, err := p.open(telemetry.WithTracer(ctx, tel.Tracer), g.sys.settings, env)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { awaitReady(watching, env.Ready.Reasons, ready) })
	defer watch.Wait()
	defer stop()
	return part.Run(telemetry.WithTracer(ctx, tel.Tracer))
}

// awaitReady calls ready when a service has started, which a service that merely has no model to
// serve yet has.
func awaitReady(ctx context.Context, reasons func() map[string]string, ready func()) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if r := reasons(); started(r) {
			ready()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func started(reasons map[string]string) bool {
	for check := range reasons {
		if check != "model" {
			return false
		}
	}
	return true
}

// metrics is those of all services in the process. A service that is started again has new ones.
type metrics struct {
	mu sync.Mutex
	of map[string]prometheus.Gatherer
}

func (m *metrics) set(name string, g prometheus.Gatherer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of[name] = g
}

// Gather implements prometheus.Gatherer.
func (m *metrics) Gather() ([]*dto.MetricFamily, error) {
	m.mu.Lock()
	all := make(prometheus.Gatherers, 0, len(m.of))
	for _, name := range slices.Sorted(maps.Keys(m.of)) {
		all = append(all, m.of[name])
	}
	m.mu.Unlock()
	return all.Gather()
}
