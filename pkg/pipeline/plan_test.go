package pipeline_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pipelines"
	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/search"
)

// world performs tasks at once, in memory.
type world struct {
	t       *testing.T
	spec    pipeline.Spec
	state   pipeline.State
	results map[pipeline.Key]*pipeline.Result
	clock   int64
}

func newWorld(t *testing.T, yaml []byte) *world {
	t.Helper()
	spec, err := pipeline.Parse(yaml)
	require.NoError(t, err)
	return &world{t: t, spec: spec, state: pipeline.State{Run: "r1", Status: pipeline.Running}, results: map[pipeline.Key]*pipeline.Result{}}
}

func (w *world) graph() pipeline.Graph {
	w.t.Helper()
	g, err := pipeline.Unfold(w.spec, func(k pipeline.Key) *pipeline.Result { return w.results[k] })
	require.NoError(w.t, err)
	return g
}

// plan plans and applies, and returns the actions.
func (w *world) plan(observed map[string]pipeline.Observed) []pipeline.Action {
	g := w.graph()
	actions := pipeline.Plan(w.spec, g, w.state, observed)
	w.clock++
	w.state, _ = pipeline.Apply(w.state, g, actions, w.clock)
	return actions
}

func value(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return data
}

// perform gives a unit a plausible result.
func (w *world) perform(u pipeline.Unit) {
	ref := func(name string) pipeline.Input {
		return pipeline.Input{Name: name, Ref: artifact.Ref{Digest: artifact.DigestOf([]byte(string(u.Key) + name))}}
	}
	r := &pipeline.Result{Key: u.Key}
	switch u.Task.Kind {
	case pipeline.KindGenerate:
		r.Outputs = []pipeline.Input{ref(pipeline.OutputSeries)}
	case pipeline.KindExtract:
		r.Outputs = []pipeline.Input{ref(pipeline.OutputFeatures)}
	case pipeline.KindTune:
		var p pipeline.TuneParams
		require.NoError(w.t, json.Unmarshal(u.Task.Params, &p))
		trials := []pipeline.Trial{{Index: 0, Kind: "ridge", Params: search.Params{"lambda": 1.0}}, {Index: 1, Kind: "ridge", Params: search.Params{"lambda": 2.0}}}
		v := pipeline.TuneValue{Trials: trials, Done: len(p.Results) == 2}
		if v.Done {
			v.Best = trials[1:]
		}
		r.Value = value(w.t, v)
	case pipeline.KindTrain:
		var p pipeline.TrainParams
		require.NoError(w.t, json.Unmarshal(u.Task.Params, &p))
		v := pipeline.TrainValue{Model: p.Model, Params: p.Params}
		v.Validation.MAE = 0.02
		v.Validation.ByLength = []pipeline.LengthScore{{Length: 500, MAE: 0.025}}
		r.Value = value(w.t, v)
		if !p.Trial {
			r.Outputs = []pipeline.Input{ref(pipeline.OutputBundle)}
		}
	case pipeline.KindEvaluate:
		r.Value = value(w.t, pipeline.EvaluateValue{Test: pipeline.Score{MAE: 0.021}})
		r.Outputs = []pipeline.Input{ref(pipeline.OutputReport)}
	}
	w.results[u.Key] = r
}

// walk performs everything until nothing is enqueued any more, and returns the last actions.
func (w *world) walk() []pipeline.Action {
	for range 100 {
		actions := w.plan(nil)
		enqueued := 0
		for _, a := range actions {
			if e, ok := a.(pipeline.Enqueue); ok {
				require.EqualValues(w.t, 1, e.Attempt)
				w.perform(e.Unit)
				enqueued++
			}
		}
		if enqueued == 0 {
			return actions
		}
	}
	w.t.Fatal("the run does not end")
	return nil
}

const chain = `{version: 1, name: x, stages: [{name: a, kind: noop, with: {tasks: 2, chain: true}}, {name: b, kind: noop, needs: [a]}]}`

