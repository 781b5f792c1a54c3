package main

import "github.com/mmcloughlin/avo/build"

// vector writes the vector kernels: those over values, rows of channels, rows of a grid, and gates.
// Each is one function whose first parameter, wide, chooses between AVX-512 and AVX2.
func vector(c *build.Context) []function {
	e := newEmitter(c)
	elementwise(e)
	activations(e)
	reductions(e)
	rowKernels(e)
	normKernels(e)
	poolKernels(e)
	softmaxKernels(e)
	layerNormKernels(e)
	adamKernels(e)
	gateKernels(e)
	dropKernel(e)
	return e.functions
}
