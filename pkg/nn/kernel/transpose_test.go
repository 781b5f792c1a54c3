package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTranspose(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 9))
	for range 100 {
		rows, cols := 1+rng.IntN(90), 1+rng.IntN(90)
		srcRow, dstRow := cols+rng.IntN(4), rows+rng.IntN(4)
		src := values(rng, rows*srcRow)
		for _, s := range paths(t) {
			want, got := make([]float32, cols*dstRow), make([]float32, cols*dstRow)
			for i := range rows {
				for j := range cols {
					want[j*dstRow+i] = src[i*srcRow+j]
				}
			}
			s.TransposeRows(got, dstRow, src, srcRow, rows, cols)
			require.Equal(t, want, got, "%v %d×%d", s.Path(), rows, cols)
		}
	}
	src, dst := values(rng, 6), make([]float32, 6)
	Best().Transpose(dst, src, 2, 3)
	require.Equal(t, []float32{src[0], src[3], src[1], src[4], src[2], src[5]}, dst)
	require.Panics(t, func() { Best().Transpose(dst[:5], src, 2, 3) })
	require.Panics(t, func() { Best().Transpose(dst, src[:5], 2, 3) })
	Best().Transpose(nil, nil, 0, 3)
}

func BenchmarkTranspose(b *testing.B) {
	for _, s := range paths(b) {
		for _, d := range [][2]int{{500, 16}, {64, 7936}, {7936, 64}, {64, 128}} {
			b.Run(fmt.Sprintf("%s/%dx%d", s.Path(), d[0], d[1]), func(b *testing.B) {
				src, dst := make([]float32, d[0]*d[1]), make([]float32, d[0]*d[1])
				b.SetBytes(int64(8 * len(src)))
				for b.Loop() {
					s.Transpose(dst, src, d[0], d[1])
				}
			})
		}
	}
}
