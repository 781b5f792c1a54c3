package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// One rounding of a sum or product is 6e-8 relative, and each kernel here has at most four.
const few = 3e-7

// exactly makes a definition of one value's.
func exactly(f func(x []float64)) func(x [][]float64, rows, C int) {
	return func(x [][]float64, rows, C int) {
		one := make([]float64, len(x))
		for i := range rows * C {
			for j := range x {
				one[j] = x[j][i]
			}
			f(one)
			for j := range x {
				x[j][i] = one[j]
			}
		}
	}
}

func TestElementwise(t *testing.T) {
	t.Parallel()
	checkAll(t, []trial{
		{name: "Add", sizes: whole(2), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.Add(x[0], x[1]) },
			exact: exactly(func(x []float64) { x[0] += x[1] })},
		{name: "AddScaled", sizes: whole(2), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.AddScaled(x[0], -0.5, x[1]) },
			exact: exactly(func(x []float64) { x[0] -= 0.5 * x[1] })},
		{name: "Scale", sizes: whole(1), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.Scale(x[0], 3) },
			exact: exactly(func(x []float64) { x[0] *= 3 })},
		{name: "Fill", sizes: whole(1),
			run:   func(s Set, x [][]float32, _, _ int) { s.Fill(x[0], 0.25) },
			exact: exactly(func(x []float64) { x[0] = 0.25 })},
		{name: "Mul", sizes: whole(3), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.Mul(x[0], x[1], x[2]) },
			exact: exactly(func(x []float64) { x[0] = x[1] * x[2] })},
		{name: "MulInPlace", sizes: whole(2), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.Mul(x[0], x[0], x[1]) },
			exact: exactly(func(x []float64) { x[0] *= x[1] })},
		{name: "MulAdd", sizes: whole(3), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.MulAdd(x[0], x[1], x[2]) },
			exact: exactly(func(x []float64) { x[0] += x[1] * x[2] })},
		{name: "EMA", sizes: whole(2), tolerance: few,
			run:   func(s Set, x [][]float32, _, _ int) { s.EMA(x[0], x[1], 0.75) },
			exact: exactly(func(x []float64) { x[0] = 0.75*x[0] + 0.25*x[1] })},
	}, 1)
}

func TestActivationSlopes(t *testing.T) {
	t.Parallel()
	back := func(name string, run func(s Set, d, x []float32), slope func(x float64) float64, inside ...int) trial {
		return trial{name: name, sizes: whole(2), tolerance: 5e-7, inside: inside,
			run:   func(s Set, x [][]float32, _, _ int) { run(s, x[0], x[1]) },
			exact: exactly(func(x []float64) { x[0] *= slope(x[1]) })}
	}
	checkAll(t, []trial{
		back("ReLUBack", Set.ReLUBack, func(y float64) float64 { return bool01(y > 0) }),
		back("SquareBack", Set.SquareBack, func(x float64) float64 { return 2 * x }),
		back("SigmoidBack", Set.SigmoidBack, func(y float64) float64 { return y * (1 - y) }, 1),
		back("TanhBack", Set.TanhBack, func(y float64) float64 { return 1 - y*y }),
		back("LogBack", Set.LogBack, func(x float64) float64 {
			if x <= 0 {
				return 0
			}
			return 1 / (x + 1e-6)
		}),
		back("GELUBack", Set.GELUBack, geluSlope),
	}, 2)
}

func geluSlope(x float64) float64 {
	up := logistic(x * (geluA + geluB*x*x))
	return up + x*up*(1-up)*(geluA+3*geluB*x*x)
}

func TestSums(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	for _, n := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 79, 80, 100, 127, 128, 500, 4097} {
		x, y := values(rng, n), values(rng, n)
		var dot, sum, squares, size float64
		for i := range x {
			a, b := float64(x[i]), float64(y[i])
			dot, sum, squares, size = dot+a*b, sum+a, squares+a*a, size+math.Abs(a)+math.Abs(a*b)+a*a
		}
		var vector []float32
		for _, s := range paths(t) {
			got := []float32{s.Dot(x, y), s.Sum(x), s.SumSquares(x)}
			// A chain of n/16 + 4 terms; 1e-6 of the terms' size is never reached here.
			for i, want := range []float64{dot, sum, squares} {
				require.InDelta(t, want, float64(got[i]), 1e-6*size, "%s, %d values, sum %d", s.Path(), n, i)
			}
			if s.Path() == Portable {
				continue
			}
			if vector == nil {
				vector = got
			}
			require.Equal(t, vector, got, "%d values", n)
		}
	}
}

func TestDotRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 1))
	x, q := values(rng, 9*20), values(rng, 17)
	for _, s := range paths(t) {
		dst := make([]float32, 9)
		s.DotRows(dst, Grid{x, 9, 17, 20}, Grid{q, 9, 17, 0})
		for i, v := range dst {
			require.Equal(t, s.Dot(x[20*i:][:17], q), v)
		}
	}
}

func TestAdam(t *testing.T) {
	t.Parallel()
	step := AdamStep{Rate: 0.01, Beta1: 0.9, Beta2: 0.99, Eps: 1e-4, Decay: 0.1, Correct1: 2, Correct2: 3, Clip: 0.5}
	checkAll(t, []trial{{name: "Adam", sizes: whole(4), tolerance: few, positive: []int{2},
		run: func(s Set, x [][]float32, _, _ int) { s.Adam(x[0], x[1], x[2], x[3], step) },
		exact: exactly(func(x []float64) {
			g := x[3] / 2
			x[1] = 0.9*x[1] + 0.1*g
			x[2] = 0.99*x[2] + 0.01*g*g
			x[0] -= 0.001*x[0] + 0.01*2*x[1]/(math.Sqrt(3*x[2])+1e-4)
		})}}, 5)
	for _, s := range paths(t) {
		w, m, v := []float32{1}, []float32{0}, []float32{0}
		s.Adam(w, m, v, []float32{4}, AdamStep{Rate: 0.1, Beta1: 0.9, Beta2: 0.999, Correct1: 10, Correct2: 1000})
		require.InDelta(t, 0.9, w[0], 1e-6, "the first step is the rate, whatever the gradient: no clip means all of it")
	}
}
