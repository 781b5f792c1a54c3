package mixture_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/mixture"
	"github.com/longmemory/hurst/pkg/process"
)

// series draws fractional Gaussian noise and spoils it by a chain such as "trend(size=1)".
func series(t testing.TB, n int, h float64, chain string, index uint64) []float64 {
	t.Helper()
	x, rng := make([]float64, n), process.Source(31, "mixture", index)
	require.NoError(t, process.NewFGN(n).Generate(x, h, rng))
	if chain != "" {
		spec, err := process.ParseSpec(chain)
		require.NoError(t, err)
		c, err := contamination.New([]process.Spec{spec})
		require.NoError(t, err)
		require.NoError(t, c.Apply(x, rng))
	}
	return x
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{64, 500, 1024, 8192} {
		for _, chain := range []string{"", "missing(rate=0.1)", "seasonality(fraction=0.125, size=1)"} {
			b.Run(fmt.Sprintf("n=%d/%s", n, chain), func(b *testing.B) {
				r, x := mixture.New(n), series(b, n, 0.7, chain, 1)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := r.Read(x); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for _, n := range []int{500, 8192} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				mixture.New(n)
			}
		})
	}
}
