package fft

import "fmt"

// Real is a plan for transforms of real sequences of one length. An even length costs one complex
// transform of half of it. It is not safe for concurrent use.
type Real struct {
	n       int
	complex *Complex
	turn    []complex128 // even n: exp(-2πi·j/n) for j ≤ n/4
	buf     []complex128
}

// NewReal makes a plan for real sequences of length n. It panics unless n is positive.
func NewReal(n int) *Real {
	if n < 1 {
		panic(fmt.Sprintf("fft: length %d is not positive", n))
	}
	p := &Real{n: n}
	if n%2 == 1 {
		p.complex = NewComplex(n)
		p.buf = make([]complex128, n)
		return p
	}
	h := n / 2
	p.complex = NewComplex(h)
	p.buf = make([]complex128, h)
	p.turn = make([]complex128, h/2+1)
	for j := range p.turn {
		p.turn[j] = root(j, n)
	}
	return p
}

// Len returns the length of the sequences that p transforms.
func (p *Real) Len() int { return p.n }

// Coefficients writes the n/2+1 coefficients Σ x[t]·exp(-2πi·jt/n), j = 0 … n/2, unnormalised, to
// dst and returns dst. A nil dst is allocated. It panics if a length is wrong.
func (p *Real) Coefficients(dst []complex128, x []float64) []complex128 {
	if dst == nil {
		dst = make([]complex128, p.n/2+1)
	}
	p.check(dst, x)
	if p.turn == nil {
		for t, v := range x {
			p.buf[t] = complex(v, 0)
		}
		p.complex.Forward(p.buf, p.buf)
		copy(dst, p.buf)
		dst[0] = complex(real(dst[0]), 0)
		return dst
	}
	h := p.n / 2
	for t := range p.buf {
		p.buf[t] = complex(x[2*t], x[2*t+1])
	}
	z := p.complex.Forward(p.buf, p.buf)
	dst[0] = complex(real(z[0])+imag(z[0]), 0)
	dst[h] = complex(real(z[0])-imag(z[0]), 0)
	for j := 1; j <= h/2; j++ {
		a, b := z[j], conj(z[h-j])
		even, odd := scale(0.5, a+b), rotate(scale(-0.5, a-b))*p.turn[j]
		dst[j] = even + odd
		dst[h-j] = conj(even - odd)
	}
	return dst
}

// Sequence writes the real sequence Σ c[j]·exp(+2πi·jt/n), with j over all n frequencies and c[n-j]
// taken as the conjugate of c[j], to dst and returns dst: after Coefficients it gives n times the
// original. A nil dst is allocated. Imaginary parts of c[0] and, for even n, of c[n/2] are ignored.
func (p *Real) Sequence(dst []float64, c []complex128) []float64 {
	if dst == nil {
		dst = make([]float64, p.n)
	}
	p.check(c, dst)
	if p.turn == nil {
		p.buf[0] = complex(real(c[0]), 0)
		for j := 1; j < len(c); j++ {
			p.buf[j], p.buf[p.n-j] = c[j], conj(c[j])
		}
		p.complex.Inverse(p.buf, p.buf)
		for t, v := range p.buf {
			dst[t] = real(v)
		}
		return dst
	}
	h := p.n / 2
	// Parts are exchanged here and below, which makes the forward transform the inverse.
	first, last := real(c[0]), real(c[h])
	p.buf[0] = complex(first-last, first+last)
	for j := 1; j <= h/2; j++ {
		a, b := c[j], conj(c[h-j])
		even, odd := a+b, rotate((a-b)*conj(p.turn[j]))
		u, v := even+odd, conj(even-odd)
		p.buf[j] = complex(imag(u), real(u))
		p.buf[h-j] = complex(imag(v), real(v))
	}
	z := p.complex.Forward(p.buf, p.buf)
	for t, v := range z {
		dst[2*t], dst[2*t+1] = imag(v), real(v)
	}
	return dst
}

func (p *Real) check(c []complex128, x []float64) {
	if len(c) != p.n/2+1 || len(x) != p.n {
		panic(fmt.Sprintf("fft: %d coefficients and %d values for a plan of %d: want %d and %d",
			len(c), len(x), p.n, p.n/2+1, p.n))
	}
}

func conj(z complex128) complex128 { return complex(real(z), -imag(z)) }
