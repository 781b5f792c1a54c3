package estimator

import "math"

// Whittle estimates the H of fractional Gaussian noise by maximum likelihood in Whittle's
// approximation, over all Fourier frequencies, with mean and scale unknown.
//
// P. Whittle, Estimation and information in stationary time series, Arkiv för Matematik 2 (1953)
// 423–434; J. Beran, Statistics for long-memory processes, Chapman & Hall 1994, chapter 6.
type Whittle struct {
	Settings
}

// Estimate implements [Estimator].
func (w Whittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w Whittle) Prepare(n int) *Prepared {
	var p *Prepared
	p = prepare(n, w.Settings, Hurst, func(m int, _ float64) core {
		if m == n && n <= tableLength && p.detector != nil { // which has fitted the same
			return &detectedCore{spectralCore{p.detector.values}}
		}
		return &spectralCore{newWhittleNoise(m)}
	})
	return p
}

// newWhittleNoise returns Whittle's likelihood of fractional Gaussian noise of n values.
func newWhittleNoise(n int) *likelihood { return newLikelihood(n, newNoiseDensity(n), options{}) }

// A detectedCore is a spectralCore whose likelihood is the detector's, which has loaded it.
type detectedCore struct{ spectralCore }

// estimatePower implements fromPower.
func (c *detectedCore) estimatePower([]float64) (outcome, error) { return c.best(), nil }

// noiseDensity is the spectral density of fractional Gaussian noise, up to a factor, at the
// frequencies 2πj/n, j = 1 … n/2.
type noiseDensity struct {
	loglambda []float64 // log λ
	u         []float64 // (λ/2π)²
	rise      []float64 // 2 - 2 cos λ
}

func newNoiseDensity(n int) *noiseDensity {
	m := n / 2
	d := &noiseDensity{loglambda: make([]float64, m), u: make([]float64, m), rise: make([]float64, m)}
	for i := range m {
		f := float64(i+1) / float64(n)
		d.loglambda[i] = math.Log(2 * math.Pi * f)
		d.u[i] = f * f
		half := math.Sin(math.Pi * f) // 2 - 2 cos λ = 4 sin²(λ/2), without cancellation
		d.rise[i] = 4 * half * half
	}
	return d
}

// fill implements density.
func (d *noiseDensity) fill(f []float64, h float64) {
	b := newNoiseSpectrum(h)
	for i := range f {
		f[i] = d.rise[i] * b.at(d.loglambda[i], d.u[i])
	}
}
