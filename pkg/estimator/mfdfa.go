package estimator

import (
	"fmt"
	"math"
)

// MFDFA is multifractal detrended fluctuation analysis: the q-th moments of how the running sums of a
// series scatter about polynomials in windows of s values grow as powers h(q) of s. As an [Estimator]
// it gives h(2), which is H; Analyse gives all of them. Windows overlap by half, go from 8 (more
// for high orders) to n/2, and count in proportion to their number; each F(s) is divided by DFA's
// factor for white noise. Windows in which nothing fluctuates are left out. The standard error holds
// under fractional Gaussian noise.
//
// J. W. Kantelhardt et al., Multifractal detrended fluctuation analysis of nonstationary time series,
// Physica A 316 (2002) 87–114.
type MFDFA struct {
	Settings
	Order int // of the polynomials, 1 to 3; zero means 1
}

// Estimate implements [Estimator].
func (m MFDFA) Estimate(x []float64) (Estimate, error) { return estimateOne(m, x) }

// Prepare implements [Estimator].
func (m MFDFA) Prepare(n int) *Prepared {
	const highest = 3
	if m.Order < 0 || m.Order > highest {
		return prepare(n, m.Settings, Hurst, refuse(fmt.Errorf("order %d of detrending; allowed are 1 to %d", m.Order, highest)))
	}
	order := max(1, m.Order)
	return prepare(n, m.Settings, Hurst, func(n int, level float64) core { return newMFDFACore(n, order, level) })
}

type mfdfaCore struct {
	scales    []detrender
	residuals [][]float64 // mean squares of the windows of each scale
	sums      []float64
	line      *loglog
	spreads   *calibration
}

func newMFDFACore(n, order int, level float64) *mfdfaCore {
	sizes := geometric(4*order+4, n/2, 4)
	c := &mfdfaCore{
		scales:  newDetrenders(n, order, sizes),
		sums:    make([]float64, n+1),
		line:    newLogLog("log2 window", "log2 fluctuation", sizes, 1),
		spreads: newCalibration(orderName("mfdfa", order), n, level),
	}
	for _, s := range c.scales {
		c.residuals = append(c.residuals, make([]float64, s.count))
	}
	return c
}

// estimate implements core.
func (c *mfdfaCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	y := c.sums[1:]
	for i := range c.scales {
		s, total, used := &c.scales[i], 0.0, 0
		for k := range s.count {
			at := windowStart(k, s.count, len(y), s.size)
			c.residuals[i][k] = s.residual(y[at:at+s.size]) / float64(s.size)
			if v := c.residuals[i][k]; v > 0 {
				total += v
				used++
			}
		}
		if err := c.line.put(i, math.Sqrt(total/float64(max(1, used)))/s.white); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}
