package fft

import "math"

// stage is one pass of the Stockham transform, decimating in frequency: it splits sequences of
// length radix·m, of which stride are interleaved, into radix·stride sequences of length m, and
// leaves them in order, so that no bit reversal follows.
type stage struct {
	radix, m, stride int
	twiddle          []complex128 // for each p < m: exp(-2πi·jp/(radix·m)), j = 1 … radix-1
}

// plan returns the passes for a length of factors 2, 3 and 5.
func plan(n int) []stage {
	var stages []stage
	for rest, stride := n, 1; rest > 1; {
		r := radixOf(rest)
		m := rest / r
		s := stage{radix: r, m: m, stride: stride, twiddle: make([]complex128, 0, m*(r-1))}
		for p := range m {
			for j := 1; j < r; j++ {
				s.twiddle = append(s.twiddle, root(j*p, rest))
			}
		}
		stages = append(stages, s)
		rest, stride = m, stride*r
	}
	return stages
}

func radixOf(n int) int {
	for _, r := range []int{4, 5, 3} {
		if n%r == 0 {
			return r
		}
	}
	return 2
}

func (s *stage) apply(dst, src []complex128) {
	switch s.radix {
	case 2:
		s.radix2(dst, src)
	case 3:
		s.radix3(dst, src)
	case 4:
		s.radix4(dst, src)
	default:
		s.radix5(dst, src)
	}
}

// rotate multiplies by i. In Go a multiplication by complex(0, 1) would be a full one.
func rotate(z complex128) complex128 { return complex(-imag(z), real(z)) }

// scale multiplies by a real number.
func scale(k float64, z complex128) complex128 { return complex(k*real(z), k*imag(z)) }

func (s *stage) radix2(dst, src []complex128) {
	st, half := s.stride, s.m*s.stride
	for p := range s.m {
		w := s.twiddle[p]
		x0 := src[p*st : (p+1)*st]
		x1 := src[half+p*st:][:len(x0)]
		y0 := dst[2*p*st:][:len(x0)]
		y1 := dst[(2*p+1)*st:][:len(x0)]
		for q, a := range x0 {
			b := x1[q]
			y0[q] = a + b
			y1[q] = (a - b) * w
		}
	}
}

func (s *stage) radix3(dst, src []complex128) {
	const sin60 = 0.86602540378443864676372317075293618
	st, part := s.stride, s.m*s.stride
	for p := range s.m {
		w1, w2 := s.twiddle[2*p], s.twiddle[2*p+1]
		x0 := src[p*st : (p+1)*st]
		x1 := src[part+p*st:][:len(x0)]
		x2 := src[2*part+p*st:][:len(x0)]
		y0 := dst[3*p*st:][:len(x0)]
		y1 := dst[(3*p+1)*st:][:len(x0)]
		y2 := dst[(3*p+2)*st:][:len(x0)]
		for q, a := range x0 {
			sum := x1[q] + x2[q]
			mid := a - scale(0.5, sum)
			turn := rotate(scale(sin60, x1[q]-x2[q]))
			y0[q] = a + sum
			y1[q] = (mid - turn) * w1
			y2[q] = (mid + turn) * w2
		}
	}
}

func (s *stage) radix4(dst, src []complex128) {
	st, part := s.stride, s.m*s.stride
	for p := range s.m {
		w := s.twiddle[3*p:][:3]
		w1, w2, w3 := w[0], w[1], w[2]
		x0 := src[p*st : (p+1)*st]
		x1 := src[part+p*st:][:len(x0)]
		x2 := src[2*part+p*st:][:len(x0)]
		x3 := src[3*part+p*st:][:len(x0)]
		y0 := dst[4*p*st:][:len(x0)]
		y1 := dst[(4*p+1)*st:][:len(x0)]
		y2 := dst[(4*p+2)*st:][:len(x0)]
		y3 := dst[(4*p+3)*st:][:len(x0)]
		for q, a := range x0 {
			b, c, d := x1[q], x2[q], x3[q]
			even, odd := a+c, a-c
			sum, turn := b+d, rotate(b-d)
			y0[q] = even + sum
			y1[q] = (odd - turn) * w1
			y2[q] = (even - sum) * w2
			y3[q] = (odd + turn) * w3
		}
	}
}

func (s *stage) radix5(dst, src []complex128) {
	sin1, cos1 := math.Sincos(2 * math.Pi / 5)
	sin2, cos2 := math.Sincos(4 * math.Pi / 5)
	st, part := s.stride, s.m*s.stride
	for p := range s.m {
		w := s.twiddle[4*p:][:4]
		for q := range st {
			i := p*st + q
			a, b, c, d, e := src[i], src[part+i], src[2*part+i], src[3*part+i], src[4*part+i]
			s1, s2, d1, d2 := b+e, c+d, b-e, c-d
			m1 := a + scale(cos1, s1) + scale(cos2, s2)
			m2 := a + scale(cos2, s1) + scale(cos1, s2)
			t1 := rotate(scale(sin1, d1) + scale(sin2, d2))
			t2 := rotate(scale(sin2, d1) - scale(sin1, d2))
			o := 5*p*st + q
			dst[o] = a + s1 + s2
			dst[o+st] = (m1 - t1) * w[0]
			dst[o+2*st] = (m2 - t2) * w[1]
			dst[o+3*st] = (m2 + t2) * w[2]
			dst[o+4*st] = (m1 + t1) * w[3]
		}
	}
}
