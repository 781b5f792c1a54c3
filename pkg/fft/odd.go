package fft

// odd holds what transforming by the definition takes for an odd radix r. With the sums and
// differences of the values l and r-l, the outputs k and r-k share (r-1)/2 terms, instead of taking
// 2(r-1):
//
//	X[k], X[r-k] = x[0] + Σ_l sum[l]·cos(2πkl/r) ∓ i·Σ_l diff[l]·sin(2πkl/r), l = 1 … (r-1)/2.
type odd struct {
	cos, sin   [][2]float64 // for each two k, for each l
	sum, diff  []complex128 // from l = 1
	even, turn []complex128 // the two sums over l, from k = 1
}

func newOdd(r int) *odd {
	half := r / 2
	whole := half + half%2
	o := &odd{
		sum: make([]complex128, half), diff: make([]complex128, half),
		even: make([]complex128, whole), turn: make([]complex128, whole),
	}
	for k := 1; k <= half; k += 2 {
		for l := 1; l <= half; l++ {
			u, v := root(k*l, r), root((k+1)*l, r)
			o.cos = append(o.cos, [2]float64{real(u), real(v)})
			o.sin = append(o.sin, [2]float64{-imag(u), -imag(v)})
		}
	}
	return o
}

// apply computes o.even and o.turn from o.sum and o.diff.
func (o *odd) apply() {
	half := len(o.sum)
	for k := 0; k < len(o.even); k += 2 {
		at := k / 2 * half
		o.even[k], o.even[k+1] = products(o.sum, o.cos[at:])
		o.turn[k], o.turn[k+1] = products(o.diff, o.sin[at:])
	}
}

// products returns the sums of x times either column of w. Two at once keep enough additions in
// flight; more need more registers than there are.
func products(x []complex128, w [][2]float64) (complex128, complex128) {
	w = w[:len(x)]
	var ar, ai, br, bi float64
	for l, v := range x {
		u := &w[l]
		ar += u[0] * real(v)
		ai += u[0] * imag(v)
		br += u[1] * real(v)
		bi += u[1] * imag(v)
	}
	return complex(ar, ai), complex(br, bi)
}

// general is the pass of any odd radix, last or not.
func (s *pass) general(dst, src []complex128) {
	o, st := s.odd, s.stride
	part := s.m * st
	twiddle := s.twiddle
	in := 0
	for range s.m {
		w := twiddle[:s.radix-1]
		for q := range st {
			s.collect(src[in:], part)
			o.apply()
			s.store(dst[q:], src[in], w)
			in++
		}
		dst, twiddle = dst[min(len(dst), s.radix*st):], twiddle[len(w):]
	}
}

// collect computes sums and differences of the values that are part apart.
func (s *pass) collect(x []complex128, part int) {
	sum := s.odd.sum
	diff := s.odd.diff[:len(sum)]
	i, j := part, (s.radix-1)*part
	for l := range sum {
		a, b := x[i], x[j]
		sum[l], diff[l] = a+b, a-b
		i += part
		j -= part
	}
}

// store writes the outputs stride apart.
func (s *pass) store(y []complex128, first complex128, w []complex128) {
	sum := s.odd.sum
	even, turn := s.odd.even[:len(sum)], s.odd.turn[:len(sum)]
	total := first
	i, j := s.stride, (s.radix-1)*s.stride
	for k, e := range sum {
		total += e
		c, d := first+even[k], turn[k]
		y[i] = complex(real(c)+imag(d), imag(c)-real(d)) * w[k]
		y[j] = complex(real(c)-imag(d), imag(c)+real(d)) * w[len(w)-1-k]
		i += s.stride
		j -= s.stride
	}
	y[0] = total
}
