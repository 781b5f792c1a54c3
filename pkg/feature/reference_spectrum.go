package feature

import (
	"fmt"
	"math"
)

// mostMean bounds the mean, in standard deviations, so that its square is a number.
const mostMean = 1e100

// least is the power, in units of the variance, that stands for none when a logarithm is taken.
const least = 1e-30

// spectrum computes |X|² in units of the variance. The mean was not removed by definition, so that it is
// in the bin of zero frequency.
func (r *reference) spectrum() {
	r.plan.Coefficients(r.coeff, r.z)
	for i := range r.power {
		r.power[i] = squared(r.coeff[i])
	}
	mean := max(-mostMean, min(mostMean, r.mean/r.sd)) * float64(r.n)
	r.power[0] = mean * mean
	if r.n%2 == 0 {
		r.nyquist = squared(r.coeff[r.n/2])
	}
}

func squared(c complex128) float64 { return real(c)*real(c) + imag(c)*imag(c) }

// frequency returns that of a bin.
func (r *reference) frequency(bin int) float64 { return float64(bin) / float64(r.n) }

// share returns which part of the power the bins from…to have.
func (r *reference) share(from, to int) float64 {
	return total(r.power[from:to]) / max(total(r.power), least)
}

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}

// fftBands are the shares of the bins [0, n/16), [n/16, n/8), [n/8, n/4) and [n/4, n/2), or of the first few
// of these. Limits are whole numbers, rounded down.
func fftBands(count int) field {
	return field{bandNames("fft_band", count), func(r *reference, dst []float64) {
		limits := [5]int{0, r.n / 16, r.n / 8, r.n / 4, len(r.power)}
		for i := range dst {
			dst[i] = r.share(limits[i], limits[i+1])
		}
	}}
}

// fftQuarters are the shares of the first, second … quarter of the bins below n/2, their limits whole
// numbers, rounded down.
func fftQuarters(count int) field {
	return field{bandNames("fft_quarter", count), func(r *reference, dst []float64) {
		for i := range dst {
			dst[i] = r.share(i*r.n/8, (i+1)*r.n/8)
		}
	}}
}

func bandNames(prefix string, count int) []string {
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf("%s_%d", prefix, i))
	}
	return names
}

// fftLine is the slope, and the intercept if it is asked for, of the regression of log |X|² against log f over
// 0 < f < 1/2.
func fftLine(intercept bool) field {
	names := []string{"fft_slope"}
	if intercept {
		names = append(names, "fft_intercept")
	}
	return field{names, func(r *reference, dst []float64) {
		slope, level := r.logSlope()
		dst[0] = slope
		if intercept {
			dst[1] = level - slope*r.meanf + 2*math.Log(r.sd)
		}
	}}
}

// logSlope returns the slope of log |X|² against log f, and the mean of the first.
func (r *reference) logSlope() (slope, level float64) {
	for i, f := range r.logf {
		l := math.Log(max(r.power[i+1], least))
		slope += f * l
		level += l
	}
	return slope / r.spread, level / float64(len(r.logf))
}

// fftAmplitudeSlope is the slope of log |X|, half of that of log |X|².
func fftAmplitudeSlope() field {
	return field{[]string{"fft_amplitude_slope"}, func(r *reference, dst []float64) {
		slope, _ := r.logSlope()
		dst[0] = slope / 2
	}}
}

// fftCentroid is Σ f·|X|² / Σ |X|².
func fftCentroid() field {
	return field{[]string{"fft_centroid"}, func(r *reference, dst []float64) { dst[0] = r.centroid() }}
}

func (r *reference) centroid() float64 {
	sum := 0.0
	for i, p := range r.power {
		sum += float64(i) * p
	}
	return sum / max(total(r.power), least) / float64(r.n)
}

// fftAmplitudeCentroid is Σ f·|X| / Σ |X|.
func fftAmplitudeCentroid() field {
	return field{[]string{"fft_amplitude_centroid"}, func(r *reference, dst []float64) {
		sum, weighted := 0.0, 0.0
		for i, p := range r.power {
			a := math.Sqrt(p)
			sum += a
			weighted += float64(i) * a
		}
		dst[0] = weighted / max(sum, least) / float64(r.n)
	}}
}

// fftSpread is the standard deviation of frequency with |X|² for weights.
func fftSpread() field {
	return field{[]string{"fft_spread"}, func(r *reference, dst []float64) {
		centre, sum := r.centroid(), 0.0
		for i, p := range r.power {
			d := r.frequency(i) - centre
			sum += d * d * p
		}
		dst[0] = math.Sqrt(sum / max(total(r.power), least))
	}}
}

// fftEntropy is -Σ p·log p of the shares p of all bins.
func fftEntropy() field {
	return field{[]string{"fft_entropy"}, func(r *reference, dst []float64) {
		norm := 1 / max(total(r.power), least)
		dst[0] = 0
		for _, p := range r.power {
			if p *= norm; p > 0 {
				dst[0] -= p * math.Log(p)
			}
		}
	}}
}

// fftDominant is the frequency of the largest |X|² and that value. Of a series far from zero it is the
// frequency zero.
func fftDominant() field {
	return field{[]string{"fft_dominant", "fft_dominant_power"}, func(r *reference, dst []float64) {
		at := 0
		for i, p := range r.power {
			if p > r.power[at] {
				at = i
			}
		}
		dst[0], dst[1] = r.frequency(at), r.unit(2)*r.power[at]
	}}
}

// fftRolloff is the least frequency with 95 % of the power at or below it.
func fftRolloff() field {
	return field{[]string{"fft_rolloff"}, func(r *reference, dst []float64) {
		want, sum := 0.95*total(r.power), 0.0
		for i, p := range r.power {
			sum += p
			if sum >= want {
				dst[0] = r.frequency(i)
				return
			}
		}
	}}
}

// fftAmplitudes are the mean, the standard deviation and the maximum of |X| over all n bins, and the number of
// the first largest over n.
func fftAmplitudes() field {
	return field{[]string{"fft_mean", "fft_std", "fft_max", "fft_argmax"}, func(r *reference, dst []float64) {
		sum, at, most := 0.0, 0, 0.0
		each := func(f func(bin int, a, times float64)) {
			for i, p := range r.power {
				f(i, math.Sqrt(p), float64(min(2, 1+i))) // the bins above n/2 mirror those below
			}
			if r.n%2 == 0 {
				f(r.n/2, math.Sqrt(r.nyquist), 1)
			}
		}
		each(func(bin int, a, times float64) {
			sum += times * a
			if a > most {
				at, most = bin, a
			}
		})
		mean, square := sum/float64(r.n), 0.0
		each(func(_ int, a, times float64) { square += times * (a - mean) * (a - mean) })
		dst[0], dst[1], dst[2] = r.sd*mean, r.sd*math.Sqrt(square/float64(r.n)), r.sd*most
		dst[3] = r.frequency(at)
	}}
}
