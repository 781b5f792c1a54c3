package surrogate

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
)

// fourier is what the methods that keep the spectrum need: the scaled series' transform, and room.
type fourier struct {
	plan      *fft.Real
	transform []complex128
	spectrum  []complex128
}

func (m *Maker) prepareFourier() {
	if m.plan != nil {
		return
	}
	m.plan = fft.NewReal(len(m.x))
	m.transform = m.plan.Coefficients(nil, m.scaled)
	m.spectrum = make([]complex128, len(m.transform))
}

// Phase fills dst with a series of the same amplitude spectrum whose phases are independent and
// uniform, but for the mean and, of even length, frequency 1/2, which stay as they are. Its values are
// nearly Gaussian, whatever those of the series are. It panics when dst is not of the series' length.
//
// J. Theiler, S. Eubank, A. Longtin, B. Galdrikian, J. D. Farmer, Testing for nonlinearity in time
// series: the method of surrogate data, Physica D 58 (1992) 77–94.
func (m *Maker) Phase(dst []float64, rng *process.Stream) {
	m.check(dst)
	m.prepareFourier()
	copy(m.spectrum, m.transform)
	m.spectrum[0] = 0
	for j := 1; j <= (len(m.x)-1)/2; j++ {
		s, c := math.Sincos(2 * math.Pi * rng.Float64())
		m.spectrum[j] *= complex(c, s)
	}
	m.plan.Sequence(dst, m.spectrum)
	m.restore(dst, 1/float64(len(dst)))
}
