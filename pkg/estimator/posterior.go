package estimator

import (
	"fmt"
	"math"
)

// prior is a Beta distribution of H on an interval. Zero means 0 to 1, and uniform.
type prior struct {
	from, to    float64
	alpha, beta float64
}

// newPrior returns a prior in which zeros are replaced by what they mean. It fails when the interval
// is not within 0 to 1, or is empty, or when a parameter of the Beta distribution is below 1.
func newPrior(from, to, alpha, beta float64) (prior, error) {
	p := prior{from: from, to: to, alpha: alpha, beta: beta}
	if from == 0 && to == 0 {
		p.to = 1
	}
	if alpha == 0 && beta == 0 {
		p.alpha, p.beta = 1, 1
	}
	if !(p.from >= 0 && p.from < p.to && p.to <= 1) {
		return p, fmt.Errorf("prior of H from %v to %v: want 0 ≤ from < to ≤ 1", p.from, p.to)
	}
	if p.to <= minHurst || p.from >= maxHurst {
		return p, fmt.Errorf("prior of H from %v to %v: want some of it between %v and %v", p.from, p.to, minHurst, maxHurst)
	}
	if !(p.alpha >= 1 && p.beta >= 1) || math.IsInf(p.alpha, 0) || math.IsInf(p.beta, 0) {
		return p, fmt.Errorf("prior of H is Beta(%v, %v): want two numbers of at least 1", p.alpha, p.beta)
	}
	return p, nil
}

// within returns h, or the end of the interval that is nearer to it.
func (p *prior) within(h float64) float64 {
	if p.from == 0 && p.to == 1 {
		return h // which may say that it is beyond
	}
	return max(p.from, min(p.to, h))
}

func (p *prior) uniform() bool { return p.alpha == 1 && p.beta == 1 }

// logDensity returns the logarithm of the prior's density at h, up to a constant.
func (p *prior) logDensity(h float64) float64 {
	if p.uniform() {
		return 0
	}
	v := (h - p.from) / (p.to - p.from)
	v = max(1e-12, min(1-1e-12, v))
	return (p.alpha-1)*math.Log(v) + (p.beta-1)*math.Log1p(-v)
}

// posterior is what is known of H after the data.
type posterior struct {
	mean, median, sd float64
	lower, upper     float64 // equal tails
}

const (
	fine   = 160 // cells that a density is integrated over for its quantiles
	coarse = 48  // and for its integral alone
	depth  = 25  // a density is cut where it is exp(-25) of its peak
)

// area integrates densities whose logarithm is a scan. It reuses its memory.
type area struct {
	cells     int
	x, weight [fine + 1]float64
	below     [fine + 1]float64 // the integral up to a point, of 1
}

// of returns the posterior of the parameter of s under a prior. The likelihood has one hill.
func (a *area) of(s *scan, p prior, level float64) posterior {
	h := hill{scan: s, prior: p}
	h.from, h.to = s.u(p.from), s.u(p.to)
	mode, _ := s.peak()
	mode = max(h.from, min(h.to, mode))
	if !p.uniform() {
		mode = minimise(func(u float64) float64 { return -h.value(u) }, h.from, h.to, 1e-6)
	}
	a.cells = fine
	total := a.fill(&h, mode)
	a.accumulate()
	var o posterior
	for i, x := range a.x[:a.cells+1] {
		o.mean += x * a.simpson(i)
	}
	o.mean /= total
	for i, x := range a.x[:a.cells+1] {
		o.sd += (x - o.mean) * (x - o.mean) * a.simpson(i)
	}
	o.sd = math.Sqrt(max(0, o.sd/total))
	o.median = a.quantile(0.5)
	o.lower, o.upper = a.quantile((1-level)/2), a.quantile((1+level)/2)
	return o
}

// logMean returns log of the average of exp(s), given where it is largest.
func (a *area) logMean(s *scan, mode, top float64) float64 {
	a.cells = coarse
	h := hill{scan: s, prior: prior{alpha: 1, beta: 1}, to: float64(s.last())}
	return top + math.Log(a.fill(&h, mode)/(s.hi-s.lo))
}

