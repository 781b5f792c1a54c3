package mixture_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/mixture"
)

func read(t testing.TB, x []float64) *mixture.Reading {
	t.Helper()
	o, err := mixture.New(len(x)).Read(x)
	require.NoError(t, err)
	for i, v := range o.Evidence {
		require.False(t, math.IsNaN(float64(v)) || math.IsInf(float64(v), 0), mixture.Evidence()[i])
	}
	for _, v := range o.Fine {
		require.False(t, math.IsNaN(float64(v)) || math.IsInf(float64(v), 0))
	}
	return o
}

func median(t testing.TB, o *mixture.Reading, expert string) float64 {
	t.Helper()
	return mixture.Quantile(row(o, position(t, expert)), 0.5, 0.02, 0.98)
}

func TestNamesAreUniqueAndFitTheReading(t *testing.T) {
	t.Parallel()
	o := read(t, series(t, 64, 0.5, "", 1))
	names := mixture.Evidence()
	require.Len(t, o.Evidence, len(names))
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(o.Evidence))
	require.Len(t, o.Log, len(mixture.Experts())*len(mixture.Nodes()))
	require.Len(t, o.Fine, len(mixture.Experts())*len(mixture.Grid()))
	require.InDelta(t, 0.98, mixture.Grid()[len(mixture.Grid())-1], 1e-12)
}

// Each expert is right about the series that it is for, and says so: of 1 % errors, six standard
// deviations of a posterior are more than a seed can bring.
func TestTheRightExpertIsRight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		chain, expert, ratio string
	}{
		{"trend(size=3)", "line", "line"},
		{"seasonality(fraction=0.125, size=1)", "best sinusoid", "sinusoid"},
		{"shift(at=0.5, size=2)", "shift", "shift"},
		{"outliers", "deleted", ""},
		{"missing(rate=0.1)", "deleted", ""},
		{"stable(alpha=1.7)", "scores", ""},
	} {
		t.Run(c.chain, func(t *testing.T) {
			t.Parallel()
			for i := range 5 {
				h := 0.3 + 0.1*float64(i)
				o := read(t, series(t, 1000, h, c.chain, uint64(i)))
				require.InDelta(t, h, median(t, o, c.expert), 6*value(t, o, "sd "+c.expert))
				if c.ratio != "" {
					require.Greater(t, value(t, o, "ratio "+c.ratio), 10.0)
				}
			}
		})
	}
}

func TestMissingIsRecognisedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	whole := series(t, 500, 0.6, "", 1)
	nan, straight := slices.Clone(whole), slices.Clone(whole)
	for k := 5; k < 495; k += 10 {
		nan[k], straight[k] = math.NaN(), (whole[k-1]+whole[k+1])/2
	}
	rounded := slices.Clone(straight)
	for k, v := range rounded {
		rounded[k] = math.Round(v*100) / 100
	}
	want := read(t, nan)
	require.InDelta(t, math.Log(49.5/501), value(t, want, "missing"), 1e-5)
	require.InDelta(t, median(t, want, "deleted"), median(t, read(t, straight), "deleted"), 1e-3)
	require.InDelta(t, median(t, want, "deleted"), median(t, read(t, rounded), "deleted"), 0.03)
	require.InDelta(t, math.Log(0.5/501), value(t, read(t, whole), "interpolated"), 1e-5)
	for k, v := range whole {
		whole[k] = math.Round(v * 100)
	}
	require.InDelta(t, math.Log(0.5/501), value(t, read(t, whole), "interpolated"), 1e-5, "rounded, nothing missing")
}

func TestUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	x := series(t, 300, 0.7, "trend(size=1)", 2)
	y := slices.Clone(x)
	for i := range y {
		y[i] = 1e6 - 300*y[i]
	}
	a, b := read(t, x), read(t, y)
	for _, e := range mixture.Experts() {
		require.InDelta(t, median(t, a, e.Name), median(t, b, e.Name), 1e-3, e.Name)
	}
}

func TestSameSeriesSameBits(t *testing.T) {
	t.Parallel()
	x := series(t, 333, 0.4, "outliers", 3)
	r := mixture.New(len(x))
	first, err := r.Read(x)
	require.NoError(t, err)
	want := slices.Clone(first.Evidence)
	_, err = r.Read(series(t, 333, 0.8, "missing(rate=0.1)", 4))
	require.NoError(t, err)
	again, err := r.Read(x)
	require.NoError(t, err)
	require.Equal(t, want, again.Evidence)
}

