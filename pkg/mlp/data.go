package mlp

import (
	"fmt"
	"math"
)

// checkData tells what is wrong with rows of inputs and their targets.
func checkData(what string, spec Spec, x, y []float64) error {
	if len(x) != len(y)*spec.Inputs {
		return fmt.Errorf("%s data: %d inputs for %d rows of %d", what, len(x), len(y), spec.Inputs)
	}
	for i, v := range x {
		if !finite(v) {
			return fmt.Errorf("%s data: input %d of row %d is %v", what, i%spec.Inputs, i/spec.Inputs, v)
		}
	}
	for i, v := range y {
		if !finite(v) {
			return fmt.Errorf("%s data: target of row %d is %v", what, i, v)
		}
	}
	return nil
}

// standardiseData learns the inputs' and the targets' mean and scale and applies them.
func (t *training) standardiseData(spec Spec, x, y []float64) {
	t.mean, t.scale = moments(x, spec.Inputs)
	centre, unit := moments(y, 1)
	t.centre, t.unit = centre[0], unit[0]
	t.x, t.y = make([]float32, len(x)), make([]float32, len(y))
	standardise(t.x, x, t.mean, t.scale)
	for i, v := range y {
		t.y[i] = float32((v - t.centre) / t.unit)
	}
}

// moments returns mean and standard deviation of each column; 1 for a constant column.
func moments(x []float64, cols int) (mean, scale []float64) {
	mean, scale = make([]float64, cols), make([]float64, cols)
	rows := float64(len(x) / cols)
	for i, v := range x {
		mean[i%cols] += v / rows
	}
	for i, v := range x {
		d := v - mean[i%cols]
		scale[i%cols] += float64(d*d) / rows
	}
	for j, v := range scale {
		scale[j] = math.Sqrt(v)
		if !(scale[j] > 1e-12*math.Abs(mean[j])) || !finite(scale[j]) {
			scale[j] = 1
		}
	}
	return mean, scale
}
