package gateway

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// Times that a request may take.
const (
	callLimit    = 30 * time.Second
	predictLimit = 90 * time.Second
)

// endpoint answers a request. An error becomes the answer that its fault code says.
type endpoint func(ctx context.Context, r *http.Request) (reply, error)

// handler returns all that the gateway answers.
func (g *Gateway) handler() http.Handler {
	mux := http.NewServeMux()
	admin := service.Admin(g.env.Ready, g.env.Gatherer)
	for _, path := range []string{"GET /healthz", "GET /readyz", "GET /metrics"} {
		mux.Handle(path, admin)
	}
	for route, h := range map[string]endpoint{
		"POST /v1/predict":                g.predict,
		"POST /v1/runs":                   g.submit,
		"GET /v1/runs":                    g.runs,
		"GET /v1/runs/{id}":               g.run,
		"POST /v1/runs/{id}/cancel":       g.cancel,
		"POST /v1/runs/{id}/resume":       g.resume,
		"GET /v1/runs/{id}/explain":       g.explain,
		"GET /v1/models":                  g.models,
		"GET /v1/models/{name}/{version}": g.model,
		"POST /v1/models/{name}/rollback": g.rollback,
		"GET /v1/traces/{id}":             g.showTrace,
		"GET /{$}":                        g.page,
	} {
		mux.Handle(route, g.serveEndpoint(route, true, h))
	}
	// Receiving spans leaves no span: the gateway sends its own ones here as well.
	mux.Handle("POST /v1/traces", g.serveEndpoint("POST /v1/traces", false, g.receive))
	mux.Handle("/", g.serveEndpoint("other", false, g.nothing))
	return g.guarded(mux)
}

// guarded refuses what a browser was tricked into, and sets the headers that all answers have.
func (g *Gateway) guarded(next http.Handler) http.Handler {
	guard := newGuard(g.listener.Addr())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if err := guard.check(r); err != nil {
			answer := failure(err)
			answer.status = http.StatusForbidden
			g.metrics.observe("refused", answer.write(w), 0)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serveEndpoint makes an HTTP handler of an endpoint.
func (g *Gateway) serveEndpoint(route string, traced bool, h endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, span := r.Context(), trace.SpanFromContext(context.Background())
		if traced {
			ctx = telemetry.Extract(g.traced(ctx), map[string]string{
				"traceparent": r.Header.Get("Traceparent"), "tracestate": r.Header.Get("Tracestate"),
			})
			ctx, span = telemetry.Span(ctx, route, attribute.String("http.route", route))
			w.Header().Set("Trace-Id", span.SpanContext().TraceID().String())
		}
		answer, err := g.guardedCall(ctx, r, h)
		if err != nil {
			answer = failure(err)
		}
		status := answer.write(w)
		if status == http.StatusInternalServerError {
			g.log.ErrorContext(ctx, "request not answered", "route", route, "err", err)
		}
		span.SetAttributes(attribute.Int("http.status", status))
		telemetry.End(span, err)
		g.metrics.observe(route, status, time.Since(start))
	})
}

// guardedCall turns a panic of an endpoint into an error.
func (g *Gateway) guardedCall(ctx context.Context, r *http.Request, h endpoint) (answer reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			g.log.ErrorContext(ctx, "endpoint panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "answering the request panicked: %v", p)
		}
	}()
	return h(ctx, r)
}

func (g *Gateway) nothing(_ context.Context, r *http.Request) (reply, error) {
	return reply{}, fault.New(fault.NotFound, "there is nothing at %s %.200s; / lists what there is", r.Method, r.URL.Path)
}
