package significance_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/significance"
)

var told = estimator.Settings{Class: estimator.Noise}

func TestNullOfGPHHasItsTheory(t *testing.T) {
	t.Parallel()
	const n, draws = 1024, 4000
	d, err := significance.Null(estimator.GPH{Settings: told}, n, significance.NullOptions{Draws: draws})
	require.NoError(t, err)
	// Geweke and Porter-Hudak's s.e. at 32 frequencies, which are independent and exponential: 0.129.
	e, err := estimator.GPH{Settings: told}.Estimate(noise(t, n, 0.5, 1))
	require.NoError(t, err)
	require.InDelta(t, 0.5, d.Mean, 5*d.SD/math.Sqrt(draws), "five standard errors")
	require.InEpsilon(t, e.SE, d.SD, 0.08, "five standard errors of a standard deviation, and two percent of what SE adds for bends")
	require.True(t, slices.IsSorted(d.Sorted))
	require.Equal(t, []float64{d.Sorted[0], d.Sorted[draws-1]}, []float64{d.Quantile(0), d.Quantile(1)})
	require.InDelta(t, 0.5, d.Above(d.Quantile(0.5)), 1e-3)
	require.InDelta(t, 0.05, d.PValue(d.Quantile(0.975)), 2e-3)
	require.InDelta(t, 0.05, d.PValue(d.Quantile(0.025)), 2e-3)
	require.Equal(t, 1./(draws+1), d.Above(2))
	require.Equal(t, 1./(draws+1), d.Below(-1))
	require.Equal(t, 1., d.Above(-1))
	require.Panics(t, func() { d.Quantile(math.NaN()) })
}

// Of the p-values of 400 white series that are not the null's own, 10 % are below 0.1: within 3.9
// standard errors, false alarms 1e-4.
func TestPValuesAreUniform(t *testing.T) {
	t.Parallel()
	const n, many = 100, 400
	e := estimator.DFA{Settings: told}
	d, err := significance.Null(e, n, significance.NullOptions{Seed: 3})
	require.NoError(t, err)
	below, p, x, rng := 0, e.Prepare(n), make([]float64, n), process.Source(4, "uniform", 0)
	for range many {
		rng.Normals(x)
		found, err := p.Estimate(x)
		require.NoError(t, err)
		if d.PValue(found.H) < 0.1 {
			below++
		}
	}
	require.InDelta(t, 0.1*many, below, 3.9*math.Sqrt(many*0.1*0.9)+0.005*many)
}

// Short memory that DFA of 500 values takes for H = 0.7 has as much under a null that has it too.
func TestNullWithShortMemory(t *testing.T) {
	t.Parallel()
	e := estimator.DFA{Settings: told}
	x := noise(t, 500, 0.5, 9)
	for i := 1; i < len(x); i++ {
		x[i] += 0.6 * x[i-1]
	}
	phi, err := significance.Persistence(x)
	require.NoError(t, err)
	require.InDelta(t, 0.6, phi, 5*math.Sqrt((1-0.36)/500))
	found, err := e.Estimate(x)
	require.NoError(t, err)
	white, err := significance.Null(e, 500, significance.NullOptions{Draws: 500})
	require.NoError(t, err)
	short, err := significance.Null(e, 500, significance.NullOptions{Draws: 500, Phi: phi})
	require.NoError(t, err)
	require.Less(t, white.PValue(found.H), 0.01)
	require.Greater(t, short.PValue(found.H), 0.05)
}

func TestNullIsTheSameForAnyWorkers(t *testing.T) {
	e, o := estimator.RS{Settings: told}, significance.NullOptions{Draws: 99}
	want, err := significance.Null(e, 80, o)
	require.NoError(t, err)
	procs := runtime.GOMAXPROCS(1)
	got, err := significance.Null(e, 80, o)
	runtime.GOMAXPROCS(procs)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestNullIsChecked(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct {
		n int
		o significance.NullOptions
	}{
		"length is 63; allowed: 64 to":        {63, significance.NullOptions{}},
		"5 draws; allowed: 99 to 100000":      {64, significance.NullOptions{Draws: 5}},
		"first autocorrelation is 1; allowed": {64, significance.NullOptions{Phi: 1}},
	} {
		_, err := significance.Null(estimator.Whittle{}, c.n, c.o)
		require.ErrorIs(t, err, significance.ErrOption)
		require.ErrorContains(t, err, says)
	}
	_, err := significance.Null(estimator.Whittle{Settings: estimator.Settings{Class: "x"}}, 64, significance.NullOptions{})
	require.ErrorContains(t, err, "estimate simulated noise")
	_, err = significance.Persistence(make([]float64, 100))
	require.ErrorIs(t, err, estimator.ErrConstant)
}

// An H of 0.6 from 100 values by R/S is what white noise gives.
func ExampleNull() {
	d, err := significance.Null(estimator.RS{Settings: estimator.Settings{Class: estimator.Noise}}, 100, significance.NullOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("no memory is between %.1f and %.1f; 0.6 has p = %.1f\n", d.Quantile(0.025), d.Quantile(0.975), d.PValue(0.6))
	// Output: no memory is between 0.4 and 0.8; 0.6 has p = 0.8
}

func BenchmarkNull(b *testing.B) {
	for _, n := range []int{100, 1024} {
		b.Run("dfa/n="+strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				_, err := significance.Null(estimator.DFA{Settings: told}, n, significance.NullOptions{Draws: 1000})
				require.NoError(b, err)
			}
		})
	}
}
