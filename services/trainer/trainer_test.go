package trainer

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/worker"
)

func TestTrainIsAPureFunction(t *testing.T) {
	t.Parallel()
	for _, p := range []pipeline.TrainParams{{Model: "ridge", Params: search.Params{"lambda": 0.01}}, mlp(6), filterBank(nil)} {
		store := artifact.NewMemory()
		task := trainTask(t, store, p)
		first := undisturbed(t, store, task)
		require.Equal(t, first, undisturbed(t, store, task), p.Model)
		require.Len(t, first.Artifacts, 1)
		require.Equal(t, pipeline.OutputBundle, first.Artifacts[0].Name)
		require.Equal(t, model.MediaType, first.Artifacts[0].Type)
		require.Equal(t, "native", first.Engine)

		m := decode(t, first.Artifacts[0].Data)
		require.Equal(t, p.Model, m.Kind)
		require.Equal(t, model.Lineage{
			Train:      []artifact.Digest{task.Inputs[0].Ref.Digest, task.Inputs[1].Ref.Digest},
			Validation: []artifact.Digest{task.Inputs[2].Ref.Digest},
			Seed:       11,
			Process:    p.Process,
		}, m.Lineage)
		lengths := model.Lengths{Min: 128, Max: 256}
		if p.Model == "filterbank" {
			lengths.Min = 127 // the increments of walks
		}
		require.Equal(t, lengths, m.Lengths)
		value := first.Value.(pipeline.TrainValue)
		require.Equal(t, m.MAE, value.Validation.MAE)
		require.Equal(t, m.Params, value.Params)
	}

	store := artifact.NewMemory()
	task := trainTask(t, store, mlp(6))
	first := undisturbed(t, store, task)
	task.Seed++
	require.NotEqual(t, first.Artifacts, undisturbed(t, store, task).Artifacts, "another seed is another network")
}

func TestScoreIsByLength(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	value := undisturbed(t, store, trainTask(t, store, pipeline.TrainParams{Model: "ridge", Process: "fgn"})).Value.(pipeline.TrainValue)
	s := value.Validation
	require.Equal(t, 120, s.Count)
	require.Less(t, s.MAE, 0.1, "the model has learned")
	require.Positive(t, s.SE)
	require.GreaterOrEqual(t, s.RMSE, s.MAE)
	require.Len(t, s.ByLength, 2)
	for i, n := range []int{128, 256} {
		l := s.ByLength[i]
		require.Equal(t, n, l.Length)
		require.Equal(t, 60, l.Count)
		mae, se, ok := s.At(n)
		require.Equal(t, []any{l.MAE, l.SE, true}, []any{mae, se, ok})
		limit, known := model.Limit("fgn", n)
		require.True(t, known)
		require.Equal(t, limit, l.Limit)
		require.Greater(t, l.MAE, l.Limit/2)
	}
	require.InDelta(t, s.MAE, (s.ByLength[0].MAE+s.ByLength[1].MAE)/2, 1e-12)
}

func TestTrialLeavesItsScoreOnly(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	p := pipeline.TrainParams{Model: "ridge"}
	full := undisturbed(t, store, trainTask(t, store, p))
	p.Trial = true
	trial := undisturbed(t, store, trainTask(t, store, p))
	require.Empty(t, trial.Artifacts)
	require.Equal(t, full.Value, trial.Value)
}

