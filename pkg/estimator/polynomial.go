package estimator

import "fmt"

// Detrend writes x less its least-squares polynomial of the given order to dst, which may be x: order
// 0 takes off the mean, 1 a straight line. It panics if the lengths differ or the order is negative;
// an order that leaves no more values than it takes is lowered to len(x) - 1. A value that is not
// finite spoils the whole result.
//
// The polynomials are those of Gram (discrete Legendre), orthogonal over the points, by their
// recurrence p_(k+1)(t) = t p_k(t) - b_k p_(k-1)(t): powers of t lose digits from order 4 on.
func Detrend(dst, x []float64, order int) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("estimator: %d values for %d", len(dst), len(x)))
	}
	if order < 0 {
		panic(fmt.Sprintf("estimator: order %d is negative", order))
	}
	copy(dst, x)
	for k := range min(order, len(x)-1) + 1 {
		p := gram{n: len(x), order: k}
		product, square := 0.0, 0.0
		for i, v := range dst {
			g := p.at(i)
			product += v * g
			square += g * g
		}
		for i := range dst {
			dst[i] -= product / square * p.at(i)
		}
	}
}

// gram is an orthogonal polynomial over 0 … n-1.
type gram struct{ n, order int }

// at returns the polynomial at a point, with t = (2i - n + 1)/(n - 1) from -1 to 1 and
// b_k = k² (n² - k²) / ((4k² - 1)(n - 1)²).
func (g gram) at(i int) float64 {
	if g.order == 0 {
		return 1
	}
	width := float64(g.n - 1)
	t := (2*float64(i) - width) / width
	before, p := 1.0, t
	for k := 1; k < g.order; k++ {
		k2, n2 := float64(k)*float64(k), float64(g.n)*float64(g.n)
		b := k2 * (n2 - k2) / ((4*k2 - 1) * width * width)
		before, p = p, t*p-b*before
	}
	return p
}
