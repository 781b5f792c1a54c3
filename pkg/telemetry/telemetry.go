// Package telemetry gives one part of the system its logger, its tracer and its metrics registry.
// Nothing in it is global: several parts with different names can live in one process.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	scope         = "github.com/longmemory/hurst"
	batchDelay    = 200 * time.Millisecond // a span waits at most this long before it is sent
	batchSize     = 512
	queueSize     = 8192            // spans; what comes when it is full is dropped
	shutdownLimit = 1 * time.Second // how long spans may hold up the end of a program
)

// Config says who is observed and where observations go. The zero value logs text at level info to
// standard error and exports nothing.
type Config struct {
	Service      string    // name of the part, such as "datagen"
	Version      string    // of the program; may be empty
	OTLPEndpoint string    // OTLP/HTTP receivers such as http://127.0.0.1:4318, comma-separated; empty: none
	LogLevel     string    // debug, info, warn or error; empty: info
	LogFormat    string    // text or json; empty: text
	LogOutput    io.Writer // nil: standard error
}

// Validate reports the first field that cannot be used, under its name in configuration files.
func (c Config) Validate() error {
	if _, err := parseLevel(c.LogLevel); err != nil {
		return err
	}
	if err := checkFormat(c.LogFormat); err != nil {
		return err
	}
	_, err := parseEndpoints(c.OTLPEndpoint)
	return err
}

// Telemetry is what one part observes itself with. Its fields are ready to use, also after Shutdown.
type Telemetry struct {
	Logger   *slog.Logger
	Tracer   trace.Tracer
	Registry *prometheus.Registry // holds nothing about the process; see RegisterProcess

	provider *sdktrace.TracerProvider
	sinks    []*sink
}

// Start opens the telemetry of one part; it does not connect anywhere yet. The caller ends it with
// Shutdown.
func Start(_ context.Context, cfg Config) (*Telemetry, error) {
	logger, err := NewLogger(cfg)
	if err != nil {
		return nil, err
	}
	endpoints, err := parseEndpoints(cfg.OTLPEndpoint)
	if err != nil {
		return nil, err
	}

	t := &Telemetry{Logger: logger, Registry: prometheus.NewRegistry()}
	spans := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name:        "hurst_telemetry_spans_total",
		Help:        "Spans handed to an OTLP receiver, by result: sent or lost.",
		ConstLabels: prometheus.Labels{"service": cfg.Service},
	}, []string{"result"})
	if err := t.Registry.Register(spans); err != nil {
		return nil, fmt.Errorf("register span counter: %w", err)
	}

	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(describe(cfg)),
		sdktrace.WithIDGenerator(generator{}),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())),
	}
	for _, e := range endpoints {
		s := newSink(e, logger, spans)
		t.sinks = append(t.sinks, s)
		options = append(options, sdktrace.WithSpanProcessor(s.processor))
	}
	t.provider = sdktrace.NewTracerProvider(options...)
	t.Tracer = t.provider.Tracer(scope)
	return t, nil
}

func describe(cfg Config) *resource.Resource {
	attrs := []attribute.KeyValue{
		attribute.String("service.name", cfg.Service),
		attribute.Int("process.pid", os.Getpid()),
	}
	if cfg.Version != "" {
		attrs = append(attrs, attribute.String("service.version", cfg.Version))
	}
	return resource.NewSchemaless(attrs...)
}

// RegisterProcess adds metrics about the Go runtime and the process. Call it for one Telemetry of a
// process only, so that registries can be gathered together.
func (t *Telemetry) RegisterProcess() error {
	return errors.Join(
		t.Registry.Register(collectors.NewGoCollector()),
		t.Registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
	)
}

// Flush sends the spans that have ended so far and waits until they are sent or given up, or ctx ends.
func (t *Telemetry) Flush(ctx context.Context) error {
	return t.each(func(s *sink) error { return s.processor.ForceFlush(ctx) })
}

// Shutdown sends what is left and closes the connections. It takes about a second at most, however
// unreachable a receiver is; spans that could not be sent by then are lost and counted, which is not
// an error. Spans started later are discarded.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownLimit)
	defer cancel()
	err := t.each(func(s *sink) error { return s.close(ctx) })
	return errors.Join(err, t.provider.Shutdown(context.WithoutCancel(ctx)))
}

// each calls f for all receivers at once, so that a slow one takes no time from the others.
func (t *Telemetry) each(f func(*sink) error) error {
	errs := make([]error, len(t.sinks))
	var wg sync.WaitGroup
	for i, s := range t.sinks {
		wg.Go(func() { errs[i] = f(s) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
