package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// Of clients that make one stream at once, nats-server may open the file store twice, and it then never
// stops one of them: that is not ours to end.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"))
}

// startServer runs a nats-server with JetStream in dir, until the test ends or stop is called.
func startServer(t testing.TB, dir string, port int) (url string, stop func()) {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	require.NoError(t, err)
	ns.Start()
	require.True(t, ns.ReadyForConnections(10*time.Second), "nats-server did not start")
	stop = sync.OnceFunc(func() { ns.Shutdown(); ns.WaitForShutdown() })
	t.Cleanup(stop)
	return ns.ClientURL(), stop
}

func connect(t testing.TB, cfg rpc.Config) *rpc.Conn {
	t.Helper()
	c, err := rpc.Connect(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.Close(ctx) // a test may have closed it
	})
	return c
}

func setup(t testing.TB) *rpc.Conn {
	t.Helper()
	url, _ := startServer(t, t.TempDir(), -1)
	return connect(t, rpc.Config{URL: url})
}

func service(t testing.TB, c *rpc.Conn, concurrency int) *rpc.Service {
	t.Helper()
	s, err := rpc.NewService(c, "test", "0.1.0", "a test", concurrency)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.Drain(ctx)
	})
	return s
}

const subject = "hurst.pipeline.get"

func get(ctx context.Context, c *rpc.Conn, id string) (*pipelinev1.Run, error) {
	return rpc.Call[pipelinev1.Run](ctx, c, subject, &pipelinev1.GetRequest{Run: id})
}

func TestCall(t *testing.T) {
	t.Parallel()
	c := setup(t)
	require.NoError(t, rpc.Handle(service(t, c, 2), subject, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return &pipelinev1.Run{Id: q.GetRun(), Name: "echo"}, nil
	}))
	for _, id := range []string{"a", "", strings.Repeat("x", int('{'))} { // the last begins "\n{" on the wire
		run, err := get(t.Context(), c, id)
		require.NoError(t, err)
		require.Equal(t, id, run.GetId())
	}
}

func TestFaultsCross(t *testing.T) {
	t.Parallel()
	c := setup(t)
	text := "line one\nline two: Höhe"
	require.NoError(t, rpc.Handle(service(t, c, 1), subject, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		if q.GetRun() == "panic" {
			panic("oh")
		}
		return nil, fault.New(fault.Code(q.GetRun()), "%s", text)
	}))
	for _, code := range []fault.Code{fault.Invalid, fault.NotFound, fault.Conflict, fault.Unavailable, fault.Internal} {
		_, err := get(t.Context(), c, string(code))
		require.EqualError(t, err, text)
		require.Equal(t, code, fault.CodeOf(err))
	}
	_, err := get(t.Context(), c, "panic")
	require.ErrorContains(t, err, "panicked: oh")
	require.Equal(t, fault.Internal, fault.CodeOf(err))
	_, err = get(t.Context(), c, string(fault.NotFound))
	require.Equal(t, fault.NotFound, fault.CodeOf(err), "the service must outlive a panic")
}

func TestJSON(t *testing.T) {
	t.Parallel()
	c := setup(t)
	require.NoError(t, rpc.Handle(service(t, c, 1), subject, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		if q.GetRun() == "" {
			return nil, fault.New(fault.Invalid, "no run named")
		}
		return &pipelinev1.Run{Id: q.GetRun()}, nil
	}))
	ask := func(body string, header nats.Header) *nats.Msg {
		m, err := c.Raw().RequestMsg(&nats.Msg{Subject: subject, Data: []byte(body), Header: header}, 5*time.Second)
		require.NoError(t, err)
		return m
	}
	asJSON := nats.Header{"Content-Type": {"application/json"}}
	require.JSONEq(t, `{"id":"r1"}`, string(ask(`{"run":"r1"}`, nil).Data))
	require.JSONEq(t, `{"id":"r1"}`, string(ask(` {"run":"r1"}`, asJSON).Data))
	m := ask("", asJSON)
	require.JSONEq(t, `{"code":"invalid","error":"no run named"}`, string(m.Data))
	require.Equal(t, "400", m.Header.Get("Nats-Service-Error-Code"))
	require.Equal(t, "invalid", m.Header.Get("Hurst-Fault"))
	require.Contains(t, string(ask(`{"rum":"r1"}`, nil).Data), `rum`)
	require.Contains(t, ask("\xff\xff", nil).Header.Get("Nats-Service-Error"), "hurst.pipeline.v1.GetRequest")
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	c := setup(t)
	_, err := get(t.Context(), c, "a")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.EqualError(t, err, "nobody answers on hurst.pipeline.get: is the pipeline service running?")
}

