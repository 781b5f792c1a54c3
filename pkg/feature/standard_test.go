package feature_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// scaleNames are the prefixes of features whose expectation for white noise is 0, with the standard
// error that one of n = 200,000 has at the coarsest scale, times five. The rescaled range has a bias
// of its own there: its numerator and denominator are not independent of each other.
var scaleNames = map[string]float64{
	"band": 0.2, "slope": 0.05, "centroid": 0.02, "flatness": 0.02, "haar": 0.25, "db3_": 0.1, "acf": 0.02,
	"dfa": 0.25, "aggvar": 0.15, "move": 0.02, "summove": 0.05, "range": 0.03,
}

func TestScaleFeaturesOfWhiteNoiseAreZero(t *testing.T) {
	t.Parallel()
	got := features(t, "standard", noise(t, 200_000, 0.5))
	tested := 0
	for name, v := range got {
		for prefix, tolerance := range scaleNames {
			if strings.HasPrefix(name, prefix) {
				require.InDelta(t, 0, v, tolerance, name)
				tested++
			}
		}
	}
	require.Equal(t, 64, tested)
	require.InDelta(t, math.Log(200_000), got["log_n"], 1e-12)
}

// Short series have about the same expectations, so that one set serves every length: over 4,000
// series of n = 128 the means of the features are within 0.06 of zero (five standard errors are at most
// 0.05), or 0.15 for the scales of which such a series has no more than two.
func TestScaleFeaturesOfShortWhiteNoiseAreZeroOnAverage(t *testing.T) {
	t.Parallel()
	const series, n = 4000, 128
	mean := map[string]float64{}
	g, x := process.NewFGN(n), make([]float64, n)
	e, dst := extractor(t, "standard")
	all := names(t, "standard")
	for i := range series {
		require.NoError(t, g.Generate(x, 0.5, process.Source(4, "short white noise", uint64(i))))
		require.NoError(t, e.Extract(dst, x))
		for j, v := range dst {
			mean[all[j]] += v / series
		}
	}
	for name, v := range mean {
		for prefix := range scaleNames {
			if strings.HasPrefix(name, prefix) {
				tolerance := 0.06
				if slices.Contains([]string{"haar7", "haar8", "dfa64", "dfa128", "dfa256", "aggvar64"}, name) {
					tolerance = 0.15
				}
				require.InDelta(t, 0, v, tolerance, name)
			}
		}
	}
}

// For fGn each scale's logarithm grows by what theory says from one to the next.
func TestScaleFeaturesGrowWithH(t *testing.T) {
	t.Parallel()
	for _, h := range []float64{0.2, 0.8} {
		got := features(t, "standard", noise(t, 500_000, h))
		growth := (2*h - 1) * math.Ln2
		for _, pair := range [][2]string{{"haar5", "haar6"}, {"haar7", "haar8"}, {"db3_4", "db3_5"}, {"aggvar32", "aggvar64"}, {"dfa64", "dfa128"}, {"dfa128", "dfa256"}} {
			require.InDelta(t, growth, got[pair[1]]-got[pair[0]], 0.12, "h=%v %v", h, pair)
		}
		require.InDelta(t, growth/2, got["summove32"]-got["summove16"], 0.03)
		require.InDelta(t, growth/2, got["range128"]-got["range64"], 0.1)
		require.InDelta(t, h-0.5, got["slope_low"], 0.06)
		require.InDelta(t, math.Atanh(process.Autocovariance(h, 3)), got["acf3"], 0.05)
	}
}

// Values and their standardised quantiles, by hand.
func TestMarginals(t *testing.T) {
	t.Parallel()
	x := make([]float64, 101)
	for i := range x {
		x[i] = float64((i * 37) % 101) // 0 … 100 in another order
	}
	got := features(t, "standard", x)
	sd := math.Sqrt((101*101 - 1) / 12.0)
	require.InDelta(t, (25-50)/sd, got["q25"], 1e-12)
	require.InDelta(t, (99-50)/sd, got["q99"], 1e-12)
	require.InDelta(t, 0, got["skewness"], 1e-12)
	reach := math.Sqrt(2 * math.Log(101))
	require.InDelta(t, 50/sd/reach, got["maximum"], 1e-12)
	require.InDelta(t, math.Asinh((-6.0/5*(101*101+1)/(101*101-1))/2), got["kurtosis"], 1e-12) // of a discrete uniform distribution
}
