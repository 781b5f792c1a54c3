package fft

// general is the pass of any odd radix r. With sums and differences of the values l and r-l, each
// pair of outputs k and r-k takes (r-1)/2 terms instead of 2(r-1).
func (s *pass) general(dst, src []complex128) {
	r, st := s.radix, s.stride
	part, half := s.m*st, s.radix/2
	var room [2 * (maxRadix / 2)]complex128
	sum, diff := room[:half], room[maxRadix/2:][:half]
	for p := range s.m {
		twiddle := s.twiddle[p*(r-1):][:r-1]
		for q := range st {
			in, out := p*st+q, r*p*st+q
			first := src[in]
			total := first
			for l := range sum {
				a, b := src[in+(l+1)*part], src[in+(r-1-l)*part]
				sum[l], diff[l] = a+b, a-b
				total += sum[l]
			}
			dst[out] = total
			for k := 1; k <= half; k++ {
				c, d := s.pair(k, first, sum, diff)
				dst[out+k*st] = complex(real(c)+imag(d), imag(c)-real(d)) * twiddle[k-1]
				dst[out+(r-k)*st] = complex(real(c)-imag(d), imag(c)+real(d)) * twiddle[r-k-1]
			}
		}
	}
}

// pair returns first + Σ sum·cos and Σ diff·sin at the angles 2πkl/r, l = 1 … (r-1)/2.
func (s *pass) pair(k int, first complex128, sum, diff []complex128) (c, d complex128) {
	cr, ci, dr, di := real(first), imag(first), 0.0, 0.0
	diff = diff[:len(sum)]
	t := 0
	for l, e := range sum {
		if t += k; t >= len(s.unit) {
			t -= len(s.unit)
		}
		u, o := s.unit[t], diff[l]
		cr += real(u) * real(e)
		ci += real(u) * imag(e)
		dr -= imag(u) * real(o)
		di -= imag(u) * imag(o)
	}
	return complex(cr, ci), complex(dr, di)
}
