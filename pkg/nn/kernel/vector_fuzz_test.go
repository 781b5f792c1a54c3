package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzVector runs kernels that read each value, or sum over them, on any bits, and demands that the
// vector paths agree on them, NaN aside, and that nothing is written beyond the slices.
func FuzzVector(f *testing.F) {
	f.Add([]byte{}, uint8(1))
	f.Add([]byte{0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0xff, 1, 0, 0, 0, 0, 0, 0x80, 0x3f}, uint8(2))
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{7, 64, 129} {
		var data []byte
		for range n {
			data = binary.LittleEndian.AppendUint32(data, rng.Uint32())
		}
		f.Add(data, uint8(n/3))
	}
	f.Fuzz(func(t *testing.T, data []byte, channels uint8) {
		var x []float32
		for ; len(data) >= 4; data = data[4:] {
			x = append(x, math.Float32frombits(binary.LittleEndian.Uint32(data)))
		}
		C := max(1, min(int(channels), len(x)))
		x = x[:len(x)/C*C]
		var vector [][]uint32
		for _, s := range paths(t) {
			got := everything(t, s, x, C)
			if s.Path() == Portable {
				continue
			}
			if vector == nil {
				vector = got
			}
			for i := range got {
				if !slices.Equal(vector[i], got[i]) {
					t.Fatalf("kernel %d: AVX2 gives %x, AVX-512 %x", i, vector[i], got[i])
				}
			}
		}
	})
}

// everything returns the bits of what kernels make of x, in rows of C.
func everything(t *testing.T, s Set, x []float32, C int) (results [][]uint32) {
	t.Helper()
	run := func(n int, f func(dst []float32)) {
		dst := make([]float32, n+2*fence)
		for i := range dst {
			dst[i] = math.Float32frombits(guard)
		}
		inner := dst[fence : fence+n : fence+n]
		copy(inner, x)
		f(inner)
		for i := range fence {
			if math.Float32bits(dst[i]) != guard || math.Float32bits(dst[fence+n+i]) != guard {
				t.Fatalf("%s: kernel %d writes beyond %d values", s.Path(), len(results), n)
			}
		}
		for i, v := range inner {
			if v != v {
				inner[i] = float32(math.NaN())
			}
		}
		results = append(results, bits(inner))
	}
	for _, f := range []func(s Set, dst, x []float32){
		Set.ReLU, Set.Square, Set.Exp, Set.Log, Set.Sigmoid, Set.Tanh, Set.GELU, Set.GELUBack, Set.LogBack, Set.ReLUBack, Set.Add,
	} {
		run(len(x), func(dst []float32) { f(s, dst, x) })
	}
	rows := len(x) / C
	one := make([]float32, C)
	copy(one, x)
	per := [2][]float32{make([]float32, rows), make([]float32, rows)}
	run(1, func(dst []float32) { dst[0] = s.Dot(x, x) })
	run(C, func(dst []float32) { s.SumRows(dst, x, C) })
	run(len(x), func(dst []float32) { s.SoftmaxLogRows(Grid{dst, rows, C, C}, 0.5, per[0]) })
	run(len(x), func(dst []float32) { s.LayerNormRows(dst, x, one, one, per[0], per[1], C, 1e-5) })
	run(rows/2*C, func(dst []float32) { s.NormPool(dst, x, one, one, C) })
	return results
}

func TestVectorKernelsAllocateNothing(t *testing.T) { // alone: others' allocations would count
	x, y, one := make([]float32, 4*40), make([]float32, 4*40), make([]float32, 40)
	for _, s := range paths(t) {
		g := Grid{x, 4, 40, 40}
		require.Zero(t, testing.AllocsPerRun(10, func() {
			var local [40]float32
			s.Add(x, y)
			s.Dot(x, y)
			s.Tanh(x, x)
			s.SumRows(local[:], x, 40)
			s.NormPool(y[:80], x, one, one, 40)
			s.SoftmaxLogRows(g, 1, local[:4])
			s.DotRows(local[:4], g, g)
			s.LayerNormRows(x, x, one, one, local[:4], local[4:8], 40, 1e-5)
			s.LSTMStep(x, one, one, local[:], 40)
			s.GRUStep(x[:120], y[:120], one, one, 40)
			s.Adam(one, one, one, local[:], AdamStep{Correct1: 1, Correct2: 1})
		}), s.Path())
	}
}
