package estimator

import "math"

// detrender finds how far the windows of one size lie from their best polynomials.
type detrender struct {
	size, count int
	order       int
	white       float64 // F(s) of white noise, over a constant times the root of s
	// factor is Cholesky's factor L of the matrix of sums Σ t^(j+k), where t runs over the window from
	// -1 to 1: what a fit takes off the sum of squares is |L⁻¹ (Σ t^j y)_j|².
	factor [maxOrder + 1][maxOrder + 1]float64
}

func newDetrenders(n, order int, sizes []int) []detrender {
	var out []detrender
	for _, s := range sizes {
		d := detrender{size: s, count: windowCount(n, s), order: order}
		ratio := float64(order+1) / float64(s)
		d.white = math.Sqrt(1 - ratio*ratio)
		d.factorise()
		out = append(out, d)
	}
	return out
}

// scale gives t for value i of a window: t = scale·i - 1.
func (d *detrender) scale() float64 { return 2 / float64(d.size-1) }

func (d *detrender) factorise() {
	var moment [2*maxOrder + 1]float64
	for i := range d.size {
		t, power := d.scale()*float64(i)-1, 1.0
		for k := range moment {
			moment[k] += power
			power *= t
		}
	}
	for j := 0; j <= d.order; j++ {
		for k := 0; k <= j; k++ {
			v := moment[j+k]
			for i := range k {
				v -= d.factor[j][i] * d.factor[k][i]
			}
			if j == k {
				d.factor[j][k] = math.Sqrt(v)
				continue
			}
			d.factor[j][k] = v / d.factor[k][k]
		}
	}
}

// fluctuation returns F(s), the root of the mean square about the polynomials, over all windows.
func (d *detrender) fluctuation(y []float64) float64 {
	total := 0.0
	for i := range d.count {
		at := windowStart(i, d.count, len(y), d.size)
		total += d.residual(y[at : at+d.size])
	}
	return math.Sqrt(total / float64(d.count*d.size))
}

// residual returns a window's sum of squares about its best polynomial, or 0 where that is no more
// than rounding.
func (d *detrender) residual(y []float64) float64 {
	var all, left float64
	if d.order == 1 {
		all, left = aboutLine(y)
	} else {
		all, left = d.aboutPolynomial(y)
	}
	if left < 1e-13*all {
		return 0
	}
	return left
}

// aboutLine returns the sum of squares about the middle value, and about the best straight line.
// Values count from the middle one, so that little cancels; pairs are summed apart, which the
// processor does side by side.
func aboutLine(y []float64) (all, left float64) {
	base := y[len(y)/2]
	var s0, s1, t0, t1, q0, q1 float64 // Σ v, Σ i v, Σ v²
	n := len(y)
	at := 0.0
	for i := 1; i < n; i += 2 {
		v, w := y[i-1]-base, y[i]-base
		s0 += v
		s1 += w
		t0 += at * v
		t1 += at * w
		q0 += v * v
		q1 += w * w
		at += 2
	}
	if n&1 == 1 {
		v := y[n-1] - base
		s0 += v
		t0 += at * v
		q0 += v * v
	}
	m := float64(n)
	sum, all := s0+s1, q0+q1
	slope := t0 + t1 + s1 - (m-1)/2*sum // Σ (i - mean) v
	return all, all - sum*sum/m - slope*slope*12/(m*(m*m-1))
}

// aboutPolynomial is aboutLine for polynomials of any order.
func (d *detrender) aboutPolynomial(y []float64) (all, left float64) {
	base, scale := y[len(y)/2], d.scale()
	var sums [maxOrder + 1]float64 // Σ t^j v
	if d.order <= 3 {
		all = sumsToCubes(&sums, y, base, scale)
	} else {
		all = sumsToFifths(&sums, y, base, scale)
	}
	part := sums[:d.order+1]
	left = all
	for j := range part {
		for k := range j {
			part[j] -= d.factor[j][k] * part[k]
		}
		part[j] /= d.factor[j][j]
		left -= part[j] * part[j]
	}
	return all, left
}

// sumsToCubes sets Σ t^j v for j = 0 … 3, v = y - base, and returns Σ v². It keeps its sums apart from
// memory, which makes it several times as fast as a loop over j.
func sumsToCubes(sums *[maxOrder + 1]float64, y []float64, base, scale float64) (all float64) {
	var s0, s1, s2, s3 float64
	for i, v := range y {
		v -= base
		t := scale*float64(i) - 1
		all += v * v
		s0 += v
		v *= t
		s1 += v
		v *= t
		s2 += v
		s3 += v * t
	}
	sums[0], sums[1], sums[2], sums[3] = s0, s1, s2, s3
	return all
}

// sumsToFifths is sumsToCubes for j = 0 … 5.
func sumsToFifths(sums *[maxOrder + 1]float64, y []float64, base, scale float64) (all float64) {
	var s4, s5 float64
	for i, v := range y {
		v -= base
		t := scale*float64(i) - 1
		square := t * t
		v *= square * square
		s4 += v
		s5 += v * t
	}
	sums[4], sums[5] = s4, s5
	return sumsToCubes(sums, y, base, scale)
}
