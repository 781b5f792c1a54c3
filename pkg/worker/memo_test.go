package worker_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

func TestMemoIsCommittedOnceAndAnswersLaterAttempts(t *testing.T) {
	s := start(t)
	var calls atomic.Int64
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		calls.Add(1)
		return answer(42), nil
	})
	a := s.assign(task(1), 1)
	e := s.until(workv1.TaskEvent_STATE_STARTED)
	require.Equal(t, "r1", e.GetAttempt().GetRun())
	require.EqualValues(t, 1, e.GetAttempt().GetAttempt())
	require.Equal(t, string(task(1).Key()), e.GetKey())
	require.True(t, strings.HasPrefix(e.GetWorker(), "datagen-"), e.GetWorker())
	s.until(workv1.TaskEvent_STATE_DONE)
	s.gone(a)

	memo := s.memo(task(1))
	require.NotNil(t, memo)
	require.Equal(t, task(1).Key(), memo.Key)
	require.JSONEq(t, "42", string(memo.Value))
	require.Equal(t, "test", memo.Engine)
	require.Equal(t, e.GetWorker(), memo.Worker)
	ref, ok := memo.Output("series")
	require.True(t, ok)
	require.Equal(t, "application/json", ref.Type)
	data, err := artifact.Get(t.Context(), s.store, ref)
	require.NoError(t, err)
	require.Equal(t, "42", string(data))
	before, err := s.store.Read(t.Context(), pipeline.MemoKey(task(1).Key()))
	require.NoError(t, err)

	s.gone(s.assign(task(1), 2))
	s.until(workv1.TaskEvent_STATE_DONE)
	require.EqualValues(t, 1, calls.Load(), "the memo answers the second attempt")
	after, err := s.store.Read(t.Context(), pipeline.MemoKey(task(1).Key()))
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestTornMemoCountsAsNoneAndIsWrittenAnew(t *testing.T) {
	s := start(t)
	var calls atomic.Int64
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		calls.Add(1)
		return answer(1), nil
	})
	other, err := json.Marshal(pipeline.Result{Key: task(99).Key()})
	require.NoError(t, err)
	for i, torn := range []string{"", `{"key":"`, "null", "[]", string(other)} {
		_, err := s.store.Write(t.Context(), pipeline.MemoKey(task(i).Key()), []byte(torn), artifact.Condition{})
		require.NoError(t, err)
		require.Nil(t, s.memo(task(i)), "%q", torn)
		s.assign(task(i), uint32(i%2+1)) // a later attempt looks for a memo before it begins
		s.until(workv1.TaskEvent_STATE_DONE)
		require.NotNil(t, s.memo(task(i)), "%q", torn)
		require.EqualValues(t, i+1, calls.Load())
	}
}

// meet returns a Func whose first n calls wait for each other before they answer, each with its own
// of the values.
func meet(n int, values ...int) worker.Func {
	var calls atomic.Int64
	all := make(chan struct{})
	return func(ctx context.Context, _ *worker.Work) (worker.Output, error) {
		i := calls.Add(1)
		if i == int64(n) {
			close(all)
		}
		select {
		case <-all:
		case <-ctx.Done():
			return worker.Output{}, context.Cause(ctx)
		}
		return answer(values[int(i-1)%len(values)]), nil
	}
}

func TestTwoWorkersAtOneTaskLeaveOneMemo(t *testing.T) {
	s := start(t)
	registry := prometheus.NewRegistry()
	f := meet(2, 5)
	s.work(f, func(c *worker.Config) { c.Concurrency = 1 })
	s.work(f, func(c *worker.Config) { c.Concurrency, c.Registerer = 1, registry })
	s.assign(task(1), 1)
	s.assign(task(1), 2)
	s.until(workv1.TaskEvent_STATE_DONE)
	s.until(workv1.TaskEvent_STATE_DONE)
	require.Len(t, keys(t, s.store, "memo/"), 1)
	require.Len(t, keys(t, s.store, "objects/"), 1)
	require.JSONEq(t, "5", string(s.memo(task(1)).Value))
	require.NotContains(t, s.log.String(), "differ")
}

func TestTheFirstOutcomeHoldsAndAnotherIsLogged(t *testing.T) {
	s := start(t)
	s.work(meet(2, 5, 6))
	s.assign(task(1), 1)
	s.assign(task(1), 2)
	s.until(workv1.TaskEvent_STATE_DONE)
	first := s.memo(task(1))
	s.until(workv1.TaskEvent_STATE_DONE)
	require.Equal(t, first, s.memo(task(1)))
	require.Contains(t, s.log.String(), "two executions of one task differ")
	require.Contains(t, s.log.String(), "level=ERROR")
}

func TestWhatFitsNoMemoFailsTheTask(t *testing.T) {
	s := start(t)
	var value atomic.Value
	s.work(func(context.Context, *worker.Work) (worker.Output, error) {
		return worker.Output{Value: value.Load()}, nil
	})
	for i, c := range []struct {
		value any
		text  string
	}{
		{[]string{strings.Repeat("x", 1<<20)}, "a memo holds at most 1048576"},
		{[]func(){nil}, "unsupported type"},
	} {
		value = atomic.Value{}
		value.Store(c.value)
		s.assign(task(i), 1)
		e := s.until(workv1.TaskEvent_STATE_FAILED)
		require.Equal(t, "internal", e.GetFailure().GetCode())
		require.Contains(t, e.GetFailure().GetMessage(), c.text)
		require.Nil(t, s.memo(task(i)))
	}
}

func TestLostObjectIsMendedByTheNextExecution(t *testing.T) {
	s := start(t)
	s.work(func(context.Context, *worker.Work) (worker.Output, error) { return answer(8), nil })
	s.assign(task(1), 1)
	s.until(workv1.TaskEvent_STATE_DONE)
	ref, _ := s.memo(task(1)).Output("series")
	_, err := s.store.Write(t.Context(), ref.Digest.Key(), []byte("9"), artifact.Condition{})
	require.NoError(t, err)

	s.assign(task(2), 1) // makes the same bytes
	s.until(workv1.TaskEvent_STATE_DONE)
	data, err := artifact.Get(t.Context(), s.store, ref)
	require.NoError(t, err)
	require.Equal(t, "8", string(data))
}
