package trainer

import (
	"context"
	"os"
	"os/exec"
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
	"github.com/longmemory/hurst/pkg/process"
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

// bench is what a test of whole trainers has: real servers, and the events of tasks.
type bench struct {
	t      *testing.T
	cfg    Config
	conns  *connect.Connections
	jobs   *job.Client
	events chan *workv1.TaskEvent
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, cfg: servers(t), events: make(chan *workv1.TaskEvent, 1024)}
	var err error
	b.conns, err = connect.Open(t.Context(), "test", b.cfg.Servers, environ(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.conns.Close(context.Background())) })
	b.jobs, err = job.NewClient(job.ClientConfig{Redis: b.conns.Redis, Bell: job.NewBell(b.conns.NATS)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.jobs.Close()) })
	_, err = rpc.Subscribe(b.conns.NATS, wire.SubjectTaskEvents+".>", func(_ context.Context, _ string, e *workv1.TaskEvent) { b.events <- e })
	require.NoError(t, err)
	return b
}

// next waits for an event; an end that is not wanted is a failure.
func (b *bench) next(want func(*workv1.TaskEvent) bool) {
	b.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case e := <-b.events:
			if want(e) {
				return
			}
			require.NotContains(b.t, []workv1.TaskEvent_State{workv1.TaskEvent_STATE_DONE, workv1.TaskEvent_STATE_FAILED}, e.GetState(), e.GetMessage())
		case <-deadline:
			require.FailNow(b.t, "no such event")
		}
	}
}

func (b *bench) assign(task pipeline.Task, attempt uint32) {
	b.t.Helper()
	payload, err := proto.Marshal(&workv1.Assignment{
		Run: "r1", Stage: "train", Unit: "net", Attempt: attempt, Key: string(task.Key()), Task: wire.Task(task),
	})
	require.NoError(b.t, err)
	require.NoError(b.t, b.jobs.Enqueue(b.t.Context(), job.Task{
		ID: wire.JobID("r1", "train", "net", attempt), Queue: pipeline.QueueTrain, Type: task.Kind, Payload: payload,
	}))
}

// run starts a trainer in this process.
func (b *bench) run() (stop func()) {
	part, err := New(b.t.Context(), b.cfg, environ(b.t))
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- part.Run(ctx) }()
	return func() { cancel(); require.NoError(b.t, <-ended) }
}

// checkpoint returns the newest of a task; nil: there is none.
func (b *bench) checkpoint(task pipeline.Task) []byte {
	b.t.Helper()
	state, err := worker.NewWork(task, b.conns.Store, nil).Resume(b.t.Context())
	require.NoError(b.t, err)
	return state
}

// finished holds that a second attempt goes on in the middle and ends with what one that was not
// disturbed ends with.
func (b *bench) finished(task pipeline.Task) {
	b.t.Helper()
	first := -1.0
	b.next(func(e *workv1.TaskEvent) bool {
		if e.GetAttempt().GetAttempt() == 2 && first < 0 && e.GetState() == workv1.TaskEvent_STATE_PROGRESS && e.GetFraction() > 0 {
			first = e.GetFraction()
		}
		return e.GetState() == workv1.TaskEvent_STATE_DONE
	})
	require.Greater(b.t, first, 0.0, "it was resumed")
	memo, err := worker.ReadMemo(b.t.Context(), b.conns.Store, task.Key())
	require.NoError(b.t, err)
	ref, ok := memo.Output(pipeline.OutputBundle)
	require.True(b.t, ok)
	got, err := artifact.Get(b.t.Context(), b.conns.Store, ref)
	require.NoError(b.t, err)
	require.Nil(b.t, b.checkpoint(task), "checkpoints are dropped after the memo")
	require.Equal(b.t, undisturbed(b.t, b.conns.Store, task).Artifacts[0].Data, got)
}

// TestTrainingMovesToAnotherTrainer shuts a trainer down in the middle of a training, and has another
// finish it.
func TestTrainingMovesToAnotherTrainer(t *testing.T) {
	b := newBench(t)
	task := trainTask(t, b.conns.Store, pipeline.TrainParams{Model: "mlp", Params: search.Params{"hidden": []any{64}, "epochs": 2500, "batch": 64}})
	stop := b.run()
	b.assign(task, 1)
	b.next(func(e *workv1.TaskEvent) bool { return e.GetFraction() > 0 })
	stop()
	b.next(func(e *workv1.TaskEvent) bool { return e.GetState() == workv1.TaskEvent_STATE_RETURNED })
	require.NotNil(t, b.checkpoint(task), "a checkpoint was left")

	stop = b.run()
	defer stop()
	b.assign(task, 2)
	b.finished(task)
}

// childVariable tells this test program to be a trainer, as its own main is.
const childVariable = "TRAINER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(service.MainArgs("trainer", nil, DefaultConfig(), New))
	}
	os.Exit(m.Run())
}

// child starts a trainer of its own process.
func (b *bench) child() *exec.Cmd {
	b.t.Helper()
	program, err := os.Executable()
	require.NoError(b.t, err)
	c := b.cfg
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childVariable+"=1", "HURST_CHECKPOINT="+c.Checkpoint.String(), "HURST_CONCURRENCY=1",
		"HURST_NATS_URL="+c.NATSURL, "HURST_NATS_USER="+c.NATSUser, "HURST_NATS_PASSWORD="+c.NATSPassword.Reveal(),
		"HURST_REDIS_ADDR="+c.RedisAddr, "HURST_REDIS_PASSWORD="+c.RedisPassword.Reveal(),
		"HURST_S3_ENDPOINT="+c.S3.Endpoint, "HURST_S3_BUCKET="+c.S3.Bucket, "HURST_S3_REGION="+c.S3.Region,
		"HURST_S3_ACCESS_KEY="+c.S3.AccessKey, "HURST_S3_SECRET_KEY="+c.S3.SecretKey.Reveal())
	cmd.Stdout, cmd.Stderr = b.t.Output(), b.t.Output()
	require.NoError(b.t, cmd.Start())
	return cmd
}

// TestKilledTrainingIsResumedToTheSameBytes kills a trainer, with signal 9, in the middle of a network's
// training on fresh series, and has another finish it.
func TestKilledTrainingIsResumedToTheSameBytes(t *testing.T) {
	b := newBench(t)
	b.cfg.Checkpoint = 20 * time.Millisecond
	p := filterBank(search.Params{"fresh": true, "steps": 2000, "units": 8})
	p.Fresh = &pipeline.Recipe{Mix: []pipeline.Condition{{Process: process.Spec{Kind: "fgn"}, Share: 1}}, Hurst: pipeline.Range{Min: 0.1, Max: 0.9}, Lengths: []int{128, 256}}
	task := trainTask(t, b.conns.Store, p, "validation-0000")
	cmd := b.child()
	b.assign(task, 1)
	require.Eventually(t, func() bool { return b.checkpoint(task) != nil }, 30*time.Second, 5*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.NotNil(t, b.checkpoint(task))

	stop := b.run()
	defer stop()
	b.assign(task, 2)
	b.finished(task)
}
