// Package ensemble combines the predictions of several models, its members, into one: their mean,
// weights that are fitted, or a stack, and says what each member adds.
//
// Weights are to be fitted to predictions of rows that the members were not fitted to, such as those
// of [OutOfFold]; else the member that has memorised most gets all the weight.
//
// L. Breiman, Stacked regressions, Machine Learning 24, 1996.
package ensemble

import (
	"errors"
	"fmt"
	"math"
)

// Method is a way to combine.
type Method string

// The methods.
const (
	Mean        Method = "mean"         // equal weights, nothing fitted
	Weighted    Method = "weighted"     // weights of zero or more that add up to one, no bias
	NonNegative Method = "non-negative" // weights of zero or more, and a bias
	Ridge       Method = "ridge"        // any weights, kept small, and a bias
)

// Config says how to combine.
type Config struct {
	Method Method  // empty: Weighted
	Lambda float64 // of Ridge, as in ridge.Fit, > 0; zero: 1e-4
	Folds  int     // of Judge, 2 to 100; zero: 5
	Seed   uint64  // deals rows to folds
}

// Data are predictions and what they should have been. It is only read.
type Data struct {
	P       []float64 // rows of predictions, one of each member, one row after the other
	Y       []float64 // the target of each row
	Rows    int
	Members int
}

// Limits of an ensemble.
const (
	MaxMembers = 256
	MaxFolds   = 100
	maxValue   = 1e100 // so that sums of squares stay finite
	maxWeight  = 1e105 // so that combinations of such values stay finite
)

// Combination is a way to combine that has been fitted.
type Combination struct {
	Weights []float64 `json:"weights"` // of each member
	Bias    float64   `json:"bias"`
}

// Combine writes Bias + Σ Weights[k]·p[k] for each row of predictions, stored one after the other in
// p, to dst. It panics if a length does not match.
func (c Combination) Combine(dst, p []float64) {
	m := len(c.Weights)
	if len(p) != len(dst)*m {
		panic(fmt.Sprintf("ensemble: %d values and %d predictions of %d members", len(dst), len(p), m))
	}
	for i := range dst {
		sum := c.Bias
		for k, v := range p[i*m:][:m] {
			sum += float64(c.Weights[k] * v)
		}
		dst[i] = sum
	}
}

// Check tells what is wrong with a combination, which may come from a stranger.
func (c Combination) Check() error {
	if len(c.Weights) < 1 || len(c.Weights) > MaxMembers {
		return fmt.Errorf("%d weights: want 1 to %d", len(c.Weights), MaxMembers)
	}
	for k, v := range c.Weights {
		if !(math.Abs(v) <= maxWeight) {
			return fmt.Errorf("weight of member %d is %v: want at most %g", k, v, maxWeight)
		}
	}
	if !(math.Abs(c.Bias) <= maxWeight) {
		return fmt.Errorf("bias is %v: want at most %g", c.Bias, maxWeight)
	}
	return nil
}

func usable(v float64) bool { return math.Abs(v) <= maxValue }

func (c Config) complete() (Config, error) {
	if c.Method == "" {
		c.Method = Weighted
	}
	if c.Lambda == 0 {
		c.Lambda = 1e-4
	}
	if c.Folds == 0 {
		c.Folds = 5
	}
	var err error
	if !(c.Lambda > 0) || math.IsInf(c.Lambda, 0) {
		err = fmt.Errorf("lambda: %v: want a positive number", c.Lambda)
	}
	if c.Folds < 2 || c.Folds > MaxFolds {
		err = errors.Join(err, fmt.Errorf("folds: %d: want 2 to %d", c.Folds, MaxFolds))
	}
	switch c.Method {
	case Mean, Weighted, NonNegative, Ridge:
		return c, err
	}
	return c, errors.Join(err, fmt.Errorf("method: %.40q: want mean, weighted, non-negative or ridge", string(c.Method)))
}

func (d Data) check() error {
	if d.Rows < 1 || d.Members < 1 || d.Members > MaxMembers || len(d.P) != d.Rows*d.Members || len(d.Y) != d.Rows {
		return fmt.Errorf("%d predictions and %d targets are not %d rows of 1 to %d members, here %d",
			len(d.P), len(d.Y), d.Rows, MaxMembers, d.Members)
	}
	for i, v := range d.P {
		if !usable(v) {
			return fmt.Errorf("prediction %d of row %d is %v", i%d.Members, i/d.Members, v)
		}
	}
	for i, v := range d.Y {
		if !usable(v) {
			return fmt.Errorf("target of row %d is %v", i, v)
		}
	}
	return nil
}
