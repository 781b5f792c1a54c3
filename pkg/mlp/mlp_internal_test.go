package mlp

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func values(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func TestMultiply(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{1, 1, 1}, {4, 2, 3}, {5, 3, 7}, {8, 6, 28}, {9, 1, 16}, {3, 5, 2}, {64, 33, 17}} {
		m, n, k := s[0], s[1], s[2]
		a, b, c := values(rng, m*k), values(rng, n*k), make([]float32, m*n)
		multiply(c, a, b, m, n, k)
		for i := range m {
			for j := range n {
				want := float32(0)
				for p := range k {
					want += float32(a[i*k+p] * b[j*k+p])
				}
				require.Equal(t, want, c[i*n+j], "%v", s) // to the bit: the order of the sum is part of the contract
			}
		}
	}
}

func TestExp(t *testing.T) {
	t.Parallel()
	for x := -100.0; x <= 100; x += 0.0137 {
		require.InEpsilon(t, math.Exp(x), exp(x), 1e-9, "x=%v", x)
	}
	require.False(t, math.IsNaN(exp(-1e9)) || math.IsInf(exp(1e9), 0))
}

func TestGELU(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{-50, -3, -1, -0.1, 0, 0.1, 1, 3, 50} {
		u := math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x)
		z := []float32{float32(x)}
		gelu(z, nil)
		require.InDelta(t, x/2*(1+math.Tanh(u)), z[0], 1e-5*(1+math.Abs(x)))
	}
}

// Central differences of the loss in float32 are good to about 1e-3 of the largest derivative.
func TestGradientMatchesFiniteDifferences(t *testing.T) {
	t.Parallel()
	for _, activation := range []string{"relu", "gelu"} {
		for _, hidden := range [][]int{nil, {5}, {7, 4}} {
			spec := Spec{Inputs: 6, Hidden: hidden, Activation: activation}
			rng := rand.New(rand.NewPCG(2, 7))
			const rows = 9
			l := newLearner(spec, values(rng, spec.Parameters()), rows)
			copy(l.input, values(rng, rows*spec.Inputs))
			target := values(rng, rows)
			l.loss(l.forward(rows), target)
			l.backward(rows)
			grad := append([]float32(nil), l.grad...)
			largest := 0.0
			for _, g := range grad {
				largest = max(largest, math.Abs(float64(g)))
			}
			at := func(i int, v float32) float64 {
				old := l.params[i]
				l.params[i] = v
				loss, _ := l.loss(l.forward(rows), target)
				l.params[i] = old
				return loss
			}
			bad := 0
			for i, p := range l.params {
				const h = 2e-3
				numeric := (at(i, p+h) - at(i, p-h)) / float64((p+h)-(p-h))
				if math.Abs(numeric-float64(grad[i])) > 3e-3*largest {
					bad++
				}
			}
			// A relu may have its corner between the two points, once in a while.
			limit := 0
			if activation == "relu" && len(hidden) > 0 {
				limit = len(l.params) / 20
			}
			require.LessOrEqual(t, bad, limit, "%s %v", activation, hidden)
			require.Greater(t, largest, 0.01)
		}
	}
}
