package mixture

import (
	"math"
	"slices"
)

// The exponents at which likelihoods are computed, and the finer ones at which they are read.
const (
	lowest   = 0.02
	nodeStep = 0.04
	nodes    = 25
	fineStep = 0.005
	fine     = 193
)

// Nodes returns the exponents at which likelihoods are computed: 0.02, 0.06, … 0.98.
func Nodes() []float64 { return even(lowest, nodeStep, nodes) }

// Grid returns the exponents that [Reading.Fine] goes to: 0.02, 0.025, … 0.98.
func Grid() []float64 { return even(lowest, fineStep, fine) }

// even returns n numbers from lo on, one step apart.
func even(lo, step float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Round((lo+float64(i)*step)*1e12) / 1e12
	}
	return out
}

// stencil is through how many nodes the polynomials go that likelihoods are interpolated by.
const stencil = 6

// interpolation returns the matrix, row by row a node, that takes values at nodes to those at places: a
// polynomial of degree five through the nearest six.
func interpolation(from, places []float64) []float64 {
	out := make([]float64, len(from)*len(places))
	for i, x := range places {
		next, _ := slices.BinarySearch(from, x+1e-9)
		start := max(0, min(len(from)-stencil, next-stencil/2))
		for j := range stencil {
			weight := 1.0
			for k := range stencil {
				if k != j {
					weight *= (x - from[start+k]) / (from[start+j] - from[start+k])
				}
			}
			out[(start+j)*len(places)+i] = weight
		}
	}
	return out
}

// single converts to float32.
func single(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// refinement returns the matrix from the nodes to the fine grid.
func refinement() []float32 {
	return single(interpolation(Nodes(), Grid()))
}
