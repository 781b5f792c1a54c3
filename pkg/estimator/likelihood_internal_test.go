package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

func fgn(t testing.TB, n int, h float64, index uint64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(11, "likelihood test", index)))
	require.NoError(t, Standardise(x, x))
	return x
}

// exactly is the log likelihood at h from the density there, without nodes or polynomials between.
func exactly(l *likelihood, h float64) float64 {
	f := make([]float64, len(l.power))
	l.model.fill(f, h)
	ratio, logs := 0.0, 0.0
	for i := l.skip; i < len(f); i++ {
		ratio += l.power[i] / f[i]
		w := 1.0
		if i == len(f)-1 {
			w = l.last
		}
		logs += w * math.Log(f[i])
	}
	return -l.count*math.Log(ratio) - logs
}

// The polynomials between nodes are held against the function itself, and the maximum against one
// that golden sections find in it.
func TestScanFollowsTheLikelihood(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 101, 500, 1024, 9000} {
		for _, h := range []float64{0.02, 0.1, 0.5, 0.8, 0.97} {
			l := newDebiasedNoise(n, options{})
			require.NoError(t, l.loadSeries(fgn(t, n, h, 1)))
			got, se := l.maximum()
			if got == 0 || got == 1 {
				continue
			}
			want := minimise(func(h float64) float64 { return -exactly(l, h) }, minHurst, maxHurst, 1e-8)
			require.InDelta(t, want, got, max(1e-6, 1e-3*se), "n=%d H=%v", n, h)
			for _, d := range []float64{-0.07, -0.013, 0.021, 0.05} {
				if x := got + d; x > minHurst && x < maxHurst {
					want, drop := exactly(l, x), exactly(l, got)-exactly(l, x)
					require.InDelta(t, want, l.over.between(l.over.u(x)), 1e-4+1e-3*drop, "n=%d H=%v x=%v", n, h, x)
				}
			}
		}
	}
}
