package kernel

// GRUStep is one time step of R rows of H units. gates holds R×3H values: for each row what the gates
// reset, update and new see of the input; recurrent, the same of the outputs before. gates is
// replaced by what the gates give, and the outputs are written to h, R×H as before:
//
//	r = σ(gates + recurrent), z = σ(gates + recurrent), n = tanh(gates + r·recurrent)
//	h = n + z·(before - n)
//
// (Cho et al., EMNLP 2014, with the reset gate behind the recurrent product). before may be h.
func (s Set) GRUStep(gates, recurrent, before, h []float32, H int) {
	n := checkGates("GRUStep", gates, 3, H, before, h)
	same("GRUStep", len(gates), len(recurrent))
	if s.path > Portable {
		vectorGRU(s.wide(), first(gates), first(recurrent), first(before), first(h), n, H)
		return
	}
	for row := range n {
		x, u := gates[row*3*H:][:3*H], recurrent[row*3*H:][:3*H]
		for j := range H {
			r, z := sigmoid(x[j]+u[j]), sigmoid(x[H+j]+u[H+j])
			n := tanh(x[2*H+j] + float32(r*u[2*H+j]))
			x[j], x[H+j], x[2*H+j] = r, z, n
			h[row*H+j] = n + float32(z*(before[row*H+j]-n))
		}
	}
}

// GRUBack goes back one time step. dh, the gradient with respect to h, is replaced by the part of the
// one with respect to before that does not pass the recurrent product. The gradients with respect to
// what the gates saw of the input and of the outputs before are written to dgates and drecurrent,
// which may be gates and recurrent, as [Set.GRUStep] left them.
func (s Set) GRUBack(dgates, drecurrent, gates, recurrent, before, dh []float32, H int) {
	n := checkGates("GRUBack", gates, 3, H, before, dh)
	same("GRUBack", len(gates), len(recurrent))
	same("GRUBack", len(gates), len(dgates))
	same("GRUBack", len(gates), len(drecurrent))
	if s.path > Portable {
		vectorGRUBack(s.wide(), first(dgates), first(drecurrent), first(gates), first(recurrent), first(before), first(dh), n, H)
		return
	}
	for row := range n {
		x, u := gates[row*3*H:][:3*H], recurrent[row*3*H:][:3*H]
		dx, du := dgates[row*3*H:][:3*H], drecurrent[row*3*H:][:3*H]
		for j := range H {
			at := row*H + j
			r, z, n, d, un := x[j], x[H+j], x[2*H+j], dh[at], u[2*H+j]
			dn := float32(d*(1-z)) * (1 - float32(n*n))
			dz := float32(d*(before[at]-n)) * float32(z*(1-z))
			dr := float32(dn*un) * float32(r*(1-r))
			dx[j], dx[H+j], dx[2*H+j] = dr, dz, dn
			du[j], du[H+j], du[2*H+j] = dr, dz, dn*r
			dh[at] = d * z
		}
	}
}
