package estimator

import "math"

// GPH estimates memory by regressing the log periodogram at the m = n^Exponent lowest frequencies on
// log(4 sin²(λ/2)), the shape of the density of fractionally integrated noise: the slope is -d, and
// H = d + 1/2.
//
// J. Geweke, S. Porter-Hudak, The estimation and application of long memory time series models,
// Journal of Time Series Analysis 4 (1983) 221–238, whose standard error, π/√6 over the root of the
// regressor's sum of squares, becomes π/√(24 m) for large m.
type GPH struct {
	Settings
	Exponent float64 // zero means 0.5; at least 4 and at most all frequencies are fitted
}

// Estimate implements [Estimator].
func (g GPH) Estimate(x []float64) (Estimate, error) { return estimateOne(g, x) }

// Prepare implements [Estimator].
func (g GPH) Prepare(n int) *Prepared {
	return prepare(n, g.Settings, Memory, func(n int, _ float64) core {
		o := newOrdinates(n, bandwidth(n, g.Exponent, 0.5))
		x := make([]float64, o.m)
		for i := range x {
			// As log(2 sin(λ/2)), so that the slope is -2d here as well.
			x[i] = math.Log(2 * math.Sin(math.Pi*float64(i+1)/float64(n)))
		}
		return newLogRegression(o, x)
	})
}
