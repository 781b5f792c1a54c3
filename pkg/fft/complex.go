// Package fft computes discrete Fourier transforms of any length in O(n log n).
//
// A plan holds everything that depends only on the length, so that transforming allocates
// nothing. Lengths made of 2, 3 and 5 take a mixed-radix Stockham transform; every other
// length, primes among them, becomes a convolution of such a length (Bluestein).
package fft

import (
	"fmt"
	"math"
)

// Complex is a plan for complex transforms of one length. It is not safe for concurrent use.
type Complex struct {
	n      int
	stages []stage
	work   []complex128 // the other half of the Stockham ping-pong
	swap   []complex128 // the inverse's exchanged input
	chirp  *bluestein   // set where n has a prime factor above 5
}

// NewComplex makes a plan for sequences of length n. It panics unless n is positive.
func NewComplex(n int) *Complex {
	if n < 1 {
		panic(fmt.Sprintf("fft: length %d is not positive", n))
	}
	p := &Complex{n: n}
	if smooth(n) != n {
		p.chirp = newBluestein(n)
		return p
	}
	p.stages = plan(n)
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
	if &dst[0] != &src[0] {
		copy(dst, src)
	}
	a, b := dst, p.work
	for i := range p.stages {
		p.stages[i].apply(b, a)
		a, b = b, a
	}
	if &a[0] != &dst[0] {
		copy(dst, a)
	}
	return dst
}

// Inverse writes the unnormalised inverse Σ src[j]·exp(+2πi·jt/n) to dst and returns dst: after
// Forward it gives n times the original. A nil dst is allocated; dst may be src.
func (p *Complex) Inverse(dst, src []complex128) []complex128 {
	dst = p.destination(dst, src)
	// Exchanging real and imaginary parts before and after turns the forward transform round.
	if p.swap == nil {
		p.swap = make([]complex128, p.n)
	}
	for i, v := range src {
		p.swap[i] = complex(imag(v), real(v))
	}
	p.Forward(dst, p.swap)
	for i, v := range dst {
		dst[i] = complex(imag(v), real(v))
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

// smooth returns the smallest number ≥ n whose prime factors are 2, 3 and 5.
func smooth(n int) int {
	best := 1
	for best < n {
		best *= 2
	}
	for five := 1; five < best; five *= 5 {
		for three := five; three < best; three *= 3 {
			m := three
			for m < n {
				m *= 2
			}
			best = min(best, m)
		}
	}
	return best
}

// Smooth returns the smallest length ≥ n that is transformed without Bluestein's detour: where
// the length may be chosen, as when embedding, choose this.
func Smooth(n int) int { return smooth(max(n, 1)) }

// root returns exp(-2πi·k/n), exact to rounding for any size of k because k is reduced first.
func root(k, n int) complex128 {
	s, c := math.Sincos(-2 * math.Pi * float64(k%n) / float64(n))
	return complex(c, s)
}
