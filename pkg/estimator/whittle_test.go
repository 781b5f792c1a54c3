package estimator_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

func nile(t *testing.T) []float64 {
	t.Helper()
	f, err := os.Open("../../testdata/nile_min.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var x []float64
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[1], 64)
		require.NoError(t, err)
		x = append(x, v)
	}
	require.Len(t, x, 663)
	return x
}

func noise(t testing.TB, n int, h float64, index uint64) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(5, "estimator test", index)))
	return x
}

// R 4, longmemo: WhittleEst(NileMin)$coefficients gives H = 0.837. The s.e. is that of exact maximum
// likelihood (McLeod, Yu, Krougly 2007): 0.0303; the asymptotic one is smaller.
func TestNile(t *testing.T) {
	t.Parallel()
	e, err := estimator.Whittle{}.Estimate(nile(t))
	require.NoError(t, err)
	require.InDelta(t, 0.837, e.H, 0.003)
	require.InDelta(t, 0.028, e.SE, 0.003)
	require.Equal(t, "noise", e.Class)
	require.Equal(t, "hurst", e.Estimand)
	require.Equal(t, 0.95, e.Level)
	require.Equal(t, 663, e.N)
	require.InDelta(t, e.H+1.959964*e.SE, e.Upper, 1e-6)
	require.InDelta(t, e.H-1.959964*e.SE, e.Lower, 1e-6)
}

// Over 2,000 series the known mean absolute error of Whittle's estimator for H ~ U(0.1, 0.9) is
// 0.0225 at n = 500 and 0.0151 at n = 1024 (s.e. of the average: about 2 %); its 95 % intervals
// cover 93 to 97 %.
func TestAccuracyAndCoverage(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]float64{500: 0.0225, 1024: 0.0151} {
		const series = 2000
		g, x, w := process.NewFGN(n), make([]float64, n), estimator.Whittle{}.Prepare(n)
		mae, covered := 0.0, 0.0
		for i := range series {
			rng := process.Source(9, "accuracy", uint64(i))
			h := 0.1 + 0.8*rng.Float64()
			require.NoError(t, g.Generate(x, h, rng))
			e, err := w.Estimate(x)
			require.NoError(t, err)
			mae += math.Abs(e.H-h) / series
			if e.Lower <= h && h <= e.Upper {
				covered += 1.0 / series
			}
		}
		t.Logf("n=%d: MAE %.4f, coverage %.3f", n, mae, covered)
		require.InDelta(t, want, mae, 0.08*want)
		require.InDelta(t, 0.95, covered, 0.02)
	}
}

func TestScaleAndShiftDoNotMatter(t *testing.T) {
	t.Parallel()
	x := noise(t, 500, 0.7, 0)
	want, err := estimator.Whittle{}.Estimate(x)
	require.NoError(t, err)
	y := make([]float64, len(x))
	for _, c := range []float64{1e-300, 1e-12, -1, 1e12, 1e300} {
		for _, b := range []float64{0, 3, -1000} {
			for i, v := range x {
				y[i] = c * (v + b)
			}
			got, err := estimator.Whittle{}.Estimate(y)
			require.NoError(t, err)
			require.InDelta(t, want.H, got.H, 1e-6, "c=%v b=%v", c, b)
		}
	}
}

// fBm of H = 0.1 and fGn of H = 0.95 look alike; the estimator leans towards noise. Of 400 series of
// n = 500 each, not more than stated may be taken for the other: what is expected (see detector) and
// three standard deviations, which one count in 700 goes beyond.
func TestClass(t *testing.T) {
	t.Parallel()
	const n, series = 500, 400
	w := estimator.Whittle{}.Prepare(n)
	for _, c := range []struct {
		h      float64
		walk   bool
		atMost int
	}{
		{0.1, true, 105}, {0.2, true, 76}, {0.3, true, 14}, {0.5, true, 0}, {0.9, true, 0},
		{0.5, false, 0}, {0.7, false, 6}, {0.85, false, 7}, {0.95, false, 7},
	} {
		wrong, mae := 0, 0.0
		for i := range uint64(series) {
			x := noise(t, n, c.h, i)
			if c.walk {
				process.FBM(x)
			}
			e, err := w.Estimate(x)
			require.NoError(t, err)
			mae += math.Abs(e.H-c.h) / series
			if (e.Class == estimator.Walk) != c.walk {
				wrong++
			}
		}
		t.Logf("H=%v walk=%v: %d of %d taken for the other, MAE %.4f", c.h, c.walk, wrong, series, mae)
		assert.LessOrEqual(t, wrong, c.atMost, "H=%v walk=%v", c.h, c.walk)
	}
}

