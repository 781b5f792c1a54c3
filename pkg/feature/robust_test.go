package feature_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/feature"
)

// What a transformation is for leaves no trace in its features, but does in those without it.
func TestTransformationsUndo(t *testing.T) {
	t.Parallel()
	const n = 1000
	clean := noise(t, n, 0.6)
	spoil := func(f func(i int, v float64) float64) []float64 {
		y := make([]float64, n)
		for i, v := range clean {
			y[i] = f(i, v)
		}
		return y
	}
	for prefix, c := range map[string]struct {
		x         []float64
		tolerance float64
	}{
		"detrended_": {spoil(func(i int, v float64) float64 { return v + 4*float64(i)/n }), 1e-8},
		"scores_":    {spoil(func(_ int, v float64) float64 { return math.Sinh(2 * v) }), 1e-8},
		// The filter takes the outliers away, but a median stands in their place.
		"hampel_": {spoil(func(i int, v float64) float64 {
			if i%100 == 50 {
				return v + 30
			}
			return v
		}), 0.2},
		"fast_": {spoil(func(i int, v float64) float64 { return v + 3*math.Sin(2*math.Pi*5*float64(i)/n) }), 1e-8},
	} {
		want, got := features(t, "robust", clean), features(t, "robust", c.x)
		plain, plainSpoilt := features(t, "standard", clean), features(t, "standard", c.x)
		worst := 0.0
		for name, v := range want {
			if scale, ok := strings.CutPrefix(name, prefix); ok {
				require.InDelta(t, v, got[name], c.tolerance, name)
				worst = max(worst, math.Abs(plain[scale]-plainSpoilt[scale]))
			}
		}
		require.Greater(t, worst, 5*c.tolerance+0.1, "%s: it is felt without the transformation", prefix)
	}
}

func TestHowMuchWasTakenAway(t *testing.T) {
	t.Parallel()
	const n = 1000
	x := noise(t, n, 0.5)
	x[7], x[500] = 40, -40
	got := features(t, "robust", x)
	require.InDelta(t, math.Log(2.5/n), got["replaced"], 1e-12)
	line := make([]float64, n)
	for i, v := range noise(t, n, 0.5) {
		line[i] = v + 10*float64(i)/n
	}
	require.Less(t, features(t, "robust", line)["trend"], -1.5, "most of the variance is trend: 100/12 against 1")
}

// A pure tone leaves some experts nothing to fit; they say so, and all features are finite.
func TestExpertsThatFindNothing(t *testing.T) {
	t.Parallel()
	tone := make([]float64, 256)
	for i := range tone {
		tone[i] = math.Cos(math.Pi * float64(i))
	}
	got := features(t, "expert", tone)
	require.Equal(t, -1.0, got["gph_0.5"])
	for name, v := range got {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0), name)
	}
}

// The experts agree with each other and with the truth on a long clean series, within five of the
// widest's standard errors.
func TestExpertsKnowH(t *testing.T) {
	t.Parallel()
	got := features(t, "expert", noise(t, 8192, 0.7))
	for name, v := range got {
		if name != "whittle_sd" {
			require.InDelta(t, 0.7, v, 0.25, name)
		}
	}
	require.InDelta(t, 0.7, got["whittle_median"], 0.04)
	require.InDelta(t, 0.0073, got["whittle_sd"], 0.001) // √(0.43/8192), McLeod, Yu, Krougly 2007, table 14
	set, err := feature.Lookup("expert")
	require.NoError(t, err)
	require.Len(t, got, len(set.Names))
}
