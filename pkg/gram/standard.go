package gram

import (
	"fmt"
	"math"
)

// bound keeps inputs that are far outside the training data from drowning all others.
const bound = 10

// Moments returns mean and standard deviation of each of cols inputs over rows stored one after the
// other in x, in two passes so that a large mean costs no digits; 1 for the deviation of a constant
// one. It names the first input that is not a finite number.
func Moments(x []float64, rows, cols int) (mean, scale []float64, err error) {
	mean, scale = make([]float64, cols), make([]float64, cols)
	for i := range rows {
		for j, v := range x[i*cols:][:cols] {
			if !finite(v) {
				return nil, nil, fmt.Errorf("input %d of row %d is %v", j, i, v)
			}
			mean[j] += v / float64(rows)
		}
	}
	for i := range rows {
		for j, v := range x[i*cols:][:cols] {
			d := v - mean[j]
			scale[j] += float64(d*d) / float64(rows)
		}
	}
	for j, v := range scale {
		scale[j] = math.Sqrt(v)
		if !(scale[j] > 1e-12*math.Abs(mean[j])) || !finite(scale[j]) {
			scale[j] = 1
		}
	}
	return mean, scale, nil
}

// Standardise writes (x - mean)/scale, held within ±10, to dst for rows of len(mean) inputs each,
// stored one after the other; what is not a number becomes 0.
func Standardise(dst []float32, x, mean, scale []float64) {
	cols := len(mean)
	if len(dst) != len(x) || len(scale) != cols || cols == 0 || len(x)%cols != 0 {
		panic(fmt.Sprintf("gram: %d values for %d of rows of %d", len(dst), len(x), cols))
	}
	for len(x) > 0 {
		for j, v := range x[:cols] {
			z := (v - mean[j]) / scale[j]
			if z != z {
				z = 0
			}
			dst[j] = float32(max(-bound, min(bound, z)))
		}
		dst, x = dst[cols:], x[cols:]
	}
}
