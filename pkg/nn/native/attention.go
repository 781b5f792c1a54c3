package native

import "github.com/longmemory/hurst/pkg/nn/kernel"

// attention is multi-head self-attention of one series with its two projections.
type attention struct {
	attentionHeads
	s *site
}

func newAttention(s *site) op {
	return &attention{attentionHeads{s.kernels, s.node.In.Channels, s.node.Layer.Heads}, s}
}

// attentionKept is what the forward pass makes: for the backward pass in training.
type attentionKept struct {
	qkv     []float32 // T × 3C
	results []float32 // T × C, of the heads
	logSums []float32 // heads × T; in prediction nil
}

func (a *attention) takeKept(m *memory, T int) (k attentionKept) {
	k.qkv, k.results = m.take(T*3*a.channels), m.take(T*a.channels)
	if a.s.training {
		k.logSums = m.take(T * a.heads)
	}
	return k
}

// attentionBack is the backward pass's working memory.
type attentionBack struct {
	dqkv, dresults []float32
	attentionScratch
}

func (a *attention) takeBack(m *memory, T int) attentionBack {
	return attentionBack{m.take(T * 3 * a.channels), m.take(T * a.channels), a.take(m, T, true)}
}

// takeTurned cuts room for the projections' transposes.
func (a *attention) takeTurned(m *memory) (qkv, out []float32) {
	return m.take(3 * a.channels * a.channels), m.take(a.channels * a.channels)
}

func (a *attention) needs() needs {
	kept, scratch, turned := memory{count: true}, memory{count: true}, memory{count: true}
	a.takeKept(&kept, a.s.points)
	if !a.s.training {
		a.take(&kept, a.s.points, false)
		return needs{scratch: kept.used, inPlace: true}
	}
	a.takeBack(&scratch, a.s.points)
	a.takeTurned(&turned)
	return needs{input: true, saved: kept.used, scratch: scratch.used, prepared: turned.used, backInPlace: true}
}

func (a *attention) prepare(c *call) {
	if !a.s.training {
		return
	}
	C, m := a.channels, memory{rest: c.prepared}
	qkv, out := a.takeTurned(&m)
	a.set.Transpose(qkv, c.param(0), C, 3*C)
	a.set.Transpose(out, c.param(2), C, C)
}

func (a *attention) forward() []stage { return perRow(a.run) }

func (a *attention) run(c *call) {
	T, C := c.in.T, a.channels
	m := memory{rest: c.scratch}
	kept := &m
	if a.s.training {
		kept = &memory{rest: c.saved}
	}
	k := a.takeKept(kept, T)
	s := a.take(&m, T, false)
	a.set.MatMul(&kernel.MatMul{
		M: T, N: 3 * C, K: C, A: c.in.X, ARow: C, ACol: 1, B: c.param(0), BRow: 3 * C, C: k.qkv, CRow: 3 * C, Bias: c.param(1),
	})
	a.attentionHeads.forward(k.results, k.logSums, k.qkv, T, &s)
	a.set.MatMul(&kernel.MatMul{
		M: T, N: C, K: C, A: k.results, ARow: C, ACol: 1, B: c.param(2), BRow: C, C: c.out.X, CRow: C, Bias: c.param(3),
	})
}

func (a *attention) backward() []stage { return perRow(a.back) }

func (a *attention) back(c *call) {
	T, C := c.in.T, a.channels
	kept, scratch, prepared := memory{rest: c.saved}, memory{rest: c.scratch}, memory{rest: c.prepared}
	k, b := a.takeKept(&kept, T), a.takeBack(&scratch, T)
	qkv, out := a.takeTurned(&prepared)
	a.gradient(c.grad(2), c.grad(3), k.results, c.dout.values(), T, C)
	a.set.MatMul(&kernel.MatMul{
		M: T, N: C, K: C, A: c.dout.X, ARow: C, ACol: 1, B: out, BRow: C, C: b.dresults, CRow: C,
	})
	a.attentionHeads.backward(b.dqkv, b.dresults, k.results, k.logSums, k.qkv, T, &b.attentionScratch)
	a.gradient(c.grad(0), c.grad(1), c.in.X, b.dqkv, T, 3*C)
	if c.din.X == nil {
		return
	}
	a.set.MatMul(&kernel.MatMul{
		M: T, N: C, K: 3 * C, A: b.dqkv, ARow: 3 * C, ACol: 1, B: qkv, BRow: C, C: c.din.X, CRow: C,
	})
}

// gradient adds those of a projection from x to N values per point: of its weights and its bias.
func (a *attention) gradient(dweight, dbias, x, d []float32, T, N int) {
	C := a.channels
	a.set.MatMul(&kernel.MatMul{
		M: C, N: N, K: T, A: x, ARow: 1, ACol: C, B: d, BRow: N, C: dweight, CRow: N, Add: true,
	})
	a.set.SumRows(dbias, d[:T*N], N)
}
