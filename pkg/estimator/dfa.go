package estimator

import (
	"fmt"
	"math"
)

// DFA is detrended fluctuation analysis: how the running sums of a series scatter about a polynomial
// in windows of s values, as a power H of s. Windows overlap by half. The fluctuation F(s) is divided
// by the factor that it has, beside a power of s, for white noise,
//
//	K(s) = sqrt(1 - ((m+1)/s)²)   for polynomials of order m,
//
// without which it is too small at small scales and H too large. Scales go from about n^(1/3) to n/2
// and count in proportion to their number of windows. The standard error holds under fractional
// Gaussian noise.
//
// C.-K. Peng et al., Mosaic organization of DNA nucleotides, Physical Review E 49 (1994) 1685–1689;
// J. W. Kantelhardt et al., Detecting long-range correlations with detrended fluctuation analysis,
// Physica A 295 (2001) 441–454, where K (equation 9) is simulated.
type DFA struct {
	Settings
	Order int // of the polynomials, 1 to 5; zero means 1
}

// maxOrder is the highest order of detrending: above it there is a window's rounding, and no use.
const maxOrder = 5

// Estimate implements [Estimator]. It also fails for an order that is not allowed.
func (d DFA) Estimate(x []float64) (Estimate, error) { return estimateOne(d, x) }

// Prepare implements [Estimator].
func (d DFA) Prepare(n int) *Prepared {
	order := max(1, d.Order)
	if d.Order < 0 || d.Order > maxOrder {
		return prepare(n, d.Settings, Hurst, refuse(fmt.Errorf("order %d of detrending; allowed are 1 to %d", d.Order, maxOrder)))
	}
	return prepare(n, d.Settings, Hurst, func(n int, level float64) core { return newDFACore(n, order, level) })
}

// orderName names a calibration: dfa, dfa2, dfa3 …
func orderName(name string, order int) string {
	if order == 1 {
		return name
	}
	return fmt.Sprint(name, order)
}

// refuse makes cores that fail, for settings that are wrong.
func refuse(err error) func(int, float64) core {
	return func(int, float64) core { return refusal{err} }
}

type refusal struct{ err error }

func (r refusal) estimate([]float64) (outcome, error) { return outcome{}, r.err }

type dfaCore struct {
	scales  []detrender
	sums    []float64 // one longer than the series
	line    *loglog
	spreads *calibration
}

func newDFACore(n, order int, level float64) *dfaCore {
	lo := max(order+2, int(math.Round(0.8*math.Cbrt(float64(n))))+order-1)
	sizes := geometric(lo, n/2, 3)
	return &dfaCore{
		scales:  newDetrenders(n, order, sizes),
		sums:    make([]float64, n+1),
		line:    newLogLog("log2 window", "log2 fluctuation", sizes, 1),
		spreads: newCalibration(orderName("dfa", order), n, level),
	}
}

// estimate implements core.
func (c *dfaCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	for i := range c.scales {
		s := &c.scales[i]
		f := s.fluctuation(c.sums[1:])
		if err := c.line.put(i, f/s.white); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}