// TestResumedTrainingGivesTheSameBytes stops a training at each step in turn, and performs the task
// again from what the stopped one left.
func TestResumedTrainingGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	p := mlp(3)
	store := artifact.NewMemory()
	task := trainTask(t, store, p)
	want := undisturbed(t, store, task)
	stopped, resumed := 0, 0
	for step := 1; ; step++ {
		store := artifact.NewMemory()
		require.Equal(t, task, trainTask(t, store, p))
		drain := make(chan struct{})
		ctx := &after{t.Context(), step, func() { close(drain) }}
		got, err := subject(t).train(ctx, worker.NewWork(task, store, drain))
		if err == nil {
			require.Equal(t, want, got)
			if ctx.n > 0 {
				break // it ended before that step
			}
			continue // that step was after the fit
		}
		require.ErrorIs(t, err, worker.ErrHandedBack)
		stopped++
		next := worker.NewWork(task, store, nil)
		state, err := next.Resume(t.Context())
		require.NoError(t, err)
		if state != nil {
			resumed++
		}
		got, err = subject(t).train(t.Context(), next)
		require.NoError(t, err)
		require.Equal(t, want, got, "stopped at step %d", step)
	}
	require.GreaterOrEqual(t, stopped, 24)
	require.GreaterOrEqual(t, resumed, 22, "of three epochs of eight steps all but the last step leave a checkpoint")
}

func TestDamagedOrForeignCheckpointStartsAfresh(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	task := trainTask(t, store, mlp(4))
	want := undisturbed(t, store, task)
	for _, state := range []string{"", "garbage", string(artifact.DigestOf([]byte("{}"))) + "{}"} {
		require.NoError(t, worker.NewWork(task, store, nil).Checkpoint(t.Context(), []byte(state)))
		require.Equal(t, want, undisturbed(t, store, task), "%q", state)
	}
}

func TestCancelledTrainingStopsSoon(t *testing.T) {
	t.Parallel()
	reason := errors.New("revoked")
	for _, p := range []pipeline.TrainParams{mlp(10_000), {Model: "ridge"}} {
		store := artifact.NewMemory()
		task := trainTask(t, store, p)
		inner, cancel := context.WithCancelCause(t.Context())
		steps := 5 * len(task.Inputs)
		ctx := &after{inner, steps, func() { cancel(reason) }}
		before := time.Now()
		_, err := subject(t).train(ctx, worker.NewWork(task, store, nil))
		if p.Model == "ridge" && err == nil {
			continue // done before it was cancelled
		}
		require.ErrorIs(t, err, reason)
		require.Less(t, time.Since(before), 10*time.Second)
		require.Greater(t, ctx.n, -10, "it goes on for a step or two")
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		p      pipeline.TrainParams
		inputs []string
		text   string
	}{
		{pipeline.TrainParams{Model: "lasso"}, nil, `no kind of model "lasso"`},
		{pipeline.TrainParams{Model: "ridge", Params: search.Params{"lambda": -1.0}}, nil, "lambda"},
		{pipeline.TrainParams{Model: "ridge", Params: search.Params{"depth": 3.0}}, nil, "depth"},
		{pipeline.TrainParams{Model: "ridge"}, []string{"validation-0000"}, "there are none"},
		{pipeline.TrainParams{Model: "ridge"}, []string{"train-0000"}, "there are none"},
	} {
		store := artifact.NewMemory()
		_, err := subject(t).train(t.Context(), worker.NewWork(trainTask(t, store, c.p, c.inputs...), store, nil))
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%d: %v", i, err)
		require.ErrorContains(t, err, c.text, "%d", i)
	}

	store := artifact.NewMemory()
	task := trainTask(t, store, pipeline.TrainParams{Model: "ridge"})
	sound := task.Inputs[1]
	task.Inputs[1] = input(t, store, "train-0001", shards()["train-0001"][:1000])
	_, err := subject(t).train(t.Context(), worker.NewWork(task, store, nil))
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.ErrorContains(t, err, "features train-0001: decode features: damaged shard")

	task.Inputs[1] = sound
	require.NoError(t, store.Delete(t.Context(), sound.Ref.Digest.Key()))
	_, err = subject(t).train(t.Context(), worker.NewWork(task, store, nil))
	var lost *artifact.LostError
	require.ErrorAs(t, err, &lost)
	require.Equal(t, sound.Ref.Digest, lost.Digest)
}

