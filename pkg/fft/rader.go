package fft

// rader transforms real sequences of prime length n. Powers of a primitive root g put the indices
// 1 … n-1 in an order in which the transform is a cyclic convolution. Of the Hartley transform
// H[j] = Σ x[t]·(cos + sin)(2πjt/n) it is a convolution of real sequences,
//
//	H[g^-p] = x[0] + Σ_q x[g^q] · cas(2π·g^(q-p)/n),
//
// from which Re X[j] = (H[j] + H[n-j])/2 and Im X[j] = (H[n-j] - H[j])/2.
//
// C. M. Rader, Discrete Fourier transforms when the number of data samples is prime, Proc. IEEE 56
// (1968) 1107–1108; M. Frigo and S. G. Johnson, The design and implementation of FFTW3, Proc. IEEE
// 93 (2005) 216–231, section 3.
type rader struct {
	n      int
	power  []int32 // g^q, q < n-1
	conv   *packed
	kernel []complex128 // of the convolution, divided by its length
	x      []float64
	c      []complex128
}

func newRader(n int) *rader {
	cycle := n - 1
	m := cycle // no padding where the cycle itself is a quick length
	if padded := 2 * quickest(cycle); !hasPasses(cycle/2) || cost(cycle/2) > cost(padded/2) {
		m = padded
	}
	p := &rader{
		n: n, power: make([]int32, cycle), conv: newPacked(m),
		kernel: make([]complex128, m/2+1), x: make([]float64, m), c: make([]complex128, m/2+1),
	}
	g := primitiveRoot(n)
	for q, t := 0, 1; q < cycle; q, t = q+1, t*g%n {
		p.power[q] = int32(t)
	}
	for q, t := range p.power {
		w := root(int(t), n)
		v := (real(w) - imag(w)) / float64(m)
		at := (cycle - q) % cycle // the kernel at -q, and once more at the end of the padding
		p.x[at] = v
		if at > 0 {
			p.x[m-cycle+at] = v
		}
	}
	p.conv.coefficients(p.kernel, p.x)
	return p
}

// primitiveRoot returns the smallest number whose powers run through 1 … n-1, for prime n.
func primitiveRoot(n int) int {
	for g := 2; ; g++ {
		isRoot := true
		for rest := n - 1; rest > 1 && isRoot; {
			f := smallestFactor(rest)
			for rest%f == 0 {
				rest /= f
			}
			isRoot = powerMod(g, (n-1)/f, n) != 1
		}
		if isRoot {
			return g
		}
	}
}

func powerMod(g, e, n int) int {
	p := 1
	for ; e > 0; e /= 2 {
		if e%2 == 1 {
			p = p * g % n
		}
		g = g * g % n
	}
	return p
}

// convolve replaces the first values of p.x, in the order of powers, by H[g^-p] - x[0] in the order
// of p.
func (p *rader) convolve() {
	clear(p.x[len(p.power):])
	p.conv.coefficients(p.c, p.x)
	for i, k := range p.kernel {
		p.c[i] *= k
	}
	p.conv.sequence(p.x, p.c)
}

func (p *rader) coefficients(dst []complex128, x []float64) {
	sum := 0.0
	for q, t := range p.power {
		v := x[t]
		p.x[q] = v
		sum += v
	}
	p.convolve()
	dst[0] = complex(x[0]+sum, 0)
	half := len(p.power) / 2
	for q, v := range p.x[:half] {
		// -g^q is g^(q + half)
		opposite := p.x[half+q]
		re, im := x[0]+0.5*(v+opposite), 0.5*(opposite-v)
		j := p.inverse(q)
		if 2*j > p.n {
			j, im = p.n-j, -im
		}
		dst[j] = complex(re, im)
	}
}

// inverse returns g^-q.
func (p *rader) inverse(q int) int {
	if q == 0 {
		return 1
	}
	return int(p.power[len(p.power)-q])
}

// sequence is the Hartley transform of Re c[j] - Im c[j] over all n frequencies.
func (p *rader) sequence(dst []float64, c []complex128) {
	first, sum := real(c[0]), 0.0
	for q, t := range p.power {
		j := int(t)
		var v float64
		if 2*j > p.n {
			v = real(c[p.n-j]) + imag(c[p.n-j])
		} else {
			v = real(c[j]) - imag(c[j])
		}
		p.x[q] = v
		sum += v
	}
	p.convolve()
	dst[0] = first + sum
	for q, v := range p.x[:len(p.power)] {
		dst[p.inverse(q)] = first + v
	}
}
