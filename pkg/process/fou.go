package process

import "math"

// fou generates the stationary fractional Ornstein–Uhlenbeck process dX = -θX dt + dB, B fractional
// Brownian motion, at unit steps and with unit variance. It goes step by step,
//
//	X(t) = exp(-θ)·X(t-1) + ξ(t),  ξ(t) = ∫ exp(-θ(t-u)) dB(u) over the step before t,
//
// because the ξ are a stationary Gaussian series that is embedded like fractional Gaussian noise, for
// any H and θ: the covariance of X itself needs a circle of thousands of relaxation times when H is
// near one. It starts from zero so long before the first point that this adds no more than 1e-10.
//
// P. Cheridito, H. Kawaguchi, M. Maejima, Fractional Ornstein–Uhlenbeck processes, Electron. J.
// Probab. 8 (2003) 3.
type fou struct {
	n      int
	core   *circulant
	steps  *fouSteps
	fill   func(dst []float64)
	h      float64
	series []float64 // with what is before the first point
}

// fouMemory is how many relaxation times are generated before the first point.
const fouMemory = 24

func newFOU(n int, v Values) (Generator, error) {
	steps := newFOUSteps(v.One("theta"))
	before := int(math.Ceil(fouMemory / steps.theta))
	core := newCirculant(n + before)
	powers := newPowers(core.circles[0].m)
	return &fou{
		n:      n,
		core:   core,
		steps:  steps,
		fill:   func(dst []float64) { steps.fill(dst, powers) },
		series: make([]float64, n+before),
	}, nil
}

func (g *fou) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, g.n)
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	if h != g.h {
		g.h = 0
		g.steps.set(h)
		if err := g.core.embed(g.fill); err != nil {
			return err
		}
		g.h = h
	}
	g.core.generate(g.series, rng)
	keep, x := math.Exp(-g.steps.theta), 0.0
	for i, step := range g.series {
		x = keep*x + step
		g.series[i] = x
	}
	copy(dst, g.series[len(g.series)-g.n:])
	return nil
}

// FOUAutocovariance fills dst with the autocovariances of the stationary fractional
// Ornstein–Uhlenbeck process of unit variance, from lag 0 on, in steps of one: dst[k] is
//
//	2θ^2H·sin(πH)/π · ∫ cos(kx)·x^(1-2H)/(θ²+x²) dx, x from 0 to infinity.
//
// The mean reversion theta is per step. Errors are below 1e-12. It panics unless h is between 0 and
// 1 and theta from 0.001 to 10.
func FOUAutocovariance(dst []float64, h, theta float64) {
	if !(h > 0 && h < 1 && theta >= minTheta && theta <= maxTheta) {
		panic("process: FOUAutocovariance: h or theta out of range")
	}
	if len(dst) == 0 {
		return
	}
	s := newFOUSteps(theta)
	s.set(h)
	// cov(X(0), ξ(k)) = Σ exp(-θj)·δ(k+j), summed from far away; then γ(k) follows step by step.
	keep := math.Exp(-theta)
	far := len(dst) + int(math.Ceil(2*fouMemory/theta))
	cross := s.at(far) / (1 - keep)
	for k := far - 1; k > 0; k-- {
		cross = s.at(k) + keep*cross
		if k < len(dst) {
			dst[k] = cross
		}
	}
	dst[0] = 1
	for k := 1; k < len(dst); k++ {
		dst[k] += keep * dst[k-1]
	}
}

func fouKinds() []Kind {
	return []Kind{{
		Name: "fou", Title: "fractional Ornstein–Uhlenbeck process",
		Hurst: "that of the fractional Brownian motion that drives it: over less than 1/theta points it is " +
			"like that walk; over more it is like noise, whose autocovariance falls like k^(2H-2), for H > 1/2 " +
			"with long memory",
		MinHurst: MinHurst, MaxHurst: MaxHurst,
		Params: []Param{{
			Name: "theta", Text: "mean reversion per point: 1/theta is the relaxation time in points",
			Default: 0.1, Min: minTheta, Max: maxTheta,
		}},
		Source: "Cheridito, Kawaguchi and Maejima 2003",
		build:  newFOU,
	}}
}
