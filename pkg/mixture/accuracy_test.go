//go:build accuracy

package mixture_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/mixture"
	"github.com/longmemory/hurst/pkg/process"
)

// told is a kind of series, the expert for it, and what the mean absolute error of its posterior median
// may be at n = 500 with H from U(0.1, 0.9) when somebody says which expert it is: the limit that no
// estimator beats, as an exact likelihood found it, and a few per cent.
type told struct {
	process, chain, expert string
	limit, most            float64
}

var cases = []told{
	{"fgn", "", "clean", 0.0210, 0.0217},
	{"fgn", "trend(size=1)", "line", 0.0216, 0.0224},
	{"fgn", "trend(size=3)", "line", 0.0217, 0.0224},
	{"fgn", "seasonality(fraction=0.125, size=1)", "best sinusoid", 0.0216, 0.0224},
	{"fgn", "white(snr=10)", "weak noise", 0.0242, 0.0290},
	{"fgn", "white(snr=3)", "strong noise", 0.0344, 0.0410},
	{"fgn", "outliers", "deleted", 0.0211, 0.0224},
	{"fgn", "shift(at=0.5, size=1)", "shift", 0.0218, 0.0226},
	{"fgn", "missing(rate=0.1)", "deleted", 0.0240, 0.0248},
	{"fgn", "rounded", "deleted", 0.0240, 0.0252},
	{"fgn", "student(df=3)", "scores", 0.0214, 0.0220},
	{"fgn", "stable(alpha=1.7)", "scores", 0.0210, 0.0220},
	{"fbm", "", "walk", 0.0210, 0.0217},
	{"arfima", "", "fd", 0.0282, 0.0290},
	{"arfima(ar=0.5)", "", "ar", 0, 0.0900},
	{"arfima(ma=-0.5)", "", "ma", 0, 0.0900},
}

func TestToldExpertsAreNearTheLimit(t *testing.T) {
	for _, n := range []int{500, 128, 2048} {
		count := 4000
		if n > 500 {
			count = 1000
		}
		for _, c := range cases {
			t.Run(fmt.Sprintf("n=%d/%s/%s", n, c.process, c.chain), func(t *testing.T) {
				t.Parallel()
				mae, se, covered := c.measure(t, n, count)
				t.Logf("%-16s MAE %.4f ± %.4f  limit at 500 %.4f  90 %% coverage %.3f", c.expert, mae, se, c.limit, covered)
				if n == 500 {
					require.LessOrEqual(t, mae, c.most+2*se)
				}
			})
		}
	}
}

// measure returns the mean absolute error of posterior medians, its standard error, and how many
// intervals of 90 % cover.
func (c told) measure(t *testing.T, n, count int) (mae, se, covered float64) {
	t.Helper()
	r, at, squares := mixture.New(n), position(t, c.expert), 0.0
	draw := c.generator(t, n)
	x := make([]float64, n)
	for i := range count {
		h := draw(x, uint64(i))
		o, err := r.Read(x)
		require.NoError(t, err)
		q := func(p float64) float64 { return mixture.Quantile(row(o, at), p, 0.1, 0.9) }
		e := math.Abs(q(0.5) - h)
		mae, squares = mae+e/float64(count), squares+e*e/float64(count)
		if q(0.05) <= h && h <= q(0.95) {
			covered += 1 / float64(count)
		}
	}
	return mae, math.Sqrt((squares - mae*mae) / float64(count)), covered
}

// generator returns what draws a series and returns its H.
func (c told) generator(t *testing.T, n int) func(x []float64, i uint64) float64 {
	t.Helper()
	name := c.process
	if name == "fbm" {
		name = "fgn"
	}
	spec, err := process.ParseSpec(name)
	require.NoError(t, err)
	g, err := process.New(spec, n)
	require.NoError(t, err)
	chain := chainOf(t, c.chain)
	return func(x []float64, i uint64) float64 {
		rng := process.Source(20261124, "mixture/"+c.process+c.chain, i)
		h := 0.1 + 0.8*rng.Float64()
		require.NoError(t, g.Generate(x, h, rng))
		if c.process == "fbm" {
			process.FBM(x)
		}
		require.NoError(t, chain.Apply(x, rng))
		if c.chain == "rounded" {
			for k, v := range x {
				x[k] = math.Round(v*100) / 100
			}
		}
		return h
	}
}

// chainOf reads a contamination; "rounded" is missing values that are interpolated, then rounded.
func chainOf(t *testing.T, text string) *contamination.Chain {
	t.Helper()
	if text == "rounded" {
		text = "missing(rate=0.1)"
	}
	var specs []process.Spec
	if text != "" {
		s, err := process.ParseSpec(text)
		require.NoError(t, err)
		specs = append(specs, s)
	}
	chain, err := contamination.New(specs)
	require.NoError(t, err)
	return chain
}
