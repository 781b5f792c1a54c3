package estimator

import (
	"fmt"
	"math"
)

// GHE is the generalised Hurst exponent: how the mean of |Y(t+k) - Y(t)|^q, where Y are the running
// sums of the series, grows as a power qH of the lag k. Lags go from 1 to 2 n^(1/3), and count in
// proportion to 1/k; what the series' own mean takes away from large lags is put back. The standard
// error holds under fractional Gaussian noise.
//
// T. Di Matteo, Multi-scaling in finance, Quantitative Finance 7 (2007) 21–36.
type GHE struct {
	Settings
	Q float64 // the moment, 1 or 2; zero means 1, which outliers change less
}

// Estimate implements [Estimator]. It also fails for a moment that is not allowed.
func (g GHE) Estimate(x []float64) (Estimate, error) { return estimateOne(g, x) }

// Prepare implements [Estimator].
func (g GHE) Prepare(n int) *Prepared {
	name := "ghe"
	switch g.Q {
	case 0, 1:
	case 2:
		name = "ghe2"
	default:
		return prepare(n, g.Settings, Hurst, refuse(fmt.Errorf("moment %v; allowed are 1 and 2", g.Q)))
	}
	return prepare(n, g.Settings, Hurst, func(n int, level float64) core {
		lags := geometric(1, int(2*math.Cbrt(float64(n))), 4)
		return newIncrements(n, lags, name == "ghe2", "log2 fluctuation", newCalibration(name, n, level))
	})
}

// increments is the scaling of the increments of a profile, with its first or second moment.
type increments struct {
	lags    []int
	squares bool
	sums    []float64
	line    *demeaned
	spreads *calibration
}

func newIncrements(n int, lags []int, squares bool, label string, spreads *calibration) *increments {
	return &increments{
		lags: lags, squares: squares, sums: make([]float64, n+1), spreads: spreads,
		line: newDemeaned(newLogLog("log2 lag", label, lags, 1), lags, n, 1, 0),
	}
}

// estimate implements core.
func (c *increments) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	for i, k := range c.lags {
		var v float64
		if c.squares {
			v = math.Sqrt(meanSquare(c.sums, k))
		} else {
			v = meanAbs(c.sums, k)
		}
		if v < 1e-12*math.Sqrt(float64(len(z))) { // rounding of the running sums
			v = 0
		}
		if err := c.line.put(i, v); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}

// meanSquare returns the mean square of y's increments at a lag.
func meanSquare(y []float64, lag int) float64 {
	var a, b float64 // odd and even apart, which the processor does side by side
	lead := y[lag:]
	back := y[:len(lead)]
	for i := 1; i < len(lead); i += 2 {
		u, v := lead[i-1]-back[i-1], lead[i]-back[i]
		a += u * u
		b += v * v
	}
	if n := len(lead); n&1 == 1 {
		u := lead[n-1] - back[n-1]
		a += u * u
	}
	return (a + b) / float64(len(lead))
}

// meanAbs returns the mean absolute increment of y at a lag.
func meanAbs(y []float64, lag int) float64 {
	var a, b float64
	lead := y[lag:]
	back := y[:len(lead)]
	for i := 1; i < len(lead); i += 2 {
		a += math.Abs(lead[i-1] - back[i-1])
		b += math.Abs(lead[i] - back[i])
	}
	if n := len(lead); n&1 == 1 {
		a += math.Abs(lead[n-1] - back[n-1])
	}
	return (a + b) / float64(len(lead))
}
