package estimator

import "math"

// DMA is detrending moving average analysis: how far the running sums of a series lie from their own
// centred moving average over s values, as a power H of s. The fluctuation is divided by the factor
// sqrt(1 - 1/s²) that it has, beside a power of s, for white noise. Windows go from 5 to n/4 and count
// in proportion to 1/s. The standard error holds under fractional Gaussian noise.
//
// E. Alessio, A. Carbone, G. Castelli, V. Frappietro, Second-order moving average and scaling of
// stochastic time series, European Physical Journal B 27 (2002) 197–200; J. Alvarez-Ramirez,
// E. Rodriguez, J. C. Echeverría, Detrending fluctuation analysis based on moving average filtering,
// Physica A 354 (2005) 199–219, for the centred one.
type DMA struct {
	Settings
}

// Estimate implements [Estimator].
func (d DMA) Estimate(x []float64) (Estimate, error) { return estimateOne(d, x) }

// Prepare implements [Estimator].
func (d DMA) Prepare(n int) *Prepared {
	return prepare(n, d.Settings, Hurst, func(n int, level float64) core { return newDMACore(n, level) })
}

type dmaCore struct {
	sizes   []int // odd
	sums    []float64
	double  []float64 // running sums of sums
	line    *loglog
	spreads *calibration
}

func newDMACore(n int, level float64) *dmaCore {
	halves := geometric(2, n/8, 3) // so that whole windows are odd
	c := &dmaCore{sums: make([]float64, n+1), double: make([]float64, n+1), spreads: newCalibration("dma", n, level)}
	for _, k := range halves {
		c.sizes = append(c.sizes, 2*k+1)
	}
	c.line = newLogLog("log2 window", "log2 fluctuation", c.sizes, 1)
	return c
}

// estimate implements core.
func (c *dmaCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	y := c.sums[1:]
	profile(c.double, y)
	for i, s := range c.sizes {
		f := aboutAverage(y, c.double, s)
		if f < 1e-12*math.Sqrt(float64(len(z))) { // rounding of the running sums
			f = 0
		}
		white := math.Sqrt(1 - 1/float64(s*s))
		if err := c.line.put(i, f/white); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}

// aboutAverage returns the root mean square of y about its average over the s values around each,
// given the running sums of y. The first and last s/2 values have no average.
func aboutAverage(y, sums []float64, s int) float64 {
	n := len(y) - s + 1
	lead, back, middle := sums[s:s+n], sums[:n], y[s/2:s/2+n]
	total, scale := 0.0, 1/float64(s)
	for i, v := range middle {
		d := v - scale*(lead[i]-back[i])
		total += d * d
	}
	return math.Sqrt(total / float64(n))
}
