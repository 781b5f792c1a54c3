package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// ExactLocalWhittle is [LocalWhittle] without its approximation: instead of dividing the periodogram
// by a power of the frequency, it differences the series d times, d a fraction, and asks for the d
// after which the m = n^Exponent lowest frequencies are most like white noise's:
//
//	R(d) = log (1/m Σ_j I_j((1-B)^d x)) - 2d/m Σ_j log λ_j,   H = d + 1/2.
//
// K. Shimotsu, P. C. B. Phillips, Exact local Whittle estimation of fractional integration, Annals of
// Statistics 33 (2005) 1890–1933. The mean is taken off first, as K. Shimotsu, Exact local Whittle
// estimation of fractional integration with unknown mean and time trend, Econometric Theory 26 (2010)
// 501–540, allows for the d of noise. Each d tried costs three Fourier transforms.
type ExactLocalWhittle struct {
	Settings
	Exponent float64 // zero means 0.65; at least 4 and at most all frequencies are used
}

// Estimate implements [Estimator].
func (w ExactLocalWhittle) Estimate(x []float64) (Estimate, error) { return estimateOne(w, x) }

// Prepare implements [Estimator].
func (w ExactLocalWhittle) Prepare(n int) *Prepared {
	return prepare(n, w.Settings, Memory, func(n int, _ float64) core {
		return newFractional(newOrdinates(n, bandwidth(n, w.Exponent, 0.65)))
	})
}

// fractional differences a series any number of times and weighs its low frequencies.
type fractional struct {
	o       *ordinates
	law     *powerLaw
	meanlog float64
	plan    *fft.Real // twice as long or more, so that the ends do not meet
	padded  []float64
	series  []complex128
	filter  []complex128
}

func newFractional(o *ordinates) *fractional {
	size := fft.Smooth(2 * o.n)
	f := &fractional{
		o: o, law: newPowerLaw(o), plan: fft.NewReal(size), padded: make([]float64, size),
		series: make([]complex128, size/2+1), filter: make([]complex128, size/2+1),
	}
	f.meanlog, _ = centre(o.loglambda)
	return f
}

// estimate implements core.
func (f *fractional) estimate(z []float64) (outcome, error) {
	if err := f.o.load(z); err != nil {
		return outcome{}, err
	}
	clear(f.padded)
	copy(f.padded, z)
	f.plan.Coefficients(f.series, f.padded)
	h := 0.5 + minimise(f.contrast, -0.75, 0.75, 1e-5)
	return outcome{h: h, se: math.Hypot(f.law.se, f.law.bends.at(h)), fit: f.o.plot.line(f.o.power, 1-2*h)}, nil
}

// contrast is R(d), but for a constant.
func (f *fractional) contrast(d float64) float64 {
	f.difference(d)
	f.o.plan.Coefficients(f.o.coeff, f.padded[:f.o.n])
	sum := 0.0
	for _, c := range f.o.coeff[1 : f.o.m+1] {
		sum += real(c)*real(c) + imag(c)*imag(c)
	}
	return math.Log(max(sum, floor)) - 2*d*f.meanlog
}

// difference writes (1-B)^d x to padded, the values before the first taken for zero. The filter's
// coefficients are π_0 = 1, π_k = π_(k-1) (k-1-d)/k.
func (f *fractional) difference(d float64) {
	clear(f.padded[f.o.n:])
	v := 1.0
	for k := range f.o.n {
		f.padded[k] = v
		v *= (float64(k) - d) / float64(k+1)
	}
	f.plan.Coefficients(f.filter, f.padded)
	for k, c := range f.series {
		f.filter[k] *= c
	}
	f.plan.Sequence(f.padded, f.filter)
}
