package ridge

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/gram"
)

// KernelConfig says how to fit a kernel ridge regression.
type KernelConfig struct {
	Kernel gram.Kernel // empty: RBF; Sigmoid, which is not positive definite, often cannot be fitted
	Gamma  float64     // γ > 0; zero: 1 over the number of inputs
	Coef0  float64     // c
	Degree int         // 1 to 10; zero: 3
	Lambda float64     // as in Fit, > 0; zero: 1e-4. Below 1e-7 single precision may not do

	// Landmarks is how many of the rows, drawn by Seed, the prediction is a sum over. As many as there
	// are rows or more: all. Zero: all of up to 10,000 rows, and 2,000 of more.
	Landmarks int
	Seed      uint64

	// Progress is told, now and then, about which part of the work is done, from 0 to 1. False stops
	// the fit, which then returns ErrStopped. May be nil.
	Progress func(done float64) bool
}

// ErrStopped is what a fit returns that Progress stopped.
var ErrStopped = errors.New("fit stopped")

// Limits of a kernel ridge regression. The fit takes 4 bytes times the square of the landmarks, and
// time with their third power.
const (
	MaxKernelRows   = 1_000_000
	MaxKernelInputs = 4096
	MaxLandmarks    = 30_000
	manyRows        = 10_000
	someLandmarks   = 2_000
)

// KernelModel predicts Σ Weights[i]·k(x, Vectors[i]) + Bias for a row x that was standardised with
// Mean and Scale. It does not change.
type KernelModel struct {
	Kernel  gram.Kernel
	Gamma   float64
	Coef0   float64
	Degree  int
	Mean    []float64 // of each input
	Scale   []float64 // standard deviation of each input; 1 for a constant one
	Vectors []float32 // standardised rows, one after the other
	Weights []float64 // of each
	Bias    float64   // mean of the target

	Steps    int     // of the solution's refinement
	Residual float64 // what is left of the equations, relative to the targets
}

// FitKernel returns the function f of the kernel's space that minimises Σ (y - f(x) - ȳ)² +
// lambda·rows·|f|², over rows of cols inputs each, stored one after the other in x: ridge regression
// on the features that the kernel stands for. It is a pure function of its arguments: the same bits
// each time.
//
// C. Saunders, A. Gammerman, V. Vovk, Ridge regression learning algorithm in dual variables, ICML
// 1998: f = Σ αᵢ k(·, xᵢ) with (K + λnI) α = y - ȳ. With fewer landmarks than rows f is a sum over
// those (C. Williams, M. Seeger, Using the Nyström method to speed up kernel machines, NIPS 2000).
func FitKernel(cfg KernelConfig, x, y []float64, rows, cols int) (*KernelModel, error) {
	if rows < 1 || rows > MaxKernelRows || cols < 1 || cols > MaxKernelInputs || len(x) != rows*cols || len(y) != rows {
		return nil, fmt.Errorf("%d inputs and %d targets for %d rows of %d: want 1 to %d rows of 1 to %d inputs",
			len(x), len(y), rows, cols, MaxKernelRows, MaxKernelInputs)
	}
	cfg, err := cfg.complete(rows, cols)
	if err != nil {
		return nil, err
	}
	target, bias, err := centred(y)
	if err != nil {
		return nil, err
	}
	mean, scale, err := gram.Moments(x, rows, cols)
	if err != nil {
		return nil, err
	}
	z := make([]float32, len(x))
	gram.Standardise(z, x, mean, scale)
	p, err := newProblem(cfg, z, target, rows, cols)
	if err != nil {
		return nil, err
	}
	if err := p.solve(); err != nil {
		return nil, fmt.Errorf("solve for %d weights with lambda %v: %w", len(p.weights), cfg.Lambda, err)
	}
	return &KernelModel{
		Kernel: cfg.Kernel, Gamma: cfg.Gamma, Coef0: cfg.Coef0, Degree: cfg.Degree, Mean: mean, Scale: scale,
		Vectors: p.landmarks, Weights: p.weights, Bias: bias, Steps: p.steps, Residual: p.residual,
	}, nil
}

func (c KernelConfig) complete(rows, cols int) (KernelConfig, error) {
	if c.Kernel == "" {
		c.Kernel = gram.RBF
	}
	if c.Gamma == 0 {
		c.Gamma = 1 / float64(cols)
	}
	if c.Degree == 0 {
		c.Degree = 3
	}
	if c.Lambda == 0 {
		c.Lambda = 1e-4
	}
	if c.Landmarks == 0 {
		c.Landmarks = manyRows
		if rows > manyRows {
			c.Landmarks = someLandmarks
		}
	}
	c.Landmarks = min(c.Landmarks, rows)
	err := c.function().Check()
	if !(c.Lambda > 0) || math.IsInf(c.Lambda, 0) {
		err = errors.Join(err, fmt.Errorf("lambda: %v: want a positive number", c.Lambda))
	}
	if c.Landmarks < 1 || c.Landmarks > MaxLandmarks {
		err = errors.Join(err, fmt.Errorf("landmarks: %d: want 1 to %d", c.Landmarks, MaxLandmarks))
	}
	return c, err
}

func (c KernelConfig) function() gram.Function {
	return gram.Function{Kernel: c.Kernel, Gamma: c.Gamma, Coef0: c.Coef0, Degree: c.Degree}
}

// centred returns y less its mean, and the mean.
func centred(y []float64) ([]float64, float64, error) {
	mean := 0.0
	for i, v := range y {
		if !(math.Abs(v) <= maxTarget) {
			return nil, 0, fmt.Errorf("target of row %d is %v: want a number from %g to %g", i, v, -maxTarget, maxTarget)
		}
		mean += v
	}
	mean /= float64(len(y))
	c := make([]float64, len(y))
	for i, v := range y {
		c[i] = v - mean
	}
	return c, mean, nil
}

// maxTarget keeps sums of squares finite.
const maxTarget = 1e100
