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

func quick(kind string) search.Params {
	switch kind {
	case "mlp":
		return search.Params{"hidden": []any{16}, "epochs": 8, "batch": 32, "learning_rate": 0.01}
	case "gbm":
		return search.Params{"trees": 40}
	case "forest", "extratrees":
		return search.Params{"trees": 20, "min_leaf": 2}
	}
	return search.Params{}
}

// fit returns a small model of a kind.
func fit(t testing.TB, kind string) *Model {
	t.Helper()
	learner, err := Lookup(kind)
	require.NoError(t, err)
	d := data()
	fitted, err := learner.Fit(FitJob{Params: quick(kind), Train: d.train, Validation: d.validation, Seed: 5})
	require.NoError(t, err)
	m, err := New(Assembly{Fitted: fitted, Params: quick(kind), Train: d.train, Validation: d.validation,
		Lineage: Lineage{Train: []artifact.Digest{digest("a")}, Validation: []artifact.Digest{digest("b")}, Seed: 5}})
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
