package estimator

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/longmemory/hurst/pkg/process"
)

// dense is what masked computes, with gonum's matrices: C⁻¹ from its kernel, and Z column by column.
func dense(m *masked, node int) float64 {
	c, p := m.c, len(m.gaps)+len(m.shapes)
	c.load(node)
	inverse := mat.NewDense(c.n, c.n, nil)
	for i := range c.n {
		for j := range c.n {
			inverse.Set(i, j, c.apart(node, i, j))
		}
	}
	x := mat.NewVecDense(c.n, append([]float64(nil), m.x...))
	square, determinant := mat.Inner(x, inverse, x), 0.0
	if p > 0 {
		z := mat.NewDense(c.n, p, nil)
		for k, at := range m.gaps {
			z.Set(at, k, 1)
		}
		for k, s := range m.shapes {
			z.SetCol(len(m.gaps)+k, s.values)
		}
		var iz, ziz, b, size mat.Dense
		iz.Mul(inverse, z)
		ziz.Mul(z.T(), &iz)
		b.Mul(iz.T(), x)
		if err := size.Solve(&ziz, &b); err != nil {
			panic(err)
		}
		square -= mat.Dot(b.ColView(0), size.ColView(0))
		determinant, _ = mat.LogDet(&ziz)
	}
	return -c.logs[node]/2 - determinant/2 - float64(c.n-1-p)/2*math.Log(square)
}

func TestMaskedIsTheDenseLikelihood(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 65} {
		c := newCirculant(n)
		line, wave := newOverlaid(n), newOverlaid(n)
		for i := range n {
			line.values[i], wave.values[i] = float64(i), math.Sin(float64(i)/3)
		}
		c.plan.Coefficients(line.coeff, line.values)
		c.plan.Coefficients(wave.coeff, wave.values)
		x := fgn(t, n, 0.6, 3)
		for _, gaps := range [][]int{nil, {7}, {0, 1, 30, 31, 32, n - 1}} {
			for _, shapes := range [][]overlaid{nil, {line}, {line, wave}} {
				m := newMasked(c)
				m.load(x, c.plan.Coefficients(nil, x), gaps, shapes)
				for _, node := range []int{2, 20, 40, 62} {
					require.InDelta(t, dense(m, node), m.at(node), 1e-7, "n=%d node %d gaps %v, %d shapes", n, node, gaps, len(shapes))
				}
			}
		}
	}
}

// Without gaps and shapes it is the likelihood of the debiased Whittle estimator, but for a constant.
func TestMaskedIsDebiasedWhittle(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 101} {
		c, l := newCirculant(n), newDebiasedNoise(n, options{})
		x := fgn(t, n, 0.7, 4)
		require.NoError(t, l.loadSeries(x))
		m := newMasked(c)
		m.load(x, c.plan.Coefficients(nil, x), nil, nil)
		apart := m.at(10) - l.node(10)
		for _, node := range []int{1, 25, 50, 60} {
			require.InDelta(t, apart, m.at(node)-l.node(node), 1e-8, "n=%d node %d", n, node)
		}
	}
}

func TestUnknownValuesDoNotMatter(t *testing.T) {
	t.Parallel()
	const n = 200
	c := newCirculant(n)
	x := fgn(t, n, 0.3, 5)
	gaps := []int{3, 50, 51, 52, 199}
	m := newMasked(c)
	m.load(x, c.plan.Coefficients(nil, x), gaps, nil)
	want := m.at(30)
	for _, at := range gaps {
		x[at] = 100
	}
	m.load(x, c.plan.Coefficients(nil, x), gaps, nil)
	require.InDelta(t, want, m.at(30), 1e-6)
	m.fill(30)
	for _, at := range gaps {
		require.Less(t, math.Abs(x[at]), 4.0)
	}
	require.InDelta(t, want, m.at(30), 1e-6)
}

// What is known nothing of, such as a second impulse at one place, is left out.
func TestDependentUnknowns(t *testing.T) {
	t.Parallel()
	const n = 64
	c := newCirculant(n)
	x := fgn(t, n, 0.5, 6)
	constant := newOverlaid(n)
	for i := range constant.values {
		constant.values[i] = 1
	}
	c.plan.Coefficients(constant.coeff, constant.values)
	for _, m := range []struct {
		gaps   []int
		shapes []overlaid
	}{{[]int{9, 9}, nil}, {nil, []overlaid{constant, constant}}} {
		k := newMasked(c)
		k.load(x, c.plan.Coefficients(nil, x), m.gaps, m.shapes)
		require.False(t, math.IsNaN(k.at(30)) || math.IsInf(k.at(30), 0))
	}
}

