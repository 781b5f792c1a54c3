package conformal_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/conformal"
)

func TestRanks(t *testing.T) {
	t.Parallel()
	var residual []float64
	var n []int
	for i := 1; i <= 99; i++ { // (99+1)·level is whole: the rank itself
		residual, n = append(residual, float64(i)*math.Pow(-1, float64(i))), append(n, 4)
	}
	c := conformal.Calibrate(residual, n)
	require.Equal(t, []float64{0.5, 0.8, 0.9, 0.95, 0.99}, c.Levels)
	require.Equal(t, []float64{100, 160, 180, 190, 198}, c.Quantiles)
	w, err := c.HalfWidth(0.9, 16)
	require.NoError(t, err)
	require.Equal(t, 45.0, w)
	small := conformal.Calibrate(residual[:10], n[:10])
	require.Equal(t, []float64{0.5, 0.8, 0.9}, small.Levels)
}

// Normal errors: 4,000 for the calibration and 20,000 new ones; the coverage of a level p has a
// standard error of sqrt(p(1-p)(1/4000+1/20000)), and five of them are allowed.
func TestCoverage(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func() (float64, int) {
		n := 64 + rng.IntN(2000)
		return rng.NormFloat64() / math.Sqrt(float64(n)), n
	}
	var residual []float64
	var n []int
	for range 4000 {
		r, k := draw()
		residual, n = append(residual, r), append(n, k)
	}
	c := conformal.Calibrate(residual, n)
	for _, level := range []float64{0.5, 0.68, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99} {
		hit := 0.0
		for range 20_000 {
			r, k := draw()
			w, err := c.HalfWidth(level, k)
			require.NoError(t, err)
			if math.Abs(r) <= w {
				hit += 1.0 / 20_000
			}
		}
		require.InDelta(t, level, hit, 5*math.Sqrt(level*(1-level)*0.0003), "level %v", level)
	}
}

func TestBadCallsAreNamed(t *testing.T) {
	t.Parallel()
	c := conformal.Calibration{Levels: []float64{0.5, 0.9}, Quantiles: []float64{1, 2}}
	for _, level := range []float64{0, 0.49, 0.91, 1, math.NaN()} {
		_, err := c.HalfWidth(level, 100)
		require.ErrorContains(t, err, "outside the calibrated 0.5 to 0.9")
	}
	_, err := c.HalfWidth(0.9, 0)
	require.ErrorContains(t, err, "length 0")
	_, err = conformal.Calibrate(nil, nil).HalfWidth(0.9, 100)
	require.ErrorContains(t, err, "too few")
	require.Empty(t, conformal.Calibrate([]float64{1, math.NaN()}, []int{1, 1}).Levels)
	for _, bad := range []conformal.Calibration{
		{Levels: []float64{0.5}},
		{Levels: []float64{0.9, 0.5}, Quantiles: []float64{1, 2}},
		{Levels: []float64{0.5, 0.9}, Quantiles: []float64{2, 1}},
		{Levels: []float64{0.5}, Quantiles: []float64{math.NaN()}},
	} {
		_, err := bad.HalfWidth(0.5, 100)
		require.ErrorContains(t, err, "calibration")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	c := conformal.Calibration{Levels: []float64{0.5}, Quantiles: []float64{1.25}}
	b, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, `{"levels":[0.5],"quantiles":[1.25]}`, string(b))
}