func TestTrainOnFreshSeries(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	p := filterBank(search.Params{"fresh": true, "steps": 10})
	p.Fresh = &pipeline.Recipe{
		Mix:     []pipeline.Condition{{Process: process.Spec{Kind: "fbm"}, Share: 1}, {Process: process.Spec{Kind: "fgn"}, Share: 2}},
		Hurst:   pipeline.Range{Min: 0.2, Max: 0.8},
		Lengths: []int{100, 200},
	}
	task := trainTask(t, store, p, "validation-0000")
	first := undisturbed(t, store, task)
	require.Equal(t, first, undisturbed(t, store, task))
	m := decode(t, first.Artifacts[0].Data)
	require.Equal(t, model.Lengths{Min: 100, Max: 200}, m.Lengths)
	require.Equal(t, model.HRange{Min: 0.2, Max: 0.8}, m.HRange)
	require.Empty(t, m.Lineage.Train)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	require.Equal(t, []string{"cuda", "native", "gorgonia"}, cfg.FrameworkPriority)
	require.NoError(t, cfg.Validate())
	cfg.FrameworkPriority = []string{"jax"}
	require.ErrorContains(t, cfg.Validate(), `framework_priority: there is no engine "jax"`)
	cfg = DefaultConfig()
	cfg.Threads = -1
	require.ErrorContains(t, cfg.Validate(), "threads: -1")
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	bundle := undisturbed(t, store, trainTask(t, store, pipeline.TrainParams{Model: "ridge"})).Artifacts[0].Data
	task := pipeline.Task{Kind: pipeline.KindEvaluate, Version: 1, Params: []byte(`{"model":"best"}`), Inputs: []pipeline.Input{
		input(t, store, pipeline.OutputBundle, bundle), input(t, store, "test-0000", shards()["test-0000"]),
	}}
	out, err := subject(t).evaluate(t.Context(), worker.NewWork(task, store, nil))
	require.NoError(t, err)
	again, err := subject(t).evaluate(t.Context(), worker.NewWork(task, store, nil))
	require.NoError(t, err)
	require.Equal(t, out, again)

	value := out.Value.(pipeline.EvaluateValue)
	require.Equal(t, "best", value.Model)
	require.Equal(t, 120, value.Test.Count)
	require.Less(t, value.Test.MAE, 0.1)
	require.InDelta(t, 0.9, value.Test.Coverage, 0.12, "of 120 series; four standard errors")
	require.Len(t, value.Test.ByLength, 2)
	var report pipeline.EvaluateValue
	require.Equal(t, pipeline.OutputReport, out.Artifacts[0].Name)
	require.NoError(t, json.Unmarshal(out.Artifacts[0].Data, &report))
	require.Equal(t, value, report)

	for name, inputs := range map[string][]pipeline.Input{
		"no input":       task.Inputs[1:],
		"the bundle of":  {input(t, store, pipeline.OutputBundle, bundle[:len(bundle)/2]), task.Inputs[1]},
		"there are none": {task.Inputs[0]},
	} {
		task.Inputs = inputs
		_, err := subject(t).evaluate(t.Context(), worker.NewWork(task, store, nil))
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, name)
	}
}

func TestEvaluateOnSeries(t *testing.T) {
	t.Parallel()
	store := artifact.NewMemory()
	bundle := undisturbed(t, store, trainTask(t, store, filterBank(nil))).Artifacts[0].Data
	task := pipeline.Task{Kind: pipeline.KindEvaluate, Version: 1, Params: []byte(`{"model":"best","process":"fgn"}`), Inputs: []pipeline.Input{
		input(t, store, pipeline.OutputBundle, bundle), input(t, store, "test-0000", seriesShards()["test-0000"]),
	}}
	out, err := subject(t).evaluate(t.Context(), worker.NewWork(task, store, nil))
	require.NoError(t, err)
	value, ok := out.Value.(pipeline.EvaluateValue)
	require.True(t, ok)
	require.Equal(t, 120, value.Test.Count)
	require.Len(t, value.Test.ByLength, 4, "of walks, the increments")
	task.Inputs[1] = input(t, store, "test-0000", shards()["test-0000"])
	_, err = subject(t).evaluate(t.Context(), worker.NewWork(task, store, nil))
	require.ErrorContains(t, err, "series test-0000: decode series: damaged shard")
}
