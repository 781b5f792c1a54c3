package estimator_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// timeDomain returns the methods of the family.
func timeDomain(t testing.TB) []estimator.Method {
	t.Helper()
	var out []estimator.Method
	for _, m := range estimator.Methods() {
		if m.Family == estimator.FamilyTime {
			out = append(out, m)
		}
	}
	require.GreaterOrEqual(t, len(out), 13)
	return out
}

// timeMAE is, for fGn of n = 512 and H ~ U(0.1, 0.9), the mean absolute error that must not be
// passed: what was measured over 4,000 series, and a tenth. The average of 400 series scatters by
// 4 %, so that a method which is as good as it was fails once in a hundred seeds; the seed is fixed.
func timeMAE() map[string]float64 {
	return map[string]float64{
		"rs": 0.084, "rs-al": 0.069, "dfa": 0.0355, "dfa2": 0.034, "dfa3": 0.034, "dma": 0.034, "aggvar": 0.0325,
		"higuchi": 0.031, "ghe": 0.031, "ghe2": 0.030, "variogram": 0.031, "madogram": 0.035, "lag1": 0.031, "mfdfa": 0.038,
	}
}

func TestTimeDomainAccuracyAndCoverage(t *testing.T) {
	t.Parallel()
	const n, series = 512, 400
	for _, m := range timeDomain(t) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			g, x := process.NewFGN(n), make([]float64, n)
			p := m.New(estimator.Settings{Class: estimator.Noise}).Prepare(n)
			mae, covered := 0.0, 0.0
			for i := range series {
				rng := process.Source(11, "time domain", uint64(i))
				h := 0.1 + 0.8*rng.Float64()
				require.NoError(t, g.Generate(x, h, rng))
				e, err := p.Estimate(x)
				require.NoError(t, err)
				mae += math.Abs(e.H-h) / series
				if e.Lower <= h && h <= e.Upper {
					covered += 1.0 / series
				}
			}
			t.Logf("MAE %.4f, coverage %.3f", mae, covered)
			require.LessOrEqual(t, mae, timeMAE()[m.Name])
			// Binomial, 3 standard deviations of 400 draws at 0.95, and 1 % for the table.
			require.InDelta(t, 0.95, covered, 0.043)
		})
	}
}

// A tenth of H either way is what no method of this family misses by at n = 4096, but R/S.
func TestTimeDomainTakesWalks(t *testing.T) {
	t.Parallel()
	const n = 4096
	for _, m := range timeDomain(t) {
		for _, h := range []float64{0.3, 0.5, 0.7} {
			for _, class := range []string{"", estimator.Walk} {
				x := noise(t, n, h, 3)
				process.FBM(x)
				e, err := m.New(estimator.Settings{Class: class}).Estimate(x)
				require.NoError(t, err)
				require.Equal(t, estimator.Walk, e.Class, m.Name)
				require.InDelta(t, h, e.H, 0.15, m.Name)
			}
		}
	}
}

func TestTimeDomainFitsAreLines(t *testing.T) {
	t.Parallel()
	x := noise(t, 512, 0.7, 1)
	for _, m := range timeDomain(t) {
		e, err := m.New(estimator.Settings{}).Estimate(x)
		require.NoError(t, err, m.Name)
		f := e.Fit
		require.NotNil(t, f, m.Name)
		require.Equal(t, 0, f.From, m.Name)
		require.Equal(t, len(f.X), f.To, m.Name)
		require.Len(t, f.Y, len(f.X), m.Name)
		require.NotEmpty(t, f.XLabel, m.Name)
		require.NotEmpty(t, f.YLabel, m.Name)
		require.Greater(t, f.R2, 0.8, m.Name)
		require.IsIncreasing(t, f.X, m.Name)
	}
}

// What has no fluctuations at some scale is refused by name, not given a number.
func TestNothingToFit(t *testing.T) {
	t.Parallel()
	line, alternating := make([]float64, 100), make([]float64, 100)
	for i := range line {
		line[i], alternating[i] = float64(i), float64(i%2)
	}
	noiseLike := estimator.Settings{Class: estimator.Noise}
	for name, c := range map[string]struct {
		e estimator.Estimator
		x []float64
	}{
		"DFA-2 of a line":      {estimator.DFA{Settings: noiseLike, Order: 2}, line},
		"MFDFA-2 of a line":    {estimator.MFDFA{Settings: noiseLike, Order: 2}, line},
		"pairs of alternation": {estimator.GHE{Settings: noiseLike}, alternating},
		"variogram":            {estimator.Variogram{Settings: noiseLike}, alternating},
		"Higuchi":              {estimator.Higuchi{Settings: noiseLike}, alternating},
		"aggregated variance":  {estimator.AggregatedVariance{Settings: noiseLike}, alternating},
		"lag 1":                {estimator.Lag1{Settings: noiseLike}, alternating},
	} {
		_, err := c.e.Estimate(c.x)
		require.ErrorIs(t, err, estimator.ErrNoFit, name)
	}
}

func TestSettingsThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	x := noise(t, 100, 0.5, 0)
	for text, e := range map[string]estimator.Estimator{
		"order 6":  estimator.DFA{Order: 6},
		"order -1": estimator.DFA{Order: -1},
		"order 4":  estimator.MFDFA{Order: 4},
		"moment 3": estimator.GHE{Q: 3},
	} {
		_, err := e.Estimate(x)
		require.ErrorContains(t, err, text)
		require.ErrorContains(t, err, "allowed are")
	}
	for order := 1; order <= 5; order++ {
		e, err := estimator.DFA{Order: order}.Estimate(x)
		require.NoError(t, err)
		require.Greater(t, e.SE, 0.02)
		require.Less(t, e.SE, 0.2)
	}
}

