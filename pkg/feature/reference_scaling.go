package feature

import "math"

// law is a quantity that is expected to grow as a power of a scale.
type law struct {
	name    string
	of      func(r *reference, size int) float64 // of the standardised series; 0 where it has no such scale
	unit    int                                  // its unit is this power of the standard deviation's
	missing float64                              // stands for a scale that the series has not
}

// detrended is the mean, over segments, of the root mean square that a straight line leaves of the values.
// They are not summed first, so this is not detrended fluctuation analysis in spite of its name.
func detrended() law { return law{name: "dfa", of: (*reference).fluctuation, unit: 1} }

// blockMeans is the variance of means over blocks.
func blockMeans() law { return law{name: "block_var", of: (*reference).blockVariance, unit: 2} }

// rescaled is the mean rescaled range: that of the sums of a block's deviations from its mean, over the
// block's standard deviation. Constant blocks are left out.
func rescaled() law { return law{name: "rs", of: (*reference).rescaledRange, missing: 1} }

// at returns the law's values at some scales, and the slope and intercept of the regression of its logarithm
// against the scale's under the names given for them.
func (l law) at(sizes []int, fits ...string) field {
	names := append(numbered(l.name, sizes...), fits...)
	return field{names, func(r *reference, dst []float64) {
		var fit powerFit
		for i, size := range sizes {
			v := l.of(r, size)
			fit.add(float64(size), v)
			dst[i] = l.missing
			if v > 0 {
				dst[i] = r.unit(l.unit) * v
			}
		}
		slope, intercept := fit.line()
		dst = dst[len(sizes):]
		if len(dst) > 0 {
			dst[0] = slope
		}
		if len(dst) > 1 {
			dst[1] = intercept
			if fit.count > 1 {
				dst[1] += float64(l.unit) * math.Log(r.sd)
			}
		}
	}}
}

// powerFit is a regression of the logarithms of a few values.
type powerFit struct {
	x, y  [8]float64
	count int
}

// add takes a point, unless its value is nothing but rounding.
func (f *powerFit) add(x, y float64) {
	if y > 1e-12 {
		f.x[f.count], f.y[f.count] = math.Log(x), math.Log(y)
		f.count++
	}
}

// line returns the slope and the intercept, 0 and 0 with fewer than two points.
func (f *powerFit) line() (slope, intercept float64) {
	if f.count < 2 {
		return 0, 0
	}
	mx, my := 0.0, 0.0
	for i := range f.count {
		mx += f.x[i] / float64(f.count)
		my += f.y[i] / float64(f.count)
	}
	xx, xy := 0.0, 0.0
	for i := range f.count {
		d := f.x[i] - mx
		xx += d * d
		xy += d * (f.y[i] - my)
	}
	slope = xy / xx
	return slope, my - slope*mx
}

func (r *reference) fluctuation(size int) float64 {
	sum, count := 0.0, 0
	for at := 0; at+size <= r.n; at += size {
		y := r.z[at : at+size]
		sum += math.Sqrt(fitTrend(y).residual(y) / float64(size))
		count++
	}
	return sum / float64(max(count, 1))
}

func (r *reference) blockVariance(size int) float64 {
	means := r.buffer[:r.n/size]
	if len(means) < 2 {
		return 0
	}
	for i := range means {
		sum := 0.0
		for _, v := range r.z[i*size : (i+1)*size] {
			sum += v
		}
		means[i] = sum / float64(size)
	}
	return momentsOf(means).variance
}

func (r *reference) rescaledRange(size int) float64 {
	sum, count := 0.0, 0
	for at := 0; at+size <= r.n; at += size {
		if v, ok := blockRange(r.z[at : at+size]); ok {
			sum += v
			count++
		}
	}
	return sum / float64(max(count, 1))
}

// blockRange returns the rescaled range of a block. It is not ok when the block is constant.
func blockRange(x []float64) (v float64, ok bool) {
	mean := 0.0
	for _, v := range x {
		mean += v
	}
	n := float64(len(x))
	mean /= n
	sum, lo, hi, square := 0.0, 0.0, 0.0, 0.0
	for _, v := range x {
		d := v - mean
		sum += d
		lo, hi = min(lo, sum), max(hi, sum)
		square += d * d
	}
	if !(square > tiny*n) {
		return 0, false
	}
	return (hi - lo) / math.Sqrt(square/n), true
}

// rescaledIn are the mean rescaled ranges when the series is cut into so many segments.
func rescaledIn(counts ...int) field {
	return field{numbered("rs_in", counts...), func(r *reference, dst []float64) {
		for i, k := range counts {
			dst[i] = 1
			if v := r.rescaledRange(r.n / k); v > 0 {
				dst[i] = v
			}
		}
	}}
}

// rescaledTotal is the rescaled range of the whole series.
func rescaledTotal() field {
	return field{[]string{"rs_total"}, func(r *reference, dst []float64) { dst[0] = r.rescaledRange(r.n) }}
}
