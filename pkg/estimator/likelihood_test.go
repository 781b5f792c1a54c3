package estimator_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// likelihoods returns the estimators of the family.
func likelihoods(t testing.TB) []estimator.Method {
	t.Helper()
	var all []estimator.Method
	for _, m := range estimator.Methods() {
		if m.Family == estimator.FamilyLikelihood {
			all = append(all, m)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// The Nile's yearly minima, 622 to 1284. R 4 with longmemo 1.1: WhittleEst(NileMin)$coefficients
// gives H = 0.837, and with model = "fARIMA" 0.899, both to three digits. McLeod, Yu, Krougly 2007 give
// the exact 0.8315; their s.e., 0.0303, is the one that d has in ARFIMA(0,d,0), √(6/π²n), while H of
// fractional Gaussian noise is known better. The other values are our own, as a record.
func TestLikelihoodsOnTheNile(t *testing.T) {
	t.Parallel()
	x := nile(t)
	for _, c := range []struct {
		e         estimator.Estimator
		h, within float64
		se        float64
	}{
		{estimator.Whittle{}, 0.837, 0.003, 0.0268},
		{estimator.WhittleARFIMA{Integral: true}, 0.899, 0.0005, 0.0316},
		{estimator.WhittleARFIMA{}, 0.9055, 0.0005, 0.0316},
		{estimator.WhittleARFIMA{AR: true}, 0.879, 0.001, 0.054},
		{estimator.ML{}, 0.8315, 0.0001, 0.0265},
		{estimator.ML{ARFIMA: true}, 0.8926, 0.0005, 0.0309},
		{estimator.Debiased{}, 0.8370, 0.0005, 0.0264},
		{estimator.Posterior{}, 0.8379, 0.0005, 0.0249},
		{estimator.Posterior{Mean: true}, 0.8384, 0.0005, 0.0249},
		{estimator.Posterior{ARFIMA: true}, 0.9028, 0.0005, 0.0305},
	} {
		e, err := c.e.Estimate(x)
		require.NoError(t, err)
		assert.InDelta(t, c.h, e.H, c.within, "%T%+v", c.e, c.e)
		assert.InDelta(t, c.se, e.SE, 0.0005, "%T%+v", c.e, c.e)
		assert.Equal(t, estimator.Noise, e.Class)
		assert.True(t, e.Lower < e.H && e.H < e.Upper, "%+v", e)
	}
}

// ARFIMA(1, d, 0) of φ = 0.5 and -0.5: d must not follow φ, as it does when φ is left out, by
// 0.3. The mean of 300 estimates is known to 0.004; it has a bias of 0.03 for φ = 0.5.
func TestShortMemoryIsNotTakenForLong(t *testing.T) {
	t.Parallel()
	const n, series = 1024, 300
	e := estimator.WhittleARFIMA{AR: true, Settings: estimator.Settings{Class: estimator.Noise}}.Prepare(n)
	x := make([]float64, n)
	for _, phi := range []float64{0.5, -0.5} {
		g, err := process.New(process.Spec{Kind: "arfima", Params: map[string][]float64{"ar": {phi}}}, n)
		require.NoError(t, err)
		mean, covered := 0.0, 0
		for i := range uint64(series) {
			require.NoError(t, g.Generate(x, 0.7, process.Source(21, "short memory", i)))
			got, err := e.Estimate(x)
			require.NoError(t, err)
			mean += got.H / series
			if got.Lower <= 0.7 && 0.7 <= got.Upper {
				covered++
			}
		}
		t.Logf("φ=%v: mean H %.3f, %d of %d covered", phi, mean, covered, series)
		require.InDelta(t, 0.7, mean, 0.045, "φ=%v", phi)
		require.GreaterOrEqual(t, covered, series*88/100, "φ=%v", phi)
	}
}

// At n = 128 and of 1,000 series the average error is known to 2.4 %, and coverage to 0.7 %; the table
// of tests/accuracy is ten times finer. The limits are those of shared tables: 0.0454 for Whittle's
// estimator, 0.0457 for the debiased one, 0.0479 for the exact, and 0.0434 for the best there can be.
func TestLikelihoodsAreAccurateAndHonest(t *testing.T) {
	t.Parallel()
	const n, series = 128, 1000
	s := estimator.Settings{Class: estimator.Noise}
	for name, c := range map[string]struct {
		e   estimator.Estimator
		mae float64
	}{
		"whittle":         {estimator.Whittle{Settings: s}, 0.0470},
		"debiased":        {estimator.Debiased{Settings: s}, 0.0470},
		"exact":           {estimator.ML{Settings: s}, 0.0479},
		"debiased-median": {estimator.Posterior{Settings: s, From: 0.1, To: 0.9}, 0.0434},
		"debiased-mean":   {estimator.Posterior{Settings: s, From: 0.1, To: 0.9, Mean: true}, 0.0434},
	} {
		g, x, e := process.NewFGN(n), make([]float64, n), c.e.Prepare(n)
		mae, covered := 0.0, 0
		for i := range uint64(series) {
			rng := process.Source(22, "likelihoods", i)
			h := 0.1 + 0.8*rng.Float64()
			require.NoError(t, g.Generate(x, h, rng))
			got, err := e.Estimate(x)
			require.NoError(t, err)
			mae += math.Abs(got.H-h) / series
			if got.Lower <= h && h <= got.Upper {
				covered++
			}
		}
		t.Logf("%-16s MAE %.4f, %.1f %% covered", name, mae, 100*float64(covered)/series)
		assert.Less(t, mae, 1.09*c.mae, name)
		assert.InDelta(t, 0.95, float64(covered)/series, 0.025, name)
	}
}

// A prior that knows more than the series decides.
func TestPriorsCount(t *testing.T) {
	t.Parallel()
	x := noise(t, 200, 0.7, 3)
	for _, c := range []struct {
		p        estimator.Posterior
		from, to float64
	}{
		{estimator.Posterior{From: 0.2, To: 0.4}, 0.35, 0.4},
		{estimator.Posterior{From: 0.9, To: 1}, 0.9, 0.95},
		{estimator.Posterior{Alpha: 3000, Beta: 7000}, 0.29, 0.32},
		{estimator.Posterior{Alpha: 2, Beta: 2}, 0.6, 0.8},
		{estimator.Posterior{Alpha: 1e8, Beta: 1e8}, 0.499, 0.501},
	} {
		e, err := c.p.Estimate(x)
		require.NoError(t, err)
		assert.True(t, c.from <= e.H && e.H <= c.to, "%+v: %+v", c.p, e)
		assert.True(t, e.Lower <= e.H && e.H <= e.Upper, "%+v: %+v", c.p, e)
	}
}

func TestBadPriorsAreNamed(t *testing.T) {
	t.Parallel()
	x := noise(t, 100, 0.5, 0)
	for _, c := range []struct {
		p    estimator.Posterior
		text string
	}{
		{estimator.Posterior{From: 0.5, To: 0.5}, "from 0.5 to 0.5"},
		{estimator.Posterior{From: -1, To: 0.5}, "from -1"},
		{estimator.Posterior{From: 0.5, To: 2}, "to 2"},
		{estimator.Posterior{To: math.NaN()}, "NaN"},
		{estimator.Posterior{From: 0.9995, To: 1}, "between 0.001 and 0.999"},
		{estimator.Posterior{Alpha: 0.5, Beta: 2}, "Beta(0.5, 2)"},
		{estimator.Posterior{Alpha: -1, Beta: 2}, "Beta(-1, 2)"},
		{estimator.Posterior{Alpha: math.Inf(1), Beta: 2}, "Beta(+Inf, 2)"},
	} {
		_, err := c.p.Estimate(x)
		require.ErrorContains(t, err, c.text)
	}
}

func TestExactLikelihoodOfTooMuch(t *testing.T) {
	t.Parallel()
	x := noise(t, estimator.MaxExact+1, 0.5, 0)
	_, err := estimator.ML{Settings: estimator.Settings{Class: estimator.Noise}}.Estimate(x)
	require.ErrorIs(t, err, estimator.ErrTooLong)
	require.ErrorContains(t, err, "20001 values")
	require.ErrorContains(t, err, "at most 20000")
}

func TestLikelihoodsDependOnNeitherScaleNorShift(t *testing.T) {
	t.Parallel()
	x := noise(t, 300, 0.7, 5)
	y := make([]float64, len(x))
	for _, m := range likelihoods(t) {
		e := m.New(estimator.Settings{}).Prepare(len(x))
		want, err := e.Estimate(x)
		require.NoError(t, err)
		for _, c := range []float64{1e-300, 1e-12, -1, 1e12, 1e300} {
			for i, v := range x {
				y[i] = c * (v + 3)
			}
			got, err := e.Estimate(y)
			require.NoError(t, err)
			require.InDelta(t, want.H, got.H, 1e-6, "%s c=%v", m.Name, c)
			require.InDelta(t, want.Upper, got.Upper, 1e-6, "%s c=%v", m.Name, c)
		}
	}
}

// What was estimated before may change nothing, not even a bit.
func TestLikelihoodsKeepNothing(t *testing.T) {
	t.Parallel()
	x, y := noise(t, 500, 0.3, 1), noise(t, 500, 0.9, 2)
	process.FBM(y)
	for _, m := range likelihoods(t) {
		e := m.New(estimator.Settings{}).Prepare(len(x))
		first, err := e.Estimate(x)
		require.NoError(t, err)
		first.Fit = nil
		_, err = e.Estimate(y)
		require.NoError(t, err)
		again, err := e.Estimate(x)
		require.NoError(t, err)
		again.Fit = nil
		require.Equal(t, first, again, m.Name)
		once, err := m.New(estimator.Settings{}).Estimate(x)
		require.NoError(t, err)
		once.Fit = nil
		require.Equal(t, first, once, m.Name)
	}
}

func TestLikelihoodsAllocateNothing(t *testing.T) {
	x, walk := noise(t, 500, 0.7, 1), noise(t, 500, 0.4, 2)
	process.FBM(walk)
	for _, m := range likelihoods(t) {
		e := m.New(estimator.Settings{}).Prepare(len(x))
		require.Zero(t, testing.AllocsPerRun(3, func() {
			_, err := e.Estimate(x)
			require.NoError(t, err)
			_, err = e.Estimate(walk)
			require.NoError(t, err)
		}), m.Name)
	}
}

func TestLikelihoodPlots(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 65, 500, 20_000} {
		x := noise(t, n, 0.8, 1)
		for _, m := range likelihoods(t) {
			if m.Name == "ml" || m.Name == "ml-arfima" {
				continue // the plot is the debiased likelihood's
			}
			e, err := m.New(estimator.Settings{Class: estimator.Noise}).Estimate(x)
			require.NoError(t, err)
			f := e.Fit
			require.NotNil(t, f, m.Name)
			require.LessOrEqual(t, len(f.X), 200)
			require.Len(t, f.Y, len(f.X))
			require.Len(t, f.Curve, len(f.X))
			// Through the points on average, and about as steep as 1 - 2H.
			off := 0.0
			for i := f.From; i < f.To; i++ {
				off += (math.Pow(10, f.Y[i]-f.Curve[i]) - 1) / float64(f.To-f.From)
			}
			require.InDelta(t, 0, off, 0.4, "%s n=%d", m.Name, n)
			require.Less(t, f.Slope, 0.0, "%s n=%d", m.Name, n)
			require.InDelta(t, 1, f.R2, 0.3)
		}
	}
}

// Densities are not kept for so many values.
func TestLikelihoodsOfLongSeries(t *testing.T) {
	t.Parallel()
	const n = 20_011 // a prime
	x := noise(t, n, 0.7, 1)
	for _, m := range likelihoods(t) {
		e, err := m.New(estimator.Settings{}).Estimate(x)
		if m.Name == "ml" || m.Name == "ml-arfima" {
			require.ErrorIs(t, err, estimator.ErrTooLong)
			continue
		}
		require.NoError(t, err)
		if m.Estimand == estimator.Hurst {
			require.InDelta(t, 0.7, e.H, 0.023, m.Name) // five standard errors
		}
		require.Equal(t, estimator.Noise, e.Class)
	}
	process.FBM(x)
	e, err := estimator.Whittle{}.Estimate(x)
	require.NoError(t, err)
	require.Equal(t, estimator.Walk, e.Class)
	require.InDelta(t, 0.7, e.H, 0.023)
}

// Shapes that no process makes, among them those whose periodogram is zero nearly everywhere.
func TestLikelihoodsOfOddSeries(t *testing.T) {
	t.Parallel()
	for _, m := range likelihoods(t) {
		for _, class := range []string{"", estimator.Noise, estimator.Walk} {
			for _, n := range []int{64, 101} {
				for name, x := range oddities(n) {
					e, err := m.New(estimator.Settings{Class: class}).Estimate(x)
					requireSound(t, e, err, fmt.Sprintf("%s %s %s n=%d", m.Name, class, name, n))
				}
			}
		}
	}
}

func oddities(n int) map[string][]float64 {
	odd := map[string][]float64{}
	for name, f := range map[string]func(i int) float64{
		"line":        func(i int) float64 { return float64(i) },
		"parabola":    func(i int) float64 { return float64(i * i) },
		"alternating": func(i int) float64 { return float64(i % 2) },
		"impulse":     func(i int) float64 { return math.Max(0, float64(1-i)) },
		"step":        func(i int) float64 { return math.Floor(float64(i) / 50) },
		"sine":        func(i int) float64 { return math.Sin(2 * math.Pi * 3 * float64(i) / float64(n)) },
		"extreme":     func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) },
		"tiny":        func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i%3) },
		"two values":  func(i int) float64 { return float64(i * i % 7 / 4) },
	} {
		x := make([]float64, n)
		for i := range x {
			x[i] = f(i)
		}
		odd[name] = x
	}
	return odd
}

