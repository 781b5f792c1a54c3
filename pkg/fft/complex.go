// Package fft computes discrete Fourier transforms of any length in O(n log n).
//
// A plan holds everything that depends only on the length, so that transforming allocates
// nothing. Lengths with prime factors up to 101 take a mixed-radix Stockham transform; others become
// convolutions of a length of small factors (Rader where a real length is prime, Bluestein
// elsewhere). Errors are a few times 1e-16 of the result's root mean square, whatever the length.
package fft

import "fmt"

// Complex is a plan for complex transforms of one length. It is not safe for concurrent use.
type Complex struct {
	n      int
	passes passes
	work   []complex128 // the other half of the Stockham to and fro
	chirp  *bluestein   // set where n has a prime factor above maxRadix
}

// NewComplex makes a plan for sequences of length n. It panics unless n is positive.
func NewComplex(n int) *Complex {
	if n < 1 {
		panic(fmt.Sprintf("fft: length %d is not positive", n))
	}
	p := &Complex{n: n}
	if !hasPasses(n) {
		p.chirp = newBluestein(n, n, n)
		return p
	}
	p.passes = plan(n)
	p.work = make([]complex128, n)
	return p
}

// Len returns the length of the sequences that p transforms.
func (p *Complex) Len() int { return p.n }

// Forward writes the unnormalised transform Σ src[t]·exp(-2πi·jt/n) to dst and returns dst. A nil
// dst is allocated; dst may be src. It panics if a length is not that of the plan.
func (p *Complex) Forward(dst, src []complex128) []complex128 {
	dst = p.destination(dst, src)
	if p.chirp != nil {
		p.chirp.forward(dst, src)
		return dst
	}
	if &dst[0] == &src[0] && len(p.passes)%2 == 1 {
		copy(p.work, src)
		src = p.work
	}
	p.passes.run(dst, src, p.work)
	return dst
}

// Inverse writes the unnormalised inverse Σ src[j]·exp(+2πi·jt/n) to dst and returns dst: after
// Forward it gives n times the original. A nil dst is allocated; dst may be src.
func (p *Complex) Inverse(dst, src []complex128) []complex128 {
	dst = p.Forward(dst, src)
	for i, j := 1, p.n-1; i < j; i, j = i+1, j-1 { // the inverse at t is the transform at -t
		dst[i], dst[j] = dst[j], dst[i]
	}
	return dst
}

func (p *Complex) destination(dst, src []complex128) []complex128 {
	if dst == nil {
		dst = make([]complex128, p.n)
	}
	if len(dst) != p.n || len(src) != p.n {
		panic(fmt.Sprintf("fft: destination of %d and source of %d values for a plan of %d", len(dst), len(src), p.n))
	}
	return dst
}
