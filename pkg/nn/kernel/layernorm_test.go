package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLayerNormRows(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(12, 1))
	for C := 1; C <= 140; C += 1 + C/40 {
		rows := C % 5
		x, gain, bias := values(rng, rows*C), values(rng, C), values(rng, C)
		for i := range x {
			x[i] += 5 // so that a difference of squares would show
		}
		var vector []uint32
		for _, s := range paths(t) {
			dst, mean, inv := make([]float32, len(x)), make([]float32, rows), make([]float32, rows)
			s.LayerNormRows(dst, x, gain, bias, mean, inv, C, 1e-5)
			for r := range rows {
				m, v := moments(x[r*C:][:C])
				scale := 1 / math.Sqrt(v+1e-5)
				require.InDelta(t, m, mean[r], 2e-6)
				require.InEpsilon(t, scale, inv[r], 1e-4) // of variances near 1e-5, the mean's rounding shows
				for c := range C {
					want := (float64(x[r*C+c])-m)*scale*float64(gain[c]) + float64(bias[c])
					require.InDelta(t, want, dst[r*C+c], 2e-6*scale*(1+math.Abs(want)), "%s, row %d of %d", s.Path(), r, C)
				}
			}
			if s.Path() == Portable {
				continue
			}
			if vector == nil {
				vector = bits(dst, mean, inv)
			}
			require.Equal(t, vector, bits(dst, mean, inv), "%d channels", C)
		}
	}
}

// TestLayerNormBack compares with the formula in float64, at moments of its own.
func TestLayerNormBack(t *testing.T) {
	t.Parallel()
	checkAll(t, []trial{{
		name: "LayerNormBack", tolerance: 2 * sums, inside: []int{4},
		sizes: func(rows, C int) []int { return []int{rows * C, rows * C, rows * C, rows, rows, C, C, C} },
		run: func(s Set, x [][]float32, _, C int) {
			s.LayerNormBack(x[0], x[5], x[6], x[1], x[2], x[3], x[4], x[7], C)
		},
		exact: func(x [][]float64, rows, C int) {
			for r := range rows {
				var sum, sumx float64
				norm := func(c int) float64 { return (x[2][r*C+c] - x[3][r]) * x[4][r] }
				for c := range C {
					d := x[1][r*C+c]
					x[5][c] += d * norm(c)
					x[6][c] += d
					sum += d * x[7][c] / float64(C)
					sumx += d * x[7][c] * norm(c) / float64(C)
				}
				for c := range C {
					x[0][r*C+c] = x[4][r] * (x[1][r*C+c]*x[7][c] - sum - norm(c)*sumx)
				}
			}
		},
	}}, 13)
}
