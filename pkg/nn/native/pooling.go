package native

import "github.com/longmemory/hurst/pkg/nn"

// maxPool takes the greatest of the points under a window.
type maxPool struct{ w nn.Window }

func newMaxPool(s *site) op { return &maxPool{s.node.Layer.Window()} }

func (o *maxPool) needs() needs { return needs{input: true} }

func (o *maxPool) forward() []stage {
	return perRow(func(c *call) { c.k.MaxPool(c.out.values(), c.in.values(), c.in.C, o.w.Kernel, o.w.Stride) })
}

func (o *maxPool) backward() []stage {
	return perRow(func(c *call) {
		c.k.MaxPoolBack(c.din.values(), c.dout.values(), c.in.values(), c.in.C, o.w.Kernel, o.w.Stride)
	})
}

// avgPool takes the mean of the points under a window.
type avgPool struct{ w nn.Window }

func newAvgPool(s *site) op { return &avgPool{s.node.Layer.Window()} }

func (o *avgPool) needs() needs { return needs{} }

func (o *avgPool) forward() []stage { return perRow(o.run) }

func (o *avgPool) run(c *call) {
	if c.in.C == 1 && o.w.Kernel <= line {
		o.average(c.out.values(), c.in.values())
		return
	}
	c.k.AvgPool(c.out.values(), c.in.values(), c.in.C, o.w.Kernel, o.w.Stride)
}

// average is the pool of one channel over a few points, for which a vector is too wide. A window's sum
// goes in four chains.
func (o *avgPool) average(dst, x []float32) {
	kernel, stride := o.w.Kernel, o.w.Stride
	share := 1 / float32(kernel)
	if kernel == 2 {
		for i := range dst {
			w := x[i*stride:][:2]
			dst[i] = (w[0] + w[1]) * share
		}
		return
	}
	for i := range dst {
		var a, b, c, d float32
		w := x[i*stride:][:kernel]
		for ; len(w) >= 4; w = w[4:] {
			a, b, c, d = a+w[0], b+w[1], c+w[2], d+w[3]
		}
		for _, v := range w {
			a += v
		}
		dst[i] = ((a + b) + (c + d)) * share
	}
}

func (o *avgPool) backward() []stage {
	return perRow(func(c *call) {
		c.k.AvgPoolBack(c.din.values(), c.dout.values(), c.in.C, o.w.Kernel, o.w.Stride)
	})
}

// meanPool takes the mean over all points.
type meanPool struct{}

func newMeanPool(*site) op { return &meanPool{} }

func (o *meanPool) needs() needs { return needs{} }

func (o *meanPool) forward() []stage {
	return perRow(func(c *call) { c.k.MeanRows(c.out.values(), c.in.values(), c.in.C) })
}

func (o *meanPool) backward() []stage {
	return perRow(func(c *call) {
		g := c.dout.values()
		c.k.Scale(g, 1/float32(c.din.T))
		c.k.SpreadRows(c.din.values(), g, c.din.C)
	})
}

// lastPoint takes the last point.
type lastPoint struct{}

func newLastPoint(*site) op { return &lastPoint{} }

func (o *lastPoint) needs() needs { return needs{} }

func (o *lastPoint) forward() []stage {
	return perRow(func(c *call) { copy(c.out.values(), c.in.X[(c.in.T-1)*c.in.C:]) })
}

func (o *lastPoint) backward() []stage {
	return perRow(func(c *call) {
		d := c.din.values()
		last := len(d) - c.din.C
		clear(d[:last])
		copy(d[last:], c.dout.values())
	})
}

// flatten copies where the memory cannot be handed on.
type flatten struct{}

func newFlatten(*site) op { return &flatten{} }

func (o *flatten) needs() needs { return needs{inPlace: true, keepsSign: true, backInPlace: true} }

func (o *flatten) forward() []stage { return perRow(func(c *call) { c.through() }) }

func (o *flatten) backward() []stage { return perRow(func(c *call) { c.backThrough() }) }
