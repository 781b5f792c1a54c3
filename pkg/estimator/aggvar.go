package estimator

// AggregatedVariance takes H from the variance of means over m values, which falls like m^(2H-2).
// Blocks are taken at every start; sizes go from 1 to n/10 and count in proportion to 1/m. The
// textbook's variances are too small where H is large, since the mean of all values is subtracted
// from each (H = 0.9 reads 0.83 at n = 500); that is put back here. The standard error holds under
// fractional Gaussian noise.
//
// J. Beran, Statistics for long-memory processes, Chapman & Hall 1994, chapter 4; M. S. Taqqu,
// V. Teverovsky, W. Willinger, Estimators for long-range dependence: an empirical study, Fractals 3
// (1995) 785–798.
type AggregatedVariance struct {
	Settings
}

// Estimate implements [Estimator].
func (a AggregatedVariance) Estimate(x []float64) (Estimate, error) { return estimateOne(a, x) }

// Prepare implements [Estimator].
func (a AggregatedVariance) Prepare(n int) *Prepared {
	return prepare(n, a.Settings, Hurst, func(n int, level float64) core { return newAggVarCore(n, level) })
}

type aggVarCore struct {
	sizes   []int
	sums    []float64
	line    *demeaned
	spreads *calibration
}

func newAggVarCore(n int, level float64) *aggVarCore {
	sizes := geometric(1, n/10, 3)
	return &aggVarCore{
		sizes: sizes, sums: make([]float64, n+1),
		line:    newDemeaned(newLogLog("log2 block", "log2 variance of means", sizes, 1), sizes, n, 2, -2),
		spreads: newCalibration("aggvar", n, level),
	}
}

// estimate implements core.
func (c *aggVarCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	for i, m := range c.sizes {
		v := meanSquare(c.sums, m)
		if v < 1e-24*float64(len(z)) { // rounding of the running sums
			v = 0
		}
		if err := c.line.put(i, v/float64(m*m)); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}
