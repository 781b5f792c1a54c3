package fft

// bluestein transforms any length n as a convolution with a chirp, from
// jt = (j² + t² - (j-t)²)/2. Where only the first outputs are wanted, or only the first inputs are
// not zero, the convolution is shorter.
//
// L. I. Bluestein, A linear filtering approach to the computation of discrete Fourier transform,
// IEEE Trans. Audio Electroacoustics 18 (1970) 451–455.
type bluestein struct {
	passes passes
	chirp  []complex128 // exp(-πi·t²/n)
	kernel []complex128 // transform of the conjugate chirp, wrapped round and divided by its length
	a, b   []complex128
}

// newBluestein makes a plan for the given numbers of inputs and outputs, at most n each.
func newBluestein(n, inputs, outputs int) *bluestein {
	m := quickest(inputs + outputs - 1)
	s := &bluestein{
		passes: plan(m),
		chirp:  make([]complex128, max(inputs, outputs)),
		kernel: make([]complex128, m),
		a:      make([]complex128, m),
		b:      make([]complex128, m),
	}
	for t, square := 0, 0; t < len(s.chirp); t++ {
		s.chirp[t] = root(square, 2*n)
		square = (square + 2*t + 1) % (2 * n) // (t+1)², kept small so that the angle stays exact
	}
	for t, c := range s.chirp {
		k := complex(real(c)/float64(m), -imag(c)/float64(m))
		if t < outputs {
			s.a[t] = k
		}
		if t > 0 && t < inputs {
			s.a[m-t] = k
		}
	}
	spectrum, _ := s.passes.swing(s.a, s.b)
	copy(s.kernel, spectrum)
	return s
}

// forward transforms: src and dst have the plan's numbers of inputs and outputs. dst may be src.
func (s *bluestein) forward(dst, src []complex128) {
	a, chirp := s.a[:len(src)], s.chirp[:len(src)]
	for t, v := range src {
		a[t] = v * chirp[t]
	}
	s.convolve(len(src))
	a, chirp = s.a[:len(dst)], s.chirp[:len(dst)]
	for j, v := range a {
		dst[j] = v * chirp[j]
	}
}

// convolve convolves the first values of s.a with the kernel, in s.a. The inverse transform is the
// forward one of the values in reversed order, so that the product is written in that order.
func (s *bluestein) convolve(values int) {
	clear(s.a[values:])
	x, other := s.passes.swing(s.a, s.b)
	kernel := s.kernel[:len(x)]
	x[0] *= kernel[0]
	for i, j := 1, len(x)-1; i <= j; i, j = i+1, j-1 {
		x[i], x[j] = x[j]*kernel[j], x[i]*kernel[i]
	}
	s.passes.swing(x, other)
}
