package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/connect"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// system is real servers, orchestrators, and a worker whose noop tasks do what a test says.
type system struct {
	t       *testing.T
	servers config.Servers
	conns   *connect.Connections
	perform atomic.Pointer[worker.Func]
	calls   atomic.Int64
}

// start starts a system. The embedded object store can be started once at a time in a process, so
// these tests do not run in parallel.
func start(t *testing.T, orchestrators int) *system {
	t.Helper()
	ctx := t.Context()
	all, err := embedded.Start(ctx, embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, all.Close(context.Background())) })
	e := all.Endpoints()
	s := &system{t: t, servers: config.DefaultServers()}
	s.servers.NATSURL, s.servers.NATSUser, s.servers.NATSPassword = e.NATS.URL, e.NATS.User, config.Secret(e.NATS.Password)
	s.servers.RedisAddr, s.servers.RedisPassword = e.Redis.Addr, config.Secret(e.Redis.Password)
	s.servers.S3 = config.S3{Endpoint: e.S3.Endpoint, Bucket: e.S3.Bucket, Region: e.S3.Region, AccessKey: e.S3.AccessKey, SecretKey: config.Secret(e.S3.SecretKey)}
	s.set(func(context.Context, *worker.Work) (worker.Output, error) { return worker.Output{Value: 1}, nil })

	s.conns, err = connect.Open(ctx, "test", s.servers, s.env("test"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.conns.Close(context.Background())) })
	for range orchestrators {
		cfg := DefaultConfig()
		cfg.Servers = s.servers
		env := s.env("orchestrator")
		o, err := New(ctx, cfg, env)
		require.NoError(t, err)
		s.run(o)
		require.NoError(t, env.Ready.Wait(ctx))
	}
	w, err := worker.Open(ctx, "datagen", pipeline.QueueDatagen, worker.Settings{Servers: s.servers, Concurrency: 4}, s.env("datagen"),
		map[string]worker.Func{pipeline.KindNoop: func(ctx context.Context, w *worker.Work) (worker.Output, error) {
			s.calls.Add(1)
			return (*s.perform.Load())(ctx, w)
		}})
	require.NoError(t, err)
	s.run(w)
	return s
}

func (s *system) env(name string) service.Env {
	tel, err := telemetry.Start(s.t.Context(), telemetry.Config{Service: name, LogLevel: "error", LogFormat: "text", LogOutput: s.t.Output()})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = tel.Shutdown(context.Background()) })
	return service.NewEnv(tel)
}

// run runs a part until the test ends.
func (s *system) run(part service.Part) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- part.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		require.NoError(s.t, <-done)
	})
}

func (s *system) set(f worker.Func) { s.perform.Store(&f) }

func spec(tasks int, chain bool, seed int) []byte {
	return fmt.Appendf(nil, "{version: 1, name: test, seed: %d, stages: [{name: work, kind: noop, with: {tasks: %d, chain: %v}}, {name: after, kind: noop, needs: [work]}]}", seed, tasks, chain)
}

func (s *system) submit(spec []byte, key string) string {
	s.t.Helper()
	answer, err := rpc.Call[pipelinev1.SubmitResponse](s.t.Context(), s.conns.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: spec, Key: key})
	require.NoError(s.t, err)
	return answer.GetRun()
}

func (s *system) get(run string) *pipelinev1.Run {
	s.t.Helper()
	r, err := rpc.Call[pipelinev1.Run](s.t.Context(), s.conns.NATS, wire.SubjectGet, &pipelinev1.GetRequest{Run: run})
	require.NoError(s.t, err)
	return r
}

// end waits for a run to end.
func (s *system) end(run string) *pipelinev1.Run {
	s.t.Helper()
	var r *pipelinev1.Run
	require.Eventually(s.t, func() bool {
		r = s.get(run)
		return pipeline.Status(r.GetStatus()).Ended()
	}, 30*time.Second, 5*time.Millisecond)
	return r
}

