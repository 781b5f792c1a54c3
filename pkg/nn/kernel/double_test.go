package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDotDouble holds all implementations to the same bits, and to a plain sum within what the order of
// double additions changes: n roundings of 2⁻⁵³ of Σ|x·y|.
func TestDotDouble(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		x, y := make([]float64, n), make([]float64, n)
		plain, size := 0.0, 0.0
		for i := range x {
			x[i], y[i] = float64(float32(rng.NormFloat64())), float64(float32(rng.NormFloat64()*1e3))
			plain += x[i] * y[i]
			size += math.Abs(x[i] * y[i])
		}
		want := Set{Portable}.DotDouble(x, y)
		require.InDelta(t, plain, want, float64(n+1)*0x1p-53*size)
		for path := AVX2; path <= Best().path; path++ {
			require.Equal(t, want, Set{path}.DotDouble(x, y), "%s, %d values", path, n)
		}
	}
	require.Panics(t, func() { Set{}.DotDouble(make([]float64, 3), make([]float64, 4)) })
}

func TestWiden(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i) / 3
		}
		for path := Portable; path <= Best().path; path++ {
			got := make([]float64, n+1)
			got[n] = -1 // not to be written
			Set{path}.Widen(got[:n], x)
			for i, v := range x {
				require.Equal(t, float64(v), got[i])
			}
			require.Equal(t, -1.0, got[n])
		}
	}
	require.Panics(t, func() { Set{}.Widen(make([]float64, 3), make([]float32, 4)) })
}

func BenchmarkDotDouble(b *testing.B) {
	for path := Portable; path <= Best().path; path++ {
		for _, n := range []int{62, 492, 8192} {
			b.Run(fmt.Sprintf("%s/%d", path, n), func(b *testing.B) {
				x, y := make([]float64, n), make([]float64, n)
				for b.Loop() {
					Set{path}.DotDouble(x, y)
				}
				b.ReportMetric(2*float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
