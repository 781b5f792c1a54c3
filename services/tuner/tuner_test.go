package tuner

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/worker"
)

// study is a search over every kind of model, with as many trials of each.
func study(trials int) pipeline.TuneParams {
	p := pipeline.TuneParams{Sampler: "random"}
	for _, kind := range model.Kinds() {
		p.Models = append(p.Models, pipeline.Study{Kind: kind, Trials: trials})
	}
	return p
}

// results scores the trials in their order.
func results(mae ...float64) []pipeline.TrialResult {
	var all []pipeline.TrialResult
	for i, v := range mae {
		all = append(all, pipeline.TrialResult{Trial: i, MAE: v})
	}
	return all
}

func TestFirstTrialsAreTheDefaults(t *testing.T) {
	t.Parallel()
	value, err := next(study(3), 1)
	require.NoError(t, err)
	require.False(t, value.Done)
	require.Empty(t, value.Best)
	require.Len(t, value.Trials, 3*len(model.Kinds()))
	for i, trial := range value.Trials {
		require.Equal(t, i, trial.Index)
		require.Equal(t, model.Kinds()[i/3], trial.Kind)
		require.Zero(t, trial.MAE)
		if i%3 == 0 {
			require.Equal(t, model.Defaults(trial.Kind), trial.Params)
		} else {
			require.NotEqual(t, model.Defaults(trial.Kind), trial.Params)
		}
	}
}

func TestTrialsAreWithinTheirLimits(t *testing.T) {
	t.Parallel()
	p := study(200)
	value, err := next(p, 7)
	require.NoError(t, err)
	for _, trial := range value.Trials {
		require.NoError(t, model.CheckParams(trial.Kind, trial.Params))
		require.Len(t, trial.Params, len(model.Defaults(trial.Kind)), "all parameters are named")
		for name, d := range model.Space(trial.Kind) {
			if trial.Index%200 == 0 {
				continue // the defaults, which need not be in the space
			}
			if d.Values != nil {
				require.Contains(t, d.Values, trial.Params[name])
				continue
			}
			require.GreaterOrEqual(t, trial.Params[name], *d.Min)
			require.LessOrEqual(t, trial.Params[name], *d.Max)
		}
	}
	for _, s := range p.Models { // they differ: it is a search
		seen := map[string]bool{}
		for _, trial := range value.Trials {
			if trial.Kind == s.Kind {
				seen[fmt.Sprint(trial.Params)] = true
			}
		}
		require.Greater(t, len(seen), 190, s.Kind)
	}
}

