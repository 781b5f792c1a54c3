package native

import "github.com/longmemory/hurst/pkg/nn/kernel"

// attentionPool is the mean over the points of a series, weighted by the softmax of their products
// with a learned query.
type attentionPool struct{ s *site }

func newAttentionPool(s *site) op { return &attentionPool{s} }

func (o *attentionPool) needs() needs {
	if !o.s.training {
		return needs{scratch: o.s.points}
	}
	room := memory{count: true}
	o.takeBack(&room, o.s.points)
	return needs{input: true, saved: o.s.points, scratch: room.used}
}

// takeBack cuts room for pairs, a weight and the gradient of its score for each point, and for what
// they are multiplied by, two rows of C values.
func (o *attentionPool) takeBack(m *memory, T int) (pairs, rows []float32) {
	return m.take(2 * T), m.take(2 * o.s.node.In.Channels)
}

func (o *attentionPool) forward() []stage { return perRow(o.run) }

func (o *attentionPool) run(c *call) {
	T, C, weights := c.in.T, c.in.C, c.scratch
	if o.s.training {
		weights = c.saved
	}
	weights = weights[:T]
	c.k.DotRows(weights, kernel.Grid{X: c.in.X, Rows: T, Cols: C, Stride: C}, kernel.Grid{X: c.param(0), Rows: T, Cols: C})
	c.k.SoftmaxRows(kernel.Grid{X: weights, Rows: 1, Cols: T, Stride: T}, 1)
	c.k.MatMul(&kernel.MatMul{
		M: 1, N: C, K: T, A: weights, ARow: T, ACol: 1, B: c.in.X, BRow: C, C: c.out.X, CRow: C,
	})
}

func (o *attentionPool) backward() []stage { return perRow(o.back) }

// back: with weights w and the gradient d of the output, that of the scores is s = w∘(x·d - Σ w∘x·d),
// of the query Σ s x, and of a point w d + s q.
func (o *attentionPool) back(c *call) {
	T, C, weights := c.in.T, c.in.C, c.saved[:c.in.T]
	m := memory{rest: c.scratch}
	pairs, rows := o.takeBack(&m, T)
	slopes := pairs[T:]
	copy(pairs, weights)
	c.k.DotRows(slopes, kernel.Grid{X: c.in.X, Rows: T, Cols: C, Stride: C}, kernel.Grid{X: c.dout.X, Rows: T, Cols: C})
	one := func(x []float32) kernel.Grid { return kernel.Grid{X: x, Rows: 1, Cols: T, Stride: T} }
	c.k.SoftmaxBackRows(one(slopes), one(weights), 1)
	c.k.MatMul(&kernel.MatMul{
		M: 1, N: C, K: T, A: slopes, ARow: T, ACol: 1, B: c.in.X, BRow: C, C: c.grad(0), CRow: C, Add: true,
	})
	if c.din.X == nil {
		return
	}
	copy(rows, c.dout.X[:C])
	copy(rows[C:], c.param(0))
	c.k.MatMul(&kernel.MatMul{
		M: T, N: C, K: 2, A: pairs, ARow: 1, ACol: T, B: rows, BRow: C, C: c.din.X, CRow: C,
	})
}
