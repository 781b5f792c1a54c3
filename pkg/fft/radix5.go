package fft

const (
	sin72  = 0.95105651629515357211643933337938214
	sin144 = 0.58778525229247312916870595463907277
	root5  = 0.55901699437494742410229341718281906 // √5/4 = (cos 72° - cos 144°)/2
)

// That the cosines of 72° and 144° sum to -1/2 saves multiplications in the passes below:
// S. Winograd, On computing the discrete Fourier transform, Math. Comp. 32 (1978) 175–199.

// first5 is the pass of radix 5 and stride 1.
func first5(dst, src, twiddle []complex128) {
	m := len(src) / 5
	x0, x1, x2, x3, x4 := src[:m], src[m:][:m], src[2*m:][:m], src[3*m:][:m], src[4*m:][:m]
	for p := range x0 {
		if len(dst) < 5 || len(twiddle) < 4 {
			return
		}
		b, e := x1[p], x4[p]
		s1r, s1i := real(b)+real(e), imag(b)+imag(e)
		d1r, d1i := real(b)-real(e), imag(b)-imag(e)
		c, d := x2[p], x3[p]
		s2r, s2i := real(c)+real(d), imag(c)+imag(d)
		d2r, d2i := real(c)-real(d), imag(c)-imag(d)
		a := x0[p]
		sr, si := s1r+s2r, s1i+s2i
		dst[0] = complex(real(a)+sr, imag(a)+si)
		mr, mi := real(a)-0.25*sr, imag(a)-0.25*si
		kr, ki := root5*(s1r-s2r), root5*(s1i-s2i)
		ur, ui := mr+kr, mi+ki
		tr, ti := sin72*d1r+sin144*d2r, sin72*d1i+sin144*d2i
		dst[1] = complex(ur+ti, ui-tr) * twiddle[0]
		dst[4] = complex(ur-ti, ui+tr) * twiddle[3]
		ur, ui = mr-kr, mi-ki
		tr, ti = sin144*d1r-sin72*d2r, sin144*d1i-sin72*d2i
		dst[2] = complex(ur+ti, ui-tr) * twiddle[1]
		dst[3] = complex(ur-ti, ui+tr) * twiddle[2]
		dst, twiddle = dst[5:], twiddle[4:]
	}
}

// middle5 is the pass of radix 5 and a larger stride.
func middle5(dst, src, twiddle []complex128, stride int) {
	part := len(src) / 5
	x0, x1, x2 := src[:part], src[part:][:part], src[2*part:][:part]
	x3, x4 := src[3*part:][:part], src[4*part:][:part]
	i := 0
	for len(twiddle) >= 4 {
		w := twiddle[:4]
		y := dst[:5*stride]
		y0, y1, y2 := y[:stride], y[stride:][:stride], y[2*stride:][:stride]
		y3, y4 := y[3*stride:][:stride], y[4*stride:][:stride]
		for q := range y0 {
			if i >= len(x0) {
				return
			}
			b, e := x1[i], x4[i]
			s1r, s1i := real(b)+real(e), imag(b)+imag(e)
			d1r, d1i := real(b)-real(e), imag(b)-imag(e)
			c, d := x2[i], x3[i]
			s2r, s2i := real(c)+real(d), imag(c)+imag(d)
			d2r, d2i := real(c)-real(d), imag(c)-imag(d)
			a := x0[i]
			i++
			sr, si := s1r+s2r, s1i+s2i
			y0[q] = complex(real(a)+sr, imag(a)+si)
			mr, mi := real(a)-0.25*sr, imag(a)-0.25*si
			kr, ki := root5*(s1r-s2r), root5*(s1i-s2i)
			ur, ui := mr+kr, mi+ki
			tr, ti := sin72*d1r+sin144*d2r, sin72*d1i+sin144*d2i
			y1[q] = complex(ur+ti, ui-tr) * w[0]
			y4[q] = complex(ur-ti, ui+tr) * w[3]
			ur, ui = mr-kr, mi-ki
			tr, ti = sin144*d1r-sin72*d2r, sin144*d1i-sin72*d2i
			y2[q] = complex(ur+ti, ui-tr) * w[1]
			y3[q] = complex(ur-ti, ui+tr) * w[2]
		}
		dst, twiddle = dst[5*stride:], twiddle[4:]
	}
}

// last5 is the pass of radix 5 that nothing follows.
func last5(dst, src []complex128) {
	m := len(src) / 5
	x0, x1, x2, x3, x4 := src[:m], src[m:][:m], src[2*m:][:m], src[3*m:][:m], src[4*m:][:m]
	y0, y1, y2, y3, y4 := dst[:m], dst[m:][:m], dst[2*m:][:m], dst[3*m:][:m], dst[4*m:][:m]
	for q := range x0 {
		b, e := x1[q], x4[q]
		s1r, s1i := real(b)+real(e), imag(b)+imag(e)
		d1r, d1i := real(b)-real(e), imag(b)-imag(e)
		c, d := x2[q], x3[q]
		s2r, s2i := real(c)+real(d), imag(c)+imag(d)
		d2r, d2i := real(c)-real(d), imag(c)-imag(d)
		a := x0[q]
		sr, si := s1r+s2r, s1i+s2i
		y0[q] = complex(real(a)+sr, imag(a)+si)
		mr, mi := real(a)-0.25*sr, imag(a)-0.25*si
		kr, ki := root5*(s1r-s2r), root5*(s1i-s2i)
		ur, ui := mr+kr, mi+ki
		tr, ti := sin72*d1r+sin144*d2r, sin72*d1i+sin144*d2i
		y1[q], y4[q] = complex(ur+ti, ui-tr), complex(ur-ti, ui+tr)
		ur, ui = mr-kr, mi-ki
		tr, ti = sin144*d1r-sin72*d2r, sin144*d1i-sin72*d2i
		y2[q], y3[q] = complex(ur+ti, ui-tr), complex(ur-ti, ui+tr)
	}
}
