package mixture

import "math"

// whiten computes log |A| and all b_r'A⁻¹b_s.
func (d *deletion) whiten(g int) {
	d.logA, d.dots = 0, [sides][sides]float64{}
	k := len(d.places)
	if d.exact() {
		d.step(g, 0, 0, k)
		return
	}
	for from := 0; from < k; from += chunk {
		d.step(g, max(0, from-chunk), from, min(from+chunk, k))
	}
}

// step takes the deleted values from … to-1 given those from before on.
func (d *deletion) step(g, before, from, to int) {
	p, given := to-before, from-before
	a := d.matrix[:p*p]
	for i := range p {
		for j := range i + 1 {
			a[i*p+j] = d.o.circle.apart(g, d.places[before+i], d.places[before+j])
		}
	}
	for i := range p {
		row := a[i*p : i*p+i+1]
		factoriseRow(a, row, i, p)
		if i >= given {
			d.logA += 2 * math.Log(row[i])
		}
		for r := range sides {
			if d.used[r] && d.exact() {
				w := &d.white[r]
				w[i] = (d.rhs[r][before+i] - dot(row[:i], w[:i])) / row[i]
			}
		}
	}
	if d.exact() {
		d.add(given, p)
	}
}

// add adds the products of whitened right-hand sides.
func (d *deletion) add(given, p int) {
	for r := range sides {
		if !d.used[r] {
			continue
		}
		d.dots[sideSeries][r] += dot(d.white[sideSeries][given:p], d.white[r][given:p])
		if r != sideSeries {
			d.dots[r][r] += dot(d.white[r][given:p], d.white[r][given:p])
		}
	}
	d.dots[sideLine][sideParabola] += dot(d.white[sideLine][given:p], d.white[sideParabola][given:p])
	if d.used[sideCos] {
		d.dots[sideCos][sideSin] += dot(d.white[sideCos][given:p], d.white[sideSin][given:p])
	}
}

// factoriseRow makes row i of a symmetric positive definite matrix that of its Cholesky factor. A row
// that depends on those before it, but for rounding, gets a pivot so large that its coefficient is
// zero.
func factoriseRow(a, row []float64, i, p int) {
	whole := row[i]
	for j := range i {
		other := a[j*p : j*p+j+1]
		row[j] = (row[j] - dot(row[:j], other[:j])) / other[j]
	}
	pivot := whole - dot(row[:i], row[:i])
	if !(pivot > 1e-12*whole) {
		pivot = 1e30
	}
	row[i] = math.Sqrt(pivot)
}

// dot returns Σ x·y, in four sums.
func dot(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		u, v := x[i:i+4:i+4], y[i:i+4:i+4]
		a += u[0] * v[0]
		b += u[1] * v[1]
		c += u[2] * v[2]
		d += u[3] * v[3]
	}
	for ; i < len(x); i++ {
		a += x[i] * y[i]
	}
	return (a + b) + (c + d)
}
