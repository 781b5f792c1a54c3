package estimator

import (
	"fmt"
	"math"
)

// geometric returns whole numbers from lo to hi that grow by a constant factor, about so many an
// octave, each once.
func geometric(lo, hi int, perOctave float64) []int {
	var scales []int
	for i := 0; ; i++ {
		s := int(math.Round(float64(lo) * math.Exp2(float64(i)/perOctave)))
		if s > hi {
			return scales
		}
		if len(scales) == 0 || s > scales[len(scales)-1] {
			scales = append(scales, s)
		}
	}
}

// windowCount is how many windows of s values lie evenly over n, the first at the first value and the
// last at the last, so that neighbours share about half.
func windowCount(n, s int) int { return (2*(n-s)+s-1)/s + 1 }

// windowStart is where window i of count starts.
func windowStart(i, count, n, s int) int {
	if count == 1 {
		return 0
	}
	return i * (n - s) / (count - 1)
}

// loglog is a straight line through fluctuations at scales, in logarithms to the base 2, by weighted
// least squares. Its slope's standard error is not computed: fluctuations at different scales are of
// the same data, so that their errors are not independent and the textbook's would be too small.
type loglog struct {
	fit    Fit
	weight []float64 // they sum to one
	middle float64   // weighted mean of X
	square float64   // weighted variance of X
}

// newLogLog returns a line over scales with weights s^-fade: 0 for equal weights, 1 for weights in
// proportion to the number of windows that a series has.
func newLogLog(xLabel, yLabel string, scales []int, fade float64) *loglog {
	m := len(scales)
	l := &loglog{weight: make([]float64, m), fit: Fit{XLabel: xLabel, YLabel: yLabel, X: make([]float64, m), Y: make([]float64, m), To: m}}
	total := 0.0
	for i, s := range scales {
		l.fit.X[i] = math.Log2(float64(s))
		l.weight[i] = math.Pow(float64(s), -fade)
		total += l.weight[i]
	}
	for i, x := range l.fit.X {
		l.weight[i] /= total
		l.middle += l.weight[i] * x
	}
	for i, x := range l.fit.X {
		l.square += l.weight[i] * (x - l.middle) * (x - l.middle)
	}
	return l
}

// put sets the fluctuation at scale i, which has to be positive.
func (l *loglog) put(i int, fluctuation float64) error {
	if !(fluctuation > 0) || math.IsInf(fluctuation, 0) {
		return fmt.Errorf("%w: no fluctuation at scale %.0f", ErrNoFit, math.Exp2(l.fit.X[i]))
	}
	l.fit.Y[i] = math.Log2(fluctuation)
	return nil
}

// solve fits the line and returns its slope.
func (l *loglog) solve() float64 {
	mean, cross, square := 0.0, 0.0, 0.0
	for i, y := range l.fit.Y {
		mean += l.weight[i] * y
	}
	for i, y := range l.fit.Y {
		d := y - mean
		cross += l.weight[i] * (l.fit.X[i] - l.middle) * d
		square += l.weight[i] * d * d
	}
	f := &l.fit
	f.Slope = cross / l.square
	f.Intercept = mean - f.Slope*l.middle
	f.R2 = 0
	if square > 0 {
		f.R2 = f.Slope * cross / square
	}
	return f.Slope
}
