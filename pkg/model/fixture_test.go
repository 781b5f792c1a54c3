package model

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
)

// noise returns the index-th series of fractional Gaussian noise of a stage, and its exponent.
func noise(t testing.TB, stage string, index, n int) (x []float64, h float64) {
	t.Helper()
	rng := process.Source(7, stage, uint64(index))
	h = 0.1 + 0.8*rng.Float64()
	x = make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, rng))
	return x, h
}

func features(t testing.TB, stage string, rows int, lengths ...int) dataset.Features {
	t.Helper()
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	f := dataset.Features{Set: set.Name, Version: set.Version, Names: set.Names, Rows: rows}
	f.X = make([]float64, rows*len(set.Names))
	e := feature.NewExtractor(set)
	for i := range rows {
		x, h := noise(t, stage, i, lengths[i%len(lengths)])
		require.NoError(t, e.Extract(f.Row(i), x))
		f.H, f.N, f.Index = append(f.H, h), append(f.N, len(x)), append(f.Index, uint64(i))
	}
	return f
}

// data is made once for all tests, which only read it.
var data = sync.OnceValue(func() (d struct{ train, validation, test dataset.Features }) {
	var t testing.T
	d.train = features(&t, "train", 1200, 128, 256)
	d.validation = features(&t, "validation", 400, 128, 256)
	d.test = features(&t, "test", 600, 128, 256)
	return d
})

// themselves are the same series.
var themselves = sync.OnceValue(func() (d struct{ train, validation, test Series }) {
	var t testing.T
	of := func(stage string, rows int) (s Series) {
		for i := range rows {
			x, h := noise(&t, stage, i, []int{128, 256}[i%2])
			row := make([]float32, len(x))
			for j, v := range x {
				row[j] = float32(v)
			}
			s.X, s.H = append(s.X, row), append(s.H, h)
		}
		return s
	}
	d.train, d.validation, d.test = of("train", 1200), of("validation", 400), of("test", 600)
	return d
})

func quick(kind string) search.Params {
	switch kind {
	case "mlp":
		return search.Params{"hidden": []any{16}, "epochs": 8, "batch": 32, "learning_rate": 0.01}
	case "gbm":
		return search.Params{"trees": 40}
	case "forest", "extratrees":
		return search.Params{"trees": 20, "min_leaf": 2}
	case "filterbank":
		return search.Params{"units": 8, "hidden": []any{16}, "epochs": 10, "batch": 32, "learning_rate": 0.01}
	case "cnn":
		return search.Params{"hidden": []any{16}, "steps": 25, "batch": 32, "learning_rate": 0.003, "dropout": 0}
	case "transformer":
		return search.Params{"units": 8, "heads": 2, "layers": 1, "hidden": []any{8}, "steps": 15, "dropout": 0, "learning_rate": 0.01}
	case "lstm":
		return search.Params{"units": 4, "layers": 1, "hidden": []any{8}, "steps": 40, "learning_rate": 0.02}
	}
	return search.Params{}
}

// jobOf is the fit of quick parameters.
func jobOf(kind string) FitJob {
	job := FitJob{Params: quick(kind), Seed: 5, Threads: 2}
	if ReadsSeries(kind) {
		job.TrainSeries, job.ValidationSeries = themselves().train, themselves().validation
	} else {
		job.Train, job.Validation = data().train, data().validation
	}
	return job
}

// evaluation of a model on the test set.
func evaluation(t testing.TB, m *Model) Report {
	t.Helper()
	r, err := Evaluate(m, data().test)
	if ReadsSeries(m.Kind) {
		r, err = EvaluateSeries(m, themselves().test)
	}
	require.NoError(t, err)
	return r
}

// fit returns a small model of a kind, which is fitted once for all tests.
func fit(t testing.TB, kind string) *Model {
	t.Helper()
	once, _ := fits.LoadOrStore(kind, sync.OnceValue(func() *Model { return fitAnew(t, jobOf(kind), kind) }))
	m := *once.(func() *Model)() //nolint:forcetypeassert // it is what is stored
	return &m
}

var fits sync.Map

// fitAnew fits and assembles a model.
func fitAnew(t testing.TB, job FitJob, kind string) *Model {
	t.Helper()
	learner, err := Lookup(kind)
	require.NoError(t, err)
	fitted, err := learner.Fit(job)
	require.NoError(t, err)
	a := Assembly{Fitted: fitted, Params: job.Params, Train: job.Train, Validation: job.Validation,
		TrainSeries: job.TrainSeries, ValidationSeries: job.ValidationSeries, Fresh: job.Fresh,
		Lineage: Lineage{Train: []artifact.Digest{digest("a")}, Validation: []artifact.Digest{digest("b")}, Seed: 5}}
	m, err := New(a)
	require.NoError(t, err)
	return m
}

func digest(c string) artifact.Digest { return artifact.Digest(strings.Repeat(c, 64)) }

// eachKind runs a test for every kind of model.
func eachKind(t *testing.T, test func(t *testing.T, kind string)) {
	for _, kind := range Kinds() {
		t.Run(fmt.Sprintf("kind=%s", kind), func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}
