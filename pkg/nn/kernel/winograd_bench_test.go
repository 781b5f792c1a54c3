package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkConv3 reports the rate at which the direct sum would have to compute to be as fast.
func BenchmarkConv3(b *testing.B) {
	for _, s := range paths(b)[1:] {
		for _, d := range [][3]int{{250, 32, 64}, {125, 64, 128}, {500, 16, 16}} {
			rng := rand.New(rand.NewPCG(1, 2))
			c := newConvolution(rng, d[0], d[1], d[2])
			c.Padding, c.ReLU, c.Pool = 1, true, false
			c.Y = make([]float32, d[0]*c.YRow)
			flops := 2 * 3 * float64(d[0]*d[1]*d[2])
			rate := func(b *testing.B) {
				b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			}
			name := fmt.Sprintf("%s/%dx%d→%d", s.Path(), d[0], d[1], d[2])
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					s.Conv3(&c.Conv3)
				}
				rate(b)
			})
			b.Run(name+"/pool", func(b *testing.B) {
				p := c.Conv3
				p.Pool = true
				for b.Loop() {
					s.Conv3(&p)
				}
				rate(b)
			})
			b.Run(name+"/gradient", func(b *testing.B) {
				g := Conv3Gradient{
					T: c.T, In: c.In, Out: c.Out, Padding: c.Padding, X: c.X, XRow: c.XRow, DY: c.Y, DYRow: c.YRow, Add: true,
					Sum: make([]float32, len(c.W)), Scratch: make([]float32, Conv3GradientScratch(c.In, c.Out)),
				}
				for b.Loop() {
					s.Conv3Gradient(&g)
				}
				rate(b)
			})
			b.Run(name+"/weights", func(b *testing.B) {
				for b.Loop() {
					s.Conv3WeightsBack(c.W, c.weights, c.In, c.Out)
				}
			})
		}
	}
}
