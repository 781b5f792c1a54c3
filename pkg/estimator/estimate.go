// Package estimator holds the classical estimators of the Hurst exponent: those that follow from
// theory and learn nothing.
//
// Each is a struct of parameters whose zero value is the usual choice, with two methods: Estimate for
// one series, and Prepare for many series of one length. Both take noise (such as fractional Gaussian
// noise) and walks (such as fractional Brownian motion), told by [Settings] or detected, and neither
// depends on the mean or the scale of a series. [Methods] lists them by name.
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
	// ErrNoFit says that the series leaves nothing to fit, such as one without power at the
	// frequencies, or without fluctuations at the scales, that an estimator looks at.
	ErrNoFit = errors.New("nothing to fit")
)

// MinLength is the shortest series that is estimated.
const MinLength = 64

// The classes of series.
const (
	Noise = "noise" // stationary, such as fractional Gaussian noise
	Walk  = "walk"  // its increments are stationary, such as fractional Brownian motion
)

// What an estimator's H stands for.
const (
	Hurst  = "hurst"  // how fluctuations grow with scale
	Memory = "memory" // the memory parameter d of the spectrum near zero, as H = d + 1/2
)

// Settings are what every estimator takes.
type Settings struct {
	Level float64 // of the confidence interval, between 0 and 1; zero means 0.95
	Class string  // Noise or Walk where it is known; empty: it is detected
}

// An Estimator estimates Hurst exponents. It is a value that may be used from several goroutines.
type Estimator interface {
	// Estimate estimates the H of one series. It fails with [ErrTooShort], [ErrConstant],
	// [ErrNotFinite] or [ErrNoFit].
	Estimate(x []float64) (Estimate, error)
	// Prepare returns an estimator for series of n values, which keeps what depends on n alone. It
	// panics when n is less than MinLength.
	Prepare(n int) *Prepared
}

// Estimate is a Hurst exponent with its uncertainty.
type Estimate struct {
	H        float64 `json:"h"`
	SE       float64 `json:"se"`                 // standard error
	Lower    float64 `json:"lower"`              // of the confidence interval, within 0 to 1
	Upper    float64 `json:"upper"`              // of the confidence interval
	Level    float64 `json:"level"`              // of the confidence interval, such as 0.95
	Estimand string  `json:"estimand"`           // what H stands for: Hurst or Memory
	Class    string  `json:"class"`              // Noise, or Walk where H is that of the increments
	N        int     `json:"n"`                  // values used
	AtBound  bool    `json:"at_bound,omitempty"` // the fit gave an H outside 0 to 1, which was moved to the nearer end
	Fit      *Fit    `json:"fit,omitempty"`      // what was fitted; a Prepared estimator's is valid until its next call
}

// Fit is a straight line through points in logarithmic coordinates, for a plot of what an estimator
// did. Likelihood estimators have the periodogram for points, and the fitted density for a curve.
type Fit struct {
	XLabel    string    `json:"x_label"` // such as "log2 scale"
	YLabel    string    `json:"y_label"`
	X         []float64 `json:"x"`
	Y         []float64 `json:"y"`
	From      int       `json:"from"` // the points From to To-1 were fitted
	To        int       `json:"to"`
	Slope     float64   `json:"slope"`
	Intercept float64   `json:"intercept"`
	R2        float64   `json:"r2"`              // of the fitted points
	Curve     []float64 `json:"curve,omitempty"` // the model at X, where it is not a straight line
}

// Standardise writes x with zero mean and unit variance to dst, which may be x. It fails with
// [ErrTooShort], [ErrConstant] or [ErrNotFinite], and panics if the lengths differ. It first maps
// the range of x to -1 … 1, so that neither squares nor sums of extreme values overflow or vanish.
func Standardise(dst, x []float64) error {
	if len(x) < MinLength {
		return fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	return standardise(dst, x)
}

// standardise is Standardise for a series of any length.
func standardise(dst, x []float64) error {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("estimator: %d values for %d", len(dst), len(x)))
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
