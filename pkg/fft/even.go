package fft

import (
	"fmt"
	"math"
)

// Even is a plan for real transforms of even sequences of length 2m, x[2m-t] = x[t], such as the
// first row of a symmetric circulant matrix, whose eigenvalues are this transform. It costs about
// half of a [Real] transform of length 2m. It is not safe for concurrent use.
//
// The odd and even frequencies are separated until few are left: those at odd multiples are a
// discrete cosine transform of type III, which takes one real transform of its length. Unlike the
// shorter way over running sums (W. H. Press et al., Numerical Recipes, cosft1), this amplifies no
// rounding: errors are a few times 1e-16 of the largest |Σ|x[t]||, as in the other transforms.
//
// J. Makhoul, A fast cosine transform in one and two dimensions, IEEE Trans. ASSP 28 (1980) 27–34.
type Even struct {
	m      int
	levels []fold
	sums   []float64 // the half sequence, folded level by level
	base   *Real     // of twice the last level's length, where that is odd and not small
	mirror []float64
	coeff  []complex128
	cosine []float64 // small last level: cos(πjk/b), row by row
}

// fold separates the frequencies of a level of half length m = 2h.
type fold struct {
	h       int
	plan    *Real
	turn    []complex128 // exp(πi·k/(2h)), k ≤ h/2
	spectra []complex128
	odd     []float64
}

// smallEven is the half length up to which a table of cosines is the quickest.
const smallEven = 8

// NewEven makes a plan for even sequences of length 2m. It panics unless m is positive.
func NewEven(m int) *Even {
	if m < 1 {
		panic(fmt.Sprintf("fft: half length %d is not positive", m))
	}
	e := &Even{m: m, sums: make([]float64, m+1)}
	b := m
	for ; b%2 == 0 && b > smallEven; b /= 2 {
		e.levels = append(e.levels, newFold(b/2))
	}
	if b > smallEven {
		e.base = NewReal(2 * b)
		e.mirror, e.coeff = make([]float64, 2*b), make([]complex128, b+1)
		return e
	}
	for j := range b + 1 {
		for k := range b + 1 {
			c := real(root(j*k, 2*b))
			if k > 0 && k < b {
				c *= 2
			}
			e.cosine = append(e.cosine, c)
		}
	}
	return e
}

func newFold(h int) fold {
	f := fold{
		h: h, plan: NewReal(h),
		turn: make([]complex128, h/2+1), spectra: make([]complex128, h/2+1), odd: make([]float64, h),
	}
	for k := range f.turn {
		f.turn[k] = conj(root(k, 4*h))
	}
	return f
}

// Len returns m, half the length of the sequences that e transforms.
func (e *Even) Len() int { return e.m }

// Spectrum writes the m+1 real numbers
//
//	c[0] + (-1)^j·c[m] + 2·Σ c[k]·cos(πjk/m), k = 1 … m-1, for j = 0 … m
//
// to dst and returns dst: they are the unnormalised transform of the even sequence whose first half
// is c. A nil dst is allocated; dst may be c. It panics unless lengths are m+1. Applied twice, it
// gives 2m times the original.
func (e *Even) Spectrum(dst, c []float64) []float64 {
	if dst == nil {
		dst = make([]float64, e.m+1)
	}
	if len(dst) != e.m+1 || len(c) != e.m+1 {
		panic(fmt.Sprintf("fft: destination of %d and source of %d values for an even plan of %d: want %d",
			len(dst), len(c), e.m, e.m+1))
	}
	copy(e.sums, c)
	step, b := 1, e.m
	for i := range e.levels {
		f := &e.levels[i]
		f.separate(e.sums[:b+1])
		f.plan.Sequence(f.odd, f.spectra)
		f.scatter(dst, step)
		step, b = 2*step, f.h
	}
	e.last(dst, step, e.sums[:b+1])
	return dst
}

// separate replaces the first half of x by the sums x[k] + x[2h-k], whose transform has the even
// frequencies, and leaves in f.spectra what gives the odd ones, from the differences d[k]:
// exp(πi·k/(2h))·(d[k] - i·d[h-k]).
func (f *fold) separate(x []float64) {
	h := f.h
	lo := x[:h+1]
	up := x[h:][:h+1]
	f.spectra[0] = complex(lo[0]-up[h], 0)
	lo[0] += up[h]
	spectra := f.spectra[1:]
	turn := f.turn[1:][:len(spectra)]
	for i := range spectra[:(h-1)/2] {
		k, j := i+1, h-1-i
		if uint(j) >= uint(len(up)) || uint(j) >= uint(len(lo)) || k >= len(lo) || k >= len(up) {
			return // never
		}
		a, b, c, d := lo[k], up[j], lo[j], up[k]
		re, im, w := a-b, d-c, turn[i]
		spectra[i] = complex(real(w)*re-imag(w)*im, real(w)*im+imag(w)*re)
		lo[k], lo[j] = a+b, c+d
	}
	if h%2 == 0 {
		a, b := x[h/2], x[h+h/2]
		f.spectra[h/2] = complex(math.Sqrt2*(a-b), 0)
		x[h/2] = a + b
	}
	x[h] *= 2
}

// scatter writes the frequencies of f.odd, which are in the order 0, 2, 4 … 5, 3, 1, to the odd
// multiples of step.
func (f *fold) scatter(dst []float64, step int) {
	first, second := f.odd[:(f.h+1)/2], f.odd[(f.h+1)/2:]
	at := step
	for _, v := range first {
		dst[at] = v
		at += 4 * step
	}
	at = 3 * step
	for i := len(second) - 1; i >= 0; i-- {
		dst[at] = second[i]
		at += 4 * step
	}
}

// last writes the transform of the even sequence whose half is x to the multiples of step.
func (e *Even) last(dst []float64, step int, x []float64) {
	b := len(x) - 1
	if e.base == nil {
		for j := range x {
			sum := 0.0
			for k, c := range e.cosine[j*len(x):][:len(x)] {
				sum += c * x[k]
			}
			dst[j*step] = sum
		}
		return
	}
	copy(e.mirror, x)
	for k := 1; k < b; k++ {
		e.mirror[2*b-k] = x[k]
	}
	e.base.Coefficients(e.coeff, e.mirror)
	for j, c := range e.coeff {
		dst[j*step] = real(c)
	}
}
