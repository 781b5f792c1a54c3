package feature

import (
	"fmt"
	"math"
)

// move is what increments over a lag are like.
type move struct{ variance, abs, reach float64 }

// moveOver describes x[t+lag] - x[t]; reach is its range.
func moveOver(x []float64, lag int) move {
	a := x[:len(x)-lag]
	b := x[lag:][:len(a)]
	mean, abs, square := 0.0, 0.0, 0.0
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range a {
		d := b[i] - v
		mean += d
		abs += math.Abs(d)
		lo, hi = min(lo, d), max(hi, d)
	}
	n := float64(len(a))
	mean /= n
	for i, v := range a {
		d := b[i] - v - mean
		square += d * d
	}
	return move{square / n, abs / n, hi - lo}
}

// increments are the variance, the mean absolute value and the standard deviation of x[t+s] - x[t] for each
// lag s, and the range if it is asked for.
func increments(reach bool, lags ...int) field {
	var names []string
	for _, s := range lags {
		names = append(names, fmt.Sprintf("inc_var_%d", s), fmt.Sprintf("inc_abs_%d", s), fmt.Sprintf("inc_std_%d", s))
		if reach {
			names = append(names, fmt.Sprintf("inc_range_%d", s))
		}
	}
	return field{names, func(r *reference, dst []float64) {
		for _, s := range lags {
			m := moveOver(r.z, s)
			next(&dst, r.unit(2)*m.variance, r.sd*m.abs, r.sd*math.Sqrt(m.variance))
			if reach {
				next(&dst, r.sd*m.reach)
			}
		}
	}}
}

// differences are the mean absolute value and the standard deviation of first and of second differences. The
// definition's Δ² is read as the second difference: of a square no absolute value need be taken.
func differences() field {
	return field{[]string{"diff_abs", "diff_std", "diff2_abs", "diff2_std"}, func(r *reference, dst []float64) {
		d := r.difference()
		one, two := moveOver(r.z, 1), moveOver(d, 1)
		dst[0], dst[1] = r.sd*one.abs, r.sd*math.Sqrt(one.variance)
		dst[2], dst[3] = r.sd*two.abs, r.sd*math.Sqrt(two.variance)
	}}
}

// differenceMoments are the variance, the mean absolute value, the skewness and the kurtosis of first
// differences.
func differenceMoments() field {
	return field{[]string{"diff_var", "diff_abs", "diff_skew", "diff_kurt"}, func(r *reference, dst []float64) {
		m := momentsOf(r.difference())
		dst[0], dst[1] = r.unit(2)*m.variance, r.sd*meanMove(r.z, 1)
		dst[2], dst[3] = m.skew, m.kurt
	}}
}

// difference returns the first differences, valid until the buffer is used again.
func (r *reference) difference() []float64 {
	d := r.buffer[:r.n-1]
	for i := range d {
		d[i] = r.z[i+1] - r.z[i]
	}
	return d
}

// decimated are the variances of every second, fourth … value.
func decimated(steps ...int) field {
	return field{numbered("decimated_var", steps...), func(r *reference, dst []float64) {
		for i, step := range steps {
			y := r.buffer[:0]
			for at := 0; at < r.n; at += step {
				y = append(y, r.z[at])
			}
			dst[i] = r.unit(2) * momentsOf(y).variance
		}
	}}
}

// haarPairs are the variances of (x[2t]+x[2t+1])/√2 and of (x[2t]-x[2t+1])/√2, and the mean absolute value of
// the second: one step of Haar's transform.
func haarPairs() field {
	return field{[]string{"haar_approx_var", "haar_detail_var", "haar_detail_abs"}, func(r *reference, dst []float64) {
		half := r.n / 2
		sums, details := r.buffer[:half], r.buffer[half:2*half]
		abs := 0.0
		for i := range sums {
			a, b := r.z[2*i], r.z[2*i+1]
			sums[i] = (a + b) / math.Sqrt2
			details[i] = (a - b) / math.Sqrt2
			abs += math.Abs(details[i])
		}
		dst[0], dst[1] = r.unit(2)*momentsOf(sums).variance, r.unit(2)*momentsOf(details).variance
		dst[2] = r.sd * abs / float64(half)
	}}
}
