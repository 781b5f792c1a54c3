package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const queue = "train"

type bundle struct {
	redis  job.Redis
	bell   job.Bell
	client *job.Client
	mini   *miniredis.Miniredis
}

func startRedis(t testing.TB) *miniredis.Miniredis {
	t.Helper()
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true)
	require.NoError(t, m.Start())
	t.Cleanup(m.Close)
	return m
}

func startBell(t testing.TB) job.Bell {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	require.NoError(t, err)
	ns.Start()
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	require.True(t, ns.ReadyForConnections(10*time.Second))
	c, err := rpc.Connect(t.Context(), rpc.Config{InProcess: ns})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close(context.Background())) })
	return job.NewBell(c)
}

func setup(t testing.TB) *bundle {
	t.Helper()
	b := &bundle{mini: startRedis(t), bell: startBell(t)}
	b.redis = job.Redis{Addr: b.mini.Addr()}
	b.connect(t)
	return b
}

func (b *bundle) connect(t testing.TB) {
	t.Helper()
	c, err := job.NewClient(job.ClientConfig{Redis: b.redis, Bell: b.bell})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	b.client = c
}

type handler = func(context.Context, job.Delivery) error

// serve runs a server until the test ends or stop is called, which waits for it.
func (b *bundle) serve(t testing.TB, cfg job.ServerConfig, h handler) (stop func()) {
	t.Helper()
	cfg.Redis, cfg.Bell = b.redis, b.bell
	if cfg.Queue == "" {
		cfg.Queue = queue
	}
	s, err := job.NewServer(cfg, h)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return stop
}

func (b *bundle) enqueue(t testing.TB, task job.Task) {
	t.Helper()
	if task.Queue == "" {
		task.Queue = queue
	}
	if task.Type == "" {
		task.Type = "fit"
	}
	require.NoError(t, b.client.Enqueue(t.Context(), task))
}

// becomes waits until a task is in a state, and returns its last error.
func (b *bundle) becomes(t testing.TB, id string, want job.State) string {
	t.Helper()
	var state job.State
	var last string
	require.Eventually(t, func() bool {
		var err error
		state, last, err = b.client.State(context.Background(), queue, id)
		return err == nil && state == want
	}, 15*time.Second, 2*time.Millisecond, "want %s", want)
	return last
}

func TestDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := make(chan job.Delivery, 1)
	before := time.Now()
	b.enqueue(t, job.Task{ID: "run/stage/1/1", Payload: []byte("x"), MaxRetry: 3})
	b.becomes(t, "run/stage/1/1", job.Pending)
	b.enqueue(t, job.Task{ID: "run/stage/1/1", Payload: []byte("other")}) // the same task
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		got <- d
		return nil
	})
	d := <-got
	require.Equal(t, []any{"run/stage/1/1", queue, "fit", "x", 3, 0}, []any{d.ID, d.Queue, d.Type, string(d.Payload), d.MaxRetry, d.Retried})
	require.WithinRange(t, d.Enqueued, before, time.Now())
	b.becomes(t, d.ID, job.Missing)
	require.Empty(t, got)
}

func TestErrorsDecide(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err      error
		maxRetry int
		runs     int64
		state    job.State
		last     string
	}{
		"transient": {fault.New(fault.Unavailable, "store is away"), 1, 2, job.Archived, "store is away"},
		"no retry":  {fault.New(fault.Unavailable, "store is away"), 0, 1, job.Archived, "store is away"},
		"permanent": {fault.New(fault.Invalid, "bad series"), 5, 1, job.Archived, "bad series"},
		"defect":    {errors.New("index"), 5, 1, job.Archived, "index"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			var runs atomic.Int64
			b.serve(t, job.ServerConfig{}, func(context.Context, job.Delivery) error {
				runs.Add(1)
				return tc.err
			})
			b.enqueue(t, job.Task{ID: "a", MaxRetry: tc.maxRetry})
			require.Equal(t, tc.last, b.becomes(t, "a", tc.state))
			require.Equal(t, tc.runs, runs.Load())
		})
	}
}

