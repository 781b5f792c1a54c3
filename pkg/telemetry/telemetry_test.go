package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver is a small OTLP/HTTP receiver that keeps what it gets.
type receiver struct {
	URL string

	mu      sync.Mutex
	status  []int // answers to give before 200
	calls   int
	spans   []*tracepb.Span
	service map[string]string // span ID to resource service.name
	arrived chan struct{}
}

func receive(t *testing.T, status ...int) *receiver {
	r := &receiver{status: status, service: map[string]string{}, arrived: make(chan struct{}, 1000)}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	r.URL = srv.URL
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() { r.arrived <- struct{}{} }()
	r.calls++
	if len(r.status) > 0 {
		w.WriteHeader(r.status[0])
		r.status = r.status[1:]
		return
	}
	body, err := io.ReadAll(req.Body)
	var msg tracepb.TracesData
	if err != nil || req.URL.Path != "/v1/traces" || req.Header.Get("Content-Type") != "application/x-protobuf" ||
		proto.Unmarshal(body, &msg) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, rs := range msg.ResourceSpans {
		name := ""
		for _, a := range rs.Resource.Attributes {
			if a.Key == "service.name" {
				name = a.Value.GetStringValue()
			}
		}
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				r.spans = append(r.spans, s)
				r.service[string(s.SpanId)] = name
			}
		}
	}
}

func (r *receiver) all() []*tracepb.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*tracepb.Span(nil), r.spans...)
}

func start(t *testing.T, cfg telemetry.Config) (*telemetry.Telemetry, *bytes.Buffer) {
	var logs bytes.Buffer
	if cfg.LogOutput == nil {
		cfg.LogOutput = &logs
	}
	tel, err := telemetry.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tel.Shutdown(context.Background()) })
	return tel, &logs
}

func counter(t *testing.T, g prometheus.Gatherer, result string) float64 {
	families, err := g.Gather()
	require.NoError(t, err)
	for _, f := range families {
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if f.GetName() == "hurst_telemetry_spans_total" && l.GetValue() == result {
					return m.Counter.GetValue()
				}
			}
		}
	}
	return -1
}

func TestExport(t *testing.T) {
	t.Parallel()
	r, second := receive(t), receive(t)
	tel, _ := start(t, telemetry.Config{Service: "datagen", OTLPEndpoint: r.URL + ", " + second.URL + "/," + r.URL})

	ctx := telemetry.WithTracer(t.Context(), tel.Tracer)
	ctx, parent := telemetry.Span(ctx, "task", attribute.String(telemetry.KeyRun, "r1"))
	_, child := telemetry.Span(ctx, "put")
	telemetry.End(child, fmt.Errorf("disk full"))
	telemetry.End(parent, nil)
	<-r.arrived // by the batch delay, without a flush
	require.NoError(t, tel.Shutdown(context.Background()))

	for _, r := range []*receiver{r, second} {
		spans := r.all()
		require.Len(t, spans, 2, "each span once per receiver")
		require.Equal(t, "put", spans[0].Name)
		require.Equal(t, spans[1].SpanId, spans[0].ParentSpanId)
		require.Equal(t, spans[1].TraceId, spans[0].TraceId)
		require.Equal(t, tracepb.Status_STATUS_CODE_ERROR, spans[0].Status.Code)
		require.Equal(t, "disk full", spans[0].Status.Message)
		require.Equal(t, "r1", spans[1].Attributes[0].Value.GetStringValue())
		require.Equal(t, "datagen", r.service[string(spans[0].SpanId)])
	}
	require.EqualValues(t, 4, counter(t, tel.Registry, "sent"))
}

func TestTwoPartsInOneProcess(t *testing.T) {
	t.Parallel()
	r := receive(t)
	a, _ := start(t, telemetry.Config{Service: "a", OTLPEndpoint: r.URL})
	b, _ := start(t, telemetry.Config{Service: "b", OTLPEndpoint: r.URL})
	require.NoError(t, a.RegisterProcess())

	ctx, root := a.Tracer.Start(t.Context(), "root")
	carrier := map[string]string{}
	telemetry.Inject(ctx, carrier)
	_, remote := b.Tracer.Start(telemetry.Extract(t.Context(), carrier), "remote")
	remote.End()
	root.End()
	require.NoError(t, a.Flush(t.Context()))
	require.NoError(t, b.Flush(t.Context()))

	spans := r.all()
	require.Len(t, spans, 2)
	require.Equal(t, spans[0].TraceId, spans[1].TraceId)
	require.NotEqual(t, r.service[string(spans[0].SpanId)], r.service[string(spans[1].SpanId)])
	_, err := prometheus.Gatherers{a.Registry, b.Registry}.Gather()
	require.NoError(t, err, "registries of one process can be gathered together")
}

