package process

import "math"

// stepKernel is the kernel of linear fractional stable noise, s^d - (s-1)^d (the second only for
// s > 1), d = H - 1/α, where s > 0 is the distance back from the point's time in steps. Each step is
// cut into cells, and a cell has one stable number, whose weight is a cell's mean of order α of s^d,
// less that of the cell one step nearer. So the sums of any number of points have, over their own
// span, exactly the scale that they should have; what remains is that noise is the same for all of a
// cell. The cells are narrow where the kernel is infinite or steep, at the start of the step.
type stepKernel struct {
	alpha, d float64
	power    float64   // αH, of the integral of s^dα
	bend     float64   // of a far cell's mean
	edges    []float64 // of the cells, from 0 to 1
	widths   []float64 // to the power 1/α
}

// farCell is the distance from which a cell's mean is taken from its middle with one correction: the
// next would be below 1e-9.
const farCell = 16

// nearSteps is how many steps' weights are summed for the scale.
const nearSteps = 64

func newStepKernel(cells int, alpha float64) *stepKernel {
	return &stepKernel{alpha: alpha, edges: make([]float64, cells+1), widths: make([]float64, cells)}
}

// set computes what depends on the exponent. The edges (i/cells)^e were found by trying: for α = 2, where
// fractional Gaussian noise is known, e between 2 and 6 made the largest error of the first
// autocorrelations least, the greater the smaller H.
func (k *stepKernel) set(h float64) {
	k.d, k.power = h-1/k.alpha, k.alpha*h
	beta := k.power - 1
	k.bend = beta * (beta - 1) / (24 * k.alpha)
	shortfall := 1 - min(k.power, 1.5)/1.5
	e := 2 + 4*shortfall*shortfall
	cells := len(k.widths)
	for i := range k.edges {
		k.edges[i] = math.Pow(float64(i)/float64(cells), e)
	}
	for i := range k.widths {
		k.widths[i] = math.Pow(k.edges[i+1]-k.edges[i], 1/k.alpha)
	}
}

// fill puts the weights of one cell of every step into dst, from the step before the point on, and
// returns the sum of their absolute values to the power α over the near ones.
func (k *stepKernel) fill(dst []float64, cell int) float64 {
	before, sum := 0.0, 0.0
	for q := range dst {
		m := k.mean(float64(q), cell)
		dst[q] = m - before
		before = m
		if q < nearSteps {
			sum += math.Pow(math.Abs(dst[q]), k.alpha)
		}
	}
	return sum
}

// beyond returns ∫ |s^d - (s-1)^d|^α ds from a distance on: of |d·(s-½)^(d-1)|^α, which is 1e-4 of it
// away at nearSteps.
func (k *stepKernel) beyond(distance float64) float64 {
	p := (k.d-1)*k.alpha + 1
	return math.Pow(math.Abs(k.d), k.alpha) * math.Pow(distance-0.5, p) / -p
}

// mean returns (∫ s^dα ds)^(1/α) over a cell, whole steps away.
func (k *stepKernel) mean(steps float64, cell int) float64 {
	from, to := steps+k.edges[cell], steps+k.edges[cell+1]
	switch {
	case steps >= farCell:
		middle := (from + to) / 2
		relative := (to - from) / middle
		return k.widths[cell] * math.Exp(k.d*math.Log(middle)) * (1 + k.bend*relative*relative)
	case from == 0:
		return math.Pow(math.Pow(to, k.power)/k.power, 1/k.alpha)
	}
	// to^p - from^p, without its cancellation
	span := -math.Pow(to, k.power) * math.Expm1(k.power*math.Log(from/to))
	return math.Pow(span/k.power, 1/k.alpha)
}
