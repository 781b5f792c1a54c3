package estimator

import (
	"math"
	"slices"
)

// findFilled appends to dst the places of values that were put into gaps: those that lie, but for
// rounding, on the straight line between their neighbours, and those that equal a neighbour. Among
// measured values that happens by chance only where they are rounded so far that they repeat; then,
// and where most values are on straight lines, nothing is found. scratch is of the length of x.
func findFilled(dst []int, x, scratch []float64) []int {
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	tolerance := 1e-11 * (hi - lo)
	dst = dst[:0]
	for i := range x {
		if onLine(x, i, tolerance) {
			dst = append(dst, i)
		}
	}
	if len(dst) == 0 {
		return dst
	}
	if len(dst) > len(x)/2 || repeats(x, dst, scratch) {
		return dst[:0]
	}
	return dst
}

// onLine tells whether value i is on the line between its neighbours or equals one of them.
func onLine(x []float64, i int, tolerance float64) bool {
	last := len(x) - 1
	switch {
	case i > 0 && math.Abs(x[i]-x[i-1]) <= tolerance, i < last && math.Abs(x[i+1]-x[i]) <= tolerance:
		return true
	case i > 0 && i < last:
		return math.Abs((x[i+1]-x[i])-(x[i]-x[i-1])) <= tolerance
	}
	return false
}

// repeats tells whether, of the values other than those at some places, one in twenty or more occurs
// twice.
func repeats(x []float64, places []int, scratch []float64) bool {
	rest := scratch[:0]
	for i, v := range x {
		if len(places) > 0 && places[0] == i {
			places = places[1:]
			continue
		}
		rest = append(rest, v)
	}
	slices.Sort(rest)
	same := 0
	for i := 1; i < len(rest); i++ {
		if rest[i] == rest[i-1] {
			same++
		}
	}
	return 20*same >= len(rest)
}
