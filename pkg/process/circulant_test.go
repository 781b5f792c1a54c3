package process

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// unit is the one shock at a place among many that are zero: with it, a generator gives a column of the
// matrix that it multiplies shocks by.
type unit struct{ at, taken int }

func (u *unit) Normals(dst []float64) {
	clear(dst)
	if i := u.at - u.taken; i >= 0 && i < len(dst) {
		dst[i] = 1
	}
	u.taken += len(dst)
}

// covariance returns the exact covariance matrix of the series of n values that s generates.
func covariance(s sampler, n int) [][]float64 {
	c := make([][]float64, n)
	for i := range c {
		c[i] = make([]float64, n)
	}
	x := make([]float64, n)
	for at, total := 0, 1; at < total; at++ {
		u := &unit{at: at}
		s.generate(x, u)
		total = u.taken
		for i := range x {
			for j := range x {
				c[i][j] += x[i] * x[j]
			}
		}
	}
	return c
}

// fgnOf and the others return functions as embed takes them.
func fgnOf(h float64) func(dst []float64) {
	return func(dst []float64) {
		for k := range dst {
			dst[k] = Autocovariance(h, k)
		}
	}
}

func arfimaOf(t testing.TB, d float64, ar, ma []float64) func(dst []float64) {
	return func(dst []float64) { require.NoError(t, ARFIMAAutocovariance(dst, d, ar, ma)) }
}

// The covariance matrix that a generator's series have is known without drawing any: it is that of the
// linear map from shocks to series. 1e-13 is some hundred roundings of numbers up to 1.
func TestCovarianceIsExact(t *testing.T) {
	t.Parallel()
	for name, gamma := range map[string]func([]float64){
		"fgn 0.011":     fgnOf(0.011),
		"fgn 0.3":       fgnOf(0.3),
		"fgn 0.5":       fgnOf(0.5),
		"fgn 0.989":     fgnOf(0.989),
		"arfima -0.489": arfimaOf(t, -0.489, nil, nil),
		"arfima 0.489":  arfimaOf(t, 0.489, nil, nil),
		"ar":            arfimaOf(t, 0.2, []float64{0.5, -0.3}, nil),
		"arma":          arfimaOf(t, -0.2, []float64{0.9}, []float64{0.5, 0.2}),
	} {
		for _, n := range []int{2, 3, 4, 5, 8, 9, 16, 31, 61, 64, 97} {
			want := make([]float64, n)
			gamma(want)
			circle, recursion := newCirculant(n), newHosking(n)
			require.NoError(t, circle.embed(gamma))
			require.True(t, recursion.embed(gamma))
			for _, s := range []sampler{circle.use, recursion} {
				for i, row := range covariance(s, n) {
					for j, v := range row {
						require.InDelta(t, want[max(i-j, j-i)], v, 1e-13, "%s n=%d (%d, %d) %T", name, n, i, j, s)
					}
				}
			}
		}
	}
}

// Seasons that fade slowly do not close on a short circle: larger ones are tried, and the recursion,
// and the next process begins with the first circle again, so that its series do not depend on the
// one before.
func TestWhatDoesNotCloseIsExactToo(t *testing.T) {
	t.Parallel()
	const n = 24
	c := newCirculant(n)
	seen := map[string]bool{}
	for _, r := range []float64{0.9, 0.99, 0.999, 0.9998} {
		gamma := arfimaOf(t, 0.1, []float64{2 * r * math.Cos(0.7), -r * r}, nil)
		want := make([]float64, n)
		gamma(want)
		require.NoError(t, c.embed(gamma))
		for i, row := range covariance(c.use, n) {
			for j, v := range row {
				require.InDelta(t, want[max(i-j, j-i)], v, 1e-12, "r=%v (%d, %d)", r, i, j)
			}
		}
		seen[fmt.Sprintf("%T %v", c.use, c.use == sampler(c.circles[0]))] = true
	}
	t.Log(seen)
	require.True(t, seen["*process.hosking false"], "no process needs the recursion: choose others")
	require.NoError(t, c.embed(fgnOf(0.7)))
	require.Same(t, c.circles[0], c.use)
}

func TestLargerCirclesAreTried(t *testing.T) {
	t.Parallel()
	const n = 64
	c := newCirculant(n)
	gamma := arfimaOf(t, 0.3, []float64{2 * 0.98 * math.Cos(0.4), -0.98 * 0.98}, nil)
	require.NoError(t, c.embed(gamma))
	require.Greater(t, len(c.circles), 1)
	require.Same(t, c.circles[len(c.circles)-1], c.use)
	x, y := make([]float64, n), make([]float64, n)
	c.generate(x, Source(1, "", 0))
	require.NoError(t, c.embed(fgnOf(0.7)))
	require.NoError(t, c.embed(gamma))
	c.generate(y, Source(1, "", 0))
	require.Equal(t, x, y)
}

func TestNoProcessHasTheseAutocovariances(t *testing.T) {
	t.Parallel()
	for name, gamma := range map[string]func(dst []float64){
		"not a number":    func(dst []float64) { clear(dst); dst[0], dst[1] = 1, math.NaN() },
		"infinite":        func(dst []float64) { clear(dst); dst[0] = math.Inf(1) },
		"negative":        func(dst []float64) { clear(dst); dst[0] = -1 },
		"no correlation":  func(dst []float64) { clear(dst); dst[0], dst[1] = 1, 1.5 },
		"not at one step": func(dst []float64) { clear(dst); dst[0], dst[len(dst)-1] = 1, -2 },
	} {
		c := newCirculant(10)
		err := c.embed(gamma)
		require.ErrorAs(t, err, new(errNotEmbeddable), name)
		require.ErrorContains(t, err, "no Gaussian series of 10 points", name)
		require.Panics(t, func() { c.generate(make([]float64, 10), Source(1, "", 0)) }, name)
	}
	c := newCirculant(mostHosking + 1)
	require.ErrorContains(t, c.embed(func(dst []float64) { clear(dst); dst[0], dst[1] = 1, 0.6 }), "no Gaussian series of 20001 points")
	require.Nil(t, c.hosking)
	require.Panics(t, func() { c.generate(make([]float64, 3), Source(1, "", 0)) })
}

func TestRecursionAllocatesNothing(t *testing.T) {
	g, x, rng := newHosking(500), make([]float64, 500), Source(1, "", 0)
	gamma := fgnOf(0.9)
	require.Zero(t, testing.AllocsPerRun(2, func() {
		if g.embed(gamma) {
			g.generate(x, rng)
		}
	}))
}
