package significance

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// lowSpectrum is the periodogram of series of n values at the m lowest Fourier frequencies.
type lowSpectrum struct {
	n, m  int
	plan  *fft.Real
	coeff []complex128
	power []float64
	l     []float64 // log λ less its mean
	cos   []float64 // of λ
	sin   []float64
	// precision is one over the standard error of memory, of the curvature that the likelihood has at m
	// frequencies; for large m it is 2√m.
	precision float64
}

// minFrequencies is the least number of frequencies that memory is estimated from.
const minFrequencies = 4

// newLowSpectrum makes one with m = n^exponent, within bounds.
func newLowSpectrum(n int, exponent float64) *lowSpectrum {
	m := bandwidth(n, exponent)
	s := &lowSpectrum{
		n: n, m: m, plan: fft.NewReal(n), coeff: make([]complex128, n/2+1), power: make([]float64, m),
		cos: make([]float64, m), sin: make([]float64, m),
	}
	for j := range m {
		s.sin[j], s.cos[j] = math.Sincos(2 * math.Pi * float64(j+1) / float64(n))
	}
	s.centre()
	return s
}

func bandwidth(n int, exponent float64) int {
	return max(minFrequencies, min((n-1)/2, int(math.Pow(float64(n), exponent))))
}

// below returns the part of s at the n^exponent lowest frequencies, which are no more than its own. It
// shares the periodogram, and cannot load one.
func (s *lowSpectrum) below(exponent float64) *lowSpectrum {
	m := min(s.m, bandwidth(s.n, exponent))
	part := &lowSpectrum{n: s.n, m: m, power: s.power[:m]}
	part.centre()
	return part
}

// centre fills in what the likelihood needs.
func (s *lowSpectrum) centre() {
	s.l = make([]float64, s.m)
	mean := 0.0
	for j := range s.l {
		s.l[j] = math.Log(2 * math.Pi * float64(j+1) / float64(s.n))
		mean += s.l[j] / float64(s.m)
	}
	for j := range s.l {
		s.l[j] -= mean
	}
	s.precision = 2 * math.Sqrt(square(s.l))
}

// load computes the periodogram, up to a factor.
func (s *lowSpectrum) load(x []float64) {
	s.plan.Coefficients(s.coeff, x)
	for j := range s.power {
		c := s.coeff[j+1]
		s.power[j] = (real(c)*real(c) + imag(c)*imag(c)) / float64(s.n)
	}
}

// whiten divides the periodogram by the spectral density of an autoregression, up to a factor:
// it multiplies by |1 - Σ φ_k e^(-ikλ)|², summed as Horner does.
func (s *lowSpectrum) whiten(row []float64) {
	for j := range s.power {
		re, im, c, d := 0.0, 0.0, s.cos[j], s.sin[j]
		for k := len(row) - 1; k >= 0; k-- {
			re -= row[k]
			re, im = re*c+im*d, im*c-re*d
		}
		re++
		s.power[j] *= re*re + im*im
	}
}

// The memory that is looked for between.
const minMemory, maxMemory = -1.0, 1.0

// memory returns the d that minimises log (1/m Σ_j λ_j^2d I_j) - 2d/m Σ_j log λ_j, by Newton's steps
// in a bracket. Without power at the frequencies it returns not a number.
//
// P. M. Robinson, Gaussian semiparametric estimation of long range dependence, Annals of Statistics
// 23 (1995) 1630–1661.
func (s *lowSpectrum) memory() float64 {
	lo, hi, d := minMemory, maxMemory, 0.0
	for range 60 {
		var sum, moment, second float64
		for j, l := range s.l {
			v := s.power[j]
			if d != 0 {
				v *= math.Exp(2 * d * l)
			}
			sum += v
			moment += v * l
			second += v * l * l
		}
		mean := moment / sum
		if math.IsNaN(mean) {
			return math.NaN()
		}
		if mean > 0 {
			hi = d
		} else {
			lo = d
		}
		next := d - mean/(2*(second/sum-mean*mean))
		if !(next > lo && next < hi) {
			next = (lo + hi) / 2
		}
		if math.Abs(next-d) < 1e-7 {
			return next
		}
		d = next
	}
	return d
}

// waver returns Qu's statistic against memory that is spurious, at the d that memory returned: the
// largest sum of the likelihood's slope over the frequencies up to rm, r from fraction to 1,
//
//	W = sup_r |Σ_(j ≤ rm) ν_j (I_j λ_j^2d / G - 1)| / √Σ ν_j²,  ν_j = log λ_j - mean log λ.
//
// Z. Qu, A test against spurious long memory, Journal of Business & Economic Statistics 29 (2011)
// 423–438, equation 5.
func (s *lowSpectrum) waver(d, fraction float64) float64 {
	g := 0.0
	for j, l := range s.l {
		g += s.power[j] * math.Exp(2*d*l) / float64(s.m)
	}
	sum, largest := 0.0, 0.0
	for j, l := range s.l {
		sum += l * (s.power[j]*math.Exp(2*d*l)/g - 1)
		if j+1 >= int(fraction*float64(s.m)) {
			largest = max(largest, math.Abs(sum))
		}
	}
	return largest / math.Sqrt(square(s.l))
}
