package fft

// pass is one step of the Stockham transform, decimating in frequency: it splits sequences of
// length radix·m, of which stride are interleaved, into radix·stride sequences of length m, and
// leaves them in order, so that no bit reversal follows. With W = exp(-2πi/(radix·m)) and
// U = exp(-2πi/radix),
//
//	dst[(radix·p + k)·stride + q] = W^(kp) · Σ_l U^(kl) · src[(m·l + p)·stride + q]
//
// for p < m, k < radix, q < stride.
//
// C. Van Loan, Computational Frameworks for the Fast Fourier Transform, SIAM 1992, section 1.7.
type pass struct {
	radix, m, stride int
	twiddle          []complex128 // for each p: W^(kp), k = 1 … radix-1; unused when m is 1
	odd              *odd         // radix 7 and above
}

// passes transform one length. A pass cannot work in place, so they go to and fro between two
// arrays.
type passes []pass

// maxRadix is the largest prime factor that has a pass. A pass takes a time of its radix per value,
// so that for longer ones Bluestein's way is quicker.
const maxRadix = 101

// plan returns the passes for a length without larger prime factors than maxRadix.
func plan(n int) passes {
	ps := make(passes, 0, 8)
	rest, stride := n, 1
	for _, r := range radices(n) {
		m := rest / r
		s := pass{radix: r, m: m, stride: stride}
		if r == 7 || r > 8 {
			s.odd = newOdd(r)
		}
		if m > 1 || s.odd != nil {
			s.twiddle = make([]complex128, 0, m*(r-1))
			for p := range m {
				for k := 1; k < r; k++ {
					s.twiddle = append(s.twiddle, root(k*p, rest))
				}
			}
		}
		ps = append(ps, s)
		rest, stride = m, stride*r
	}
	return ps
}

// radices splits n into the radices of its passes, in order. Large strides suit the passes for 3, 4
// and 5 best, so that large factors come first; 2 and 8 come last only, where no factors
// follow. The product is less than n when n has a prime factor above maxRadix.
func radices(n int) []int {
	twos := 0
	for n%2 == 0 {
		n, twos = n/2, twos+1
	}
	var rs []int
	for f := 3; n > 1 && f <= maxRadix; f += 2 {
		for n%f == 0 {
			n, rs = n/f, append(rs, f)
		}
	}
	for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
		rs[i], rs[j] = rs[j], rs[i]
	}
	last := 0
	if twos%2 == 1 {
		last = min(8, 1<<twos)
		twos -= min(3, twos)
	}
	for ; twos > 0; twos -= 2 {
		rs = append(rs, 4)
	}
	if last > 0 {
		rs = append(rs, last)
	}
	return rs
}

// run transforms src into dst. It uses work, and leaves src as it was unless src is dst or work:
// it may be dst if the number of passes is even, and work if it is odd.
func (ps passes) run(dst, src, work []complex128) {
	to, other := dst, work
	if len(ps)%2 == 0 {
		to, other = work, dst
	}
	for i := range ps {
		ps[i].apply(to, src)
		src = to
		to, other = other, to
	}
	if len(ps) == 0 {
		copy(dst, src)
	}
}

// swing transforms a, with b as its work, and returns the one that has the result and the other.
// Swinging twice leads back to a.
func (ps passes) swing(a, b []complex128) (result, other []complex128) {
	if len(ps)%2 == 1 {
		ps.run(b, a, a)
		return b, a
	}
	ps.run(a, a, b)
	return a, b
}

// hasPasses says whether plan can transform length n.
func hasPasses(n int) bool {
	for _, r := range radices(n) {
		n /= r
	}
	return n == 1
}

func (s *pass) apply(dst, src []complex128) {
	switch {
	case s.odd != nil:
		s.general(dst, src)
	case s.m == 1:
		s.last(dst, src)
	case s.stride == 1:
		s.first(dst, src)
	default:
		s.middle(dst, src)
	}
}

func (s *pass) first(dst, src []complex128) {
	switch s.radix {
	case 3:
		first3(dst, src, s.twiddle)
	case 4:
		first4(dst, src, s.twiddle)
	default:
		first5(dst, src, s.twiddle)
	}
}

func (s *pass) middle(dst, src []complex128) {
	switch s.radix {
	case 3:
		middle3(dst, src, s.twiddle, s.stride)
	case 4:
		middle4(dst, src, s.twiddle, s.stride)
	default:
		middle5(dst, src, s.twiddle, s.stride)
	}
}

func (s *pass) last(dst, src []complex128) {
	switch s.radix {
	case 2:
		last2(dst, src)
	case 3:
		last3(dst, src)
	case 4:
		last4(dst, src)
	case 5:
		last5(dst, src)
	default:
		last8(dst, src)
	}
}
