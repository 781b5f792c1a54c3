package estimator

import "math"

const (
	stencil = 8  // nodes that a polynomial goes through
	steps   = 64 // between the nodes of an exponent
)

// scan is a smooth function of one parameter, known at nodes that are evaluated when they are needed
// and, between them, by a polynomial through the eight nearest. The nodes are those of Chebyshev,
//
//	x_k = lo + (hi - lo) sin²(πk/2K),   k = 0 … K,
//
// close to each other at the ends, where likelihoods of exponents change fastest. A place between
// nodes is given as u, 0 ≤ u ≤ K.
type scan struct {
	lo, hi   float64
	evaluate func(k int) float64
	value    []float64
	known    []bool
}

func newScan(lo, hi float64, steps int, evaluate func(k int) float64) *scan {
	return &scan{lo: lo, hi: hi, evaluate: evaluate, value: make([]float64, steps+1), known: make([]bool, steps+1)}
}

// forget makes s evaluate everything again.
func (s *scan) forget() { clear(s.known) }

func (s *scan) last() int { return len(s.value) - 1 }

// x returns the parameter at u.
func (s *scan) x(u float64) float64 {
	v := math.Sin(math.Pi / 2 * u / float64(s.last()))
	return s.lo + (s.hi-s.lo)*v*v
}

// u returns where the parameter is x, or the nearer end.
func (s *scan) u(x float64) float64 {
	v := max(0, min(1, (x-s.lo)/(s.hi-s.lo)))
	return math.Asin(math.Sqrt(v)) * 2 / math.Pi * float64(s.last())
}

func (s *scan) at(k int) float64 {
	if !s.known[k] {
		s.value[k], s.known[k] = s.evaluate(k), true
	}
	return s.value[k]
}

// put tells s the value at a node.
func (s *scan) put(k int, value float64) { s.value[k], s.known[k] = value, true }

// top returns the node where the function is largest, which it looks for in ever smaller steps.
func (s *scan) top() int {
	stride := max(1, s.last()/8)
	best := 0
	for k := stride; k <= s.last(); k += stride {
		if s.at(k) > s.at(best) {
			best = k
		}
	}
	for stride /= 2; stride >= 1; stride /= 2 {
		middle := best
		for _, k := range [2]int{middle - stride, middle + stride} {
			if k >= 0 && k <= s.last() && s.at(k) > s.at(best) {
				best = k
			}
		}
	}
	return best
}

// highest returns the node where the function is largest, having looked at all.
func (s *scan) highest() int {
	best := 0
	for k := range s.value {
		if s.at(k) > s.at(best) {
			best = k
		}
	}
	return best
}

// climb returns the first node from k uphill that is higher than its neighbours.
func (s *scan) climb(k int) int {
	for k < s.last() && s.at(k+1) > s.at(k) {
		k++
	}
	for k > 0 && s.at(k-1) > s.at(k) {
		k--
	}
	return k
}

// peak returns where the function is largest, with its value there.
func (s *scan) peak() (u, value float64) { return s.peakNear(s.top()) }

// peakNear is peak for the node where the function is largest.
func (s *scan) peakNear(k int) (u, value float64) {
	a, b := float64(max(0, k-1)), float64(min(s.last(), k+1))
	p := s.near(k)
	u = minimise(func(u float64) float64 { return -p.at(u) }, a, b, 1e-7)
	value = p.base + p.at(u)
	// An end is never tried by a search between ends.
	for _, end := range [2]float64{a, b} {
		if v := p.base + p.at(end); v >= value {
			u, value = end, v
		}
	}
	return u, value
}

// between returns the function at u.
func (s *scan) between(u float64) float64 {
	p := s.near(int(u))
	return p.base + p.at(u)
}

// piece is the polynomial, in Newton's form, through the nodes around one.
type piece struct {
	start float64
	base  float64 // the value at a node, left out of the polynomial for the digits that it would cost
	c     [stencil]float64
}

// near returns the polynomial for places between node k and the next.
func (s *scan) near(k int) piece {
	start := max(0, min(s.last()-stencil+1, k-stencil/2+1))
	p := piece{start: float64(start), base: s.at(min(k, s.last()))}
	for i := range p.c {
		p.c[i] = s.at(start+i) - p.base
	}
	for order := 1; order < stencil; order++ {
		for i := stencil - 1; i >= order; i-- {
			p.c[i] = (p.c[i] - p.c[i-1]) / float64(order)
		}
	}
	return p
}

// at returns the polynomial at u, less its base.
func (p *piece) at(u float64) float64 {
	x, c := u-p.start, &p.c
	return c[0] + x*(c[1]+(x-1)*(c[2]+(x-2)*(c[3]+(x-3)*(c[4]+(x-4)*(c[5]+(x-5)*(c[6]+(x-6)*c[7]))))))
}
