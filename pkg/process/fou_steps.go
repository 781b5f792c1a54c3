package process

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// The range of mean reversions, per step.
const (
	minTheta = 0.001
	maxTheta = 10
)

// fouSteps are the autocovariances δ(k) of the steps ξ of a fractional Ornstein–Uhlenbeck process.
// With r(v) = exp(-θ)·sinh(θ(1-|v|))/θ, the autocorrelation of the kernel of one step, and a = 2H,
//
//	δ(k) = ½ ∫ r(v)·(|k-v|^a)″ dv, v from -1 to 1,
//
// in forms that subtract nothing of equal size: by parts for k < 2, and otherwise by the binomial
// series in 1/k², whose coefficients are the moments of r.
type fouSteps struct {
	theta   float64
	moments [fouTerms]float64 // ∫ r(v)·v^2j dv, v from 0 to 1
	nodes   [fouNodes]float64 // 1 + u, of a quadrature over u from 0 to 1
	weights [fouNodes]float64 // with θ·sinh(θ(1-u))

	a      float64
	near   [2]float64        // δ(0) and δ(1)
	series [fouTerms]float64 // δ(k) = k^(a-2)·Σ series[j]·k^-2j
}

const (
	fouTerms = 28 // the series' length at k = 2; its terms fall like 4^-j
	fouFew   = 8  // and from seriesFrom on
	fouNodes = 24
)

func newFOUSteps(theta float64) *fouSteps {
	s := &fouSteps{theta: theta}
	for j := range s.moments {
		// Σ θ^2i·(2j)!/(2i+2j+2)! over i, times exp(-θ)
		term := math.Exp(-theta) / float64((2*j+1)*(2*j+2))
		for i := 2*j + 3; term > 1e-18*s.moments[j]; i += 2 {
			s.moments[j] += term
			term *= theta * theta / float64(i*(i+1))
		}
	}
	quad.Legendre{}.FixedLocations(s.nodes[:], s.weights[:], 0, 1)
	for i, u := range s.nodes {
		s.nodes[i] = 1 + u
		s.weights[i] *= theta * math.Sinh(theta*(1-u))
	}
	return s
}

// set computes what depends on the exponent. The scale makes the process of unit variance: that of
// ∫ exp(-θ(t-u)) dB(u) over all the past is Γ(a+1)/2·θ^-a.
func (s *fouSteps) set(h float64) {
	a, theta := 2*h, s.theta
	s.a = a
	scale := 2 * math.Pow(theta, a) / math.Gamma(a+1)
	s.near[0] = scale * s.variance()
	s.near[1] = scale * s.first()
	binomial := scale * a * (a - 1)
	for j, moment := range s.moments {
		s.series[j] = binomial * moment
		i := float64(2 * j)
		binomial *= (a - 2 - i) / (i + 1) * (a - 3 - i) / (i + 2)
	}
}

// variance is δ(0) = exp(-θ)·(1 + Σ θ^(2i+2)/((a+1)…(a+2i+2))).
func (s *fouSteps) variance() float64 {
	sum, term := 0.0, 1.0
	for i := 1.0; term > 1e-18*sum; i += 2 {
		sum += term
		term *= s.theta * s.theta / ((s.a + i) * (s.a + i + 1))
	}
	return math.Exp(-s.theta) * sum
}

// first is δ(1) = ½exp(-θ)·(2^a - 2cosh θ + θ∫ sinh(θw)·w^a dw + θ∫ sinh(θ(1-u))·(1+u)^a du), both
// integrals from 0 to 1, the first as its series.
func (s *fouSteps) first() float64 {
	square := s.theta * s.theta
	sum := math.Exp2(s.a) - 2*math.Cosh(s.theta)
	term := square
	for i := 0.0; term > 1e-18*math.Abs(sum); i += 2 {
		sum += term / (s.a + i + 2)
		term *= square / ((i + 2) * (i + 3))
	}
	for i, x := range s.nodes {
		sum += s.weights[i] * math.Pow(x, s.a)
	}
	return sum * math.Exp(-s.theta) / 2
}

// at returns δ(k), k not negative.
func (s *fouSteps) at(k int) float64 {
	if k < len(s.near) {
		return s.near[k]
	}
	return s.sum(float64(k)) * math.Pow(float64(k), s.a-2)
}

// sum returns Σ series[j]·k^-2j, for k from 2 on.
func (s *fouSteps) sum(k float64) float64 {
	terms := s.series[:]
	if k >= seriesFrom {
		terms = terms[:fouFew]
	}
	u, sum := 1/(k*k), 0.0
	for j := len(terms) - 1; j >= 0; j-- {
		sum = sum*u + terms[j]
	}
	return sum
}

// fill fills dst with δ from lag 0 on.
func (s *fouSteps) fill(dst []float64, p *powers) {
	p.fill(dst, s.a-2)
	copy(dst, s.near[:])
	for k := len(s.near); k < len(dst); k++ {
		dst[k] *= s.sum(float64(k))
	}
}
