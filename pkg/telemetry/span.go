package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

type tracerKey struct{}

// WithTracer returns a context in which [Span] starts spans with tracer.
func WithTracer(ctx context.Context, tracer trace.Tracer) context.Context {
	return context.WithValue(ctx, tracerKey{}, tracer)
}

// Span starts a span, a child of the one in ctx, with the tracer that [WithTracer] left there; where
// there is none, with the provider of the span in ctx; and where there is neither, it does nothing.
// It never returns a nil span. The caller ends it, as with [End].
func Span(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	tracer, ok := ctx.Value(tracerKey{}).(trace.Tracer)
	if !ok || tracer == nil {
		tracer = trace.SpanFromContext(ctx).TracerProvider().Tracer(scope)
	}
	return tracer.Start(ctx, name, trace.WithAttributes(attrs...))
}

// End ends span, marked as failed with err unless that is nil.
func End(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

// Inject writes the identity of ctx's span into carrier as traceparent and tracestate (W3C Trace
// Context). Without a span, or into a nil map, it writes nothing.
func Inject(ctx context.Context, carrier map[string]string) {
	if carrier == nil {
		return
	}
	propagation.TraceContext{}.Inject(ctx, propagation.MapCarrier(carrier))
}

// Extract returns a context whose span is the remote one that [Inject] wrote into carrier. What is
// missing or malformed is ignored.
func Extract(ctx context.Context, carrier map[string]string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(carrier))
}
