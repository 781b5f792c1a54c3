package fft

import "fmt"

// Real is a plan for transforms of real sequences of one length. It costs about half of a complex
// transform of that length, odd lengths included. It is not safe for concurrent use.
type Real struct {
	n   int
	way realWay
}

// A realWay is one of the ways to transform real sequences. Both methods get slices of the right
// lengths, which do not overlap, and leave their source as it is.
type realWay interface {
	coefficients(dst []complex128, x []float64)
	sequence(dst []float64, c []complex128)
}

// NewReal makes a plan for real sequences of length n. It panics unless n is positive.
func NewReal(n int) *Real {
	if n < 1 {
		panic(fmt.Sprintf("fft: length %d is not positive", n))
	}
	return &Real{n: n, way: newRealWay(n)}
}

func newRealWay(n int) realWay {
	factor := smallestFactor(n)
	switch {
	case factor == 2:
		return newPacked(n)
	case factor == n && n <= maxDirect:
		return newDirect(n)
	case factor == n:
		return newRader(n)
	case factor <= maxRadix:
		return newPeeled(n, factor)
	default:
		return newChirped(n)
	}
}

// Len returns the length of the sequences that p transforms.
func (p *Real) Len() int { return p.n }

// Coefficients writes the n/2+1 coefficients Σ x[t]·exp(-2πi·jt/n), j = 0 … n/2, unnormalised, to
// dst and returns dst. A nil dst is allocated. It panics if a length is wrong.
func (p *Real) Coefficients(dst []complex128, x []float64) []complex128 {
	if dst == nil {
		dst = make([]complex128, p.n/2+1)
	}
	p.check(dst, x)
	p.way.coefficients(dst, x)
	return dst
}

// Sequence writes the real sequence Σ c[j]·exp(+2πi·jt/n), with j over all n frequencies and c[n-j]
// taken as the conjugate of c[j], to dst and returns dst: after Coefficients it gives n times the
// original. A nil dst is allocated. Imaginary parts of c[0] and, for even n, of c[n/2] are ignored.
func (p *Real) Sequence(dst []float64, c []complex128) []float64 {
	if dst == nil {
		dst = make([]float64, p.n)
	}
	p.check(c, dst)
	p.way.sequence(dst, c)
	return dst
}

func (p *Real) check(c []complex128, x []float64) {
	if len(c) != p.n/2+1 || len(x) != p.n {
		panic(fmt.Sprintf("fft: %d coefficients and %d values for a plan of %d: want %d and %d",
			len(c), len(x), p.n, p.n/2+1, p.n))
	}
}