func TestServerAwayAndBack(t *testing.T) {
	t.Parallel()
	addr, stop := startServer(t, t.TempDir(), -1)
	u, err := url.Parse(addr)
	require.NoError(t, err)
	port, err := strconv.Atoi(u.Port())
	require.NoError(t, err)
	c := connect(t, rpc.Config{URL: addr})
	require.NoError(t, rpc.Handle(service(t, c, 1), subject, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return &pipelinev1.Run{}, nil
	}))
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = get(ctx, c, "a")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.ErrorContains(t, err, u.Host)
	startServer(t, t.TempDir(), port)
	require.Eventually(t, func() bool {
		_, err := get(t.Context(), c, "a")
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := setup(t)
	require.NoError(t, rpc.Handle(service(t, c, 1), subject, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return &pipelinev1.Run{Leaderboard: make([]byte, 2<<20)}, nil
	}))
	_, err := get(t.Context(), c, strings.Repeat("x", 2<<20))
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.ErrorContains(t, err, "2097157 bytes")
	require.ErrorContains(t, err, "at most 1048576")
	_, err = get(t.Context(), c, "a")
	require.Equal(t, fault.Internal, fault.CodeOf(err))
	require.ErrorContains(t, err, "the answer on hurst.pipeline.get is 20971")
}

