package process_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// The references are in 40 digits (testdata/fou.py), the tolerance is what the documentation states.
func TestFOUAutocovarianceAgainstMpmath(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/fou.json")
	require.NoError(t, err)
	var rows []struct {
		H, Theta float64
		Lags     []int
		Gamma    []float64
	}
	require.NoError(t, json.Unmarshal(data, &rows))
	require.Len(t, rows, 48)
	for _, r := range rows {
		got := make([]float64, 1001)
		process.FOUAutocovariance(got, r.H, r.Theta)
		for i, k := range r.Lags {
			require.InDelta(t, r.Gamma[i], got[k], 1e-12, "h=%v theta=%v k=%d", r.H, r.Theta, k)
		}
	}
}

// H = 1/2 is the Ornstein–Uhlenbeck process, whose covariance is an exponential.
func TestFOUOfHalfIsOrnsteinUhlenbeck(t *testing.T) {
	t.Parallel()
	got := make([]float64, 200)
	process.FOUAutocovariance(got, 0.5, 0.07)
	for k, v := range got {
		require.InDelta(t, math.Exp(-0.07*float64(k)), v, 1e-13, k)
	}
	require.Panics(t, func() { process.FOUAutocovariance(got, 1, 0.1) })
	require.Panics(t, func() { process.FOUAutocovariance(got, 0.5, 0) })
	process.FOUAutocovariance(nil, 0.5, 0.1)
}

// Sums over 4,000 independent series, of which one is beyond 4.5 standard errors with probability
// 7e-6: over the 60 checks a right generator fails 4 times in 10,000 seeds.
func TestFOUHasTheoreticalCovariance(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 100} {
		for _, h := range []float64{0.1, 0.5, 0.9} {
			for _, theta := range []float64{0.05, 2} {
				spec := process.Spec{Kind: "fou", Params: map[string][]float64{"theta": {theta}}}
				gamma := make([]float64, n)
				process.FOUAutocovariance(gamma, h, theta)
				requireCovariance(t, spec, n, h, 4000, gamma)
			}
		}
	}
}

// requireCovariance compares sample autocovariances (known mean) at five lags with theory.
func requireCovariance(t *testing.T, spec process.Spec, n int, h float64, series int, want []float64) {
	t.Helper()
	g, err := process.New(spec, n)
	require.NoError(t, err)
	x, rng := make([]float64, n), process.Source(0, "", 0)
	lags := []int{0, 1, min(2, n-1), n / 2, n - 1}
	sum, square := make([]float64, len(lags)), make([]float64, len(lags))
	for i := range series {
		rng.Reset(5, fmt.Sprint(spec, n, h), uint64(i))
		require.NoError(t, g.Generate(x, h, rng))
		for j, k := range lags {
			c := 0.0
			for s := range n - k {
				c += x[s] * x[s+k] / float64(n-k)
			}
			sum[j] += c / float64(series)
			square[j] += c * c / float64(series)
		}
	}
	for j, k := range lags {
		se := math.Sqrt((square[j] - sum[j]*sum[j]) / float64(series))
		require.InDelta(t, want[k], sum[j], 4.5*se, "%v n=%d h=%v lag=%d", spec, n, h, k)
	}
}
