package svr

import (
	"slices"
)

// shrink leaves out, until the end, the weights at zero or a bound that would not move if the best
// prices stayed as they are, once they are an eighth of all: what is left is put together, so that
// nothing else is looked at or computed. It reports whether places have changed. Joachims, Making
// large-scale SVM learning practical, 1999.
func (s *solver) shrink() bool {
	kept := s.kept[:0]
	for k := range s.row {
		if !s.resting(k) {
			kept = append(kept, int32(k))
		}
	}
	s.kept = kept
	if 8*len(kept) > 7*len(s.row) || len(kept) < 2 {
		return false
	}
	s.store()
	s.data = s.data.Pick(kept)
	s.cache.shrink(s.data, kept)
	for k, i := range kept {
		s.row[k] = s.row[i]
		s.beta[k], s.grad[k], s.diag[k] = s.beta[i], s.grad[i], s.diag[i]
		s.up[k], s.down[k] = s.up[i], s.down[i]
	}
	s.cut(len(kept))
	return true
}

// resting tells whether a weight is far from being chosen either way.
func (s *solver) resting(k int) bool {
	b := s.beta[k]
	if b != 0 && b < s.cfg.C && b > -s.cfg.C {
		return false
	}
	return s.grad[k]+s.up[k] > s.fall && s.grad[k]+s.down[k] < s.rise
}

// shrunk tells whether some weights are left out.
func (s *solver) shrunk() bool { return len(s.row) < len(s.weight) }

// store writes the weights in work back to their rows.
func (s *solver) store() {
	for k, i := range s.row {
		s.weight[i] = s.beta[k]
	}
}

// restore takes all weights to work again and computes the gradients of those that were left out.
func (s *solver) restore() {
	if !s.shrunk() {
		return
	}
	s.store()
	active, grad := s.row, slices.Clone(s.grad)
	out := make([]int32, 0, len(s.weight)-len(active))
	for i, k := int32(0), 0; int(i) < len(s.weight); i++ {
		if k < len(active) && active[k] == i {
			k++
			continue
		}
		out = append(out, i)
	}
	active = slices.Clone(active)
	s.open()
	for k, i := range active {
		s.grad[i] = grad[k]
	}
	s.addKernels(out)
	s.data = s.all
	s.cache.reset(s.all)
}

// addKernels adds Kβ to the gradients of some rows, a block of support vectors at a time.
func (s *solver) addKernels(rows []int32) {
	const block = 64
	some := s.all.Pick(rows)
	width := some.Width()
	queries, weights := make([]float32, 0, block*width), make([]float64, 0, block)
	row, values := make([]float32, width-1), make([]float32, block*len(rows))
	flush := func() {
		some.Values(values, queries, len(weights))
		for q, w := range weights {
			s.addScaled(rows, values[q*len(rows):][:len(rows)], w)
		}
		queries, weights = queries[:0], weights[:0]
	}
	for j, b := range s.weight {
		if b == 0 {
			continue
		}
		s.all.Row(row, j)
		queries = queries[:len(queries)+width]
		some.Query(queries[len(queries)-width:], row)
		if weights = append(weights, b); len(weights) == block {
			flush()
		}
	}
	flush()
}

// addScaled adds w times values to the gradients of rows.
func (s *solver) addScaled(rows []int32, values []float32, w float64) {
	for k, i := range rows {
		s.grad[i] += float64(w * float64(values[k]))
	}
}
