package estimator

import "math"

// bends holds by how much an estimator that takes the density for a power law errs, at each H, when
// the series is fractional Gaussian noise, whose density bends away from one. It is what an honest
// standard error of a wide bandwidth has to contain; of a narrow one it is next to nothing. The
// density of ARFIMA(0, d, 0) bends to the other side, by about as much.
type bends struct{ error [bendNodes]float64 }

const bendNodes = 21

// newBends takes the weights with which the log periodogram at the lowest frequencies makes the
// estimator's slope. Above maxBendTerms frequencies it looks at some of them.
func newBends(o *ordinates, weight []float64) *bends {
	const maxBendTerms = 1024
	stride := (len(weight) + maxBendTerms - 1) / maxBendTerms
	whole := 0.0
	for i, w := range weight {
		whole += w * o.loglambda[i]
	}
	b := &bends{}
	for k := range b.error {
		h := minHurst + (maxHurst-minHurst)*float64(k)/(bendNodes-1)
		f := newNoiseSpectrum(h)
		slope, moment := 0.0, 0.0
		for i := stride / 2; i < len(weight); i += stride {
			frequency := float64(i+1) / float64(o.n)
			l := o.loglambda[i]
			half := 2 * math.Sin(math.Pi*frequency)
			slope += weight[i] * math.Log(half*half*f.at(l, frequency*frequency))
			moment += weight[i] * l
		}
		b.error[k] = (1-slope*whole/moment)/2 - h
	}
	return b
}

// at returns the size of the error at h.
func (b *bends) at(h float64) float64 {
	t := (max(minHurst, min(maxHurst, h)) - minHurst) / (maxHurst - minHurst) * (bendNodes - 1)
	k := min(int(t), bendNodes-2)
	t -= float64(k)
	return math.Abs(b.error[k]*(1-t) + b.error[k+1]*t)
}
