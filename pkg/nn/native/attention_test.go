package native

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// naiveHeads is the definition in double precision: softmax(Q Kᵀ/√D) V of each head.
func naiveHeads(qkv []float32, T, C, heads int) []float32 {
	y, D := make([]float32, T*C), C/heads
	at := func(t, part, h, c int) float64 { return float64(qkv[t*3*C+part*C+h*D+c]) }
	for h := range heads {
		for i := range T {
			p, sum, top := make([]float64, T), 0.0, math.Inf(-1)
			for j := range p {
				for c := range D {
					p[j] += at(i, 0, h, c) * at(j, 1, h, c)
				}
				p[j] /= math.Sqrt(float64(D))
				top = max(top, p[j])
			}
			for j := range p {
				p[j] = math.Exp(p[j] - top)
				sum += p[j]
			}
			for c := range D {
				v := 0.0
				for j := range p {
					v += p[j] / sum * at(j, 2, h, c)
				}
				y[i*C+h*D+c] = float32(v)
			}
		}
	}
	return y
}

// TestAttentionHeads compares with the definition, over lengths around blocks and registers, and with
// scores of some hundreds, of which exponentials overflow unless the largest is taken off. Those lose
// digits by themselves: a score of 300 is known to 300·2⁻²⁴, and so is its exponential, relatively.
func TestAttentionHeads(t *testing.T) {
	t.Parallel()
	for _, k := range paths(t) {
		for _, size := range []struct{ T, C, heads int }{{1, 4, 1}, {15, 6, 3}, {64, 8, 2}, {129, 32, 2}, {700, 20, 1}} {
			for scale, tolerance := range map[float64]float64{1: 1e-5, 8: 3e-4} {
				T, C := size.T, size.C
				a := &attentionHeads{k, C, size.heads}
				qkv := noise(uint64(T), T*3*C, scale)
				need := memory{count: true}
				a.take(&need, T, false)
				s := a.take(&memory{rest: junk(need.used)}, T, false)
				y, logs := junk(T*C), junk(size.heads*T)
				a.forward(y, logs, qkv, T, &s)
				near(t, "results", naiveHeads(qkv, T, C, size.heads), y, tolerance)
				again := junk(T * C)
				a.forward(again, nil, qkv, T, &s)
				sameBits(t, "without logarithms", y, again)
			}
		}
	}
}

// TestAttentionMemory: what training keeps grows with the points, not with their square.
func TestAttentionMemory(t *testing.T) {
	t.Parallel()
	l := nn.Layer{Kind: nn.Attention, Heads: 4}
	size := func(T int) int {
		o := newLone(t, paths(t)[0], l, 16, []int{T}, true)
		n := o.op.needs()
		return n.saved + n.scratch
	}
	require.Less(t, size(16384), 10*size(2048))
}