func TestRunSucceedsAndTheSameAgainIsAnsweredFromMemos(t *testing.T) {
	s := start(t, 1)
	first := s.end(s.submit(spec(20, false, 1), "a"))
	require.Equal(t, "succeeded", first.GetStatus(), first.GetError())
	require.EqualValues(t, 20, first.GetStages()[0].GetDone())
	require.EqualValues(t, 20, s.calls.Load(), "the task of the second stage is one of the first stage's")

	second := s.end(s.submit(spec(20, false, 1), "b"))
	require.Equal(t, "succeeded", second.GetStatus())
	require.NotEqual(t, first.GetId(), second.GetId())
	require.EqualValues(t, 20, second.GetStages()[0].GetCached())
	require.EqualValues(t, 20, s.calls.Load(), "nothing was executed again")
}

func TestSubmissionIsIdempotentByKey(t *testing.T) {
	s := start(t, 1)
	run := s.submit(spec(1, false, 1), "key")
	require.Equal(t, run, s.submit(spec(1, false, 1), "key"))
	_, err := rpc.Call[pipelinev1.SubmitResponse](t.Context(), s.conns.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: spec(2, false, 1), Key: "key"})
	require.Equal(t, fault.Conflict, fault.CodeOf(err), "%v", err)
	_, err = rpc.Call[pipelinev1.SubmitResponse](t.Context(), s.conns.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: []byte("version: 3"), Key: "other"})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.ErrorContains(t, err, "want 1")
	require.Equal(t, "succeeded", s.end(run).GetStatus())
}

func TestTransientFailureIsRetriedAndPermanentFailureEndsTheRun(t *testing.T) {
	s := start(t, 1)
	var tries atomic.Int64
	s.set(func(context.Context, *worker.Work) (worker.Output, error) {
		if tries.Add(1) == 1 {
			return worker.Output{}, fault.New(fault.Unavailable, "for a moment")
		}
		return worker.Output{}, nil
	})
	require.Equal(t, "succeeded", s.end(s.submit(spec(1, false, 1), "a")).GetStatus())

	s.set(func(context.Context, *worker.Work) (worker.Output, error) {
		return worker.Output{}, fault.New(fault.Invalid, "the series is constant")
	})
	failed := s.end(s.submit(spec(1, false, 2), "b"))
	require.Equal(t, "failed", failed.GetStatus())
	require.Equal(t, "task work/noop-00000: the series is constant", failed.GetError())

	s.set(func(context.Context, *worker.Work) (worker.Output, error) { panic("a defect") })
	panicked := s.end(s.submit(spec(1, false, 3), "c"))
	require.Equal(t, "failed", panicked.GetStatus())
	require.Contains(t, panicked.GetError(), "a defect")

	s.set(func(context.Context, *worker.Work) (worker.Output, error) { return worker.Output{}, nil })
	_, err := rpc.Call[pipelinev1.Run](t.Context(), s.conns.NATS, wire.SubjectResume, &pipelinev1.ResumeRequest{Run: failed.GetId()})
	require.NoError(t, err)
	require.Equal(t, "succeeded", s.end(failed.GetId()).GetStatus())
}

func TestCancelStopsWhatRuns(t *testing.T) {
	s := start(t, 1)
	stopped := make(chan struct{}, 16)
	started := make(chan struct{}, 16)
	s.set(func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		started <- struct{}{}
		<-ctx.Done()
		stopped <- struct{}{}
		return worker.Output{}, context.Cause(ctx)
	})
	run := s.submit(spec(2, false, 1), "a")
	<-started
	_, err := rpc.Call[pipelinev1.Run](t.Context(), s.conns.NATS, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: run})
	require.NoError(t, err)
	require.Equal(t, "cancelled", s.end(run).GetStatus())
	<-stopped
	_, err = rpc.Call[pipelinev1.Run](t.Context(), s.conns.NATS, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: run})
	require.Equal(t, fault.Conflict, fault.CodeOf(err), "%v", err)

	s.set(func(context.Context, *worker.Work) (worker.Output, error) { return worker.Output{}, nil })
	_, err = rpc.Call[pipelinev1.Run](t.Context(), s.conns.NATS, wire.SubjectResume, &pipelinev1.ResumeRequest{Run: run})
	require.NoError(t, err)
	require.Equal(t, "succeeded", s.end(run).GetStatus())
}

