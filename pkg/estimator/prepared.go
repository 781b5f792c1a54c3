package estimator

import (
	"fmt"
	"math"
)

// The ends that an H is moved to when a fit says that it lies beyond 0 or 1.
const minHurst, maxHurst = 0.001, 0.999

// A core estimates the exponent of stationary noise of one length. It need not be safe for
// concurrent use.
type core interface {
	// estimate takes a series with zero mean and unit variance, which it may overwrite. It fails with
	// ErrTooShort or ErrNoFit, never with a value that is not finite.
	estimate(z []float64) (outcome, error)
}

// A fromPower is a core that can do with the periodogram |Σ z[t] exp(-2πi·jt/n)|² of a series, up to
// a factor, at j = 1 … n/2. It fails as estimate does.
type fromPower interface {
	core
	estimatePower(power []float64) (outcome, error)
}

// outcome is what a core finds.
type outcome struct {
	h, se        float64
	bias         float64 // that h is known to have, which the interval leaves out
	lower, upper float64 // of an interval that is not h - bias ± z·se; both zero: there is none
	fit          *Fit    // may point into the core's own memory
}

// Prepared is an estimator for series of one length. It is not safe for concurrent use.
type Prepared struct {
	settings   Settings
	estimand   string
	make       func(n int, level float64) core
	values     core
	increments core // made when the first walk comes
	detector   *detector
	gaps       *gapFiller // of an estimator that takes NaN for a missing value; nil: it is an error
	x          []float64
}

// prepare returns what an estimator's Prepare does: the core is made for n values at once, and for
// the n-1 increments of a walk when one comes.
func prepare(n int, s Settings, estimand string, newCore func(n int, level float64) core) *Prepared {
	if n < MinLength {
		panic(fmt.Sprintf("estimator: length %d is less than %d", n, MinLength))
	}
	if s.Level == 0 {
		s.Level = 0.95
	}
	return &Prepared{settings: s, estimand: estimand, make: newCore, x: make([]float64, n)}
}

// estimateOne is what an estimator's Estimate does.
func estimateOne(e Estimator, x []float64) (Estimate, error) {
	if len(x) < MinLength {
		return Estimate{}, fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	return e.Prepare(len(x)).Estimate(x)
}

// Estimate estimates H. It fails with [ErrTooShort], [ErrConstant], [ErrNotFinite] or [ErrNoFit]. It
// panics when x is not of the length prepared for.
func (p *Prepared) Estimate(x []float64) (Estimate, error) {
	o, class, err := p.find(x)
	if err != nil {
		return Estimate{}, err
	}
	return p.report(o, class, len(x)), nil
}

// Exponent returns what the fit gives, before it is moved inside 0 to 1. Means and spreads of many
// estimates, as in a simulation of an estimator's bias, are wrong without it. It fails as Estimate
// does.
func (p *Prepared) Exponent(x []float64) (float64, error) {
	o, _, err := p.find(x)
	return o.h, err
}

// find does the work of Estimate.
func (p *Prepared) find(x []float64) (o outcome, class string, err error) {
	if len(x) != len(p.x) {
		panic(fmt.Sprintf("estimator: %d values for an estimator of length %d", len(x), len(p.x)))
	}
	level := p.settings.Level
	if !(level > 0 && level < 1) {
		return outcome{}, "", fmt.Errorf("confidence level %v is not between 0 and 1", level)
	}
	if p.gaps != nil {
		if x, err = p.gaps.fill(x); err != nil {
			return outcome{}, "", err
		}
	}
	if err := Standardise(p.x, x); err != nil {
		return outcome{}, "", err
	}
	class, power, err := p.class()
	if err != nil {
		return outcome{}, "", err
	}
	z, c := p.x, &p.values
	if class == Walk {
		z, c = p.x[:len(p.x)-1], &p.increments
	}
	if *c == nil {
		*c = p.make(len(z), level)
	}
	if s, ok := (*c).(fromPower); ok && power != nil {
		o, err = s.estimatePower(power)
		return o, class, err
	}
	if class == Walk {
		for i := range z {
			z[i] = p.x[i+1] - p.x[i]
		}
		if err := standardise(z, z); err != nil {
			return outcome{}, "", fmt.Errorf("increments: %w", err)
		}
	}
	if g, ok := (*c).(gapped); ok && p.gaps != nil {
		g.miss(p.gaps.of(class))
	}
	o, err = (*c).estimate(z)
	return o, class, err
}

// class tells noise from a walk, unless the settings do, with the periodogram that it was told by,
// if any.
func (p *Prepared) class() (class string, power []float64, err error) {
	switch p.settings.Class {
	case Noise, Walk:
		return p.settings.Class, nil, nil
	case "":
	default:
		return "", nil, fmt.Errorf("class %q is unknown; allowed: %s, %s, or none to detect it", p.settings.Class, Noise, Walk)
	}
	if p.detector == nil {
		p.detector = newDetector(len(p.x))
	}
	class, power = p.detector.class(p.x)
	return class, power, nil
}

// report turns what a core found into an estimate.
func (p *Prepared) report(o outcome, class string, n int) Estimate {
	level := p.settings.Level
	e := Estimate{H: o.h, SE: o.se, Lower: o.lower, Upper: o.upper, Level: level, Estimand: p.estimand, Class: class, N: n, Fit: o.fit}
	if e.Lower == 0 && e.Upper == 0 {
		reach := math.Sqrt2 * math.Erfinv(level) * o.se
		e.Lower, e.Upper = o.h-o.bias-reach, o.h-o.bias+reach
	}
	if e.H < minHurst || e.H > maxHurst {
		e.H, e.AtBound = max(minHurst, min(maxHurst, e.H)), true
	}
	e.Lower, e.Upper = max(0, min(1, e.Lower)), max(0, min(1, e.Upper))
	return e
}
