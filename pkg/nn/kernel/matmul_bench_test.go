package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchShapes are products of the networks that this engine was built for: M×K→N. T is of a transposed A,
// as in the gradients of weights.
var benchShapes = []struct {
	m, k, n    int
	transposed bool
}{
	{500, 3, 32, false}, {500, 9, 16, false}, {250, 96, 64, false}, {125, 192, 128, false},
	{96, 250, 64, true}, {192, 125, 128, true}, {9, 492, 16, true},
	{500, 16, 500, false}, {500, 500, 16, false}, {16, 128, 512, false},
	{1, 7936, 64, false}, {32, 7936, 64, false}, {7936, 32, 64, true}, {32, 64, 7936, false},
	{32, 64, 32, false}, {1, 64, 32, false}, {512, 512, 512, false},
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range paths(b)[1:] {
		for _, d := range benchShapes {
			t := ""
			if d.transposed {
				t = "T"
			}
			b.Run(fmt.Sprintf("%s/%dx%d%s→%d", s.Path(), d.m, d.k, t, d.n), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				p := &MatMul{M: d.m, N: d.n, K: d.k, ARow: d.k, ACol: 1, BRow: d.n, CRow: d.n}
				if d.transposed {
					p.ARow, p.ACol = 1, d.m
				}
				p.A, p.B, p.C = values(rng, d.m*d.k), values(rng, d.k*d.n), values(rng, d.m*d.n)
				for b.Loop() {
					s.MatMul(p)
				}
				b.ReportMetric(2*float64(d.m*d.n*d.k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}

// BenchmarkMatMulZeros is of a row of which some values are zero, as ReLU leaves them.
func BenchmarkMatMulZeros(b *testing.B) {
	const k, n = 7936, 64
	for _, s := range paths(b)[1:] {
		for _, percent := range []int{0, 25, 50, 75} {
			b.Run(fmt.Sprintf("%s/1x%d→%d/%d%%", s.Path(), k, n, percent), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				p := &MatMul{M: 1, N: n, K: k, ACol: 1, BRow: n, A: values(rng, k), B: values(rng, k*n), C: make([]float32, n)}
				for i := range p.A {
					if rng.IntN(100) < percent {
						p.A[i] = 0
					}
				}
				for b.Loop() {
					s.MatMul(p)
				}
			})
		}
	}
}