func TestRetrySucceeds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var times []time.Time
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		times = append(times, time.Now())
		if d.Retried < 2 {
			return fmt.Errorf("fetch: %w", context.DeadlineExceeded)
		}
		return nil
	})
	b.enqueue(t, job.Task{ID: "a", MaxRetry: 2})
	b.becomes(t, "a", job.Missing)
	require.Len(t, times, 3)
	require.Less(t, times[2].Sub(times[0]), 3*time.Second)
}

func TestPanicIsArchived(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		if d.ID == "bad" {
			panic("oh")
		}
		return nil
	})
	b.enqueue(t, job.Task{ID: "bad", MaxRetry: 5})
	require.Equal(t, "the handler of task bad panicked: oh", b.becomes(t, "bad", job.Archived))
	b.enqueue(t, job.Task{ID: "good"})
	b.becomes(t, "good", job.Missing)
}

// asynq frees a slot when a task's time is up. The server does not, until the handler returns.
func TestNeverMoreThanConcurrency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var running, most atomic.Int64
	release, timedOut := make(chan struct{}), make(chan struct{})
	b.serve(t, job.ServerConfig{Concurrency: 1}, func(ctx context.Context, d job.Delivery) error {
		if now := running.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer running.Add(-1)
		if d.ID == "deaf" && d.Retried == 0 {
			<-ctx.Done()
			close(timedOut)
			<-release
		}
		return nil
	})
	b.enqueue(t, job.Task{ID: "deaf", Timeout: time.Second, MaxRetry: 1})
	b.becomes(t, "deaf", job.Active)
	b.enqueue(t, job.Task{ID: "next"})
	<-timedOut
	time.Sleep(300 * time.Millisecond) // nothing must happen, which has no signal
	state, _, err := b.client.State(t.Context(), queue, "next")
	require.NoError(t, err)
	require.Equal(t, job.Pending, state)
	close(release)
	b.becomes(t, "next", job.Missing)
	b.becomes(t, "deaf", job.Missing)
	require.EqualValues(t, 1, most.Load())
}

func TestTimeoutSpendsRetries(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var runs atomic.Int64
	b.serve(t, job.ServerConfig{}, func(ctx context.Context, _ job.Delivery) error {
		runs.Add(1)
		<-ctx.Done()
		return ctx.Err()
	})
	b.enqueue(t, job.Task{ID: "slow", Timeout: time.Millisecond}) // rounded up to a second
	require.Contains(t, b.becomes(t, "slow", job.Archived), "its 0 retries are spent")
	require.EqualValues(t, 1, runs.Load())
}

// A handler sees Drain, keeps its context, and hands back; the next server gets the task at
// once, and the attempt is not counted, even where no retry is allowed.
func TestDrainHandsBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entered := make(chan struct{})
	stop := b.serve(t, job.ServerConfig{}, func(ctx context.Context, d job.Delivery) error {
		close(entered)
		<-d.Drain
		require.NoError(t, ctx.Err())
		return fmt.Errorf("checkpoint saved: %w", job.ErrHandBack)
	})
	b.enqueue(t, job.Task{ID: "long"})
	<-entered
	stop()
	b.becomes(t, "long", job.Pending)
	again := make(chan job.Delivery, 1)
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		again <- d
		return nil
	})
	require.Zero(t, (<-again).Retried)
	b.becomes(t, "long", job.Missing)
}

func TestDrainWaitsForHandlers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entered := make(chan struct{})
	var finished atomic.Bool
	stop := b.serve(t, job.ServerConfig{}, func(ctx context.Context, d job.Delivery) error {
		close(entered)
		<-d.Drain
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
			finished.Store(true)
		}
		return ctx.Err()
	})
	b.enqueue(t, job.Task{ID: "a"})
	<-entered
	stop()
	require.True(t, finished.Load())
	b.becomes(t, "a", job.Missing)
}

