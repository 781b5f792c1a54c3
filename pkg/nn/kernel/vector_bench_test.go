package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkVector measures bytes that are read and written per second, of slices that lie in the
// second-level cache: 250 rows of 64 channels.
func BenchmarkVector(b *testing.B) {
	const rows, C = 250, 64
	const n = rows * C
	const m = 62 * 4 * C // gates
	rng := rand.New(rand.NewPCG(1, 1))
	x, y, z, d := values(rng, n), values(rng, n), values(rng, n), values(rng, n)
	one := func() []float32 { return values(rng, C) }
	p, q, r, u, v, w := one(), one(), one(), one(), one(), one()
	tall, wide := values(rng, rows), values(rng, rows)
	g := Grid{x, rows, C, C}
	grid := func(x []float32) Grid { return Grid{x, 32, 500, 500} }
	step := AdamStep{Rate: 1e-9, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correct1: 1, Correct2: 1}
	for _, k := range []struct {
		name  string
		moves int // values
		run   func(s Set)
	}{
		{"Add", 3 * n, func(s Set) { s.Add(z, x) }},
		{"Mul", 3 * n, func(s Set) { s.Mul(z, x, y) }},
		{"Dot", 2 * n, func(s Set) { s.Dot(x, y) }},
		{"SumSquares", n, func(s Set) { s.SumSquares(x) }},
		{"ReLU", 2 * n, func(s Set) { s.ReLU(z, x) }},
		{"ReLUBack", 3 * n, func(s Set) { s.ReLUBack(d, y) }},
		{"Exp", 2 * n, func(s Set) { s.Exp(z, x) }},
		{"Log", 2 * n, func(s Set) { s.Log(z, x) }},
		{"Sigmoid", 2 * n, func(s Set) { s.Sigmoid(z, x) }},
		{"Tanh", 2 * n, func(s Set) { s.Tanh(z, x) }},
		{"GELU", 2 * n, func(s Set) { s.GELU(z, x) }},
		{"GELUBack", 3 * n, func(s Set) { s.Fill(d, 1); s.GELUBack(d, x) }},
		{"SumRows", n, func(s Set) { s.SumRows(p, x, C) }},
		{"SumRows16", n, func(s Set) { s.SumRows(p[:16], x, 16) }},
		{"MomentRows", n, func(s Set) { s.MomentRows(p, q, x, C) }},
		{"MomentRows32", n, func(s Set) { s.MomentRows(p[:32], q[:32], x[:n/32*32], 32) }},
		{"AddRow", 2 * n, func(s Set) { s.AddRow(d, p, C) }},
		{"ScaleShiftRowsReLU", 2 * n, func(s Set) { s.ScaleShiftRows(z, x, p, q, C, true) }},
		{"NormBackSumsReLU", 4 * n, func(s Set) { s.NormBackSums(p, q, d, y, x, u, v, C) }},
		{"NormBack", 3 * n, func(s Set) { s.NormBack(d, x, u, v, w, C) }},
		{"NormPool", n * 3 / 2, func(s Set) { s.NormPool(z[:n/2], x, u, v, C) }},
		{"NormPoolBackSums", n * 3 / 2, func(s Set) { s.NormPoolBackSums(p, q, d[:n/2], x, u, v, w, r, C) }},
		{"NormPoolBack", n * 5 / 2, func(s Set) { s.NormPoolBack(z, d[:n/2], x, u, v, w, r, p, C) }},
		{"MaxPool2", n * 3 / 2, func(s Set) { s.MaxPool(z[:n/2], x, C, 2, 2) }},
		{"MaxPool2Back", n * 5 / 2, func(s Set) { s.MaxPoolBack(z, d[:n/2], x, C, 2, 2) }},
		{"Softmax", 2 * 16000, func(s Set) { s.SoftmaxRows(grid(x), 0.25) }},
		{"SoftmaxAgain", 2 * 16000, func(s Set) { s.SoftmaxAgain(grid(z), 0.25, tall[:32]) }},
		{"SoftmaxBackWith", 3 * 16000, func(s Set) { s.SoftmaxBackWith(grid(d), grid(y), 0.25, wide[:32]) }},
		{"DotRows", 2 * n, func(s Set) { s.DotRows(tall, g, g) }},
		{"LayerNorm", 2 * n, func(s Set) { s.LayerNormRows(z, y, p, q, tall, wide, C, 1e-5) }},
		{"LayerNormBack", 3 * n, func(s Set) { s.LayerNormBack(z, u, v, d, y, tall, wide, p, C) }},
		{"Adam", 7 * n, func(s Set) { s.Adam(z, d, y, x, step) }},
		{"LSTMStep", 11 * m / 4, func(s Set) { s.LSTMStep(z[:m], x[:m/4], y[:m/4], d[:m/4], 64) }},
		{"LSTMBack", 13 * m / 4, func(s Set) { s.LSTMBack(z[:m], x[:m], y[:m/4], x[:m/4], y[:m/4], z[:m/4], 64) }},
	} {
		for _, s := range paths(b) {
			b.Run(fmt.Sprintf("%s/%s", k.name, s.Path()), func(b *testing.B) {
				b.SetBytes(int64(4 * k.moves))
				for b.Loop() {
					for _, t := range [][]float32{p, q, tall} {
						t[0] = 1
					}
					k.run(s)
				}
			})
		}
	}
}
