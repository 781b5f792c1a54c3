package estimator

import (
	"math"
)

// How a walk is told from noise.
const (
	suspicious = 0.7
	// evidence is the log likelihood by which a walk has to beat noise: at H near 0 and 1 the two
	// look alike, and noise is the more common answer.
	evidence = 3
)

// detector tells noise from walks of one length. A series whose H, as noise, is above 0.7 is
// differenced once, and is a walk when its increments, as noise, are predicted better than it is.
type detector struct {
	values     *grid
	increments *grid // made when the first suspicious series comes
	d          []float64
}

func newDetector(n int) *detector { return &detector{values: newGrid(n)} }

// class returns Noise or Walk for a standardised series, which it leaves as it is.
func (t *detector) class(z []float64) string {
	h := t.values.fit(z)
	if h >= suspicious && t.walks(z, h) {
		return Walk
	}
	return Noise
}

// walks tells whether the increments of z are predicted better than z is, as noise with exponent h.
//
// Innovations are the same before and after differencing, so that their variances can be compared.
// The walk's are taken from both periodograms, since each leaks for some: that of the values where
// H > 1/2, that of the increments where H < 1/2.
func (t *detector) walks(z []float64, h float64) bool {
	if t.increments == nil {
		t.increments, t.d = newGrid(len(z)-1), make([]float64, len(z)-1)
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range t.d {
		t.d[i] = z[i+1] - z[i]
		lo, hi = min(lo, t.d[i]), max(hi, t.d[i])
	}
	if hi-lo < 1e-9*max(hi, -lo) {
		return false // a straight line
	}
	asWalk := t.increments.fit(t.d)
	noise := t.values.logInnovation(h)
	walk := min(t.increments.logInnovation(asWalk), t.values.logInnovationOfWalk())
	return walk < noise-evidence/float64(len(t.values.weight))
}
