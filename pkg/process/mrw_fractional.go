package process

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// fractionalMRW generates the increments of a multifractal random walk of exponent 1/2, which are
// white, and filters them to the autocovariance of fractional Gaussian noise: a multifractal noise
// whose second moments have exactly the exponent h, for any h.
//
// All is done on a circle that holds the autocovariances of both: the increments y = ε·exp(ω) are
// stationary and white on it, and the filter is the square root of the circulant's eigenvalues.
type fractionalMRW struct {
	magnitude *logMagnitude
	plan      *fft.Real
	lags      *FGN // only for its autocovariances
	h         float64
	gain      []float64 // of each frequency, with the transforms' 1/2m
	x, omega  []float64 // 2m
	spectrum  []complex128
}

func newFractionalMRW(n int, v Values) (Generator, error) {
	magnitude, err := newLogMagnitude(n, v)
	if err != nil {
		return nil, err
	}
	m := magnitude.circles[0].m
	return &fractionalMRW{
		magnitude: magnitude,
		plan:      fft.NewReal(2 * m),
		lags:      &FGN{powers: newPowers(max(m, seriesFrom))},
		gain:      make([]float64, m+1),
		x:         make([]float64, 2*m),
		omega:     make([]float64, 2*m),
		spectrum:  make([]complex128, m+1),
	}, nil
}

func (g *fractionalMRW) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, g.magnitude.n)
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	if h != g.h {
		g.embed(h)
	}
	rng.Normals(g.x)
	g.magnitude.circles[0].generate(g.omega, rng)
	g.magnitude.apply(g.x, g.omega)
	g.plan.Coefficients(g.spectrum, g.x)
	for j, a := range g.gain {
		g.spectrum[j] = complex(a*real(g.spectrum[j]), a*imag(g.spectrum[j]))
	}
	g.plan.Sequence(g.x, g.spectrum)
	copy(dst, g.x)
	return nil
}

// embed computes the gains. The eigenvalues are not negative, but by rounding: see [FGN].
func (g *fractionalMRW) embed(h float64) {
	m := len(g.gain) - 1
	g.lags.autocovariances(g.x[:m+1], h)
	for k := 1; k < m; k++ {
		g.x[2*m-k] = g.x[k]
	}
	g.plan.Coefficients(g.spectrum, g.x)
	for j, v := range g.spectrum {
		g.gain[j] = math.Sqrt(max(0, real(v))) / float64(2*m)
	}
	g.h = h
}
