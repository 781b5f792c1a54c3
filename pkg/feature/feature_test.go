package feature_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/process"
)

func extractor(t testing.TB, name string) (*feature.Extractor, []float64) {
	t.Helper()
	set, err := feature.Lookup(name)
	require.NoError(t, err)
	return feature.NewExtractor(set), make([]float64, len(set.Names))
}

// features returns the features of one series by name.
func features(t testing.TB, set string, x []float64) map[string]float64 {
	t.Helper()
	e, dst := extractor(t, set)
	require.NoError(t, e.Extract(dst, x))
	s, err := feature.Lookup(set)
	require.NoError(t, err)
	named := map[string]float64{}
	for i, name := range s.Names {
		named[name] = dst[i]
	}
	return named
}

func noise(t testing.TB, n int, h float64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(2, "feature test", uint64(n))))
	return x
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, name := range feature.Sets() {
		set, err := feature.Lookup(name)
		require.NoError(t, err)
		require.NotEmpty(t, feature.Describe(name))
		sorted := slices.Sorted(slices.Values(set.Names))
		require.Len(t, slices.Compact(sorted), len(set.Names), "%s: names differ", name)
	}
	basic, err := feature.Lookup("basic")
	require.NoError(t, err)
	require.Len(t, basic.Names, 29)
	_, err = feature.Lookup("fancy")
	require.ErrorContains(t, err, `no feature set "fancy": known are basic`)
	_, err = feature.Lookup("basic+expert+basic")
	require.ErrorContains(t, err, "names basic twice")
	_, err = feature.Lookup("basic+standard")
	require.ErrorContains(t, err, "sets basic and standard both have a band0")
	_, err = feature.Lookup("basic+")
	require.ErrorContains(t, err, `no feature set ""`)
}

// Joined sets have the features of each, in order, and those that several have once.
func TestJoinedSets(t *testing.T) {
	t.Parallel()
	x := noise(t, 300, 0.6)
	both := features(t, "standard+robust", x)
	for _, name := range []string{"standard", "robust"} {
		one := features(t, name, x)
		for feature, v := range one {
			require.Equal(t, v, both[feature], feature)
		}
	}
	set, err := feature.Lookup("standard+robust")
	require.NoError(t, err)
	require.Len(t, both, len(set.Names))
	require.Equal(t, 1, count(set.Names, "log_n"))
}

func count(names []string, name string) (n int) {
	for _, one := range names {
		if one == name {
			n++
		}
	}
	return n
}

// White noise has every logarithm at 0: all bands, scales and correlations. With n = 200,000 the
// coarsest scale and the narrowest band have about 800 values, so a standard error below 0.06.
func TestWhiteNoiseIsZero(t *testing.T) {
	t.Parallel()
	e, dst := extractor(t, "basic")
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
	e, dst := extractor(t, "basic")
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

// ours is the sets that do not depend on mean and scale.
const ours = "standard+robust+expert"

func TestScaleAndShiftDoNotMatter(t *testing.T) {
	t.Parallel()
	e, want := extractor(t, ours)
	got := make([]float64, len(want))
	x := noise(t, 777, 0.7)
	require.NoError(t, e.Extract(want, x))
	for _, c := range []float64{1e-12, 3, 1e12} {
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
	e, dst := extractor(t, ours)
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
	e, dst := extractor(t, "basic")
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
	e, want := extractor(t, ours)
	got, x := make([]float64, len(want)), noise(t, 500, 0.6)
	require.NoError(t, e.Extract(want, x))
	for _, n := range []int{64, 70_000, 1001, 30_000, 40_000} {
		require.NoError(t, e.Extract(got, noise(t, n, 0.3)))
	}
	require.NoError(t, e.Extract(got, x))
	require.Equal(t, want, got)
}

func TestExtractAllocatesNothing(t *testing.T) {
	e, dst := extractor(t, "standard+robust+expert+reference-76+reference-unified")
	x := noise(t, 500, 0.6)
	require.NoError(t, e.Extract(dst, x))
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = e.Extract(dst, x) }))
}

func BenchmarkExtract(b *testing.B) {
	for _, set := range append(feature.Sets(), "standard+robust+expert") {
		for _, n := range []int{500, 1024, 8192} {
			b.Run(fmt.Sprintf("%s/n=%d", set, n), func(b *testing.B) {
				e, dst := extractor(b, set)
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
}

func names(t testing.TB, set string) []string {
	t.Helper()
	s, err := feature.Lookup(set)
	require.NoError(t, err)
	return s.Names
}
