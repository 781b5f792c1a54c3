// Package gram computes kernel values, measures of likeness of two rows of standardised inputs, of
// some rows with many at once: the blocks of the Gram matrix that kernel methods are made of.
//
// B. Schölkopf, A. J. Smola, Learning with Kernels, MIT Press 2002, chapter 2.
package gram

import (
	"errors"
	"fmt"
	"math"
)

// Kernel names a measure of likeness of two rows x and z.
type Kernel string

// The kernels.
const (
	RBF        Kernel = "rbf"     // exp(-γ|x-z|²)
	Linear     Kernel = "linear"  // x·z
	Polynomial Kernel = "poly"    // (γ x·z + c)^degree
	Sigmoid    Kernel = "sigmoid" // tanh(γ x·z + c), which is not positive definite
)

// MaxDegree is the highest degree of a polynomial.
const MaxDegree = 10

// Function is a kernel with its parameters.
type Function struct {
	Kernel Kernel
	Gamma  float64 // γ > 0; of all but Linear
	Coef0  float64 // c
	Degree int     // 1 to MaxDegree
}

// Check tells which parameters are out of range, those that the kernel does not use too.
func (f Function) Check() error {
	var err error
	if !(f.Gamma > 0) || math.IsInf(f.Gamma, 0) {
		err = fmt.Errorf("gamma: %v: want a positive number", f.Gamma)
	}
	if !finite(f.Coef0) {
		err = errors.Join(err, fmt.Errorf("coef0: %v: want a number", f.Coef0))
	}
	if f.Degree < 1 || f.Degree > MaxDegree {
		err = errors.Join(err, fmt.Errorf("degree: %d: want 1 to %d", f.Degree, MaxDegree))
	}
	switch f.Kernel {
	case RBF, Linear, Polynomial, Sigmoid:
		return err
	}
	return errors.Join(err, fmt.Errorf("kernel: %.40q: want rbf, linear, poly or sigmoid", string(f.Kernel)))
}

// largest is the largest kernel value that is computed with: sums of squares of them stay finite.
const largest = 1e15

// CheckRange refuses functions whose values could grow too large for single precision between rows
// of at most the given squared length.
func (f Function) CheckRange(square float64) error {
	v := 1.0
	switch f.Kernel {
	case Linear:
		v = square
	case Polynomial:
		v = power(f.Gamma*square+math.Abs(f.Coef0), f.Degree)
	}
	if !(v <= largest) || !(f.Gamma*square+math.Abs(f.Coef0) <= largest) {
		return fmt.Errorf("kernel values or exponents reach %.3g, more than %.0e: a smaller gamma, coef0 or degree helps",
			max(v, f.Gamma*square+math.Abs(f.Coef0)), float64(largest))
	}
	return nil
}

// self returns the kernel of a row of the given squared length with itself.
func (f Function) self(square float64) float64 {
	switch f.Kernel {
	case RBF:
		return 1
	case Polynomial:
		return power(f.Gamma*square+f.Coef0, f.Degree)
	case Sigmoid:
		return math.Tanh(f.Gamma*square + f.Coef0)
	}
	return square
}

func power(x float64, n int) float64 {
	y := 1.0
	for range n {
		y *= x
	}
	return y
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
