package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
)

// coloured adds noise with a power-law spectrum, made of Gaussian Fourier coefficients of at least
// twice the length, so that its ends do not meet. The noise is scaled to its deviation exactly: above
// beta = 1 it has none that does not depend on the length.
//
// J. Timmer, M. König, On generating power law noise, Astron. Astrophys. 300 (1995) 707–710.
type coloured struct {
	size, beta float64
	plan       *fft.Real
	amplitude  []float64
	spectrum   []complex128
	noise      []float64
}

func (s *coloured) apply(x []float64, u unit, rng *process.Stream) {
	if len(x) < 2 || s.size == 0 {
		return
	}
	s.prepare(2 * fft.Smooth(len(x)))
	g := gaussian{rng: rng}
	for j := 1; j < len(s.spectrum); j++ {
		re := s.amplitude[j] * g.next()
		s.spectrum[j] = complex(re, s.amplitude[j]*g.next())
	}
	s.plan.Sequence(s.noise, s.spectrum)
	noise := s.noise[:len(x)]
	scale, err := measure(noise)
	if err != nil || scale.sd == 0 {
		return
	}
	for i, v := range noise {
		x[i] += u.sd * s.size * ((v - scale.mean) / scale.sd)
	}
}

func (s *coloured) prepare(m int) {
	if len(s.noise) == m {
		return
	}
	s.plan = fft.NewReal(m)
	s.noise = make([]float64, m)
	s.spectrum = make([]complex128, m/2+1)
	s.amplitude = make([]float64, m/2+1)
	for j := 1; j < len(s.amplitude); j++ {
		s.amplitude[j] = math.Pow(float64(j), -s.beta/2)
	}
}