func TestQuickstartWalksToItsPromotion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pipelines.Quickstart)
	last := w.walk()
	require.Len(t, last, 1)
	promote, ok := last[0].(pipeline.Promote)
	require.True(t, ok, "%T", last[0])
	best, ok := pipeline.Best(w.graph(), *promote.Stage.Deploy)
	require.True(t, ok)
	require.Equal(t, 0.021, best.Test.MAE)
	mae, _, ok := best.Validation.At(500)
	require.True(t, ok)
	require.Equal(t, 0.025, mae)

	w.state.Decisions = map[string]pipeline.Decision{"deploy": {Promoted: true}}
	require.Equal(t, []pipeline.Action{pipeline.Finish{Status: pipeline.Succeeded}}, w.plan(nil))
	require.Equal(t, pipeline.Succeeded, w.state.Status)
	require.Empty(t, w.plan(nil), "an ended run wants nothing")
}

func TestShardsFlowWithoutBarrier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pipelines.Quickstart)
	first := w.plan(nil)[0].(pipeline.Enqueue)
	require.Equal(t, "generate/train-0000", first.Unit.Path())
	w.perform(first.Unit)
	var paths []string
	for _, a := range w.plan(nil) {
		paths = append(paths, a.(pipeline.Enqueue).Unit.Path())
	}
	require.Equal(t, []string{"extract/train-0000"}, paths, "the first shard is extracted while the others are generated")
}

func TestSecondRunIsAnsweredFromMemos(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pipelines.Quickstart)
	w.walk()
	w.state = pipeline.State{Run: "r2", Status: pipeline.Running}
	actions := w.plan(nil)
	require.Len(t, actions, 1)
	require.IsType(t, pipeline.Promote{}, actions[0])
	require.Empty(t, w.state.Attempts)
}

func TestChainWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	actions := w.plan(nil)
	require.Len(t, actions, 1)
	require.Equal(t, "a/noop-00000", actions[0].(pipeline.Enqueue).Unit.Path())
	require.Empty(t, w.plan(nil), "it is enqueued once")
}

func TestLostAttemptIsGivenOutAgainUntilItLooksLikePoison(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	for n := uint32(1); n < pipeline.MaxLost; n++ {
		actions := w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: n, Fate: pipeline.Lost}})
		require.Len(t, actions, 1)
		require.Equal(t, n+1, actions[0].(pipeline.Enqueue).Attempt)
	}
	actions := w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: pipeline.MaxLost, Fate: pipeline.Lost}})
	require.IsType(t, pipeline.Revoke{}, actions[0])
	require.Equal(t, pipeline.Failed, w.state.Status)
	require.Contains(t, w.state.Error, "quarantined")
}

func TestHandedBackAttemptIsNotCharged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	for n := uint32(1); n < 4*pipeline.MaxLost; n++ {
		w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: n, Fate: pipeline.Returned}})
	}
	require.Equal(t, pipeline.Running, w.state.Status)
	require.EqualValues(t, 4*pipeline.MaxLost, w.state.Attempts["a/noop-00000"].N)
}

func TestEmptiedQueueIsNotCharged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	for n := uint32(1); n < 4*pipeline.MaxLost; n++ {
		actions := w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: n, Fate: pipeline.Gone}})
		require.Equal(t, "its queue entry was gone", actions[0].(pipeline.Enqueue).Reason)
	}
	require.Equal(t, pipeline.Running, w.state.Status)
}

func TestFinalParametersDoNotChangeTheStudy(t *testing.T) {
	t.Parallel()
	keys := func(yaml []byte) (study []pipeline.Key) {
		w := newWorld(t, yaml)
		w.walk()
		for _, u := range w.graph().Stage("tune").Units {
			study = append(study, u.Key)
		}
		return study
	}
	other := bytes.Replace(pipelines.Quickstart, []byte("epochs: 40"), []byte("epochs: 41"), 1)
	require.NotEqual(t, pipelines.Quickstart, other)
	require.Equal(t, keys(pipelines.Quickstart), keys(other))
}

func TestStaleObservationIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: 1, Fate: pipeline.Lost}})
	require.Empty(t, w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: 1, Fate: pipeline.Dead}}))
}

