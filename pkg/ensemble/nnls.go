package ensemble

import "math"

// nnls returns the w ≥ 0 that minimises ½ wᵀGw - bᵀw, for a positive semidefinite G: non-negative
// least squares with the products of its columns. Where columns repeat each other they share.
//
// C. Lawson, R. Hanson, Solving Least Squares Problems, Prentice-Hall 1974, chapter 23, algorithm NNLS;
// R. Bro, S. de Jong, A fast non-negativity-constrained least squares algorithm, J. Chemometrics 11,
// 1997, for its form with products.
func nnls(gram, b []float64) []float64 {
	s := newActiveSet(gram, b)
	for range 10 * len(b) { // it ends by itself, but for rounding
		k := s.steepest()
		if k < 0 {
			break
		}
		s.free[k] = true
		if !s.descend(k) {
			s.barred[k] = true // rounding sent it back at once; others may still gain
			continue
		}
		clear(s.barred)
	}
	return s.w
}

// activeSet is a point of the method: weights that are not free are zero.
type activeSet struct {
	n       int
	gram, b []float64
	w       []float64
	free    []bool
	barred  []bool
	small   float64 // slopes that are as good as zero

	index []int // of the free
	l, x  []float64
}

func newActiveSet(gram, b []float64) *activeSet {
	n := len(b)
	s := &activeSet{
		n: n, gram: make([]float64, n*n), b: b, w: make([]float64, n), free: make([]bool, n), barred: make([]bool, n),
		index: make([]int, 0, n), l: make([]float64, n*n), x: make([]float64, n),
	}
	copy(s.gram, gram)
	largest, most := 0.0, 0.0
	for i, v := range b {
		largest, most = max(largest, gram[i*n+i]), max(most, math.Abs(v))
	}
	for i := range n { // so that columns that repeat each other can be solved for
		s.gram[i*n+i] += 1e-12 * largest
	}
	s.small = 1e-11 * most
	return s
}

// steepest returns the weight at zero along which the objective falls fastest; -1 if there is none.
func (s *activeSet) steepest() int {
	best, at := s.small, -1
	for k := range s.n {
		if s.free[k] || s.barred[k] {
			continue
		}
		slope := s.b[k]
		for j, w := range s.w {
			slope -= float64(s.gram[k*s.n+j] * w)
		}
		if slope > best {
			best, at = slope, k
		}
	}
	return at
}

// descend goes to the least point over the free weights, and takes those that would become negative
// out on the way. It reports whether the one that has just been freed stayed.
func (s *activeSet) descend(fresh int) bool {
	for {
		if !s.solve() {
			s.free[fresh] = false
			s.w[fresh] = 0
			return false
		}
		way, first := 1.0, -1
		for i, k := range s.index {
			if s.x[i] > 0 {
				continue
			}
			t := 0.0 // of the way to x, where the weight is zero
			if s.w[k] > 0 {
				t = s.w[k] / (s.w[k] - s.x[i])
			}
			if first < 0 || t < way {
				way, first = t, k
			}
		}
		if first < 0 {
			for i, k := range s.index {
				s.w[k] = s.x[i]
			}
			return true
		}
		for i, k := range s.index {
			s.w[k] += float64(way * (s.x[i] - s.w[k]))
			if k == first || s.w[k] <= 0 {
				s.w[k], s.free[k] = 0, false
			}
		}
		if !s.free[fresh] {
			return false
		}
	}
}

// solve sets x to the least point over the free weights, by a Cholesky factor. It reports whether
// the equations can be solved.
func (s *activeSet) solve() bool {
	s.index = s.index[:0]
	for k, free := range s.free {
		if free {
			s.index = append(s.index, k)
		}
	}
	for i, k := range s.index {
		sum := s.b[k]
		for j, q := range s.index[:i] {
			v := s.gram[k*s.n+q]
			for p := range j {
				v -= float64(s.l[i*s.n+p] * s.l[j*s.n+p])
			}
			v /= s.l[j*s.n+j]
			s.l[i*s.n+j] = v
			sum -= float64(v * s.x[j])
		}
		pivot := s.gram[k*s.n+k]
		for _, v := range s.l[i*s.n:][:i] {
			pivot -= float64(v * v)
		}
		if !(pivot > 0) {
			return false
		}
		s.l[i*s.n+i] = math.Sqrt(pivot)
		s.x[i] = sum / s.l[i*s.n+i]
	}
	for i := len(s.index) - 1; i >= 0; i-- {
		for j := i + 1; j < len(s.index); j++ {
			s.x[i] -= float64(s.l[j*s.n+i] * s.x[j])
		}
		s.x[i] /= s.l[i*s.n+i]
	}
	return true
}
