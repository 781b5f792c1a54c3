package feature

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// referenceSet is the set of one part.
func referenceSet(p part) Set {
	return Set{Name: p.name, Version: p.version, Names: p.names, parts: []part{p}}
}

func extractReference(t testing.TB, p part, x []float64) map[string]float64 {
	t.Helper()
	dst := make([]float64, len(p.names))
	require.NoError(t, NewExtractor(referenceSet(p)).Extract(dst, x))
	named := map[string]float64{}
	for i, name := range p.names {
		named[name] = dst[i]
	}
	return named
}

func TestReferenceSetsHaveTheirSizes(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{
		"reference-76": 76, "reference-54": 54, "reference-29": 29, "reference-20": 20, "reference-19": 19, "reference-unified": 76,
	}
	for _, p := range referenceParts() {
		require.Len(t, p.names, sizes[p.name], p.name)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(p.names))), sizes[p.name], "%s: names differ", p.name)
		require.NotEmpty(t, p.text)
		delete(sizes, p.name)
	}
	require.Empty(t, sizes)
}

// numpy 2.4.6 and scipy 1.17.1, by testdata/reference.py. What they compute on the series' own scale is
// computed here of the standardised series. Of the walk the mean is 1,100 times the standard deviation and
// the variance of a difference a twelfth of the variance, so that numpy itself keeps 12 digits of the
// difference; 1e-9 leaves room for the fourth moments and logarithms of these.
func TestReferenceSetsAgreeWithNumpy(t *testing.T) {
	t.Parallel()
	for _, c := range referenceCases(t) {
		for _, p := range referenceParts() {
			for name, v := range extractReference(t, p, c.X) {
				want, ok := c.Features[name]
				require.True(t, ok, name)
				require.InDelta(t, want, v, 1e-9*(1+math.Abs(want)), "%s: %s of %s", p.name, name, c.Name)
			}
		}
	}
}

type referenceCase struct {
	Name     string
	X        []float64
	Features map[string]float64
}

func referenceCases(t testing.TB) []referenceCase {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	require.NoError(t, err)
	var cases []referenceCase
	require.NoError(t, json.Unmarshal(data, &cases))
	require.Len(t, cases, 4)
	return cases
}

// A feature of two joined sets is there once, so a name of a reference's set is of the same value in every
// other set that has it.
func TestReferenceNamesMeanTheSameEverywhere(t *testing.T) {
	t.Parallel()
	x := referenceCases(t)[0].X
	values := map[string]float64{}
	for _, p := range referenceParts() {
		for name, v := range extractReference(t, p, x) {
			if before, ok := values[name]; ok {
				require.Equal(t, before, v, "%s of %s", name, p.name)
			}
			values[name] = v
		}
	}
	for _, p := range []part{basicPart(), standardPart(), robustPart(), expertPart()} {
		for _, name := range p.names {
			require.NotContains(t, values, name, p.name)
		}
	}
}

func TestReferenceSetsAreFiniteForAnyLengthAndShape(t *testing.T) {
	t.Parallel()
	shapes := map[string]func(i int) float64{
		"line":        func(i int) float64 { return float64(i) },
		"alternating": func(i int) float64 { return float64(i % 2) },
		"impulse":     func(i int) float64 { return math.Max(0, float64(1-i)) },
		"last":        func(i int) float64 { return math.Floor(float64(i+1) / 64) },
		"extreme":     func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) },
		"far":         func(i int) float64 { return math.MaxFloat64 * (1 - 1e-15*float64(i%3)) },
		"tiny":        func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i%3) },
		"white":       func(i int) float64 { return float64(i*7919%104729) / 104729 },
	}
	for _, p := range referenceParts() {
		e, dst := NewExtractor(referenceSet(p)), make([]float64, len(p.names))
		for shape, f := range shapes {
			for _, n := range []int{64, 65, 101, 102, 500, 997, 6000} {
				x := make([]float64, n)
				for i := range x {
					x[i] = f(i)
				}
				require.NoError(t, e.Extract(dst, x))
				for i, v := range dst {
					require.False(t, math.IsNaN(v) || math.Abs(v) > rawLimit, "%s of a %s of %d: %v", p.names[i], shape, n, v)
				}
			}
		}
	}
}