func TestPermanentFailureEndsTheRunAndResumeTriesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	w.plan(map[string]pipeline.Observed{"a/noop-00000": {Attempt: 1, Fate: pipeline.Dead, Error: "no luck"}})
	require.Equal(t, pipeline.Failed, w.state.Status)
	require.Equal(t, "task a/noop-00000: no luck", w.state.Error)
	require.NoError(t, w.state.Resume())
	actions := w.plan(nil)
	require.Len(t, actions, 1)
	require.EqualValues(t, 2, actions[0].(pipeline.Enqueue).Attempt)
	require.Error(t, w.state.Resume(), "a running run is not resumed")
}

func TestLostArtifactIsComputedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pipelines.Quickstart)
	w.walk()
	// The features of a shard vanish, as if a trial had found that.
	g := w.graph()
	reader := g.Stage("evaluate").Units[0]
	delete(w.results, reader.Key)
	lost := reader.Task.Inputs[len(reader.Task.Inputs)-1].Ref.Digest
	w.state = pipeline.State{Run: "r2", Status: pipeline.Running}
	w.plan(nil)
	actions := w.plan(map[string]pipeline.Observed{reader.Path(): {Attempt: 1, Fate: pipeline.Dead, Error: "gone", LostInput: lost}})
	require.Len(t, actions, 1)
	forget := actions[0].(pipeline.Forget)
	require.Equal(t, "extract", forget.Unit.Stage)
	delete(w.results, forget.Unit.Key)
	enqueue := w.plan(nil)[0].(pipeline.Enqueue)
	require.Equal(t, forget.Unit.Path(), enqueue.Unit.Path())
	w.perform(enqueue.Unit)
	again := w.plan(nil)[0].(pipeline.Enqueue)
	require.Equal(t, reader.Path(), again.Unit.Path())
	require.EqualValues(t, 2, again.Attempt)
}

func TestCancellingRevokesAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []byte(chain))
	w.plan(nil)
	require.NoError(t, w.state.Move(pipeline.Cancelling))
	require.Equal(t, []pipeline.Action{pipeline.Revoke{}, pipeline.Finish{Status: pipeline.Cancelled}}, w.plan(nil))
	require.Equal(t, pipeline.Cancelled, w.state.Status)
}

func TestExplainNamesWhatChanged(t *testing.T) {
	t.Parallel()
	task := pipeline.Task{Kind: "train", Version: 1, Params: json.RawMessage(`{"model":"mlp","params":{"epochs":12}}`), Seed: 1}
	changed := task
	changed.Params = json.RawMessage(`{"model":"mlp","params":{"epochs":40}}`)
	changed.Seed = 2
	require.Equal(t, "seed changed from 1 to 2; params.epochs changed from 12 to 40", pipeline.Explain(changed, task))
	require.Equal(t, "nothing changed, but its memo was not there", pipeline.Explain(task, task))
}

func TestKeyDependsOnEverything(t *testing.T) {
	t.Parallel()
	task := pipeline.Task{Kind: "noop", Version: 1, Params: json.RawMessage(`{"a":1}`), Seed: 1}
	same := task
	same.Params = json.RawMessage(`{"a":1}`)
	require.Equal(t, task.Key(), same.Key())
	for _, other := range []pipeline.Task{
		{Kind: "train", Version: 1, Params: task.Params, Seed: 1},
		{Kind: "noop", Version: 2, Params: task.Params, Seed: 1},
		{Kind: "noop", Version: 1, Params: json.RawMessage(`{"a":2}`), Seed: 1},
		{Kind: "noop", Version: 1, Params: task.Params, Seed: 2},
		{Kind: "noop", Version: 1, Params: task.Params, Seed: 1, Salt: "s"},
		{Kind: "noop", Version: 1, Params: task.Params, Seed: 1, Inputs: []pipeline.Input{{Name: "x"}}},
		{Kind: "noop", Version: 1, Params: task.Params, Seed: 1, Inputs: []pipeline.Input{{Name: "x", Ref: artifact.Ref{Digest: "d"}}}},
	} {
		require.NotEqual(t, task.Key(), other.Key())
	}
}
