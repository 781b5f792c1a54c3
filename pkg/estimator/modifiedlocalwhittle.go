package estimator

import "math"

// ModifiedLocalWhittle is [LocalWhittle] for series that level shifts, a trend or another slow change
// lie over: the density gets a term θ λ^-2/n, which is what they add to the expected periodogram,
//
//	f(λ) ∝ λ^-2d + θ λ^-2/n,
//
// and θ ≥ 0 is estimated along with d. The standard error is that of the curvature in both, so that
// it grows where the two cannot be told apart.
//
// J. Hou, P. Perron, Modified local Whittle estimator for long memory processes in the presence of
// low frequency (and other) contaminations, Journal of Econometrics 182 (2014) 309–328.
type ModifiedLocalWhittle struct {
	Settings
	Exponent float64 // of the number of frequencies, n^Exponent; zero means 0.7
}

// Estimate implements [Estimator].
func (w ModifiedLocalWhittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w ModifiedLocalWhittle) Prepare(n int) *Prepared {
	return prepare(n, w.Settings, Memory, func(n int, _ float64) core {
		return newShiftedPowerLaw(newOrdinates(n, bandwidth(n, w.Exponent, 0.7)))
	})
}

// shiftedPowerLaw is the likelihood of a power law and a λ^-2 term at the lowest frequencies.
type shiftedPowerLaw struct {
	o     *ordinates
	slow  []float64 // λ^-2/n
	bends *bends
}

func newShiftedPowerLaw(o *ordinates) *shiftedPowerLaw {
	p := &shiftedPowerLaw{o: o, slow: make([]float64, o.m), bends: newPowerLaw(o).bends}
	for i, l := range o.loglambda {
		p.slow[i] = math.Exp(-2*l) / float64(o.n)
	}
	return p
}

// The strengths of the slow term that are looked at. At the lowest frequency λ^-2/n is about n/40:
// the weakest is not seen in a million values, and the strongest hides all else.
const minSlow, maxSlow, slowSteps = 1e-5, 1e5, 12

// estimate implements core.
func (p *shiftedPowerLaw) estimate(z []float64) (outcome, error) {
	if err := p.o.load(z); err != nil {
		return outcome{}, err
	}
	d, theta := p.fit()
	se, h := p.standardError(d, theta), 0.5+d
	fit := p.o.plot.line(p.o.power, 1-2*h)
	p.o.plot.curve(func(frequency float64) float64 {
		lambda := 2 * math.Pi * frequency
		return math.Pow(lambda, -2*d) + theta/(lambda*lambda)/float64(p.o.n)
	})
	return outcome{h: h, se: math.Hypot(se, p.bends.at(h)), fit: fit}, nil
}

// fit returns the best d and θ. For given θ the contrast has one valley in d; in θ it may have more,
// so that a few strengths are tried before the best is refined.
func (p *shiftedPowerLaw) fit() (d, theta float64) {
	best := math.Inf(1)
	at := -1
	for k := range slowSteps + 1 {
		if v := p.best(p.strength(float64(k)), 1e-2); v < best {
			best, at = v, k
		}
	}
	if k := float64(at); at > 0 || best < p.best(0, 1e-2) {
		k = minimise(func(k float64) float64 { return p.best(p.strength(k), 1e-3) }, k-1, k+1, 1e-2)
		theta = p.strength(k)
	}
	d = p.memory(theta, 1e-6)
	if clean := p.memory(0, 1e-6); p.contrast(clean, 0) <= p.contrast(d, theta) {
		return clean, 0
	}
	return d, theta
}

// strength returns θ, evenly in its logarithm for k from 0 to slowSteps.
func (p *shiftedPowerLaw) strength(k float64) float64 {
	return minSlow * math.Pow(maxSlow/minSlow, k/slowSteps)
}

// memory returns the best d for given θ.
func (p *shiftedPowerLaw) memory(theta, tol float64) float64 {
	return minimise(func(d float64) float64 { return p.contrast(d, theta) }, minMemory, maxMemory, tol)
}

// best returns the contrast at the best d for given θ.
func (p *shiftedPowerLaw) best(theta, tol float64) float64 {
	return p.contrast(p.memory(theta, tol), theta)
}

// contrast is log mean I/f + mean log f.
func (p *shiftedPowerLaw) contrast(d, theta float64) float64 {
	ratio, logs, product := 0.0, 0.0, 1.0
	for i, l := range p.o.loglambda {
		f := math.Exp(-2*d*l) + theta*p.slow[i]
		ratio += p.o.power[i] / f
		product *= f
		if i&3 == 3 { // one logarithm for four factors, each between 1e-17 and 1e22
			logs += math.Log(product)
			product = 1
		}
	}
	m := float64(p.o.m)
	return math.Log(ratio/m) + (logs+math.Log(product))/m
}

// standardError is that of d when scale and, unless it is zero, θ are estimated too: from the sums
// of squares and products of the derivatives of log f about their means.
func (p *shiftedPowerLaw) standardError(d, theta float64) float64 {
	var mu, mv float64
	m := float64(p.o.m)
	for i := range p.o.loglambda {
		u, v := p.derivatives(i, d, theta)
		mu, mv = mu+u/m, mv+v/m
	}
	var uu, uv, vv float64
	for i := range p.o.loglambda {
		u, v := p.derivatives(i, d, theta)
		uu, uv, vv = uu+(u-mu)*(u-mu), uv+(u-mu)*(v-mv), vv+(v-mv)*(v-mv)
	}
	information := uu
	if vv > 0 {
		information -= uv * uv / vv
	}
	// With nothing left to tell d by, all that is known is that it lies between -1/2 and 1/2.
	return min(0.5, 1/math.Sqrt(max(information, 4)))
}

// derivatives returns those of log f at ordinate i, with respect to d and to log θ.
func (p *shiftedPowerLaw) derivatives(i int, d, theta float64) (u, v float64) {
	l := p.o.loglambda[i]
	law, slow := math.Exp(-2*d*l), theta*p.slow[i]
	return -2 * l * law / (law + slow), slow / (law + slow)
}
