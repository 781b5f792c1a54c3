package svr

// shrinkActive leaves out, until the end, the weights at zero or a bound that would not move if the
// best prices stayed as they are. Joachims, Making large-scale SVM learning practical, 1999.
func (s *solver) shrinkActive() {
	kept := s.active[:0]
	for _, i := range s.active {
		if s.resting(i) {
			s.shrunk = true
			continue
		}
		kept = append(kept, i)
	}
	s.active = kept
}

// resting tells whether a weight is far from being chosen either way.
func (s *solver) resting(i int32) bool {
	b := s.beta[i]
	if b != 0 && b < s.cfg.C && b > -s.cfg.C {
		return false
	}
	return s.grow(i) > s.fall && s.shrink(i) < s.rise
}

// restore makes all weights active again and computes the gradient of those that were not.
func (s *solver) restore() {
	if !s.shrunk {
		return
	}
	active := make([]bool, len(s.y))
	for _, i := range s.active {
		active[i] = true
	}
	for i := range s.grad {
		if !active[i] {
			s.grad[i] = -s.y[i]
		}
	}
	s.addKernels(active)
	s.active = s.active[:0]
	for i := range s.y {
		s.active = append(s.active, int32(i))
	}
	s.shrunk = false
}

// addKernels adds Kβ to the gradients of those not active, a block of support vectors at a time.
func (s *solver) addKernels(active []bool) {
	const block = 64
	d := s.data
	rows, squares := make([]float32, block*d.d), make([]float32, block)
	values, weights := make([]float32, block*d.n), make([]float64, block)
	m := 0
	flush := func() {
		d.kernels(values, rows, squares, m)
		for k := range m {
			w, row := weights[k], values[k*d.n:][:d.n]
			for i, v := range row {
				if !active[i] {
					s.grad[i] += w * float64(v)
				}
			}
		}
		m = 0
	}
	for j, b := range s.beta {
		if b == 0 {
			continue
		}
		d.copyRow(rows[m*d.d:][:d.d], j)
		squares[m], weights[m] = d.square[j], b
		if m++; m == block {
			flush()
		}
	}
	flush()
}
