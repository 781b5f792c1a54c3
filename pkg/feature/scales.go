package feature

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/fft"
)

// The scales of each kind that the scale features have.
const (
	scaleBands   = 12 // of frequencies, from Nyquist's down
	scaleOctaves = 8  // of Haar's wavelet
	dbOctaves    = 6  // of Daubechies' wavelet with three vanishing moments
	dfaScales    = 7  // windows of 4, 8, …, 256 points
	blockScales  = 5  // block means over 4, 8, …, 64 points
	moveScales   = 5  // increments over 1, 2, …, 16 points, of the series and of its sums
	rangeScales  = 4  // rescaled range in blocks of 16, 32, 64, 128 points
)

// scaleLags are the lags of the autocorrelations.
var scaleLags = [8]int{1, 2, 3, 4, 6, 8, 12, 20}

// scaleNames returns the names of the scale features, in the order of scales.fill.
func scaleNames() []string {
	var names []string
	add := func(format string, args ...any) { names = append(names, fmt.Sprintf(format, args...)) }
	for b := range scaleBands {
		add("band%d", b)
	}
	names = append(names, "slope", "slope_low", "centroid", "flatness")
	for j := range scaleOctaves {
		add("haar%d", j+1)
	}
	for j := range dbOctaves {
		add("db3_%d", j+1)
	}
	for _, k := range scaleLags {
		add("acf%d", k)
	}
	for j := range dfaScales {
		add("dfa%d", 4<<j)
	}
	for j := range blockScales {
		add("aggvar%d", 4<<j)
	}
	for j := range moveScales {
		add("move%d", 1<<j)
	}
	for j := range moveScales {
		add("summove%d", 2<<j)
	}
	for j := range rangeScales {
		add("range%d", 16<<j)
	}
	return names
}

// scales computes features that say how the fluctuations of a standardised series grow with scale.
// All are logarithms (or on the scale of one) that are 0 for white noise of any length, on average.
type scales struct {
	n       int
	cut     int // the series has no power at this many of the lowest frequencies
	spectra spectra
	sums    []float64 // n+1 partial sums
	windows []window
	db      []float64 // approximation, overwritten octave by octave
}

func newScales(n, cut int) *scales {
	return &scales{
		n: n, cut: cut, spectra: newSpectra(n, cut),
		sums: make([]float64, n+1), windows: make([]window, n/4), db: make([]float64, n),
	}
}

// fill writes the scale features of z.
func (s *scales) fill(dst, z []float64) {
	for i, v := range z {
		s.sums[i+1] = s.sums[i] + v
	}
	dst = s.spectra.fill(dst, z)
	dst = s.haar(dst)
	dst = s.daubechies(dst, z)
	dst = autocorrelations(dst, z)
	dst = s.dfa(dst)
	dst = s.blocks(dst)
	dst = s.moves(dst, z)
	s.ranges(dst)
}

// spectra computes features of the periodogram.
type spectra struct {
	plan   *fft.Real
	coeff  []complex128
	power  []float64
	cut    int
	n      int
	logf   []float64 // log frequency less its mean over the frequencies from cut on
	meanf  float64
	spread float64 // Σ logf²
	low    line    // the regression over the lowest quarter
	band   [scaleBands]span
	centre [scaleBands]float64 // log frequency of each band's middle
}

// line is what a straight line through the points from…to needs.
type line struct {
	span
	mean, spread float64
}

// scaleEdges are the limits of the bands in cycles a step: half octaves where a short series has most
// of its frequencies, then octaves.
var scaleEdges = [scaleBands + 1]float64{
	0.5, 0.353553, 0.25, 0.176777, 0.125, 0.0883883, 0.0625, 0.0441942, 0.03125, 0.015625, 0.0078125, 0.00390625, 0.001953125,
}
