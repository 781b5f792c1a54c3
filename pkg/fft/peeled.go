package fft

// peeled transforms a real sequence of odd length n = r·m, r prime. The first pass of radix r makes
// of it r sequences of length m, one real and the others in conjugate pairs, so that one of each
// pair is enough: half of the work of a complex transform.
type peeled struct {
	r, m  int
	inner *Complex // of length m
	real  realWay  // of length m
	unit  []complex128
	turn  []complex128 // for each k = 1 … r/2 and p < m: exp(-2πi·kp/n)
	first []float64    // m
	y     []complex128 // m
	c     []complex128 // m/2+1, of the real sequence
	sums  []float64
	diffs []float64
}

func newPeeled(n, r int) *peeled {
	m := n / r
	p := &peeled{
		r: r, m: m, inner: NewComplex(m), real: newRealWay(m),
		unit: make([]complex128, r), turn: make([]complex128, 0, m*(r/2)),
		first: make([]float64, m), y: make([]complex128, m), c: make([]complex128, m/2+1),
		sums: make([]float64, m*(r/2)), diffs: make([]float64, m*(r/2)),
	}
	for t := range p.unit {
		p.unit[t] = root(t, r)
	}
	for k := 1; k <= r/2; k++ {
		for q := range m {
			p.turn = append(p.turn, root(k*q, n))
		}
	}
	return p
}

func (p *peeled) coefficients(dst []complex128, x []float64) {
	p.fold(x)
	p.real.coefficients(p.c, p.first)
	for q, v := range p.c {
		dst[p.r*q] = v
	}
	for k := 1; k <= p.r/2; k++ {
		p.combine(k, x[:p.m])
		p.inner.Forward(p.y, p.y)
		p.scatter(dst, k)
	}
}

// fold separates the sums and differences of the parts l and r-l of x, and sums all parts.
func (p *peeled) fold(x []float64) {
	m := p.m
	copy(p.first, x)
	first := p.first[:m]
	for l := 1; l <= p.r/2; l++ {
		a, b := x[l*m:][:m], x[(p.r-l)*m:][:m]
		sum, diff := p.sums[(l-1)*m:][:m], p.diffs[(l-1)*m:][:m]
		for i, v := range a {
			s := v + b[i]
			sum[i], diff[i] = s, v-b[i]
			first[i] += s
		}
	}
}

// combine computes the sequence whose transform has the coefficients k, r+k, 2r+k …
func (p *peeled) combine(k int, x []float64) {
	m := len(x)
	y, turn := p.y[:m], p.turn[(k-1)*m:][:m]
	for i, v := range x {
		y[i] = complex(v, 0)
	}
	for l := 1; l <= p.r/2; l++ {
		w := p.unit[k*l%p.r]
		sum, diff := p.sums[(l-1)*m:][:m], p.diffs[(l-1)*m:][:m]
		for i, v := range y {
			y[i] = complex(real(v)+real(w)*sum[i], imag(v)+imag(w)*diff[i])
		}
	}
	for i, w := range turn {
		y[i] *= w
	}
}

// scatter writes the coefficients k, r+k, 2r+k …, those above n/2 as conjugates of n-k, n-r-k …
func (p *peeled) scatter(dst []complex128, k int) {
	q := 0
	for j := k; j < len(dst); j += p.r {
		dst[j] = p.y[q]
		q++
	}
	for j := p.r*p.m - (p.r*q + k); q < p.m; j -= p.r {
		dst[j] = conj(p.y[q])
		q++
	}
}

func (p *peeled) sequence(dst []float64, c []complex128) {
	m := p.m
	for q := range p.c {
		p.c[q] = c[p.r*q]
	}
	p.real.sequence(p.first, p.c)
	for l := range p.r {
		copy(dst[l*m:][:m], p.first)
	}
	for k := 1; k <= p.r/2; k++ {
		p.gather(c, k)
		p.inner.Forward(p.y, p.y)
		p.spread(dst, k)
	}
}

// gather collects what scatter scatters, reversed for the inverse transform.
func (p *peeled) gather(c []complex128, k int) {
	at, q := 0, 0
	next := func(v complex128) {
		p.y[at] = v
		q++
		at = p.m - q
	}
	j := k
	for ; j < len(c); j += p.r {
		next(c[j])
	}
	for j = p.r*p.m - j; j >= 0 && q < p.m; j -= p.r {
		next(conj(c[j]))
	}
}

// spread adds to each part l of dst what combine's k has of it, with the conjugate's: twice the real
// part of y·conj(turn)·conj(unit^(kl)).
func (p *peeled) spread(dst []float64, k int) {
	m := p.m
	y, turn, first := p.y[:m], p.turn[(k-1)*m:][:m], dst[:m]
	for i, w := range turn {
		v := y[i]
		v = complex(2*(real(v)*real(w)+imag(v)*imag(w)), 2*(imag(v)*real(w)-real(v)*imag(w)))
		y[i] = v
		first[i] += real(v)
	}
	for l := 1; l <= p.r/2; l++ {
		w := p.unit[k*l%p.r]
		a, b := dst[l*m:][:m], dst[(p.r-l)*m:][:m]
		for i, v := range y {
			even, odd := real(v)*real(w), imag(v)*imag(w)
			a[i] += even + odd
			b[i] += even - odd
		}
	}
}
