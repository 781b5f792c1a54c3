package telemetry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

type spanIDKey struct{}

// chosenID is a span ID waiting for the span that takes it.
type chosenID struct {
	id    trace.SpanID
	taken atomic.Bool
}

// WithSpanID returns a context from which the next span that is started gets id, and only that one:
// spans started after it, or under it, get random IDs again. Two programs that agree on an ID can so
// refer to one span before it exists. The zero id changes nothing.
func WithSpanID(ctx context.Context, id trace.SpanID) context.Context {
	if !id.IsValid() {
		return ctx
	}
	return context.WithValue(ctx, spanIDKey{}, &chosenID{id: id})
}

// SpanIDFor derives a span ID from parts: the first 8 bytes of the SHA-256 of the parts, each after
// its length, and never zero.
func SpanIDFor(parts ...string) trace.SpanID {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	id := trace.SpanID(h.Sum(nil)[:8])
	if !id.IsValid() {
		id[7] = 1
	}
	return id
}

// generator makes random IDs, save for spans whose ID was chosen with WithSpanID.
type generator struct{}

func (g generator) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	var id trace.TraceID
	for !id.IsValid() {
		binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
		binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	}
	return id, g.NewSpanID(ctx, id)
}

func (generator) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	if c, ok := ctx.Value(spanIDKey{}).(*chosenID); ok && c.taken.CompareAndSwap(false, true) {
		return c.id
	}
	var id trace.SpanID
	for !id.IsValid() {
		binary.NativeEndian.PutUint64(id[:], rand.Uint64())
	}
	return id
}
