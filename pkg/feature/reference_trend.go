package feature

import "math"

// trend is the straight line nearest to some values: middle + slope·(t - (n-1)/2) at t = 0, 1, ….
type trend struct{ middle, slope float64 }

func fitTrend(x []float64) trend {
	n := float64(len(x))
	t := -(n - 1) / 2
	sum, product := 0.0, 0.0
	for _, v := range x {
		sum += v
		product += t * v
		t++
	}
	return trend{sum / n, product / (n * (n*n - 1) / 12)}
}

// residual returns the sum of squares that the line leaves of x.
func (l trend) residual(x []float64) float64 {
	at := l.middle - l.slope*float64(len(x)-1)/2
	square := 0.0
	for _, v := range x {
		d := v - at
		square += d * d
		at += l.slope
	}
	return square
}

// residuals writes what the line leaves of x to dst.
func (l trend) residuals(dst, x []float64) {
	t := -float64(len(x)-1) / 2
	for i, v := range x {
		dst[i] = v - l.middle - l.slope*t
		t++
	}
}

// trendSlope is that of the least-squares line against 0, 1, ….
func trendSlope() field {
	return field{[]string{"trend_slope"}, func(r *reference, dst []float64) { dst[0] = r.sd * r.line.slope }}
}

// trendIntercept is that line's value at the first point.
func trendIntercept() field {
	return field{[]string{"trend_intercept"}, func(r *reference, dst []float64) {
		dst[0] = r.value(r.line.middle - r.line.slope*float64(r.n-1)/2)
	}}
}

// trendCorrelation is the correlation of the series with 0, 1, ….
func trendCorrelation() field {
	return field{[]string{"trend_corr"}, func(r *reference, dst []float64) {
		n := float64(r.n)
		dst[0] = r.line.slope * math.Sqrt((n*n-1)/12)
	}}
}

// straightened returns the series without its line, valid until the buffer is used again.
func (r *reference) straightened() []float64 {
	r.line.residuals(r.buffer, r.z)
	return r.buffer
}

func detrendedStd() field {
	return field{[]string{"detrended_std"}, func(r *reference, dst []float64) {
		dst[0] = r.sd * math.Sqrt(momentsOf(r.straightened()).variance)
	}}
}

func detrendedAbs() field {
	return field{[]string{"detrended_abs"}, func(r *reference, dst []float64) {
		sum := 0.0
		for _, v := range r.straightened() {
			sum += math.Abs(v)
		}
		dst[0] = r.sd * sum / float64(r.n)
	}}
}

// detrendedMAD is the median absolute deviation of the series without its line.
func detrendedMAD() field {
	return field{[]string{"detrended_mad"}, func(r *reference, dst []float64) {
		dst[0] = r.sd * medianDeviation(r.spare.sort(r.straightened()))
	}}
}

// quarterGrowth is what the reference calls its DFA exponent: the series without its line is cut into
// segments of max(10, n/4) points, and the logarithm of their standard deviations fitted against that of
// their numbers 1, 2, …. It is no scaling exponent.
func quarterGrowth() field {
	return field{[]string{"dfa_alpha"}, func(r *reference, dst []float64) {
		y := r.straightened()
		size := max(10, r.n/4)
		var fit powerFit
		for i := range r.n / size {
			fit.add(float64(i+1), math.Sqrt(momentsOf(y[i*size:(i+1)*size]).variance))
		}
		dst[0], _ = fit.line()
	}}
}
