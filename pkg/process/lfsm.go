package process

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// lfsn generates linear fractional stable noise, the increments of linear fractional stable motion:
// a moving average of a symmetric stable noise, computed by Fourier transforms,
//
//	Y(k) = ∫ ((k-s)^d - (k-1-s)^d) dL(s), powers of negative numbers being zero, d = H - 1/α,
//
// over s < k, and scaled to scale one. It differs from the source in the weights, which are means
// over cells (see [stepKernel]), and in that no past is cut off (see [farPast]). Rounding is some 1e-16
// of the largest number drawn: at most 1e-4 of the scale, for α = 0.6 and a million points.
//
// S. Stoev, M. S. Taqqu, Simulation methods for linear fractional stable motion and FARIMA using the
// fast Fourier transform, Fractals 12 (2004) 95–121.
type lfsn struct {
	n, past  int // points, and steps before the first whose cells are drawn
	law      stableLaw
	kernel   *stepKernel
	before   *farPast
	plan     *fft.Real
	h        float64
	weights  [][]complex128 // transforms of the weights, for each cell of a step
	scale    float64
	noise    []float64
	spectrum []complex128
	sum      []complex128
}

const (
	// Cells of a step. With eight, autocorrelations for α = 2 are within 0.001 of theory, with four
	// within 0.004, and less than 0.0002 from lag 20 on.
	lfsnCells    = 8
	lfsnFewCells = 4 // of series longer than
	lfsnLong     = 1 << 17
)

func newLFSN(n int, v Values) *lfsn {
	alpha := v.One("alpha")
	cells := lfsnCells
	if n > lfsnLong {
		cells = lfsnFewCells
	}
	past := max(n/4, nearSteps)
	size := fft.Smooth((2*n+past+1)/2) * 2 // so long that what goes round meets no point
	g := &lfsn{
		n: n, past: past,
		law:      newStableLaw(alpha),
		kernel:   newStepKernel(cells, alpha),
		before:   newFarPast(n, float64(past+1), alpha),
		plan:     fft.NewReal(size),
		weights:  make([][]complex128, cells),
		noise:    make([]float64, size),
		spectrum: make([]complex128, size/2+1),
		sum:      make([]complex128, size/2+1),
	}
	for i := range g.weights {
		g.weights[i] = make([]complex128, size/2+1)
	}
	return g
}

func (g *lfsn) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, g.n)
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	if h != g.h {
		g.set(h)
	}
	clear(g.sum)
	for _, w := range g.weights {
		g.law.fill(g.noise[:g.n+g.past], rng)
		clear(g.noise[g.n+g.past:])
		g.plan.Coefficients(g.spectrum, g.noise)
		for j, v := range g.spectrum {
			g.sum[j] += v * w[j]
		}
	}
	g.plan.Sequence(g.noise, g.sum)
	whole := 1 / float64(len(g.noise))
	for t := range dst {
		dst[t] = g.noise[g.past+t] * whole
	}
	g.before.add(dst, g.law, rng)
	for t := range dst {
		dst[t] *= g.scale
	}
	return nil
}

// set computes the transforms of the weights, and the scale.
func (g *lfsn) set(h float64) {
	g.kernel.set(h)
	g.before.set(h)
	total := g.kernel.beyond(nearSteps)
	for i, w := range g.weights {
		total += g.kernel.fill(g.noise[:g.n+g.past], i)
		clear(g.noise[g.n+g.past:])
		g.plan.Coefficients(w, g.noise)
	}
	g.scale = math.Pow(total, -1/g.law.alpha)
	g.h = h
}

// lfsm generates linear fractional stable motion, the sums of linear fractional stable noise.
type lfsm struct{ noise *lfsn }

func (g *lfsm) Generate(dst []float64, h float64, rng *Stream) error {
	if err := g.noise.Generate(dst, h, rng); err != nil {
		return err
	}
	FBM(dst)
	return nil
}