// requireSound fails unless an estimate is a number in its interval, or an error.
func requireSound(t *testing.T, e estimator.Estimate, err error, what string) {
	t.Helper()
	if err != nil {
		require.Zero(t, e, what)
		return
	}
	for _, v := range []float64{e.H, e.SE, e.Lower, e.Upper} {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s: %+v", what, e)
	}
	require.True(t, 0 < e.H && e.H < 1, "%s: %+v", what, e)
	require.True(t, 0 <= e.Lower && e.Lower <= e.Upper && e.Upper <= 1, "%s: %+v", what, e)
	require.GreaterOrEqual(t, e.SE, 0.0, what)
	for _, y := range [][]float64{e.Fit.X, e.Fit.Y, e.Fit.Curve, {e.Fit.Slope, e.Fit.Intercept, e.Fit.R2}} {
		for _, v := range y {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s: %+v", what, e.Fit)
		}
	}
}

func FuzzLikelihoods(f *testing.F) {
	for _, seed := range [][]byte{nil, {0}, {1, 2, 3}, {255, 0, 255, 0}, {7, 7, 7, 7, 7}, {128, 129, 1, 250, 17, 99}} {
		for kind := range uint8(6) {
			f.Add(seed, kind, uint8(64))
		}
	}
	f.Add([]byte("the quick brown fox"), uint8(0), uint8(0))
	methods := estimator.Methods()
	f.Fuzz(func(t *testing.T, data []byte, kind, length uint8) {
		x := fuzzed(data, kind, int(length))
		for _, m := range methods {
			if m.Family == estimator.FamilyLikelihood {
				e, err := m.New(estimator.Settings{}).Estimate(x)
				requireSound(t, e, err, m.Name)
			}
		}
	})
}

// fuzzed returns a series of the given length from bytes, with values such as real ones are not.
func fuzzed(data []byte, kind uint8, length int) []float64 {
	x := make([]float64, length)
	for i := range x {
		if len(data) > 0 {
			x[i] = float64(data[i%len(data)])
		}
		switch kind % 6 {
		case 1:
			x[i] *= 1e308 / 255
		case 2:
			x[i] *= math.SmallestNonzeroFloat64
		case 3:
			x[i] += 1e17 * float64(i%2)
		case 4:
			x[i] += float64(i) * 1e9
		case 5:
			if x[i] == 255 {
				x[i] = math.NaN()
			}
		}
	}
	return x
}

func BenchmarkLikelihoods(b *testing.B) {
	for _, m := range likelihoods(b) {
		for _, n := range []int{500, 1024, 8192} {
			if n == 8192 && (m.Name == "ml" || m.Name == "ml-arfima") {
				continue
			}
			x := noise(b, n, 0.6, 0)
			b.Run(fmt.Sprintf("%s/n=%d", m.Name, n), func(b *testing.B) {
				e := m.New(estimator.Settings{}).Prepare(n)
				_, err := e.Estimate(x) // computes the densities
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := e.Estimate(x); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
