package estimator

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// Periodogram estimates memory by the slope of the log periodogram against log frequency: near
// frequency zero a density like λ^(1-2H) makes it 1 - 2H.
//
// Over all frequencies the line also answers to what the spectrum does far from zero. Between
// fractional noise and ARFIMA(0, d, 0), whose densities bend away from a power law to either side, it
// is biased by as much as its standard error at n = 500; the standard error includes that bias.
//
// J. Geweke, S. Porter-Hudak (1983), see [GPH]; M. S. Taqqu, V. Teverovsky, W. Willinger, Estimators
// for long-range dependence: an empirical study, Fractals 3 (1995) 785–798.
type Periodogram struct {
	Settings
	Fraction float64 // of the frequencies, the lowest, that are fitted; zero means 0.1, at least 4 are
}

// Estimate implements [Estimator].
func (p Periodogram) Estimate(x []float64) (Estimate, error) { return estimateOne(p, x) }

// Prepare implements [Estimator].
func (p Periodogram) Prepare(n int) *Prepared {
	fraction := p.Fraction
	if !(fraction > 0) {
		fraction = 0.1
	}
	return prepare(n, p.Settings, Memory, func(n int, _ float64) core {
		o := newOrdinates(n, int(fraction*float64(n)/2))
		return newLogRegression(o, o.loglambda)
	})
}

// minOrdinates is the least number of frequencies that a slope is fitted to.
const minOrdinates = 4

// ordinates holds the periodogram of series of n values and the m lowest Fourier frequencies
// λ_j = 2πj/n, j = 1 … m, that a semi-parametric estimator looks at.
type ordinates struct {
	n, m      int
	plan      *fft.Real
	coeff     []complex128
	power     []float64 // |Σ x_t exp(-iλt)|²/n at all (n-1)/2 frequencies
	loglambda []float64 // log λ_j of the m lowest
	plot      *spectrumPlot
}

// newOrdinates makes ordinates with m brought between minOrdinates and all.
func newOrdinates(n, m int) *ordinates {
	all := (n - 1) / 2
	m = max(minOrdinates, min(m, all))
	o := &ordinates{n: n, m: m, plan: fft.NewReal(n), coeff: make([]complex128, n/2+1), power: make([]float64, all), loglambda: make([]float64, m)}
	for i := range o.loglambda {
		o.loglambda[i] = math.Log(2 * math.Pi * float64(i+1) / float64(n))
	}
	o.plot = newSpectrumPlot(n, m)
	return o
}

// bandwidth returns n^exponent, rounded down; an exponent that is not positive means the usual one.
func bandwidth(n int, exponent, usual float64) int {
	if !(exponent > 0) {
		exponent = usual
	}
	return int(math.Pow(float64(n), min(exponent, 1)))
}

// The power of standardised noise averages 1. What rounding leaves is below silence; a single
// ordinate is not taken for less than floor, so that its logarithm is finite.
const silence, floor = 1e-24, 1e-30

// load computes the periodogram of a standardised series. It fails with ErrNoFit when there is no
// power at the m lowest frequencies.
func (o *ordinates) load(z []float64) error {
	o.plan.Coefficients(o.coeff, z)
	total := 0.0
	for j := range o.power {
		c := o.coeff[j+1]
		o.power[j] = max((real(c)*real(c)+imag(c)*imag(c))/float64(o.n), floor)
		if j < o.m {
			total += o.power[j]
		}
	}
	if total <= silence*float64(o.n) {
		return fmt.Errorf("%w: no power at the %d lowest frequencies", ErrNoFit, o.m)
	}
	return nil
}

// logRegression fits a straight line to the log periodogram at the m lowest frequencies.
type logRegression struct {
	o      *ordinates
	weight []float64 // the slope is their sum of products with the log periodogram
	se     float64
	bends  *bends
}

// newLogRegression regresses on x, whose slope is -2d times what it is per unit of log λ: log λ
// itself, or a function near it.
//
// The logarithms of the ordinates have, about their expectation, the variance π²/6 of a standard
// exponential's logarithm, so that the slope's is (π²/6) / Σ(x - x̄)².
func newLogRegression(o *ordinates, x []float64) *logRegression {
	mean, square := centre(x)
	w := make([]float64, len(x))
	for i, v := range x {
		w[i] = (v - mean) / square
	}
	se := math.Pi / math.Sqrt(6*square) / 2
	return &logRegression{o: o, weight: w, se: se, bends: newBends(o, w)}
}

// centre returns the mean of x and the sum of squares about it.
func centre(x []float64) (mean, square float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	return mean, square
}

// estimate implements core.
func (r *logRegression) estimate(z []float64) (outcome, error) {
	if err := r.o.load(z); err != nil {
		return outcome{}, err
	}
	slope := 0.0
	for i, w := range r.weight {
		slope += w * math.Log(r.o.power[i])
	}
	h := (1 - slope) / 2
	return outcome{h: h, se: math.Hypot(r.se, r.bends.at(h)), fit: r.o.plot.line(r.o.power, 1-2*h)}, nil
}
