// Package tree learns regression functions of many inputs as sums of decision trees: gradient
// boosting ([Boost]), random forests and extremely randomised trees ([Forest]).
//
// Inputs are dealt into at most 255 bins each before anything is fitted, so that a split is looked
// for among the bins' edges. Sums over bins are whole numbers, which makes them the same in any
// order: a fit gives the same bits for any number of goroutines.
package tree

import (
	"errors"
	"fmt"
	"math"
)

// Data is what a model is fitted to or judged by. It is only read.
type Data struct {
	X    []float64 // rows of Cols inputs, one row after the other
	Y    []float64 // a target a row
	Rows int
	Cols int
}

// Watch lets others follow a fit and end it. Its zero value does neither.
type Watch struct {
	// Stop is asked before each tree; true ends the fit, which then returns ErrStopped. Several
	// goroutines may ask at once.
	Stop func() bool
	// Progress is told after each tree, one call at a time.
	Progress func(Progress)
}

// Progress says how far a fit is.
type Progress struct {
	Trees int     // that are grown
	Of    int     // as many as there will be at most
	Loss  float64 // mean loss on the validation data; 0 without any
}

// ErrStopped is what a fit returns that Watch.Stop ended.
var ErrStopped = errors.New("fit stopped")

// Limits of what can be fitted.
const (
	MaxRows   = 1<<23 - 1
	MaxCols   = 1<<16 - 2
	MaxTrees  = 100_000
	MaxBins   = 255
	MaxDepth  = 256   // of any tree, also where a depth of 0 says that there is no limit
	maxTarget = 1e100 // so that sums of squares stay finite
)

func (w Watch) stopped() bool { return w.Stop != nil && w.Stop() }

func (w Watch) tell(p Progress) {
	if w.Progress != nil {
		w.Progress(p)
	}
}

// check tells what is wrong with the data.
func (d Data) check() error {
	if d.Rows < 1 || d.Cols < 1 || len(d.X) != d.Rows*d.Cols || len(d.Y) != d.Rows {
		return fmt.Errorf("%d inputs and %d targets are not %d rows of %d inputs", len(d.X), len(d.Y), d.Rows, d.Cols)
	}
	if d.Rows > MaxRows || d.Cols > MaxCols {
		return fmt.Errorf("%d rows of %d inputs: want at most %d of %d", d.Rows, d.Cols, MaxRows, MaxCols)
	}
	for i, v := range d.X {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("input %d of row %d is %v", i%d.Cols, i/d.Cols, v)
		}
	}
	for i, v := range d.Y {
		if !(math.Abs(v) <= maxTarget) {
			return fmt.Errorf("target of row %d is %v: want a number from %g to %g", i, v, -maxTarget, maxTarget)
		}
	}
	return nil
}

// mean returns the mean of some targets.
func mean(y []float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += v
	}
	return sum / float64(len(y))
}

// whole tells whether v lies within lo and hi.
func whole(name string, v, lo, hi int) error {
	if v < lo || v > hi {
		return fmt.Errorf("%s is %d: want a whole number from %d to %d", name, v, lo, hi)
	}
	return nil
}

// number tells whether v lies within lo and hi.
func number(name string, v, lo, hi float64) error {
	if !(v >= lo && v <= hi) {
		return fmt.Errorf("%s is %v: want a number from %g to %g", name, v, lo, hi)
	}
	return nil
}
