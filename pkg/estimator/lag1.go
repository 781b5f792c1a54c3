package estimator

import (
	"fmt"
	"math"
)

// Lag1 solves ρ(1) = 2^(2H-1) - 1, the first autocorrelation of fractional Gaussian noise, for H. It
// uses nothing else of the series: good for that process, and for no other. What the series' own mean
// takes away from the autocorrelation is put back. The standard error holds under fractional Gaussian
// noise.
//
// D. Kettani, J. A. Gubner, A novel approach to the estimation of the long-range dependence parameter,
// IEEE Transactions on Circuits and Systems II 53 (2006) 463–467.
type Lag1 struct {
	Settings
}

// Estimate implements [Estimator].
func (l Lag1) Estimate(x []float64) (Estimate, error) { return estimateOne(l, x) }

// Prepare implements [Estimator].
func (l Lag1) Prepare(n int) *Prepared {
	return prepare(n, l.Settings, Hurst, func(n int, level float64) core { return newLag1Core(n, level) })
}

type lag1Core struct {
	line    *demeaned
	spreads *calibration
}

func newLag1Core(n int, level float64) *lag1Core {
	sizes := []int{1, 2}
	return &lag1Core{
		line:    newDemeaned(newLogLog("log2 block", "log2 variance of sums", sizes, 0), sizes, n, 2, 0),
		spreads: newCalibration("lag1", n, level),
	}
}

// estimate implements core. The sum of two neighbours has the variance 2 + 2ρ(1), in that of one: the
// closed form is the line through these two points.
func (c *lag1Core) estimate(z []float64) (outcome, error) {
	sum, last := 0.0, z[0]
	for _, v := range z[1:] {
		sum += v * last
		last = v
	}
	rho := sum / float64(len(z)-1)
	if rho < -1+1e-9 {
		return outcome{}, fmt.Errorf("%w: the first autocorrelation is %.3g, below that of any noise", ErrNoFit, rho)
	}
	c.line.fit.Y[0], c.line.fit.Y[1] = 0, 1+math.Log2(1+rho)
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}
