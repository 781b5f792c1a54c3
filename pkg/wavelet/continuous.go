package wavelet

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// Mother is a wavelet of the continuous transform.
type Mother int

const (
	// Ricker is the Mexican hat 2/(√3 π^¼)·(1-t²)·exp(-t²/2), the second derivative of a bell.
	Ricker Mother = iota
	// Morlet is π^-¼·exp(6it - t²/2). Its transform is complex, and takes positive frequencies only.
	Morlet
)

// morletFrequency is that at which Morlet's wavelet of scale 1 is largest, in radians.
const morletFrequency = 6

// String returns the wavelet's name.
func (m Mother) String() string {
	switch m {
	case Ricker:
		return "ricker"
	case Morlet:
		return "morlet"
	}
	return fmt.Sprintf("mother wavelet %d", int(m))
}

// Response returns the Fourier transform ∫ ψ(t) exp(-iωt) dt, which is real.
//
// C. Torrence, G. P. Compo, A practical guide to wavelet analysis, Bulletin of the American
// Meteorological Society 79 (1998) 61–78, table 1.
func (m Mother) Response(omega float64) float64 {
	if m == Morlet {
		if omega <= 0 {
			return 0
		}
		d := omega - morletFrequency
		return math.Pow(math.Pi, -0.25) * math.Sqrt(2*math.Pi) * math.Exp(-d*d/2)
	}
	const amplitude = 2 * math.Sqrt2 / 1.7320508075688772935
	return amplitude * math.Pow(math.Pi, 0.25) * omega * omega * math.Exp(-omega*omega/2)
}

// reach is how far a wavelet of scale 1 extends to each side: what is beyond has less than 1e-4 of
// its energy.
const reach = 4.0

// Continuous is the continuous wavelet transform
//
//	W(a, t) = a^-½ Σ_u x[u] ψ*((u-t)/a)
//
// of series of one length at fixed scales, by Fourier transforms. It takes nothing to be before and
// after the series.
type Continuous struct {
	mother  Mother
	n       int
	scales  []float64
	real    *fft.Real
	complex *fft.Complex // Morlet only
	x       []float64
	gain    [][]float64  // of each scale, at the frequencies where it is not negligible
	spectra []complex128 // of the series
	half    []complex128
	full    []complex128
}

// NewContinuous returns a plan for series of n values at scales in sampling intervals. It fails when
// a scale is not between 1 and n: below, the sampled wavelet is not one.
func NewContinuous(m Mother, n int, scales []float64) (*Continuous, error) {
	if m != Ricker && m != Morlet {
		return nil, fmt.Errorf("%v is unknown; allowed: %v, %v", m, Ricker, Morlet)
	}
	if n < 1 || len(scales) == 0 {
		return nil, fmt.Errorf("%d values and %d scales; at least one of each is needed", n, len(scales))
	}
	largest := 0.0
	for i, a := range scales {
		if !(a >= 1 && a <= float64(n)) {
			return nil, fmt.Errorf("scale %d is %v; allowed: 1 to %d", i, a, n)
		}
		largest = max(largest, a)
	}
	size := 2 * fft.Smooth((n+1)/2+int(math.Ceil(reach*largest)))
	c := &Continuous{
		mother: m, n: n, scales: append([]float64(nil), scales...), real: fft.NewReal(size),
		x: make([]float64, size), spectra: make([]complex128, size/2+1), half: make([]complex128, size/2+1),
	}
	for _, a := range scales {
		c.gain = append(c.gain, gains(m, a, size))
	}
	if m == Morlet {
		c.complex, c.full = fft.NewComplex(size), make([]complex128, size)
	}
	return c, nil
}

// Scales returns the number of scales.
func (c *Continuous) Scales() int { return len(c.scales) }

// Inside returns the range of places at which the wavelet of a scale does not touch the ends of the
// series, which may be empty.
func (c *Continuous) Inside(scale int) (from, to int) {
	r := int(math.Ceil(reach * c.scales[scale]))
	return min(r, c.n/2), max(c.n/2, c.n-r)
}

// Start begins with a series. It panics if the length is wrong.
func (c *Continuous) Start(x []float64) {
	if len(x) != c.n {
		panic(fmt.Sprintf("wavelet: %d values for a plan of %d", len(x), c.n))
	}
	clear(c.x[copy(c.x, x):])
	c.real.Coefficients(c.spectra, c.x)
}

// Power writes |W|² at each place, for one scale, to dst and returns dst. A nil dst is allocated. It
// panics if the length is wrong.
func (c *Continuous) Power(dst []float64, scale int) []float64 {
	if dst == nil {
		dst = make([]float64, c.n)
	}
	c.check(len(dst))
	c.transform(scale)
	if c.mother == Ricker {
		for t, v := range c.x[:c.n] {
			dst[t] = v * v
		}
		return dst
	}
	for t, v := range c.full[:c.n] {
		dst[t] = real(v)*real(v) + imag(v)*imag(v)
	}
	return dst
}

// Coefficients writes W at each place, for one scale, to dst and returns dst. A nil dst is allocated.
// It panics if the length is wrong.
func (c *Continuous) Coefficients(dst []complex128, scale int) []complex128 {
	if dst == nil {
		dst = make([]complex128, c.n)
	}
	c.check(len(dst))
	c.transform(scale)
	if c.mother == Morlet {
		copy(dst, c.full)
		return dst
	}
	for t, v := range c.x[:c.n] {
		dst[t] = complex(v, 0)
	}
	return dst
}

func (c *Continuous) check(n int) {
	if n != c.n {
		panic(fmt.Sprintf("wavelet: %d places for a plan of %d", n, c.n))
	}
}

// gains returns √a ψ^(aω)/size at ω = 2πk/size, up to where it stays below 1e-16 of its largest
// value or ω passes π.
func gains(m Mother, a float64, size int) []float64 {
	const negligible = 15 // both responses are, at this multiple of 1/a
	last := min(size/2, int(negligible/a*float64(size)/(2*math.Pi)))
	g := make([]float64, last+1)
	for k := range g {
		g[k] = math.Sqrt(a) / float64(size) * m.Response(2*math.Pi*float64(k)/float64(size)*a)
	}
	return g
}

// transform leaves the coefficients in c.x, or for Morlet's wavelet in c.full.
func (c *Continuous) transform(scale int) {
	g := c.gain[scale]
	for k, r := range g {
		z := c.spectra[k]
		c.half[k] = complex(r*real(z), r*imag(z))
	}
	clear(c.half[len(g):])
	if c.mother == Ricker {
		c.real.Sequence(c.x, c.half)
		return
	}
	clear(c.full[copy(c.full, c.half):])
	c.complex.Inverse(c.full, c.full)
}
