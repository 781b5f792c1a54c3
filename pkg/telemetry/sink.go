package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// sink is the way to one receiver: a queue, a batcher, and an exporter that counts and, seldom, logs
// what it loses. It returns no errors to the SDK, which would print them through a global handler.
type sink struct {
	processor sdktrace.SpanProcessor
	exporter  *otlptrace.Exporter
	client    *client
	sent      prometheus.Counter
	lost      prometheus.Counter
	losses    complaint
	done      chan struct{} // closed when the batcher has ended
}

func newSink(to endpoint, logger *slog.Logger, spans *prometheus.CounterVec) *sink {
	s := &sink{
		client: newClient(to),
		sent:   spans.WithLabelValues("sent"),
		lost:   spans.WithLabelValues("lost"),
		losses: complaint{logger: logger.With("endpoint", to.shown), every: time.Minute},
		done:   make(chan struct{}),
	}
	s.exporter = otlptrace.NewUnstarted(s.client)
	s.processor = sdktrace.NewBatchSpanProcessor(s,
		sdktrace.WithBatchTimeout(batchDelay),
		sdktrace.WithMaxExportBatchSize(batchSize),
		sdktrace.WithMaxQueueSize(queueSize),
		sdktrace.WithExportTimeout(exportLimit),
	)
	return s
}

// ExportSpans sends one batch.
func (s *sink) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := s.exporter.ExportSpans(ctx, spans); err != nil {
		s.lost.Add(float64(len(spans)))
		s.losses.raise(len(spans), err)
		return nil
	}
	s.sent.Add(float64(len(spans)))
	return nil
}

// Shutdown is called by the batcher after its last batch.
func (s *sink) Shutdown(context.Context) error {
	close(s.done)
	return nil
}

// close sends what is queued, once each and while ctx lasts, and gives up the rest.
func (s *sink) close(ctx context.Context) error {
	s.client.hurry()
	_ = s.processor.Shutdown(ctx) // says only that ctx ended, which is no failure here
	_ = s.client.Stop(ctx)
	select {
	case <-s.done: // at once: a stopped client sends nothing
		return nil
	case <-time.After(shutdownLimit / 4):
		return fmt.Errorf("close span exporter to %s: it does not end", s.client.to.shown)
	}
}

// complaint logs a recurring loss seldom: the first, then at most one record per interval, with what
// was lost since the last one.
type complaint struct {
	logger *slog.Logger
	every  time.Duration

	mu   sync.Mutex
	last time.Time
	lost int
}

func (c *complaint) raise(lost int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost += lost
	if now := time.Now(); c.last.IsZero() || now.Sub(c.last) >= c.every {
		c.logger.Warn("spans lost", "lost", c.lost, KeyErr, err)
		c.last, c.lost = now, 0
	}
}
