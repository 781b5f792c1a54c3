package native

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// trainedNorm is a batch norm in training, with the ReLU and the maximum over every two points behind
// it where they are fused. Ioffe and Szegedy, ICML 2015, algorithms 1 and 2.
//
// Moments are summed for each series in single precision, and over the batch in double. Where a
// channel's mean is many times its deviation, so that the square of the one drowns the other, the
// variances are computed again, about the means.
type trainedNorm struct {
	s           *site
	C           int
	relu, pairs bool
	chunks      []moments
	scale       []float32 // y = scale·x + shift
	shift       []float32
	mean, inv   []float32 // of the batch: mean and 1/√(variance + ε)
	means       []float64
	variances   []float64
	again       bool      // variances are to be computed again
	p, q, r     []float32 // dx = p·dy + q·x + r
}

// moments are sums over a chunk, for each channel: in the forward pass of the values and their
// squares, in the backward pass of the gradients and their products with the normalised values.
type moments struct {
	points     float64
	sums       []float64 // of both
	one, other []float32 // of one series
}

func newTrainedNorm(s *site) op {
	C := s.node.In.Channels
	o := &trainedNorm{
		s: s, C: C, relu: s.has(nn.ReLU), pairs: s.has(nn.MaxPool), chunks: make([]moments, s.chunks),
		means: make([]float64, C), variances: make([]float64, C),
	}
	for i := range o.chunks {
		o.chunks[i] = moments{sums: make([]float64, 2*C), one: aligned(C), other: aligned(C)}
	}
	for _, v := range []*[]float32{&o.scale, &o.shift, &o.mean, &o.inv, &o.p, &o.q, &o.r} {
		*v = aligned(C)
	}
	return o
}

func (o *trainedNorm) needs() needs {
	return needs{input: true, sign: o.relu && !o.pairs, backInPlace: !o.pairs}
}

func (o *trainedNorm) forward() []stage {
	return []stage{
		{row: o.gather, early: true},
		{batch: o.judge, tasks: one, early: true},
		{row: o.gatherAgain, early: true},
		{batch: o.settle, tasks: one, early: true},
		{row: o.run},
	}
}

func one(int, int) int { return 1 }

// begin returns the chunk's sums, cleared for its first series.
func (o *trainedNorm) begin(c *call) *moments {
	m := &o.chunks[c.chunk]
	if c.first {
		m.points = 0
		clear(m.sums)
	}
	m.points += float64(c.in.T)
	clear(m.one)
	clear(m.other)
	return m
}

func (m *moments) add() {
	for j, v := range m.one {
		m.sums[j] += float64(v)
		m.sums[len(m.one)+j] += float64(m.other[j])
	}
}

// gather sums the values of a series and their squares.
func (o *trainedNorm) gather(c *call) {
	m := o.begin(c)
	if c.in.T > 1 {
		c.k.MomentRows(m.one, m.other, c.in.values(), o.C)
		m.add()
		return
	}
	for j, v := range c.in.values() {
		m.sums[j] += float64(v)
		m.sums[o.C+j] += float64(v) * float64(v)
	}
}

// total returns a channel's sums over the batch.
func (o *trainedNorm) total(chunks, j int) (points, one, other float64) {
	for i := range chunks {
		m := &o.chunks[i]
		points, one, other = points+m.points, one+m.sums[j], other+m.sums[o.C+j]
	}
	return points, one, other
}

// drowned is from which ratio of a mean's square and a variance on the latter is computed again.
const drowned = 256

// judge computes the batch's moments. Those of vectors were summed in double precision to begin with.
func (o *trainedNorm) judge(c *call, _, _ int) {
	o.again = false
	for j := range o.C {
		n, sum, squares := o.total(c.chunks, j)
		mean := sum / n
		o.means[j], o.variances[j] = mean, max(0, squares/n-mean*mean)
		o.again = o.again || o.s.node.In.Series && mean*mean > drowned*o.variances[j]
	}
}

// gatherAgain sums the squares about the batch's means.
func (o *trainedNorm) gatherAgain(c *call) {
	if !o.again {
		return
	}
	m := o.begin(c)
	for x := c.in.values(); len(x) > 0; x = x[o.C:] {
		for j, v := range x[:o.C] {
			d := float64(v) - o.means[j]
			m.sums[o.C+j] += float64(d * d)
		}
	}
}

// settle computes the norm's coefficients and moves the running moments.
func (o *trainedNorm) settle(c *call, _, _ int) {
	gain, bias := c.param(0), c.param(1)
	running, runningVariance := c.moment(0), c.moment(1)
	for j := range o.C {
		n, _, squares := o.total(c.chunks, j)
		mean, variance := o.means[j], o.variances[j]
		if o.again {
			variance = squares / n
		}
		inv := 1 / math.Sqrt(variance+nn.BatchNormEpsilon)
		o.mean[j], o.inv[j] = float32(mean), float32(inv)
		o.scale[j] = float32(float64(gain[j]) * inv)
		o.shift[j] = float32(float64(bias[j]) - mean*float64(gain[j])*inv)
		if n > 1 {
			variance *= n / (n - 1)
		}
		running[j] += float32(nn.BatchNormMomentum * (mean - float64(running[j])))
		runningVariance[j] += float32(nn.BatchNormMomentum * (variance - float64(runningVariance[j])))
	}
}

func (o *trainedNorm) run(c *call) {
	if o.pairs {
		c.k.NormPool(c.out.values(), c.in.values(), o.scale, o.shift, o.C)
		return
	}
	c.k.ScaleShiftRows(c.out.values(), c.in.values(), o.scale, o.shift, o.C, o.relu)
}

func (o *trainedNorm) backward() []stage {
	return []stage{
		{row: o.gatherBack, early: true},
		{batch: o.settleBack, tasks: one, early: true},
		{row: o.back},
	}
}

// gatherBack sums the gradients of a series and their products with the normalised values.
func (o *trainedNorm) gatherBack(c *call) {
	m := o.begin(c)
	d, x := c.dout.values(), c.in.values()
	switch {
	case o.pairs:
		c.k.NormPoolBackSums(m.one, m.other, d, x, o.scale, o.shift, o.mean, o.inv, o.C)
	case o.relu:
		c.k.NormBackSums(m.one, m.other, d, c.out.values(), x, o.mean, o.inv, o.C)
	default:
		c.k.NormBackSums(m.one, m.other, d, nil, x, o.mean, o.inv, o.C)
	}
	m.add()
}

// settleBack computes the gradients of gain and bias, and what the input's is made of:
// dx = gain·inv·(d - Σd/n - x̂·Σ(d·x̂)/n) with x̂ = (x - mean)·inv.
func (o *trainedNorm) settleBack(c *call, _, _ int) {
	gain, dgain, dbias := c.param(0), c.grad(0), c.grad(1)
	for j := range o.C {
		n, sum, product := o.total(c.chunks, j)
		dbias[j], dgain[j] = float32(sum), float32(product)
		inv := float64(o.inv[j])
		p := float64(gain[j]) * inv
		q := -p * inv * product / n
		o.p[j], o.q[j] = float32(p), float32(q)
		o.r[j] = float32(-p*sum/n - q*float64(o.mean[j]))
	}
}

func (o *trainedNorm) back(c *call) {
	if c.din.X == nil {
		return
	}
	if o.pairs {
		c.k.NormPoolBack(c.din.values(), c.dout.values(), c.in.values(), o.scale, o.shift, o.p, o.q, o.r, o.C)
		return
	}
	c.k.NormBack(c.backThrough(), c.in.values(), o.p, o.q, o.r, o.C)
}
