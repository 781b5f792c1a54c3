package process

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// FGN generates fractional Gaussian noise of one length, exactly: it embeds the covariance matrix
// in a circulant one, whose square root the Fourier transform gives. It is not safe for concurrent
// use.
//
// R. B. Davies, D. S. Harte, Tests for Hurst effect, Biometrika 74 (1987) 95–101.
type FGN struct {
	n, m    int // length of the series; the circle has 2m points, m ≥ n
	plan    *fft.Real
	h       float64      // the exponent that amp belongs to
	amp     []float64    // m+1 standard deviations of the transform's parts
	logs    []float64    // logarithms of the lags
	circle  []float64    // 2m
	spectra []complex128 // m+1
}

// NewFGN makes a generator for series of length n, with its plan and buffers (about 50 n bytes).
// It panics unless n is from MinLength to MaxLength.
func NewFGN(n int) *FGN {
	if n < MinLength || n > MaxLength {
		panic(fmt.Sprintf("process: length %d is outside %d to %d", n, MinLength, MaxLength))
	}
	m := fft.Smooth(n)
	g := &FGN{
		n: n, m: m,
		plan:    fft.NewReal(2 * m),
		amp:     make([]float64, m+1),
		logs:    make([]float64, m+1),
		circle:  make([]float64, 2*m),
		spectra: make([]complex128, m+1),
	}
	for k := 1; k <= m; k++ {
		g.logs[k] = math.Log(float64(k))
	}
	return g
}

// Generate fills dst, of the generator's length, with noise of zero mean, unit variance and Hurst
// exponent h. The numbers depend on nothing but the length, h and the stream. It fails when h is
// not between MinHurst and MaxHurst; dst is untouched then.
func (g *FGN) Generate(dst []float64, h float64, rng *Stream) error {
	if len(dst) != g.n {
		panic(fmt.Sprintf("process: %d values for a generator of length %d", len(dst), g.n))
	}
	if !(h > MinHurst && h < MaxHurst) {
		return fmt.Errorf("hurst exponent %v is outside %v to %v", h, MinHurst, MaxHurst)
	}
	if h != g.h {
		if err := g.embed(h); err != nil {
			return err
		}
	}
	// Ends of the half circle are real, with twice the variance per part.
	last := g.m
	g.spectra[0] = complex(g.amp[0]*math.Sqrt2*rng.NormFloat64(), 0)
	for j := 1; j < last; j++ {
		re := g.amp[j] * rng.NormFloat64()
		g.spectra[j] = complex(re, g.amp[j]*rng.NormFloat64())
	}
	g.spectra[last] = complex(g.amp[last]*math.Sqrt2*rng.NormFloat64(), 0)
	g.plan.Sequence(g.circle, g.spectra)
	copy(dst, g.circle)
	return nil
}

// embed computes the amplitudes sqrt(λ/2N), where λ are the eigenvalues of the circulant matrix of
// N = 2m points.
func (g *FGN) embed(h float64) error {
	g.h = 0
	s := newLagSeries(h)
	c := g.circle
	c[0] = 1
	for k := 1; k <= g.m; k++ {
		var v float64
		if k < seriesFrom {
			v = direct(h, k)
		} else {
			v = s.at(g.logs[k], float64(k))
		}
		c[k], c[2*g.m-k] = v, v
	}
	g.plan.Coefficients(g.spectra, c)
	largest := 0.0
	for _, v := range g.spectra {
		largest = max(largest, real(v))
	}
	for j, v := range g.spectra {
		lambda := real(v)
		// The embedding is non-negative for all h; only rounding may say otherwise.
		if lambda < -1e-9*largest {
			return fmt.Errorf("circulant eigenvalue %d of %d is %v for hurst exponent %v", j, g.m+1, lambda, h)
		}
		g.amp[j] = math.Sqrt(max(lambda, 0) / float64(4*g.m))
	}
	g.h = h
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