// A handler that does not heed the drain is cancelled when the grace has passed, and its task queued again.
func TestGraceEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entered, left := make(chan struct{}), make(chan struct{})
	stop := b.serve(t, job.ServerConfig{Grace: 200 * time.Millisecond}, func(ctx context.Context, d job.Delivery) error {
		close(entered)
		<-ctx.Done()
		close(left)
		return ctx.Err()
	})
	b.enqueue(t, job.Task{ID: "a"})
	<-entered
	start := time.Now()
	stop()
	<-left
	require.Less(t, time.Since(start), 3*time.Second)
	b.becomes(t, "a", job.Pending)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.client.Delete(t.Context(), queue, "never was"))
	b.enqueue(t, job.Task{ID: "pending"})
	require.NoError(t, b.client.Delete(t.Context(), queue, "pending"))
	b.becomes(t, "pending", job.Missing)

	var runs atomic.Int64
	entered := make(chan string, 4)
	b.serve(t, job.ServerConfig{}, func(ctx context.Context, d job.Delivery) error {
		runs.Add(1)
		if d.ID == "bad" {
			return errors.New("bad")
		}
		entered <- d.ID
		<-ctx.Done()
		return ctx.Err()
	})
	b.enqueue(t, job.Task{ID: "bad"})
	b.becomes(t, "bad", job.Archived)
	require.NoError(t, b.client.Delete(t.Context(), queue, "bad"))
	b.becomes(t, "bad", job.Missing)

	b.enqueue(t, job.Task{ID: "active", MaxRetry: 5})
	<-entered
	// The server may still be subscribing to asynq's cancellations, so one may get lost.
	require.Eventually(t, func() bool {
		state, _, err := b.client.State(context.Background(), queue, "active")
		if err == nil && state == job.Active {
			err = b.client.Delete(context.Background(), queue, "active")
		}
		return err == nil && state == job.Missing
	}, 10*time.Second, 20*time.Millisecond)
	require.EqualValues(t, 2, runs.Load())
}

func TestFlushAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	done := make(chan string, 4)
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		done <- d.ID
		return nil
	})
	b.enqueue(t, job.Task{ID: "a"})
	require.Equal(t, "a", <-done)
	b.becomes(t, "a", job.Missing)
	b.mini.FlushAll()
	b.enqueue(t, job.Task{ID: "b"})
	require.Equal(t, "b", <-done)
	b.mini.FlushAll()
	require.NoError(t, b.client.Enqueue(t.Context(), job.Task{ID: "c", Queue: "nobody", Type: "fit"}))
	b.mini.Del("asynq:queues") // as after a flush: asynq would not find the queue
	state, _, err := b.client.State(t.Context(), "nobody", "c")
	require.NoError(t, err)
	require.Equal(t, job.Pending, state)
}

func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	done := make(chan string, 4)
	b.serve(t, job.ServerConfig{}, func(_ context.Context, d job.Delivery) error {
		done <- d.ID
		return nil
	})
	b.enqueue(t, job.Task{ID: "a"})
	require.Equal(t, "a", <-done)
	b.mini.Close()
	err := b.client.Enqueue(t.Context(), job.Task{ID: "b", Queue: queue, Type: "fit"})
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.ErrorContains(t, err, b.redis.Addr)
	require.NoError(t, b.mini.Restart())
	b.mini.FlushAll() // a Redis without persistence comes back empty
	require.Eventually(t, func() bool {
		return b.client.Enqueue(context.Background(), job.Task{ID: "b", Queue: queue, Type: "fit"}) == nil
	}, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, "b", <-done)
}

func TestStopWithoutRedis(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entered := make(chan struct{})
	stop := b.serve(t, job.ServerConfig{Grace: 300 * time.Millisecond}, func(_ context.Context, d job.Delivery) error {
		close(entered)
		<-d.Drain
		return job.ErrHandBack
	})
	b.enqueue(t, job.Task{ID: "a"})
	<-entered
	b.mini.Close()
	start := time.Now()
	stop()
	require.Less(t, time.Since(start), 8*time.Second)
}

