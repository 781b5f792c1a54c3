package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// gridOf lays rows of C values out with gaps of NaN between them.
func gridOf(rng *rand.Rand, rows, C, gap int, size float64) Grid {
	x := make([]float32, rows*(C+gap))
	for i := range x {
		x[i] = float32(math.NaN())
		if i%(C+gap) < C {
			x[i] = float32(size * rng.NormFloat64())
		}
	}
	return Grid{x, rows, C, C + gap}
}

func (g Grid) clone() Grid {
	g.X = append([]float32(nil), g.X...)
	return g
}

// bits returns the values' bits, NaN included.
func bits(x ...[]float32) []uint32 {
	var all []uint32
	for _, s := range x {
		for _, v := range s {
			all = append(all, math.Float32bits(v))
		}
	}
	return all
}

func TestSoftmaxRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(10, 1))
	for C := 1; C <= 200; C += 1 + C/40 {
		in, scale := gridOf(rng, C%4+1, C, C%3, 10), float32(0.3)
		var vector []uint32
		for _, s := range paths(t) {
			g, logs := in.clone(), make([]float32, in.Rows)
			s.SoftmaxLogRows(g, scale, logs)
			again, plain := in.clone(), in.clone()
			s.SoftmaxAgain(again, scale, logs)
			s.SoftmaxRows(plain, scale)
			require.Equal(t, bits(g.X), bits(plain.X))
			for r := range g.Rows {
				sum := 0.0
				for _, v := range in.row(r) {
					sum += math.Exp(float64(scale) * float64(v))
				}
				require.InDelta(t, math.Log(sum), logs[r], 2e-6)
				for i, v := range in.row(r) {
					p := math.Exp(float64(scale)*float64(v)) / sum
					// The exponent, of at most 20, is rounded: 20 · 6e-8 and a few roundings.
					require.InEpsilon(t, p, g.row(r)[i], 2e-6, "%s row %d of %d, value %d", s.Path(), r, C, i)
					require.InEpsilon(t, p, again.row(r)[i], 3e-6, "%s row %d of %d, value %d", s.Path(), r, C, i)
				}
			}
			for i := range in.X { // the gaps
				require.Equal(t, math.IsNaN(float64(in.X[i])), math.IsNaN(float64(g.X[i])))
			}
			if s.Path() == Portable {
				continue
			}
			if vector == nil {
				vector = bits(g.X, logs, again.X)
			}
			require.Equal(t, vector, bits(g.X, logs, again.X), "%d columns", C)
		}
	}
}

func TestSoftmaxBackRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 1))
	for C := 1; C <= 150; C += 1 + C/40 {
		d, y := gridOf(rng, C%4+1, C, 1, 1), gridOf(rng, C%4+1, C, 2, 1/math.Sqrt(float64(C)))
		var vector []uint32
		for _, s := range paths(t) {
			got, with, dots := d.clone(), d.clone(), make([]float32, d.Rows)
			s.SoftmaxBackRows(got, y, 0.5)
			s.DotRows(dots, d, y)
			s.SoftmaxBackWith(with, y, 0.5, dots)
			for r := range d.Rows {
				dot := 0.0
				for i, v := range d.row(r) {
					dot += float64(v) * float64(y.row(r)[i])
				}
				for i, v := range d.row(r) {
					want := 0.5 * float64(y.row(r)[i]) * (float64(v) - dot)
					require.InDelta(t, want, got.row(r)[i], 2e-6, "%s", s.Path())
					require.InDelta(t, want, with.row(r)[i], 2e-6, "%s", s.Path())
				}
			}
			if s.Path() == Portable {
				continue
			}
			if vector == nil {
				vector = bits(got.X, with.X)
			}
			require.Equal(t, vector, bits(got.X, with.X), "%d columns", C)
		}
	}
}

func TestSoftmaxOfExtremes(t *testing.T) {
	t.Parallel()
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, s := range paths(t) {
		x := []float32{-inf, 3, -1e30, 3}
		s.SoftmaxRows(Grid{x, 1, 4, 4}, 2)
		require.Equal(t, []float32{0, 0.5, 0, 0.5}, x, s.Path())
		for _, x := range [][]float32{{1, nan, 2}, {nan, 1, 2}, {1, inf, 2}, {-inf, -inf, -inf}} {
			logs := []float32{0}
			s.SoftmaxLogRows(Grid{x, 1, 3, 3}, 1, logs)
			for _, v := range x {
				require.True(t, math.IsNaN(float64(v)), "%s %v", s.Path(), x)
			}
		}
		s.SoftmaxRows(Grid{}, 1)
		empty, three := Grid{Rows: 3, Stride: 5}, []float32{1, 1, 1}
		s.SoftmaxRows(empty, 1)
		s.SoftmaxAgain(empty, 1, three)
		s.SoftmaxBackRows(empty, empty, 1)
		s.SoftmaxBackWith(empty, empty, 1, three)
		s.DotRows(three, empty, empty)
		require.Equal(t, []float32{0, 0, 0}, three, "sums of nothing")
	}
}
