package native

import "github.com/longmemory/hurst/pkg/nn"

// layerNorm standardises each point.
type layerNorm struct{ s *site }

func newLayerNorm(s *site) op { return &layerNorm{s} }

func (o *layerNorm) needs() needs {
	if !o.s.training {
		return needs{scratch: 2 * o.s.points, inPlace: true}
	}
	return needs{input: true, saved: 2 * o.s.points, backInPlace: true, scratch: 0}
}

func (o *layerNorm) forward() []stage { return perRow(o.run) }

func (o *layerNorm) run(c *call) {
	moments := c.scratch
	if o.s.training {
		moments = c.saved
	}
	T, C := c.in.T, c.in.C
	c.k.LayerNormRows(c.out.values(), c.in.values(), c.param(0), c.param(1), moments[:T], moments[T:2*T], C, nn.LayerNormEpsilon)
}

func (o *layerNorm) backward() []stage { return perRow(o.back) }

func (o *layerNorm) back(c *call) {
	T, C, moments := c.in.T, c.in.C, c.saved
	dx := c.din.X
	if dx == nil {
		dx = c.dout.X // spent anyway
	}
	c.k.LayerNormBack(dx[:T*C], c.grad(0), c.grad(1), c.dout.values(), c.in.values(), moments[:T], moments[T:2*T], c.param(0), C)
}
