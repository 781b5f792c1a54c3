package fft

// chirped transforms a real sequence of odd length without small factors: only half of the
// coefficients are computed, or used.
type chirped struct {
	forward, back *bluestein
	out           []complex128
}

func newChirped(n int) *chirped {
	h := n/2 + 1
	return &chirped{
		forward: newBluestein(n, n, h), back: newBluestein(n, h, n),
		out: make([]complex128, n),
	}
}

func (p *chirped) coefficients(dst []complex128, x []float64) {
	for t, v := range x {
		p.out[t] = complex(v, 0)
	}
	p.forward.forward(dst, p.out)
	dst[0] = complex(real(dst[0]), 0)
}

// sequence uses that a real sequence is the conjugate of itself, and thus the forward transform of
// the conjugate coefficients.
func (p *chirped) sequence(dst []float64, c []complex128) {
	in := p.out[:len(c)]
	in[0] = complex(real(c[0]), 0)
	for j := 1; j < len(c); j++ {
		in[j] = complex(2*real(c[j]), -2*imag(c[j]))
	}
	p.back.forward(p.out, in)
	for t, v := range p.out {
		dst[t] = real(v)
	}
}