func TestReceiverIsBusyForAMoment(t *testing.T) {
	t.Parallel()
	r := receive(t, http.StatusServiceUnavailable)
	tel, logs := start(t, telemetry.Config{OTLPEndpoint: r.URL})
	_, span := tel.Tracer.Start(t.Context(), "x")
	span.End()
	require.NoError(t, tel.Flush(t.Context()))
	require.Len(t, r.all(), 1)
	require.Empty(t, logs.String())
}

func TestReceiverRefuses(t *testing.T) {
	t.Parallel()
	r := receive(t, http.StatusForbidden, http.StatusForbidden)
	tel, logs := start(t, telemetry.Config{OTLPEndpoint: strings.Replace(r.URL, "//", "//me:secret@", 1)})
	for range 2 {
		_, span := tel.Tracer.Start(t.Context(), "x")
		span.End()
		require.NoError(t, tel.Flush(t.Context()))
	}
	require.NoError(t, tel.Shutdown(context.Background()))
	require.Equal(t, 2, r.calls, "what is refused is not tried again")
	require.Equal(t, 1, strings.Count(logs.String(), "spans lost"), logs.String())
	require.Contains(t, logs.String(), "403")
	require.NotContains(t, logs.String(), "secret")
	require.EqualValues(t, 2, counter(t, tel.Registry, "lost"))
}

func TestUnreachableReceiverDoesNotDelayTheEnd(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // connects, never answers
	require.NoError(t, err)
	t.Cleanup(func() { silent.Close() })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	r := receive(t)

	tel, logs := start(t, telemetry.Config{OTLPEndpoint: "http://" + silent.Addr().String() +
		",http://" + closed.Addr().String() + "," + r.URL})
	for range 2000 {
		_, span := tel.Tracer.Start(t.Context(), "x")
		span.End()
	}
	before := time.Now()
	require.NoError(t, tel.Shutdown(context.Background()))
	require.Less(t, time.Since(before), 2*time.Second)
	require.Len(t, r.all(), 2000, "the receiver that works gets everything")
	require.EqualValues(t, 4000, counter(t, tel.Registry, "lost"))
	require.Equal(t, 2, strings.Count(logs.String(), "spans lost"), "one record per receiver: %s", logs.String())
	require.NoError(t, tel.Shutdown(context.Background()), "again")
}

func TestNoEndpoint(t *testing.T) {
	t.Parallel()
	tel, _ := start(t, telemetry.Config{})
	_, span := tel.Tracer.Start(t.Context(), "x")
	require.True(t, span.SpanContext().IsSampled(), "traces cross the wire even where nothing is exported")
	span.End()
	require.NoError(t, tel.Flush(t.Context()))
	require.NoError(t, tel.Shutdown(t.Context()))
	_, span = tel.Tracer.Start(t.Context(), "after the end")
	span.End()
}

func TestLogger(t *testing.T) {
	t.Parallel()
	tel, logs := start(t, telemetry.Config{Service: "tuner", LogFormat: "json", LogLevel: "WARN"})
	ctx, span := tel.Tracer.Start(t.Context(), "x")
	tel.Logger.InfoContext(ctx, "too low")
	tel.Logger.With(telemetry.KeyTrial, 7).WarnContext(ctx, "slow")
	tel.Logger.Warn("no span")

	lines := strings.Split(strings.TrimSpace(logs.String()), "\n")
	require.Len(t, lines, 2)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &got))
	require.Equal(t, "tuner", got["service"])
	require.EqualValues(t, 7, got["trial"])
	require.Equal(t, span.SpanContext().TraceID().String(), got["trace_id"])
	require.Equal(t, span.SpanContext().SpanID().String(), got["span_id"])
	require.NotContains(t, lines[1], "trace_id")
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  telemetry.Config
		want string
	}{
		{telemetry.Config{LogLevel: "loud"}, `log_level is "loud": want debug, info, warn or error`},
		{telemetry.Config{LogFormat: "xml"}, `log_format is "xml": want text or json`},
		{telemetry.Config{OTLPEndpoint: "localhost:4318"}, "want http://host:port"},
		{telemetry.Config{OTLPEndpoint: "127.0.0.1:4318"}, "otlp_endpoint is not a URL"},
		{telemetry.Config{OTLPEndpoint: "http://"}, "want http://host:port"},
		{telemetry.Config{OTLPEndpoint: "http://a,ftp://b"}, `"ftp://b"`},
	} {
		require.ErrorContains(t, c.cfg.Validate(), c.want)
		_, err := telemetry.Start(t.Context(), c.cfg)
		require.ErrorContains(t, err, c.want)
	}
	require.NoError(t, telemetry.Config{OTLPEndpoint: " ,https://x/otlp"}.Validate())
}

