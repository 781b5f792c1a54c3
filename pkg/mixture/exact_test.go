package mixture_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/interp"
	"gonum.org/v1/gonum/mat"

	"github.com/longmemory/hurst/pkg/mixture"
	"github.com/longmemory/hurst/pkg/process"
)

// gaussian is the exact log likelihood of a Gaussian series with covariance C, mean unknown and scale
// integrated out, by Cholesky: -½ log|C| - ½ log 1'C⁻¹1 - (n-1)/2 log (x'C⁻¹x - (1'C⁻¹x)²/1'C⁻¹1).
func gaussian(t testing.TB, c *mat.SymDense, x []float64) float64 {
	t.Helper()
	var factor mat.Cholesky
	require.True(t, factor.Factorize(c))
	n := len(x)
	one := make([]float64, n)
	for i := range one {
		one[i] = 1
	}
	var a, b mat.VecDense
	require.NoError(t, factor.SolveVecTo(&a, mat.NewVecDense(n, x)))
	require.NoError(t, factor.SolveVecTo(&b, mat.NewVecDense(n, one)))
	xx, ox, oo := mat.Dot(&a, mat.NewVecDense(n, x)), mat.Dot(&b, mat.NewVecDense(n, x)), mat.Dot(&b, mat.NewVecDense(n, one))
	return -factor.LogDet()/2 - math.Log(oo)/2 - float64(n-1)/2*math.Log(xx-ox*ox/oo)
}

// model is a covariance of n values, exactly: of the values that are known.
type model struct {
	covariance func(gamma []float64, h float64)
	shapes     [][]float64 // with normal sizes, each times its standard deviation
	noise      float64     // variance of white noise, given that of the process is 1
}

func (m model) at(t testing.TB, x []float64, h float64) float64 {
	t.Helper()
	gamma := make([]float64, len(x))
	m.covariance(gamma, h)
	var known []int
	for i, v := range x {
		if !math.IsNaN(v) {
			known = append(known, i)
		}
	}
	y, c := make([]float64, len(known)), mat.NewSymDense(len(known), nil)
	for a, i := range known {
		y[a] = x[i]
		for b, j := range known[:a+1] {
			v := gamma[i-j]
			if i == j {
				v += m.noise
			}
			for _, s := range m.shapes {
				v += s[i] * s[j]
			}
			c.SetSym(a, b, v)
		}
	}
	return gaussian(t, c, y)
}

func noiseCovariance(gamma []float64, h float64) {
	for k := range gamma {
		gamma[k] = process.Autocovariance(h, k)
	}
}

func fractionalCovariance(gamma []float64, h float64) {
	if err := process.ARFIMAAutocovariance(gamma, h-0.5, nil, nil); err != nil {
		panic(err)
	}
}

// shaped returns a function of time, from -1/2 to 1/2, times a spread.
func shaped(n int, spread float64, at func(u float64) float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = spread * at((float64(i)-float64(n-1)/2)/float64(n))
	}
	return s
}

// The likelihood of a circle is not the exact one. What counts is how far the posterior medians are
// apart: with d the root mean square of that in posterior standard deviations, the mean absolute error
// rises by about d²/2, 1 % at d = 0.14.
func TestExpertsAgreeWithExactLikelihoods(t *testing.T) {
	t.Parallel()
	line := func(n int) []float64 { return shaped(n, 1.2, func(u float64) float64 { return u }) }
	parabola := func(n int) []float64 { return shaped(n, 1.2, func(u float64) float64 { return 6*u*u - 0.5 }) }
	for _, c := range []struct {
		expert, chain string
		covariance    func(gamma []float64, h float64)
		shapes        []func(n int) []float64
		missing       bool
	}{
		{"clean", "", noiseCovariance, nil, false},
		{"line", "trend(size=1)", noiseCovariance, []func(int) []float64{line}, false},
		{"parabola", "trend(size=1)", noiseCovariance, []func(int) []float64{line, parabola}, false},
		{"deleted", "", noiseCovariance, nil, true},
		{"deleted+line", "trend(size=1)", noiseCovariance, []func(int) []float64{line}, true},
		{"deleted+parabola", "trend(size=1)", noiseCovariance, []func(int) []float64{line, parabola}, true},
		{"fd", "", fractionalCovariance, nil, false},
		{"fd+line", "trend(size=1)", fractionalCovariance, []func(int) []float64{line}, false},
	} {
		for n, most := range map[int]float64{64: 0.27, 128: 0.22, 256: 0.22} {
			t.Run(c.expert, func(t *testing.T) {
				t.Parallel()
				m := model{covariance: c.covariance}
				for _, s := range c.shapes {
					m.shapes = append(m.shapes, s(n))
				}
				d := distance(t, n, c.expert, c.chain, c.missing, func(*mixture.Reading) model { return m })
				t.Logf("n=%d: %.3f", n, d)
				require.Less(t, d, most, "n=%d", n)
			})
		}
	}
}

