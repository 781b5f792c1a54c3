package job

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// process is asynq's handler of one task. ctx is asynq's: it ends with the task's time, and when
// the task is deleted or its lease is lost.
func (s *Server) process(ctx context.Context, t *asynq.Task) error {
	d := s.delivery(ctx, t)
	refuse := func(err error) error { return s.settle(ctx, d, s.judge(ctx, d, err), err) }
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return refuse(fmt.Errorf("wait for a handler whose time was up to return: %w", ctx.Err()))
	case <-s.stop:
		return refuse(ErrHandBack)
	}
	defer func() { <-s.slots }()
	switch {
	case isClosed(s.stop):
		return refuse(ErrHandBack)
	case d.Retried > d.MaxRetry: // asynq retries a timeout without asking
		return refuse(fault.New(fault.Unavailable, "the time of task %s was up, and its %d retries are spent", d.ID, d.MaxRetry))
	}
	return s.execute(ctx, d, t.Headers())
}

func (s *Server) execute(ctx context.Context, d Delivery, headers map[string]string) error {
	if d.Retried == 0 && !d.Enqueued.IsZero() {
		s.metrics.queued.WithLabelValues(d.Queue).Observe(max(time.Since(d.Enqueued), 0).Seconds())
	}
	running := s.metrics.running.WithLabelValues(d.Queue)
	running.Inc()
	defer running.Dec()

	hctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.force, cancel)()
	hctx, span := s.span(hctx, d, headers)
	start := time.Now()
	err := s.guard(hctx, d)
	telemetry.End(span, err)
	v := s.judge(ctx, d, err)
	s.metrics.seconds.WithLabelValues(d.Queue, d.Type, string(v)).Observe(time.Since(start).Seconds())
	return s.settle(hctx, d, v, err)
}

// settle logs what becomes of a task and tells asynq.
func (s *Server) settle(ctx context.Context, d Delivery, v verdict, err error) error {
	switch v {
	case done:
	case archived:
		s.log.WarnContext(ctx, "task failed for good", "task", d.ID, "type", d.Type, "err", err)
	default:
		s.log.InfoContext(ctx, "task not done", "task", d.ID, "type", d.Type, "outcome", string(v), "retried", d.Retried, "err", err)
	}
	return v.forAsynq(err)
}

// guard calls the handler and turns its panic into an error.
func (s *Server) guard(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(ctx, "handler panicked", "task", d.ID, "type", d.Type, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "the handler of task %s panicked: %v", d.ID, p)
		}
	}()
	return s.handler(ctx, d)
}

func (s *Server) delivery(ctx context.Context, t *asynq.Task) Delivery {
	d := Delivery{Queue: s.cfg.Queue, Type: t.Type(), Payload: t.Payload(), Drain: s.stop}
	d.ID, _ = asynq.GetTaskID(ctx)
	d.Retried, _ = asynq.GetRetryCount(ctx)
	limit, _ := asynq.GetMaxRetry(ctx)
	d.MaxRetry = max(limit-1, 0) // see Client.Enqueue
	if ns, err := strconv.ParseInt(t.Headers()[headerEnqueued], 10, 64); err == nil && ns > 0 {
		d.Enqueued = time.Unix(0, ns)
	}
	return d
}

// span continues the trace that came with the task: a span of the time it was queued, once, and one of
// its execution, which is in the context that is returned. The ID of the latter follows
// from the task's, so that the next attempt can link to it, even when this worker dies.
func (s *Server) span(ctx context.Context, d Delivery, headers map[string]string) (context.Context, trace.Span) {
	ctx = telemetry.Extract(ctx, headers)
	attrs := trace.WithAttributes(attribute.String("task", d.ID), attribute.String("queue", d.Queue), attribute.Int("retried", d.Retried))
	if d.Retried == 0 && !d.Enqueued.IsZero() {
		_, queued := s.tracer.Start(ctx, "queued "+d.Type, trace.WithTimestamp(d.Enqueued), attrs)
		queued.End()
	}
	opts := []trace.SpanStartOption{attrs, trace.WithSpanKind(trace.SpanKindConsumer)}
	if previous := s.previous(d); previous.IsValid() {
		opts = append(opts, trace.WithLinks(trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.SpanContextFromContext(ctx).TraceID(), SpanID: previous, TraceFlags: trace.FlagsSampled, Remote: true,
		})}))
	}
	ctx, span := s.tracer.Start(telemetry.WithSpanID(ctx, spanID(d.ID, d.Retried)), "run "+d.Type, opts...)
	return telemetry.WithTracer(ctx, s.tracer), span
}

// spanID is of the span of a task's execution after some retries.
func spanID(task string, retried int) trace.SpanID {
	if retried == 0 {
		return telemetry.SpanIDFor(task)
	}
	return telemetry.SpanIDFor(task, strconv.Itoa(retried))
}

// previous is the span of the execution before this one; zero: this is the first.
func (s *Server) previous(d Delivery) trace.SpanID {
	if d.Retried > 0 {
		return spanID(d.ID, d.Retried-1)
	}
	if s.cfg.Previous != nil {
		if id := s.cfg.Previous(d.ID); id != "" {
			return spanID(id, 0)
		}
	}
	return trace.SpanID{}
}
