package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

const (
	queue    = pipeline.QueueDatagen
	patience = 20 * time.Second
)

// system is real servers and the orchestrator's end of the conversation with workers.
type system struct {
	t      *testing.T
	store  artifact.Store
	conn   *rpc.Conn
	redis  job.Redis
	jobs   *job.Client
	events chan *workv1.TaskEvent
	log    *journal
}

// start starts a system. The embedded object store can be started once at a time in a process, so
// tests that call this do not run in parallel.
func start(t *testing.T) *system {
	t.Helper()
	servers, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, servers.Close(context.Background())) })
	e := servers.Endpoints()
	store, err := s3.Open(t.Context(), s3.Config{
		Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: e.S3.SecretKey,
	})
	require.NoError(t, err)
	t.Cleanup(store.Close)
	conn, err := rpc.Connect(t.Context(), rpc.Config{URL: e.NATS.URL, User: e.NATS.User, Password: e.NATS.Password})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	s := &system{
		t: t, store: store, conn: conn, log: new(journal),
		redis:  job.Redis{Addr: e.Redis.Addr, Password: e.Redis.Password},
		events: make(chan *workv1.TaskEvent, 1024),
	}
	s.jobs, err = job.NewClient(job.ClientConfig{Redis: s.redis, Bell: job.NewBell(conn)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.jobs.Close()) })
	_, err = rpc.Subscribe(conn, wire.SubjectTaskEvents+".>", func(_ context.Context, _ string, e *workv1.TaskEvent) { s.events <- e })
	require.NoError(t, err)
	return s
}

// work starts a worker that does as f says, and returns what stops it. A test that does not stop it
// has it stopped at its end.
func (s *system) work(f worker.Func, change ...func(*worker.Config)) (stop func()) {
	cfg := worker.Config{
		Service: "datagen", Queue: queue, Concurrency: 4, Store: s.store, Conn: s.conn, Redis: s.redis,
		Logger: slog.New(slog.NewTextHandler(s.log, nil)), Tracer: noop.NewTracerProvider().Tracer(""), Grace: 10 * time.Second,
	}
	for _, c := range change {
		c(&cfg)
	}
	w := worker.New(cfg, map[string]worker.Func{pipeline.KindNoop: f, pipeline.KindTrain: f})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(s.t, <-ended)
	})
	s.t.Cleanup(stop)
	return stop
}

// task returns a task of its own for each n.
func task(n int) pipeline.Task {
	return pipeline.Task{Kind: pipeline.KindNoop, Version: 1, Params: fmt.Appendf(nil, `{"index":%d}`, n), Seed: 7}
}

// assign gives an attempt at a task to the workers. The unit is named after the parameters.
func (s *system) assign(t pipeline.Task, attempt uint32, change ...func(*workv1.Assignment, *job.Task)) *workv1.Assignment {
	s.t.Helper()
	a := &workv1.Assignment{Run: "r1", Stage: "work", Unit: string(t.Params), Attempt: attempt, Key: string(t.Key()), Task: wire.Task(t)}
	j := job.Task{Queue: queue, Type: t.Kind}
	for _, c := range change {
		c(a, &j)
	}
	j.ID = wire.JobID(a.GetRun(), a.GetStage(), a.GetUnit(), a.GetAttempt())
	var err error
	j.Payload, err = proto.Marshal(a)
	require.NoError(s.t, err)
	require.NoError(s.t, s.jobs.Enqueue(s.t.Context(), j))
	return a
}

// until returns the next event with a state, passing over others but failures, which end the test
// unless they are what it waits for.
func (s *system) until(state workv1.TaskEvent_State) *workv1.TaskEvent {
	s.t.Helper()
	for {
		e := receive(s.t, s.events)
		if e.GetState() == state {
			return e
		}
		require.NotEqual(s.t, workv1.TaskEvent_STATE_FAILED, e.GetState(), e.GetMessage())
	}
}

func (s *system) memo(t pipeline.Task) *pipeline.Result {
	s.t.Helper()
	r, err := worker.ReadMemo(s.t.Context(), s.store, t.Key())
	require.NoError(s.t, err)
	return r
}

// gone waits until a job has left the queue.
func (s *system) gone(a *workv1.Assignment) {
	s.t.Helper()
	id := wire.JobID(a.GetRun(), a.GetStage(), a.GetUnit(), a.GetAttempt())
	require.Eventually(s.t, func() bool {
		state, _, err := s.jobs.State(s.t.Context(), queue, id)
		return err == nil && state == job.Missing
	}, patience, time.Millisecond)
}

// receive waits for a channel.
func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came", "within %v", patience)
		panic("not reached")
	}
}

// keys lists what a store holds below a prefix.
func keys(t *testing.T, store artifact.Store, prefix string) []string {
	t.Helper()
	var all []string
	for key, err := range store.List(t.Context(), prefix) {
		require.NoError(t, err)
		all = append(all, key)
	}
	return all
}

// answer is what most tasks here make.
func answer(value int) worker.Output {
	data, _ := json.Marshal(value)
	return worker.Output{
		Value: value, Engine: "test",
		Artifacts: []worker.Artifact{{Name: "series", Type: "application/json", Data: data}},
	}
}

// journal is a log that is written and read at once.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}
