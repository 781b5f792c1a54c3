package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/wavelet"
)

// bank is what theory says of the mean squares that fractional Gaussian noise leaves behind a bank of
// band-pass filters, an octave or less apart, for a few exponents.
//
// With g_i = f·|G_i|², f the noise's density and G_i a filter's response, the mean square at filter i
// has the expected value (1/2π)∫ g_i, and those of filters i and j, of M_i and M_j values, have the
// covariance, relative to the means and for many values,
//
//	2 κ_ij / max(M_i, M_j),   κ_ij = 2π ∫ g_i g_j / (∫ g_i ∫ g_j).
//
// D. B. Percival, On estimation of the wavelet variance, Biometrika 82 (1995) 619–631, equation 6.
// For few values the variance of one filter is taken as 2κ/(κ+M-1), which is right for one value and
// for many, and within a tenth between; covariances shrink alike.
type bank struct {
	filters int
	h       []float64   // the exponents: bankNodes Chebyshev points of 0 … 1, ascending
	energy  [][]float64 // for each exponent, log mean squares, up to a constant
	spread  [][]float64 // for each exponent, filters × filters covariances of mean squares over their means
}

const (
	bankNodes = 13   // odd: the middle one is 1/2
	bankGrid  = 2048 // frequencies round the circle
	// bankOctaves are looked at; coarser filters are copies of them, since a long memory process looks
	// the same there: energies go on with the power law, covariances repeat.
	bankOctaves = 7
)

// filterBank describes the filters.
type filterBank struct {
	gains   [][]float64 // of the finest bankOctaves at most: |G|² at 2πk/bankGrid, k = 1 … bankGrid/2
	voices  int         // filters an octave
	counts  []int       // values that each filter's mean square is of
	thinned bool        // values are decimated wavelet coefficients, which are nearly uncorrelated
}

// newBank computes the theory of a bank.
func newBank(f filterBank) *bank {
	b := &bank{filters: len(f.counts), h: make([]float64, bankNodes)}
	circle := newCircle()
	for k := range b.h {
		b.h[k] = (1 - math.Cos(math.Pi*(float64(k)+0.5)/bankNodes)) / 2
		b.add(f, b.h[k], circle.density(b.h[k]))
	}
	return b
}

// circle evaluates the noise's density at the frequencies of a bank.
type circle struct {
	loglambda, u, rise []float64 // log λ, (λ/2π)², 2 - 2 cos λ
	f                  []float64
}

func newCircle() *circle {
	const m = bankGrid / 2
	c := &circle{loglambda: make([]float64, m), u: make([]float64, m), rise: make([]float64, m), f: make([]float64, m)}
	for i := range m {
		u := float64(i+1) / bankGrid
		sin := math.Sin(math.Pi * u)
		c.loglambda[i], c.u[i], c.rise[i] = math.Log(2*math.Pi*u), u*u, 4*sin*sin
	}
	return c
}

// density returns the density up to a factor. It is valid until the next call.
func (c *circle) density(h float64) []float64 {
	s := newNoiseSpectrum(h)
	for i, l := range c.loglambda {
		c.f[i] = c.rise[i] * s.at(l, c.u[i])
	}
	return c.f
}

// add computes energies and covariances for one exponent. In sums over the circle, π is one frequency
// where the others are two.
func (b *bank) add(f filterBank, h float64, density []float64) {
	base, last := len(f.gains), len(density)-1
	g, sum := make([][]float64, base), make([]float64, base)
	for i, gain := range f.gains {
		g[i] = make([]float64, len(density))
		for k, v := range density {
			g[i][k] = v * gain[k]
			sum[i] += g[i][k]
		}
		sum[i] -= g[i][last] / 2
	}
	kappa := make([]float64, base*base)
	for i := range g {
		for j := i; j < base; j++ {
			product := 0.0
			for k, v := range g[i] {
				product += v * g[j][k]
			}
			product -= g[i][last] * g[j][last] / 2
			kappa[i*base+j] = bankGrid / 2 * product / (sum[i] * sum[j])
		}
	}
	energy, spread := make([]float64, b.filters), make([]float64, b.filters*b.filters)
	for i := range energy {
		octaves := f.beyond(i)
		energy[i] = math.Log(sum[i-octaves*f.voices]) + (2*h-1)*math.Ln2*float64(octaves)
	}
	f.covariances(spread, kappa)
	b.energy, b.spread = append(b.energy, energy), append(b.spread, spread)
}

// beyond returns by how many octaves filter i is coarser than the one whose gains it shares.
func (f *filterBank) beyond(i int) int {
	if i < len(f.gains) {
		return 0
	}
	return (i-len(f.gains))/f.voices + 1
}

// covariances fills spread, given κ of the filters that have gains.
func (f *filterBank) covariances(spread, kappa []float64) {
	n, base := len(f.counts), len(f.gains)
	shrink := make([]float64, n)
	for j := range n {
		m := float64(f.counts[j])
		if f.thinned {
			spread[j*n+j] = 2 / m
			continue
		}
		s := f.beyond(j)
		own := j - s*f.voices
		k := kappa[own*base+own] * math.Exp2(float64(s))
		spread[j*n+j] = 2 * k / (k + m - 1)
		shrink[j] = math.Sqrt(m / (k + m - 1))
	}
	for j := range n {
		s := f.beyond(j)
		for i := s * f.voices; i < j && !f.thinned; i++ {
			k := kappa[(i-s*f.voices)*base+j-s*f.voices] * math.Exp2(float64(s))
			v := 2 * k / float64(max(f.counts[i], f.counts[j])) * shrink[i] * shrink[j]
			spread[i*n+j], spread[j*n+i] = v, v
		}
	}
}

// octaveGains returns the squared gains of a wavelet's octaves 1, 2, …, of which there are at most
// bankOctaves: |g(2^(j-1) ω)|² Π_{i<j-1} |h(2^i ω)|², where h and g are its filters.
func octaveGains(w wavelet.Wavelet, octaves int) [][]float64 {
	plan := fft.NewReal(bankGrid)
	low, high := squaredGain(plan, w.Low()), squaredGain(plan, w.High())
	approx := make([]float64, bankGrid/2)
	for k := range approx {
		approx[k] = 1
	}
	var gains [][]float64
	for j := range min(octaves, bankOctaves) {
		gain := make([]float64, bankGrid/2)
		for k := range gain {
			at := (k + 1) << j % bankGrid
			at = min(at, bankGrid-at)
			gain[k] = approx[k] * high[at]
			approx[k] *= low[at]
		}
		gains = append(gains, gain)
	}
	return gains
}

// squaredGain returns |Σ f[i] exp(-iωt)|² at ω = 2πk/bankGrid, k = 0 … bankGrid/2.
func squaredGain(plan *fft.Real, f []float64) []float64 {
	x := make([]float64, bankGrid)
	copy(x, f)
	g := make([]float64, bankGrid/2+1)
	for k, c := range plan.Coefficients(nil, x) {
		g[k] = real(c)*real(c) + imag(c)*imag(c)
	}
	return g
}
