package mixture

import (
	"math"
	"slices"
)

// whole adds what others names, in its order.
func (r *Reader) whole() {
	e, l, n := &r.evidence, r.series, float64(r.n)
	z, top := l.series.values, highest(l.clean)
	best := slices.Index(l.clean, top)
	nan := 0
	for _, v := range r.nan {
		if v {
			nan++
		}
	}
	exact := 0.0
	if r.gaps.exact && r.gaps.count > 0 {
		exact = 1
	}
	e.add(math.Log(n), 1/math.Sqrt(n), logCount(nan, n), logCount(r.gaps.count, n), exact, math.Log(r.gaps.rounding+1e-4),
		logCount(len(r.outliers.places), n), logCount(len(r.deletion.places), n),
		math.Log(r.outliers.largest+0.1), logCount(r.outliers.beyond, n), r.outliers.tail)
	beyond, kurtosis, residual := r.shapeOfValues()
	e.add(math.Log(e.mad), logCount(beyond, n), math.Log(kurtosis+0.1), residual, math.Log(cusum(z)+1e-3), signs(z))
	r.peaks()
	gain := func(expert int) float64 { return math.Asinh(highest(r.level[expert]) - top) }
	e.add(l.lineSize[best] * math.Sqrt(r.over.line.square[best]*(r.over.half()*2)/l.square[best]))
	place := float64(l.stepAt) / n
	e.add(math.Asinh(r.over.shifts.top-r.over.priorOfShift(best)), place, min(place, 1-place))
	e.add(gain(exBestSine), math.Log2(n/(2*l.cycles)), math.Log(l.cycles))
	e.add(max(gain(exStrongNoise), gain(exWeakNoise)), r.noise.best(), math.Tanh(r.ar.best()), math.Tanh(r.ma.best()))
}

// priorOfShift returns the price of a shift at the middle.
func (o *overlays) priorOfShift(node int) float64 {
	return float64(o.shifts.prior[node][o.shifts.places/2])
}

// logCount is the logarithm of a share of n, such that one of many and none differ.
func logCount(count int, n float64) float64 { return math.Log((float64(count) + 0.5) / (n + 1)) }

// shapeOfValues returns how many values are beyond four robust standard deviations, the mean fourth
// power of values clipped at eight, and how far values are from their scores.
func (r *Reader) shapeOfValues() (beyond int, kurtosis, residual float64) {
	e, n := &r.evidence, float64(r.n)
	for t, v := range r.series.series.values {
		u := max(-8, min(8, (v-e.median)/e.mad))
		if math.Abs(u) > oddity {
			beyond++
		}
		kurtosis += u * u * u * u / n
		d := r.scores.series.values[t] - v
		residual += d * d / n
	}
	return beyond, kurtosis, math.Log(residual + 1e-4)
}

// cusum returns the largest |Σ_{s ≤ t} z|/√n.
func cusum(z []float64) float64 {
	sum, top := 0.0, 0.0
	for _, v := range z {
		sum += v
		top = max(top, math.Abs(sum))
	}
	return top / math.Sqrt(float64(len(z)))
}

// signs returns the correlation of a value's sign with the next's.
func signs(z []float64) float64 {
	same := 0
	for t := 1; t < len(z); t++ {
		if (z[t] > 0) == (z[t-1] > 0) {
			same++
		} else {
			same--
		}
	}
	return float64(same) / float64(len(z)-1)
}

// peaks adds the largest ordinate of the periodogram by the median, and the second by the largest.
func (r *Reader) peaks() {
	first, second := 0.0, 0.0
	for k := range r.evidence.power {
		c := r.series.series.coeff[k+1]
		p := real(c)*real(c) + imag(c)*imag(c)
		r.evidence.power[k] = p
		switch {
		case p > first:
			first, second = p, first
		case p > second:
			second = p
		}
	}
	median := kth(r.evidence.power, len(r.evidence.power)/2)
	r.evidence.add(math.Log(first/max(median, 1e-300)), math.Log(second/max(first, 1e-300)+1e-6))
}

// tails adds extremes and quantiles, in robust standard deviations, over what they are of normal
// values.
func (r *Reader) tails() {
	e, n := &r.evidence, r.n
	for i, k := range extremes {
		e.add(math.Log(e.apart[n-1-k]/(e.mad*e.usual[i]) + 1e-3))
	}
	for i, p := range quantiles {
		v := r.gaps.sorted[int(p*float64(n-1)+0.5)] - e.median
		e.add(math.Asinh(v / (e.mad * math.Abs(e.usual[len(extremes)+i]))))
	}
}

// spectrum adds autocorrelations and octaves.
func (r *Reader) spectrum() {
	for _, z := range [2][]float64{r.series.series.values, r.scores.series.values} {
		square := max(dot(z, z), 1e-300)
		for _, k := range lags {
			r.evidence.add(dot(z[k:], z[:len(z)-k]) / square)
		}
	}
	r.octaves(r.series.series.coeff)
	r.octaves(r.clipped.coeff)
}

// octaves adds the logarithms of the mean power in octaves from the highest frequency down, over the
// mean power; zero below the lowest frequency.
func (r *Reader) octaves(coeff []complex128) {
	var sum, count [octaves]float64
	total := 0.0
	hi := r.n / 2
	for o := range octaves {
		lo := int(float64(r.n) / float64(int(4)<<o))
		for k := hi; k > lo; k-- {
			p := real(coeff[k])*real(coeff[k]) + imag(coeff[k])*imag(coeff[k])
			sum[o] += p
			count[o]++
			total += p
		}
		hi = lo
	}
	mean := max(total/float64(r.n/2), 1e-300)
	for o := range octaves {
		v := 0.0
		if count[o] > 0 {
			v = math.Log(sum[o]/count[o]/mean + 1e-9)
		}
		r.evidence.add(v)
	}
}
