package mixture

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// driftSpread is the standard deviation, in that of the increments, that a walk's drift has before the
// series is seen.
const driftSpread = 0.05

// walk is the likelihood of fractional Brownian motion with a drift: that of its increments. A noise's
// likelihood, the mean integrated out, is that of its increments too, so that the two compare.
type walk struct {
	bands  *bands
	family family
	zero   []float64 // by node, f(0)
	plan   *fft.Real
	x      shape
	sums   []float64
}

func newWalk(n int) *walk {
	m := n - 1
	w := &walk{bands: newBands(m), plan: fft.NewReal(m), x: newShape(m)}
	w.sums = make([]float64, w.bands.len())
	w.family.set = kernel.Best()
	model, f := newExpected(m), make([]float64, m/2+1)
	for _, h := range Nodes() {
		model.noise(f, h)
		w.zero = append(w.zero, f[0])
		w.family.add(w.bands, f, 0)
	}
	return w
}

// read writes the log likelihoods of a series by node.
func (w *walk) read(dst, z []float64) {
	for t := range w.x.values {
		w.x.values[t] = z[t+1] - z[t]
	}
	w.plan.Coefficients(w.x.coeff, w.x.values)
	w.bands.sums(w.sums, w.x.coeff, w.x.coeff)
	m := float64(w.bands.n)
	mean := real(w.x.coeff[0]) * real(w.x.coeff[0]) / m
	for g, row := range w.family.rows {
		drift := w.zero[g] + m*driftSpread*driftSpread
		square := max(w.family.set.DotDouble(w.sums, row)+mean/drift, 1e-300)
		// Increments have √n times the density of what is left of a series without its mean.
		dst[g] = -(w.family.logs[g]+math.Log(drift)-math.Log(m+1))/2 - m/2*math.Log(square)
	}
}