func TestDeadlineReachesHandler(t *testing.T) {
	t.Parallel()
	c := setup(t)
	ended := make(chan error, 1)
	require.NoError(t, rpc.Handle(service(t, c, 1), subject, func(ctx context.Context, _ *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := get(ctx, c, "a")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.ErrorIs(t, <-ended, context.DeadlineExceeded)
}

// A drain answers every request that was delivered before it, including those that wait for a
// slot, and none is lost.
func TestDrainAnswersWhatIsInHand(t *testing.T) {
	t.Parallel()
	url, _ := startServer(t, t.TempDir(), -1)
	caller, c := connect(t, rpc.Config{URL: url}), connect(t, rpc.Config{URL: url})
	const n, concurrency = 20, 3
	var running, most atomic.Int64
	full, release := make(chan struct{}), make(chan struct{})
	atFull := sync.OnceFunc(func() { close(full) })
	s := service(t, c, concurrency)
	require.NoError(t, rpc.Handle(s, subject, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		now := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		if now == concurrency {
			atFull()
		}
		<-release
		return &pipelinev1.Run{Id: q.GetRun()}, nil
	}))
	require.NoError(t, c.Raw().Flush())
	errs := make(chan error, n)
	for range n {
		go func() {
			_, err := get(context.Background(), caller, "a")
			errs <- err
		}()
	}
	<-full
	require.NoError(t, caller.Raw().Flush())
	require.Eventually(t, func() bool { return c.Raw().Stats().InMsgs >= n }, 5*time.Second, time.Millisecond)
	drained := make(chan error, 1)
	go func() {
		err := s.Drain(context.Background())
		drained <- errors.Join(err, c.Close(context.Background()))
	}()
	select {
	case <-drained:
		t.Fatal("drained while handlers run")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	require.NoError(t, <-drained)
	for range n {
		require.NoError(t, <-errs)
	}
	require.EqualValues(t, concurrency, most.Load())
}

func TestDrainGivesUp(t *testing.T) {
	t.Parallel()
	c := setup(t)
	entered, left := make(chan struct{}), make(chan struct{})
	s := service(t, c, 1)
	require.NoError(t, rpc.Handle(s, subject, func(ctx context.Context, _ *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		close(entered)
		<-ctx.Done()
		close(left)
		return nil, ctx.Err()
	}))
	go func() { _, _ = get(context.Background(), c, "a") }()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.Drain(ctx), context.DeadlineExceeded)
	<-left
}

func TestConnectErrors(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for _, tc := range []struct {
		url  string
		code fault.Code
		want string
	}{
		{"nats://bob:secret@127.0.0.1:1", fault.Unavailable, "127.0.0.1:1"},
		{"", fault.Invalid, "no NATS address"},
		{"nats://bob:secret@[::1", fault.Invalid, "not a URL"},
	} {
		_, err := rpc.Connect(ctx, rpc.Config{URL: tc.url})
		require.Equal(t, tc.code, fault.CodeOf(err))
		require.ErrorContains(t, err, tc.want)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestConnectAuthentication(t *testing.T) {
	t.Parallel()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, Username: "u", Password: "p"})
	require.NoError(t, err)
	ns.Start()
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	require.True(t, ns.ReadyForConnections(10*time.Second))
	_, err = rpc.Connect(t.Context(), rpc.Config{URL: ns.ClientURL(), User: "u", Password: "wrong"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.NotContains(t, err.Error(), "wrong")
	connect(t, rpc.Config{InProcess: ns, User: "u", Password: "p"})
}

func TestOneTrace(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	url, _ := startServer(t, t.TempDir(), -1)
	c := connect(t, rpc.Config{URL: url, Tracer: provider.Tracer("test")})
	s := service(t, c, 1)
	require.NoError(t, rpc.Handle(s, subject, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return nil, fault.New(fault.NotFound, "no such run")
	}))
	_, err := get(t.Context(), c, "a")
	require.Error(t, err)
	require.NoError(t, s.Drain(t.Context()))
	ended := spans.Ended()
	require.Len(t, ended, 2)
	handle, call := ended[0], ended[1]
	if handle.Name() != "handle "+subject {
		handle, call = call, handle
	}
	require.Equal(t, "call "+subject, call.Name())
	require.Equal(t, call.SpanContext().SpanID(), handle.Parent().SpanID())
	require.Equal(t, call.SpanContext().TraceID(), handle.SpanContext().TraceID())
}

func TestMetricsAreShared(t *testing.T) {
	t.Parallel()
	url, _ := startServer(t, t.TempDir(), -1)
	reg := prometheus.NewRegistry()
	for _, subject := range []string{"a.one", "a.two"} { // two connections, one registry
		c := connect(t, rpc.Config{URL: url, Registerer: reg})
		s := service(t, c, 1)
		require.NoError(t, rpc.Handle(s, subject, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
			return &pipelinev1.Run{}, nil
		}))
		_, err := rpc.Call[pipelinev1.Run](t.Context(), c, subject, &pipelinev1.GetRequest{})
		require.NoError(t, err)
		require.NoError(t, s.Drain(t.Context()))
	}
	families, err := reg.Gather()
	require.NoError(t, err)
	counted := map[string]int{}
	for _, f := range families {
		counted[f.GetName()] = len(f.GetMetric())
	}
	require.Equal(t, map[string]int{"hurst_rpc_requests_total": 2, "hurst_rpc_seconds": 2}, counted)
}

func TestGather(t *testing.T) {
	t.Parallel()
	url, _ := startServer(t, t.TempDir(), -1)
	for _, name := range []string{"a", "b", "c"} {
		c := connect(t, rpc.Config{URL: url})
		require.NoError(t, rpc.HandleEach(service(t, c, 1), subject, func(context.Context, *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
			if name == "c" {
				return nil, fault.New(fault.Unavailable, "not ready")
			}
			return &pipelinev1.Run{Id: name}, nil
		}))
		require.NoError(t, c.Raw().Flush())
	}
	c := connect(t, rpc.Config{URL: url})
	runs, err := rpc.Gather[pipelinev1.Run](t.Context(), c, subject, &pipelinev1.GetRequest{}, 200*time.Millisecond)
	require.NoError(t, err)
	require.Len(t, runs, 2)
}

func TestEvents(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	url, _ := startServer(t, t.TempDir(), -1)
	c := connect(t, rpc.Config{URL: url, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	var got []string
	sub, err := rpc.Subscribe(c, "ev.*", func(_ context.Context, subject string, m *pipelinev1.Run) {
		got = append(got, subject+" "+m.GetId())
		if m.GetId() == "2" {
			panic("cannot bear 2")
		}
	})
	require.NoError(t, err)
	for _, id := range []string{"1", "2", "3"} {
		require.NoError(t, rpc.Publish(t.Context(), c, "ev.x", &pipelinev1.Run{Id: id}))
	}
	require.NoError(t, c.Raw().Publish("ev.x", []byte("\xff\xff")))
	require.NoError(t, c.Raw().Publish("ev.y", []byte(`{"id":"4"}`)))
	require.NoError(t, sub.Drain(t.Context()))
	require.Equal(t, []string{"ev.x 1", "ev.x 2", "ev.x 3", "ev.y 4"}, got)
	require.Contains(t, log.String(), "cannot bear 2")
	require.Contains(t, log.String(), "event dropped")
	require.NoError(t, sub.Unsubscribe(), "after a drain it is a no-op")
}

func BenchmarkCall(b *testing.B) {
	c := setup(b)
	if err := rpc.Handle(service(b, c, 4), subject, func(_ context.Context, q *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
		return &pipelinev1.Run{Id: q.GetRun()}, nil
	}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := get(b.Context(), c, "a"); err != nil {
			b.Fatal(err)
		}
	}
}
