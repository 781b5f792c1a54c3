package native

// dropout multiplies with a mask that it keeps for the way back. In prediction, and at rate zero, the
// values pass as they are and there is no op.
type dropout struct {
	s    *site
	rate float64
}

func newDropout(s *site) op { return &dropout{s, s.node.Layer.Rate} }

func (o *dropout) needs() needs {
	return needs{
		inPlace: true, keepsSign: true, backInPlace: true,
		saved: roundUp(o.s.points * o.s.node.In.Channels),
	}
}

func (o *dropout) forward() []stage { return perRow(o.run) }

func (o *dropout) run(c *call) {
	mask := c.saved[:c.in.T*c.in.C]
	c.pass.Mask(mask, o.rate, o.s.index, c.row)
	c.k.Mul(c.out.values(), c.in.values(), mask)
}

func (o *dropout) backward() []stage {
	return perRow(func(c *call) { c.k.Mul(c.din.values(), c.dout.values(), c.saved[:c.dout.T*c.dout.C]) })
}