// Where many values are missing a determinant is approximate: that must not show.
func TestManyMissingAgreeWithExactLikelihoods(t *testing.T) {
	t.Parallel()
	const n = 700
	x := series(t, n, 0.25, "", 1)
	for k := 3; k < n; k += 4 {
		x[k] = math.NaN()
	}
	o := read(t, x)
	line := shaped(n, 1.2, func(u float64) float64 { return u })
	for expert, m := range map[string]model{
		"deleted": {covariance: noiseCovariance}, "deleted+line": {covariance: noiseCovariance, shapes: [][]float64{line}},
	} {
		want := exactRow(t, m, standard(x))
		for _, p := range []float64{0.05, 0.5, 0.95} {
			require.InDelta(t, mixture.Quantile(want, p, 0.02, 0.98), mixture.Quantile(row(o, position(t, expert)), p, 0.02, 0.98),
				0.25*value(t, o, "sd "+expert), "%s %v", expert, p)
		}
	}
}

// What is searched for is where the reading says that it is; given that, the likelihood is exact.
func TestFoundShapesAgreeWithExactLikelihoods(t *testing.T) {
	t.Parallel()
	const n = 128
	shift := func(o *mixture.Reading) model {
		at := int(math.Round(value(t, o, "shift place") * n))
		step := make([]float64, n)
		for i := at; i < n; i++ {
			step[i] = 0.8
		}
		return model{covariance: noiseCovariance, shapes: [][]float64{step}}
	}
	sinusoid := func(o *mixture.Reading) model {
		w := 2 * math.Pi * math.Exp(value(t, o, "sinusoid cycles"))
		return model{covariance: noiseCovariance, shapes: [][]float64{
			shaped(n, 0.6, func(u float64) float64 { return math.Cos(w * u) }),
			shaped(n, 0.6, func(u float64) float64 { return math.Sin(w * u) }),
		}}
	}
	for _, c := range []struct {
		expert, chain string
		missing       bool
		model         func(o *mixture.Reading) model
	}{
		{"deleted+shift", "shift(at=0.4, size=2)", false, shift},
		{"deleted+shift", "shift(at=0.4, size=2)", true, shift},
		{"best sinusoid", "seasonality(fraction=0.125, size=1)", false, sinusoid},
		{"deleted+sinusoid", "seasonality(fraction=0.125, size=1)", true, sinusoid},
	} {
		t.Run(c.expert, func(t *testing.T) {
			t.Parallel()
			d := distance(t, n, c.expert, c.chain, c.missing, c.model)
			t.Logf("missing %v: %.3f", c.missing, d)
			require.Less(t, d, 0.4) // outliers that the reader finds are deleted too
		})
	}
}

// distance returns the root mean square distance of posterior medians from exact ones.
func distance(t *testing.T, n int, expert, chain string, missing bool, of func(*mixture.Reading) model) float64 {
	t.Helper()
	count := min(10, 1500/n) // series of different H
	r, square := mixture.New(n), 0.0
	at := position(t, expert)
	for i := range count {
		x := series(t, n, 0.15+0.7*float64(i)/float64(count-1), chain, uint64(i))
		if missing {
			for k := 3; k < n; k += 9 + k%3 {
				x[k] = math.NaN()
			}
		}
		o, err := r.Read(x)
		require.NoError(t, err)
		got := row(o, at)
		want := exactRow(t, of(o), standard(x))
		sd := (mixture.Quantile(want, 0.84, 0.02, 0.98) - mixture.Quantile(want, 0.16, 0.02, 0.98)) / 2
		d := (mixture.Quantile(got, 0.5, 0.02, 0.98) - mixture.Quantile(want, 0.5, 0.02, 0.98)) / sd
		square += d * d / float64(count)
	}
	return math.Sqrt(square)
}

// standard returns x, as it is known, with unit variance.
func standard(x []float64) []float64 {
	var n, sum, squares float64
	for _, v := range x {
		if !math.IsNaN(v) {
			n, sum, squares = n+1, sum+v, squares+v*v
		}
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = (v - sum/n) / math.Sqrt(squares/n-sum*sum/n/n)
	}
	return out
}

// exactRow returns the exact likelihood on the fine grid, by a spline through places 0.04 apart.
func exactRow(t *testing.T, m model, x []float64) []float32 {
	t.Helper()
	grid, places := mixture.Grid(), mixture.Nodes()
	level := make([]float64, len(places))
	for i, h := range places {
		level[i] = m.at(t, x, h)
	}
	var spline interp.NotAKnotCubic
	require.NoError(t, spline.Fit(places, level))
	out := make([]float32, len(grid))
	for i, h := range grid {
		out[i] = float32(spline.Predict(h) - slices.Max(level))
	}
	return out
}

// value returns a piece of evidence.
func value(t testing.TB, o *mixture.Reading, name string) float64 {
	t.Helper()
	i := slices.Index(mixture.Evidence(), name)
	require.GreaterOrEqual(t, i, 0, name)
	return float64(o.Evidence[i])
}

func position(t testing.TB, expert string) int {
	t.Helper()
	for i, e := range mixture.Experts() {
		if e.Name == expert {
			return i
		}
	}
	require.FailNow(t, "no expert", expert)
	return 0
}

// row returns the fine log likelihoods of an expert.
func row(o *mixture.Reading, expert int) []float32 {
	n := len(mixture.Grid())
	return o.Fine[expert*n : (expert+1)*n]
}
