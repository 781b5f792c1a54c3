package native

import "github.com/longmemory/hurst/pkg/nn/kernel"

// recurrence is one direction of an LSTM or GRU layer. It takes a chunk of series along in lockstep,
// so that each step is one product of the chunk's hidden rows with the recurrent weights.
type recurrence struct {
	set           kernel.Set
	gru, reverse  bool
	in, units     int
	gates         int // values of a point's gates: 4 units of an LSTM, 3 of a GRU
	column, width int // where this direction's units stand among those of a point of the output
}

// recurrentWeights are one direction's tensors, or their gradients; see nn.Param.
type recurrentWeights struct {
	weight, recurrent, bias []float32
	recurrentBias           []float32 // of a GRU
}

// trace is what a walk keeps: all points in training, a block of them in prediction. Points follow
// one another, and of each point the rows. Its gates become their gradients in a backward walk.
type trace struct {
	gates   []float32 // points × rows × gates: activations
	hidden  []float32 // (points+1) × rows × units: outputs, and the state before the first
	cell    []float32 // of an LSTM, as hidden
	product []float32 // of a GRU, as gates: what the state before gives to them
}

// take cuts a trace from memory.
func (d *recurrence) take(m *memory, rows, points int) (t trace) {
	t.gates = m.take(points * rows * d.gates)
	t.hidden = m.take((points + 1) * rows * d.units)
	if d.gru {
		t.product = m.take(points * rows * d.gates)
	} else {
		t.cell = m.take((points + 1) * rows * d.units)
	}
	return t
}

// takeInputs cuts room for the inputs of a block, or their gradients, in a trace's order.
func (d *recurrence) takeInputs(m *memory, rows, points int) []float32 {
	return m.take(min(d.block(rows), points) * rows * d.in)
}

// block returns how many points to take at once, so that their gates stay in the second-level cache.
func (d *recurrence) block(rows int) int {
	const values = 1 << 16
	return min(max(values/(rows*d.gates), 4), 64)
}

// walk is one pass of one direction over a chunk.
type walk struct {
	trace
	w  recurrentWeights
	cs []call    // one for each row
	x  []float32 // see takeInputs
	// from is the point that the trace begins with, zero where it keeps all.
	from int
}

func (k *walk) rows() int { return len(k.cs) }

// points returns how many points the longest series has.
func (k *walk) points() int {
	n := 0
	for i := range k.cs {
		n = max(n, k.cs[i].in.T)
	}
	return n
}

// run returns the end of the run of rows from a on that all have a point t, or all have none.
func (k *walk) run(a, t int) (end int, active bool) {
	active = k.cs[a].in.T > t
	for end = a + 1; end < len(k.cs) && (k.cs[end].in.T > t) == active; end++ {
	}
	return end, active
}

// forward writes the layer's outputs. With keep the trace has room for all points; else it holds one
// block at a time.
func (d *recurrence) forward(k *walk, keep bool) {
	points := k.points()
	block := min(d.block(k.rows()), points)
	blocks := (points + block - 1) / block
	for i := range blocks {
		from := i * block
		if d.reverse {
			from = (blocks - 1 - i) * block
		}
		to := min(from+block, points)
		if !keep {
			k.from = from
		}
		if i == 0 {
			d.begin(k, from, to)
		}
		d.project(k, from, to)
		d.steps(k, from, to)
		d.emit(k, from, to)
		if !keep {
			d.carry(k, to-from, block)
		}
	}
}

// slots returns where the states before and behind point t stand.
func (d *recurrence) slots(k *walk, t int) (before, behind int) {
	if d.reverse {
		return t - k.from + 1, t - k.from
	}
	return t - k.from, t - k.from + 1
}

// state returns slot i of rows a ≤ r < b.
func (d *recurrence) state(v []float32, rows, i, a, b int) []float32 {
	return v[(i*rows+a)*d.units : (i*rows+b)*d.units]
}

// begin clears the state before the walk.
func (d *recurrence) begin(k *walk, from, to int) {
	before, _ := d.slots(k, from)
	if d.reverse {
		before, _ = d.slots(k, to-1)
	}
	d.clearState(k, before, 0, k.rows())
}

