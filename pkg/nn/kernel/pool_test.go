package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// pooled gives one slice of pooled rows, n of all rows and m of channels.
func pooled(n, m int) func(rows, C int) []int {
	return func(rows, C int) []int {
		return append([]int{rows / 2 * C}, rowsAnd(n, m)(rows, C)...)
	}
}

// winner tells which of two rows passes a pool of the norm's output, and whether any does.
func winner(a, b, scale, shift float64) (second, live bool) {
	za, zb := float32(a)*float32(scale)+float32(shift), float32(b)*float32(scale)+float32(shift)
	return zb > za, max(za, zb) > 0
}

func TestNormPool(t *testing.T) {
	t.Parallel()
	each := func(f func(x [][]float64, i, j, k, c int)) func(x [][]float64, rows, C int) {
		return func(x [][]float64, rows, C int) {
			for i := range rows / 2 {
				for c := range C {
					f(x, i*C+c, 2*i*C+c, (2*i+1)*C+c, c)
				}
			}
		}
	}
	checkAll(t, []trial{
		{name: "NormPool", sizes: pooled(1, 2), tolerance: few,
			run: func(s Set, x [][]float32, _, C int) { s.NormPool(x[0], x[1], x[2], x[3], C) },
			exact: each(func(x [][]float64, i, j, k, c int) {
				x[0][i] = max(0, x[1][j]*x[2][c]+x[3][c], x[1][k]*x[2][c]+x[3][c])
			})},
		{name: "NormPoolBackSums", sizes: pooled(1, 6), tolerance: 2 * sums,
			run: func(s Set, x [][]float32, _, C int) {
				s.NormPoolBackSums(x[2], x[3], x[0], x[1], x[4], x[5], x[6], x[7], C)
			},
			exact: each(func(x [][]float64, i, j, k, c int) {
				second, live := winner(x[1][j], x[1][k], x[4][c], x[5][c])
				if second {
					j = k
				}
				d := x[0][i] * bool01(live)
				x[2][c] += d
				x[3][c] += d * (x[1][j] - x[6][c]) * x[7][c]
			})},
		{name: "NormPoolBack", sizes: pooled(2, 5), tolerance: 2 * few,
			run: func(s Set, x [][]float32, _, C int) {
				s.NormPoolBack(x[2], x[0], x[1], x[3], x[4], x[5], x[6], x[7], C)
			},
			exact: func(x [][]float64, rows, C int) {
				for r := range rows {
					for c := range C {
						x[2][r*C+c] = x[6][c]*x[1][r*C+c] + x[7][c]
					}
				}
				each(func(x [][]float64, i, j, k, c int) {
					second, live := winner(x[1][j], x[1][k], x[3][c], x[4][c])
					if second {
						j = k
					}
					x[2][j] += x[5][c] * x[0][i] * bool01(live)
				})(x, rows, C)
			}},
	}, 8)
}

func TestPools(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 1))
	for _, c := range []struct{ T, C, kernel, stride int }{
		{0, 3, 2, 2}, {1, 3, 2, 2}, {2, 1, 2, 2}, {9, 5, 2, 2}, {10, 70, 2, 2}, {31, 16, 2, 2}, {40, 32, 2, 2},
		{9, 17, 3, 1}, {9, 17, 3, 3}, {10, 33, 4, 2}, {10, 33, 2, 3}, {10, 8, 1, 1}, {10, 8, 10, 1}, {11, 64, 2, 1},
	} {
		x := make([]float32, c.T*c.C)
		for i := range x {
			x[i] = float32(rng.IntN(4)) // ties
		}
		n := PoolRows(c.T, c.kernel, c.stride)
		dy := values(rng, n*c.C)
		for _, s := range paths(t) {
			top, mean := make([]float32, n*c.C), make([]float32, n*c.C)
			dmax, davg := values(rng, len(x)), values(rng, len(x))
			s.MaxPool(top, x, c.C, c.kernel, c.stride)
			s.AvgPool(mean, x, c.C, c.kernel, c.stride)
			s.MaxPoolBack(dmax, dy, x, c.C, c.kernel, c.stride)
			s.AvgPoolBack(davg, dy, c.C, c.kernel, c.stride)
			wantMax, wantAvg := make([]float64, len(x)), make([]float64, len(x))
			for i := range n {
				for ch := range c.C {
					best, sum := i*c.stride*c.C+ch, float32(0)
					for k := range c.kernel {
						at := (i*c.stride+k)*c.C + ch
						if x[at] > x[best] {
							best = at
						}
						sum += x[at]
						wantAvg[at] += float64(dy[i*c.C+ch]) / float64(c.kernel)
					}
					wantMax[best] += float64(dy[i*c.C+ch])
					require.Equal(t, x[best], top[i*c.C+ch], "%s %v", s.Path(), c)
					require.InDelta(t, sum/float32(c.kernel), mean[i*c.C+ch], 1e-6, "%s %v", s.Path(), c)
				}
			}
			for i := range x {
				require.InDelta(t, wantMax[i], dmax[i], 1e-6, "%s %v value %d", s.Path(), c, i)
				require.InDelta(t, wantAvg[i], davg[i], 1e-6, "%s %v value %d", s.Path(), c, i)
			}
		}
	}
}

func TestPoolsPassNaN(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	for _, s := range paths(t) {
		for _, x := range [][]float32{{nan, 1, 1, 2}, {1, nan, 1, 2}} {
			dst := make([]float32, 2)
			s.MaxPool(dst, x, 1, 2, 2)
			require.True(t, math.IsNaN(float64(dst[0])), "%s %v", s.Path(), x)
			require.EqualValues(t, 2, dst[1])
			s.NormPool(dst, x, []float32{1}, []float32{0}, 1)
			require.True(t, math.IsNaN(float64(dst[0])), "%s %v", s.Path(), x)
			s.MaxPool(dst[:1], x[:3], 1, 3, 1)
			require.True(t, math.IsNaN(float64(dst[0])), "%s %v", s.Path(), x)
		}
	}
}
