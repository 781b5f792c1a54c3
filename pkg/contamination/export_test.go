package contamination

import "slices"

// Interpolate returns x with its gaps filled.
func Interpolate(x []float64) []float64 {
	x = slices.Clone(x)
	interpolate(x)
	return x
}
