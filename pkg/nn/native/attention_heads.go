package native

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// attentionHeads computes softmax(Q Kᵀ/√D) V for every head of one series, D being a head's channels.
// A point's row of qkv holds Q, K and V of all heads, C values each.
//
// The scores exist for a block of queries only. The backward pass computes them again from the
// logarithm of each row's sum, so that memory grows with the points and not with their square
// (Dao et al., FlashAttention, NeurIPS 2022, section 3.1).
type attentionHeads struct {
	set             kernel.Set
	channels, heads int
}

func (a *attentionHeads) depth() int { return a.channels / a.heads }

// scale is what scores are multiplied by.
func (a *attentionHeads) scale() float32 { return float32(1 / math.Sqrt(float64(a.depth()))) }

// attentionScratch is the working memory for a series.
type attentionScratch struct {
	stride  int       // of the rows below: the points, rounded up to an odd number of cache lines
	queries int       // at once
	keys    []float32 // depth × stride: a head's keys, transposed
	scores  []float32 // queries × stride
	tops    []float32 // queries
	sums    []float32 // queries
	// For the backward pass:
	values []float32 // depth × stride: a head's values, transposed
	slopes []float32 // queries × stride: the gradients of the scores
	dots   []float32 // queries
}

// take cuts working memory for T points.
func (a *attentionHeads) take(m *memory, T int, backward bool) attentionScratch {
	s := attentionScratch{stride: roundUp(T) | line}
	s.queries = min(T, attentionBlock(s.stride))
	s.keys, s.scores = m.take(a.depth()*s.stride), m.take(s.queries*s.stride)
	s.tops, s.sums = m.take(s.queries), m.take(s.queries)
	if backward {
		s.values, s.slopes, s.dots = m.take(a.depth()*s.stride), m.take(s.queries*s.stride), m.take(s.queries)
	}
	return s
}

// attentionBlock returns how many queries to take at once: what keeps their scores in the
// second-level cache, and fills the kernels' tiles of eight. No bits depend on it.
func attentionBlock(stride int) int {
	const values = 1 << 15
	return min(max(values/stride&^7, 8), 64)
}

func (s *attentionScratch) grid(x []float32, rows, T int) kernel.Grid {
	return kernel.Grid{X: x, Rows: rows, Cols: T, Stride: s.stride}
}

// forward writes the heads' results for T points to dst, T × channels, and to logSums, heads × T
// unless it is nil, the logarithm of each row's sum of exponentials.
func (a *attentionHeads) forward(dst, logSums, qkv []float32, T int, s *attentionScratch) {
	C, D := a.channels, a.depth()
	for h := range a.heads {
		q, v := h*D, 2*C+h*D
		a.turnKeys(s, qkv, h, T)
		for from := 0; from < T; from += s.queries {
			n := min(s.queries, T-from)
			a.score(s, nil, qkv[from*3*C+q:], n, T)
			if logSums != nil {
				a.logarithms(logSums[h*T+from:][:n], s)
			}
			results := dst[from*C+q:]
			a.set.MatMul(&kernel.MatMul{
				M: n, N: D, K: T, A: s.scores, ARow: s.stride, ACol: 1, B: qkv[v:], BRow: 3 * C, C: results, CRow: C,
			})
			for i, sum := range s.sums[:n] {
				a.set.Scale(results[i*C:][:D], 1/sum)
			}
		}
	}
}

// turnKeys transposes a head's keys, with zeros behind.
func (a *attentionHeads) turnKeys(s *attentionScratch, qkv []float32, h, T int) {
	D := a.depth()
	a.set.TransposeRows(s.keys, s.stride, qkv[a.channels+h*D:], 3*a.channels, T, D)
	for c := range D {
		clear(s.keys[c*s.stride:][T:s.stride])
	}
}

// score makes exponentials of the scores of n queries: less the largest of the row, or less logs.
func (a *attentionHeads) score(s *attentionScratch, logs, queries []float32, n, T int) {
	a.set.Scores(&kernel.Scores{
		M: n, N: T, K: a.depth(), A: queries, ARow: 3 * a.channels, B: s.keys, BRow: s.stride,
		C: s.scores, CRow: s.stride, Scale: a.scale(), Top: s.tops, Sum: s.sums, Logs: logs,
	})
}

func (a *attentionHeads) logarithms(dst []float32, s *attentionScratch) {
	scale := float64(a.scale())
	for i := range dst {
		dst[i] = float32(scale*float64(s.tops[i]) + math.Log(float64(s.sums[i])))
	}
}

// backward writes the gradient of qkv, given that of the heads' results d, the results y themselves
// and the logarithms that forward kept.
func (a *attentionHeads) backward(dqkv, d, y, logSums, qkv []float32, T int, s *attentionScratch) {
	C, D := a.channels, a.depth()
	for h := range a.heads {
		a.turnKeys(s, qkv, h, T)
		a.set.TransposeRows(s.values, s.stride, qkv[2*C+h*D:], 3*C, T, D)
		for from := 0; from < T; from += s.queries {
			n := min(s.queries, T-from)
			a.slope(s, h, from, n, d, y, logSums, qkv, T)
			a.gather(s, h, from, n, dqkv, d, qkv, T)
		}
	}
}

// slope makes, for n queries of a head, the probabilities again in s.scores, and in s.slopes the
// gradient of the scores: P∘(d Vᵀ - d·y)/√D.
func (a *attentionHeads) slope(s *attentionScratch, h, from, n int, d, y, logSums, qkv []float32, T int) {
	C, D := a.channels, a.depth()
	at := from*C + h*D
	a.score(s, logSums[h*T+from:][:n], qkv[from*3*C+h*D:], n, T)
	a.set.MatMul(&kernel.MatMul{
		M: n, N: T, K: D, A: d[at:], ARow: C, ACol: 1, B: s.values, BRow: s.stride, C: s.slopes, CRow: s.stride,
	})
	a.set.DotRows(s.dots[:n], kernel.Grid{X: d[at:], Rows: n, Cols: D, Stride: C}, kernel.Grid{X: y[at:], Rows: n, Cols: D, Stride: C})
	a.set.SoftmaxBackWith(s.grid(s.slopes, n, T), s.grid(s.scores, n, T), a.scale(), s.dots[:n])
}

// gather takes the gradients of n queries' scores to those of the queries, and adds what they give to
// all keys and values.
func (a *attentionHeads) gather(s *attentionScratch, h, from, n int, dqkv, d, qkv []float32, T int) {
	C, D := a.channels, a.depth()
	q, k, v := h*D, C+h*D, 2*C+h*D
	a.spread(s, dqkv[v:], s.scores, d[from*C+q:], C, n, T, from > 0)
	a.spread(s, dqkv[k:], s.slopes, qkv[from*3*C+q:], 3*C, n, T, from > 0)
	a.set.MatMul(&kernel.MatMul{
		M: n, N: D, K: T, A: s.slopes, ARow: s.stride, ACol: 1, B: qkv[k:], BRow: 3 * C,
		C: dqkv[from*3*C+q:], CRow: 3 * C,
	})
}

// spread makes of n queries' rows weightsᵀ·rows, for each of T points, or adds that to dst.
func (a *attentionHeads) spread(s *attentionScratch, dst, weights, rows []float32, stride, n, T int, add bool) {
	a.set.MatMul(&kernel.MatMul{
		M: T, N: a.depth(), K: n, A: weights, ARow: 1, ACol: s.stride, B: rows, BRow: stride,
		C: dst, CRow: 3 * a.channels, Add: add,
	})
}
