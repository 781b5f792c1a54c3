package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

func TestDrainHandsBackAndLeavesNoGoroutine(t *testing.T) {
	s := start(t)
	s.store = artifact.NewMemory()               // the S3 client keeps connections, as it should,
	require.NoError(t, s.jobs.Ping(t.Context())) // and so does this one
	before := goleak.IgnoreCurrent()
	stop := s.work(func(_ context.Context, w *worker.Work) (worker.Output, error) {
		if string(w.Task.Params) == string(task(0).Params) {
			return answer(0), nil
		}
		<-w.Drain
		require.True(t, w.Draining())
		return worker.Output{}, worker.ErrHandedBack
	})
	s.gone(s.assign(task(0), 1)) // a worker that has worked
	held := s.assign(task(1), 1)
	s.assign(task(2), 1)
	for range 3 {
		s.until(workv1.TaskEvent_STATE_STARTED)
	}
	stop() // requires that Run returns nil
	for range 2 {
		e := s.until(workv1.TaskEvent_STATE_RETURNED)
		require.Equal(t, worker.ErrHandedBack.Error(), e.GetMessage())
		require.Nil(t, e.GetFailure())
	}
	s.gone(held)
	require.Nil(t, s.memo(task(1)))
	goleak.VerifyNone(t, before)
}

func TestDrainLetsFinishWhatCanFinish(t *testing.T) {
	s := start(t)
	stop := s.work(func(_ context.Context, w *worker.Work) (worker.Output, error) {
		<-w.Drain
		return answer(1), nil
	})
	s.assign(task(1), 1)
	s.until(workv1.TaskEvent_STATE_STARTED)
	stop()
	s.until(workv1.TaskEvent_STATE_DONE)
	require.NotNil(t, s.memo(task(1)))
}

func TestWhoDoesNotHeedTheDrainIsCutShortAndHandedBack(t *testing.T) {
	s := start(t)
	stop := s.work(func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		<-ctx.Done()
		return worker.Output{}, ctx.Err()
	}, func(c *worker.Config) { c.Grace = 50 * time.Millisecond })
	s.assign(task(1), 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 3 })
	s.until(workv1.TaskEvent_STATE_STARTED)
	before := time.Now()
	stop()
	require.Less(t, time.Since(before), 10*time.Second)
	require.Equal(t, worker.ErrHandedBack.Error(), s.until(workv1.TaskEvent_STATE_RETURNED).GetMessage())
}

func TestOutcomeAfterTheContextEndedIsNotCommitted(t *testing.T) {
	s := start(t)
	s.work(func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		<-ctx.Done()
		return answer(1), nil
	})
	s.assign(task(1), 1)
	s.until(workv1.TaskEvent_STATE_STARTED)
	s.revoke(&workv1.Revoke{Run: "r1"})
	s.until(workv1.TaskEvent_STATE_RETURNED)
	require.Nil(t, s.memo(task(1)))
}

func (s *system) revoke(r *workv1.Revoke) {
	s.t.Helper()
	require.NoError(s.t, rpc.Publish(s.t.Context(), s.conn, wire.SubjectRevoke, r))
}

func TestRevokeStopsTheAttemptsThatItNames(t *testing.T) {
	s := start(t)
	s.work(func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		<-ctx.Done()
		return worker.Output{}, context.Cause(ctx)
	})
	at := func(run, stage, unit string, attempt uint32) {
		s.assign(task(1), attempt, func(a *workv1.Assignment, j *job.Task) {
			a.Run, a.Stage, a.Unit, j.MaxRetry = run, stage, unit, 3
		})
		s.until(workv1.TaskEvent_STATE_STARTED)
	}
	at("r1", "a", "x", 1)
	at("r1", "a", "x", 2)
	at("r1", "b", "x", 1)
	at("r2", "a", "x", 1)
	// A worker heeds revocations in their order, so that when the last one has had its effect, these
	// have had none.
	s.revoke(&workv1.Revoke{Run: "r3"})
	s.revoke(&workv1.Revoke{Run: "r1", Stage: "c"})
	s.revoke(&workv1.Revoke{Run: "r1", Stage: "a", Unit: "y"})
	s.revoke(&workv1.Revoke{Stage: "a", Unit: "x"})

	for _, c := range []struct {
		revoke *workv1.Revoke
		stops  string
	}{
		{&workv1.Revoke{Run: "r1", Stage: "a", Unit: "x", BelowAttempt: 2}, "r1/a/x/1"},
		{&workv1.Revoke{Run: "r2"}, "r2/a/x/1"},
		{&workv1.Revoke{Run: "r1", Stage: "b"}, "r1/b/x/1"},
		{&workv1.Revoke{Run: "r1", Unit: "x"}, "r1/a/x/2"},
	} {
		s.revoke(c.revoke)
		e := receive(t, s.events)
		require.Equal(t, c.stops, wire.AttemptID(e.GetAttempt()))
		require.Equal(t, workv1.TaskEvent_STATE_RETURNED, e.GetState())
		require.Equal(t, "the attempt was revoked", e.GetMessage())
	}
}

func TestHeartbeatsNameHeldAttempts(t *testing.T) {
	s := start(t)
	beats := make(chan *workv1.Heartbeat, 100)
	sub, err := rpc.Subscribe(s.conn, wire.SubjectHeartbeats+".>", func(_ context.Context, subject string, h *workv1.Heartbeat) {
		require.Equal(t, wire.SubjectHeartbeats+".datagen", subject)
		beats <- h
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sub.Unsubscribe()) })
	release := make(chan struct{})
	stop := s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		<-release
		return answer(1), nil
	})
	s.assign(task(1), 1)
	s.assign(task(2), 3)
	names := map[string]bool{}
	for range 2 {
		names[wire.AttemptID(s.until(workv1.TaskEvent_STATE_STARTED).GetAttempt())] = true
	}
	held := func() *workv1.Heartbeat {
		h := receive(t, beats)
		got := map[string]bool{}
		for _, a := range h.GetHolding() {
			got[wire.AttemptID(a)] = true
		}
		require.Equal(t, names, got)
		return h
	}
	h := held()
	require.Equal(t, "datagen", h.GetService())
	require.Contains(t, h.GetWorker(), "datagen-")

	// What a worker finishes while it shuts down is still held.
	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	held()
	close(release)
	receive(t, stopped)
	require.Empty(t, beats)
}

func TestAttemptWhoseJobIsDeletedIsRevoked(t *testing.T) {
	s := start(t)
	s.work(func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		<-ctx.Done()
		return worker.Output{}, ctx.Err()
	})
	a := s.assign(task(1), 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 3 })
	s.until(workv1.TaskEvent_STATE_STARTED)
	require.NoError(t, s.jobs.Delete(t.Context(), queue, wire.JobID(a.GetRun(), a.GetStage(), a.GetUnit(), 1)))
	e := receive(t, s.events)
	require.Equal(t, workv1.TaskEvent_STATE_RETURNED, e.GetState(), e.GetMessage())
	require.Equal(t, "the attempt was revoked", e.GetMessage())
	s.gone(a)
}
