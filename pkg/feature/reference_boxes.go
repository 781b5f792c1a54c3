package feature

import "math"

// boxSteps are the decimations of the box count.
func boxSteps() [4]int { return [4]int{1, 2, 4, 8} }

// boxCounts is the slope of log N against log 1/s over the decimations s = 1, 2, 4, 8: N(s) is how many boxes
// the graph of every s-th value passes, of those that s steps and the s-th part of n-1 equal parts of the
// series' range are the sides of. The definition does not say which boxes; these are the usual ones,
// squares when time and range are both taken for 1, and the slope estimates the graph's dimension, 2 - H for a walk.
func boxCounts() field {
	return field{[]string{"box_slope"}, func(r *reference, dst []float64) {
		var fit powerFit
		for _, step := range boxSteps() {
			fit.add(1/float64(step), float64(r.boxes(step)))
		}
		dst[0], _ = fit.line()
	}}
}

// boxes counts the boxes that the graph of every step-th value passes, column by column.
func (r *reference) boxes(step int) int {
	lo := r.sorted[0]
	reach := r.sorted[r.n-1] - lo
	rows := float64(r.n-1) / float64(step)
	count := 0
	last := math.Floor((r.z[0] - lo) / reach * rows) // the division first: the maximum is at exactly rows
	for at := step; at < r.n; at += step {
		now := math.Floor((r.z[at] - lo) / reach * rows)
		count += int(math.Abs(now-last)) + 1
		last = now
	}
	return count
}
