package process_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// Whatever a kind is, its generator keeps these promises.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	for _, k := range process.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{k.Title, k.Hurst, k.Source} {
				require.NotEmpty(t, text)
			}
			for _, p := range k.Params {
				require.NotEmpty(t, p.Text, p.Name)
				require.True(t, p.Most > 0 || p.Default >= p.Min && p.Default <= p.Max, p.Name)
			}
			for _, n := range []int{2, 3, 17, 64, 1000} {
				requireGenerator(t, k, n)
			}
			_, err := process.New(process.Spec{Kind: k.Name}, 1)
			require.Error(t, err)
			_, err = process.New(process.Spec{Kind: k.Name}, process.MaxLength+1)
			require.Error(t, err)
		})
	}
}

func requireGenerator(t *testing.T, k process.Kind, n int) {
	t.Helper()
	g, err := process.New(process.Spec{Kind: k.Name}, n)
	if err != nil {
		require.Less(t, n, 8, "%s of %d points: %v", k.Name, n, err)
		return
	}
	x, again := make([]float64, n), make([]float64, n)
	generate := func(dst []float64, h float64, seed uint64) {
		require.NoError(t, g.Generate(dst, h, process.Source(seed, "every kind", 0)), "%s n=%d h=%v", k.Name, n, h)
	}
	for _, share := range []float64{1e-4, 0.3, 0.5, 0.8, 1 - 1e-4} {
		h := k.MinHurst + share*(k.MaxHurst-k.MinHurst)
		generate(x, h, 1)
		for _, v := range x {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s n=%d h=%v", k.Name, n, h)
		}
		generate(again, 0.4, 2) // what was made before does not matter
		generate(again, h, 1)
		require.Equal(t, x, again)
		generate(again, h, 2)
		require.NotEqual(t, x, again)
	}
	copy(x, again)
	for _, h := range []float64{k.MinHurst, k.MaxHurst, -1, 2, math.NaN(), math.Inf(1)} {
		require.ErrorContains(t, g.Generate(x, h, process.Source(1, "", 0)), "hurst exponent", k.Name)
		require.Equal(t, again, x, "an error leaves the series as it was")
	}
	require.Panics(t, func() { _ = g.Generate(x[1:], 0.5, process.Source(1, "", 0)) }, k.Name)
}

func TestEveryKindAllocatesNothing(t *testing.T) {
	for _, k := range process.Kinds() {
		g, err := process.New(process.Spec{Kind: k.Name}, 500)
		require.NoError(t, err)
		x, rng, h := make([]float64, 500), process.Source(1, "", 0), 0.3
		require.Zero(t, testing.AllocsPerRun(5, func() { h += 0.01; _ = g.Generate(x, h, rng) }), k.Name)
	}
}

func TestEveryKindGoesToAMillion(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds and half a gigabyte; run without -short")
	}
	x := make([]float64, process.MaxLength)
	for _, kind := range []string{"arfima", "mrw", "mrw-fractional", "fou", "lfsn", "break", "drift-linear"} {
		g, err := process.New(process.Spec{Kind: kind}, len(x))
		require.NoError(t, err, kind)
		require.NoError(t, g.Generate(x, 0.9, process.Source(1, "", 0)), kind)
		for _, v := range x {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				require.Fail(t, "not finite", kind)
			}
		}
	}
}

func BenchmarkKinds(b *testing.B) {
	for _, k := range process.Kinds() {
		for _, each := range []string{"", "newH/"} {
			b.Run(k.Name+"/"+each+"n=1024", func(b *testing.B) {
				g, err := process.New(process.Spec{Kind: k.Name}, 1024)
				require.NoError(b, err)
				x, rng, h := make([]float64, 1024), process.Source(1, "bench", 0), 0.7
				b.ReportAllocs()
				for b.Loop() {
					if each != "" {
						h = 0.1 + 0.8*rng.Float64()
					}
					if err := g.Generate(x, h, rng); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
