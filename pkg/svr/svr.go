// Package svr fits support vector regressions: sums of kernels at some of the training rows, flat
// within a tube around the data.
//
// V. Vapnik, The Nature of Statistical Learning Theory, Springer 1995; A. J. Smola, B. Schölkopf, A
// tutorial on support vector regression, Statistics and Computing 14, 2004.
package svr

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/gram"
)

// Kernel names a measure of likeness of two standardised rows x and z.
type Kernel = gram.Kernel

// The kernels, as in [gram.Kernel].
const (
	RBF        = gram.RBF
	Linear     = gram.Linear
	Polynomial = gram.Polynomial
	Sigmoid    = gram.Sigmoid
)

// Config says how to fit.
type Config struct {
	Kernel  Kernel  // empty: RBF
	C       float64 // the most that a row may weigh, > 0; zero: 1
	Epsilon float64 // half of the tube's width, in the target's units, ≥ 0
	Gamma   float64 // γ > 0; zero: 1 over the number of inputs, as "scale" is for standardised ones
	Coef0   float64 // c
	Degree  int     // 1 to 10; zero: 3

	Tolerance float64 // the largest violation of the optimum's conditions; zero: 1e-3
	CacheMiB  int     // for rows of the kernel matrix; zero: 512
	MaxSteps  int     // pairs to optimise at most; zero: 100 for each row and at least 10 million

	// Progress is told, now and then, the steps done and the largest violation left. False stops the
	// fit, which then returns ErrStopped. May be nil.
	Progress func(steps int, violation float64) bool
}

// ErrStopped is what a fit returns that Progress stopped.
var ErrStopped = errors.New("fit stopped")

// Limits of a fit.
const (
	MaxRows   = 200_000
	MaxInputs = 4096
)

// Model predicts Σ Weights[i]·k(x, Vectors[i]) + Bias for a row x that was standardised with Mean
// and Scale. It does not change.
type Model struct {
	Kernel  Kernel
	Gamma   float64
	Coef0   float64
	Degree  int
	Mean    []float64 // of each input
	Scale   []float64 // standard deviation of each input; 1 for a constant one
	Vectors []float32 // standardised support vectors, one after the other
	Weights []float32 // of each
	Bias    float64

	Steps     int     // pairs that were optimised
	Violation float64 // what was left at the end; above the tolerance if MaxSteps came first
}

func (c Config) complete(rows, cols int) (Config, error) {
	if c.Kernel == "" {
		c.Kernel = RBF
	}
	c.C = orElse(c.C, 1)
	c.Gamma = orElse(c.Gamma, 1/float64(cols))
	c.Tolerance = orElse(c.Tolerance, 1e-3)
	if c.Degree == 0 {
		c.Degree = 3
	}
	if c.CacheMiB == 0 {
		c.CacheMiB = 512
	}
	if c.MaxSteps == 0 {
		c.MaxSteps = max(10_000_000, 100*rows)
	}
	return c, c.check()
}

func orElse(v, other float64) float64 {
	if v == 0 {
		return other
	}
	return v
}

func (c Config) check() error {
	positive := func(name string, v float64) error {
		if !(v > 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%s: %v: want a positive number", name, v)
		}
		return nil
	}
	err := errors.Join(positive("c", c.C), positive("tolerance", c.Tolerance), c.function().Check())
	if !(c.Epsilon >= 0) || math.IsInf(c.Epsilon, 0) {
		err = errors.Join(err, fmt.Errorf("epsilon: %v: want zero or more", c.Epsilon))
	}
	if c.CacheMiB < 1 || c.CacheMiB > 1<<16 {
		err = errors.Join(err, fmt.Errorf("cache: %d MiB: want 1 to %d", c.CacheMiB, 1<<16))
	}
	if c.MaxSteps < 1 {
		err = errors.Join(err, fmt.Errorf("steps: %d: want at least 1", c.MaxSteps))
	}
	return err
}

func (c Config) function() gram.Function {
	return gram.Function{Kernel: c.Kernel, Gamma: c.Gamma, Coef0: c.Coef0, Degree: c.Degree}
}

// Fit returns the regression of y on rows of cols inputs each, stored one after the other in x. It
// is a pure function of its arguments: the same bits each time.
func Fit(cfg Config, x, y []float64, rows, cols int) (*Model, error) {
	if rows < 1 || rows > MaxRows || cols < 1 || cols > MaxInputs || len(x) != rows*cols || len(y) != rows {
		return nil, fmt.Errorf("%d inputs and %d targets for %d rows of %d: want 1 to %d rows of 1 to %d inputs",
			len(x), len(y), rows, cols, MaxRows, MaxInputs)
	}
	cfg, err := cfg.complete(rows, cols)
	if err != nil {
		return nil, err
	}
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("target of row %d is %v", i, v)
		}
	}
	mean, scale, err := gram.Moments(x, rows, cols)
	if err != nil {
		return nil, err
	}
	z := make([]float32, len(x))
	gram.Standardise(z, x, mean, scale)
	s := newSolver(cfg, gram.NewRows(cfg.function(), z, rows, cols), y)
	if err := cfg.function().CheckRange(s.all.LargestSquare()); err != nil {
		return nil, err
	}
	if err := s.solve(); err != nil {
		return nil, err
	}
	m := &Model{
		Kernel: cfg.Kernel, Gamma: cfg.Gamma, Coef0: cfg.Coef0, Degree: cfg.Degree,
		Mean: mean, Scale: scale, Bias: s.bias(), Steps: s.steps, Violation: s.violation,
	}
	for i, b := range s.weight {
		if b != 0 {
			m.Weights = append(m.Weights, float32(b))
			m.Vectors = append(m.Vectors, z[i*cols:][:cols]...)
		}
	}
	return m, nil
}

// Check tells what is wrong with a model, which may come from a stranger.
func (m *Model) Check() error {
	cols := len(m.Mean)
	if cols < 1 || cols > MaxInputs || len(m.Scale) != cols || len(m.Vectors) != len(m.Weights)*cols || len(m.Weights) > MaxRows {
		return fmt.Errorf("%d means, %d scales, %d weights and %d values of vectors do not fit together",
			cols, len(m.Scale), len(m.Weights), len(m.Vectors))
	}
	for i := range m.Mean {
		if !finite(m.Mean[i]) || !finite(m.Scale[i]) || m.Scale[i] <= 0 {
			return fmt.Errorf("input %d: mean %v, scale %v", i, m.Mean[i], m.Scale[i])
		}
	}
	for _, list := range [][]float32{m.Weights, m.Vectors} {
		for i, v := range list {
			if !finite(float64(v)) {
				return fmt.Errorf("value %d is %v", i, v)
			}
		}
	}
	if !finite(m.Bias) {
		return fmt.Errorf("bias %v", m.Bias)
	}
	return m.function().Check()
}

func (m *Model) function() gram.Function {
	return gram.Function{Kernel: m.Kernel, Gamma: m.Gamma, Coef0: m.Coef0, Degree: m.Degree}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
