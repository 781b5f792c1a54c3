package feature

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// The sets "reference-…" are what the machine-learning estimators of an earlier system, LRDBenchmark,
// were made for, by its definitions: on the series' own scale, trends and means not removed. They are here
// to compare with, and are no worse or better than they were there. What those definitions leave open is
// settled here once for all of the sets:
//
//   - Variances, skewness and excess kurtosis divide by the number of values; quantiles lie between two
//     values on a straight line, as in numpy.
//   - "acf_5" is Pearson's correlation of the series with its copy five steps later, 0 when either is
//     constant or the series has no such pair.
//   - Logarithms are natural. Regressions of logarithms leave out what is not positive, and have slope and
//     intercept 0 with fewer than two points.
//   - Segments and blocks do not overlap; they start at the first value, and what is left at the end is
//     not used. A scale for which the series is too short is 0, or 1 for rescaled ranges, and no part of
//     the regression over scales.
//   - Spectra are |X|², X[k] = Σ x[t]·exp(-2πi·kt/n), at the bins k < n/2, that of zero frequency among
//     them. Frequencies are in cycles a step.
//
// A name means the same in all of them.

// field is one feature, or several that are computed together.
type field struct {
	names []string
	fill  func(r *reference, dst []float64) // one value for each name
}

// referenceParts are the sets of the reference systems.
func referenceParts() []part {
	return []part{
		referencePart("reference-76", "the 76 features of the reference's random forest, on the series' own scale", fields76()),
		referencePart("reference-54", "the 54 features of the reference's gradient boosting, on the series' own scale", fields54()),
		referencePart("reference-29", "the 29 features of the reference's support vectors, on the series' own scale", fields29()),
		referencePart("reference-20", "the 20 features of the reference's linear regression, on the series' own scale", fields20()),
		referencePart("reference-19", "the 19 features of the reference's model factory, on the series' own scale", fields19()),
		referencePart("reference-unified", "the reference's unified 76 features, of which its svr_29 and gb_54 are the first 29 and 54, on the series' own scale", fieldsUnified()),
	}
}

func referencePart(name, text string, fields []field) part {
	p := part{name: name, version: 1, bytes: 120, text: text, raw: true}
	for _, f := range fields {
		p.names = append(p.names, f.names...)
	}
	p.frame = func(n int) frame { return newReference(n, fields) }
	return p
}

// reference computes one of the sets. It works on the standardised series, for which no value is too large
// or too small to square, and brings the results to the series' own scale.
type reference struct {
	fields []field
	n      int

	// Of the series at hand.
	z, raw []float64
	sorted []float64 // z in ascending order
	mean   float64
	sd     float64
	line   trend

	plan    *fft.Real
	coeff   []complex128
	power   []float64 // |X|² of the bins below n/2, in units of sd²
	nyquist float64   // |X|² at n/2, when n is even
	logf    []float64 // log frequency less its mean, at the bins from 1
	meanf   float64   // that mean
	spread  float64   // Σ logf²

	sorter  sorter
	spare   sorter // for other values than z
	buffer  []float64
	entropy entropy
}

func newReference(n int, fields []field) frame {
	r := &reference{
		fields: fields, n: n, plan: fft.NewReal(n), coeff: make([]complex128, n/2+1),
		power: make([]float64, (n+1)/2), logf: make([]float64, (n-1)/2),
		sorter: newSorter(n), spare: newSorter(n), buffer: make([]float64, n), entropy: newEntropy(n),
	}
	for i := range r.logf {
		r.logf[i] = math.Log(float64(i+1) / float64(n))
	}
	r.meanf, r.spread = moments(r.logf)
	for i := range r.logf {
		r.logf[i] -= r.meanf
	}
	return r
}

// fill implements frame.
func (r *reference) fill(dst, z, raw []float64) {
	r.z, r.raw = z, raw
	r.sorted = r.sorter.sort(z)
	r.scale()
	r.line = fitTrend(z)
	r.spectrum()
	for _, f := range r.fields {
		f.fill(r, dst[:len(f.names)])
		dst = dst[len(f.names):]
	}
}

// scale finds the mean and the standard deviation from how the extremes were moved, which does not
// overflow.
func (r *reference) scale() {
	lo, hi := r.raw[0], r.raw[0]
	for _, v := range r.raw {
		lo, hi = min(lo, v), max(hi, v)
	}
	a, b := r.sorted[0], r.sorted[r.n-1]
	r.sd = max((hi/2-lo/2)/(b-a)*2, math.SmallestNonzeroFloat64)
	r.mean = lo/2 + hi/2 - r.sd*(a+b)/2
}

// value adds the mean to a standardised value.
func (r *reference) value(z float64) float64 { return r.mean + r.sd*z }

// unit returns a power of the standard deviation.
func (r *reference) unit(power int) float64 {
	u := 1.0
	for range power {
		u *= r.sd
	}
	return u
}

// numbered returns a name for each of the numbers.
func numbered(prefix string, numbers ...int) []string {
	names := make([]string, len(numbers))
	for i, k := range numbers {
		names[i] = fmt.Sprintf("%s_%d", prefix, k)
	}
	return names
}

// next cuts the first few values off what is left of dst.
func next(dst *[]float64, values ...float64) {
	n := copy(*dst, values)
	*dst = (*dst)[n:]
}
