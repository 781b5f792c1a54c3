package native

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// activation is a function of each value by itself.
type activation struct {
	apply  func(k kernel.Set, dst, x []float32)
	derive func(k kernel.Set, d, v []float32)
	from   needs // what the derivative is computed from
}

func newActivation(s *site) op {
	input, output := needs{input: true}, needs{output: true}
	switch s.node.Layer.Kind {
	case nn.ReLU:
		return &activation{kernel.Set.ReLU, kernel.Set.ReLUBack, needs{sign: true}}
	case nn.GELU:
		return &activation{kernel.Set.GELU, kernel.Set.GELUBack, input}
	case nn.Sigmoid:
		return &activation{kernel.Set.Sigmoid, kernel.Set.SigmoidBack, output}
	case nn.Tanh:
		return &activation{kernel.Set.Tanh, kernel.Set.TanhBack, output}
	case nn.Square:
		return &activation{kernel.Set.Square, kernel.Set.SquareBack, input}
	case nn.Log:
		return &activation{kernel.Set.Log, kernel.Set.LogBack, input}
	}
	return &prelu{}
}

func (o *activation) needs() needs {
	n := o.from
	n.inPlace, n.backInPlace = true, true
	return n
}

func (o *activation) forward() []stage {
	return perRow(func(c *call) { o.apply(c.k, c.out.values(), c.in.values()) })
}

func (o *activation) backward() []stage {
	return perRow(func(c *call) {
		v := &c.out
		if o.from.input {
			v = &c.in
		}
		o.derive(c.k, c.backThrough(), v.values())
	})
}

// prelu has a slope for each channel.
type prelu struct{}

func (o *prelu) needs() needs { return needs{input: true, inPlace: true, backInPlace: true} }

func (o *prelu) forward() []stage {
	return perRow(func(c *call) { c.k.PReLU(c.out.values(), c.in.values(), c.param(0), c.in.C) })
}

func (o *prelu) backward() []stage { return perRow(o.back) }

func (o *prelu) back(c *call) {
	d := c.dout.values()
	if c.din.X != nil {
		d = c.backThrough()
	}
	c.k.PReLUBack(d, c.in.values(), c.param(0), c.grad(0), c.in.C)
}
