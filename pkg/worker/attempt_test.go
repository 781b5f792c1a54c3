package worker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

func TestLostInputIsNamed(t *testing.T) {
	s := start(t)
	s.work(func(ctx context.Context, w *worker.Work) (worker.Output, error) {
		_, err := w.Input(ctx, "series")
		return worker.Output{}, err
	})
	gone := artifact.Ref{Digest: artifact.DigestOf([]byte("gone")), Size: 4, Type: "text/plain"}
	damaged, err := artifact.Put(t.Context(), s.store, []byte("whole"), "text/plain")
	require.NoError(t, err)
	_, err = s.store.Write(t.Context(), damaged.Digest.Key(), []byte("who"), artifact.Condition{})
	require.NoError(t, err)
	for i, ref := range []artifact.Ref{gone, damaged} {
		reader := task(i)
		reader.Inputs = []pipeline.Input{{Name: "series", Ref: ref}}
		s.assign(reader, 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 5 })
		e := s.until(workv1.TaskEvent_STATE_FAILED)
		require.Equal(t, string(ref.Digest), e.GetFailure().GetLostDigest())
		require.Equal(t, "not_found", e.GetFailure().GetCode())
		require.Contains(t, e.GetMessage(), "input series")
		require.Nil(t, s.memo(reader))
	}
	s.assign(task(9), 1)
	e := s.until(workv1.TaskEvent_STATE_FAILED)
	require.Equal(t, "invalid", e.GetFailure().GetCode())
	require.Contains(t, e.GetMessage(), `no input "series"`)
}

func TestPanicIsAFailure(t *testing.T) {
	s := start(t)
	s.work(func(context.Context, *worker.Work) (worker.Output, error) { panic("index out of range") })
	a := s.assign(task(1), 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 5 })
	e := s.until(workv1.TaskEvent_STATE_FAILED)
	require.Equal(t, "internal", e.GetFailure().GetCode())
	require.Contains(t, e.GetMessage(), "index out of range")
	require.Contains(t, e.GetMessage(), "attempt_test.go", "where it happened")
	s.archived(a, "index out of range")

	s.assign(task(2), 1)
	s.until(workv1.TaskEvent_STATE_FAILED) // the worker lives on
}

// archived waits until a job was given up, with a text among the reasons.
func (s *system) archived(a *workv1.Assignment, text string) {
	s.t.Helper()
	id := wire.JobID(a.GetRun(), a.GetStage(), a.GetUnit(), a.GetAttempt())
	require.EventuallyWithT(s.t, func(c *assert.CollectT) {
		state, last, err := s.jobs.State(s.t.Context(), queue, id)
		require.NoError(c, err)
		require.Equal(c, job.Archived, state)
		require.Contains(c, last, text)
	}, patience, time.Millisecond)
}

func TestTransientFailureIsRetriedAndThenGivenUp(t *testing.T) {
	s := start(t)
	calls := make(chan struct{}, 10)
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		calls <- struct{}{}
		return worker.Output{}, fault.New(fault.Unavailable, "the disk is away")
	})
	a := s.assign(task(1), 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 1 })
	e := s.until(workv1.TaskEvent_STATE_RETRYING)
	require.Equal(t, "the disk is away", e.GetMessage())
	require.Nil(t, e.GetFailure())
	e = s.until(workv1.TaskEvent_STATE_FAILED)
	require.Equal(t, "unavailable", e.GetFailure().GetCode())
	s.archived(a, "the disk is away")
	require.Len(t, calls, 2)
}

func TestRetryLooksForAMemoFirst(t *testing.T) {
	s := start(t)
	first := make(chan struct{})
	var done bool
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		if done {
			return worker.Output{}, fault.New(fault.Internal, "performed although there is a memo")
		}
		done = true
		<-first
		return worker.Output{}, fault.New(fault.Unavailable, "for a moment")
	}, func(c *worker.Config) { c.Concurrency = 1 })
	a := s.assign(task(1), 1, func(_ *workv1.Assignment, j *job.Task) { j.MaxRetry = 3 })
	s.until(workv1.TaskEvent_STATE_STARTED)
	_, err := s.store.Write(t.Context(), pipeline.MemoKey(task(1).Key()), []byte(`{"key":"`+string(task(1).Key())+`"}`), artifact.Condition{Absent: true})
	require.NoError(t, err)
	close(first)
	s.until(workv1.TaskEvent_STATE_RETRYING)
	s.until(workv1.TaskEvent_STATE_DONE)
	s.gone(a)
}

