package gateway

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	tracev1 "github.com/longmemory/hurst/proto/trace/v1"
)

const traceText = "5b8efff798038103d269b633813fc60c"

// exported is an export request with n spans of one trace.
func exported(t *testing.T, n int, name string) string {
	t.Helper()
	id, err := hex.DecodeString(traceText)
	require.NoError(t, err)
	var spans []*tracepb.Span
	for i := range n {
		spans = append(spans, &tracepb.Span{TraceId: id, SpanId: []byte{1, 0, 0, 0, 0, 0, byte(i >> 8), byte(i)}, Name: name, StartTimeUnixNano: uint64(i)})
	}
	data, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}}})
	require.NoError(t, err)
	return string(data)
}

func pack(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestReceiveProtobuf(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	a := r.do("POST", "/v1/traces", exported(t, 2, "work"), "Content-Type", "application/x-protobuf")
	require.Equal(t, 200, a.status)
	require.Empty(t, a.body, "an empty message says that all is well")
	require.Equal(t, "application/x-protobuf", a.header.Get("Content-Type"))
	a = r.do("POST", "/v1/traces", pack(t, exported(t, 3, "work")), "Content-Type", "application/x-protobuf", "Content-Encoding", "gzip")
	require.Equal(t, 200, a.status, a.body)

	got, err := rpc.Call[tracev1.GetResponse](t.Context(), r.nats, wire.SubjectTrace, &tracev1.GetRequest{TraceId: traceText})
	require.NoError(t, err)
	require.Len(t, got.GetSpans(), 3, "what is sent twice is one span")
	require.Equal(t, "work", got.GetSpans()[0].GetName())
	require.Len(t, r.get("/v1/traces/" + strings.ToUpper(traceText)).tree(t)["spans"], 3)
	require.Contains(t, r.get("/metrics").body, `hurst_trace_spans_total{outcome="kept"} 5`)

	_, err = rpc.Call[tracev1.GetResponse](t.Context(), r.nats, wire.SubjectTrace, &tracev1.GetRequest{TraceId: "x"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	_, err = rpc.Call[tracev1.GetResponse](t.Context(), r.nats, wire.SubjectTrace, &tracev1.GetRequest{TraceId: strings.Repeat("1", 32)})
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
	require.Equal(t, 404, r.get("/v1/traces/"+strings.Repeat("1", 32)).status)
}

// TestReceiveJSON sends what the OpenTelemetry specification gives as an example: IDs are hexadecimal,
// 64-bit numbers are text, and unknown fields are ignored.
func TestReceiveJSON(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	body := `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},
		"scopeSpans":[{"scope":{"name":"my.library"},"spans":[{"traceId":"` + strings.ToUpper(traceText) + `","spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173",
		"name":"I'm a server span","startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","kind":2,"news":1,
		"attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}}],"links":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B175"}]}]}]}]}`
	a := r.do("POST", "/v1/traces", body, "Content-Type", "application/json; charset=utf-8")
	require.Equal(t, 200, a.status, a.body)
	require.Equal(t, "{}", a.body)
	got, err := rpc.Call[tracev1.GetResponse](t.Context(), r.nats, wire.SubjectTrace, &tracev1.GetRequest{TraceId: traceText})
	require.NoError(t, err)
	s := got.GetSpans()[0]
	require.Equal(t, "eee19b7ec3c1b174", s.GetSpanId())
	require.Equal(t, "eee19b7ec3c1b173", s.GetParentId())
	require.Equal(t, "my.service", s.GetService())
	require.EqualValues(t, 1544712660000000000, s.GetStartUnixNano())
	require.Equal(t, []string{"eee19b7ec3c1b175"}, s.GetLinks())
	require.Equal(t, map[string]string{"my.span.attr": "some value"}, s.GetAttributes())
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	const kind = "application/x-protobuf"
	bomb := pack(t, strings.Repeat("\x00", maxTraces+1))
	for _, c := range []struct {
		body    string
		headers []string
		status  int
	}{
		{"", nil, 400},
		{"", []string{"Content-Type", "text/plain"}, 400},
		{"\xff\xff", []string{"Content-Type", kind}, 400},
		{"[]", []string{"Content-Type", "application/json"}, 400},
		{"no gzip", []string{"Content-Type", kind, "Content-Encoding", "gzip"}, 400},
		{bomb[:len(bomb)/2], []string{"Content-Type", kind, "Content-Encoding", "gzip"}, 400},
		{bomb, []string{"Content-Type", kind, "Content-Encoding", "gzip"}, 413},
		{strings.Repeat("\x00", maxTraces+1), []string{"Content-Type", kind}, 413},
		{"", []string{"Content-Type", kind}, 200},
	} {
		a := r.do("POST", "/v1/traces", c.body, c.headers...)
		require.Equal(t, c.status, a.status, "%v %.100q %s", c.headers, c.body, a.body)
	}
	a := r.do("POST", "/v1/traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"no id"}]}]}]}`, "Content-Type", "application/json")
	require.Equal(t, 200, a.status)
	require.Contains(t, a.body, `"rejectedSpans":"1"`)
}

// TestTelemetryExports has our own exporter send to the gateway, as every service does, and learn of
// spans that were refused.
func TestTelemetryExports(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	tel, err := telemetry.Start(t.Context(), telemetry.Config{Service: "svc", OTLPEndpoint: r.url})
	require.NoError(t, err)
	ctx, span := telemetry.Span(telemetry.WithTracer(t.Context(), tel.Tracer), "outer")
	_, inner := telemetry.Span(ctx, "inner")
	inner.End()
	span.End()
	require.NoError(t, tel.Shutdown(t.Context()))
	got := r.get("/v1/traces/" + span.SpanContext().TraceID().String()).tree(t)["spans"].([]any)
	require.Len(t, got, 2)
	require.Equal(t, "outer", got[0].(map[string]any)["name"])
	require.Equal(t, got[0].(map[string]any)["span_id"], got[1].(map[string]any)["parent_id"])

	data := received(3, contentProto).body
	require.NotEmpty(t, data)
}

func TestTracesOutliveTheGateway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, func(c *Config, _ *service.Env) { c.TraceDir = dir })
	require.Equal(t, 200, first.do("POST", "/v1/traces", exported(t, 2, "work"), "Content-Type", "application/x-protobuf").status)
	first.client.CloseIdleConnections()
	require.NoError(t, first.stop())
	second := start(t, func(c *Config, _ *service.Env) { c.TraceDir = dir })
	require.Len(t, second.get("/v1/traces/" + traceText).tree(t)["spans"], 2)
}

// TestOwnSpansAreKept has the gateway export to itself, as it does in hurst up: its last spans arrive
// although it stops at once.
func TestOwnSpansAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	tel, err := telemetry.Start(t.Context(), telemetry.Config{Service: "gateway", OTLPEndpoint: "http://" + addr})
	require.NoError(t, err)
	r := start(t, func(c *Config, e *service.Env) {
		c.Listen, c.TraceDir = addr, dir
		e.Telemetry, e.Tracer = tel, tel.Tracer
	})
	id := r.get("/v1/runs").header.Get("Trace-Id")
	r.client.CloseIdleConnections()
	require.NoError(t, r.stop())
	require.NoError(t, tel.Shutdown(t.Context()))
	later := start(t, func(c *Config, _ *service.Env) { c.TraceDir = dir })
	spans := later.get("/v1/traces/" + id).tree(t)["spans"].([]any)
	require.Equal(t, "GET /v1/runs", spans[0].(map[string]any)["name"])
}

func TestAnswerFitsIntoAMessage(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for range 3 {
		require.Equal(t, 200, r.do("POST", "/v1/traces", exported(t, 4000, strings.Repeat("x", 500)), "Content-Type", "application/x-protobuf").status)
	}
	got, err := rpc.Call[tracev1.GetResponse](t.Context(), r.nats, wire.SubjectTrace, &tracev1.GetRequest{TraceId: traceText})
	require.NoError(t, err)
	require.True(t, got.GetTruncated())
	require.Greater(t, len(got.GetSpans()), 1000)

	small := &tracev1.GetResponse{Spans: []*tracev1.Span{{Name: "a", Attributes: map[string]string{"k": strings.Repeat("v", 1000)}}, {Name: "b"}}}
	cut := fit(proto.CloneOf(small), 500)
	require.Len(t, cut.GetSpans(), 2, "attributes go before spans")
	require.True(t, cut.GetTruncated())
	require.LessOrEqual(t, proto.Size(cut), 500)
	require.True(t, proto.Equal(small, fit(proto.CloneOf(small), 5000)))
}

func TestHTTPIsTraced(t *testing.T) {
	t.Parallel()
	var tel *telemetry.Telemetry
	r := start(t, func(_ *Config, e *service.Env) {
		var err error
		tel, err = telemetry.Start(t.Context(), telemetry.Config{Service: "gateway"})
		require.NoError(t, err)
		e.Tracer = tel.Tracer
	})
	t.Cleanup(func() { _ = tel.Shutdown(t.Context()) })
	parent := "00-" + traceText + "-00f067aa0ba902b7-01"
	require.Equal(t, traceText, r.do("GET", "/v1/runs", "", "Traceparent", parent).header.Get("Trace-Id"))
	require.Len(t, r.get("/v1/runs").header.Get("Trace-Id"), 32)
	require.Empty(t, r.do("POST", "/v1/traces", "", "Content-Type", contentProto).header.Get("Trace-Id"))
}

func FuzzDecodeTraces(f *testing.F) {
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}`), true)
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"links":[null]}]}]}]}`), true)
	f.Add([]byte("\x0a\x00"), false)
	f.Add([]byte("\x0a\xff"), false)
	f.Fuzz(func(t *testing.T, body []byte, asJSON bool) {
		traces, err := decodeTraces(body, asJSON)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
			return
		}
		for _, rs := range traces.GetResourceSpans() {
			_, _ = proto.Marshal(rs)
		}
	})
}
