// Package kernel has the arithmetic that neural networks are made of, on float32: matrix products
// with free strides, and operations on rows of channels. Each has an implementation for AVX-512,
// one for AVX2 with FMA, and one in plain Go; a [Set] is one of the three.
//
// The two vector implementations give the same bits: every sum has one order, whatever the width
// of a register. Plain Go does not fuse multiplications with additions, and agrees within rounding.
// Nothing here allocates, and mismatched lengths panic.
package kernel

import "fmt"

// Path names an implementation.
type Path uint8

// The implementations, from the slowest to the fastest.
const (
	Portable Path = iota
	AVX2
	AVX512
)

func (p Path) String() string {
	return [...]string{"portable", "avx2", "avx512"}[p]
}

// Set is the kernels of one implementation. The zero value is the portable one.
type Set struct{ path Path }

// Path returns the implementation.
func (s Set) Path() Path { return s.path }

// Of returns the kernels of an implementation, or an error if this processor does not have it.
func Of(p Path) (Set, error) {
	if p > Best().path {
		return Set{}, fmt.Errorf("this processor has no %s", p)
	}
	return Set{p}, nil
}
