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

// stableLaw is a distribution function at a few points, from scipy (testdata/stable.py).
type stableLaw struct {
	Alpha  float64
	X, CDF []float64
}

func stableLaws(t *testing.T) []stableLaw {
	t.Helper()
	data, err := os.ReadFile("testdata/stable.json")
	require.NoError(t, err)
	var laws []stableLaw
	require.NoError(t, json.Unmarshal(data, &laws))
	require.Len(t, laws, 6)
	return laws
}

// requireLaw compares the shares of independent values in the two tails with the law. A share is beyond
// 4.5 of its standard errors with probability 7e-6 where it is near normal; tails that hold fewer than
// 25 values are left out.
func requireLaw(t *testing.T, law stableLaw, values []float64, what string) {
	t.Helper()
	count := float64(len(values))
	for i, x := range law.X {
		p := 1 - law.CDF[i]
		if p*count < 25 {
			continue
		}
		above, below := 0.0, 0.0
		for _, v := range values {
			if v > x {
				above++
			}
			if v < -x {
				below++
			}
		}
		se := math.Sqrt(p * (1 - p) / count)
		require.InDelta(t, p, above/count, 4.5*se, "%s: above %v", what, x)
		require.InDelta(t, p, below/count, 4.5*se, "%s: below -%v", what, x)
	}
}

// At most 96 checks: a right generator fails 7 times in 10,000 seeds.
func TestStableLaw(t *testing.T) {
	t.Parallel()
	for _, law := range stableLaws(t) {
		rng, values := process.Source(1, "stable", 0), make([]float64, 200_000)
		for i := range values {
			values[i] = rng.Stable(law.Alpha)
		}
		requireLaw(t, law, values, fmt.Sprint("alpha=", law.Alpha))
	}
	require.Panics(t, func() { process.Source(1, "", 0).Stable(2.1) })
	require.Panics(t, func() { process.Source(1, "", 0).Stable(math.NaN()) })
}

// The first and the last value have the stable law of scale one, and so has the sum of all n values
// over n^h: the definition of self-similarity. At most 288 checks: a right generator fails 2 times in
// 1,000 seeds. A wrong h by 0.05 would change the sums' scale by a fifth, and shares by five to ten
// standard errors.
func TestLFSNIsStableAndSelfSimilar(t *testing.T) {
	t.Parallel()
	const n, series = 64, 2000
	for i, law := range stableLaws(t) {
		if i%2 == 1 {
			continue // 0.6, 1.3 and 1.9 are left
		}
		spec := process.Spec{Kind: "lfsn", Params: map[string][]float64{"alpha": {law.Alpha}}}
		g, err := process.New(spec, n)
		require.NoError(t, err)
		for _, h := range []float64{0.1, 0.9} {
			first, last, sums := make([]float64, series), make([]float64, series), make([]float64, series)
			x, rng := make([]float64, n), process.Source(1, "", 0)
			for i := range series {
				rng.Reset(6, fmt.Sprint(spec, h), uint64(i))
				require.NoError(t, g.Generate(x, h, rng))
				for _, v := range x {
					sums[i] += v / math.Pow(n, h)
				}
				first[i], last[i] = x[0], x[n-1]
			}
			requireLaw(t, law, first, fmt.Sprintf("%v h=%v first", spec, h))
			requireLaw(t, law, last, fmt.Sprintf("%v h=%v last", spec, h))
			requireLaw(t, law, sums, fmt.Sprintf("%v h=%v sum", spec, h))
		}
	}
}

// For alpha = 2 it is fractional Gaussian noise of variance 2, to the 0.001 that its cells leave, which
// is less than half a standard error here. 20 checks at 4.5 standard errors.
func TestLFSNOfTwoIsFractionalGaussianNoise(t *testing.T) {
	t.Parallel()
	spec := process.Spec{Kind: "lfsn", Params: map[string][]float64{"alpha": {2}}}
	for _, n := range []int{2, 100} {
		for _, h := range []float64{0.1, 0.95} {
			gamma := make([]float64, n)
			for k := range gamma {
				gamma[k] = 2 * process.Autocovariance(h, k)
			}
			requireCovariance(t, spec, n, h, 2000, gamma)
		}
	}
}

func TestLFSMIsTheSumsOfLFSN(t *testing.T) {
	t.Parallel()
	noise, walk := make([]float64, 200), make([]float64, 200)
	for kind, x := range map[string][]float64{"lfsn": noise, "lfsm": walk} {
		g, err := process.New(process.Spec{Kind: kind}, len(x))
		require.NoError(t, err)
		require.NoError(t, g.Generate(x, 0.8, process.Source(1, "", 0)))
	}
	process.FBM(noise)
	require.Equal(t, noise, walk)
}
