package estimator

import "math"

// LocalWhittle estimates memory by maximum likelihood at the m = n^Exponent lowest frequencies, where
// the density is taken for a power law: it minimises
//
//	R(d) = log (1/m Σ_j λ_j^2d I_j) - 2d/m Σ_j log λ_j,   H = d + 1/2.
//
// P. M. Robinson, Gaussian semiparametric estimation of long range dependence, Annals of Statistics
// 23 (1995) 1630–1661. The standard error, 1/(2√m) for large m, is that of the curvature that R has
// at m frequencies (C. M. Hurvich, K. I. Beltrão, Journal of Time Series Analysis 14 (1993) 455–472).
type LocalWhittle struct {
	Settings
	Exponent float64 // zero means 0.65; at least 4 and at most all frequencies are used
}

// Estimate implements [Estimator].
func (w LocalWhittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w LocalWhittle) Prepare(n int) *Prepared {
	return prepare(n, w.Settings, Memory, func(n int, _ float64) core {
		return newPowerLaw(newOrdinates(n, bandwidth(n, w.Exponent, 0.65)))
	})
}

// powerLaw is the likelihood of a power law at the lowest frequencies.
type powerLaw struct {
	o     *ordinates
	l     []float64 // log λ less its mean
	se    float64
	bends *bends
}

func newPowerLaw(o *ordinates) *powerLaw {
	mean, square := centre(o.loglambda)
	p := &powerLaw{o: o, l: make([]float64, o.m), se: 1 / (2 * math.Sqrt(square))}
	weight := make([]float64, o.m)
	for i, l := range o.loglambda {
		p.l[i] = l - mean
		weight[i] = p.l[i] / square
	}
	// To first order the likelihood's slope weighs the ordinates as the regression's does.
	p.bends = newBends(o, weight)
	return p
}

// estimate implements core.
func (p *powerLaw) estimate(z []float64) (outcome, error) {
	if err := p.o.load(z); err != nil {
		return outcome{}, err
	}
	h := 0.5 + p.fit()
	return outcome{h: h, se: math.Hypot(p.se, p.bends.at(h)), fit: p.o.plot.line(p.o.power, 1-2*h)}, nil
}

// The memory that a fit is looked for between; an H outside 0 to 1 is reported as at the bound.
const minMemory, maxMemory = -1.0, 1.0

// fit returns the d that minimises R, by Newton's steps within a bracket that shrinks: R is convex,
// as the logarithm of a sum of exponentials.
func (p *powerLaw) fit() float64 {
	lo, hi, d := minMemory, maxMemory, 0.0
	for range 60 {
		slope, curvature := p.slope(d)
		if slope > 0 {
			hi = d
		} else {
			lo = d
		}
		next := d - slope/curvature
		if !(next > lo && next < hi) {
			next = (lo + hi) / 2
		}
		if math.Abs(next-d) < 1e-9 {
			return next
		}
		d = next
	}
	return d
}

// slope returns the first two derivatives of R: with weights p_j ∝ λ_j^2d I_j they are twice the
// weighted mean of log λ less its plain mean, and four times its weighted variance.
func (p *powerLaw) slope(d float64) (first, second float64) {
	var sum, moment, square float64
	for i, l := range p.l {
		v := math.Exp(2*d*l) * p.o.power[i]
		sum += v
		moment += v * l
		square += v * l * l
	}
	mean := moment / sum
	return 2 * mean, 4 * (square/sum - mean*mean)
}
