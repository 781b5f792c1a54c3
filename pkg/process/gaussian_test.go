package process_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// Sums over 4,000 independent series: over the 60 checks a right generator fails 4 times in 10,000
// seeds (see requireCovariance). That the covariance is right to the last digits is in
// TestCovarianceIsExact; this is what it looks like from outside.
func TestARFIMAHasTheoreticalCovariance(t *testing.T) {
	t.Parallel()
	for _, params := range []map[string][]float64{
		nil, {"ar": {0.5}}, {"ma": {-0.5}}, {"ar": {1.2, -0.5}, "ma": {0.3}},
	} {
		for _, h := range []float64{0.1, 0.5, 0.9} {
			want := make([]float64, 50)
			require.NoError(t, process.ARFIMAAutocovariance(want, h-0.5, params["ar"], params["ma"]))
			requireCovariance(t, process.Spec{Kind: "arfima", Params: params}, len(want), h, 4000, want)
		}
	}
}

func TestFBMKindIsTheSumOfFGN(t *testing.T) {
	t.Parallel()
	noise, err := process.New(process.Spec{Kind: "fgn"}, 33)
	require.NoError(t, err)
	walk, err := process.New(process.Spec{Kind: "fbm"}, 33)
	require.NoError(t, err)
	x, y := make([]float64, 33), make([]float64, 33)
	require.NoError(t, noise.Generate(x, 0.8, process.Source(1, "fbm", 0)))
	require.NoError(t, walk.Generate(y, 0.8, process.Source(1, "fbm", 0)))
	process.FBM(x)
	require.Equal(t, x, y)
	require.ErrorContains(t, walk.Generate(y, 0.995, process.Source(1, "fbm", 0)), "hurst exponent 0.995")
}

// A series depends on nothing but length, exponent and stream: not on what was generated before.
func TestGaussianKindsRemember(t *testing.T) {
	t.Parallel()
	for _, spec := range []process.Spec{
		{Kind: "fgn"}, {Kind: "fbm"}, {Kind: "arfima", Params: map[string][]float64{"ar": {0.3}}},
		{Kind: "arfima", Params: map[string][]float64{"ar": {1.9, -0.998}}},
	} {
		for _, n := range []int{2, 3, 10, 257} {
			fresh, err := process.New(spec, n)
			require.NoError(t, err)
			used, err := process.New(spec, n)
			require.NoError(t, err)
			x, y := make([]float64, n), make([]float64, n)
			for i, h := range []float64{0.3, 0.9, 0.1} {
				require.NoError(t, used.Generate(y, h, process.Source(1, "before", uint64(i))))
			}
			require.NoError(t, used.Generate(y, 0.3, process.Source(1, "now", 0)))
			require.NoError(t, fresh.Generate(x, 0.3, process.Source(1, "now", 0)))
			require.Equal(t, x, y, "%v n=%d", spec, n)
			require.Panics(t, func() { _ = fresh.Generate(make([]float64, n+1), 0.3, process.Source(1, "now", 0)) })
		}
	}
}

func TestARFIMAAllocatesNothing(t *testing.T) {
	g, err := process.New(process.Spec{Kind: "arfima", Params: map[string][]float64{"ar": {0.5}, "ma": {0.3}}}, 1000)
	require.NoError(t, err)
	x, rng, h := make([]float64, 1000), process.Source(1, "", 0), 0.2
	require.NoError(t, g.Generate(x, 0.1, rng))
	require.Zero(t, testing.AllocsPerRun(10, func() { h += 0.01; _ = g.Generate(x, h, rng) }))
}

func BenchmarkARFIMA(b *testing.B) {
	for _, n := range []int{1024} {
		b.Run(fmt.Sprintf("newH/n=%d", n), func(b *testing.B) {
			g, err := process.New(process.Spec{Kind: "arfima", Params: map[string][]float64{"ar": {0.5}}}, n)
			require.NoError(b, err)
			x, rng, h := make([]float64, n), process.Source(1, "bench", 0), 0.7
			b.ReportAllocs()
			for b.Loop() {
				h += 1e-9
				if err := g.Generate(x, h, rng); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