func TestBadSeriesAreNamed(t *testing.T) {
	t.Parallel()
	good := func(i int, v float64) []float64 { x := noise(t, 100, 0.5, 1); x[i] = v; return x }
	w := estimator.Whittle{}
	for _, c := range []struct {
		x    []float64
		want error
		text string
	}{
		{nil, estimator.ErrTooShort, "0 values"},
		{make([]float64, 63), estimator.ErrTooShort, "63 values"},
		{make([]float64, 64), estimator.ErrConstant, "all 64 values are 0"},
		{good(7, math.NaN()), estimator.ErrNotFinite, "value 7"},
		{good(99, math.Inf(-1)), estimator.ErrNotFinite, "-Inf"},
	} {
		_, err := w.Estimate(c.x)
		require.ErrorIs(t, err, c.want)
		require.ErrorContains(t, err, c.text)
	}
	_, err := estimator.Whittle{Settings: estimator.Settings{Level: 2}}.Estimate(good(0, 0))
	require.ErrorContains(t, err, "level 2")
}

func TestOddSeriesGiveANumber(t *testing.T) {
	t.Parallel()
	shapes := map[string]func(i int) float64{
		"line":        func(i int) float64 { return float64(i) },
		"alternating": func(i int) float64 { return float64(i % 2) },
		"impulse":     func(i int) float64 { return math.Max(0, float64(1-i)) },
		"step":        func(i int) float64 { return math.Floor(float64(i) / 50) },
		"sine":        func(i int) float64 { return math.Sin(float64(i)) },
		"extreme":     func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) },
		"tiny":        func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i%3) },
	}
	for name, f := range shapes {
		for _, n := range []int{64, 100, 101} {
			x := make([]float64, n)
			for i := range x {
				x[i] = f(i)
			}
			e, err := estimator.Whittle{}.Estimate(x)
			require.NoError(t, err, name)
			for _, v := range []float64{e.H, e.SE, e.Lower, e.Upper} {
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s n=%d: %+v", name, n, e)
			}
			require.True(t, 0 <= e.Lower && e.Lower <= e.H && e.H <= e.Upper && e.Upper <= 1, "%s: %+v", name, e)
		}
	}
}

// The series have H from 0.1 to 0.9 in turn. Those that are persistent enough to be walks take four times
// as long as the others, since they are held against walks; "persistent" has only such.
func BenchmarkWhittle(b *testing.B) {
	for _, n := range []int{500, 1024, 100_000} {
		var mixed, persistent [][]float64
		for i := range 32 {
			mixed = append(mixed, noise(b, n, 0.1+0.8*(float64(i)+0.5)/32, uint64(i)))
			persistent = append(persistent, noise(b, n, 0.8, uint64(i)))
		}
		prepared := func(all [][]float64) func(b *testing.B) {
			return func(b *testing.B) {
				w, i := estimator.Whittle{}.Prepare(n), 0
				b.ReportAllocs()
				for b.Loop() {
					if _, err := w.Estimate(all[i%len(all)]); err != nil {
						b.Fatal(err)
					}
					i++
				}
			}
		}
		b.Run(fmt.Sprintf("n=%d", n), prepared(mixed))
		b.Run(fmt.Sprintf("persistent/n=%d", n), prepared(persistent))
		b.Run(fmt.Sprintf("unprepared/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := (estimator.Whittle{}).Estimate(mixed[0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
