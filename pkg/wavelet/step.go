package wavelet

// analyse writes Σ low[i] x[2k+i] to approx and Σ high[i] x[2k+i] to detail. The first values of x
// may be overwritten through approx, which never runs ahead of what is read.
func analyse(approx, detail, x, low, high []float64) {
	switch len(low) {
	case 2:
		analyse2(approx, detail, x, low, high)
		return
	case 4:
		analyse4(approx, detail, x, low, high)
		return
	}
	high = high[:len(low)]
	for k := range approx {
		v := x[2*k:][:len(low)]
		// Two sums each: chains that the processor runs side by side.
		a0, a1, d0, d1 := 0.0, 0.0, 0.0, 0.0
		for i := 0; i+1 < len(v); i += 2 {
			a0 += low[i] * v[i]
			a1 += low[i+1] * v[i+1]
			d0 += high[i] * v[i]
			d1 += high[i+1] * v[i+1]
		}
		detail[k] = d0 + d1
		approx[k] = a0 + a1
	}
}

func analyse2(approx, detail, x, low, high []float64) {
	l0, l1, h0, h1 := low[0], low[1], high[0], high[1]
	detail = detail[:len(approx)]
	for k := range approx {
		v := x[2*k:][:2]
		a, b := v[0], v[1]
		detail[k] = h0*a + h1*b
		approx[k] = l0*a + l1*b
	}
}

func analyse4(approx, detail, x, low, high []float64) {
	l0, l1, l2, l3 := low[0], low[1], low[2], low[3]
	h0, h1, h2, h3 := high[0], high[1], high[2], high[3]
	detail = detail[:len(approx)]
	for k := range approx {
		v := x[2*k:][:4]
		a, b, c, d := v[0], v[1], v[2], v[3]
		detail[k] = (h0*a + h2*c) + (h1*b + h3*d)
		approx[k] = (l0*a + l2*c) + (l1*b + l3*d)
	}
}

// synthesise writes Σ_k low[t-2k] approx[k] + high[t-2k] detail[k] to x[t]: the transpose of analyse.
func synthesise(x, approx, detail, low, high []float64) {
	clear(x)
	high = high[:len(low)]
	for k, a := range approx {
		d := detail[k]
		v := x[2*k:][:len(low)]
		for i := range v {
			v[i] += low[i]*a + high[i]*d
		}
	}
}

// fold adds up the values of ext, which begins at the place first, that a period of len(x) puts at
// the same place.
func fold(x, ext []float64, first int) {
	clear(x)
	n := len(x)
	t := ((first % n) + n) % n
	for _, v := range ext {
		x[t] += v
		if t++; t == n {
			t = 0
		}
	}
}