func TestReferenceSetsTakeAMillionPoints(t *testing.T) {
	t.Parallel()
	x := make([]float64, MaxLength)
	require.NoError(t, process.NewFGN(len(x)).Generate(x, 0.8, process.Source(3, "reference", 0)))
	got := extractReference(t, referenceParts()[0], x)
	require.InDelta(t, math.Pow(2, 0.6)-1, got["acf_1"], 0.05) // ρ(1) = 2^(2H-1) - 1, less the mean's part
	require.InDelta(t, 2*0.8-2, got["block_slope"], 0.06)
	for name, v := range got {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0), name)
	}
}

// A scale that the series has not is 0, or 1 for the rescaled range, and is not in the regression.
func TestReferenceScalesThatAreTooLong(t *testing.T) {
	t.Parallel()
	got := extractReference(t, referenceParts()[0], referenceCases(t)[2].X) // of 64 points
	require.Equal(t, 1.0, got["rs_100"])
	require.Zero(t, got["dfa_100"])
	require.Zero(t, got["block_var_64"]) // of one block
	require.Zero(t, got["acf_100"])
	require.InDelta(t, 0.6, got["rs_slope"], 0.4) // with the ones it would be below 0
}

// The first 29 and 54 of the unified features are what its svr_29 and gb_54 were.
func TestUnifiedBeginnings(t *testing.T) {
	t.Parallel()
	names := fieldNames(fieldsUnified())
	require.Equal(t, "inc_range_4", names[28])
	require.Equal(t, "detrended_mad", names[52])
	require.Equal(t, "trend_slope", names[53])
}

func fieldNames(fields []field) (names []string) {
	for _, f := range fields {
		names = append(names, f.names...)
	}
	return names
}

func TestReferenceSetsAllocateNothing(t *testing.T) {
	x := referenceCases(t)[0].X
	for _, p := range referenceParts() {
		e, dst := NewExtractor(referenceSet(p)), make([]float64, len(p.names))
		require.NoError(t, e.Extract(dst, x))
		require.Zero(t, testing.AllocsPerRun(10, func() { _ = e.Extract(dst, x) }), p.name)
	}
}

// The sorted search for near patterns counts what comparing all pairs counts: also where values are equal,
// and of the first 5,000 values when there are more.
func TestApproximateEntropyOfAllPairs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 333, 5200} {
		x := make([]float64, n)
		require.NoError(t, process.NewFGN(n).Generate(x, 0.6, process.Source(5, "entropy", uint64(n))))
		if n == 333 {
			for i := range x {
				x[i] = math.Round(3 * x[i])
			}
		}
		e := newEntropy(n)
		require.InDelta(t, allPairs(x[:min(n, mostEntropy)]), e.of(x), 1e-12, "n=%d", n)
	}
}

// allPairs is approximate entropy by its definition.
func allPairs(x []float64) float64 {
	r := 0.2 * math.Sqrt(momentsOf(x).variance)
	phi := func(m int) float64 {
		k, sum := len(x)-m+1, 0.0
		for i := range k {
			count := 0
			for j := range k {
				near := true
				for l := 0; l < m && near; l++ {
					near = math.Abs(x[i+l]-x[j+l]) <= r
				}
				if near {
					count++
				}
			}
			sum += math.Log(float64(count) / float64(k))
		}
		return sum / float64(k)
	}
	return phi(2) - phi(3)
}

func TestMedianDeviation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sorted []float64
		want   float64
	}{
		{[]float64{1, 1, 2, 2, 4, 6, 9}, 1},
		{[]float64{0, 1, 2, 10}, 1}, // median 1.5; distances 0.5, 0.5, 1.5, 8.5
		{[]float64{0, 0, 0, 5}, 0},
		{[]float64{0, 5, 5, 5}, 0},
		{[]float64{1, 2, 3, 4, 5, 6}, 1.5},
	} {
		require.InDelta(t, c.want, medianDeviation(c.sorted), 1e-15, fmt.Sprint(c.sorted))
	}
}

func BenchmarkApproximateEntropy(b *testing.B) {
	for _, n := range []int{500, 1024, 5000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x := make([]float64, n)
			require.NoError(b, process.NewFGN(n).Generate(x, 0.7, process.Source(6, "entropy", uint64(n))))
			e := newEntropy(n)
			b.ReportAllocs()
			for b.Loop() {
				e.of(x)
			}
		})
	}
}