func TestStartWithoutRedis(t *testing.T) {
	t.Parallel()
	b := &bundle{redis: job.Redis{Addr: "127.0.0.1:1"}}
	stop := b.serve(t, job.ServerConfig{Grace: 300 * time.Millisecond}, func(context.Context, job.Delivery) error { return nil })
	time.Sleep(100 * time.Millisecond) // wherever it is then
	start := time.Now()
	stop()
	require.Less(t, time.Since(start), 8*time.Second)
}

func TestEnqueueManyAndQueues(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tasks := make([]job.Task, 100)
	for i := range tasks {
		tasks[i] = job.Task{ID: fmt.Sprint(i), Queue: queue, Type: "fit"}
	}
	require.NoError(t, b.client.EnqueueMany(t.Context(), tasks))
	require.NoError(t, b.client.EnqueueMany(t.Context(), tasks))
	qs, err := b.client.Queues(t.Context())
	require.NoError(t, err)
	require.Len(t, qs, 1)
	require.Equal(t, 100, qs[0].Pending)
	require.Positive(t, qs[0].Latency)

	reg := prometheus.NewRegistry()
	reg.MustRegister(job.NewCollector(b.client))
	families, err := reg.Gather()
	require.NoError(t, err)
	require.Len(t, families, 2)

	var n atomic.Int64
	all := make(chan struct{})
	b.serve(t, job.ServerConfig{Concurrency: 4, Registerer: reg}, func(context.Context, job.Delivery) error {
		if n.Add(1) == 100 {
			close(all)
		}
		return nil
	})
	<-all
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.client.EnqueueMany(cancelled, tasks), context.Canceled)
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, task := range []job.Task{
		{}, {ID: "a", Queue: queue}, {ID: " ", Queue: queue, Type: "x"}, {ID: "a", Type: "x"},
		{ID: "a", Queue: queue, Type: "x", Payload: make([]byte, 1<<20+1)},
	} {
		require.Equal(t, fault.Invalid, fault.CodeOf(b.client.Enqueue(t.Context(), task)))
	}
	_, err := job.NewClient(job.ClientConfig{Redis: job.Redis{Addr: "nowhere"}})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	_, err = job.NewServer(job.ServerConfig{Redis: b.redis}, func(context.Context, job.Delivery) error { return nil })
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
}

func TestSpans(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test")
	b := setup(t)
	stop := b.serve(t, job.ServerConfig{
		Tracer:   tracer,
		Previous: func(id string) string { return map[string]string{"u/2": "u/1"}[id] },
	}, func(ctx context.Context, d job.Delivery) error {
		_, span := telemetry.Span(ctx, "inside")
		span.End()
		if d.Retried == 0 {
			return fault.New(fault.Unavailable, "away")
		}
		return nil
	})
	ctx, root := tracer.Start(t.Context(), "submit")
	require.NoError(t, b.client.Enqueue(ctx, job.Task{ID: "u/2", Queue: queue, Type: "fit", MaxRetry: 1}))
	root.End()
	b.becomes(t, "u/2", job.Missing)
	stop()

	named := map[string][]sdktrace.ReadOnlySpan{}
	for _, s := range spans.Ended() {
		require.Equal(t, root.SpanContext().TraceID(), s.SpanContext().TraceID())
		named[s.Name()] = append(named[s.Name()], s)
	}
	require.Len(t, named["queued fit"], 1)
	require.Len(t, named["run fit"], 2)
	require.Len(t, named["inside"], 2)
	first, second := named["run fit"][0], named["run fit"][1]
	require.Equal(t, root.SpanContext().SpanID(), named["queued fit"][0].Parent().SpanID())
	require.Equal(t, root.SpanContext().SpanID(), first.Parent().SpanID())
	require.Equal(t, first.SpanContext().SpanID(), named["inside"][0].Parent().SpanID())
	require.Equal(t, telemetry.SpanIDFor("u/1"), first.Links()[0].SpanContext.SpanID())
	require.Equal(t, telemetry.SpanIDFor("u/2"), second.Links()[0].SpanContext.SpanID())
	require.Equal(t, codes.Error, first.Status().Code)
	require.Equal(t, codes.Unset, second.Status().Code)
}
