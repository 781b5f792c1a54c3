package surrogate

import (
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/process"
)

// MaxIterations is where IAAFT ends when it is not told.
const MaxIterations = 100

// settled is a change of the mismatch after which further iterations would tell nothing.
const settled = 1e-6

// Match says how near an IAAFT surrogate comes to the series' spectrum.
type Match struct {
	// Mismatch is the root mean square difference of the amplitudes from the series' own, relative to
	// the root mean square of those; the mean is left out. A constant series has 0.
	Mismatch   float64
	Iterations int
	Settled    bool // the last iteration moved no value, or changed the mismatch by less than 1e-6
}

// values is what IAAFT needs besides Fourier's.
type values struct {
	ranker               // at is where the candidate has the value of that rank
	sorted     []float64 // the series' values
	scaledSort []float64 // the same, scaled
	amplitudes []float64 // of the scaled series
	power      float64   // sum of their squares over all frequencies
	candidate  []float64 // a surrogate, scaled
	adjusted   []float64 // the same with the right amplitudes, and the wrong values
}

// IAAFT fills dst with the series' values in an order whose amplitude spectrum is near the series'
// own. From a random order on it gives the surrogate in turn the amplitudes, keeping its phases, and
// the values, keeping its ranks, until that changes nothing more or for the iterations given (0:
// MaxIterations). It panics when dst is not of the series' length.
//
// T. Schreiber, A. Schmitz, Improved surrogate data for nonlinearity tests, Phys. Rev. Lett. 77 (1996)
// 635–638.
func (m *Maker) IAAFT(dst []float64, iterations int, rng *process.Stream) Match {
	m.check(dst)
	m.prepareFourier()
	m.prepareValues()
	if iterations <= 0 {
		iterations = MaxIterations
	}
	m.scatter(rng)
	match := Match{Mismatch: m.mismatch()}
	for match.Iterations < iterations && !match.Settled {
		m.adjust()
		moved := m.rearrange()
		before := match.Mismatch
		match.Mismatch = m.mismatch()
		match.Settled = !moved || math.Abs(before-match.Mismatch) < settled
		match.Iterations++
	}
	for r, v := range m.sorted {
		dst[m.ranks[r].at] = v
	}
	return match
}

func (m *Maker) prepareValues() {
	if m.sorted != nil {
		return
	}
	n := len(m.x)
	m.sorted, m.scaledSort = slices.Clone(m.x), slices.Clone(m.scaled)
	slices.Sort(m.sorted)
	slices.Sort(m.scaledSort)
	m.ranker, m.candidate, m.adjusted = newRanker(n), make([]float64, n), make([]float64, n)
	m.amplitudes = make([]float64, len(m.transform))
	for j := 1; j < len(m.amplitudes); j++ {
		m.amplitudes[j] = abs(m.transform[j])
		m.power += m.weight(j) * m.amplitudes[j] * m.amplitudes[j]
	}
}

// weight is how many frequencies of the whole circle coefficient j stands for.
func (m *Maker) weight(j int) float64 {
	if j == 0 || 2*j == len(m.x) {
		return 1
	}
	return 2
}

// scatter puts the values into random order.
func (m *Maker) scatter(rng *process.Stream) {
	for r := range m.ranks {
		m.ranks[r].at = r
	}
	for i := len(m.ranks) - 1; i > 0; i-- {
		j := rng.IntN(i + 1)
		m.ranks[i].at, m.ranks[j].at = m.ranks[j].at, m.ranks[i].at
	}
	for r, v := range m.scaledSort {
		m.candidate[m.ranks[r].at] = v
	}
}

// mismatch transforms the candidate and returns its distance from the amplitudes.
func (m *Maker) mismatch() float64 {
	m.plan.Coefficients(m.spectrum, m.candidate)
	sum := 0.0
	for j := 1; j < len(m.amplitudes); j++ {
		d := abs(m.spectrum[j]) - m.amplitudes[j]
		sum += m.weight(j) * d * d
	}
	if m.power == 0 {
		return 0
	}
	return math.Sqrt(sum / m.power)
}

// adjust gives the candidate the amplitudes, and its own phases.
func (m *Maker) adjust() {
	m.spectrum[0] = 0
	for j := 1; j < len(m.spectrum); j++ {
		if a := abs(m.spectrum[j]); a > 0 {
			k := m.amplitudes[j] / a
			m.spectrum[j] = complex(k*real(m.spectrum[j]), k*imag(m.spectrum[j]))
		} else {
			m.spectrum[j] = complex(m.amplitudes[j], 0)
		}
	}
	m.plan.Sequence(m.adjusted, m.spectrum)
}

// rearrange gives the candidate the ranks of the adjusted series, and says whether that moved a
// value.
func (m *Maker) rearrange() bool {
	m.rank(m.adjusted)
	moved := false
	for r, v := range m.scaledSort {
		at := m.ranks[r].at
		moved = moved || m.candidate[at] != v
		m.candidate[at] = v
	}
	return moved
}

// abs needs no care for overflow: the series is scaled.
func abs(z complex128) float64 { return math.Sqrt(real(z)*real(z) + imag(z)*imag(z)) }
