package fft

import "unsafe"

// packed transforms a real sequence of even length n as the complex one of half the length whose
// real parts are the even elements and whose imaginary parts are the odd ones.
type packed struct {
	half *Complex
	turn []complex128 // exp(-2πi·j/n)/2, j ≤ n/4
}

func newPacked(n int) *packed {
	h := n / 2
	p := &packed{half: NewComplex(h), turn: make([]complex128, h/2+1)}
	for j := range p.turn {
		w := root(j, n)
		p.turn[j] = complex(0.5*real(w), 0.5*imag(w))
	}
	return p
}

// pairs looks at an even number of values as half as many complex numbers in the same memory: that
// is how Go and C lay them out, and complex128 needs no stricter alignment than float64. It saves
// the copy.
func pairs(x []float64) []complex128 {
	return unsafe.Slice((*complex128)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2) //nolint:gosec // see above
}

func (p *packed) coefficients(dst []complex128, x []float64) {
	h := p.half.n
	p.half.Forward(dst[:h], pairs(x))
	first := dst[0]
	dst[0] = complex(real(first)+imag(first), 0)
	dst[h] = complex(real(first)-imag(first), 0)
	p.unpack(dst[1:h])
}

// unpack turns Z[1 … h-1] into the real sequence's coefficients: of each pair j, h-j the even
// elements' part is (Z[j] + conj Z[h-j])/2, and the odd ones' (Z[j] - conj Z[h-j])/2i, turned by
// exp(-2πi·j/n).
func (p *packed) unpack(z []complex128) {
	turn := p.turn[1:]
	turn = turn[:(len(z)+1)/2]
	for i, w := range turn {
		j := len(z) - 1 - i
		if uint(i) >= uint(len(z)) || uint(j) >= uint(len(z)) {
			return
		}
		a, b := z[i], z[j]
		er, ei := 0.5*(real(a)+real(b)), 0.5*(imag(a)-imag(b))
		or, oi := imag(a)+imag(b), real(b)-real(a)
		tr, ti := or*real(w)-oi*imag(w), or*imag(w)+oi*real(w)
		z[i] = complex(er+tr, ei+ti)
		z[j] = complex(er-tr, ti-ei)
	}
}

func (p *packed) sequence(dst []float64, c []complex128) {
	out := pairs(dst)
	z := out
	if len(p.half.passes)%2 == 1 {
		z = p.half.work
	}
	p.pack(z, c)
	p.half.Forward(out, z)
}

// pack undoes unpack, times two, and writes the result in reversed order, which turns the forward
// transform into the inverse.
func (p *packed) pack(z, c []complex128) {
	h := len(z)
	first, last := real(c[0]), real(c[h])
	z[0] = complex(first+last, first-last)
	c, z = c[1:h], z[1:]
	turn := p.turn[1:]
	turn = turn[:(len(z)+1)/2]
	for i, w := range turn {
		j := len(z) - 1 - i
		if uint(i) >= uint(len(z)) || uint(j) >= uint(len(z)) || j >= len(c) || i >= len(c) {
			return
		}
		a, b := c[i], c[j]
		er, ei := real(a)+real(b), imag(a)-imag(b)
		dr, di := 2*(real(a)-real(b)), 2*(imag(a)+imag(b))
		// i·(a - conj b)·conj w, of modulus twice that of turn
		or, oi := dr*imag(w)-di*real(w), dr*real(w)+di*imag(w)
		z[j] = complex(er+or, ei+oi)
		z[i] = complex(er-or, oi-ei)
	}
}
