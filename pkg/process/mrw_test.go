package process_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

func mrwSpec(kind string, lambda2, scale float64) process.Spec {
	return process.Spec{Kind: kind, Params: map[string][]float64{"lambda2": {lambda2}, "scale": {scale}}}
}

// As for the fractional Ornstein–Uhlenbeck process: 4.5 standard errors, 60 checks, a right generator
// fails 4 times in 10,000 seeds (the tails of λ² = 0.02 leave the averages of 4,000 close to normal).
func TestMRWHasTheoreticalCovariance(t *testing.T) {
	t.Parallel()
	const lambda2 = 0.02
	for _, n := range []int{2, 100} {
		for _, h := range []float64{0.2, 0.5, 0.8} {
			gamma := make([]float64, n)
			for k := range gamma {
				gamma[k] = process.Autocovariance(h, k)
			}
			requireCovariance(t, mrwSpec("mrw-fractional", lambda2, 0), n, h, 4000, gamma)
			for k := range gamma {
				gamma[k] *= math.Pow(float64(k+1), -lambda2)
			}
			requireCovariance(t, mrwSpec("mrw", lambda2, 0), n, h, 4000, gamma)
		}
	}
}

// For H = 1/2 the logarithms of magnitudes have the covariance λ²·ln(L/(k+1)), and at lag 0 π²/8 more,
// the variance of ln|ε|. Both kinds are the same process then. Averages over 1,500 independent
// series: 12 checks at 4.5 standard errors, a right generator fails once in 10,000 seeds.
func TestMRWMagnitudesHaveLogarithmicCovariance(t *testing.T) {
	t.Parallel()
	const n, lambda2, scale, series = 512, 0.06, 100.0, 1500
	for _, kind := range []string{"mrw", "mrw-fractional"} {
		g, err := process.New(mrwSpec(kind, lambda2, scale), n)
		require.NoError(t, err)
		lags := []int{0, 1, 4, 20, 98, 300}
		sum, square := make([]float64, len(lags)), make([]float64, len(lags))
		// E ln|ε| = -(Euler's constant + ln 2)/2
		mean := -(0.5772156649015329+math.Ln2)/2 - lambda2*math.Log(scale)
		x := make([]float64, n)
		for i := range series {
			require.NoError(t, g.Generate(x, 0.5, process.Source(3, kind, uint64(i))))
			for t, v := range x {
				x[t] = math.Log(math.Abs(v)) - mean
			}
			for j, k := range lags {
				c := 0.0
				for s := range n - k {
					c += x[s] * x[s+k] / float64(n-k)
				}
				sum[j] += c / series
				square[j] += c * c / series
			}
		}
		for j, k := range lags {
			want := lambda2 * max(0, math.Log(scale/float64(k+1)))
			if k == 0 {
				want += math.Pi * math.Pi / 8
			}
			require.InDelta(t, want, sum[j], 4.5*math.Sqrt((square[j]-sum[j]*sum[j])/series), "%s lag=%d", kind, k)
		}
	}
}

// Moments of order q of sums over ℓ points scale with q(h+λ²) - λ²q²/2. The slopes of ln E|X|^q
// between ℓ = 8 and 512, from 300 series, had deviations of 0.004, 0.009 and 0.016 over ten seeds for
// q = 1, 2 and 3, and 0.008 for the curvature 3ζ(1) - ζ(3), which is 3λ² = 0.12, and zero for a process
// with one exponent; at these ℓ it is 0.1. The tolerances are more than four deviations beyond that.
func TestMRWMomentsScale(t *testing.T) {
	t.Parallel()
	const n, series, lambda2 = 8192, 300, 0.04
	for _, h := range []float64{0.3, 0.8} {
		g, err := process.New(mrwSpec("mrw-fractional", lambda2, 0), n)
		require.NoError(t, err)
		x := make([]float64, n)
		var short, long [3]float64
		for i := range series {
			require.NoError(t, g.Generate(x, h, process.Source(2, "moments", uint64(i))))
			addMoments(&short, x, 8)
			addMoments(&long, x, 512)
		}
		var slope [3]float64
		for q := range slope {
			slope[q] = math.Log(long[q]/short[q])/math.Log(64) + 1 // there are 64 times fewer long sums
			order := float64(q + 1)
			require.InDelta(t, order*(h+lambda2)-lambda2*order*order/2, slope[q], 0.025*order, "h=%v q=%v", h, order)
		}
		require.InDelta(t, 3*lambda2, 3*slope[0]-slope[2], 0.06, "h=%v", h)
	}
}

// addMoments adds |X|, |X|² and |X|³ of all sums over l points.
func addMoments(m *[3]float64, x []float64, l int) {
	for s := 0; s+l <= len(x); s += l {
		sum := 0.0
		for _, v := range x[s : s+l] {
			sum += v
		}
		a := math.Abs(sum)
		m[0], m[1], m[2] = m[0]+a, m[1]+a*a, m[2]+a*a*a
	}
}

func TestMRWWithoutIntermittency(t *testing.T) {
	t.Parallel()
	x, y := make([]float64, 300), make([]float64, 300)
	g, err := process.New(mrwSpec("mrw", 0, 0), len(x))
	require.NoError(t, err)
	require.NoError(t, g.Generate(x, 0.7, process.Source(1, "", 0)))
	require.NoError(t, process.NewFGN(len(y)).Generate(y, 0.7, process.Source(1, "", 0)))
	require.Equal(t, y, x)
}

func TestMRWRefusesScales(t *testing.T) {
	t.Parallel()
	_, err := process.New(mrwSpec("mrw", 0.02, 0.5), 100)
	require.ErrorContains(t, err, "scale is 0.5")
	for _, scale := range []float64{1, 2, 1e6} {
		_, err := process.New(mrwSpec("mrw", 0.02, scale), 100)
		require.NoError(t, err)
	}
}
