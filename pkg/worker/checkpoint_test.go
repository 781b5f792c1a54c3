package worker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

func train(n int) pipeline.Task {
	return pipeline.Task{Kind: pipeline.KindTrain, Version: pipeline.VersionOf(pipeline.KindTrain), Params: fmt.Appendf(nil, `{"model":"m%d"}`, n)}
}

// save stores states as one attempt, and resume reads what another would begin with.
func save(t *testing.T, store artifact.Store, task pipeline.Task, states ...string) {
	t.Helper()
	w := worker.NewWork(task, store, nil)
	for _, state := range states {
		require.NoError(t, w.Checkpoint(t.Context(), []byte(state)))
	}
}

func resume(t *testing.T, store artifact.Store, task pipeline.Task) string {
	t.Helper()
	state, err := worker.NewWork(task, store, nil).Resume(t.Context())
	require.NoError(t, err)
	return string(state)
}

func TestNewestTwoCheckpointsAreKept(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	state, err := worker.NewWork(train(1), store, nil).Resume(t.Context())
	require.NoError(t, err)
	require.Nil(t, state, "there is none yet")

	save(t, store, train(1), "one")
	require.Len(t, keys(t, store, "checkpoints/"), 1)
	save(t, store, train(1), "two", "three", "four") // by the next attempt, which goes on counting
	prefix := "checkpoints/" + string(train(1).Key()) + "/"
	require.Equal(t, []string{prefix + "00000003", prefix + "00000004"}, keys(t, store, "checkpoints/"))
	require.Equal(t, "four", resume(t, store, train(1)))
	require.Empty(t, resume(t, store, train(2)), "another task's")

	// Steps stay in order past a power of ten.
	for i := range 20 {
		save(t, store, train(1), fmt.Sprint(i))
	}
	require.Equal(t, "19", resume(t, store, train(1)))
	require.Len(t, keys(t, store, "checkpoints/"), 2)
}

func TestTornCheckpointIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, torn := range []string{"", "short", "two", string(artifact.DigestOf([]byte("two"))) + "tw"} {
		store := artifact.NewMemory()
		save(t, store, train(1), "one", "two")
		all := keys(t, store, "checkpoints/")
		_, err := store.Write(t.Context(), all[1], []byte(torn), artifact.Condition{})
		require.NoError(t, err)
		require.Equal(t, "one", resume(t, store, train(1)), "%q", torn)

		_, err = store.Write(t.Context(), all[0], []byte(torn), artifact.Condition{})
		require.NoError(t, err)
		require.Empty(t, resume(t, store, train(1)), "no sound one is left")
		save(t, store, train(1), "three")
		require.Equal(t, "three", resume(t, store, train(1)))
	}
}

func TestCheckpointThatCannotBeStoredIsTransient(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	save(t, store, train(1), "one")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := worker.NewWork(train(1), store, nil)
	require.Equal(t, fault.Unavailable, fault.CodeOf(w.Checkpoint(ctx, []byte("x"))))
	_, err := w.Resume(ctx)
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
}

func TestCheckpointsAreDroppedAfterTheMemo(t *testing.T) {
	s := start(t)
	var left, resumed []string
	s.work(func(ctx context.Context, w *worker.Work) (worker.Output, error) {
		state, err := w.Resume(ctx)
		if err != nil {
			return worker.Output{}, err
		}
		resumed = append(resumed, string(state))
		if err := w.Checkpoint(ctx, []byte("state")); err != nil {
			return worker.Output{}, err
		}
		left = keys(t, s.store, "checkpoints/")
		if state == nil {
			return worker.Output{}, worker.ErrHandedBack
		}
		return answer(1), nil
	}, func(c *worker.Config) { c.Concurrency = 1 })
	s.assign(train(1), 1)
	s.until(workv1.TaskEvent_STATE_RETURNED)
	require.Equal(t, left, keys(t, s.store, "checkpoints/"), "the next attempt needs it")
	save(t, s.store, train(2), "another task's")

	s.assign(train(1), 2)
	s.until(workv1.TaskEvent_STATE_DONE)
	require.Equal(t, []string{"", "state"}, resumed)
	require.Len(t, left, 3)
	require.NotNil(t, s.memo(train(1)))
	require.Len(t, keys(t, s.store, "checkpoints/"), 1)
	require.Equal(t, "another task's", resume(t, s.store, train(2)))
}