func TestReadTakesNoMemory(t *testing.T) {
	r := mixture.New(500)
	for i, chain := range []string{"", "outliers", "missing(rate=0.2)", "stable(alpha=1.7)", "seasonality(fraction=0.125, size=1)"} {
		x := series(t, 500, 0.7, chain, uint64(i))
		require.Zero(t, testing.AllocsPerRun(3, func() {
			if _, err := r.Read(x); err != nil {
				panic(err)
			}
		}), chain)
	}
}

func TestBadSeriesAreErrors(t *testing.T) {
	t.Parallel()
	r := mixture.New(64)
	x := make([]float64, 64)
	_, err := r.Read(x)
	require.ErrorIs(t, err, estimator.ErrConstant)
	x[3] = math.Inf(1)
	_, err = r.Read(x)
	require.ErrorIs(t, err, estimator.ErrNotFinite)
	for i := range x {
		x[i] = math.NaN()
	}
	_, err = r.Read(x)
	require.ErrorIs(t, err, estimator.ErrTooShort)
	require.ErrorContains(t, err, "0 of 64 values are known")
	require.PanicsWithValue(t, "mixture: 63 values for a reader of length 64", func() { _, _ = r.Read(x[:63]) })
	require.PanicsWithValue(t, "mixture: length 63 is less than 64", func() { mixture.New(63) })
}

// Nothing of these is noise, and nothing may go wrong.
func TestStrangeSeries(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(i int) float64{
		"line":       func(i int) float64 { return float64(i) },
		"parabola":   func(i int) float64 { return float64(i * i) },
		"impulse":    func(i int) float64 { return max(0, 1-math.Abs(float64(i-50))) },
		"step":       func(i int) float64 { return math.Floor(float64(i) / 40) },
		"sine":       func(i int) float64 { return math.Sin(float64(i)) },
		"two values": func(i int) float64 { return float64(i % 2) },
		"huge":       func(i int) float64 { return 1e300 * math.Sin(float64(i*i)) },
		"tiny":       func(i int) float64 { return 1e-300 * math.Sin(float64(i*i)) },
		"half known": func(i int) float64 { return math.Sin(float64(i*i)) + math.Log(float64(i%2)) - math.Log(float64(i%2)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{64, 101, 200} {
				x := make([]float64, n)
				for i := range x {
					x[i] = at(i)
				}
				read(t, x)
			}
		})
	}
}

func TestLongSeries(t *testing.T) {
	t.Parallel()
	o := read(t, series(t, 50_000, 0.7, "missing(rate=0.01)", 1))
	require.InDelta(t, 0.7, median(t, o, "deleted"), 0.01)
	require.InDelta(t, 0.7, median(t, o, "deleted+line"), 0.01)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a series of bytes, which is as good as any other for looking at what breaks"), uint8(3))
	r := mixture.New(64)
	f.Fuzz(func(t *testing.T, data []byte, scale uint8) {
		x := make([]float64, 64)
		for i := range x {
			x[i] = math.NaN()
			if i < len(data) && data[i] != 'N' {
				x[i] = float64(data[i]) * math.Pow(10, float64(scale)-128)
			}
		}
		o, err := r.Read(x)
		if err != nil {
			return
		}
		for _, v := range o.Evidence {
			require.False(t, math.IsNaN(float64(v)))
		}
		for _, v := range o.Fine {
			require.False(t, math.IsNaN(float64(v)))
		}
	})
}

func ExampleReader_Read() {
	x := make([]float64, 256)
	for t := range x {
		x[t] = math.Sin(float64(t*t)) + 0.01*float64(t) // looks like white noise with a trend
	}
	r := mixture.New(len(x))
	reading, err := r.Read(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	n := len(mixture.Grid())
	for i, e := range mixture.Experts()[:2] {
		fmt.Printf("%s: H = %.1f\n", e.Name, mixture.Quantile(reading.Fine[i*n:(i+1)*n], 0.5, 0.02, 0.98))
	}
	// Output:
	// clean: H = 0.8
	// line: H = 0.5
}
