package significance

import "math"

// rescaled is how the cumulative sums of a series move, over its long-run standard deviation.
type rescaled struct {
	variance float64 // of the sums: V/S
	rng      float64 // their range: Lo's modified R/S, over √n
	lags     int     // of the long-run variance
}

// rescale computes both statistics of a series of zero mean, with a long-run variance
//
//	s² = γ_0 + 2 Σ_(k ≤ q) (1 - k/(q+1)) γ_k
//
// over q lags; negative: as many as fit the first autocorrelation. With the sums S_t,
//
//	V/S = (Σ S_t² - (Σ S_t)²/n) / (n s)²,   R/S/√n = (max S - min S) / (s √n).
//
// L. Giraitis, P. Kokoszka, R. Leipus, G. Teyssière, Rescaled variance and related tests for long
// memory in volatility and levels, Journal of Econometrics 112 (2003) 265–294; A. W. Lo, Long-term
// memory in stock market prices, Econometrica 59 (1991) 1279–1313, whose equation 3.9 has the lags.
func rescale(x []float64, lags int) rescaled {
	n := float64(len(x))
	if lags < 0 {
		lags = fittingLags(x)
	}
	lags = min(lags, len(x)-1)
	long := square(x)
	for k := 1; k <= lags; k++ {
		long += 2 * (1 - float64(k)/float64(lags+1)) * product(x, k)
	}
	long = max(long, 1e-9*square(x)) / n // positive but for rounding: the weights are a positive definite window
	var s, sum, squares, low, high float64
	for _, v := range x {
		s += v
		sum += s
		squares += s * s
		low, high = min(low, s), max(high, s)
	}
	return rescaled{(squares - sum*sum/n) / (n * n * long), (high - low) / math.Sqrt(n*long), lags}
}

// fittingLags returns (3n/2)^(1/3) (2ρ/(1-ρ²))^(2/3), rounded down, which is best when the series is an
// autoregression of order 1. It is at most n/4.
func fittingLags(x []float64) int {
	rho := min(math.Abs(product(x, 1)/square(x)), 0.97)
	n := float64(len(x))
	return min(len(x)/4, int(math.Cbrt(1.5*n)*math.Pow(2*rho/(1-rho*rho), 2./3)))
}

// product returns Σ x[t]·x[t-k], in four sums that do not wait for each other.
func product(x []float64, k int) float64 {
	y := x[k:]
	z := x[:len(y)]
	var a, b, c, d float64
	for ; len(y) >= 4; y, z = y[4:], z[4:] {
		a += y[0] * z[0]
		b += y[1] * z[1]
		c += y[2] * z[2]
		d += y[3] * z[3]
	}
	for i, v := range y {
		a += v * z[i]
	}
	return (a + b) + (c + d)
}

// varianceTail returns the chance that V/S of a long series of short memory is above v:
// 2 Σ_k (-1)^(k+1) exp(-2k²π²v), Kolmogorov's distribution at π√v.
func varianceTail(v float64) float64 {
	if v < 0.01 { // the tail is 1 to sixteen digits below 0.016
		return 1
	}
	sum, sign := 0.0, 2.0
	for k := 1.; k <= 100; k++ {
		sum += sign * math.Exp(-2*k*k*math.Pi*math.Pi*v)
		sign = -sign
	}
	return max(0, min(1, sum))
}

// rangeTail returns the chance that R/S over √n is above v, Kuiper's distribution:
// 2 Σ_k (4k²v² - 1) exp(-2k²v²).
func rangeTail(v float64) float64 {
	if v < 0.3 {
		return 1
	}
	sum := 0.0
	for k := 1.; k <= 100; k++ {
		sum += 2 * (4*k*k*v*v - 1) * math.Exp(-2*k*k*v*v)
	}
	return max(0, min(1, sum))
}
