package feature

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

func newSpectra(n, cut int) spectra {
	m := (n - 1) / 2
	s := spectra{n: n, cut: cut, plan: fft.NewReal(n), coeff: make([]complex128, n/2+1), power: make([]float64, m), logf: make([]float64, m)}
	for i := range s.logf {
		s.logf[i] = math.Log(float64(i+1) / float64(n))
	}
	s.meanf, s.spread = moments(s.logf[cut:])
	s.low.span = span{cut, cut + max(4, (m-cut)/4)}
	s.low.mean, s.low.spread = moments(s.logf[s.low.from:s.low.to])
	for b := range s.band {
		s.band[b] = span{max(cut, s.index(scaleEdges[b+1])), max(cut, s.index(scaleEdges[b]))}
		s.centre[b] = (math.Log(scaleEdges[b+1]) + math.Log(scaleEdges[b])) / 2
	}
	return s
}

// moments returns the mean of x and Σ (x - mean)².
func moments(x []float64) (mean, spread float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		spread += (v - mean) * (v - mean)
	}
	return mean, spread
}

// index returns how many Fourier frequencies, Nyquist's not among them, are at most freq.
func (s *spectra) index(freq float64) int {
	return min(int(math.Floor(freq*float64(s.n)+1e-9)), len(s.logf))
}

// fill writes the logarithm of the mean periodogram in each band; half the negative slope of the
// log periodogram against log frequency, over all and over the lowest quarter of the frequencies,
// which is d = H - 1/2 at low frequencies; the centroid's log frequency; and the log of the ratio of the
// geometric to the arithmetic mean (the spectral flatness). It returns the rest of dst.
func (s *spectra) fill(dst, z []float64) []float64 {
	s.plan.Coefficients(s.coeff, z)
	norm := 1 / float64(s.n)
	slope, level, low, total, centre := 0.0, 0.0, 0.0, 0.0, 0.0
	for i := s.cut; i < len(s.power); i++ {
		c := s.coeff[i+1]
		p := (real(c)*real(c) + imag(c)*imag(c)) * norm
		s.power[i] = p
		l := math.Log(max(p, 1e-30))
		slope += l * (s.logf[i] - s.meanf)
		level += l
		total += p
		centre += p * float64(i+1)
		if i < s.low.to {
			low += l * (s.logf[i] - s.low.mean)
		}
	}
	count := float64(len(s.power) - s.cut)
	slope /= s.spread
	level = level/count + euler
	for b, r := range s.band {
		dst[b] = level + slope*(s.centre[b]-s.meanf)
		if k := float64(r.to - r.from); k > 0 {
			sum := 0.0
			for _, p := range s.power[r.from:r.to] {
				sum += p
			}
			dst[b] = shrink(logPower(sum/k, 2*k), dst[b], k)
		}
	}
	dst = dst[scaleBands:]
	dst[0], dst[1] = -slope/2, -low/s.low.spread/2
	dst[2] = math.Log(max(centre*norm/max(total, 1e-30), 1e-9) / (float64(len(s.power)+s.cut) / 2 * norm))
	dst[3] = level - math.Log(max(total/count, 1e-30))
	return dst[4:]
}

// euler is γ: the mean of the logarithm of an exponential variable is -γ.
const euler = 0.5772156649015329
