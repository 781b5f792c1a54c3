package significance

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// Spurious is Qu's test of whether memory comes from level shifts or a smooth trend: true long memory
// is its null hypothesis.
type Spurious struct {
	W float64 `json:"w"`
	P float64 `json:"p"` // small: it is spurious
}

// trimmed is the part of the frequencies that the sums have at least; Qu's choice for small samples.
const trimmed = 0.05

// minTrue and maxTrue bound the H that fractional noise is simulated with.
const minTrue, maxTrue = 0.02, 0.98

// testSpurious tests a standardised series, with fractional Gaussian noise of the estimated H for the
// null. Where there is no power it finds nothing.
func testSpurious(z []float64, o Options) Spurious {
	s := newLowSpectrum(len(z), o.Exponent)
	s.load(z)
	d := s.memory()
	if math.IsNaN(d) {
		return Spurious{P: 1}
	}
	seen := Spurious{W: s.waver(d, trimmed)}
	const stage = "significance/spurious"
	x, g, rng, more := make([]float64, len(z)), process.NewFGN(len(z)), process.Source(o.Seed, stage, 0), 1
	for i := range o.Draws {
		if stopped(o.Stop) {
			return seen
		}
		rng.Reset(o.Seed, stage, uint64(i))
		if err := g.Generate(x, max(minTrue, min(maxTrue, 0.5+d)), rng); err != nil {
			panic("significance: " + err.Error()) // never: H is within bounds
		}
		s.load(x)
		more += count(s.waver(s.memory(), trimmed) >= seen.W)
	}
	seen.P = float64(more) / float64(o.Draws+1)
	return seen
}
