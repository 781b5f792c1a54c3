package kernel

// LSTMStep is one time step of R rows of H units. gates holds R×4H values: for each row the sums of
// what the gates input, forget, cell and output see; they are replaced by what the gates give. From
// the cells before it makes the cells c and outputs h, all R×H:
//
//	c = σ(f)·before + σ(i)·tanh(g),  h = σ(o)·tanh(c)
//
// (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000). before may be c.
func (s Set) LSTMStep(gates, before, c, h []float32, H int) {
	n := checkGates("LSTMStep", gates, 4, H, before, c, h)
	if s.path > Portable {
		vectorLSTM(s.wide(), first(gates), first(before), first(c), first(h), n, H)
		return
	}
	for r := range n {
		z := gates[r*4*H:][:4*H]
		for j := range H {
			i, f, g, o := sigmoid(z[j]), sigmoid(z[H+j]), tanh(z[2*H+j]), sigmoid(z[3*H+j])
			z[j], z[H+j], z[2*H+j], z[3*H+j] = i, f, g, o
			at := r*H + j
			c[at] = float32(f*before[at]) + float32(i*g)
			h[at] = o * tanh(c[at])
		}
	}
}

// LSTMBack goes back one time step. dh is the gradient with respect to h, from the layer above and
// from the step after; dc, the one with respect to c from the step after, is replaced by the one with
// respect to before. The gradient with respect to the gates' sums is written to dgates, which may be
// gates, as [Set.LSTMStep] left it.
func (s Set) LSTMBack(dgates, gates, before, c, dh, dc []float32, H int) {
	n := checkGates("LSTMBack", gates, 4, H, before, c, dh, dc)
	same("LSTMBack", len(gates), len(dgates))
	if s.path > Portable {
		vectorLSTMBack(s.wide(), first(dgates), first(gates), first(before), first(c), first(dh), first(dc), n, H)
		return
	}
	for r := range n {
		z, dz := gates[r*4*H:][:4*H], dgates[r*4*H:][:4*H]
		for j := range H {
			at := r*H + j
			i, f, g, o, t := z[j], z[H+j], z[2*H+j], z[3*H+j], tanh(c[at])
			d := dc[at] + float32(float32(dh[at]*o)*(1-float32(t*t)))
			dz[j] = float32(d*g) * float32(i*(1-i))
			dz[H+j] = float32(d*before[at]) * float32(f*(1-f))
			dz[2*H+j] = float32(d*i) * (1 - float32(g*g))
			dz[3*H+j] = float32(dh[at]*t) * float32(o*(1-o))
			dc[at] = d * f
		}
	}
}

// checkGates returns the number of rows.
func checkGates(op string, gates []float32, each, H int, states ...[]float32) int {
	n := rows(op, len(gates), each*H)
	for _, v := range states {
		same(op, n*H, len(v))
	}
	return n
}
