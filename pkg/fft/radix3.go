package fft

const sin60 = 0.86602540378443864676372317075293618

// first3 is the pass of radix 3 and stride 1.
func first3(dst, src, twiddle []complex128) {
	m := len(src) / 3
	x0, x1, x2 := src[:m], src[m:][:m], src[2*m:][:m]
	for p := range x0 {
		if len(dst) < 3 || len(twiddle) < 2 {
			return
		}
		a, b, c := x0[p], x1[p], x2[p]
		sr, si := real(b)+real(c), imag(b)+imag(c)
		tr, ti := sin60*(real(b)-real(c)), sin60*(imag(b)-imag(c))
		mr, mi := real(a)-0.5*sr, imag(a)-0.5*si
		dst[0] = complex(real(a)+sr, imag(a)+si)
		dst[1] = complex(mr+ti, mi-tr) * twiddle[0]
		dst[2] = complex(mr-ti, mi+tr) * twiddle[1]
		dst, twiddle = dst[3:], twiddle[2:]
	}
}

// middle3 is the pass of radix 3 and a larger stride.
func middle3(dst, src, twiddle []complex128, stride int) {
	part := len(src) / 3
	x0, x1, x2 := src[:part], src[part:][:part], src[2*part:][:part]
	i := 0
	for len(twiddle) >= 2 {
		w := twiddle[:2]
		y := dst[:3*stride]
		y0, y1, y2 := y[:stride], y[stride:][:stride], y[2*stride:][:stride]
		for q := range y0 {
			if i >= len(x0) {
				return
			}
			a, b, c := x0[i], x1[i], x2[i]
			i++
			sr, si := real(b)+real(c), imag(b)+imag(c)
			tr, ti := sin60*(real(b)-real(c)), sin60*(imag(b)-imag(c))
			mr, mi := real(a)-0.5*sr, imag(a)-0.5*si
			y0[q] = complex(real(a)+sr, imag(a)+si)
			y1[q] = complex(mr+ti, mi-tr) * w[0]
			y2[q] = complex(mr-ti, mi+tr) * w[1]
		}
		dst, twiddle = dst[3*stride:], twiddle[2:]
	}
}

// last3 is the pass of radix 3 that nothing follows.
func last3(dst, src []complex128) {
	m := len(src) / 3
	x0, x1, x2 := src[:m], src[m:][:m], src[2*m:][:m]
	y0, y1, y2 := dst[:m], dst[m:][:m], dst[2*m:][:m]
	for q, a := range x0 {
		b, c := x1[q], x2[q]
		sr, si := real(b)+real(c), imag(b)+imag(c)
		tr, ti := sin60*(real(b)-real(c)), sin60*(imag(b)-imag(c))
		mr, mi := real(a)-0.5*sr, imag(a)-0.5*si
		y0[q] = complex(real(a)+sr, imag(a)+si)
		y1[q] = complex(mr+ti, mi-tr)
		y2[q] = complex(mr-ti, mi+tr)
	}
}
