package estimator

import (
	"fmt"
	"math"
)

// Robust estimates the H of fractional Gaussian noise by the debiased Whittle likelihood after steps
// that take away, one kind each, what spoils it. The steps that its fields ask for are taken in their
// order. Without any it is the debiased Whittle estimator.
type Robust struct {
	Settings
	// Hampel replaces values further than this from the median, in robust standard deviations; zero
	// means no filter. See [HampelFilter].
	Hampel float64
	// HampelHalf is the number of neighbours to each side that the median is of; zero means all values.
	HampelHalf int
	// Trend takes off a polynomial of this order; zero means none.
	Trend int
	// NormalScores makes the marginal distribution normal; see [NormalScores].
	NormalScores bool
	// SkipLow leaves out the lowest frequencies, to which trends, level shifts and slow cycles
	// contribute most: so many at 500 values, and otherwise by the root of the length, as the number
	// of ordinates that a level shift of given size stands out of grows.
	SkipLow int
	// WhiteNoise allows for added white noise of unknown strength, which makes up a share of the
	// variance between zero and this; zero means none. The less is allowed, the less is lost where
	// there is none: noise and H are hard to tell apart.
	WhiteNoise float64
	// From and To are where H can be; both zero mean 0 to 1. With white noise of unknown strength much
	// depends on them, as noise makes every H look smaller or, below 1/2, larger.
	From, To float64
	// Median returns the posterior median under a uniform prior, not the largest likelihood, and its
	// equal-tailed interval.
	Median bool
}

// Estimate implements [Estimator].
func (r Robust) Estimate(x []float64) (Estimate, error) { return estimateOne(r, x) }

// Prepare implements [Estimator].
func (r Robust) Prepare(n int) *Prepared {
	return prepare(n, r.Settings, Hurst, func(n int, level float64) core { return newRobustCore(r, n, level) })
}

// robustCore takes a Robust's steps.
type robustCore struct {
	steps      Robust
	level      float64
	likelihood *likelihood
	hampel     *Hampel
	scorer     *Scorer
	prior      prior
	err        error // of the prior
}

func newRobustCore(r Robust, n int, level float64) *robustCore {
	skip := int(math.Round(float64(r.SkipLow) * math.Sqrt(float64(n)/500)))
	c := &robustCore{steps: r, level: level}
	c.prior, c.err = newPrior(r.From, r.To, 0, 0)
	c.likelihood = newDebiasedNoise(n, options{skip: max(0, skip), white: r.WhiteNoise})
	if r.Hampel > 0 {
		c.hampel = NewHampel(n, r.HampelHalf)
	}
	if r.NormalScores {
		c.scorer = NewScorer(n)
	}
	return c
}

// uniformPrior is that of no knowledge of H.
func uniformPrior() prior { return prior{from: 0, to: 1, alpha: 1, beta: 1} }

// estimate implements core.
func (c *robustCore) estimate(z []float64) (outcome, error) {
	if c.err != nil {
		return outcome{}, c.err
	}
	if c.hampel != nil {
		c.hampel.Filter(z, z, c.steps.Hampel)
	}
	if c.steps.Trend > 0 {
		Detrend(z, z, c.steps.Trend)
	}
	if c.scorer != nil {
		c.scorer.Scores(z, z)
	}
	if err := restOf(z); err != nil {
		return outcome{}, err
	}
	if err := c.likelihood.loadSeries(z); err != nil {
		return outcome{}, err
	}
	return c.read(), nil
}

// restOf standardises what steps have left of a series that was standard. It fails with ErrNoFit when
// that is nothing but rounding errors, as of a straight line without its trend.
func restOf(z []float64) error {
	if flat(z) {
		return fmt.Errorf("%w: nothing is left of the series without its outliers and trend", ErrNoFit)
	}
	return standardise(z, z)
}

// flat tells whether the values of a series that was standard differ by no more than rounding errors.
func flat(z []float64) bool {
	const nothing = 1e-10
	for _, v := range z {
		if math.Abs(v-z[0]) > nothing {
			return false
		}
	}
	return true
}

// read takes the estimate from the likelihood.
func (c *robustCore) read() outcome {
	l := c.likelihood
	if !c.steps.Median && c.steps.WhiteNoise == 0 {
		h, se := l.maximum()
		h = c.prior.within(h)
		return outcome{h: h, se: se, fit: l.fit(h)}
	}
	p := l.posterior(c.prior, c.level)
	o := outcome{h: p.median, se: p.sd, lower: p.lower, upper: p.upper}
	if !c.steps.Median {
		// With noise of unknown strength the likelihood is far from normal: its interval is the
		// posterior's.
		h, _ := l.maximum()
		o.h = c.prior.within(h)
		o.lower, o.upper = min(o.lower, o.h), max(o.upper, o.h)
	}
	o.fit = l.fit(o.h)
	return o
}
