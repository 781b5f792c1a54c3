package native

import "github.com/longmemory/hurst/pkg/nn"

// dropout multiplies with a mask that it keeps for the way back. In prediction, and at rate zero, the
// values pass as they are and there is no op.
type dropout struct {
	s    *site
	rate float64
}

func newDropout(s *site) op {
	o := dropout{s, s.node.Layer.Rate}
	if gated(s.plan, s.node.Inputs[0]) {
		return &gatedDropout{o}
	}
	return &o
}

func (o *dropout) size() int { return roundUp(o.s.points * o.s.node.In.Channels) }

func (o *dropout) needs() needs {
	return needs{inPlace: true, keepsSign: true, backInPlace: true, saved: o.size()}
}

func (o *dropout) forward() []stage { return perRow(func(c *call) { o.drop(c, c.saved) }) }

func (o *dropout) drop(c *call, memory []float32) {
	mask := memory[:c.in.T*c.in.C]
	c.pass.Mask(mask, o.rate, o.s.index, c.row)
	c.k.Mul(c.out.values(), c.in.values(), mask)
}

func (o *dropout) backward() []stage {
	return perRow(func(c *call) { c.k.Mul(c.din.values(), c.dout.values(), c.saved[:c.dout.T*c.dout.C]) })
}

// gatedDropout is dropout behind a ReLU. What it gives is zero where it drops, and elsewhere only where
// the ReLU lets no gradient pass anyway: its outputs are mask enough.
type gatedDropout struct{ dropout }

// gated tells whether a node's values are those of a ReLU, or some of them.
func gated(p *nn.Plan, node int) bool {
	if node < 0 {
		return false
	}
	switch n := &p.Nodes[node]; n.Layer.Kind {
	case nn.ReLU:
		return true
	case nn.MaxPool, nn.Dropout, nn.Flatten:
		return gated(p, n.Inputs[0])
	}
	return false
}

func (o *gatedDropout) needs() needs {
	return needs{inPlace: true, keepsSign: true, backInPlace: true, sign: true, scratch: o.size()}
}

func (o *gatedDropout) forward() []stage { return perRow(func(c *call) { o.drop(c, c.scratch) }) }

func (o *gatedDropout) backward() []stage { return perRow(o.back) }

func (o *gatedDropout) back(c *call) {
	d := c.backThrough()
	c.k.ReLUBack(d, c.out.values())
	c.k.Scale(d, float32(1/(1-o.rate)))
}
