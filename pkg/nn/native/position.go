package native

import "math"

// position adds a position's encoding to each point.
type position struct {
	s     *site
	waves []float32 // points × C of sinusoids; nil where a table is learned
}

func newPosition(s *site) op {
	o := &position{s: s}
	if !s.node.Layer.Learned {
		o.waves = sinusoids(s.points, s.node.In.Channels)
	}
	return o
}

// sinusoids returns the encodings of T points (Vaswani et al., NeurIPS 2017, section 3.5):
//
//	PE(t, 2i) = sin(t/10000^(2i/C)),  PE(t, 2i+1) = cos(t/10000^(2i/C))
func sinusoids(T, C int) []float32 {
	table := make([]float32, T*C)
	for c := range C {
		rate := math.Pow(10000, -float64(c&^1)/float64(C))
		wave := math.Sin
		if c%2 == 1 {
			wave = math.Cos
		}
		for t := range T {
			table[t*C+c] = float32(wave(float64(t) * rate))
		}
	}
	return table
}

func (o *position) needs() needs { return needs{inPlace: true, backInPlace: true} }

func (o *position) forward() []stage { return perRow(o.run) }

func (o *position) run(c *call) {
	table := o.waves
	if table == nil {
		table = c.param(0)
	}
	y := c.through()
	c.k.Add(y, table[:len(y)])
}

func (o *position) backward() []stage { return perRow(o.back) }

func (o *position) back(c *call) {
	if o.waves == nil {
		d := c.dout.values()
		c.k.Add(c.grad(0)[:len(d)], d)
	}
	if c.din.X != nil {
		c.backThrough()
	}
}
