package feature_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/process"
)

func extractor(t testing.TB) (*feature.Extractor, []float64) {
	t.Helper()
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	return feature.NewExtractor(set), make([]float64, len(set.Names))
}

func noise(t testing.TB, n int, h float64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(2, "feature test", uint64(n))))
	return x
}

func TestLookup(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"basic"}, feature.Sets())
	set, err := feature.Lookup("basic")
	require.NoError(t, err)
	require.Len(t, set.Names, 29)
	seen := map[string]bool{}
	for _, name := range set.Names {
		require.False(t, seen[name], name)
		seen[name] = true
	}
	_, err = feature.Lookup("fancy")
	require.ErrorContains(t, err, `no feature set "fancy": known are basic`)
}

// White noise has every logarithm at 0: all bands, scales and correlations. With n = 200,000 the
// coarsest scale and the narrowest band have about 800 values, so a standard error below 0.06.
func TestWhiteNoiseIsZero(t *testing.T) {
	t.Parallel()
	e, dst := extractor(t)
	require.NoError(t, e.Extract(dst, noise(t, 200_000, 0.5)))
	for i, v := range dst[:27] {
		require.InDelta(t, 0, v, 0.2, "feature %d", i)
	}
	require.InDelta(t, math.Log(200_000), dst[27], 1e-12)
}

// For fGn the scales' logarithms grow by (2H-1)·log 2 from one to the next, and the logarithm of the
// periodogram has the slope 1-2H at low frequencies.
func TestScalesFollowH(t *testing.T) {
	t.Parallel()
	e, dst := extractor(t)
	for _, h := range []float64{0.2, 0.8} {
		require.NoError(t, e.Extract(dst, noise(t, 500_000, h)))
		growth := (2*h - 1) * math.Ln2
		for j := 11; j < 16; j++ {
			require.InDelta(t, growth, dst[j+1]-dst[j], 0.1, "haar, h=%v", h)
		}
		for j := 23; j < 26; j++ {
			require.InDelta(t, growth, dst[j+1]-dst[j], 0.1, "aggregated, h=%v", h)
		}
		for j := 5; j < 8; j++ {
			require.InDelta(t, growth, dst[j+1]-dst[j], 0.2, "band, h=%v", h)
		}
		require.InDelta(t, math.Atanh(process.Autocovariance(h, 1)), dst[17], 0.05)
	}
}

func TestScaleAndShiftDoNotMatter(t *testing.T) {
	t.Parallel()
	e, want := extractor(t)
	got := make([]float64, len(want))
	x := noise(t, 777, 0.7)
	require.NoError(t, e.Extract(want, x))
	for _, c := range []float64{1e-12, -3, 1e12} {
		for _, b := range []float64{0, 100} {
			y := make([]float64, len(x))
			for i, v := range x {
				y[i] = c * (v + b)
			}
			require.NoError(t, e.Extract(got, y))
			require.InDeltaSlice(t, want, got, 1e-8)
		}
	}
}

func TestEveryLengthAndShapeGivesFiniteFeatures(t *testing.T) {
	t.Parallel()
	e, dst := extractor(t)
	shapes := map[string]func(i int) float64{
		"line":        func(i int) float64 { return float64(i) },
		"alternating": func(i int) float64 { return float64(i % 2) },
		"impulse":     func(i int) float64 { return math.Max(0, float64(1-i)) },
		"sine":        func(i int) float64 { return math.Sin(float64(i) * math.Pi / 8) },
		"extreme":     func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) },
		"tiny":        func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i%3) },
		"step":        func(i int) float64 { return math.Floor(float64(i) / 40) },
	}
	for name, f := range shapes {
		for _, n := range []int{64, 65, 67, 97, 128, 1000, 9973} {
			x := make([]float64, n)
			for i := range x {
				x[i] = f(i)
			}
			require.NoError(t, e.Extract(dst, x), "%s n=%d", name, n)
			for i, v := range dst {
				require.False(t, math.IsNaN(v) || math.Abs(v) > 20, "%s n=%d feature %d: %v", name, n, i, v)
			}
		}
	}
}

func TestBadSeriesAreNamed(t *testing.T) {
	t.Parallel()
	e, dst := extractor(t)
	require.ErrorIs(t, e.Extract(dst, make([]float64, 63)), estimator.ErrTooShort)
	require.ErrorIs(t, e.Extract(dst, make([]float64, 64)), estimator.ErrConstant)
	x := noise(t, 100, 0.5)
	x[3] = math.NaN()
	require.ErrorIs(t, e.Extract(dst, x), estimator.ErrNotFinite)
	require.ErrorContains(t, e.Extract(dst, make([]float64, feature.MaxLength+1)), "too long")
	require.Panics(t, func() { _ = e.Extract(dst[1:], x) })
}

// A length seen before gives the same bits, whatever came between.
func TestLengthsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	e, want := extractor(t)
	got, x := make([]float64, len(want)), noise(t, 500, 0.6)
	require.NoError(t, e.Extract(want, x))
	for _, n := range []int{64, 1_000_000, 999_999, 1001} {
		require.NoError(t, e.Extract(got, noise(t, n, 0.3)))
	}
	require.NoError(t, e.Extract(got, x))
	require.Equal(t, want, got)
}

func TestExtractAllocatesNothing(t *testing.T) {
	e, dst := extractor(t)
	x := noise(t, 500, 0.6)
	require.NoError(t, e.Extract(dst, x))
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = e.Extract(dst, x) }))
}

func BenchmarkExtract(b *testing.B) {
	for _, n := range []int{500, 1024, 1_000_000} {
		b.Run(fmt.Sprintf("basic/n=%d", n), func(b *testing.B) {
			e, dst := extractor(b)
			x := noise(b, n, 0.7)
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Extract(dst, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
