// Package estimator holds the classical estimators of the Hurst exponent: those that follow from
// theory and learn nothing.
package estimator

import (
	"errors"
	"fmt"
	"math"
)

// What is wrong with a series that cannot be estimated; returned wrapped, with the values.
var (
	ErrTooShort  = errors.New("series is too short")
	ErrConstant  = errors.New("series is constant")
	ErrNotFinite = errors.New("series has a value that is not finite")
)

// MinLength is the shortest series that is estimated.
const MinLength = 64

// The classes of series.
const (
	Noise = "noise" // stationary, such as fractional Gaussian noise
	Walk  = "walk"  // its increments are stationary, such as fractional Brownian motion
)

// Estimate is a Hurst exponent with its uncertainty.
type Estimate struct {
	H        float64 `json:"h"`
	SE       float64 `json:"se"`       // standard error
	Lower    float64 `json:"lower"`    // of the confidence interval, within 0 to 1
	Upper    float64 `json:"upper"`    // of the confidence interval
	Level    float64 `json:"level"`    // of the confidence interval, such as 0.95
	Estimand string  `json:"estimand"` // what H stands for: "hurst"
	Class    string  `json:"class"`    // Noise, or Walk where H is that of the increments
	N        int     `json:"n"`        // values used
}

// Standardise writes x with zero mean and unit variance to dst, which may be x. It fails with
// [ErrTooShort], [ErrConstant] or [ErrNotFinite], and panics if the lengths differ. It first maps
// the range of x to -1 … 1, so that neither squares nor sums of extreme values overflow or vanish.
func Standardise(dst, x []float64) error {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("estimator: %d values for %d", len(dst), len(x)))
	}
	if len(x) < MinLength {
		return fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	lo, hi := x[0], x[0]
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: value %d is %v", ErrNotFinite, i, v)
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo == hi {
		return fmt.Errorf("%w: all %d values are %v", ErrConstant, len(x), lo)
	}
	mid, half := lo/2+hi/2, hi/2-lo/2
	if half == 0 { // neighbours among the subnormal numbers
		mid, half = lo, hi-lo
	}
	mean, square := 0.0, 0.0
	for i, v := range x {
		dst[i] = (v - mid) / half
		mean += dst[i]
	}
	mean /= float64(len(x))
	for i := range dst {
		dst[i] -= mean
		square += dst[i] * dst[i]
	}
	scale := math.Sqrt(float64(len(x)) / square)
	for i := range dst {
		dst[i] *= scale
	}
	return nil
}
