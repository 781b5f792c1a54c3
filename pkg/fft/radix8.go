package fft

// last2 is the pass of radix 2 that nothing follows.
func last2(dst, src []complex128) {
	m := len(src) / 2
	x0, x1, y0, y1 := src[:m], src[m:][:m], dst[:m], dst[m:][:m]
	for q, a := range x0 {
		b := x1[q]
		y0[q] = a + b
		y1[q] = a - b
	}
}

// last8 is the pass of radix 8 that nothing follows. The odd half comes first, so that fewer
// values have to be kept at once.
func last8(dst, src []complex128) {
	const half = 0.70710678118654752440084436210484904 // √½
	m := len(src) / 8
	x0, x1, x2, x3 := src[:m], src[m:][:m], src[2*m:][:m], src[3*m:][:m]
	x4, x5, x6, x7 := src[4*m:][:m], src[5*m:][:m], src[6*m:][:m], src[7*m:][:m]
	y0, y1, y2, y3 := dst[:m], dst[m:][:m], dst[2*m:][:m], dst[3*m:][:m]
	y4, y5, y6, y7 := dst[4*m:][:m], dst[5*m:][:m], dst[6*m:][:m], dst[7*m:][:m]
	for q := range x0 {
		a, b := x1[q], x5[q]
		sr, si := real(a)+real(b), imag(a)+imag(b)
		dr, di := real(a)-real(b), imag(a)-imag(b)
		a, b = x3[q], x7[q]
		ur, ui := real(a)+real(b), imag(a)+imag(b)
		vr, vi := real(a)-real(b), imag(a)-imag(b)
		o0r, o0i := sr+ur, si+ui
		o2r, o2i := si-ui, ur-sr
		fr, fi := dr+vi, di-vr
		gr, gi := dr-vi, di+vr
		o1r, o1i := half*(fr+fi), half*(fi-fr)
		o3r, o3i := half*(gi-gr), half*(gr+gi) // its imaginary part with the sign changed

		a, b = x0[q], x4[q]
		sr, si = real(a)+real(b), imag(a)+imag(b)
		dr, di = real(a)-real(b), imag(a)-imag(b)
		a, b = x2[q], x6[q]
		ur, ui = real(a)+real(b), imag(a)+imag(b)
		vr, vi = real(a)-real(b), imag(a)-imag(b)
		er, ei := sr+ur, si+ui
		y0[q], y4[q] = complex(er+o0r, ei+o0i), complex(er-o0r, ei-o0i)
		er, ei = sr-ur, si-ui
		y2[q], y6[q] = complex(er+o2r, ei+o2i), complex(er-o2r, ei-o2i)
		er, ei = dr+vi, di-vr
		y1[q], y5[q] = complex(er+o1r, ei+o1i), complex(er-o1r, ei-o1i)
		er, ei = dr-vi, di+vr
		y3[q], y7[q] = complex(er+o3r, ei-o3i), complex(er-o3r, ei+o3i)
	}
}
