//go:build accuracy

package accuracy

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// A likelihoodLimit is the mean absolute error that an estimator may have over H ~ U(0.1, 0.9), by
// length, and by how much more: 1.05 of what independent implementations in Python measured on 2,000
// series, 1.03 of what the exact posterior median has, which nothing beats.
type likelihoodLimit struct {
	method  string
	process string
	most    float64
	mae     map[int]float64
}

func likelihoodLimits() []likelihoodLimit {
	return []likelihoodLimit{
		{"whittle", "fgn", 1.05, map[int]float64{128: 0.0454, 256: 0.0313, 500: 0.0220, 1024: 0.0153, 2048: 0.0105}},
		{"debiased", "fgn", 1.05, map[int]float64{128: 0.0457, 256: 0.0314, 500: 0.0221, 1024: 0.0153, 2048: 0.0105}},
		{"whittle-arfima", "arfima", 1.05, map[int]float64{128: 0.0650, 256: 0.0439, 500: 0.0298, 1024: 0.0200, 2048: 0.0143}},
		{"debiased-median", "fgn", 1.03, map[int]float64{128: 0.0434, 256: 0.0306, 500: 0.0215, 1024: 0.0148, 2048: 0.0104}},
		{"debiased-arfima", "arfima", 1.03, map[int]float64{128: 0.0576, 256: 0.0394, 500: 0.0282, 1024: 0.0195, 2048: 0.0136}},
		{"ml", "fgn", 1.05, map[int]float64{128: 0.0479, 256: 0.0327, 500: 0.0225, 1024: 0.0152}},
		{"ml-arfima", "arfima", 1.05, map[int]float64{128: 0.0681, 256: 0.0443, 500: 0.0307, 1024: 0.0205}},
	}
}

// likelihoodEstimator returns the method told that series are noise and, where it has one, with the
// table's prior.
func likelihoodEstimator(t *testing.T, name string) estimator.Estimator {
	t.Helper()
	s := estimator.Settings{Class: estimator.Noise}
	switch name {
	case "debiased-median":
		return estimator.Posterior{Settings: s, From: 0.1, To: 0.9}
	case "debiased-arfima":
		return estimator.Posterior{Settings: s, From: 0.1, To: 0.9, ARFIMA: true}
	}
	m, err := estimator.Lookup(name)
	require.NoError(t, err)
	return m.New(s)
}

func TestLikelihoods(t *testing.T) {
	t.Parallel()
	for _, c := range likelihoodLimits() {
		for n, limit := range c.mae {
			t.Run(fmt.Sprintf("%s/%s/n=%d", c.method, c.process, n), func(t *testing.T) {
				t.Parallel()
				series := 4000
				if c.method == "ml" || c.method == "ml-arfima" {
					series = 2000 // at n² a series
				}
				mae, se, coverage := likelihoodCell(t, likelihoodEstimator(t, c.method), c.process, n, series)
				t.Logf("%-16s %-6s n=%-4d MAE %.4f ± %.4f  limit %.2f × %.4f  coverage %.3f", c.method, c.process, n, mae, se, c.most, limit, coverage)
				// The limits have a standard error of 2 % themselves.
				assert.LessOrEqual(t, mae, c.most*limit+2*se)
				assert.GreaterOrEqual(t, coverage, 0.93)
				assert.LessOrEqual(t, coverage, 0.97)
			})
		}
	}
}

// likelihoodCell returns the mean absolute error of an estimator with its standard error, and the
// share of series whose H is in the interval.
func likelihoodCell(t *testing.T, e estimator.Estimator, kind string, n, series int) (mae, se, coverage float64) {
	t.Helper()
	g, err := process.New(process.Spec{Kind: kind}, n)
	require.NoError(t, err)
	x, p := make([]float64, n), e.Prepare(n)
	squares := 0.0
	for i := range series {
		rng := process.Source(testSeed, fmt.Sprintf("accuracy/likelihood/%s/%d", kind, n), uint64(i))
		h := 0.1 + 0.8*rng.Float64()
		require.NoError(t, g.Generate(x, h, rng))
		got, err := p.Estimate(x)
		require.NoError(t, err)
		d := math.Abs(got.H - h)
		mae += d / float64(series)
		squares += d * d / float64(series)
		if got.Lower <= h && h <= got.Upper {
			coverage += 1 / float64(series)
		}
	}
	return mae, math.Sqrt((squares - mae*mae) / float64(series)), coverage
}
