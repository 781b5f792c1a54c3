package native

import "github.com/longmemory/hurst/pkg/nn"

// recurrent is an LSTM or GRU layer of one or two directions.
type recurrent struct {
	s          *site
	directions []recurrence
}

func newRecurrent(s *site) op {
	l := s.node.Layer
	d := recurrence{
		set: s.kernels, gru: l.Kind == nn.GRU, in: s.node.In.Channels, units: l.Units,
		gates: 4 * l.Units, width: s.node.Out.Channels,
	}
	if d.gru {
		d.gates = 3 * l.Units
	}
	o := &recurrent{s, []recurrence{d}}
	if l.Both {
		d.reverse, d.column = true, l.Units
		o.directions = append(o.directions, d)
	}
	return o
}

func (o *recurrent) needs() needs {
	scratch := o.scratch()
	if !o.s.training {
		return needs{scratch: scratch}
	}
	prepared := memory{count: true}
	for range o.directions {
		o.takeTurned(&prepared)
		for range o.s.chunks {
			o.directions[0].take(&prepared, o.s.rows, o.s.points)
		}
	}
	return needs{input: true, scratch: scratch, prepared: prepared.used}
}

// scratch returns the memory for one block of points of however many rows.
func (o *recurrent) scratch() (most int) {
	d := &o.directions[0]
	for rows := 1; rows <= o.s.rows; rows++ {
		m := memory{count: true}
		d.takeInputs(&m, rows, o.s.points)
		if o.s.training {
			d.takeCarried(&m, rows)
		} else {
			d.take(&m, rows, min(d.block(rows), o.s.points))
		}
		most = max(most, m.used)
	}
	return most
}

func (d *recurrence) takeCarried(m *memory, rows int) carried {
	return carried{m.take(rows * d.units), m.take(rows * d.units)}
}

func (o *recurrent) takeTurned(m *memory) (t transposes) {
	d := &o.directions[0]
	if o.s.inputGrad {
		t.weight = m.take(d.gates * d.in)
	}
	t.recurrent = m.take(d.gates * d.units)
	return t
}

// weights returns the tensors of direction i that get, of a call, returns: parameters or gradients.
func (o *recurrent) weights(get func(int) []float32, i int) (w recurrentWeights) {
	if o.directions[0].gru {
		return recurrentWeights{get(4 * i), get(4*i + 1), get(4*i + 2), get(4*i + 3)}
	}
	return recurrentWeights{get(3 * i), get(3*i + 1), get(3*i + 2), nil}
}

// prepare turns the matrices for the backward walk.
func (o *recurrent) prepare(c *call) {
	if !o.s.training {
		return
	}
	m := memory{rest: c.prepared}
	for i := range o.directions {
		d, w := &o.directions[i], o.weights(c.param, i)
		turned := o.takeTurned(&m)
		if o.s.inputGrad {
			d.set.Transpose(turned.weight, w.weight, d.in, d.gates)
		}
		d.set.Transpose(turned.recurrent, w.recurrent, d.units, d.gates)
	}
}

func (o *recurrent) forward() []stage { return perChunk(o.run) }

func (o *recurrent) run(cs []call) {
	c := &cs[0]
	for i := range o.directions {
		d := &o.directions[i]
		k, m := walk{w: o.weights(c.param, i), cs: cs}, memory{rest: c.scratch}
		k.x = d.takeInputs(&m, len(cs), k.points())
		if o.s.training {
			k.trace = o.kept(c, i)
		} else {
			k.trace = d.take(&m, len(cs), min(d.block(len(cs)), k.points()))
		}
		d.forward(&k, o.s.training)
	}
}

// kept returns the trace of direction i for the chunk of c.
func (o *recurrent) kept(c *call, i int) trace {
	m := memory{rest: c.prepared}
	for range o.directions {
		o.takeTurned(&m)
	}
	d := &o.directions[i]
	for range c.chunk*len(o.directions) + i {
		d.take(&m, o.s.rows, o.s.points)
	}
	return d.take(&m, o.s.rows, o.s.points)
}

func (o *recurrent) backward() []stage { return perChunk(o.back) }

func (o *recurrent) back(cs []call) {
	c := &cs[0]
	turned := memory{rest: c.prepared}
	for i := range o.directions {
		d := &o.directions[i]
		k, m := walk{trace: o.kept(c, i), w: o.weights(c.param, i), cs: cs}, memory{rest: c.scratch}
		k.x = d.takeInputs(&m, len(cs), k.points())
		d.backward(&k, o.weights(c.grad, i), o.takeTurned(&turned), d.takeCarried(&m, len(cs)), i > 0)
	}
}