func TestMultifractalSpectrum(t *testing.T) {
	t.Parallel()
	const n = 8192
	mono, err := estimator.MFDFA{}.Analyse(noise(t, n, 0.7, 2))
	require.NoError(t, err)
	require.Len(t, mono.Q, 21)
	require.Equal(t, []float64{-5, 0, 2, 5}, []float64{mono.Q[0], mono.Q[10], mono.Q[14], mono.Q[20]})
	require.InDelta(t, 0.7, mono.Estimate.H, 0.06)
	require.InDelta(t, mono.Estimate.H, mono.H[14], 1e-12)
	require.InDelta(t, mono.Estimate.H, mono.Estimate.Fit.Slope, 1e-12)
	require.Equal(t, -1.0, mono.Tau[10])
	for i := range mono.Q {
		require.InDelta(t, 0.7, mono.H[i], 0.12, "q=%v", mono.Q[i])
		require.InDelta(t, mono.Q[i]*mono.H[i]-1, mono.Tau[i], 1e-12)
		require.LessOrEqual(t, mono.F[i], 1.05, "q=%v", mono.Q[i])
	}
	require.Less(t, mono.Width, 0.35)

	// A binomial cascade with the weight a has h(q) = 1/q - log2(a^q + (1-a)^q)/q in closed form
	// (Kantelhardt et al. 2002, equation 19). At 2^13 values the method itself reads up to 0.14 less:
	// numpy.polyfit in windows of 8 to 4096 gives 0.70 for the 0.839 of q = 2, 1.72 for the 1.801 of -5.
	const a = 0.75
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
		for bit := range 13 {
			if i>>bit&1 == 1 {
				x[i] *= a
			} else {
				x[i] *= 1 - a
			}
		}
	}
	many, err := estimator.MFDFA{Settings: estimator.Settings{Class: estimator.Noise}}.Analyse(x)
	require.NoError(t, err)
	for i, q := range many.Q {
		if q != 0 {
			want := 1/q - math.Log2(math.Pow(a, q)+math.Pow(1-a, q))/q
			require.InDelta(t, want-0.08, many.H[i], 0.08, "q=%v", q)
		}
	}
	require.Greater(t, many.Width, 1.0)

	walk := noise(t, n, 0.3, 4)
	process.FBM(walk)
	m, err := estimator.MFDFA{}.Analyse(walk)
	require.NoError(t, err)
	require.Equal(t, estimator.Walk, m.Estimate.Class)
	require.InDelta(t, 0.3, m.H[14], 0.08)

	_, err = estimator.MFDFA{}.Analyse(make([]float64, 10))
	require.ErrorIs(t, err, estimator.ErrTooShort)
}

// A gap that was filled with one value must not make the negative moments infinite.
func TestMultifractalSpectrumWithAFlatStretch(t *testing.T) {
	t.Parallel()
	x := noise(t, 2048, 0.6, 5)
	for i := 500; i < 600; i++ {
		x[i] = 0
	}
	m, err := estimator.MFDFA{}.Analyse(x)
	require.NoError(t, err)
	for i := range m.Q {
		for _, v := range []float64{m.H[i], m.Tau[i], m.Alpha[i], m.F[i], m.R2[i]} {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "q=%v: %v", m.Q[i], v)
		}
	}
}

func TestTimeDomainTakesNoMemoryPerSeries(t *testing.T) {
	for _, m := range timeDomain(t) {
		x := noise(t, 512, 0.7, 1)
		p := m.New(estimator.Settings{Class: estimator.Noise}).Prepare(len(x))
		var err error
		got := testing.AllocsPerRun(20, func() {
			_, e := p.Estimate(x)
			err = errors.Join(err, e)
		})
		require.NoError(t, err)
		require.Zero(t, got, m.Name)
	}
}

func benchmarkMethod(b *testing.B, name string, lengths ...int) {
	b.Helper()
	m, err := estimator.Lookup(name)
	require.NoError(b, err)
	for _, n := range lengths {
		x := noise(b, n, 0.7, 0)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			p := m.New(estimator.Settings{Class: estimator.Noise}).Prepare(n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Estimate(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDFA(b *testing.B)       { benchmarkMethod(b, "dfa", 128, 500, 1024, 100_000) }
func BenchmarkDFA2(b *testing.B)      { benchmarkMethod(b, "dfa2", 1024) }
func BenchmarkDFA3(b *testing.B)      { benchmarkMethod(b, "dfa3", 1024) }
func BenchmarkDMA(b *testing.B)       { benchmarkMethod(b, "dma", 1024) }
func BenchmarkRS(b *testing.B)        { benchmarkMethod(b, "rs", 1024) }
func BenchmarkAggVar(b *testing.B)    { benchmarkMethod(b, "aggvar", 1024) }
func BenchmarkHiguchi(b *testing.B)   { benchmarkMethod(b, "higuchi", 1024) }
func BenchmarkGHE(b *testing.B)       { benchmarkMethod(b, "ghe", 1024) }
func BenchmarkVariogram(b *testing.B) { benchmarkMethod(b, "variogram", 1024) }
func BenchmarkLag1(b *testing.B)      { benchmarkMethod(b, "lag1", 1024) }
func BenchmarkMFDFA(b *testing.B)     { benchmarkMethod(b, "mfdfa", 1024) }

func BenchmarkMultifractal(b *testing.B) {
	for _, n := range []int{1024, 8192} {
		x := noise(b, n, 0.7, 0)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			m := estimator.MFDFA{Settings: estimator.Settings{Class: estimator.Noise}}
			for b.Loop() {
				if _, err := m.Analyse(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