func TestRefusedAssignments(t *testing.T) {
	s := start(t)
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		return worker.Output{}, fault.New(fault.Internal, "it was performed")
	})
	for i, c := range []struct {
		name   string
		change func(*workv1.Assignment)
		code   string
		text   string
	}{
		{"a key that is another task's", func(a *workv1.Assignment) { a.Key = strings.Repeat("ab", 32) }, "invalid", "the assignment's key abababababab is not its task's"},
		{"no key", func(a *workv1.Assignment) { a.Key = "" }, "invalid", "is not its task's"},
		{"a task that was changed under its key", func(a *workv1.Assignment) { a.Task.Seed++ }, "invalid", "is not its task's"},
		{"no task", func(a *workv1.Assignment) { a.Task = nil }, "invalid", "is not its task's"},
		{"another service's kind", kind(pipeline.KindTune, 1), "invalid", `"tune" are not for the datagen service`},
		{"a kind that nobody knows", kind("mystery", 1), "invalid", `"mystery" are not for the datagen service`},
		{"newer code", kind(pipeline.KindNoop, 2), "unavailable", "wants version 2 of the code for noop, and this worker has 1"},
		{"older code", kind(pipeline.KindNoop, 0), "unavailable", "wants version 0"},
	} {
		a := s.assign(task(i), 1, func(a *workv1.Assignment, _ *job.Task) { c.change(a) })
		e := s.until(workv1.TaskEvent_STATE_FAILED)
		require.Equal(t, c.code, e.GetFailure().GetCode(), c.name)
		require.Contains(t, e.GetMessage(), c.text, c.name)
		require.Equal(t, a.GetUnit(), e.GetAttempt().GetUnit())
	}
	require.Empty(t, keys(t, s.store, ""), "nothing was written")
}

// kind makes a sound assignment of a task of another kind or version.
func kind(kind string, version uint32) func(*workv1.Assignment) {
	return func(a *workv1.Assignment) {
		a.Task.Kind, a.Task.Version = kind, version
		a.Key = string(wire.ToTask(a.GetTask()).Key())
	}
}

func TestJobWithoutAssignmentIsArchived(t *testing.T) {
	s := start(t)
	s.work(func(context.Context, *worker.Work) (worker.Output, error) { return worker.Output{}, nil })
	for id, payload := range map[string][]byte{"r1/work/x/1": []byte("\xff\xff"), "nothing": nil} {
		require.NoError(t, s.jobs.Enqueue(t.Context(), job.Task{ID: id, Queue: queue, Type: "noop", Payload: payload, MaxRetry: 5}))
		require.Eventually(t, func() bool {
			state, _, err := s.jobs.State(t.Context(), queue, id)
			return err == nil && state == job.Archived
		}, patience, time.Millisecond, id)
	}
}

func TestProgressIsToldButNotTooOften(t *testing.T) {
	s := start(t)
	s.work(func(_ context.Context, w *worker.Work) (worker.Output, error) {
		for i := range 10_000 {
			w.Progress(float64(i)/10_000, "counting")
		}
		return worker.Output{}, nil
	})
	s.assign(task(1), 1)
	reports := 0
	for {
		e := receive(t, s.events)
		if e.GetState() == workv1.TaskEvent_STATE_DONE {
			break
		}
		if e.GetState() == workv1.TaskEvent_STATE_PROGRESS {
			require.Equal(t, "counting", e.GetMessage())
			require.GreaterOrEqual(t, e.GetFraction(), 0.0)
			require.Less(t, e.GetFraction(), 1.0)
			reports++
		}
	}
	require.Positive(t, reports)
	require.Less(t, reports, 100)
}
