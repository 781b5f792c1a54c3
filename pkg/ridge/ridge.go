// Package ridge fits linear models whose weights are kept small.
package ridge

import (
	"errors"
	"fmt"
	"math"
)

// Model is a linear model of standardised inputs.
type Model struct {
	Mean    []float64 `json:"mean"`    // of each input
	Scale   []float64 `json:"scale"`   // standard deviation of each input; 1 for a constant one
	Weights []float64 `json:"weights"` // of each standardised input; 0 for a constant one
	Bias    float64   `json:"bias"`    // mean of the target
}

// Fit returns the model that minimises Σ (y - ŷ)² + lambda·rows·|w|² over rows of cols inputs each,
// stored one after the other in x. With the rows as a factor, the best lambda hardly depends on
// their number; 1e-4 is a good start. Sums run in the order of the rows, so that the same data gives
// the same bits.
func Fit(x, y []float64, rows, cols int, lambda float64) (Model, error) {
	if rows < 1 || cols < 1 || len(x) != rows*cols || len(y) != rows {
		return Model{}, fmt.Errorf("%d inputs and %d targets are not %d rows of %d inputs", len(x), len(y), rows, cols)
	}
	if !(lambda > 0) || math.IsInf(lambda, 0) {
		return Model{}, fmt.Errorf("lambda %v is not positive and finite", lambda)
	}
	m := Model{Mean: make([]float64, cols), Scale: make([]float64, cols)}
	if err := m.standardise(x, rows); err != nil {
		return Model{}, err
	}
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Model{}, fmt.Errorf("target of row %d is %v", i, v)
		}
		m.Bias += v
	}
	m.Bias /= float64(rows)
	gram, b := m.normalEquations(x, y, rows)
	for i := range cols {
		gram[i*cols+i] += lambda * float64(rows)
	}
	if err := cholesky(gram, cols); err != nil {
		return Model{}, fmt.Errorf("solve for %d weights with lambda %v: %w", cols, lambda, err)
	}
	solve(gram, b, cols)
	m.Weights = b
	return m, nil
}

// Predict writes the predictions for rows of inputs, stored one after the other in x, to dst. It
// panics if a length does not match.
func (m Model) Predict(dst, x []float64, rows int) {
	cols := len(m.Weights)
	if len(dst) != rows || len(x) != rows*cols {
		panic(fmt.Sprintf("ridge: %d values and %d inputs for %d rows of %d", len(dst), len(x), rows, cols))
	}
	for i := range dst {
		row := x[i*cols : (i+1)*cols]
		sum := m.Bias
		for j, v := range row {
			sum += m.Weights[j] * (v - m.Mean[j]) / m.Scale[j]
		}
		dst[i] = sum
	}
}

// standardise computes Mean and Scale, in two passes so that a large mean costs no digits.
func (m *Model) standardise(x []float64, rows int) error {
	cols := len(m.Mean)
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("input %d of row %d is %v", i%cols, i/cols, v)
		}
		m.Mean[i%cols] += v / float64(rows)
	}
	for i, v := range x {
		d := v - m.Mean[i%cols]
		m.Scale[i%cols] += d * d / float64(rows)
	}
	for j, v := range m.Scale {
		m.Scale[j] = math.Sqrt(v)
		if !(m.Scale[j] > 1e-12*math.Abs(m.Mean[j])) {
			m.Scale[j] = 1
		}
	}
	return nil
}

// normalEquations returns ZᵀZ and Zᵀ(y - bias) for the standardised inputs Z.
func (m *Model) normalEquations(x, y []float64, rows int) (gram, b []float64) {
	cols := len(m.Mean)
	gram, b = make([]float64, cols*cols), make([]float64, cols)
	z := make([]float64, cols)
	for r := range rows {
		for j, v := range x[r*cols : (r+1)*cols] {
			z[j] = (v - m.Mean[j]) / m.Scale[j]
		}
		target := y[r] - m.Bias
		for i, v := range z {
			b[i] += v * target
			row := gram[i*cols:][:i+1]
			for j := range row {
				row[j] += v * z[j]
			}
		}
	}
	return gram, b
}

var errNotPositive = errors.New("the equations are not positive definite; a larger lambda helps")

// cholesky replaces the lower triangle of a by its factor L, a = L·Lᵀ.
func cholesky(a []float64, n int) error {
	for i := range n {
		for j := range i + 1 {
			sum := a[i*n+j]
			for k := range j {
				sum -= a[i*n+k] * a[j*n+k]
			}
			if i != j {
				a[i*n+j] = sum / a[j*n+j]
				continue
			}
			if !(sum > 0) || math.IsInf(sum, 0) {
				return errNotPositive
			}
			a[i*n+i] = math.Sqrt(sum)
		}
	}
	return nil
}

// solve replaces b by the solution of L·Lᵀ·x = b.
func solve(l, b []float64, n int) {
	for i := range n {
		for k := range i {
			b[i] -= l[i*n+k] * b[k]
		}
		b[i] /= l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= l[k*n+i] * b[k]
		}
		b[i] /= l[i*n+i]
	}
}
