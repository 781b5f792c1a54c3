package estimator

import "math"

// RS is rescaled range analysis: how the range of the running sums of a block's deviations from its
// mean, over their standard deviation, grows as a power H of the block's size. Blocks overlap by half;
// sizes go from about the root of n to n itself. The range of short blocks grows faster than theory
// says: plain R/S reads about 0.55 for white noise of 500 values, too much for H below 0.7 and too
// little above. The interval takes that off, H does not. The standard error holds under fractional
// Gaussian noise.
//
// H. E. Hurst, Long-term storage capacity of reservoirs, Transactions of the American Society of
// Civil Engineers 116 (1951) 770–799; B. B. Mandelbrot, J. R. Wallis, Robustness of the rescaled range
// R/S, Water Resources Research 5 (1969) 967–988.
type RS struct {
	Settings
	// AnisLloyd divides R/S at each size by its mean for white noise, which makes H = 1/2 exact. H is
	// then too high below 1/2 and too low above.
	//
	// A. A. Anis, E. H. Lloyd, The expected value of the adjusted rescaled Hurst range of independent
	// normal summands, Biometrika 63 (1976) 111–116; R. Weron, Estimating long-range dependence:
	// finite sample properties and confidence intervals, Physica A 312 (2002) 285–299.
	AnisLloyd bool
}

// Estimate implements [Estimator].
func (r RS) Estimate(x []float64) (Estimate, error) { return estimateOne(r, x) }

// Prepare implements [Estimator].
func (r RS) Prepare(n int) *Prepared {
	return prepare(n, r.Settings, Hurst, func(n int, level float64) core { return newRSCore(n, r.AnisLloyd, level) })
}

type rsCore struct {
	sizes   []int
	expect  []float64 // what R/S is divided by
	line    *loglog
	spreads *calibration
}

func newRSCore(n int, anisLloyd bool, level float64) *rsCore {
	lo := max(10, int(0.7*math.Sqrt(float64(n))))
	c := &rsCore{sizes: geometric(lo, n, 3)}
	name, label := "rs", "log2 R/S"
	if anisLloyd {
		name, label = "rs-al", "log2 R/S, over its mean for white noise, times the root of the size"
	}
	for _, s := range c.sizes {
		expect := 1.0
		if anisLloyd {
			expect = whiteRS(s) / math.Sqrt(float64(s))
		}
		c.expect = append(c.expect, expect)
	}
	c.line = newLogLog("log2 block", label, c.sizes, 0)
	c.spreads = newCalibration(name, n, level)
	return c
}

// estimate implements core.
func (c *rsCore) estimate(z []float64) (outcome, error) {
	for i, s := range c.sizes {
		if err := c.line.put(i, meanRS(z, s)/c.expect[i]); err != nil {
			return outcome{}, err
		}
	}
	return c.spreads.outcome(c.line.solve(), &c.line.fit), nil
}

// meanRS returns the mean R/S of the blocks of s values that are not constant; 0 if all are.
func meanRS(z []float64, s int) float64 {
	sum, used := 0.0, 0
	count := windowCount(len(z), s)
	for i := range count {
		at := windowStart(i, count, len(z), s)
		if v := rescaledRange(z[at : at+s]); v > 0 {
			sum += v
			used++
		}
	}
	return sum / float64(max(1, used))
}

// rescaledRange returns R/S, or 0 for values that differ by no more than rounding.
func rescaledRange(z []float64) float64 {
	mean := 0.0
	for _, v := range z {
		mean += v
	}
	mean /= float64(len(z))
	var sum, lo, hi, square float64
	for _, v := range z {
		v -= mean
		sum += v
		square += v * v
		if sum < lo {
			lo = sum
		}
		if sum > hi {
			hi = sum
		}
	}
	s2 := square / float64(len(z))
	if s2 <= 1e-28*mean*mean {
		return 0
	}
	return (hi - lo) / math.Sqrt(s2)
}

// whiteRS returns the expected R/S of n independent normal values (Anis and Lloyd 1976),
//
//	Γ((n-1)/2) / (√π Γ(n/2)) · Σ_{i=1}^{n-1} sqrt((n-i)/i).
func whiteRS(n int) float64 {
	sum, m := 0.0, float64(n)
	for i := 1.0; i < m; i++ {
		sum += math.Sqrt((m - i) / i)
	}
	a, _ := math.Lgamma((m - 1) / 2)
	b, _ := math.Lgamma(m / 2)
	return math.Exp(a-b) / math.Sqrt(math.Pi) * sum
}