func (d *recurrence) clearState(k *walk, i, a, b int) {
	clear(d.state(k.hidden, k.rows(), i, a, b))
	if !d.gru {
		clear(d.state(k.cell, k.rows(), i, a, b))
	}
}

// carry moves the state behind a block of n points to where the next block looks for it.
func (d *recurrence) carry(k *walk, n, block int) {
	R, from, to := k.rows(), n, 0
	if d.reverse {
		from, to = 0, block
	}
	copy(d.state(k.hidden, R, to, 0, R), d.state(k.hidden, R, from, 0, R))
	if !d.gru {
		copy(d.state(k.cell, R, to, 0, R), d.state(k.cell, R, from, 0, R))
	}
}

// project writes what the inputs give to the gates of points from ≤ t < to.
func (d *recurrence) project(k *walk, from, to int) {
	R, G := k.rows(), d.gates
	d.set.MatMul(&kernel.MatMul{
		M: (to - from) * R, N: G, K: d.in, A: d.gather(k, from, to), ARow: d.in, ACol: 1, B: k.w.weight, BRow: G,
		C: k.gates[(from-k.from)*R*G:], CRow: G, Bias: k.w.bias,
	})
}

// gather copies the inputs of points from ≤ t < to next to each other, zeros where a series has ended.
func (d *recurrence) gather(k *walk, from, to int) []float32 {
	x := k.x[:(to-from)*k.rows()*d.in]
	for t := from; t < to; t++ {
		for r := range k.cs {
			dst, in := x[((t-from)*k.rows()+r)*d.in:][:d.in], &k.cs[r].in
			if t < in.T {
				copy(dst, in.X[t*d.in:])
			} else {
				clear(dst)
			}
		}
	}
	return x
}

func (d *recurrence) steps(k *walk, from, to int) {
	for i := range to - from {
		t := from + i
		if d.reverse {
			t = to - 1 - i
		}
		for a := 0; a < k.rows(); {
			b, active := k.run(a, t)
			if active {
				d.step(k, t, a, b)
			} else {
				d.rest(k, t, a, b)
			}
			a = b
		}
	}
}

// step takes rows a ≤ r < b over point t.
func (d *recurrence) step(k *walk, t, a, b int) {
	R, H, G := k.rows(), d.units, d.gates
	before, behind := d.slots(k, t)
	gates := k.at(k.gates, t, a, b, G)
	prior, next := d.state(k.hidden, R, before, a, b), d.state(k.hidden, R, behind, a, b)
	p := kernel.MatMul{M: b - a, N: G, K: H, A: prior, ARow: H, ACol: 1, B: k.w.recurrent, BRow: G, C: gates, CRow: G, Add: true}
	if !d.gru {
		d.set.MatMul(&p)
		d.set.LSTMStep(gates, d.state(k.cell, R, before, a, b), d.state(k.cell, R, behind, a, b), next, H)
		return
	}
	product := k.at(k.product, t, a, b, G)
	p.C, p.Add, p.Bias = product, false, k.w.recurrentBias
	d.set.MatMul(&p)
	d.set.GRUStep(gates, product, prior, next, H)
}

// at returns what v, a trace's gates or product, has at point t of rows a ≤ r < b.
func (k *walk) at(v []float32, t, a, b, gates int) []float32 {
	first := (t - k.from) * k.rows()
	return v[(first+a)*gates : (first+b)*gates]
}

// rest clears what rows without point t would have, so that the series begins behind it with no
// state, and sums over all rows pass it by.
func (d *recurrence) rest(k *walk, t, a, b int) {
	_, behind := d.slots(k, t)
	d.clearState(k, behind, a, b)
	clear(k.at(k.gates, t, a, b, d.gates))
	if d.gru {
		clear(k.at(k.product, t, a, b, d.gates))
	}
}

// emit copies the outputs of points from ≤ t < to to their places.
func (d *recurrence) emit(k *walk, from, to int) {
	for r := range k.cs {
		out := &k.cs[r].out
		for t := from; t < min(to, out.T); t++ {
			_, behind := d.slots(k, t)
			copy(out.X[t*d.width+d.column:][:d.units], d.state(k.hidden, k.rows(), behind, r, r+1))
		}
	}
}
