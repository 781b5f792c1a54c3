package process

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// 2^i·3^j are the numbers with most factors. Their powers by math.Pow are good to an ulp or two.
func TestPowers(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	dst, p := make([]float64, n+1), newPowers(n)
	for _, e := range []float64{-1.98, -0.6, 0, 1.98} {
		p.fill(dst, e)
		for k := 1; k <= n; k += 1 + k/1000 {
			require.InEpsilon(t, math.Pow(float64(k), e), dst[k], 1e-14, "%d^%v", k, e)
		}
		for k := 1; k <= n; k *= 2 {
			require.InEpsilon(t, math.Pow(float64(k), e), dst[k], 1e-14, "%d^%v", k, e)
		}
	}
}

// What generators embed is [Autocovariance] to rounding.
func TestFGNAutocovariances(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 5, 16, 17, 18, 1000, 200_000} {
		g := NewFGN(n)
		dst := make([]float64, g.circulant.circles[0].m+1)
		for _, h := range []float64{0.0101, 0.3, 0.5, 0.75, 0.9899} {
			g.autocovariances(dst, h)
			for k := 0; k < len(dst); k += 1 + k/1000 {
				want := Autocovariance(h, k)
				rounding := 2e-14 * math.Abs(want)
				if k < seriesFrom { // differences of numbers up to 250
					rounding += 1e-13 * h
				}
				require.InDelta(t, want, dst[k], rounding, "n=%d h=%v k=%d", n, h, k)
			}
		}
	}
}

// The eigenvalues of long circles near the ends of H, where they span eight orders, against sums of the
// same autocovariances in 120 bits: 1e-9 of each is far below what any series shows.
func TestEigenvaluesNearTheEnds(t *testing.T) {
	t.Parallel()
	const m = 4096
	for _, h := range []float64{0.0101, 0.9899} {
		g := NewFGN(m + 1)
		require.NoError(t, g.Generate(make([]float64, m+1), h, Source(1, "", 0)))
		c := g.circulant.circles[0]
		require.Equal(t, m, c.m)
		for _, j := range []int{0, 1, 2, 77, m / 2, m - 1, m} {
			sum := new(big.Float).SetPrec(120).SetFloat64(1)
			for k := 1; k <= m; k++ {
				v := new(big.Float).SetPrec(120).SetFloat64(Autocovariance(h, k))
				v.Mul(v, new(big.Float).SetFloat64(math.Cos(math.Pi*float64(j*k%(2*m))/m)))
				sum.Add(sum, v)
				if k < m {
					sum.Add(sum, v)
				}
			}
			want, _ := sum.Float64()
			require.InEpsilon(t, want, c.sd[j]*c.sd[j]*4*m, 1e-9, "h=%v j=%d", h, j)
		}
	}
}
