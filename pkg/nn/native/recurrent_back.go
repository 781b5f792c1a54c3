package native

import "github.com/longmemory/hurst/pkg/nn/kernel"

// transposes are a direction's matrices turned for the backward walk.
type transposes struct {
	weight    []float32 // gates × in; nil if the inputs need no gradient
	recurrent []float32 // gates × units
}

// carried is the gradient that a backward walk carries from point to point, rows × units each.
type carried struct{ hidden, cell []float32 }

// backward follows a forward walk that kept all points. From the gradient of the outputs it adds to
// the gradients of the weights, and writes those of the inputs, or adds to them where the other
// direction has been. Backpropagation through time (Werbos, Proc. IEEE 78(10), 1990).
func (d *recurrence) backward(k *walk, grad recurrentWeights, turned transposes, c carried, add bool) {
	points := k.points()
	block := min(d.block(k.rows()), points)
	blocks := (points + block - 1) / block
	clear(c.hidden)
	clear(c.cell)
	for i := range blocks {
		from := (blocks - 1 - i) * block
		if d.reverse {
			from = i * block
		}
		to := min(from+block, points)
		d.stepsBack(k, turned, c, from, to)
		d.gradient(k, grad, from, to)
		if turned.weight != nil {
			d.projectBack(k, turned, from, to, add)
		}
	}
}

func (d *recurrence) stepsBack(k *walk, turned transposes, c carried, from, to int) {
	for i := range to - from {
		t := to - 1 - i
		if d.reverse {
			t = from + i
		}
		for a := 0; a < k.rows(); {
			b, active := k.run(a, t)
			if active {
				d.stepBack(k, turned, c, t, a, b)
			}
			a = b
		}
	}
}

// stepBack takes rows a ≤ r < b back over point t.
func (d *recurrence) stepBack(k *walk, turned transposes, c carried, t, a, b int) {
	R, H, G := k.rows(), d.units, d.gates
	before, behind := d.slots(k, t)
	gates := k.at(k.gates, t, a, b, G)
	dh, dc := d.state(c.hidden, R, 0, a, b), d.state(c.cell, R, 0, a, b)
	for r := a; r < b; r++ {
		d.set.Add(d.state(c.hidden, R, 0, r, r+1), k.cs[r].dout.X[t*d.width+d.column:][:H])
	}
	p := kernel.MatMul{M: b - a, N: H, K: G, A: gates, ARow: G, ACol: 1, B: turned.recurrent, BRow: H, C: dh, CRow: H}
	if d.gru {
		product := k.at(k.product, t, a, b, G)
		d.set.GRUBack(gates, product, gates, product, d.state(k.hidden, R, before, a, b), dh, H)
		p.A, p.Add = product, true
	} else {
		d.set.LSTMBack(gates, gates, d.state(k.cell, R, before, a, b), d.state(k.cell, R, behind, a, b), dh, dc, H)
	}
	d.set.MatMul(&p)
}

// gradient adds what points from ≤ t < to give to the gradients of the weights.
func (d *recurrence) gradient(k *walk, grad recurrentWeights, from, to int) {
	R, H, G := k.rows(), d.units, d.gates
	gates := k.gates[from*R*G : to*R*G]
	d.set.MatMul(&kernel.MatMul{
		M: d.in, N: G, K: (to - from) * R, A: d.gather(k, from, to), ARow: 1, ACol: d.in, B: gates, BRow: G,
		C: grad.weight, CRow: G, Add: true,
	})
	d.set.SumRows(grad.bias, gates, G)
	if d.gru {
		gates = k.product[from*R*G : to*R*G]
		d.set.SumRows(grad.recurrentBias, gates, G)
	}
	first, _ := d.slots(k, from)
	d.set.MatMul(&kernel.MatMul{
		M: H, N: G, K: (to - from) * R, A: k.hidden[first*R*H:], ARow: 1, ACol: H, B: gates, BRow: G,
		C: grad.recurrent, CRow: G, Add: true,
	})
}

// projectBack takes the gradient of the gates of points from ≤ t < to to that of the inputs.
func (d *recurrence) projectBack(k *walk, turned transposes, from, to int, add bool) {
	R, G, dx := k.rows(), d.gates, k.x[:(to-from)*k.rows()*d.in]
	d.set.MatMul(&kernel.MatMul{
		M: (to - from) * R, N: d.in, K: G, A: k.gates[from*R*G:], ARow: G, ACol: 1, B: turned.weight, BRow: d.in,
		C: dx, CRow: d.in,
	})
	for t := from; t < to; t++ {
		for r := range k.cs {
			src, din := dx[((t-from)*R+r)*d.in:][:d.in], &k.cs[r].din
			switch {
			case t >= din.T:
			case add:
				d.set.Add(din.X[t*d.in:][:d.in], src)
			default:
				copy(din.X[t*d.in:], src)
			}
		}
	}
}
