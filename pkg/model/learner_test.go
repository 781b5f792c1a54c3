package model

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"ridge", "mlp", "gbm", "forest", "extratrees", "filterbank", "cnn", "transformer", "lstm"}, Kinds())
	_, err := Lookup("lasso")
	require.ErrorContains(t, err, `"lasso"; known are ridge, mlp, gbm`)
	require.Nil(t, Defaults("lasso"))
	require.Nil(t, Space("lasso"))
	require.Error(t, CheckParams("lasso", nil))
}

func TestDefaultsAndSpaces(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		require.NoError(t, CheckParams(kind, Defaults(kind)))
		require.NoError(t, CheckParams(kind, nil))
		space := Space(kind)
		require.NotEmpty(t, space)
		require.NoError(t, space.Validate())
		for i := range uint64(200) {
			p := search.Random(space, process.Source(1, "space", i).Rand)
			require.NoError(t, CheckParams(kind, p))
			require.Equal(t, complete(kind, p), complete(kind, complete(kind, p)))
		}
		text, err := json.Marshal(Defaults(kind))
		require.NoError(t, err)
		var back search.Params
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, Defaults(kind), back)
	})
}

func TestCheckParamsSays(t *testing.T) {
	t.Parallel()
	for text, p := range map[string]search.Params{
		`"depth" is no parameter of mlp; known are hidden, dropout, activation, learning_rate`: {"depth": 3},
		"parameter epochs of mlp is 2.5: want a whole number from 1 to 10000":                  {"epochs": 2.5},
		"parameter epochs of mlp is 0":                                        {"epochs": 0},
		`parameter epochs of mlp is "many"`:                                   {"epochs": "many"},
		"parameter learning_rate of mlp is NaN: want a number":                {"learning_rate": math.NaN()},
		"parameter learning_rate of mlp is <nil>":                             {"learning_rate": nil},
		`parameter activation of mlp is "sine": want one of relu, gelu, tanh`: {"activation": "sine"},
		"parameter hidden of mlp is []: want a list of 1 to 4 entries":        {"hidden": []any{}},
		"parameter hidden of mlp is [64 0]: entry 2: want a whole number":     {"hidden": []any{64, 0}},
		"parameter hidden of mlp is 64: want a list":                          {"hidden": 64},
	} {
		require.ErrorContains(t, CheckParams("mlp", p), text)
	}
	err := CheckParams("ridge", search.Params{"lambda": -1, "x": 1})
	require.EqualError(t, err, "parameter lambda of ridge is -1: want a number from 1e-12 to 1e+06\n"+
		`"x" is no parameter of ridge; known are lambda`)
	require.NoError(t, CheckParams("mlp", search.Params{"epochs": uint64(3), "hidden": []any{int64(3), 4.0}}))
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		learner, err := Lookup(kind)
		require.NoError(t, err)
		try := func(change func(*FitJob)) error {
			job := jobOf(kind)
			change(&job)
			_, err := learner.Fit(job)
			return err
		}
		require.ErrorContains(t, try(func(j *FitJob) { j.Params = search.Params{"y": 1} }), `"y"`)
		require.ErrorIs(t, try(func(j *FitJob) { j.Progress = func(Progress) bool { return false } }), ErrStopped)
		if ReadsSeries(kind) {
			require.ErrorContains(t, try(func(j *FitJob) { j.TrainSeries = Series{} }), "0 series to train")
			require.ErrorContains(t, try(func(j *FitJob) { j.TrainSeries.H = j.TrainSeries.H[1:] }), "labels")
			require.ErrorContains(t, try(func(j *FitJob) { j.ValidationSeries.X = [][]float32{make([]float32, 9)} }), "1 series with 400 labels")
			require.ErrorContains(t, try(func(j *FitJob) { j.Params = search.Params{ParamFresh: true} }), "no recipe")
			return
		}
		require.ErrorContains(t, try(func(j *FitJob) { j.Train.Rows = 0 }), "0 series to train")
		require.ErrorContains(t, try(func(j *FitJob) { j.Validation.Version++ }), "want the same")
		require.ErrorContains(t, try(func(j *FitJob) { j.Train.H = j.Train.H[1:] }), "labels")
	})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, kind string) {
		learner, err := Lookup(kind)
		require.NoError(t, err)
		var seen []float64
		job := jobOf(kind)
		job.Progress = func(p Progress) bool {
			require.NotEmpty(t, p.Message)
			seen = append(seen, p.Fraction)
			return true
		}
		_, err = learner.Fit(job)
		require.NoError(t, err)
		require.True(t, slices.IsSorted(seen))
		require.Equal(t, 0.0, seen[0])
		require.Equal(t, 1.0, seen[len(seen)-1])
	})
}
