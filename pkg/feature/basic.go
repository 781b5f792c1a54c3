package feature

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// How many scales of each kind the set "basic" has.
const (
	basicBands   = 9
	basicOctaves = 7
	basicBlocks  = 4
)

// bandEdges are the limits of the frequency bands in cycles per step, from Nyquist's down: half
// octaves first, where a short series has most of its frequencies, then octaves.
var bandEdges = [basicBands + 1]float64{
	0.5, 0.353553, 0.25, 0.176777, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625,
}

// acfLags are the lags of the autocorrelations.
var acfLags = [6]int{1, 2, 3, 4, 8, 16}

// basicPart is the set "basic".
func basicPart() part {
	p := part{name: "basic", version: 1, bytes: 45, text: "the spectrum in bands, Haar's wavelet, autocorrelations and block means", frame: newBasic}
	add := func(format string, args ...any) { p.names = append(p.names, fmt.Sprintf(format, args...)) }
	for b := range basicBands {
		add("band%d", b)
	}
	add("slope")
	for j := range basicOctaves {
		add("haar%d", j+1)
	}
	for _, k := range acfLags {
		add("acf%d", k)
	}
	for j := range basicBlocks {
		add("aggvar%d", 4<<j)
	}
	add("log_n")
	add("root_n")
	return p
}

// basic holds what depends on the length of a series, and the buffers for one.
type basic struct {
	n       int
	plan    *fft.Real
	x       []float64 // standardised
	sums    []float64 // n+1 partial sums of x
	coeff   []complex128
	logf    []float64           // log frequency less its mean, at the Fourier frequencies
	meanf   float64             // that mean
	spread  float64             // Σ logf²
	band    [basicBands]span    // of Fourier frequencies
	centre  [basicBands]float64 // log frequency of each band's middle
	logn    float64
	inverse float64 // 1/sqrt(n)
}

type span struct{ from, to int } // as in slices; index 0 is frequency 1/n

func newBasic(n int) frame {
	m := (n - 1) / 2
	f := &basic{
		n: n, plan: fft.NewReal(n),
		sums: make([]float64, n+1), coeff: make([]complex128, n/2+1),
		logf: make([]float64, m), logn: math.Log(float64(n)), inverse: 1 / math.Sqrt(float64(n)),
	}
	for i := range f.logf {
		f.logf[i] = math.Log(float64(i+1) / float64(n))
		f.meanf += f.logf[i] / float64(m)
	}
	for i := range f.logf {
		f.logf[i] -= f.meanf
		f.spread += f.logf[i] * f.logf[i]
	}
	for b := range f.band {
		f.band[b] = span{f.index(bandEdges[b+1]), f.index(bandEdges[b])}
		f.centre[b] = (math.Log(bandEdges[b+1]) + math.Log(bandEdges[b])) / 2
	}
	return f
}

// index returns how many Fourier frequencies, Nyquist's not among them, are at most freq.
func (f *basic) index(freq float64) int {
	return min(int(math.Floor(freq*float64(f.n)+1e-9)), len(f.logf))
}

// fill implements frame.
func (f *basic) fill(dst, z, _ []float64) {
	f.x = z
	for i, v := range f.x {
		f.sums[i+1] = f.sums[i] + v
	}
	dst = f.spectrum(dst)
	dst = f.haar(dst)
	dst = f.autocorrelations(dst)
	dst = f.aggregated(dst)
	dst[0], dst[1] = f.logn, f.inverse
}

// spectrum computes the logarithm of the mean periodogram in each band, and the slope of the
// logarithm of the periodogram against that of the frequency; it returns the rest of dst. Half the
// logarithm's slope is d = 1/2 - H at low frequencies.
func (f *basic) spectrum(dst []float64) []float64 {
	f.plan.Coefficients(f.coeff, f.x)
	var total [basicBands]float64
	slope, level := 0.0, 0.0
	norm := 1 / float64(f.n)
	b := 0
	for i := len(f.logf) - 1; i >= 0; i-- {
		c := f.coeff[i+1]
		power := (real(c)*real(c) + imag(c)*imag(c)) * norm
		l := math.Log(max(power, 1e-30))
		slope += l * f.logf[i]
		level += l
		for b < basicBands && i < f.band[b].from {
			b++
		}
		if b < basicBands {
			total[b] += power
		}
	}
	slope /= f.spread
	level = level/float64(len(f.logf)) - digamma(1)
	for b, s := range f.band {
		predicted := level + slope*(f.centre[b]-f.meanf)
		count := float64(s.to - s.from)
		dst[b] = predicted
		if count > 0 {
			dst[b] = shrink(logPower(total[b]/count, 2*count), predicted, count)
		}
	}
	dst[basicBands] = slope
	return dst[basicBands+1:]
}

// haar computes the logarithm of the variance of Haar's wavelet coefficients at the scales 1, 2, 4 …,
// taken at every position, and returns the rest of dst. It grows by (2H-1)·log 2 an octave.
func (f *basic) haar(dst []float64) []float64 {
	slope := 0.0
	for j := range basicOctaves {
		s := 1 << j
		predicted := 0.0
		if j > 0 {
			predicted = dst[j-1] + slope
		}
		dst[j] = predicted
		if 2*s > f.n {
			continue
		}
		sum := 0.0
		a, m, b := f.sums[:f.n+1-2*s], f.sums[s:f.n+1-s], f.sums[2*s:]
		for i, v := range a {
			d := v - 2*m[i] + b[i]
			sum += d * d
		}
		count := float64(f.n) / float64(2*s)
		dst[j] = logPower(sum/float64(len(a))/float64(2*s), count)
		if j > 0 {
			dst[j] = shrink(dst[j], predicted, count/4)
			slope += (dst[j] - dst[j-1] - slope) / float64(j)
		}
	}
	return dst[basicOctaves:]
}

// autocorrelations computes them on the scale where their variance is about the same for all
// (Fisher's), and returns the rest of dst.
func (f *basic) autocorrelations(dst []float64) []float64 {
	for j, k := range acfLags {
		sum := 0.0
		a, b := f.x[:f.n-k], f.x[k:]
		for i, v := range a {
			sum += v * b[i]
		}
		r := sum / float64(f.n)
		dst[j] = math.Atanh(max(-0.995, min(0.995, r)))
	}
	return dst[len(acfLags):]
}

// aggregated computes the logarithm of the variance of means over blocks of 4, 8, 16, …, taken at
// every position, relative to that of independent values; it returns the rest of dst. It grows by
// (2H-1)·log 2 a doubling.
func (f *basic) aggregated(dst []float64) []float64 {
	for j := range basicBlocks {
		s := 4 << j
		sum := 0.0
		a, b := f.sums[:f.n+1-s], f.sums[s:]
		for i, v := range a {
			d := b[i] - v
			sum += d * d
		}
		dst[j] = math.Log(max(sum/float64(len(a))/float64(s), 1e-30))
	}
	return dst[basicBlocks:]
}
