package process

import (
	"fmt"
	"math"
)

// mrw generates the increments of a multifractal random walk: fractional Gaussian noise ε times the
// exponential of an independent Gaussian ω, whose covariance falls like the logarithm of the lag:
//
//	x(t) = ε(t)·exp(ω(t)),  cov ω = λ²·ln(L/(|k|+1)) for |k| < L, and 0 beyond,
//	                        mean ω = -λ²·ln L,
//
// so that x has variance one and the autocovariance γ(k)·(|k|+1)^-λ² for |k| < L, γ being that of ε.
//
// E. Bacry, J. Delour, J. F. Muzy, Multifractal random walk, Phys. Rev. E 64 (2001) 026103.
type mrw struct {
	noise     *FGN
	magnitude *logMagnitude
	factor    []float64
}

func newMRW(n int, v Values) (Generator, error) {
	magnitude, err := newLogMagnitude(n, v)
	if err != nil {
		return nil, err
	}
	return &mrw{noise: NewFGN(n), magnitude: magnitude, factor: make([]float64, n)}, nil
}

func (g *mrw) Generate(dst []float64, h float64, rng *Stream) error {
	if err := g.noise.Generate(dst, h, rng); err != nil {
		return err
	}
	g.magnitude.circulant.generate(g.factor, rng)
	g.magnitude.apply(dst, g.factor)
	return nil
}

// logMagnitude is the Gaussian ω of a multifractal random walk, over λ and without its mean.
type logMagnitude struct {
	*circulant
	lambda, mean float64
}

// newLogMagnitude embeds the covariance, which is convex, decreasing and not negative: its circle
// is always that of a covariance.
func newLogMagnitude(n int, v Values) (*logMagnitude, error) {
	scale := v.One("scale")
	switch {
	case scale == 0:
		scale = float64(n)
	case scale < 1:
		return nil, fmt.Errorf("scale is %v; allowed: 0 for the length, or 1 to %d points", scale, MaxLength)
	}
	lambda2 := v.One("lambda2")
	m := &logMagnitude{circulant: newCirculant(n), lambda: math.Sqrt(lambda2), mean: -lambda2 * math.Log(scale)}
	return m, m.embed(func(dst []float64) {
		for k := range dst {
			dst[k] = max(0, math.Log(scale/float64(k+1)))
		}
	})
}

// apply multiplies dst by the exponential of ω, given over λ and without its mean.
func (m *logMagnitude) apply(dst, omega []float64) {
	for i, w := range omega {
		dst[i] *= math.Exp(m.lambda*w + m.mean)
	}
}
