package estimator

import "math"

// arfimaDensity is the spectral density of ARFIMA(0, d, 0), d = H - 1/2, up to a factor:
//
//	f(λ) ∝ |1 - e^-iλ|^-2d = (2 sin(λ/2))^-2d.
//
// C. W. J. Granger, R. Joyeux, An introduction to long-memory time series models and fractional
// differencing, Journal of Time Series Analysis 1 (1980) 15–29; J. R. M. Hosking, Fractional
// differencing, Biometrika 68 (1981) 165–176.
type arfimaDensity struct {
	log []float64 // log(2 sin(λ/2)) at λ = 2πj/n, j = 1 … n/2
}

func newARFIMADensity(n int) *arfimaDensity {
	a := &arfimaDensity{log: make([]float64, n/2)}
	for i := range a.log {
		a.log[i] = math.Log(2 * math.Sin(math.Pi*float64(i+1)/float64(n)))
	}
	return a
}

// fill implements density.
func (a *arfimaDensity) fill(f []float64, h float64) {
	for i, l := range a.log {
		f[i] = math.Exp((1 - 2*h) * l)
	}
}

// arfimaCovariance is that of ARFIMA(0, d, 0), d = H - 1/2, of unit variance:
//
//	γ(k) = γ(k-1) (k-1+d)/(k-d).
type arfimaCovariance struct{}

// lags implements covariance.
func (arfimaCovariance) lags(gamma []float64, h float64) {
	d := h - 0.5
	gamma[0] = 1
	for k := 1; k < len(gamma); k++ {
		gamma[k] = gamma[k-1] * (float64(k) - 1 + d) / (float64(k) - d)
	}
}

// newDebiasedARFIMA returns the debiased Whittle likelihood of ARFIMA(0, d, 0), d = H - 1/2, of n
// values.
func newDebiasedARFIMA(n int, o options) *likelihood {
	return newLikelihood(n, newExpected(n, arfimaCovariance{}), o)
}
