package ensemble

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/ridge"
)

// Fit returns the combination whose squared error on the data is least. It is a pure function of its
// arguments: the same bits each time.
func (c Config) Fit(d Data) (Combination, error) {
	c, err := c.complete()
	if err != nil {
		return Combination{}, err
	}
	if err := d.check(); err != nil {
		return Combination{}, err
	}
	return c.fit(d)
}

func (c Config) fit(d Data) (Combination, error) {
	var out Combination
	var err error
	switch c.Method {
	case Mean:
		out = mean(d.Members)
	case NonNegative:
		out = nonNegative(d)
	case Ridge:
		out, err = linear(d, c.Lambda)
	default:
		out = weighted(d)
	}
	if err == nil {
		err = out.Check()
	}
	return out, err
}

func mean(members int) Combination {
	w := make([]float64, members)
	for k := range w {
		w[k] = 1 / float64(members)
	}
	return Combination{Weights: w}
}

// weighted minimises |Pw - y|² for w ≥ 0 with Σw = 1. With errors E = P - y it is |Ew|², which scales
// with w; so v that minimises |Ev|² + s(Σv - 1)² for v ≥ 0 and any s > 0 points the way of w (C.
// Lawson, R. Hanson, Solving Least Squares Problems, 1974, chapter 23, problem LDP).
func weighted(d Data) Combination {
	m := d.Members
	gram, errors := make([]float64, m*m), make([]float64, m)
	for i, y := range d.Y {
		for k, v := range d.P[i*m:][:m] {
			errors[k] = v - y
		}
		addOuter(gram, errors)
	}
	trace := 0.0
	for k := range m {
		trace += gram[k*m+k]
	}
	if trace == 0 { // all members are always right
		return mean(m)
	}
	s := trace / float64(m)
	target := make([]float64, m)
	for i := range gram {
		gram[i] += s
	}
	for k := range target {
		target[k] = s
	}
	w, sum := nnls(gram, target), 0.0
	for _, v := range w {
		sum += v
	}
	if !(sum > 0) {
		return mean(m)
	}
	for k := range w {
		w[k] /= sum
	}
	return Combination{Weights: w}
}

// nonNegative minimises |Pw + b - y|² for w ≥ 0: of deviations from means, in which b has no part.
func nonNegative(d Data) Combination {
	m := d.Members
	means, middle := make([]float64, m), 0.0
	for i, y := range d.Y {
		middle += y / float64(d.Rows)
		for k, v := range d.P[i*m:][:m] {
			means[k] += v / float64(d.Rows)
		}
	}
	gram, target, row := make([]float64, m*m), make([]float64, m), make([]float64, m)
	for i, y := range d.Y {
		for k, v := range d.P[i*m:][:m] {
			row[k] = v - means[k]
			target[k] += float64(row[k] * (y - middle))
		}
		addOuter(gram, row)
	}
	c := Combination{Weights: nnls(gram, target), Bias: middle}
	for k, w := range c.Weights {
		c.Bias -= float64(w * means[k])
	}
	return c
}

// addOuter adds x·xᵀ to a.
func addOuter(a, x []float64) {
	for i, v := range x {
		row := a[i*len(x):][:len(x)]
		for j, w := range x {
			row[j] += float64(v * w)
		}
	}
}

// linear is ridge regression on the predictions, each by its own scale.
func linear(d Data, lambda float64) (Combination, error) {
	m, err := ridge.Fit(d.P, d.Y, d.Rows, d.Members, lambda)
	if err != nil {
		return Combination{}, fmt.Errorf("fit ridge to predictions: %w", err)
	}
	c := Combination{Weights: make([]float64, d.Members), Bias: m.Bias}
	for k, w := range m.Weights {
		c.Weights[k] = w / m.Scale[k]
		c.Bias -= float64(c.Weights[k] * m.Mean[k])
	}
	return c, nil
}
