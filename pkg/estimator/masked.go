package estimator

import "math"

// masked is the log likelihood of H, with the scale integrated out, of a series on a circulant in
// which some values are not known and some shapes of unknown size lie over the rest. Both are unknown
// coefficients: of an impulse for each value, Z for all of them together, and
//
//	ℓ(H) = -½ log|C| - ½ log|Z'C⁻¹Z| - (n-1-p)/2 log (x'C⁻¹x - b'(Z'C⁻¹Z)⁻¹b),   b = Z'C⁻¹x,
//
// with the p coefficients integrated out under a flat prior, as D. A. Harville, Bayesian inference for
// variance components using only error contrasts, Biometrika 61 (1974) 383–385. What the unknown
// values were set to does not matter.
type masked struct {
	c      *circulant
	gaps   []int // the values that are not known, ascending
	shapes []overlaid
	x      []float64
	coeff  []complex128 // of x
	y      []float64    // C⁻¹x
	ys     []float64    // C⁻¹ of a shape
	matrix []float64    // Z'C⁻¹Z, row by row, and then its Cholesky factor
	b      []float64
}

// overlaid is a series that lies over another, and its coefficients.
type overlaid struct {
	values []float64
	coeff  []complex128
}

func newMasked(c *circulant) *masked {
	return &masked{c: c, y: make([]float64, c.n), ys: make([]float64, c.n)}
}

// load takes a series with its coefficients, the places of its unknown values and the shapes over it.
// All are kept.
func (m *masked) load(x []float64, coeff []complex128, gaps []int, shapes []overlaid) {
	m.x, m.coeff, m.gaps, m.shapes = x, coeff, gaps, shapes
	p := len(gaps) + len(shapes)
	if cap(m.b) < p {
		m.b, m.matrix = make([]float64, 2*p), make([]float64, 4*p*p)
	}
	m.b, m.matrix = m.b[:p], m.matrix[:p*p]
}

// at returns the log likelihood at a node.
func (m *masked) at(node int) float64 {
	determinant, _, left := m.fit(node)
	free := float64(m.c.n - 1 - len(m.b))
	return -0.5*m.c.logs[node] - 0.5*determinant - 0.5*free*math.Log(max(left, 1e-300))
}

// spent tells whether the unknown coefficients explain the series but for rounding errors, as a line
// and an impulse do a line with one outlier.
func (m *masked) spent(node int) bool {
	const nothing = 1e-11
	_, whole, left := m.fit(node)
	return left <= nothing*whole
}

// fit returns log |Z'C⁻¹Z|, and x'C⁻¹x with and without what the unknown coefficients explain of it. It
// leaves L and L⁻¹b of the factor L L' = Z'C⁻¹Z.
func (m *masked) fit(node int) (determinant, whole, left float64) {
	m.c.load(node)
	whole = m.c.product(node, m.coeff, m.coeff)
	m.normal(node)
	determinant = factorise(m.matrix, len(m.b))
	forward(m.matrix, m.b)
	left = whole
	for _, v := range m.b {
		left -= v * v
	}
	return determinant, whole, left
}

// normal fills matrix (its lower half) and b for a node.
func (m *masked) normal(node int) {
	p, k := len(m.b), len(m.gaps)
	if p == 0 {
		return
	}
	m.c.solve(m.y, node, m.coeff)
	for i, at := range m.gaps {
		m.b[i] = m.y[at]
		row := m.matrix[i*p:]
		for j, other := range m.gaps[:i+1] {
			row[j] = m.c.apart(node, at, other)
		}
	}
	for s, shape := range m.shapes {
		m.c.solve(m.ys, node, shape.coeff)
		row := m.matrix[(k+s)*p:]
		for j, at := range m.gaps {
			row[j] = m.ys[at]
		}
		for j, other := range m.shapes[:s+1] {
			row[k+j] = m.c.product(node, shape.coeff, other.coeff)
		}
		m.b[k+s] = m.c.product(node, shape.coeff, m.coeff)
	}
}

// fill replaces the unknown values of x by what the rest says that they are when H is that of a node,
// and takes the shapes, of their best sizes, off. It computes the coefficients again.
func (m *masked) fill(node int) {
	m.fit(node)
	backward(m.matrix, m.b)
	for i, at := range m.gaps {
		m.x[at] -= m.b[i]
	}
	for s, shape := range m.shapes {
		for t, v := range shape.values {
			m.x[t] -= m.b[len(m.gaps)+s] * v
		}
	}
	m.c.plan.Coefficients(m.coeff, m.x)
}

// factorise replaces a symmetric positive definite matrix of p rows, of which the lower half counts,
// by its Cholesky factor, and returns the logarithm of its determinant. A row that depends on those
// before it, but for rounding, is one that nothing is known of: it gets a pivot so large that its
// coefficient is zero.
func factorise(a []float64, p int) float64 {
	determinant := 0.0
	for i := range p {
		row := a[i*p : i*p+i+1]
		whole := row[i]
		for j := range i {
			other := a[j*p : j*p+j+1]
			row[j] = (row[j] - dot(row[:j], other[:j])) / other[j]
		}
		pivot := whole - dot(row[:i], row[:i])
		if !(pivot > 1e-12*whole) {
			pivot = 1e30
		} else {
			determinant += math.Log(pivot)
		}
		row[i] = math.Sqrt(pivot)
	}
	return determinant
}

// forward replaces b by L⁻¹b, for a factor L as factorise leaves it.
func forward(l, b []float64) {
	p := len(b)
	for i := range b {
		row := l[i*p : i*p+i+1]
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
}

// backward replaces b by L'⁻¹b.
func backward(l, b []float64) {
	p := len(b)
	for i := p - 1; i >= 0; i-- {
		b[i] /= l[i*p+i]
		for j := range i {
			b[j] -= l[i*p+j] * b[i]
		}
	}
}
