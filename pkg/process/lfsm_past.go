package process

import "math"

// farPast is what the noise before a series' lattice adds to it: the kernel is a power of the
// distance there, d·s^(d-1), and changes so slowly that ever longer cells have one stable number each,
// and all beyond a thousand lengths has one constant. Without it, exponents near one would lose most of
// their memory.
//
// What a cell adds is a power of the distance, which is expanded about the middle of the series: one
// polynomial sums all cells.
type farPast struct {
	n      int
	alpha  float64
	from   float64 // distance from the first point
	count  int     // of cells
	weight []float64
	inside []float64 // half the length over the distance from the series' middle, at most about 2/3
	sum    [pastDegree + 1]float64
	choose [pastDegree + 1]float64 // binomial coefficients of d-1
	last   float64                 // weight of the constant
}

const (
	pastDegree = 32   // leaves out less than 0.001 of what the nearest cell adds to the ends
	pastRatio  = 1.07 // of the ends of a cell
	pastReach  = 1000 // lengths
)

// newFarPast makes the past that begins some distance, at least n/4, before the first of n points.
func newFarPast(n int, from, alpha float64) *farPast {
	count := int(math.Ceil(math.Log(pastReach*float64(n)/from+1) / math.Log(pastRatio)))
	return &farPast{
		n: n, alpha: alpha, from: from - 0.5, count: count,
		weight: make([]float64, count), inside: make([]float64, count),
	}
}

// set computes the weights.
func (f *farPast) set(h float64) {
	d := h - 1/f.alpha
	power := (h - 1) * f.alpha // ∫ |s^(d-1)|^α ds = s^power/power
	half := float64(f.n) / 2
	middle := float64(f.n-1) / 2
	x := f.from
	for i := range f.count {
		to := x * pastRatio
		at := math.Sqrt(x * to)
		scale := math.Abs(d) * math.Pow((math.Pow(x, power)-math.Pow(to, power))/-power, 1/f.alpha)
		f.weight[i] = scale * math.Pow(1+middle/at, d-1)
		f.inside[i] = half / (at + middle)
		x = to
	}
	f.last = math.Abs(d) * math.Pow(math.Pow(x, power)/-power, 1/f.alpha)
	binomial := 1.0
	for j := range f.choose {
		f.choose[j] = binomial
		binomial *= (d - 1 - float64(j)) / float64(j+1)
	}
}

// add adds a past to dst.
func (f *farPast) add(dst []float64, law stableLaw, rng *Stream) {
	clear(f.sum[:])
	for i, w := range f.weight {
		v := w * law.draw(rng)
		for j := range f.sum {
			f.sum[j] += v
			v *= f.inside[i]
		}
	}
	for j, c := range f.choose {
		f.sum[j] *= c
	}
	f.sum[0] += f.last * law.draw(rng)
	middle, unit := float64(f.n-1)/2, 2/float64(f.n)
	for t := range dst {
		y, v := (float64(t)-middle)*unit, 0.0
		for j := pastDegree; j >= 0; j-- {
			v = v*y + f.sum[j]
		}
		dst[t] += v
	}
}
