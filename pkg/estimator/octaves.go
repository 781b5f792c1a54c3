package estimator

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/wavelet"
)

// octaves computes the mean square of wavelet coefficients, octave by octave, that do not touch the
// ends of a series. Octave j has the scale 2^j.
type octaves struct {
	wavelet wavelet.Wavelet
	overlap *wavelet.Overlap
	plan    *wavelet.Plan // instead of overlap, where coefficients are decimated
	coeff   []float64
	counts  []int
	number  []float64 // 1, 2, …: the octaves
	energy  []float64
}

// newOctaves fails with ErrTooShort when the length has less than two octaves from the first one on,
// and when there is no wavelet of the name.
func newOctaves(name string, n, first int, decimated bool) (*octaves, error) {
	if name == "" {
		name = "haar"
	}
	w, err := wavelet.New(name)
	if err != nil {
		return nil, err
	}
	levels := w.MaxLevels(n)
	if first < 1 || levels-first < 1 {
		return nil, fmt.Errorf("%w: %d values have %d octaves of %s; two are needed, from octave %d on", ErrTooShort, n, levels, name, first)
	}
	o := &octaves{wavelet: w, counts: make([]int, levels), number: make([]float64, levels), energy: make([]float64, levels)}
	if decimated {
		o.plan, err = wavelet.NewPlan(w, wavelet.Interior, n, levels)
	} else {
		o.overlap, err = wavelet.NewOverlap(w, n, levels)
	}
	if err != nil {
		return nil, err
	}
	if decimated {
		o.coeff = make([]float64, o.plan.Size())
	}
	for i := range levels {
		o.number[i] = float64(i + 1)
		if decimated {
			_, o.counts[i] = o.plan.Inside(i + 1)
		} else {
			o.counts[i] = o.overlap.Count(i + 1)
		}
	}
	return o, nil
}

// load computes the energies of a series.
func (o *octaves) load(z []float64) {
	if o.overlap != nil {
		o.overlap.Variances(o.energy, z)
		return
	}
	o.plan.Transform(o.coeff, z)
	for i := range o.energy {
		o.energy[i] = wavelet.MeanSquare(o.plan.Detail(o.coeff, i+1))
	}
}

// bank returns what theory says of the energies.
func (o *octaves) bank() *bank {
	return newBank(filterBank{
		gains: octaveGains(o.wavelet, len(o.counts)), voices: 1, counts: o.counts, thinned: o.plan != nil,
	})
}

// unable is the core of an estimator that cannot do with a length or a setting.
type unable struct{ err error }

// estimate implements core.
func (u unable) estimate([]float64) (outcome, error) { return outcome{}, u.err }
