package ridge

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// gonum.org/v1/gonum v0.17.0 in double precision; ours is single, whose 6e-8 the well-conditioned
// matrices multiply by some tens.
func TestFactorAgainstGonum(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 127, 128, 129, 300} {
		rng := rand.New(rand.NewPCG(uint64(n), 1))
		half := mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				half.Set(i, j, rng.NormFloat64())
			}
		}
		var a mat.SymDense
		a.SymOuterK(1/float64(n), half)
		f := newFactor(n)
		for i := range n {
			a.SetSym(i, i, a.At(i, i)+0.5)
			for j := range n {
				f.a[i*n+j] = float32(a.At(i, j))
			}
		}
		last := 0.0
		require.NoError(t, f.decompose(func(part float64) error { last = part; return nil }))
		require.Equal(t, 1.0, last)
		var c mat.Cholesky
		require.True(t, c.Factorize(&a))
		var l mat.TriDense
		c.LTo(&l)
		x, b := make([]float32, n), mat.NewVecDense(n, nil)
		inverse := f.inverse()
		for i := range n {
			for j := range i + 1 {
				require.InDelta(t, l.At(i, j), f.a[i*n+j], 5e-6, "n=%d: %d, %d", n, i, j)
			}
			x[i] = float32(rng.NormFloat64())
			b.SetVec(i, float64(x[i]))
		}
		var want mat.VecDense
		require.NoError(t, c.SolveVecTo(&want, b))
		byInverse := make([]float64, n) // L⁻ᵀ·L⁻¹·b
		for i := range n {
			part := 0.0
			for j := range n {
				part += float64(inverse[j*n+i]) * b.AtVec(j)
			}
			for j := range n {
				byInverse[j] += float64(inverse[j*n+i]) * part
			}
		}
		f.forward(x)
		f.backward(x)
		for i := range n {
			require.InDelta(t, want.AtVec(i), x[i], 2e-5, n)
			require.InDelta(t, want.AtVec(i), byInverse[i], 2e-5, n)
		}
	}
}

func TestFactorRefusesWhatIsNotPositive(t *testing.T) {
	t.Parallel()
	f := newFactor(200)
	f.shift(1)
	f.a[150*200+150] = -1
	require.ErrorIs(t, f.decompose(func(float64) error { return nil }), errNotPositive)
}
