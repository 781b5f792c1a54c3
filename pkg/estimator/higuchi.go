package estimator

import "math"

// Higuchi takes H from the length of the curve that the running sums of a series draw, measured in
// steps of k: it falls like k^-D, where D = 2 - H is the curve's fractal dimension. Steps go from 1 to
// the root of n and count in proportion to 1/k; what the series' own mean takes away from large steps
// is put back. The standard error holds under fractional Gaussian noise.
//
// T. Higuchi, Approach to an irregular time series on the basis of the fractal theory, Physica D 31
// (1988) 277–283.
type Higuchi struct {
	Settings
}

// Estimate implements [Estimator].
func (g Higuchi) Estimate(x []float64) (Estimate, error) { return estimateOne(g, x) }

// Prepare implements [Estimator].
func (g Higuchi) Prepare(n int) *Prepared {
	return prepare(n, g.Settings, Hurst, func(n int, level float64) core { return newHiguchiCore(n, level) })
}

type higuchiCore struct {
	steps   []int
	sums    []float64
	line    *demeaned
	spreads *calibration
}

func newHiguchiCore(n int, level float64) *higuchiCore {
	steps := geometric(1, int(math.Sqrt(float64(n))), 4)
	return &higuchiCore{
		steps: steps, sums: make([]float64, n+1),
		line:    newDemeaned(newLogLog("log2 step", "log2 length", steps, 1), steps, n, 1, -2),
		spreads: newCalibration("higuchi", n, level),
	}
}

// estimate implements core.
func (c *higuchiCore) estimate(z []float64) (outcome, error) {
	profile(c.sums, z)
	for i, k := range c.steps {
		length := curveLength(c.sums[1:], k)
		if length*float64(k*k) < 1e-12*float64(len(z))*math.Sqrt(float64(len(z))) { // rounding of the running sums
			length = 0
		}
		if err := c.line.put(i, length); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}

// curveLength returns L(k), the mean over the starts m = 1 … k of
//
//	L_m(k) = 1/k · (N-1)/(⌊(N-m)/k⌋ k) · Σ_i |y(m+ik) - y(m+(i-1)k)|.
func curveLength(y []float64, k int) float64 {
	// Starts that have the same number of steps are summed together: the first r have one more.
	n := len(y)
	most := (n - 1) / k
	r := n - most*k
	long, short := 0.0, 0.0
	for at := 0; at+k < n; at += k {
		lead, back := y[at+k:min(n, at+2*k)], y[at:at+k]
		for i, v := range lead {
			d := math.Abs(v - back[i])
			if i < r {
				long += d
			} else {
				short += d
			}
		}
	}
	total := long / float64(most)
	if most > 1 {
		total += short / float64(most-1)
	}
	return total * float64(n-1) / float64(k*k*k)
}
