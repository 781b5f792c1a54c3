package fft_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fft"
)

func TestEvenMatchesNaiveTransform(t *testing.T) {
	t.Parallel()
	halves := []int{243, 256, 331, 500, 625, 1000, 1024, 1009}
	for m := 1; m <= 100; m++ {
		halves = append(halves, m)
	}
	for _, m := range halves {
		rng := rand.New(rand.NewPCG(uint64(m), 2))
		c, want, size := make([]float64, m+1), make([]float64, m+1), 0.0
		for k := range c {
			c[k] = rng.NormFloat64()
			size += 2 * math.Abs(c[k])
		}
		for j := range want {
			want[j] = c[0] + float64(1-2*(j%2))*c[m]
			for k := 1; k < m; k++ {
				want[j] += 2 * c[k] * math.Cos(math.Pi*float64(j*k%(2*m))/float64(m))
			}
		}
		e := fft.NewEven(m)
		got := e.Spectrum(nil, c)
		for j := range want {
			require.InDelta(t, want[j], got[j], 1e-15*size, "m=%d j=%d", m, j)
		}
		require.Equal(t, got, e.Spectrum(nil, c), "again")
		require.Equal(t, got, e.Spectrum(c, c), "in place")
	}
}

func TestEvenIsItsOwnInverse(t *testing.T) {
	t.Parallel()
	const m = 1 << 15
	c, rng := make([]float64, m+1), rand.New(rand.NewPCG(1, 1))
	for k := range c {
		c[k] = rng.Float64() - 0.5
	}
	e := fft.NewEven(m)
	twice := e.Spectrum(nil, e.Spectrum(nil, c))
	for k := range c {
		require.InDelta(t, c[k], twice[k]/(2*m), 1e-13)
	}
}

func TestEvenPanicsOnWrongLengths(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, "fft: half length 0 is not positive", func() { fft.NewEven(0) })
	require.Panics(t, func() { fft.NewEven(4).Spectrum(nil, make([]float64, 4)) })
	require.Panics(t, func() { fft.NewEven(4).Spectrum(make([]float64, 4), make([]float64, 5)) })
	require.Equal(t, 4, fft.NewEven(4).Len())
}

func BenchmarkEvenSpectrum(b *testing.B) {
	for _, m := range []int{500, 1024, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("m=%d", m), func(b *testing.B) {
			e, c, dst := fft.NewEven(m), make([]float64, m+1), make([]float64, m+1)
			for i := range c {
				c[i] = 1 / float64(1+i)
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Spectrum(dst, c)
			}
		})
	}
}