func TestTwoOrchestratorsAreHarmless(t *testing.T) {
	s := start(t, 2)
	for i := range 3 {
		r := s.end(s.submit(spec(10, i%2 == 0, i), fmt.Sprint("key", i)))
		require.Equal(t, "succeeded", r.GetStatus(), r.GetError())
	}
}

func TestLostMemoAndLostArtifactAreComputedAgain(t *testing.T) {
	s := start(t, 1)
	require.Equal(t, "succeeded", s.end(s.submit(spec(3, true, 1), "a")).GetStatus())
	for key, err := range s.conns.Store.List(t.Context(), "memo/") {
		require.NoError(t, err)
		require.NoError(t, s.conns.Store.Delete(t.Context(), key))
	}
	// The orchestrator still holds the results in memory; another run with a new seed does not share them.
	require.Equal(t, "succeeded", s.end(s.submit(spec(3, true, 2), "b")).GetStatus())
	require.EqualValues(t, 6, s.calls.Load())
}

func TestExplainAndProve(t *testing.T) {
	s := start(t, 1)
	first := s.submit(spec(2, false, 1), "a")
	s.end(first)
	second := s.submit(spec(2, false, 2), "b")
	s.end(second)
	e, err := rpc.Call[pipelinev1.Explanation](t.Context(), s.conns.NATS, wire.SubjectExplain, &pipelinev1.ExplainRequest{Run: second})
	require.NoError(t, err)
	require.Equal(t, first, e.GetComparedWith())
	require.Len(t, e.GetTasks(), 3)
	require.Equal(t, "seed changed from 1 to 2", e.GetTasks()[0].GetReason())

	p, err := rpc.Call[pipelinev1.Proof](t.Context(), s.conns.NATS, wire.SubjectProve, &pipelinev1.ProveRequest{Run: second})
	require.NoError(t, err)
	require.Equal(t, "succeeded", s.end(p.GetProofRun()).GetStatus())
	require.EqualValues(t, 6, s.calls.Load(), "the proof executed everything again")
	p, err = rpc.Call[pipelinev1.Proof](t.Context(), s.conns.NATS, wire.SubjectProve, &pipelinev1.ProveRequest{Run: second, ProofRun: p.GetProofRun()})
	require.NoError(t, err)
	require.True(t, p.GetEqual())
}

func TestUnknownRunsAreNamed(t *testing.T) {
	s := start(t, 1)
	for run, code := range map[string]fault.Code{"r000000000000": fault.NotFound, "../models": fault.Invalid, "": fault.Invalid, strings.Repeat("a", 100): fault.Invalid} {
		_, err := rpc.Call[pipelinev1.Run](t.Context(), s.conns.NATS, wire.SubjectGet, &pipelinev1.GetRequest{Run: run})
		require.Equal(t, code, fault.CodeOf(err), "%q: %v", run, err)
	}
	list, err := rpc.Call[pipelinev1.ListResponse](t.Context(), s.conns.NATS, wire.SubjectList, &pipelinev1.ListRequest{})
	require.NoError(t, err)
	require.Empty(t, list.GetRuns())
	_, err = rpc.Call[pipelinev1.ListResponse](t.Context(), s.conns.NATS, wire.SubjectList, &pipelinev1.ListRequest{Limit: -1})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
}

var errStop = errors.New("stop")

func TestStopReturnsWithRunsInProgress(t *testing.T) {
	s := start(t, 1)
	s.set(func(ctx context.Context, w *worker.Work) (worker.Output, error) {
		select {
		case <-w.Drain:
			return worker.Output{}, worker.ErrHandedBack
		case <-ctx.Done():
			return worker.Output{}, errStop
		}
	})
	run := s.submit(spec(2, false, 1), "a")
	require.Eventually(t, func() bool { return s.calls.Load() == 2 }, 10*time.Second, time.Millisecond)
	require.Equal(t, "running", s.get(run).GetStatus())
}
