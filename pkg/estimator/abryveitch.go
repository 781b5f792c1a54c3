package estimator

// AbryVeitch estimates H by the slope of the logarithm of wavelet energy against the octave.
//
// Coefficients that touch the ends of the series are left out. Those of all places are used (the
// maximal overlap transform): their mean square scatters less than that of the decimated
// coefficients of the original. A wavelet of m vanishing moments does not see polynomial trends of
// degree m-1.
//
// The standard error, the interval and the bias that it allows for are those under fractional
// Gaussian noise, whose Haar energies follow the power law from the first octave on; other wavelets,
// and other processes, have a bias in the first octaves.
//
// D. Veitch, P. Abry, A wavelet-based joint estimator of the parameters of long-range dependence,
// IEEE Transactions on Information Theory 45 (1999) 878–897; D. B. Percival, A. T. Walden, Wavelet
// methods for time series analysis, Cambridge 2000, section 9.5.
type AbryVeitch struct {
	Settings
	Wavelet string // as in package wavelet; empty means haar
	// From is the first octave fitted; zero means 1. AutoFrom takes the first from which a line fits.
	From      int
	Decimated bool // use the coefficients of the discrete wavelet transform only, as the original
}

// AutoFrom has the first octave chosen by the data: it is the first one from which on a straight line
// is not rejected at 5 %, by the χ² of its residuals.
//
// D. Veitch, P. Abry, M. S. Taqqu, On the automatic selection of the onset of scaling, Fractals 11
// (2003) 377–390.
const AutoFrom = -1

// Estimate implements [Estimator].
func (a AbryVeitch) Estimate(x []float64) (Estimate, error) { return estimateOne(a, x) }

// Prepare implements [Estimator].
func (a AbryVeitch) Prepare(n int) *Prepared {
	return prepare(n, a.Settings, Hurst, func(n int, level float64) core {
		first := max(1, a.From)
		o, err := newOctaves(a.Wavelet, n, first, a.Decimated)
		if err != nil {
			return unable{err}
		}
		v := &logVariance{octaves: o}
		b := o.bank()
		for from := first; from == first || a.From == AutoFrom && from <= min(maxAutoFrom, len(o.counts)-2); from++ {
			line := newScaleLine(b, o.number, from-1, level)
			line.fit.XLabel = "octave"
			v.lines = append(v.lines, line)
		}
		return v
	})
}

const (
	// maxAutoFrom is the last octave that a fit begins with by itself, if three octaves are left.
	maxAutoFrom = 5
	// onset is how unlikely residuals may be for a line to be kept.
	onset = 0.05
)

// logVariance is the core of AbryVeitch.
type logVariance struct {
	octaves *octaves
	lines   []*scaleLine // from the first octave on, and from later ones
}

// estimate implements core.
func (v *logVariance) estimate(z []float64) (outcome, error) {
	v.octaves.load(z)
	var best outcome
	likely := -1.0
	for _, l := range v.lines {
		o, err := l.estimate(v.octaves.energy)
		if err != nil {
			return outcome{}, err
		}
		p := 1.0
		if len(v.lines) > 1 {
			p = l.fits()
		}
		if p >= onset {
			return o, nil
		}
		if p > likely {
			best, likely = o, p
		}
	}
	return best, nil
}
