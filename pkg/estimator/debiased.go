package estimator

// Debiased estimates the H of fractional Gaussian noise by maximum likelihood in Whittle's form, with
// the periodogram held against what it is on average at the series' own length, not against the
// spectral density that it has in the limit. It loses less at small n than [Whittle].
//
// A. M. Sykulski, S. C. Olhede, A. P. Guillaumin, J. M. Lilly, J. J. Early, The debiased Whittle
// likelihood, Biometrika 106 (2019) 251–266.
type Debiased struct {
	Settings
}

// Estimate implements [Estimator].
func (d Debiased) Estimate(x []float64) (Estimate, error) { return estimateOne(d, x) }

// Prepare implements [Estimator].
func (d Debiased) Prepare(n int) *Prepared {
	return prepare(n, d.Settings, Hurst, func(n int, _ float64) core {
		return &spectralCore{l: newDebiasedNoise(n, options{})}
	})
}

// Posterior estimates H by its distribution given the series, in the likelihood of [Debiased] and
// under a prior: the median of that distribution, which has the least mean absolute error when H is
// drawn from the prior, or its mean, which has the least mean squared error. The interval has equal
// tails of it, and the standard error is its standard deviation.
type Posterior struct {
	Settings
	Mean        bool    // take the mean, not the median
	ARFIMA      bool    // the series is ARFIMA(0, d, 0), d = H - 1/2, not fractional Gaussian noise
	From, To    float64 // where H can be; both zero mean 0 to 1
	Alpha, Beta float64 // of a Beta distribution over that interval, at least 1; both zero mean 1: all H are alike
}

// Estimate implements [Estimator]. It also fails when the prior is none.
func (p Posterior) Estimate(x []float64) (Estimate, error) { return estimateOne(p, x) }

// Prepare implements [Estimator].
func (p Posterior) Prepare(n int) *Prepared {
	prior, err := newPrior(p.From, p.To, p.Alpha, p.Beta)
	estimand := Hurst
	if p.ARFIMA {
		estimand = Memory
	}
	return prepare(n, p.Settings, estimand, func(n int, level float64) core {
		c := &posteriorCore{prior: prior, err: err, level: level, mean: p.Mean}
		if p.ARFIMA {
			c.l = newDebiasedARFIMA(n, options{})
		} else {
			c.l = newDebiasedNoise(n, options{})
		}
		return c
	})
}

// A spectralCore estimates by the maximum of a likelihood.
type spectralCore struct{ l *likelihood }

// estimate implements core.
func (c *spectralCore) estimate(z []float64) (outcome, error) {
	if err := c.l.loadSeries(z); err != nil {
		return outcome{}, err
	}
	return c.best(), nil
}

// estimatePower implements fromPower.
func (c *spectralCore) estimatePower(power []float64) (outcome, error) {
	if err := c.l.load(power); err != nil {
		return outcome{}, err
	}
	return c.best(), nil
}

func (c *spectralCore) best() outcome {
	h, se := c.l.maximum()
	return outcome{h: h, se: se, fit: c.l.fit(h)}
}

// A posteriorCore estimates by the posterior of a likelihood.
type posteriorCore struct {
	l     *likelihood
	prior prior
	err   error // what is wrong with the prior
	level float64
	mean  bool
}

// estimate implements core.
func (c *posteriorCore) estimate(z []float64) (outcome, error) {
	if err := c.l.loadSeries(z); err != nil {
		return outcome{}, err
	}
	return c.centre()
}

// estimatePower implements fromPower.
func (c *posteriorCore) estimatePower(power []float64) (outcome, error) {
	if err := c.l.load(power); err != nil {
		return outcome{}, err
	}
	return c.centre()
}

func (c *posteriorCore) centre() (outcome, error) {
	if c.err != nil {
		return outcome{}, c.err
	}
	p := c.l.posterior(c.prior, c.level)
	h := p.median
	if c.mean {
		h = p.mean
	}
	return outcome{h: h, se: p.sd, lower: p.lower, upper: p.upper, fit: c.l.fit(h)}, nil
}
