package estimator

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// detrended is the density that the periodogram of n values has on average when their line of least
// squares has been taken out of them. What is left of the transform at frequency λ_j is that of the
// series times e_j - a_j τ, where e_j is the wave, τ the line of length one, and a_j = τ'e_j, so that
//
//	n E I(λ_j) = e_j* Γ e_j - 2 Re(ā_j τ'Γe_j) + |a_j|² τ'Γτ.
//
// Neither a wave nor the line has a mean, so that Γ need only be right but for a constant: for
// fractional Brownian motion, -|s-t|^2H/2 will do.
type detrended struct {
	expected *expected // e_j* Γ e_j / n
	big      *fft.Real // of at least 2n values, in which Γτ is a convolution
	wave     []complex128
	line     []complex128 // transform of τ in big
	product  []complex128
	row      []float64 // of the circulant matrix that Γ is a part of
	tau      []float64
	plan     *fft.Real
	a        []complex128 // transforms of τ and of Γτ at the frequencies
	b        []complex128
}

func newDetrended(n int, c covariance) *detrended {
	size := fft.Smooth(2 * n)
	d := &detrended{
		expected: newExpected(n, c), big: fft.NewReal(size), row: make([]float64, size), tau: make([]float64, n),
		wave: make([]complex128, size/2+1), product: make([]complex128, size/2+1),
		plan: fft.NewReal(n), b: make([]complex128, n/2+1),
	}
	for i := range d.tau {
		d.tau[i] = float64(i) - float64(n-1)/2
	}
	length := math.Sqrt(dot(d.tau, d.tau))
	for i := range d.tau {
		d.tau[i] /= length
	}
	d.a = d.plan.Coefficients(nil, d.tau)
	copy(d.row, d.tau)
	d.line = d.big.Coefficients(nil, d.row)
	return d
}

// fill implements density.
func (d *detrended) fill(f []float64, h float64) {
	gamma, n := d.expected.gamma, len(d.tau)
	d.expected.covariance.lags(gamma, h)
	clear(d.row)
	d.row[0] = gamma[0]
	for k := 1; k < n; k++ {
		d.row[k], d.row[len(d.row)-k] = gamma[k], gamma[k]
	}
	d.big.Coefficients(d.wave, d.row)
	for i, w := range d.wave {
		d.product[i] = complex(real(w)/float64(len(d.row)), 0) * d.line[i]
	}
	d.big.Sequence(d.row, d.product) // Γτ comes first
	d.plan.Coefficients(d.b, d.row[:n])
	quadratic := dot(d.tau, d.row[:n])
	d.expected.transform(f)
	for j := range f {
		a, b := d.a[j+1], d.b[j+1]
		cross := real(a)*real(b) + imag(a)*imag(b)
		f[j] = max(f[j]+((real(a)*real(a)+imag(a)*imag(a))*quadratic-2*cross)/float64(n), smallestDensity)
	}
}

// walkCovariance is -k^2H/2: the covariance of fractional Brownian motion as far as sums without
// mean see it.
type walkCovariance struct{ *noiseCovariance }

// lags implements covariance.
func (c walkCovariance) lags(gamma []float64, h float64) {
	gamma[0] = 0
	for k := 1; k < len(gamma); k++ {
		gamma[k] = -0.5 * math.Exp(2*h*c.logk[k])
	}
}
