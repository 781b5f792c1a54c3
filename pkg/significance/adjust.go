package significance

import "math"

// The things other than memory that a series may have at low frequencies.
type adjustment int

const (
	asIs     adjustment = iota
	detrend             // a linear trend is taken off
	unstep              // the level shift that fits best is taken off
	adjusted            // how many there are
)

// apply writes x to dst less its mean and what the adjustment takes off, and returns its size: the
// rise of the trend from end to end, or the step; with where the step is.
func (a adjustment) apply(dst, x []float64) (size float64, at int) {
	mean := 0.0
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for i, v := range x {
		dst[i] = v - mean
	}
	switch a {
	case detrend:
		return removeTrend(dst), 0
	case unstep:
		return removeStep(dst)
	}
	return 0, 0
}

// removeTrend takes a line off a series of zero mean, and returns its rise from end to end.
func removeTrend(x []float64) float64 {
	n := float64(len(x))
	middle, sum := (n-1)/2, 0.0
	for i, v := range x {
		sum += (float64(i) - middle) * v
	}
	slope := sum / (n * (n*n - 1) / 12)
	for i := range x {
		x[i] -= slope * (float64(i) - middle)
	}
	return slope * (n - 1)
}

// stepMargin is the part of a series at either end in which no step is looked for.
const stepMargin = 0.1

// removeStep takes the step that leaves the least squares off a series of zero mean. It returns its
// size and the place of the first value after it.
func removeStep(x []float64) (size float64, at int) {
	n := len(x)
	from := int(math.Ceil(stepMargin * float64(n)))
	sum, best, total := 0.0, -1.0, 0.0
	for i, v := range x {
		// What a step at i explains is S_i² n / (i (n-i)).
		if i >= from && i <= n-from {
			if gain := sum * sum / (float64(i) * float64(n-i)); gain > best {
				best, at, total = gain, i, sum
			}
		}
		sum += v
	}
	before, after := total/float64(at), (sum-total)/float64(n-at)
	for i := range x {
		if i < at {
			x[i] -= before
		} else {
			x[i] -= after
		}
	}
	return after - before, at
}

// parameters returns how many the adjustment has; a step's date counts as one and its choice as
// another.
func (a adjustment) parameters() int {
	switch a {
	case detrend:
		return 1
	case unstep:
		return 3
	}
	return 0
}

// choose is autoregression.choose for a series that the adjustment was applied to: the criterion counts
// its parameters, and rounding that is left of a line or of two levels has no memory.
func (a adjustment) choose(r *autoregression, y []float64) (order int, bic float64) {
	n := float64(len(y))
	penalty := float64(a.parameters()) * math.Log(n)
	if v := square(y) / n; v <= nothing {
		r.fit(y, 0)
		return 0, n*math.Log(max(v, 1e-300)) + penalty
	}
	order, bic = r.choose(y)
	return order, bic + penalty
}
