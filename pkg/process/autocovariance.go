package process

import "math"

// Autocovariance returns the covariance of fractional Gaussian noise of unit variance and Hurst
// exponent h with itself k steps later,
//
//	γ(k) = (|k+1|^2h - 2|k|^2h + |k-1|^2h) / 2.
//
// B. B. Mandelbrot, J. W. Van Ness, Fractional Brownian motions, fractional noises and
// applications, SIAM Review 10 (1968) 422–437.
func Autocovariance(h float64, k int) float64 {
	if k < 0 {
		k = -k
	}
	if k == 0 {
		return 1
	}
	if k < seriesFrom {
		return direct(h, k)
	}
	s := newLagSeries(h)
	return s.at(float64(k))
}

// seriesFrom is the lag from which the series is used: its first omitted term is below 1e-17 of
// the result there, and the direct form has lost three digits.
const seriesFrom = 16

func direct(h float64, k int) float64 {
	x := float64(k)
	return (math.Pow(x+1, 2*h) - 2*math.Pow(x, 2*h) + math.Pow(x-1, 2*h)) / 2
}

// lagSeries is γ(k) = k^(2h-2) · Σ_{j≥1} C(2h, 2j) k^(2-2j) for large k, the binomial series of
// the second difference. The textbook form subtracts numbers that agree in all but the last digits
// (at k = 10⁶ none is left); here nothing cancels.
type lagSeries struct {
	exponent float64
	c        [7]float64
}

func newLagSeries(h float64) lagSeries {
	s := lagSeries{exponent: 2*h - 2}
	a, binomial := 2*h, 1.0
	for j := range s.c {
		i := float64(2 * j)
		binomial *= (a - i) / (i + 1) * (a - i - 1) / (i + 2)
		s.c[j] = binomial
	}
	return s
}

func (s *lagSeries) at(k float64) float64 {
	return s.sum(k) * math.Exp(s.exponent*math.Log(k))
}

// sum returns the sum over j, without the power before it.
func (s *lagSeries) sum(k float64) float64 {
	u := 1 / (k * k)
	c := &s.c
	return c[0] + u*(c[1]+u*(c[2]+u*(c[3]+u*(c[4]+u*(c[5]+u*c[6])))))
}

// multiply multiplies dst[k], a power of k, by the sum for each k from seriesFrom on. Terms that are
// below 1e-17 of the sum are left out.
func (s *lagSeries) multiply(dst []float64) {
	const three, two = 128, 1024
	c0, c1, c2, c3 := s.c[0], s.c[1], s.c[2], s.c[3]
	for k := seriesFrom; k < min(three, len(dst)); k++ {
		dst[k] *= s.sum(float64(k))
	}
	for k := three; k < min(two, len(dst)); k++ {
		u := 1 / (float64(k) * float64(k))
		dst[k] *= c0 + u*(c1+u*(c2+u*c3))
	}
	for k := two; k < len(dst); k++ {
		u := 1 / (float64(k) * float64(k))
		dst[k] *= c0 + u*(c1+u*c2)
	}
}
