package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// A covariance writes the autocovariances γ(0) … γ(n-1) of a stationary process with exponent h.
type covariance interface {
	lags(gamma []float64, h float64)
}

// expected is the density that a periodogram of n values has on average, which differs from the
// spectral density by what leaks between frequencies:
//
//	E I(λ) = Σ_{|k|<n} (1 - |k|/n) γ(k) exp(-iλk).
//
// At λ = 2πj/n lags k and k-n are one, so that a transform of length n does.
//
// A. M. Sykulski, S. C. Olhede, A. P. Guillaumin, J. M. Lilly, J. J. Early, The debiased Whittle
// likelihood, Biometrika 106 (2019) 251–266.
type expected struct {
	covariance covariance
	gamma      []float64
	even       *fft.Even // of n, when it is even
	odd        *fft.Real // of n, when it is odd
	coeff      []complex128
}

func newExpected(n int, c covariance) *expected {
	e := &expected{covariance: c, gamma: make([]float64, n)}
	if n%2 == 0 {
		e.even = fft.NewEven(n / 2)
	} else {
		e.odd, e.coeff = fft.NewReal(n), make([]complex128, n/2+1)
	}
	return e
}

// fill implements density.
func (e *expected) fill(f []float64, h float64) {
	e.covariance.lags(e.gamma, h)
	e.transform(f)
	for j, v := range f {
		f[j] = max(v, smallestDensity)
	}
}

// smallestDensity is what a density is raised to: rounding may leave less, or less than nothing,
// where it is small, as near frequency zero for H near 0.
const smallestDensity = 1e-14

// transform writes the density of the covariance in gamma, which it changes.
func (e *expected) transform(f []float64) {
	g, n := e.gamma, len(e.gamma)
	for k := 1; k <= n/2; k++ {
		w := float64(k) / float64(n)
		g[k] = (1-w)*g[k] + w*g[n-k]
		g[n-k] = g[k]
	}
	if e.even != nil {
		half := g[:n/2+1]
		e.even.Spectrum(half, half)
		copy(f, half[1:])
		return
	}
	e.odd.Coefficients(e.coeff, g)
	for j := range f {
		f[j] = real(e.coeff[j+1])
	}
}

// noiseCovariance is that of fractional Gaussian noise of unit variance,
//
//	γ(k) = (|k+1|^2H - 2|k|^2H + |k-1|^2H) / 2.
type noiseCovariance struct{ logk []float64 }

func newNoiseCovariance(n int) *noiseCovariance {
	c := &noiseCovariance{logk: make([]float64, n)}
	for k := range c.logk {
		c.logk[k] = math.Log(float64(k)) // of 0: not used
	}
	return c
}

// directLags is the number of lags from which the binomial series of the second difference is used,
//
//	γ(k) = k^2H Σ_{j≥1} C(2H, 2j) k^-2j,
//
// whose terms do not cancel; the first that is left out is below 1e-17 of the sum from there.
const directLags = 16

// lags implements covariance.
func (c *noiseCovariance) lags(gamma []float64, h float64) {
	a := 2 * h
	var power [directLags + 1]float64
	for k := range power {
		power[k] = math.Pow(float64(k), a)
	}
	gamma[0] = 1
	for k := 1; k < min(directLags, len(gamma)); k++ {
		gamma[k] = (power[k+1] - 2*power[k] + power[k-1]) / 2
	}
	var b [7]float64
	binomial := 1.0
	for j := range b {
		i := float64(2 * j)
		binomial *= (a - i) / (i + 1) * (a - i - 1) / (i + 2)
		b[j] = binomial
	}
	for k := directLags; k < len(gamma); k++ {
		u := 1 / (float64(k) * float64(k))
		sum := b[0] + u*(b[1]+u*(b[2]+u*(b[3]+u*(b[4]+u*(b[5]+u*b[6])))))
		gamma[k] = sum * math.Exp((a-2)*c.logk[k])
	}
}

// newDebiasedNoise returns the debiased Whittle likelihood of fractional Gaussian noise of n values.
// It is given a series with loadSeries, or its periodogram with load, and then asked for the maximum
// or the posterior. It is for one goroutine.
func newDebiasedNoise(n int, o options) *likelihood {
	return newLikelihood(n, newExpected(n, newNoiseCovariance(n)), o)
}
