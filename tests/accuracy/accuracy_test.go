//go:build accuracy

// Package accuracy measures how well Hurst exponents are estimated, on series drawn with seeds that
// nothing was trained on, and holds the figures against what is possible. It takes minutes; run it
// with make accuracy.
package accuracy

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/process"
)

const (
	cell     = 4000 // series per cell: the standard error of an MAE is about 1.2 %
	testSeed = 777  // of the series that are scored
)

// whittle is the MAE of Whittle's estimator on clean fGn, H ~ U(0.1, 0.9), as an independent
// implementation in Python measured it.
var whittle = map[int]float64{128: 0.0470, 256: 0.0325, 500: 0.0225, 512: 0.0215, 1024: 0.0151}

// draw makes series i of a cell and returns its H.
func draw(t *testing.T, g *process.FGN, x []float64, stage string, i int) float64 {
	t.Helper()
	rng := process.Source(testSeed, fmt.Sprintf("accuracy/%s/%d", stage, len(x)), uint64(i))
	h := 0.1 + 0.8*rng.Float64()
	require.NoError(t, g.Generate(x, h, rng))
	return h
}

func TestWhittleIsAsAccurateAsItsReference(t *testing.T) {
	for _, n := range []int{128, 256, 500, 1024} {
		g, x, w := process.NewFGN(n), make([]float64, n), estimator.Whittle{}.Prepare(n)
		var mae, squares float64
		covered := 0
		for i := range cell {
			h := draw(t, g, x, "whittle", i)
			e, err := w.Estimate(x)
			require.NoError(t, err)
			mae += math.Abs(e.H-h) / cell
			squares += (e.H - h) * (e.H - h) / cell
			if e.Lower <= h && h <= e.Upper {
				covered++
			}
		}
		se := math.Sqrt((squares - mae*mae) / cell)
		coverage := float64(covered) / cell
		limit, _ := model.Limit("fgn", n)
		t.Logf("whittle  n=%-5d MAE %.4f ± %.4f  reference %.4f  limit %.4f  95 %% coverage %.3f", n, mae, se, whittle[n], limit, coverage)
		require.LessOrEqual(t, mae, 1.05*whittle[n]+2*se)
	}
}

// features draws a dataset of the lengths that the quickstart trains on.
func features(t *testing.T, stage string, rows int) dataset.Features {
	t.Helper()
	lengths := []int{256, 500, 1024}
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	e := feature.NewExtractor(set)
	f := dataset.Features{Set: set.Name, Version: set.Version, Names: set.Names, Rows: rows, X: make([]float64, rows*len(set.Names))}
	for i := range rows {
		n := lengths[i%len(lengths)]
		x := make([]float64, n)
		h := draw(t, process.NewFGN(n), x, stage, i)
		require.NoError(t, e.Extract(f.X[i*len(set.Names):(i+1)*len(set.Names)], x))
		f.H, f.N, f.Index = append(f.H, h), append(f.N, n), append(f.Index, uint64(i))
	}
	return f
}

func TestLearnedModelsAreNearTheLimit(t *testing.T) {
	train, validation, test := features(t, "train", 24000), features(t, "validation", 6000), features(t, "test", 3*cell)
	for _, kind := range model.Kinds() {
		if model.ReadsSeries(kind) {
			continue // nn_filterbank_test.go and its like
		}
		learner, err := model.Lookup(kind)
		require.NoError(t, err)
		fitted, err := learner.Fit(model.FitJob{Train: train, Validation: validation, Seed: 1})
		require.NoError(t, err)
		m, err := model.New(model.Assembly{Fitted: fitted, Train: train, Validation: validation})
		require.NoError(t, err)
		report, err := model.Evaluate(m, test)
		require.NoError(t, err)
		for _, s := range report.ByN {
			limit, ok := model.Limit("fgn", s.N)
			require.True(t, ok)
			t.Logf("%-8s n=%-5d MAE %.4f ± %.4f  limit %.4f  ratio %.3f  90 %% coverage %.3f  width %.3f", kind, s.N, s.MAE, s.SE, limit, s.MAE/limit, s.Coverage90, s.Width90)
			if s.N == 500 {
				require.LessOrEqual(t, s.MAE, 0.026)
			}
			require.InDelta(t, 0.90, s.Coverage90, 0.02)
		}
	}
}
