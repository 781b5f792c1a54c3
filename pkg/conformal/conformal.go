// Package conformal turns the errors that a model makes on held-out series into intervals that hold
// the truth as often as they say, whatever the model.
package conformal

import (
	"fmt"
	"math"
	"slices"
)

// Calibration holds, for some levels, how large the error of a prediction is, times the square root
// of the series' length: errors of an exponent shrink that way, so that one calibration serves all
// lengths.
type Calibration struct {
	Levels    []float64 `json:"levels"`    // ascending
	Quantiles []float64 `json:"quantiles"` // of |error|·sqrt(n), one for each level
}

// Calibrate computes the split-conformal quantiles of m residuals, each from a series of n[i] values
// that the model was not fitted to, at 50, 80, 90, 95 and 99 %: the value of rank ⌈level·(m+1)⌉,
// which covers a new series with at least that probability when it is exchangeable with these.
// Where m is too small for a level, that level is left out; with none left, or a residual that is
// not finite, the calibration is empty. It panics if the lengths differ.
//
// V. Vovk, A. Gammerman, G. Shafer, Algorithmic learning in a random world, Springer 2005.
func Calibrate(residual []float64, n []int) Calibration {
	if len(residual) != len(n) {
		panic(fmt.Sprintf("conformal: %d residuals and %d lengths", len(residual), len(n)))
	}
	score := make([]float64, len(residual))
	for i, r := range residual {
		score[i] = math.Abs(r) * math.Sqrt(float64(n[i]))
		if math.IsNaN(score[i]) || math.IsInf(score[i], 0) {
			return Calibration{}
		}
	}
	slices.Sort(score)
	var c Calibration
	for _, level := range []float64{0.5, 0.8, 0.9, 0.95, 0.99} {
		// A little less before rounding up, so that 0.9 · 10 is rank 9 and not 10.
		rank := int(math.Ceil(level*float64(len(score)+1) - 1e-9))
		if rank <= len(score) {
			c.Levels = append(c.Levels, level)
			c.Quantiles = append(c.Quantiles, score[rank-1])
		}
	}
	return c
}

// Validate tells what is wrong with a calibration that came from outside.
func (c Calibration) Validate() error {
	if len(c.Levels) != len(c.Quantiles) {
		return fmt.Errorf("calibration has %d levels and %d quantiles", len(c.Levels), len(c.Quantiles))
	}
	lastLevel, lastQuantile := 0.0, 0.0
	for i, level := range c.Levels {
		q := c.Quantiles[i]
		if !(level > lastLevel && level < 1) {
			return fmt.Errorf("calibration level %v at %d is not between %v and 1", level, i, lastLevel)
		}
		if !(q >= lastQuantile) || math.IsInf(q, 0) {
			return fmt.Errorf("calibration quantile %v at %d is not finite and at least %v", q, i, lastQuantile)
		}
		lastLevel, lastQuantile = level, q
	}
	return nil
}

// HalfWidth returns half the width of the interval that holds the truth with the probability given,
// for a series of n values. Between calibrated levels the quantiles are interpolated, linearly in
// the normal quantile of the level; beyond them it fails.
func (c Calibration) HalfWidth(level float64, n int) (float64, error) {
	if err := c.Validate(); err != nil {
		return 0, err
	}
	if n < 1 {
		return 0, fmt.Errorf("series length %d is not positive", n)
	}
	if len(c.Levels) == 0 {
		return 0, fmt.Errorf("no level is calibrated: too few held-out series")
	}
	first, last := c.Levels[0], c.Levels[len(c.Levels)-1]
	if !(level >= first && level <= last) {
		return 0, fmt.Errorf("level %v is outside the calibrated %v to %v", level, first, last)
	}
	i, exact := slices.BinarySearch(c.Levels, level)
	q := c.Quantiles[i]
	if !exact {
		a, b := math.Erfinv(c.Levels[i-1]), math.Erfinv(c.Levels[i])
		t := (math.Erfinv(level) - a) / (b - a)
		q = c.Quantiles[i-1] + t*(q-c.Quantiles[i-1])
	}
	return q / math.Sqrt(float64(n)), nil
}
