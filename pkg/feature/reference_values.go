package feature

import "math"

// statistics returns fields of the marginal distribution, by their names.
func statistics(names ...string) []field {
	var fields []field
	for _, name := range names {
		fields = append(fields, field{[]string{name}, func(r *reference, dst []float64) { dst[0] = r.statistic(name) }})
	}
	return fields
}

func (r *reference) statistic(name string) float64 {
	switch name {
	case "mean":
		return r.mean
	case "std":
		return r.sd
	case "var":
		return r.unit(2)
	case "min":
		return r.value(r.sorted[0])
	case "max":
		return r.value(r.sorted[r.n-1])
	case "median":
		return r.value(quantile(r.sorted, 0.5))
	case "quantile_10":
		return r.value(quantile(r.sorted, 0.1))
	case "quantile_25":
		return r.value(quantile(r.sorted, 0.25))
	case "quantile_75":
		return r.value(quantile(r.sorted, 0.75))
	case "quantile_90":
		return r.value(quantile(r.sorted, 0.9))
	case "quantile_range": // from 5 % to 95 %
		return r.sd * (quantile(r.sorted, 0.95) - quantile(r.sorted, 0.05))
	case "skew":
		return momentsOf(r.z).skew
	case "kurt":
		return momentsOf(r.z).kurt
	case "mad":
		return r.sd * medianDeviation(r.sorted)
	}
	panic("feature: no statistic " + name)
}

// marginal is the first moments of some values.
type marginal struct {
	variance   float64
	skew, kurt float64 // kurtosis less 3; both 0 of constant values
}

// tiny is the variance of what is constant but for rounding, when values are about 1.
const tiny = 1e-24

func momentsOf(x []float64) marginal {
	mean := 0.0
	for _, v := range x {
		mean += v
	}
	n := float64(len(x))
	mean /= n
	two, three, four := 0.0, 0.0, 0.0
	for _, v := range x {
		d := v - mean
		q := d * d
		two += q
		three += q * d
		four += q * q
	}
	m := marginal{variance: two / n}
	if m.variance > tiny {
		m.skew = three / n / (m.variance * math.Sqrt(m.variance))
		m.kurt = four/n/(m.variance*m.variance) - 3
	}
	return m
}

// medianDeviation returns the median of the distances from the median. From the median of sorted values the
// distances grow both ways, so the nearest are found by walking outwards.
func medianDeviation(sorted []float64) float64 {
	n := len(sorted)
	m := quantile(sorted, 0.5)
	down, up := (n-1)/2, (n-1)/2+1
	last, before := 0.0, 0.0
	for range n/2 + 1 {
		before = last
		if up >= n || (down >= 0 && m-sorted[down] <= sorted[up]-m) {
			last = m - sorted[down]
			down--
		} else {
			last = sorted[up] - m
			up++
		}
	}
	if n%2 == 1 {
		return last
	}
	return (before + last) / 2
}

// correlations are Pearson's, of the series and its copies some lags later.
func correlations(name string, lags ...int) field {
	return field{numbered(name, lags...), func(r *reference, dst []float64) {
		for i, lag := range lags {
			dst[i] = 0
			if lag+1 < r.n {
				dst[i] = pearson(r.z[:r.n-lag], r.z[lag:])
			}
		}
	}}
}

// pearson returns the correlation coefficient, or 0 when a or b is constant.
func pearson(a, b []float64) float64 {
	b = b[:len(a)]
	ma, mb := 0.0, 0.0
	for i, v := range a {
		ma += v
		mb += b[i]
	}
	n := float64(len(a))
	ma /= n
	mb /= n
	aa, bb, ab := 0.0, 0.0, 0.0
	for i, v := range a {
		v -= ma
		w := b[i] - mb
		aa += v * v
		bb += w * w
		ab += v * w
	}
	if !(aa > tiny*n && bb > tiny*n) {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// ranges are the range, that over the standard deviation, and the mean absolute difference, which the
// definition has here a third time.
func ranges() field {
	return field{[]string{"range", "range_std", "range_diff_abs"}, func(r *reference, dst []float64) {
		dst[1] = r.sorted[r.n-1] - r.sorted[0]
		dst[0] = r.sd * dst[1]
		dst[2] = r.sd * meanMove(r.z, 1)
	}}
}
