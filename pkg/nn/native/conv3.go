package native

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// conv3 is a convolution of three neighbouring points between many channels, by Winograd's minimal
// filtering, see [kernel.Conv3]. In prediction a maximum over every two points may be fused.
type conv3 struct {
	conv
	pairs bool
}

// many is from which product of channels on Winograd's way is the faster one; with few channels, the
// transforms take what the products save.
const many = 1024

// three tells whether a layer is computed as conv3.
func three(l nn.Layer, in int) bool {
	w := l.Window()
	return l.Kind == nn.Conv1D && w.Kernel == 3 && w.Stride == 1 && w.Dilation == 1 && min(in, l.Units) >= line &&
		in*l.Units >= many
}

func (o *conv3) needs() needs {
	size := kernel.Conv3WeightsLen(o.in, o.units)
	n := needs{input: true, sign: o.relu, prepared: size, scratch: kernel.Conv3Scratch(o.in, o.units)}
	if !o.s.training {
		n.prepared += o.folded()
		return n
	}
	n.own = size // the gradient of the transformed weights
	n.scratch = max(n.scratch, kernel.Conv3GradientScratch(o.in, o.units))
	if o.s.inputGrad {
		n.prepared += size
		n.scratch = max(n.scratch, kernel.Conv3Scratch(o.units, o.in))
	}
	return n
}

// split returns the transformed weights and what stands behind them: those of the backward pass, or
// the folded ones.
func (o *conv3) split(c *call) (weights, rest []float32) {
	n := kernel.Conv3WeightsLen(o.in, o.units)
	return c.prepared[:n], c.prepared[n:]
}

func (o *conv3) prepare(c *call) {
	weights, rest := o.split(c)
	weight := c.param(0)
	if o.norm {
		inner := *c
		inner.prepared = rest
		o.fold(&inner)
		weight, _ = o.weights(&inner)
	}
	c.k.Conv3Weights(weights, weight, o.in, o.units)
	if o.s.training && o.s.inputGrad {
		c.k.Conv3WeightsBack(rest, weight, o.in, o.units)
	}
}

func (o *conv3) forward() []stage { return perRow(o.run) }

func (o *conv3) run(c *call) {
	weights, rest := o.split(c)
	c.three = kernel.Conv3{
		T: c.in.T, In: o.in, Out: o.units, Padding: o.w.Padding, X: c.in.X, XRow: o.in, W: weights,
		Y: c.out.X, YRow: o.units, Bias: o.bias(c, rest), ReLU: o.relu, Pool: o.pairs, Scratch: c.scratch,
	}
	c.k.Conv3(&c.three)
}

// bias returns the bias, which stands behind the folded weights if a norm is folded in.
func (o *conv3) bias(c *call, folded []float32) []float32 {
	switch {
	case o.norm:
		return folded[o.rows*o.columns:]
	case o.biased:
		return c.param(1)
	}
	return nil
}

func (o *conv3) backward() []stage { return perRow(o.back) }

func (o *conv3) back(c *call) {
	o.backBias(c)
	c.gradient = kernel.Conv3Gradient{
		T: c.in.T, In: o.in, Out: o.units, Padding: o.w.Padding, X: c.in.X, XRow: o.in, DY: c.dout.X, DYRow: o.units,
		Sum: c.own, Add: !c.first, Scratch: c.scratch,
	}
	c.k.Conv3Gradient(&c.gradient)
	if c.last {
		c.k.Conv3WeightGradient(c.grad(0), c.own, o.in, o.units)
	}
	if c.din.X == nil {
		return
	}
	_, weights := o.split(c)
	c.three = kernel.Conv3{
		T: c.dout.T, In: o.units, Out: o.in, Padding: 2 - o.w.Padding, X: c.dout.X, XRow: o.units, W: weights,
		Y: c.din.X, YRow: o.in, Scratch: c.scratch,
	}
	c.k.Conv3(&c.three)
}
