package native

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// conv is a convolution along a sequence, with a ReLU behind it where relu is set, and in prediction
// with a batch norm folded into its weights.
//
// With channels last, the points under a window are contiguous, so the windows are the rows of a
// matrix that overlap in memory, and the convolution is one product. Where the window has holes and
// the points several channels, it is one product for each of the window's points.
type conv struct {
	s         *site
	w         nn.Window
	in, units int
	affine
	relu bool
}

func newConv(s *site) op {
	l := s.node.Layer
	o := conv{
		s: s, w: l.Window(), in: s.node.In.Channels, units: l.Units,
		affine: newAffine(s, l.Kernel*s.node.In.Channels, l.Units), relu: s.has(nn.ReLU),
	}
	switch {
	case s.has(nn.Square):
		return newEnergies(s)
	case three(l, o.in):
		return &conv3{o, s.has(nn.MaxPool)}
	}
	return &o
}

func (o *conv) needs() needs {
	n := needs{front: o.w.Padding, back: o.w.Padding, input: true, sign: o.relu}
	if !o.s.training {
		n.prepared = o.folded()
		return n
	}
	if o.s.inputGrad {
		n.prepared = o.w.Kernel * o.in * o.units
		if o.whole() {
			n.frontGrad = o.w.Span() - 1 - o.w.Padding
			n.backGrad = n.frontGrad
		}
	}
	return n
}

// oneProduct tells whether all windows are rows of one matrix.
func (o *conv) oneProduct() bool { return o.in == 1 || o.w.Dilation == 1 || o.w.Kernel == 1 }

// whole tells whether the gradient of the input is a convolution of the output's.
func (o *conv) whole() bool { return o.w.Stride == 1 && o.w.Dilation == 1 }

// column is how far the values of a window are apart where it is a row of a matrix.
func (o *conv) column() int {
	if o.in == 1 {
		return o.w.Dilation
	}
	return 1
}

func (o *conv) prepare(c *call) {
	if !o.s.training {
		o.fold(c)
		return
	}
	// The weights of each of the window's points, transposed; the points in reverse, so that whole
	// convolutions find them in the order of the gradient's windows.
	w, n := c.param(0), o.in*o.units
	for j := range o.w.Kernel {
		c.k.Transpose(c.prepared[(o.w.Kernel-1-j)*n:][:n], w[j*n:][:n], o.in, o.units)
	}
}

func (o *conv) forward() []stage { return perRow(o.run) }

func (o *conv) run(c *call) {
	weight, bias := o.weights(c)
	o.convolve(c, weight, bias)
}

// windows returns the input from the first window on.
func (o *conv) windows(c *call) []float32 { return c.in.room[c.in.lead-o.w.Padding*o.in:] }

func (o *conv) convolve(c *call, weight, bias []float32) {
	x := o.windows(c)
	p := &c.product
	*p = kernel.MatMul{
		M: c.out.T, N: o.units, K: o.w.Kernel * o.in, A: x, ARow: o.w.Stride * o.in, ACol: o.column(),
		B: weight, BRow: o.units, C: c.out.X, CRow: o.units, Bias: bias, ReLU: o.relu,
	}
	if o.oneProduct() {
		c.k.MatMul(p)
		return
	}
	p.K = o.in
	for j := range o.w.Kernel {
		p.A, p.B = x[j*o.w.Dilation*o.in:], weight[j*o.in*o.units:]
		p.ReLU = o.relu && j == o.w.Kernel-1
		c.k.MatMul(p)
		p.Add, p.Bias = true, nil
	}
}

func (o *conv) backward() []stage { return perRow(o.back) }

// backBias takes dout back through the ReLU and adds it up for the bias.
func (o *conv) backBias(c *call) {
	d := c.dout.values()
	switch {
	case o.relu && o.biased:
		c.k.ReLUBackSum(d, c.out.values(), c.grad(1), o.units)
	case o.relu:
		c.k.ReLUBack(d, c.out.values())
	case o.biased:
		c.k.SumRows(c.grad(1), d, o.units)
	}
}

func (o *conv) back(c *call) {
	o.backBias(c)
	o.backWeights(c)
	if c.din.X == nil {
		return
	}
	if o.whole() {
		o.backWhole(c)
		return
	}
	o.backPoints(c)
}

// backWeights adds, for each of the window's points, the products of the inputs there with the
// outputs' gradients.
func (o *conv) backWeights(c *call) {
	x := o.windows(c)
	p := &c.product
	*p = kernel.MatMul{
		M: o.w.Kernel * o.in, N: o.units, K: c.out.T, A: x, ARow: o.column(), ACol: o.w.Stride * o.in,
		B: c.dout.X, BRow: o.units, C: c.grad(0), CRow: o.units, Add: true,
	}
	if o.oneProduct() {
		c.k.MatMul(p)
		return
	}
	p.M, p.ARow = o.in, 1
	for j := range o.w.Kernel {
		p.A, p.C = x[j*o.w.Dilation*o.in:], c.grad(0)[j*o.in*o.units:]
		c.k.MatMul(p)
	}
}

// backWhole computes the gradient of the input as a convolution of the output's, which has zeros
// around it, with the weights in reverse.
func (o *conv) backWhole(c *call) {
	front := o.w.Span() - 1 - o.w.Padding
	c.product = kernel.MatMul{
		M: c.din.T, N: o.in, K: o.w.Kernel * o.units, A: c.dout.room[c.dout.lead-front*o.units:], ARow: o.units, ACol: 1,
		B: c.prepared, BRow: o.in, C: c.din.X, CRow: o.in,
	}
	c.k.MatMul(&c.product)
}

// backPoints adds to the gradient of the input what comes through each of the window's points.
func (o *conv) backPoints(c *call) {
	clear(c.din.values())
	n := o.in * o.units
	for j := range o.w.Kernel {
		// Window i has its point j at i·stride + at, which is in the input for from ≤ i < to.
		at := j*o.w.Dilation - o.w.Padding
		from := max(0, (o.w.Stride-1-at)/o.w.Stride)
		to := min(c.out.T, (c.din.T-1-at+o.w.Stride)/o.w.Stride)
		if at > c.din.T-1 || to <= from {
			continue
		}
		c.product = kernel.MatMul{
			M: to - from, N: o.in, K: o.units, A: c.dout.X[from*o.units:], ARow: o.units, ACol: 1,
			B: c.prepared[(o.w.Kernel-1-j)*n:], BRow: o.in,
			C: c.din.X[(from*o.w.Stride+at)*o.in:], CRow: o.w.Stride * o.in, Add: true,
		}
		c.k.MatMul(&c.product)
	}
}
