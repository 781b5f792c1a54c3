package mixture

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
)

// expected computes what a periodogram of n values has on average, for a stationary process with given
// autocovariances:
//
//	E I(λ) = Σ_{|k|<n} (1 - |k|/n) γ(k) exp(-iλk).
//
// A. M. Sykulski, S. C. Olhede, A. P. Guillaumin, J. M. Lilly, J. J. Early, The debiased Whittle
// likelihood, Biometrika 106 (2019) 251–266.
type expected struct {
	gamma []float64 // to be filled with γ(0) … γ(n-1); changed by density
	even  *fft.Even // of n, when it is even
	odd   *fft.Real // of n, when it is odd
	coeff []complex128
	cos   []float64 // at 2πk/n, k = 0 … n/2
	base  []float64 // the density of ARFIMA(0, d, 0) last used by short, and its H
	baseH float64
}

func newExpected(n int) *expected {
	e := &expected{gamma: make([]float64, n)}
	if n%2 == 0 {
		e.even = fft.NewEven(n / 2)
		return e
	}
	e.odd, e.coeff = fft.NewReal(n), make([]complex128, n/2+1)
	return e
}

// smallest is what a density is raised to: rounding may leave less, or less than nothing, near
// frequency zero for H near 0.
const smallest = 1e-14

// density writes the mean periodogram at 2πk/n, k = 0 … n/2, for the autocovariances in gamma.
func (e *expected) density(f []float64) {
	g, n := e.gamma, len(e.gamma)
	for k := 1; k <= n/2; k++ { // at these frequencies lags k and k-n are one
		w := float64(k) / float64(n)
		g[k] = (1-w)*g[k] + w*g[n-k]
		g[n-k] = g[k]
	}
	if e.even != nil {
		e.even.Spectrum(f, g[:n/2+1])
	} else {
		e.odd.Coefficients(e.coeff, g)
		for i, c := range e.coeff {
			f[i] = real(c)
		}
	}
	for i, v := range f {
		f[i] = max(v, smallest)
	}
}

// noise writes the density of fractional Gaussian noise of unit variance.
func (e *expected) noise(f []float64, h float64) {
	for k := range e.gamma {
		e.gamma[k] = process.Autocovariance(h, k)
	}
	e.density(f)
}

// fractional writes the density of ARFIMA(0, d, 0) of unit variance, d = h - 1/2, whose
// autocorrelations are ρ(k) = ρ(k-1) (k-1+d)/(k-d).
//
// J. R. M. Hosking, Fractional differencing, Biometrika 68 (1981) 165–176.
func (e *expected) fractional(f []float64, h float64) {
	d := h - 0.5
	e.gamma[0] = 1
	for k := 1; k < len(e.gamma); k++ {
		e.gamma[k] = e.gamma[k-1] * (float64(k) - 1 + d) / (float64(k) - d)
	}
	e.density(f)
}

// longShort is the length from which the mean periodogram with short memory is taken for the product
// of that without and the short memory's own density. At that length this costs 0.3 of a unit of log
// likelihood where H and φ are 0.9, and mostly below 0.03.
const longShort = 4096

// autoregressive writes the density of ARFIMA(1, d, 0), d = h - 1/2.
func (e *expected) autoregressive(f []float64, h, phi float64) {
	e.short(f, h, []float64{phi}, nil)
}

// movingAverage writes the density of ARFIMA(0, d, 1), d = h - 1/2.
func (e *expected) movingAverage(f []float64, h, theta float64) {
	e.short(f, h, nil, []float64{theta})
}

func (e *expected) short(f []float64, h float64, ar, ma []float64) {
	n := len(e.gamma)
	if n < longShort {
		if err := process.ARFIMAAutocovariance(e.gamma, h-0.5, ar, ma); err != nil {
			panic("mixture: " + err.Error())
		}
		e.density(f)
		return
	}
	e.load(h)
	for k, cos := range e.cos {
		f[k] = e.base[k]
		for _, a := range ar {
			f[k] /= 1 - 2*a*cos + a*a
		}
		for _, b := range ma {
			f[k] *= 1 + 2*b*cos + b*b
		}
	}
}

// load makes base that of an H, once for all short memories.
func (e *expected) load(h float64) {
	if e.cos == nil {
		n := len(e.gamma)
		e.cos, e.base = make([]float64, n/2+1), make([]float64, n/2+1)
		for k := range e.cos {
			e.cos[k] = math.Cos(2 * math.Pi * float64(k) / float64(n))
		}
	}
	if e.baseH != h {
		e.fractional(e.base, h)
		e.baseH = h
	}
}
