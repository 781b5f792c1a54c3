package fft

// The passes below write out real and imaginary parts where that saves a negation, and are shaped
// so that the compiler drops every bounds check inside the inner loops.

// first4 is the pass of radix 4 and stride 1.
func first4(dst, src, twiddle []complex128) {
	m := len(src) / 4
	x0, x1, x2, x3 := src[:m], src[m:][:m], src[2*m:][:m], src[3*m:][:m]
	for p := range x0 {
		if len(dst) < 4 || len(twiddle) < 3 {
			return // never: it tells the compiler the lengths
		}
		a, b, c, d := x0[p], x1[p], x2[p], x3[p]
		er, ei := real(a)+real(c), imag(a)+imag(c)
		or, oi := real(a)-real(c), imag(a)-imag(c)
		sr, si := real(b)+real(d), imag(b)+imag(d)
		tr, ti := real(b)-real(d), imag(b)-imag(d)
		dst[0] = complex(er+sr, ei+si)
		dst[1] = complex(or+ti, oi-tr) * twiddle[0]
		dst[2] = complex(er-sr, ei-si) * twiddle[1]
		dst[3] = complex(or-ti, oi+tr) * twiddle[2]
		dst, twiddle = dst[4:], twiddle[3:]
	}
}

// middle4 is the pass of radix 4 and a larger stride.
func middle4(dst, src, twiddle []complex128, stride int) {
	part := len(src) / 4
	x0, x1, x2, x3 := src[:part], src[part:][:part], src[2*part:][:part], src[3*part:][:part]
	i := 0
	for len(twiddle) >= 3 {
		w := twiddle[:3]
		y := dst[:4*stride]
		y0, y1, y2, y3 := y[:stride], y[stride:][:stride], y[2*stride:][:stride], y[3*stride:][:stride]
		for q := range y0 {
			if i >= len(x0) {
				return
			}
			a, b, c, d := x0[i], x1[i], x2[i], x3[i]
			i++
			er, ei := real(a)+real(c), imag(a)+imag(c)
			or, oi := real(a)-real(c), imag(a)-imag(c)
			sr, si := real(b)+real(d), imag(b)+imag(d)
			tr, ti := real(b)-real(d), imag(b)-imag(d)
			y0[q] = complex(er+sr, ei+si)
			y1[q] = complex(or+ti, oi-tr) * w[0]
			y2[q] = complex(er-sr, ei-si) * w[1]
			y3[q] = complex(or-ti, oi+tr) * w[2]
		}
		dst, twiddle = dst[4*stride:], twiddle[3:]
	}
}

// last4 is the pass of radix 4 that nothing follows, without factors.
func last4(dst, src []complex128) {
	m := len(src) / 4
	x0, x1, x2, x3 := src[:m], src[m:][:m], src[2*m:][:m], src[3*m:][:m]
	y0, y1, y2, y3 := dst[:m], dst[m:][:m], dst[2*m:][:m], dst[3*m:][:m]
	for q, a := range x0 {
		b, c, d := x1[q], x2[q], x3[q]
		er, ei := real(a)+real(c), imag(a)+imag(c)
		or, oi := real(a)-real(c), imag(a)-imag(c)
		sr, si := real(b)+real(d), imag(b)+imag(d)
		tr, ti := real(b)-real(d), imag(b)-imag(d)
		y0[q] = complex(er+sr, ei+si)
		y1[q] = complex(or+ti, oi-tr)
		y2[q] = complex(er-sr, ei-si)
		y3[q] = complex(or-ti, oi+tr)
	}
}
