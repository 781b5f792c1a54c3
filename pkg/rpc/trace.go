package rpc

import (
	"context"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/longmemory/hurst/pkg/telemetry"
)

// inject writes the trace context of ctx into a message's headers.
func inject(ctx context.Context, h nats.Header) {
	carrier := map[string]string{}
	telemetry.Inject(ctx, carrier)
	for k, v := range carrier {
		h.Set(k, v)
	}
}

// extract returns ctx with the trace context that headers carry.
func extract(ctx context.Context, h map[string][]string) context.Context {
	if len(h) == 0 {
		return ctx
	}
	carrier := make(map[string]string, len(h))
	for k, v := range h {
		if len(v) > 0 {
			carrier[strings.ToLower(k)] = v[0]
		}
	}
	return telemetry.Extract(ctx, carrier)
}

// traced returns ctx with the connection's tracer, if it has one.
func (c *Conn) traced(ctx context.Context) context.Context {
	if c.tracer == nil {
		return ctx
	}
	return telemetry.WithTracer(ctx, c.tracer)
}
