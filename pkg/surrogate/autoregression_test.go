package surrogate_test

import (
	_ "embed"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/surrogate"
)

//go:embed testdata/autoregression.json
var reference []byte

// statsmodels 0.15.0: testdata/reference.py. Both solve the same equations, in other orders.
func TestFitMatchesStatsmodels(t *testing.T) {
	t.Parallel()
	var want struct {
		Series []float64
		Models []struct {
			Order        int
			Coefficients []float64
			Deviation    float64
		}
	}
	require.NoError(t, json.Unmarshal(reference, &want))
	m := maker(t, want.Series)
	for _, w := range want.Models {
		got, err := m.FitAutoregression(w.Order)
		require.NoError(t, err)
		require.Equal(t, w.Order, got.Order)
		require.InDeltaSlice(t, w.Coefficients, got.Coefficients, 1e-11)
		require.InEpsilon(t, w.Deviation, got.Deviation, 1e-11)
	}
	got, err := m.FitAutoregression(-1)
	require.NoError(t, err)
	require.True(t, got.Order >= 2 && got.Order <= 8, "the series is of order 2; AIC said %d", got.Order)
}

// Surrogates of an order have the series' autocovariances up to it, on average, at every place: at
// the beginning too.
func TestAutoregressiveKeepsCovariances(t *testing.T) {
	t.Parallel()
	const n, order, many = 40, 3, 40_000
	x := series(t, n)
	want := lags(x, order)
	m, dst, rng := maker(t, x), make([]float64, n), process.Source(3, "ar", 0)
	_, err := m.FitAutoregression(order)
	require.NoError(t, err)
	mean := 0.0
	for _, v := range x {
		mean += v / n
	}
	var begin, middle [order + 1]float64
	for range many {
		m.Autoregressive(dst, rng)
		for k := range want {
			begin[k] += (dst[0] - mean) * (dst[k] - mean) / many
			middle[k] += (dst[20] - mean) * (dst[20+k] - mean) / many
		}
	}
	slip := 5.3 * want[0] * math.Sqrt(2./many) // of products of Gaussians: false alarms 1e-7
	require.InDeltaSlice(t, want, begin[:], slip)
	require.InDeltaSlice(t, want, middle[:], slip)
}

// lags returns the autocovariances, with divisor n, of lags 0 to most.
func lags(x []float64, most int) []float64 {
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	c := make([]float64, most+1)
	for k := range c {
		for i := k; i < len(x); i++ {
			c[k] += (x[i] - mean) * (x[i-k] - mean) / float64(len(x))
		}
	}
	return c
}

func TestOrderIsBounded(t *testing.T) {
	t.Parallel()
	m := maker(t, series(t, 20))
	for _, order := range []int{-2, 20, surrogate.MaxOrder + 1} {
		_, err := m.FitAutoregression(order)
		require.ErrorContains(t, err, "allowed are -1 (to choose one) to 19")
	}
	got, err := m.FitAutoregression(0)
	require.NoError(t, err)
	require.Empty(t, got.Coefficients)
	got, err = maker(t, []float64{4, 4, 4, 4}).FitAutoregression(2)
	require.NoError(t, err)
	require.Equal(t, surrogate.Model{}, surrogate.Model{Order: got.Order, Deviation: got.Deviation}, "a constant has nothing to predict")
}
