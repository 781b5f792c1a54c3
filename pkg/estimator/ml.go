package estimator

import (
	"errors"
	"fmt"
	"math"
)

// ErrTooLong says that a series is too long for an estimator whose time grows with the square of the
// length; returned wrapped, with the lengths.
var ErrTooLong = errors.New("series is too long")

// MaxExact is the greatest length that [ML] takes: about two seconds.
const MaxExact = 20_000

// ML estimates H by maximum likelihood, exactly: the series is Gaussian with the autocovariances of
// fractional Gaussian noise, and its mean and scale take their best values for each H. The time grows
// with the square of the length.
//
// The mean's having been fitted makes the H of the largest likelihood too small. The interval is
// therefore about the H of the restricted likelihood, that of the differences between values. The
// standard error is from Fisher's information in the periodogram.
//
// A. I. McLeod, H. Yu, Z. L. Krougly, Algorithms for linear time series analysis: with R package,
// Journal of Statistical Software 23 (2007), issue 5.
type ML struct {
	Settings
	ARFIMA bool // the series is ARFIMA(0, d, 0), d = H - 1/2, not fractional Gaussian noise
}

// Estimate implements [Estimator]. It also fails with [ErrTooLong].
func (m ML) Estimate(x []float64) (Estimate, error) { return estimateOne(m, x) }

// Prepare implements [Estimator].
func (m ML) Prepare(n int) *Prepared {
	estimand := Hurst
	if m.ARFIMA {
		estimand = Memory
	}
	return prepare(n, m.Settings, estimand, func(n int, _ float64) core {
		if n > MaxExact {
			return tooLong(n)
		}
		if m.ARFIMA {
			return newExact(n, arfimaCovariance{}, newDebiasedARFIMA(n, options{}))
		}
		return newExact(n, newNoiseCovariance(n), newDebiasedNoise(n, options{}))
	})
}

// tooLong is the core for so many values.
type tooLong int

// estimate implements core.
func (n tooLong) estimate([]float64) (outcome, error) {
	return outcome{}, fmt.Errorf("%w: %d values, the exact likelihood takes at most %d", ErrTooLong, int(n), MaxExact)
}

// exact is the Gaussian likelihood of n values with given autocovariances.
type exact struct {
	covariance covariance
	near       *likelihood // tells where to look first
	over       *scan       // of H
	restricted *scan       // of H, the likelihood of differences
	gamma      []float64
	phi        []float64
	z          []float64
}

func newExact(n int, c covariance, near *likelihood) *exact {
	e := &exact{covariance: c, near: near, gamma: make([]float64, n), phi: make([]float64, n)}
	e.over = newScan(minHurst, maxHurst, steps, func(k int) float64 {
		full, restricted := e.node(k)
		e.restricted.put(k, restricted)
		return full
	})
	e.restricted = newScan(minHurst, maxHurst, steps, func(k int) float64 {
		full, restricted := e.node(k)
		e.over.put(k, full)
		return restricted
	})
	return e
}

// node returns both likelihoods at a node of H.
func (e *exact) node(k int) (full, restricted float64) {
	e.covariance.lags(e.gamma, e.over.x(float64(k)))
	return logGaussian(e.z, e.gamma, e.phi)
}

// estimate implements core.
func (e *exact) estimate(z []float64) (outcome, error) {
	if err := e.near.loadSeries(z); err != nil {
		return outcome{}, err
	}
	e.z = z
	e.over.forget()
	e.restricted.forget()
	u, _ := e.near.over.peak()
	k := e.over.climb(int(math.Round(u)))
	u, _ = e.over.peakNear(k)
	centre, _ := e.restricted.peakNear(e.restricted.climb(k))
	h := e.over.x(u)
	return outcome{
		h: beyond(h), bias: h - e.restricted.x(centre), se: e.near.standardError(centre), fit: e.near.fit(h),
	}, nil
}

// logGaussian returns the logarithms of the likelihoods of z and of its differences, up to constants,
// with the best mean and scale. Durbin and Levinson's recursion predicts each value from those before:
//
//	ℓ = -n/2 log (S/n) - 1/2 Σ log v_t,   S = Σ e_t²/v_t,
//
// where e_t is the error of the prediction and v_t its variance. The errors of a series with mean μ
// are e_t - μ s_t, s_t those of a series of ones: s_t = s_{t-1} (1 - φ_tt). The differences' likelihood
// has n-1 for n and -1/2 log Σ s_t²/v_t beside (D. A. Harville, Biometrika 61 (1974) 383–385).
func logGaussian(z, gamma, phi []float64) (full, restricted float64) {
	v, s := gamma[0], 1.0
	logs := math.Log(v)
	ee, es, ss := z[0]*z[0]/v, z[0]/v, 1/v
	next := 0.0 // Σ φ_j γ(t-j), j < t
	if len(gamma) > 1 {
		next = gamma[1]
	}
	for t := 1; t < len(z); t++ {
		k := next / v
		v *= 1 - k*k
		s *= 1 - k
		var predicted, sum float64
		predicted, sum = extend(phi[:t], k, z[:t], gamma)
		if t+1 < len(gamma) {
			next = gamma[t+1] - sum
		}
		miss := z[t] - predicted
		logs += math.Log(v)
		ee += miss * miss / v
		es += miss * s / v
		ss += s * s / v
	}
	n := float64(len(z))
	square := math.Log(ee - es*es/ss)
	return -n/2*square - logs/2, -(n-1)/2*square - logs/2 - math.Log(ss)/2
}

// extend makes the coefficients φ_1 … φ_{t-1} of the best prediction from t-1 values those from t
// values, of which the last is k, and returns the prediction from z and Σ φ_j γ(t+1-j), j = 1 … t.
// phi[j-1] is φ_j. Coefficients change in pairs from both ends.
func extend(phi []float64, k float64, z, gamma []float64) (predicted, sum float64) {
	t := len(phi)
	z, gamma = z[:t], gamma[:min(t+1, len(gamma))]
	phi[t-1] = k
	predicted = k * z[0]
	sum = k * gamma[1]
	i, j := 0, t-2
	full := len(gamma) == t+1
	for ; i < j; i, j = i+1, j-1 {
		a, b := phi[i], phi[j]
		a, b = a-k*b, b-k*a
		phi[i], phi[j] = a, b
		predicted += a*z[t-1-i] + b*z[t-1-j]
		if full {
			sum += a*gamma[t-i] + b*gamma[t-j]
		}
	}
	if i == j {
		phi[i] *= 1 - k
		predicted += phi[i] * z[t-1-i]
		if full {
			sum += phi[i] * gamma[t-i]
		}
	}
	return predicted, sum
}