func TestSpanWithoutTracer(t *testing.T) {
	t.Parallel()
	ctx, span := telemetry.Span(t.Context(), "nothing")
	require.False(t, span.IsRecording())
	require.False(t, trace.SpanContextFromContext(ctx).IsValid())
	span.End()

	tel, _ := start(t, telemetry.Config{})
	ctx, parent := tel.Tracer.Start(t.Context(), "parent")
	_, child := telemetry.Span(ctx, "child")
	require.True(t, child.IsRecording(), "the parent's provider serves")
	require.Equal(t, parent.SpanContext().TraceID(), child.SpanContext().TraceID())
}

func TestCarrier(t *testing.T) {
	t.Parallel()
	tel, _ := start(t, telemetry.Config{})
	ctx, span := tel.Tracer.Start(t.Context(), "x")
	telemetry.Inject(ctx, nil)
	carrier := map[string]string{}
	telemetry.Inject(t.Context(), carrier)
	require.Empty(t, carrier)
	telemetry.Inject(ctx, carrier)
	require.Contains(t, carrier["traceparent"], span.SpanContext().TraceID().String())

	for _, bad := range []string{"", "00-", "zz", strings.Repeat("0", 55), "00-" + strings.Repeat("0", 32) + "-0000000000000000-01"} {
		got := telemetry.Extract(t.Context(), map[string]string{"traceparent": bad})
		require.False(t, trace.SpanContextFromContext(got).IsValid(), bad)
	}
	require.False(t, trace.SpanContextFromContext(telemetry.Extract(t.Context(), nil)).IsValid())
}

func TestChosenSpanID(t *testing.T) {
	t.Parallel()
	tel, _ := start(t, telemetry.Config{})
	id := telemetry.SpanIDFor("run", "r1")
	ctx := telemetry.WithSpanID(t.Context(), id)
	child, span := tel.Tracer.Start(ctx, "root")
	require.Equal(t, id, span.SpanContext().SpanID())
	_, grandchild := tel.Tracer.Start(child, "child")
	require.NotEqual(t, id, grandchild.SpanContext().SpanID(), "not inherited")
	_, sibling := tel.Tracer.Start(ctx, "sibling")
	require.NotEqual(t, id, sibling.SpanContext().SpanID(), "once only")

	next := telemetry.WithSpanID(child, telemetry.SpanIDFor("task"))
	_, span = tel.Tracer.Start(next, "task")
	require.Equal(t, telemetry.SpanIDFor("task"), span.SpanContext().SpanID())
	require.Equal(t, t.Context(), telemetry.WithSpanID(t.Context(), trace.SpanID{}))
}

func TestSpanIDFor(t *testing.T) {
	t.Parallel()
	require.Equal(t, telemetry.SpanIDFor("a", "b"), telemetry.SpanIDFor("a", "b"))
	require.NotEqual(t, telemetry.SpanIDFor("a", "b"), telemetry.SpanIDFor("ab"))
	require.NotEqual(t, telemetry.SpanIDFor("a", "b"), telemetry.SpanIDFor("b", "a"))
	require.True(t, telemetry.SpanIDFor().IsValid())
	// The IDs of runs and tasks outlive a program, so the derivation must not change.
	require.Equal(t, "94ec81348b2bfd0b", telemetry.SpanIDFor("run", "r1").String())
}

func BenchmarkSpan(b *testing.B) {
	tel, err := telemetry.Start(b.Context(), telemetry.Config{})
	require.NoError(b, err)
	ctx := telemetry.WithTracer(b.Context(), tel.Tracer)
	for b.Loop() {
		_, span := telemetry.Span(ctx, "x")
		span.End()
	}
}
