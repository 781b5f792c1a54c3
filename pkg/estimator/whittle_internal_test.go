package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The sum over |j| ≤ 200,000 with the integral of the rest, which is good to about 1e-12.
func TestNoiseSpectrumMatchesTheSum(t *testing.T) {
	t.Parallel()
	for _, h := range []float64{0.001, 0.1, 0.5, 0.8, 0.999} {
		f, s := newNoiseSpectrum(h), 2*h+1
		for _, lambda := range []float64{1e-6, 0.01, 0.5, 1.5, 3, math.Pi} {
			const last = 200_000
			want := 0.0
			for j := last; j >= 1; j-- {
				want += math.Pow(2*math.Pi*float64(j)+lambda, -s) + math.Pow(2*math.Pi*float64(j)-lambda, -s)
			}
			edge := 2 * math.Pi * (last + 0.5)
			want += (math.Pow(edge+lambda, 1-s) + math.Pow(edge-lambda, 1-s)) / (2 * math.Pi * (s - 1))
			want += math.Pow(lambda, -s)
			u := lambda / (2 * math.Pi)
			require.InEpsilon(t, want, f.at(math.Log(lambda), u*u), 1e-8, "h=%v λ=%v", h, lambda)
		}
	}
}

func TestZeta(t *testing.T) {
	t.Parallel()
	z := newZeta(2)
	require.InDelta(t, math.Pi*math.Pi/6, z.next(), 1e-10)
	require.InDelta(t, math.Pow(math.Pi, 4)/90, z.next(), 1e-10)
	z = newZeta(1.5)
	require.InDelta(t, 2.6123753486854883, z.next(), 1e-9)
}

func TestMinimise(t *testing.T) {
	t.Parallel()
	for _, at := range []float64{-3, 0, 0.2, 0.9, 1, 7} {
		calls := 0
		x := minimise(func(x float64) float64 { calls++; return math.Cosh(x-at) - x*1e-9 }, 0, 1, 1e-6)
		require.InDelta(t, min(1, max(0, at)), x, 1e-5)
		require.Less(t, calls, 45)
	}
	require.False(t, math.IsNaN(minimise(func(float64) float64 { return math.NaN() }, 0, 1, 1e-6)))
}