// hill is the logarithm of a density with one hill, between two places of a scan.
type hill struct {
	scan     *scan
	prior    prior
	from, to float64
}

// value returns the logarithm at u.
func (h *hill) value(u float64) float64 {
	return h.scan.between(u) + h.prior.logDensity(h.scan.x(u))
}

// edge returns where, from the mode towards a limit, the value falls below floor, or the limit.
func (h *hill) edge(mode, limit, floor, direction float64) float64 {
	near, far := mode, math.Floor(mode)
	if direction > 0 {
		far++
	}
	for (limit-far)*direction > 0 && h.value(far) > floor {
		near, far = far, far+direction
	}
	if (limit-far)*direction <= 0 {
		far = limit
		if h.value(far) > floor {
			return far
		}
	}
	for range 10 { // what is left is, at most, a 1024th of a step too long
		if middle := (near + far) / 2; h.value(middle) > floor {
			near = middle
		} else {
			far = middle
		}
	}
	return far
}

// fill computes the density, relative to what it is at the mode, where it counts, and returns its
// integral.
func (a *area) fill(h *hill, mode float64) float64 {
	s, top := h.scan, h.value(mode)
	from, to := h.edge(mode, h.from, top-depth, -1), h.edge(mode, h.to, top-depth, 1)
	step := (to - from) / float64(a.cells)
	turn := math.Pi / float64(s.last())
	sin, cos := math.Sincos(turn * from)
	dsin, dcos := math.Sincos(turn * step)
	at := int(from)
	p := s.near(at)
	for i := range a.cells + 1 {
		u := from + float64(i)*step
		if k := int(u); k != at {
			p, at = s.near(k), k
		}
		x := s.lo + (s.hi-s.lo)*(1-cos)/2 // sin²(θ/2)
		v := p.base + p.at(u) - top + h.prior.logDensity(x)
		a.x[i] = x
		a.weight[i] = math.Exp(v) * sin * (turn / 2 * (s.hi - s.lo) * step)
		sin, cos = sin*dcos+cos*dsin, cos*dcos-sin*dsin
	}
	total := 0.0
	for i := range a.cells + 1 {
		total += a.simpson(i)
	}
	return total
}

// simpson returns the weight of point i in Simpson's rule.
func (a *area) simpson(i int) float64 {
	switch {
	case i == 0 || i == a.cells:
		return a.weight[i] / 3
	case i%2 == 1:
		return a.weight[i] * 4 / 3
	}
	return a.weight[i] * 2 / 3
}

// accumulate computes the integral up to each point, by the cubics through four.
func (a *area) accumulate() {
	w := &a.weight
	a.below[0] = 0
	for i := 1; i <= a.cells; i++ {
		var d float64
		switch i {
		case 1:
			d = (5*w[0] + 8*w[1] - w[2]) / 12
		case a.cells:
			d = (5*w[i] + 8*w[i-1] - w[i-2]) / 12
		default:
			d = (13*(w[i-1]+w[i]) - w[i-2] - w[i+1]) / 24
		}
		a.below[i] = a.below[i-1] + max(d, 0)
	}
	for i := range a.below {
		a.below[i] /= a.below[a.cells]
	}
}

// quantile returns the x that the share q is below of.
func (a *area) quantile(q float64) float64 {
	lo, hi := 0, a.cells
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; a.below[mid] <= q {
			lo = mid
		} else {
			hi = mid
		}
	}
	// Within a cell the density is taken for a straight line from w0 to w1: the share t of the cell
	// has t·w0 + t²·(w1-w0)/2 below it.
	w0, w1 := a.weight[lo], a.weight[hi]
	share := (q - a.below[lo]) / (a.below[hi] - a.below[lo]) * (w0 + w1) / 2
	t := 2 * share / (w0 + math.Sqrt(max(0, w0*w0+2*share*(w1-w0))))
	if math.IsNaN(t) {
		t = 0.5
	}
	return a.x[lo] + max(0, min(1, t))*(a.x[hi]-a.x[lo])
}
