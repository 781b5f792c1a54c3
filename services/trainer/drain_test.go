package trainer

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

func environ(t *testing.T) service.Env {
	tel, err := telemetry.Start(t.Context(), telemetry.Config{Service: "trainer", LogLevel: "error", LogOutput: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = tel.Shutdown(context.Background()) })
	return service.NewEnv(tel)
}

// servers starts real ones, once at a time in a process, and says where they are.
func servers(t *testing.T) Config {
	t.Helper()
	all, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, all.Close(context.Background())) })
	e := all.Endpoints()
	cfg := DefaultConfig()
	cfg.Concurrency = 1
	cfg.NATSURL, cfg.NATSUser, cfg.NATSPassword = e.NATS.URL, e.NATS.User, config.Secret(e.NATS.Password)
	cfg.RedisAddr, cfg.RedisPassword = e.Redis.Addr, config.Secret(e.Redis.Password)
	cfg.S3 = config.S3{Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: config.Secret(e.S3.SecretKey)}
	return cfg
}

// TestTrainingMovesToAnotherTrainer shuts a trainer down in the middle of a training, and has another
// finish it.
func TestTrainingMovesToAnotherTrainer(t *testing.T) {
	cfg := servers(t)
	conns, err := connect.Open(t.Context(), "test", cfg.Servers, environ(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conns.Close(context.Background())) })
	jobs, err := job.NewClient(job.ClientConfig{Redis: conns.Redis, Bell: job.NewBell(conns.NATS)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, jobs.Close()) })
	events := make(chan *workv1.TaskEvent, 1024)
	_, err = rpc.Subscribe(conns.NATS, wire.SubjectTaskEvents+".>", func(_ context.Context, _ string, e *workv1.TaskEvent) { events <- e })
	require.NoError(t, err)
	next := func(want func(*workv1.TaskEvent) bool) {
		t.Helper()
		deadline := time.After(time.Minute)
		for {
			select {
			case e := <-events:
				if want(e) {
					return
				}
				require.NotContains(t, []workv1.TaskEvent_State{workv1.TaskEvent_STATE_DONE, workv1.TaskEvent_STATE_FAILED}, e.GetState(), e.GetMessage())
			case <-deadline:
				require.FailNow(t, "no such event")
			}
		}
	}
	task := trainTask(t, conns.Store, pipeline.TrainParams{Model: "mlp", Params: search.Params{"hidden": []any{64}, "epochs": 2500, "batch": 64}})
	assign := func(attempt uint32) {
		payload, err := proto.Marshal(&workv1.Assignment{
			Run: "r1", Stage: "train", Unit: "mlp", Attempt: attempt, Key: string(task.Key()), Task: wire.Task(task),
		})
		require.NoError(t, err)
		require.NoError(t, jobs.Enqueue(t.Context(), job.Task{
			ID: wire.JobID("r1", "train", "mlp", attempt), Queue: pipeline.QueueTrain, Type: task.Kind, Payload: payload,
		}))
	}
	run := func() (stop func()) {
		part, err := New(t.Context(), cfg, environ(t))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- part.Run(ctx) }()
		return func() { cancel(); require.NoError(t, <-ended) }
	}

	stop := run()
	assign(1)
	next(func(e *workv1.TaskEvent) bool { return e.GetFraction() > 0 })
	stop()
	next(func(e *workv1.TaskEvent) bool { return e.GetState() == workv1.TaskEvent_STATE_RETURNED })
	state, err := worker.NewWork(task, conns.Store, nil).Resume(t.Context())
	require.NoError(t, err)
	require.NotNil(t, state, "a checkpoint was left")

	stop = run()
	defer stop()
	assign(2)
	resumed := false
	next(func(e *workv1.TaskEvent) bool {
		resumed = resumed || e.GetAttempt().GetAttempt() == 2 && e.GetFraction() > 0
		return e.GetState() == workv1.TaskEvent_STATE_DONE
	})
	require.True(t, resumed)
	memo, err := worker.ReadMemo(t.Context(), conns.Store, task.Key())
	require.NoError(t, err)
	ref, ok := memo.Output(pipeline.OutputBundle)
	require.True(t, ok)
	got, err := artifact.Get(t.Context(), conns.Store, ref)
	require.NoError(t, err)
	state, err = worker.NewWork(task, conns.Store, nil).Resume(t.Context())
	require.NoError(t, err)
	require.Nil(t, state, "checkpoints are dropped after the memo")
	require.Equal(t, undisturbed(t, conns.Store, task).Artifacts[0].Data, got)
}
