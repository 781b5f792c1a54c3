package fft

// bluestein transforms any length as a convolution with a chirp, from jt = (j² + t² - (j-t)²)/2.
//
// L. I. Bluestein, A linear filtering approach to the computation of discrete Fourier transform,
// IEEE Trans. Audio Electroacoustics 18 (1970) 451–455.
type bluestein struct {
	conv   *Complex
	chirp  []complex128 // exp(-πi·t²/n)
	kernel []complex128 // transform of the conjugate chirp, wrapped round and divided by its length
	a      []complex128
}

func newBluestein(n int) *bluestein {
	m := smooth(2*n - 1)
	b := &bluestein{
		conv:   NewComplex(m),
		chirp:  make([]complex128, n),
		kernel: make([]complex128, m),
		a:      make([]complex128, m),
	}
	for t, square := 0, 0; t < n; t++ {
		b.chirp[t] = root(square, 2*n)
		square = (square + 2*t + 1) % (2 * n) // (t+1)², kept small so that the angle stays exact
	}
	for t, c := range b.chirp {
		k := complex(real(c)/float64(m), -imag(c)/float64(m))
		b.kernel[t] = k
		if t > 0 {
			b.kernel[m-t] = k
		}
	}
	b.conv.Forward(b.kernel, b.kernel)
	return b
}

func (b *bluestein) forward(dst, src []complex128) {
	for t, c := range b.chirp {
		b.a[t] = src[t] * c
	}
	clear(b.a[len(b.chirp):])
	b.conv.Forward(b.a, b.a)
	for i, k := range b.kernel {
		b.a[i] *= k
	}
	b.conv.Inverse(b.a, b.a)
	for j, c := range b.chirp {
		dst[j] = b.a[j] * c
	}
}
