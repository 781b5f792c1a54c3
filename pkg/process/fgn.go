package process

import "fmt"

// FGN generates fractional Gaussian noise of one length, of unit variance, exactly. It is not safe
// for concurrent use.
//
// R. B. Davies, D. S. Harte, Tests for Hurst effect, Biometrika 74 (1987) 95–101.
type FGN struct {
	circulant *circulant
	h         float64 // the exponent that the circle belongs to
	powers    *powers
}

// NewFGN makes a generator for series of length n, with its plan and buffers (about 130 n bytes).
// It panics unless n is from MinLength to MaxLength.
func NewFGN(n int) *FGN {
	if n < MinLength || n > MaxLength {
		panic(fmt.Sprintf("process: length %d is outside %d to %d", n, MinLength, MaxLength))
	}
	g := &FGN{circulant: newCirculant(n)}
	g.powers = newPowers(g.circulant.circles[0].m)
	return g
}

// Generate fills dst, of the generator's length, with noise of zero mean, unit variance and Hurst
// exponent h. The numbers depend on nothing but the length, h and the stream. It fails when h is
// not between MinHurst and MaxHurst; dst is untouched then. Series of one h after another are
// faster than series of different ones.
func (g *FGN) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, g.circulant.n)
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	if h != g.h {
		g.h = 0
		// The circle's eigenvalues are not negative for any h.
		if err := g.circulant.embed(func(gamma []float64) { g.autocovariances(gamma, h) }); err != nil {
			return err
		}
		g.h = h
	}
	g.circulant.generate(dst, rng)
	return nil
}

// autocovariances fills dst with the autocovariances from lag 0 on.
func (g *FGN) autocovariances(dst []float64, h float64) {
	s := newLagSeries(h)
	g.powers.fill(dst, s.exponent)
	s.multiply(dst)
	var near [seriesFrom + 1]float64 // k^2h
	g.powers.fill(near[:], 2*h)
	dst[0] = 1
	for k := 1; k < min(seriesFrom, len(dst)); k++ {
		dst[k] = (near[k+1] - 2*near[k] + near[k-1]) / 2
	}
}

// fbm generates fractional Brownian motion, the sums of fractional Gaussian noise.
type fbm struct{ noise *FGN }

// Generate fills dst with a walk whose steps have unit variance; its first value is the first step.
func (g *fbm) Generate(dst []float64, h float64, rng *Stream) error {
	if err := g.noise.Generate(dst, h, rng); err != nil {
		return err
	}
	FBM(dst)
	return nil
}

// FBM turns fractional Gaussian noise into the fractional Brownian motion that it is the increments
// of, in place.
func FBM(dst []float64) {
	sum := 0.0
	for i, v := range dst {
		sum += v
		dst[i] = sum
	}
}