func TestFindFilled(t *testing.T) {
	t.Parallel()
	scratch := make([]float64, 100)
	x := fgn(t, 100, 0.5, 7)
	require.Empty(t, findFilled(nil, x, scratch))
	x[10], x[11] = x[9]*2/3+x[12]/3, x[9]/3+x[12]*2/3
	x[99] = x[98]
	require.Equal(t, []int{10, 11, 98, 99}, findFilled(nil, x, scratch))
	for i, v := range x {
		x[i] = math.Round(4 * v)
	}
	require.Empty(t, findFilled(nil, x, scratch), "rounded values repeat")
	for i := range x {
		x[i] = float64(i)
	}
	require.Empty(t, findFilled(nil, x, scratch), "a line is not all gaps")
}

// found returns which kinds an overlay finds in n values of noise after spoil.
func found(t *testing.T, o *overlay, h float64, i uint64, spoil func(x []float64)) (out [kinds]int) {
	t.Helper()
	x := fgn(t, o.c.n, h, i)
	spoil(x)
	shapes, _ := o.find(x)
	for k := 0; k < len(shapes); k++ {
		switch v := shapes[k].values; {
		case &v[0] == &o.slopes[0].values[0]:
			out[kindLine]++
		case &v[0] == &o.slopes[1].values[0]:
			out[kindParabola]++
		case v[0] == 0 && v[len(v)-1] == 1:
			out[kindStep]++
		default:
			out[kindSine]++
			k++ // a sine is two shapes
		}
	}
	return out
}

// Of 300 series of noise with H = 0.5 at most 3 % have something found in them of a kind, but for
// lines, which are cheap: at most 5 %. (Three standard errors above what 5,000 series have: 1 to 2 %.)
func TestOverlayFindsLittleInNoise(t *testing.T) {
	t.Parallel()
	o := newOverlay(newCirculant(500))
	var total [kinds]int
	for i := range uint64(300) {
		for kind, count := range found(t, o, 0.5, i, func([]float64) {}) {
			total[kind] += count
		}
	}
	t.Logf("line, parabola, step, sine: %v of 300", total)
	require.LessOrEqual(t, total[kindLine], 15)
	for _, kind := range []int{kindParabola, kindStep, kindSine} {
		require.LessOrEqual(t, total[kind], 9, "kind %d", kind)
	}
}

func TestOverlayFindsWhatLiesOver(t *testing.T) {
	t.Parallel()
	const n, series = 500, 40
	o := newOverlay(newCirculant(n))
	cases := []struct {
		kind  int
		spoil func(i int) float64
	}{
		{kindLine, func(i int) float64 { return 3 * float64(i) / n }},
		{kindParabola, func(i int) float64 { u := 2*float64(i)/n - 1; return 3 * u * u }},
		{kindStep, func(i int) float64 { return 1.5 * math.Floor(float64(i)/200) / math.Max(1, math.Floor(float64(i)/200)) }},
		{kindSine, func(i int) float64 { return math.Sin(0.37 * float64(i)) }},
	}
	for _, c := range cases {
		hits := 0
		for i := range uint64(series) {
			got := found(t, o, 0.6, i, func(x []float64) {
				for k := range x {
					x[k] += c.spoil(k)
				}
			})
			if got[c.kind] > 0 {
				hits++
			}
		}
		require.GreaterOrEqual(t, hits, series*9/10, "kind %d", c.kind)
	}
}

func TestOddities(t *testing.T) {
	t.Parallel()
	const n = 500
	c := newCirculant(n)
	o := newOddities(newMasked(c))
	alarms := 0
	for i := range uint64(100) {
		x := fgn(t, n, 0.7, i)
		alarms += len(o.find(x, c.plan.Coefficients(nil, x), nil, c.nearest(0.7)))
	}
	require.LessOrEqual(t, alarms, 16) // of 50,000 normal values 3.2 lie beyond 4 sd; and the sd is estimated
	x := fgn(t, n, 0.7, 1)
	rng := process.Source(1, "oddities", 0)
	places := []int{17, 100, 101, 300, 499}
	for _, at := range places {
		x[at] += 8 + rng.Float64()
	}
	before := x[17]
	require.Equal(t, places, o.find(x, c.plan.Coefficients(nil, x), nil, c.nearest(0.7)))
	require.Greater(t, before-x[17], 6.0, "outliers are filled in")
	for i := range x {
		if i%7 == 0 {
			x[i] += 20
		}
	}
	y := append([]float64(nil), x...)
	require.Empty(t, o.find(x, c.plan.Coefficients(nil, x), nil, c.nearest(0.7)))
	require.Equal(t, y, x, "too many to be outliers: nothing is changed")
}
