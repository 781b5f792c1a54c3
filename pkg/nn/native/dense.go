package native

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// dense maps each point, or the vectors of a batch, with a matrix; relu and the batch norm are as in
// conv.
type dense struct {
	s         *site
	in, units int
	affine
	relu bool
}

func newDense(s *site) op {
	in, units := s.node.In.Channels, s.node.Layer.Units
	d := dense{s, in, units, newAffine(s, in, units), s.has(nn.ReLU)}
	if s.node.In.Series {
		return &pointDense{d}
	}
	return &vectorDense{d}
}

func (o *dense) prepare(c *call) {
	if !o.s.training {
		o.fold(c)
		return
	}
	c.k.Transpose(c.prepared, c.param(0), o.in, o.units)
}

// product sets c.product to rows of the input times the matrix.
func (o *dense) product(c *call, rows, inStride, outStride int) *kernel.MatMul {
	weight, bias := o.weights(c)
	c.product = kernel.MatMul{
		M: rows, N: o.units, K: o.in, A: c.in.X, ARow: inStride, ACol: 1, B: weight, BRow: o.units,
		C: c.out.X, CRow: outStride, Bias: bias, ReLU: o.relu,
	}
	return &c.product
}

// pointDense is a dense layer along a sequence.
type pointDense struct{ dense }

func (o *pointDense) needs() needs {
	n := needs{input: true, sign: o.relu}
	switch {
	case !o.s.training:
		n.prepared = o.folded()
	case o.s.inputGrad:
		n.prepared = o.in * o.units
	}
	return n
}

func (o *pointDense) forward() []stage { return perRow(o.run) }

func (o *pointDense) run(c *call) { c.k.MatMul(o.product(c, c.in.T, o.in, o.units)) }

func (o *pointDense) backward() []stage { return perRow(o.back) }

func (o *pointDense) back(c *call) {
	d := c.dout.values()
	switch {
	case o.relu && o.biased:
		c.k.ReLUBackSum(d, c.out.values(), c.grad(1), o.units)
	case o.relu:
		c.k.ReLUBack(d, c.out.values())
	case o.biased:
		c.k.SumRows(c.grad(1), d, o.units)
	}
	c.product = kernel.MatMul{
		M: o.in, N: o.units, K: c.dout.T, A: c.in.X, ARow: 1, ACol: o.in, B: d, BRow: o.units,
		C: c.grad(0), CRow: o.units, Add: true,
	}
	c.k.MatMul(&c.product)
	if c.din.X == nil {
		return
	}
	c.product = kernel.MatMul{
		M: c.din.T, N: o.in, K: o.units, A: d, ARow: o.units, ACol: 1, B: c.prepared, BRow: o.in, C: c.din.X, CRow: o.in,
	}
	c.k.MatMul(&c.product)
}
