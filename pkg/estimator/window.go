package estimator

import (
	"fmt"
	"iter"
)

// WindowEstimate is what an estimator says of one window of a series.
type WindowEstimate struct {
	From, To int // the window is x[From:To]
	Estimate
	Err error // why the window has no estimate, as of [Estimator]
}

// Windows estimates windows of size values, each step values after the one before, as long as they
// are whole. A window that cannot be estimated has an Err, and does not stop the others. One prepared
// estimator serves all, so that an estimate's Fit is valid until the next. It fails when there is no
// whole window, or the size is less than MinLength, or the step is not positive.
func Windows(e Estimator, x []float64, size, step int) (iter.Seq[WindowEstimate], error) {
	if size < MinLength {
		return nil, fmt.Errorf("windows of %d values; allowed are %d or more", size, MinLength)
	}
	if step < 1 {
		return nil, fmt.Errorf("windows %d values apart; allowed are 1 or more", step)
	}
	if size > len(x) {
		return nil, fmt.Errorf("%w: %d values hold no window of %d", ErrTooShort, len(x), size)
	}
	return func(yield func(WindowEstimate) bool) {
		p := e.Prepare(size)
		for k := range (len(x)-size)/step + 1 {
			w := WindowEstimate{From: k * step, To: k*step + size}
			w.Estimate, w.Err = p.Estimate(x[w.From:w.To])
			if !yield(w) {
				return
			}
		}
	}, nil
}