func TestTrialsAreAFunctionOfTheSeed(t *testing.T) {
	t.Parallel()
	first, err := next(study(20), 1)
	require.NoError(t, err)
	again, err := next(study(20), 1)
	require.NoError(t, err)
	require.Equal(t, encode(t, first), encode(t, again), "equal bytes: the value is part of the memo")
	other, err := next(study(20), 2)
	require.NoError(t, err)
	require.NotEqual(t, first.Trials[1].Params, other.Trials[1].Params)

	longer := study(20)
	longer.Models = longer.Models[:1]
	longer.Models[0].Trials = 40
	more, err := next(longer, 1)
	require.NoError(t, err)
	require.Equal(t, first.Trials[:20], more.Trials[:20], "more trials leave those before as they are")

	done := study(20)
	done.Results = results(make([]float64, len(first.Trials))...)
	last, err := next(done, 1)
	require.NoError(t, err)
	require.Equal(t, first.Trials, last.Trials, "the last step names the same trials as the first")
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func TestFixedParametersAndOwnSpace(t *testing.T) {
	t.Parallel()
	lo, hi := 1.0, 5.0
	p := pipeline.TuneParams{Sampler: "random", Models: []pipeline.Study{{
		Kind: "mlp", Trials: 30,
		Params: search.Params{"epochs": 2.0, "batch": 32.0},
		Space:  search.Space{"patience": {Min: &lo, Max: &hi, Int: true}, "batch": {Values: []any{64.0}}},
	}}}
	value, err := next(p, 1)
	require.NoError(t, err)
	var patience []float64
	for _, trial := range value.Trials {
		require.Equal(t, 2.0, trial.Params["epochs"], "fixed")
		require.Equal(t, 32.0, trial.Params["batch"], "what is fixed is not searched")
		require.Equal(t, model.Defaults("mlp")["learning_rate"], trial.Params["learning_rate"], "the study's own space replaces the model's")
		patience = append(patience, trial.Params["patience"].(float64))
	}
	require.Equal(t, model.Defaults("mlp")["patience"], patience[0])
	require.Subset(t, []float64{1, 2, 3, 4, 5}, patience[1:])
	require.Greater(t, len(slices.Compact(slices.Sorted(slices.Values(patience[1:])))), 1)
}

func TestBestIsTheSmallestAndOfEqualOnesTheFirst(t *testing.T) {
	t.Parallel()
	p := study(3)
	p.Models = p.Models[:2] // that the scores below are for
	p.Results = results(0.03, 0.02, 0.02, 0.05, 0.05, 0.06)
	slices.Reverse(p.Results) // their order does not matter
	value, err := next(p, 1)
	require.NoError(t, err)
	require.True(t, value.Done)
	require.Len(t, value.Best, 2)
	require.Equal(t, 1, value.Best[0].Index)
	require.Equal(t, 0.02, value.Best[0].MAE)
	require.Equal(t, value.Trials[1], value.Best[0])
	require.Equal(t, 3, value.Best[1].Index)
	require.Equal(t, 0.06, value.Trials[5].MAE)

	p.Results = results(0, 0, 0, 0, 0, 0)
	value, err = next(p, 1)
	require.NoError(t, err)
	require.Equal(t, []int{0, 3}, []int{value.Best[0].Index, value.Best[1].Index})
}

func TestStudyIsNotDoneBeforeEveryTrialIs(t *testing.T) {
	t.Parallel()
	p := study(2)
	for n := range 4 {
		p.Results = results(make([]float64, n)...)
		value, err := next(p, 1)
		require.NoError(t, err)
		require.False(t, value.Done, "%d results", n)
		require.Empty(t, value.Best)
	}
}

func TestWhatCannotBeStudied(t *testing.T) {
	t.Parallel()
	lo := 1.0
	for name, c := range map[string]struct {
		change func(*pipeline.TuneParams)
		words  string
	}{
		"result beyond":    {func(p *pipeline.TuneParams) { p.Results = results(1, 1, 1, 1, 1) }, "trial 4, and the study has 4 trials"},
		"negative trial":   {func(p *pipeline.TuneParams) { p.Results = []pipeline.TrialResult{{Trial: -1}} }, "trial -1"},
		"two of one trial": {func(p *pipeline.TuneParams) { p.Results = append(results(1, 1, 1), pipeline.TrialResult{Trial: 1}) }, "two results of trial 1"},
		"NaN":              {func(p *pipeline.TuneParams) { p.Results = results(1, math.NaN(), 1, 1) }, "MAE of trial 1 is NaN"},
		"infinite":         {func(p *pipeline.TuneParams) { p.Results = results(1, math.Inf(1), 1, 1) }, "MAE of trial 1 is +Inf"},
		"negative MAE":     {func(p *pipeline.TuneParams) { p.Results = results(1, -1, 1, 1) }, "MAE of trial 1 is -1"},
		"no models":        {func(p *pipeline.TuneParams) { p.Models = nil }, "no models"},
		"no trials":        {func(p *pipeline.TuneParams) { p.Models[1].Trials = 0 }, "0 trials"},
		"negative trials":  {func(p *pipeline.TuneParams) { p.Models[0].Trials = -2 }, "-2 trials"},
		"endless trials":   {func(p *pipeline.TuneParams) { p.Models[0].Trials = 1 << 60 }, "want 1 to 10000"},
		"unknown kind":     {func(p *pipeline.TuneParams) { p.Models[0].Kind = "lasso" }, `no kind of model "lasso"`},
		"unknown sampler":  {func(p *pipeline.TuneParams) { p.Sampler = "grid" }, `no sampler "grid"`},
		"unknown name":     {func(p *pipeline.TuneParams) { p.Models[0].Params = search.Params{"depth": 3.0} }, "depth"},
		"half a range":     {func(p *pipeline.TuneParams) { p.Models[0].Space = search.Space{"lambda": {Min: &lo}} }, "lambda.max"},
		"empty choice":     {func(p *pipeline.TuneParams) { p.Models[0].Space = search.Space{"lambda": {Values: []any{}}} }, "lambda.values"},
		"beyond the model's limits": {func(p *pipeline.TuneParams) {
			p.Models[0].Space = search.Space{"lambda": {Values: []any{-1.0}}}
		}, "trial 1: parameter lambda of ridge is -1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := study(2)
			p.Models = p.Models[:2]
			c.change(&p)
			_, err := next(p, 1)
			require.ErrorContains(t, err, c.words)
		})
	}
}

func TestTuneReadsItsTask(t *testing.T) {
	t.Parallel()
	p := study(2)
	p.Results = []pipeline.TrialResult{}
	work := &worker.Work{Task: pipeline.Task{Kind: pipeline.KindTune, Params: json.RawMessage(encode(t, p)), Seed: 3}}
	out, err := tune(t.Context(), work)
	require.NoError(t, err)
	require.Empty(t, out.Artifacts)
	want, err := next(p, 3)
	require.NoError(t, err)
	require.Equal(t, want, out.Value)

	for _, params := range []string{`{"sampler":"random","models":[],"results":[]}`, `{"sampler":1}`, `{"unknown":1}`, `{`, ``, `null`} {
		work.Task.Params = json.RawMessage(params)
		_, err = tune(t.Context(), work)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "%s: %v", params, err)
	}
}

// TestTuneValueSurvivesJSON holds because a planner reads the value from the memo, not from here.
func TestTuneValueSurvivesJSON(t *testing.T) {
	t.Parallel()
	p := study(10)
	value, err := next(p, 5)
	require.NoError(t, err)
	var back pipeline.TuneValue
	require.NoError(t, json.Unmarshal([]byte(encode(t, value)), &back))
	require.Equal(t, value, back)
}

func FuzzTune(f *testing.F) {
	f.Add(`{"sampler":"random","models":[{"kind":"ridge","trials":2}],"results":[]}`, uint64(1))
	f.Add(`{"sampler":"random","models":[{"kind":"mlp","trials":1}],"results":[{"trial":0,"mae":0.1}]}`, uint64(2))
	f.Add(`{"sampler":"random","models":[{"kind":"ridge","trials":-1}],"results":[{"trial":9}]}`, uint64(3))
	f.Add(`{"sampler":"random","models":[{"kind":"ridge","trials":3,"space":{"lambda":{"min":1}}}]}`, uint64(4))
	f.Fuzz(func(t *testing.T, params string, seed uint64) {
		out, err := tune(t.Context(), &worker.Work{Task: pipeline.Task{Kind: pipeline.KindTune, Params: json.RawMessage(params), Seed: seed}})
		if err != nil {
			require.Equal(t, fault.Invalid, fault.CodeOf(err), "%v", err)
			return
		}
		value := out.Value.(pipeline.TuneValue)
		require.NotEmpty(t, value.Trials)
		encode(t, value)
	})
}
