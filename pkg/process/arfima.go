package process

import (
	"fmt"
	"math"
)

// arfima generates fractionally integrated autoregressive moving averages,
//
//	(1 - φ₁B - … - φₚBᵖ) (1-B)^d x = (1 + θ₁B + … + θ_qB^q) ε,  d = H - 1/2,
//
// of unit variance, stationary from the first value on.
type arfima struct {
	circulant *circulant
	lags      *arfimaLags
	h         float64 // the exponent that the circle belongs to
}

// newARFIMA makes a generator for series of length n. It fails when the process is not stationary and
// invertible.
func newARFIMA(n int, ar, ma []float64) (*arfima, error) {
	lags, err := newARFIMALags(ar, ma)
	if err != nil {
		return nil, err
	}
	return &arfima{circulant: newCirculant(n), lags: lags}, nil
}

// Generate fills dst with a series of zero mean, unit variance and d = h - 1/2.
func (g *arfima) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, g.circulant.n)
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	if h != g.h {
		g.h = 0
		err := g.circulant.embed(func(gamma []float64) { g.lags.fill(gamma, h-0.5) })
		if err != nil {
			return fmt.Errorf("arfima of hurst exponent %v: %w", h, err)
		}
		g.h = h
	}
	g.circulant.generate(dst, rng)
	return nil
}

// ARFIMAAutocovariance fills dst with the autocovariances, from lag 0 on, of the process
//
//	(1 - ar[0]·B - ar[1]·B² - …) (1-B)^d x = (1 + ma[0]·B + ma[1]·B² + …) ε
//
// of unit variance: they are autocorrelations, dst[0] is 1. It fails when d is not between -1/2 and
// 1/2, when ar or ma has more than 8 values, and when a root of either polynomial is on the unit
// circle, inside it, or closer to it than 1.0001.
func ARFIMAAutocovariance(dst []float64, d float64, ar, ma []float64) error {
	if !(d > -0.5 && d < 0.5) {
		return fmt.Errorf("arfima: d is %v; allowed: between -0.5 and 0.5", d)
	}
	lags, err := newARFIMALags(ar, ma)
	if err != nil {
		return err
	}
	if len(dst) > 0 {
		lags.fill(dst, d)
	}
	return nil
}

// arfimaLags computes the autocovariances of ARFIMA processes of any d.
type arfimaLags struct {
	ar    []float64
	twist []float64 // autocovariances of the moving average, from lag 0 on
	reach int       // lags after which the autoregression has forgotten
	work  []float64
	noise []float64
}

// newARFIMALags checks the polynomials.
func newARFIMALags(ar, ma []float64) (*arfimaLags, error) {
	if err := checkRoots("ar", "stationary", ar, -1); err != nil {
		return nil, err
	}
	if err := checkRoots("ma", "invertible", ma, 1); err != nil {
		return nil, err
	}
	l := &arfimaLags{ar: ar, twist: make([]float64, len(ma)+1)}
	theta := append([]float64{1}, ma...)
	for k := range l.twist {
		for i, v := range theta[k:] {
			l.twist[k] += v * theta[i]
		}
	}
	var err error
	l.reach, err = reach(ar)
	return l, err
}

// fill puts the autocovariances into dst, scaled to a variance of 1. Those of fractional noise are
// multiplied by the moving average's on both sides, which is a finite sum, and divided by the
// autoregression's on both sides, which is two recursions: one from far before lag 0 upwards, one
// from far beyond the last lag downwards. What happens outside is forgotten to rounding.
//
// The split of the spectrum is that of S. Bertelli, M. Caporin, A note on calculating autocovariances
// of long-memory processes, J. Time Series Analysis 23 (2002) 503–508.
func (l *arfimaLags) fill(dst []float64, d float64) {
	if len(l.ar) == 0 && len(l.twist) == 1 {
		fractionalNoise(dst, d)
		return
	}
	q := len(l.twist) - 1
	last := len(dst) - 1 + l.reach
	l.noise = grow(l.noise, last+q+1)
	fractionalNoise(l.noise, d)
	l.work = grow(l.work, l.reach+last+1)
	for i := range l.work {
		l.work[i] = l.average(i - l.reach)
	}
	l.regress()
	for k, v := range l.work[l.reach : l.reach+len(dst)] {
		dst[k] = v / l.work[l.reach]
	}
}

// average returns the autocovariance at lag k of the process without its autoregression.
func (l *arfimaLags) average(k int) float64 {
	if k < 0 {
		k = -k
	}
	sum := l.twist[0] * l.noise[k]
	for j := 1; j < len(l.twist); j++ {
		before := k - j
		if before < 0 {
			before = -before
		}
		sum += l.twist[j] * (l.noise[before] + l.noise[k+j])
	}
	return sum
}

// regress divides the autocovariances in work by the autoregression's polynomial in either direction.
func (l *arfimaLags) regress() {
	x, p := l.work, len(l.ar)
	for i := range x {
		for j, phi := range l.ar[:min(p, i)] {
			x[i] += phi * x[i-1-j]
		}
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j, phi := range l.ar[:min(p, len(x)-1-i)] {
			x[i] += phi * x[i+1+j]
		}
	}
}

// fractionalNoise fills dst with the autocorrelations of ARFIMA(0,d,0), from lag 0 on,
//
//	ρ(k) = ρ(k-1) (k-1+d) / (k-d) = ρ(k-1) - ρ(k-1) (1-2d) / (k-d).
//
// The first form cuts off the same digits of d at every k, which adds up to 1e-10 at a million.
//
// J. R. M. Hosking, Fractional differencing, Biometrika 68 (1981) 165–176, theorem 1.
func fractionalNoise(dst []float64, d float64) {
	rho := 1.0
	dst[0] = rho
	for i := 1; i < len(dst); i++ {
		rho -= rho * ((1 - 2*d) / (float64(i) - d))
		dst[i] = rho
	}
}

// grow returns a slice of length n, with x's memory when that is enough.
func grow(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// reach returns after how many lags the response of an autoregression to one shock has become
// negligible: less than 2^-60 of all that came before.
func reach(ar []float64) (int, error) {
	const most = 1e6
	var past [maxOrder]float64 // the last values, the newest first
	past[0] = 1
	sum, quiet, n := 1.0, 0, 0
	for ; quiet < len(ar); n++ {
		v := 0.0
		for j, phi := range ar {
			v += phi * past[j]
		}
		copy(past[1:], past[:])
		past[0] = v
		sum += math.Abs(v)
		if sum > most {
			return 0, fmt.Errorf("arfima: the autoregression amplifies a shock %.3g times or more; allowed: %.0e", sum, most)
		}
		quiet++
		if math.Abs(v) > sum*0x1p-60 {
			quiet = 0
		}
	}
	return n, nil
}
